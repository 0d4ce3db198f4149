"""csv, tsv and JSON lines as tables: rows, each with the line it begins on."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, islice

from crimeetl.etl.documents import Document
from crimeetl.etl.errors import UnreadableDocument
from crimeetl.etl.readers import TAB_SEPARATED

DELIMITERS = ",;\t|"
SNIFFED_ROWS = 50


@dataclass(frozen=True, slots=True)
class Record:
    """One line of cells in a delimited table, or of several where a cell holds line ends."""

    line_number: int  # from 1, where it begins
    char_start: int  # the same place in the document's text
    cells: list[str]
    problem: str | None = None  # why they cannot be read


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table: its cells by column, or the problem for which it cannot be used."""

    line_number: int  # from 1, where the row begins
    char_start: int  # the same place in the document's text
    cells: dict[str, object]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one document. No column means that no row can be used."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


def delimited_table(document: Document) -> Table:
    with _unlimited_cells(document.text):
        delimiter = "\t" if document.media_type == TAB_SEPARATED else _sniffed_delimiter(document.text)
        first, *records = _records(document.text, delimiter)
    if first.problem is not None:
        raise UnreadableDocument(document.path, f"line {first.line_number}: {first.problem}")
    return Table(tuple(first.cells), tuple(_row(first.cells, record) for record in records))


def _row(header: Sequence[str], record: Record) -> TableRow:
    values, problem = record.cells, record.problem
    if problem is None and any(values[len(header) :]):
        problem = f"the row has {len(values)} cells and the header {len(header)}; quote the cells and their delimiters"
    cells: dict[str, object] = {}
    for column, value in zip(header, values, strict=False):
        cells.setdefault(column, value)
    return TableRow(record.line_number, record.char_start, cells, problem)


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """Each record that is not blank."""
    lines = io.StringIO(text, newline="")
    char_start = 0

    def counted_lines() -> Iterator[str]:
        nonlocal char_start
        for line in lines:
            char_start += len(line)
            yield line

    reader = csv.reader(counted_lines(), delimiter=delimiter, strict=True)
    while True:
        line_number, start = reader.line_num + 1, char_start
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = f"the row's quotation marks do not pair ({error}); double those inside a cell"
            yield Record(line_number, start, [], problem)
        else:
            if cells:
                yield Record(line_number, start, cells)


def _sniffed_delimiter(text: str) -> str:
    """The delimiter under which the rows are most nearly as wide as the header; the widest header decides ties.

    csv.Sniffer looks at letters of the narrative too, and finds delimiters among them.
    """
    return max(DELIMITERS, key=lambda delimiter: _fitness(text, delimiter))


def _fitness(text: str, delimiter: str) -> tuple[float, int]:
    widths = [len(record.cells) for record in islice(_records(text, delimiter), SNIFFED_ROWS)]
    if not widths or widths[0] < 2:
        return 0.0, 0
    return widths.count(widths[0]) / len(widths), widths[0]


@contextmanager
def _unlimited_cells(text: str) -> Iterator[None]:
    """The csv module refuses cells over 131,072 characters unless told otherwise, for the whole process at once."""
    before = csv.field_size_limit(len(text) + 1)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def json_table(document: Document) -> Table:
    # Not splitlines: JSON strings may hold U+2028 and other line ends of Unicode as they are.
    lines = document.text.split("\n")
    starts = accumulate((len(line) + 1 for line in lines[:-1]), initial=0)
    rows = tuple(
        _json_row(number, start, line)
        for number, (start, line) in enumerate(zip(starts, lines, strict=True), start=1)
        if line.strip()
    )
    return Table(tuple(dict.fromkeys(column for row in rows for column in row.cells)), rows)


def _json_row(line_number: int, start: int, line: str) -> TableRow:
    try:
        cells = json.loads(line)
    except json.JSONDecodeError as error:
        return TableRow(line_number, start, {}, f"it is not JSON ({error.msg}, column {error.colno}); correct the line")
    except (ValueError, RecursionError) as error:
        return TableRow(line_number, start, {}, f"its JSON cannot be read ({error}); correct the line")
    if not isinstance(cells, dict):
        return TableRow(
            line_number, start, {}, "it is JSON but no object; write {...} with the report in one of its keys"
        )
    return TableRow(line_number, start, cells)
