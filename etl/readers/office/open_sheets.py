"""Sheets of LibreOffice (ods) -> rows of cells as they are shown."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from crimeetl.etl.errors import UnreadableDocument
from crimeetl.etl.readers.office import open_document
from crimeetl.etl.readers.office.parts import Element, attribute, children, number, tag

MOST_COLUMNS, MOST_ROWS = 16_384, 1_048_576  # as in the program
TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")


@dataclass(slots=True)
class Sheet:
    """A sheet while it is read: what stands in it, by row and column from 0."""

    name: str
    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    next_row: int = 0
    width: int = 0

    def rows(self) -> list[list[str]]:
        """All rows from the first cell that holds anything to the last, empty ones without cells."""
        first = min(min(row) for row in self.cells.values())
        return [
            [self.cells[row].get(column, "") for column in range(first, self.width)] if row in self.cells else []
            for row in range(min(self.cells), max(self.cells) + 1)
        ]


def sheets(path: str, encoded: bytes, *, most_cells: int) -> list[Sheet]:
    """The sheets that hold anything.

    Dates and times are as in ISO 8601, whatever their format: it may leave out the century.

    Args:
        path: names the file in errors.
        encoded: the file's bytes.
        most_cells: in a sheet, in all columns of the rows that hold anything.

    Raises:
        UnreadableDocument: the file is under a password, or a sheet has more cells.
    """
    from lxml import etree  # takes 0.1 s

    content = io.BytesIO(open_document.content_of(path, encoded))
    found: list[Sheet] = []
    events = etree.iterparse(
        content, events=("start", "end"), tag=("{*}table", "{*}table-row"), resolve_entities="internal", no_network=True
    )
    for event, element in events:
        if tag(element) == "table":
            if event == "start":
                found.append(Sheet(attribute(element, "name")))
        elif event == "end":
            _add_row(path, found[-1], element, most_cells)
            element.clear()
    return [sheet for sheet in found if sheet.cells]


def _add_row(path: str, sheet: Sheet, row: Element, most_cells: int) -> None:
    cells = dict(_cells(row))
    repeated = max(number(attribute(row, "number-rows-repeated"), most=MOST_ROWS), 1)
    if cells:
        rows = len(sheet.cells) + repeated
        sheet.width = max(sheet.width, max(cells) + 1)
        if rows * sheet.width > most_cells:
            reason = f"a sheet reaches over {sheet.width} columns and {rows} rows, more than {most_cells} cells"
            raise UnreadableDocument(path, f"{reason}; delete what stands far from its table, or make several of it")
        sheet.cells.update(dict.fromkeys(range(sheet.next_row, sheet.next_row + repeated), cells))
    sheet.next_row += repeated


def _cells(row: Element) -> Iterator[tuple[int, str]]:
    """What stands in the row, by column."""
    column = 0
    for cell in children(row, "table-cell", "covered-table-cell"):
        repeated = max(number(attribute(cell, "number-columns-repeated"), most=MOST_COLUMNS), 1)
        shown = _shown(cell)
        if shown:
            yield from ((place, shown) for place in range(column, min(column + repeated, MOST_COLUMNS)))
        column += repeated


def _shown(cell: Element) -> str:
    kind = attribute(cell, "value-type")
    if kind == "date":
        return attribute(cell, "date-value").replace("T", " ")
    if kind == "time" and (time := TIME.fullmatch(attribute(cell, "time-value"))):
        return ":".join(time.groups())
    paragraphs = [open_document.paragraph_text(paragraph) for paragraph in children(cell, "p")]
    return "\n".join(paragraphs) or attribute(cell, "value")
