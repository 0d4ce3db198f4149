"""Document -> Reports: a row of a table is a report, and so is each part of another file that looks like one."""

import csv
import io
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import accumulate, islice

from crimeetl.etl.split.boundaries import report_spans
from crimeetl.etl.documents import Document, Page, Report, content_id
from crimeetl.etl.errors import DocumentFailed, EmptyDocument, UnreadableDocument
from crimeetl.etl.readers.formats import COMMA_SEPARATED, CONTAINER_SUFFIXES, JSON_LINES, TAB_SEPARATED
from crimeetl.etl.readers.plain import is_unicode

TEXT_COLUMNS = ("text", "report", "narrative", "report_text", "body", "description", "summary")
DELIMITERS = ",;\t|"
SNIFFED_ROWS = 50


@dataclass(frozen=True, slots=True)
class Split:
    """The reports of one document, and a failure for every row that gives none; both in the file's order."""

    reports: tuple[Report, ...]
    failures: tuple[tuple[int, DocumentFailed], ...] = ()  # with the row's place


@dataclass(frozen=True, slots=True)
class Record:
    """One line of cells in a delimited table, or of several where a cell holds line ends."""

    line_number: int  # from 1, where it begins
    char_start: int  # the same place in the document's text
    cells: list[str]
    problem: str | None = None  # why they cannot be read


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its cells by column, or the problem for which it cannot be used."""

    line_number: int  # from 1, where the row begins
    char_start: int  # the same place in the document's text
    cells: dict[str, object]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one document. No column means that no row can be used."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def split(document: Document, *, text_column: str | None, separator: re.Pattern[str] | None = None) -> Split:
    """The reports in a document.

    csv, tsv and jsonl hold a report in each row, whose place counts all rows from 0, bad ones too; blank lines are
    no rows. Any other document is one report unless ``report_spans`` finds several.

    Args:
        document: As its reader gave it.
        text_column: The column that holds the reports; None means the first there is of TEXT_COLUMNS. Upper and
            lower case count as the same.
        separator: Of documents that are no tables: what a line must match to stand between two reports, and then
            nothing else parts them. None means what separators usually look like.

    Raises:
        UnreadableDocument: The table has no such column.
        EmptyDocument: The table has a header and no row, or there are separators alone.
    """
    if document.media_type in (COMMA_SEPARATED, TAB_SEPARATED):
        return _split_table(document, _delimited_table(document), text_column)
    if document.media_type == JSON_LINES:
        return _split_table(document, _json_table(document), text_column)
    if document.media_type in CONTAINER_SUFFIXES.values():
        return Split(())  # the files in it are documents of their own
    page_starts = [page.char_start for page in document.pages]
    spans = report_spans(document.text, page_starts=page_starts, separator=separator)
    if not spans:
        raise EmptyDocument(document.path, "nothing stands between its separators; correct --separator")
    return Split(
        tuple(_report(document, place, document.text[slice(*span)], span[0]) for place, span in enumerate(spans))
    )


def _split_table(document: Document, table: Table, text_column: str | None) -> Split:
    if not table.rows:
        raise EmptyDocument(document.path, "it has a header and no row; fill it or take it away")
    column = _text_column(document, table.columns, text_column) if table.columns else ""
    reports: list[Report] = []
    failures: list[tuple[int, DocumentFailed]] = []
    for place, row in enumerate(table.rows):
        outcome = _text_or_failure(document, row, column)
        if isinstance(outcome, DocumentFailed):
            failures.append((place, outcome))
        else:
            reports.append(_report(document, place, outcome, row.char_start))
    return Split(tuple(reports), tuple(failures))


def _text_column(document: Document, columns: Sequence[str], wanted: str | None) -> str:
    by_folded_name = {column.strip().casefold(): column for column in reversed(columns)}
    names = TEXT_COLUMNS if wanted is None else (wanted,)
    for name in names:
        if name in columns:
            return name
        if name.strip().casefold() in by_folded_name:
            return by_folded_name[name.strip().casefold()]
    sought = f"no column {wanted}" if wanted is not None else f"none of the columns {', '.join(TEXT_COLUMNS)}"
    reason = f"it has {sought}; choose one of its columns with --text-column: {', '.join(columns)}"
    raise UnreadableDocument(document.path, reason)


def _text_or_failure(document: Document, row: Row, column: str) -> str | DocumentFailed:
    where = f"line {row.line_number}"
    text = row.cells.get(column)
    if row.problem is not None:
        return UnreadableDocument(document.path, f"{where}: {row.problem}")
    if not isinstance(text, str):
        return UnreadableDocument(document.path, f"{where}: there is no text in the column {column}; correct the line")
    if not text.strip():
        return EmptyDocument(document.path, f"{where}: the column {column} is empty; fill it or delete the line")
    if not is_unicode(text):
        return UnreadableDocument(document.path, f"{where}: the text holds half a surrogate pair; correct the line")
    return text


def _report(document: Document, place: int, text: str, start: int) -> Report:
    return Report(
        report_id=content_id(document.document_id, str(place), text),
        document_id=document.document_id,
        place=place,
        text=text,
        document_char_start=start,
        pages=_pages_between(document.pages, start, start + len(text)),
    )


def _pages_between(pages: tuple[Page, ...], start: int, end: int) -> tuple[Page, ...]:
    """The page that holds the start, and those that begin before the end."""
    first = max(bisect_right(pages, start, key=lambda page: page.char_start) - 1, 0)
    last = bisect_left(pages, end, key=lambda page: page.char_start)
    return tuple(replace(page, char_start=max(page.char_start - start, 0)) for page in pages[first:last])


def _delimited_table(document: Document) -> Table:
    with _unlimited_cells(document.text):
        delimiter = "\t" if document.media_type == TAB_SEPARATED else _sniffed_delimiter(document.text)
        first, *records = _records(document.text, delimiter)
    if first.problem is not None:
        raise UnreadableDocument(document.path, f"line {first.line_number}: {first.problem}")
    return Table(tuple(first.cells), tuple(_row(first.cells, record) for record in records))


def _row(header: Sequence[str], record: Record) -> Row:
    values, problem = record.cells, record.problem
    if problem is None and any(values[len(header) :]):
        problem = f"the row has {len(values)} cells and the header {len(header)}; quote the cells and their delimiters"
    cells: dict[str, object] = {}
    for column, value in zip(header, values, strict=False):
        cells.setdefault(column, value)
    return Row(record.line_number, record.char_start, cells, problem)


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


def _json_table(document: Document) -> Table:
    # Not splitlines: JSON strings may hold U+2028 and other line ends of Unicode as they are.
    lines = document.text.split("\n")
    starts = accumulate((len(line) + 1 for line in lines[:-1]), initial=0)
    rows = tuple(
        _json_row(number, start, line)
        for number, (start, line) in enumerate(zip(starts, lines, strict=True), start=1)
        if line.strip()
    )
    return Table(tuple(dict.fromkeys(column for row in rows for column in row.cells)), rows)


def _json_row(line_number: int, start: int, line: str) -> Row:
    try:
        cells = json.loads(line)
    except json.JSONDecodeError as error:
        return Row(line_number, start, {}, f"it is not JSON ({error.msg}, column {error.colno}); correct the line")
    except (ValueError, RecursionError) as error:
        return Row(line_number, start, {}, f"its JSON cannot be read ({error}); correct the line")
    if not isinstance(cells, dict):
        return Row(line_number, start, {}, "it is JSON but no object; write {...} with the report in one of its keys")
    return Row(line_number, start, cells)
