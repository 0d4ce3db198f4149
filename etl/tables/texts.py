"""The tables in a text."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from crimeetl.etl.documents import Cell, Row, Table
from crimeetl.etl.tables.aligned import aligned_rows
from crimeetl.etl.tables.marked import MarkedTable, marked_tables

LINE = re.compile(r"[^\r\n\f]*(?:\r\n|[\r\n\f]|\Z)")
LINE_ENDS = "\r\n\f"


def text_tables(text: str) -> tuple[Table, ...]:
    """The tables in a text, in its order, by the marks between their cells or by their alignment.

    A row is where its lines are, line by line; its headings are among the rows, rules are not. Prose and page heads
    between the rows of a table are in none of them.
    """
    spans = [line.span() for line in LINE.finditer(text) if line[0]]
    lines = [text[start:end].rstrip(LINE_ENDS) for start, end in spans]
    found: list[tuple[tuple[int, int, tuple[str, ...]], ...]] = []
    marked = marked_tables(lines)
    found += [table.rows for table in marked]
    for start, end in _stretches(marked, len(lines)):
        found += _aligned(lines, start, end)
    return tuple(
        Table(
            tuple(
                Row(spans[first][0], spans[last][0] + len(lines[last]), tuple(Cell(cell) for cell in cells))
                for first, last, cells in rows
            )
        )
        for rows in sorted(found)
    )


def _stretches(marked: Sequence[MarkedTable], count: int) -> Iterator[tuple[int, int]]:
    """The lines between marked tables."""
    bounds = [0, *(bound for table in marked for bound in (table.first, table.last + 1)), count]
    yield from ((start, end) for start, end in list(pairwise(bounds))[::2] if start < end)


def _aligned(lines: Sequence[str], start: int, end: int) -> Iterator[tuple[tuple[int, int, tuple[str, ...]], ...]]:
    expanded = [line.expandtabs() for line in lines[start:end]]
    for table in aligned_rows(expanded):
        yield tuple(
            (
                start + min(piece.line for cell in row for piece in cell),
                start + max(piece.line for cell in row for piece in cell),
                tuple("\n".join(expanded[piece.line][piece.start : piece.end] for piece in cell) for cell in row),
            )
            for row in table.rows
        )
