"""A page as a picture -> the same without its rules: round letters in boxes OCR sees pictures, and leaves them out."""

from dataclasses import replace
from typing import TYPE_CHECKING

from crimeetl.etl.readers.pages.drawn import DrawnPage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DARK = 128  # of 255
# In points.
SHORTEST = 20.0  # a rule is longer than any stroke of a letter so thin
THICKEST = 1.8  # a broader one is a stroke of a large letter, or a bar, which may have white letters on it


def without_rules(drawn: DrawnPage) -> DrawnPage:
    """The page with its thin straight lines, across and down, painted white but for where letters touch them."""
    import numpy as np

    grey = np.frombuffer(drawn.dots, np.uint8).reshape(drawn.height, drawn.width).copy()
    dark = grey < DARK
    shortest = max(2, round(SHORTEST / drawn.points_per_pixel))
    thickest = max(1, round(THICKEST / drawn.points_per_pixel))
    across, down = _rules(dark, shortest, thickest), _rules(dark.T, shortest, thickest).T
    letters = dark & ~(across | down)
    free = across & ~_touched(across.T, letters.T, thickest).T | down & ~_touched(down, letters, thickest)
    grey[_grown(_grown(free, 1).T, 1).T & (free | ~dark)] = 255
    return replace(drawn, dots=grey.tobytes())


def _rules(dark: "NDArray[np.bool_]", shortest: int, thickest: int) -> "NDArray[np.bool_]":
    """The dots of thin lines across; one that leans by a dot now and then is one."""
    bars = _runs(_runs(dark, thickest + 1).T, thickest + 1).T
    return _runs(_grown(dark.T, 1).T, shortest) & dark & ~bars


def _touched(lines: "NDArray[np.bool_]", letters: "NDArray[np.bool_]", thickest: int) -> "NDArray[np.bool_]":
    """The dots of lines down that letters beside them touch, and those as far as the line is thick."""
    return _grown(letters & _grown(lines, 1), thickest)


def _grown(dots: "NDArray[np.bool_]", reach: int) -> "NDArray[np.bool_]":
    """The dots and so many before and after them in their row."""
    grown = dots.copy()
    for _ in range(reach):
        grown[:, 1:] |= grown[:, :-1].copy()
        grown[:, :-1] |= grown[:, 1:].copy()
    return grown


def _runs(dots: "NDArray[np.bool_]", length: int) -> "NDArray[np.bool_]":
    """The dots of runs in a row that are at least so long."""
    runs = dots.copy()
    for step in _steps(length):
        runs[:, :-step] &= runs[:, step:]
        runs[:, -step:] = False
    for step in _steps(length):
        runs[:, step:] |= runs[:, :-step].copy()
    return runs


def _steps(length: int) -> list[int]:
    """How far to move a row's dots, one move after the other, so that together they reach over a length."""
    steps: list[int] = []
    reach = 1
    while reach < length:
        steps.append(min(reach, length - reach))
        reach += steps[-1]
    return steps
