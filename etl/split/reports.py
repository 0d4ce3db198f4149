"""Document -> Reports: a row of a table is a report, and so is each part of another file that looks like one."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crimeetl.etl.documents import Document, Page, Report, content_id
from crimeetl.etl.errors import DocumentFailed, EmptyDocument, UnreadableDocument
from crimeetl.etl.readers import COMMA_SEPARATED, CONTAINER_SUFFIXES, JSON_LINES, TAB_SEPARATED, is_unicode
from crimeetl.etl.split.boundaries import report_spans
from crimeetl.etl.split.tables import Table, TableRow, delimited_table, json_table

TEXT_COLUMNS = ("text", "report", "narrative", "report_text", "body", "description", "summary")


@dataclass(frozen=True, slots=True)
class Split:
    """The reports of one document, and a failure for every row that gives none; both in the file's order."""

    reports: tuple[Report, ...]
    failures: tuple[tuple[int, DocumentFailed], ...] = ()  # with the row's place


def split(document: Document, *, text_column: str | None, separator: re.Pattern[str] | None = None) -> Split:
    """The reports in a document.

    csv, tsv and jsonl hold a report in each row, whose place counts all rows from 0, bad ones too; blank lines are
    no rows. Any other document is one report unless ``report_spans`` finds several.

    Args:
        document: as its reader gave it.
        text_column: the column that holds the reports; None means the first there is of TEXT_COLUMNS. Upper and
            lower case count as the same.
        separator: of documents that are no tables: what a line must match to stand between two reports, and then
            nothing else parts them. None means what separators usually look like.

    Raises:
        UnreadableDocument: the table has no such column.
        EmptyDocument: the table has a header and no row, or there are separators alone.
    """
    if document.media_type in (COMMA_SEPARATED, TAB_SEPARATED):
        return _split_table(document, delimited_table(document), text_column)
    if document.media_type == JSON_LINES:
        return _split_table(document, json_table(document), text_column)
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


def _text_or_failure(document: Document, row: TableRow, column: str) -> str | DocumentFailed:
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
