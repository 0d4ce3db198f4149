"""Paths drawn on a PDF's page -> its rules, and the dark boxes that hide letters."""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from crimeetl.etl.documents import Box
from crimeetl.etl.readers.pages.layout import Sheet

MOST_RULES = 5_000  # a page with more is a map or a plan, and no form
MOST_SEGMENTS = 5_000  # of one path
THIN = 3.0  # points: a filled box that is no wider is a rule
STRAIGHT = 0.7  # points that a rule may lean
DARK = 90  # of 255: as dark as a box must be to hide dark letters
OPAQUE = 200  # of 255
BROAD = 6.0  # points: a line as wide as this hides letters too

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Cover:
    """A dark box; what is written before it, or darkly on it, cannot be read."""

    box: Box
    place: int


def add_path(drawn: Any, matrix: Matrix, place: int, sheet: Sheet, rules: list[Box], covers: list[Cover]) -> None:
    """Its straight lines are rules, and a dark box is a cover."""
    from pypdfium2 import raw

    if max(len(rules), len(covers)) > MOST_RULES:
        return
    mode, is_stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(drawn, mode, is_stroked)
    width = ctypes.c_float()
    raw.FPDFPageObj_GetStrokeWidth(drawn, width)
    breadth = width.value * math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]))
    for corners in _outlines(drawn, matrix, sheet):
        lines = [line for start, end in pairwise(corners) if (line := _straight(start, end))]
        if is_stroked.value:
            rules += lines
            if breadth >= BROAD and is_dark(raw.FPDFPageObj_GetStrokeColor, drawn):
                covers += [Cover(_thickened(line, breadth / 2), place) for line in lines]
        if mode.value and len(lines) == len(corners) - 1 == 4:
            box = _bounds(corners)
            if thin := _as_rule(box):
                rules += [] if is_stroked.value else [thin]
            elif is_dark(raw.FPDFPageObj_GetFillColor, drawn):
                covers.append(Cover(box, place))


def _outlines(drawn: Any, matrix: Matrix, sheet: Sheet) -> Iterator[list[tuple[float, float]]]:
    """The corners of each part of a path that has no curve, the first one again at the end where it is closed."""
    from pypdfium2 import raw

    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    corners: list[tuple[float, float]] = []
    has_curve = False
    for index in range(min(MOST_SEGMENTS, raw.FPDFPath_CountSegments(drawn))):
        segment = raw.FPDFPath_GetPathSegment(drawn, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if not has_curve and len(corners) > 1:
                yield corners
            corners, has_curve = [], False
        has_curve = has_curve or kind == raw.FPDF_SEGMENT_BEZIERTO
        corners.append(sheet.shown(x.value * a + y.value * c + e, x.value * b + y.value * d + f))
        if raw.FPDFPathSegment_GetClose(segment) and corners[0] != corners[-1]:
            corners.append(corners[0])
    if not has_curve and len(corners) > 1:
        yield corners


def _straight(start: tuple[float, float], end: tuple[float, float]) -> Box | None:
    """The line between two points, if it runs across or down."""
    box = _bounds([start, end])
    return box if min(box.right - box.left, box.bottom - box.top) <= STRAIGHT else None


def _thickened(line: Box, half: float) -> Box:
    if line.right - line.left > line.bottom - line.top:
        return Box(line.left, line.top - half, line.right, line.bottom + half)
    return Box(line.left - half, line.top, line.right + half, line.bottom)


def _as_rule(box: Box) -> Box | None:
    """The line in the middle of a thin box."""
    if box.bottom - box.top <= THIN:
        middle = (box.top + box.bottom) / 2
        return Box(box.left, middle, box.right, middle)
    if box.right - box.left <= THIN:
        middle = (box.left + box.right) / 2
        return Box(middle, box.top, middle, box.bottom)
    return None


def _bounds(points: list[tuple[float, float]]) -> Box:
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def is_dark(color_of: Any, drawn: Any) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not color_of(drawn, red, green, blue, alpha) or alpha.value < OPAQUE:
        return False
    return 0.3 * red.value + 0.59 * green.value + 0.11 * blue.value < DARK
