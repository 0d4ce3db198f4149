"""Which pages, and which lines of them, a part of a document's text stands on (pure)."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from crimeetl.etl.documents import Line, Page, moved


def pages_between(pages: tuple[Page, ...], start: int, end: int) -> tuple[Page, ...]:
    """The page that holds the start, and those that begin before the end; their starts are those in the part."""
    first = max(bisect_right(pages, start, key=lambda page: page.char_start) - 1, 0)
    last = bisect_left(pages, end, key=lambda page: page.char_start)
    return tuple(replace(page, char_start=max(page.char_start - start, 0)) for page in pages[first:last])


def lines_between(lines: Sequence[Line], start: int, end: int) -> tuple[Line, ...]:
    """The lines that stand in the part as a whole, with their offsets in it."""
    if start == 0 and lines and lines[-1].char_end <= end:
        return tuple(lines)
    first = bisect_left(lines, start, key=lambda line: line.char_start)
    last = bisect_left(lines, end, key=lambda line: line.char_start)
    return tuple(moved(line, -start) for line in lines[first:last] if line.char_end <= end)
