"""Tables of single pages -> the tables of a document: one that goes on over a page is one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from crimeetl.etl.documents import Cell, Line, Row, Table
from crimeetl.etl.readers.pages.layout.unruled import PlacedLine, unruled_tables
from crimeetl.etl.readers.plain import FileText

ALIGNED = 4.0  # points that a column may stand apart from itself on the next page
MOST_LINES_UNDER, MOST_LINES_ABOVE = 3, 5  # a page's foot and head between the parts of a table
FILLED_RATIO = 0.7  # of the rows whose first cell says something, where one without is part of the row before
FEWEST_ROWS = 2
LAST_ROWS = 50  # of a table's first part say how its columns stand: all would take hours for 10,000 pages


def with_whole_tables(file_text: FileText, lines: Sequence[PlacedLine]) -> FileText:
    """The same text with all its tables; one that the next page goes on with is one, its repeated headings left out.

    A row that the end of a page cuts in two is one row, its first part at the foot of the page and its second at the
    head of the next.

    Args:
        file_text: with the ruled tables of each page.
        lines: that may be rows of others, their offsets in its text.
    """
    whole: list[Table] = []
    by_page = {page: list(group) for page, group in groupby(file_text.lines, key=lambda line: line.page)}
    for table in file_text.tables:
        if whole and _goes_on(whole[-1], table, by_page):
            whole[-1] = _together(whole[-1], table)
        else:
            whole.append(table)
    tables = [table for table in whole if len(table.rows) >= FEWEST_ROWS] + unruled_tables(lines)
    return replace(file_text, tables=tuple(sorted(tables, key=lambda table: table.rows[0].char_start)))


def _goes_on(table: Table, following: Table, lines: Mapping[int, Sequence[Line]]) -> bool:
    last, first = table.rows[-1], following.rows[0]
    page = _page(last)
    if len(last.cells) != len(first.cells) or _page(first) != page + 1 or not _is_aligned(table, following):
        return False
    under = sum(line.char_start >= last.char_end for line in lines[page])
    above = sum(line.char_end <= first.char_start for line in lines[page + 1])
    return under <= MOST_LINES_UNDER and above <= MOST_LINES_ABOVE


def _page(row: Row) -> int:
    return max(cell.page or 0 for cell in row.cells)


def _is_aligned(table: Table, following: Table) -> bool:
    lefts, more_lefts = _lefts(table), _lefts(following)
    common = lefts.keys() & more_lefts.keys()
    return len(common) > 1 and all(abs(lefts[column] - more_lefts[column]) <= ALIGNED for column in common)


def _lefts(table: Table) -> dict[int, float]:
    """Where each column begins."""
    return {
        column: cell.box.left for row in table.rows[-LAST_ROWS:] for column, cell in enumerate(row.cells) if cell.box
    }


def _together(table: Table, following: Table) -> Table:
    rows = list(following.rows)
    for heading in table.rows:
        if not rows or _says(rows[0]) != _says(heading):
            break
        del rows[0]
    last_rows = table.rows[-LAST_ROWS:]
    filled = sum(bool(row.cells[0].text) for row in last_rows)
    if rows and not rows[0].cells[0].text and filled >= FILLED_RATIO * len(last_rows):
        last = table.rows[-1]
        cells = tuple(_cell_over_pages(*pair) for pair in zip(last.cells, rows[0].cells, strict=True))
        cut = Row(last.char_start, rows[0].char_end, cells)
        return Table((*table.rows[:-1], cut, *rows[1:]))
    return Table((*table.rows, *rows))


def _says(row: Row) -> tuple[str, ...]:
    return tuple(cell.text for cell in row.cells)


def _cell_over_pages(cell: Cell, rest: Cell) -> Cell:
    return replace(cell, text="\n".join(part for part in (cell.text, rest.text) if part))
