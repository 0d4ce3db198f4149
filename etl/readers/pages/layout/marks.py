"""What stands on a page before it is read: letters and rules, in points from the upper left corner as it is shown."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from crimeetl.etl.documents import Box

ASCENT_RATIO, DESCENT_RATIO = 0.8, 0.2  # of a letter's size, above and under its baseline
UNMAPPED = "\N{REPLACEMENT CHARACTER}"


class Letter(NamedTuple):
    """A letter, in the frame of its text: turned so that its line runs from left to right.

    A tuple, since a page holds thousands: a frozen dataclass takes four times as long to make.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float  # of the font, in points
    follows_space: bool
    run: int  # letters of one run were written by one instruction


@dataclass(frozen=True, slots=True)
class Word:
    """Letters that stand close together on one baseline."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    follows_space: bool = True
    place: int = 0  # in the order of the file

    @property
    def top(self) -> float:
        """Of its highest letters."""
        return self.baseline - ASCENT_RATIO * self.size

    @property
    def bottom(self) -> float:
        """Of its lowest letters."""
        return self.baseline + DESCENT_RATIO * self.size


@dataclass(frozen=True, slots=True)
class PageMarks:
    """All that is drawn on one page."""

    letters: dict[int, list[Letter]]  # by how many degrees clockwise their lines are turned
    rules: tuple[Box, ...] = ()  # thin lines, across or down
    image_pixels: int = 0  # of all images together
    image_ratio: float = 0.0  # how much of the page they cover, if none lies on another


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a page's own points become those of the page as it is shown."""

    box: Box  # in the page's own points: top is above bottom
    quarter_turns: int  # clockwise

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown."""
        width, height = self.box.right - self.box.left, self.box.top - self.box.bottom
        return (height, width) if self.quarter_turns % 2 else (width, height)

    def shown(self, x: float, y: float) -> tuple[float, float]:
        """The point as it is shown."""
        box = self.box
        if self.quarter_turns == 0:
            return x - box.left, box.top - y
        if self.quarter_turns == 1:
            return y - box.bottom, x - box.left
        if self.quarter_turns == 2:
            return box.right - x, y - box.bottom
        return box.top - y, box.right - x

    def degrees(self, right: float, up: float) -> int:
        """How far clockwise a direction is turned as it is shown."""
        return round(math.degrees(math.atan2(-up, right)) + 90 * self.quarter_turns) % 360


def turned(x: float, y: float, degrees: int) -> tuple[float, float]:
    """A point in the frame of text that runs so many degrees clockwise; with ``-degrees`` back on the page."""
    if degrees == 0:
        return x, y
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return x * cosine + y * sine, y * cosine - x * sine


def turned_box(box: Box, degrees: int) -> Box:
    """The smallest upright box round one that is turned."""
    if degrees == 0:
        return box
    corners = [turned(x, y, degrees) for x in (box.left, box.right) for y in (box.top, box.bottom)]
    xs, ys = zip(*corners, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))
