"""Rows as a table for people: in full, or fitted to a terminal."""

import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars

from crimeetl.etl.output.cells import cell_text
from crimeetl.etl.output.terminal import harmless_line

WIDEST_CELL = 80  # columns of the screen; csv and json hold values in full
LEAST_TEXT = 14  # a text that is shortened keeps so many
GAP = 2  # between columns
ID_ENDINGS = ("_id", "_ids", "_digest")
BOLD, DIM, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


@dataclass(frozen=True)
class Column:
    """One column as it is shown."""

    name: str
    cells: Sequence[str]
    is_number: bool
    is_text: bool  # may be shortened
    is_path: bool = False  # shortened at its beginning

    @property
    def is_id(self) -> bool:
        return self.name.endswith(ID_ENDINGS)

    @cached_property
    def width(self) -> int:
        return max(screen_width(self.name), self.cells_width)

    @cached_property
    def cells_width(self) -> int:
        return max(map(screen_width, self.cells), default=0)

    @cached_property
    def whole_width(self) -> int:
        """With its heading broken at underscores."""
        return max(self.cells_width, *map(screen_width, _parts(self.name)))

    @cached_property
    def least_width(self) -> int:
        """With its text shortened, too."""
        cells = min(self.cells_width, LEAST_TEXT) if self.is_text else self.cells_width
        return max(cells, *map(screen_width, _parts(self.name)))


def full_table(frame: polars.DataFrame) -> str:
    """Columns beside each other, numbers to the right, and the number of rows below."""
    columns = [
        Column(shown(name), [shown(cell_text(cell)) for cell in frame[:, number].to_list()], dtype.is_numeric(), False)
        for number, (name, dtype) in enumerate(frame.schema.items())
    ]
    return _drawn(columns, [column.width for column in columns], frame.height)


def fitted_table(frame: polars.DataFrame, *, width: int, folder: Path, is_coloured: bool) -> tuple[str, Sequence[str]]:
    """A table no wider than a terminal, as far as its first column allows.

    Paths under ``folder`` are relative to it, fractions have four digits, long texts end with an ellipsis and long
    paths begin with one. Ids are left out before a text is shortened, unless they come first; where that is not enough,
    empty columns are left out, then those on the right.

    Returns:
        The table, and the names of the columns that are left out.
    """
    columns = [_fitted_column(name, frame[:, number], folder) for number, name in enumerate(frame.columns)]
    kept = list(columns)
    while _total(column.whole_width for column in kept) > width and (ids := [c for c in kept[1:] if c.is_id]):
        kept.remove(ids[-1])
    while len(kept) > 1 and _total(column.least_width for column in kept) > width:
        kept.remove(next((c for c in kept if c.is_id), None) or next((c for c in kept if not any(c.cells)), kept[-1]))
    left_out = [column.name for column in columns if not any(column is one for one in kept)]
    widths = _widths(kept, width)
    kept = [
        Column(c.name, [_cut(cell, w, c.is_path) for cell in c.cells], c.is_number, c.is_text)
        for c, w in zip(kept, widths, strict=True)
    ]
    return _drawn(kept, widths, frame.height, is_coloured=is_coloured), left_out


def shown(text: str) -> str:
    """A cell on one line of the screen."""
    return _cut(harmless_line(text), WIDEST_CELL)


def screen_width(text: str) -> int:
    """Columns of the screen that a text takes: two for wide characters, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _fitted_column(name: str, values: polars.Series, folder: Path) -> Column:
    is_path = name in ("path", "paths")
    is_id = name.endswith(ID_ENDINGS)  # of use whole or not at all
    is_text = not is_id and values.dtype in (polars.String, polars.List, polars.Struct)
    cells = [_terminal_text(cell, folder if is_path else None) for cell in values.to_list()]
    return Column(
        shown(name), [_cut(cell, WIDEST_CELL, is_path) for cell in cells], values.dtype.is_numeric(), is_text, is_path
    )


def _terminal_text(cell: object, folder: Path | None) -> str:
    if isinstance(cell, float):
        return f"{cell:.4g}" if abs(cell) < 1 else f"{round(cell, 4):.10g}"
    if folder is not None and isinstance(cell, list):
        cell = [_relative(path, folder) for path in cell]
    elif folder is not None and isinstance(cell, str):
        cell = _relative(cell, folder)
    return harmless_line(cell_text(cell))


def _relative(path: object, folder: Path) -> object:
    """A path under the folder without it; any other as it is."""
    start = str(folder).rstrip(os.sep) + os.sep
    return path.removeprefix(start) or path if isinstance(path, str) else path


def _total(widths: Iterable[int]) -> int:
    listed = list(widths)
    return sum(listed) + GAP * (len(listed) - 1)


def _widths(columns: Sequence[Column], width: int) -> list[int]:
    """Widths that fit: the widest gives way first, none below its least; a heading is broken before a text is cut."""
    widths = [column.width for column in columns]
    while (over := _total(widths) - width) > 0:
        spare = [number for number, column in enumerate(columns) if widths[number] > column.least_width]
        if not spare:  # one column alone, on a very narrow terminal
            return [max(1, min(width, widths[0]))] if len(widths) == 1 else widths
        widest = max(spare, key=lambda number: (widths[number] > columns[number].cells_width, widths[number]))
        column, others = columns[widest], [widths[number] for number in spare if number != widest]
        if widths[widest] > column.cells_width:
            widths[widest] = column.whole_width
        else:
            goal = max(widths[widest] - over, min(widths[widest] - 1, max(others, default=0)))
            widths[widest] = max(column.least_width, goal)
    return widths


def _cut(line: str, width: int, at_beginning: bool = False) -> str:
    """A line of at most so many columns of the screen; an ellipsis stands where something is cut."""
    if screen_width(line) <= width:
        return line
    line = line[-width:] if at_beginning else line[:width]
    while screen_width(line) >= width:
        line = line[1:] if at_beginning else line[:-1]
    return "…" + line.lstrip() if at_beginning else line.rstrip() + "…"


def _parts(name: str) -> list[str]:
    """Where a heading may be broken: after underscores."""
    parts = name.split("_")
    return [part + "_" for part in parts[:-1]] + parts[-1:]


def _heading(name: str, width: int) -> list[str]:
    """A heading in lines no wider than its column."""
    if screen_width(name) <= width:
        return [name]
    lines = [""]
    for part in _parts(name):
        if lines[-1] and screen_width(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return [_cut(line, width) for line in lines]


def _drawn(columns: Sequence[Column], widths: Sequence[int], height: int, *, is_coloured: bool = False) -> str:
    count = f"{height} row{'' if height == 1 else 's'}"
    if not columns:
        return "0 rows\n"
    headings = [_heading(column.name, width) for column, width in zip(columns, widths, strict=True)]
    deepest = max(map(len, headings))
    above = zip(*([""] * (deepest - len(lines)) + lines for lines in headings), strict=True)
    is_number = [column.is_number for column in columns]
    head = [_line(cells, widths, is_number) for cells in above]
    rule = _line(["-" * width for width in widths], widths, is_number)
    body = [_line(cells, widths, is_number) for cells in zip(*(column.cells for column in columns), strict=True)]
    if is_coloured:
        head = [f"{BOLD}{line}{PLAIN}" for line in head]
        rule, count = f"{DIM}{rule}{PLAIN}", f"{DIM}{count}{PLAIN}"
    return "\n".join([*head, rule, *body, count, ""])


def _line(cells: Sequence[str], widths: Sequence[int], is_number: Iterable[bool]) -> str:
    padded = [
        " " * (width - screen_width(cell)) + cell if right else cell + " " * (width - screen_width(cell))
        for cell, width, right in zip(cells, widths, is_number, strict=True)
    ]
    return (" " * GAP).join(padded).rstrip()
