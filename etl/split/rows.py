"""Rows of tables -> Reports: every cell after its heading, and what headings say for certain given."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from crimeetl.etl.columns import (
    MappedColumn,
    MappedColumns,
    RawTable,
    RowReport,
    Synonyms,
    map_columns,
    raw_table,
    read_synonyms,
    row_report,
    shipped_synonyms,
)
from crimeetl.etl.documents import Cell, Document, GivenValue, Line, Page, Report, content_id
from crimeetl.etl.errors import DocumentFailed, EmptyDocument, UnreadableDocument, WrongUsage
from crimeetl.etl.readers import is_unicode
from crimeetl.etl.split.incidents import IncidentRow, IncidentRows
from crimeetl.etl.split.kinds import stated_year
from crimeetl.etl.split.pages import pages_between
from crimeetl.etl.split.settings import SplitSettings

PART_ROWS = 16384  # that are made reports at a time


@dataclass(frozen=True, slots=True)
class Taken:
    """What a document that is no single report was taken for."""

    words: str  # "a table of 27 incidents, a report from each row"
    is_sure: bool
    columns: tuple[MappedColumn, ...] = ()
    left_out: tuple[str, ...] = ()  # lines that belong to no row: totals, headings that come again


@dataclass(frozen=True, slots=True)
class Split:
    """Reports of one document, and a failure for every row that gives none; both in the file's order."""

    reports: tuple[Report, ...]
    failures: tuple[tuple[int, DocumentFailed], ...] = ()  # with the row's place
    taken_as: Taken | None = None  # None where the document is one report


def table_parts(document: Document, settings: SplitSettings) -> Iterator[Split]:
    """The reports in the rows of a document that is a table, some thousand at a time.

    Raises:
        UnreadableDocument: it has no such text column, or its headings cannot be read.
        EmptyDocument: it has a header and no row.
    """
    synonyms = _synonyms(settings)
    table = raw_table(document, synonyms=synonyms)
    if not table.row_count:
        raise EmptyDocument(document.path, "it has a header and no row; fill it or take it away")
    mapped = _mapped(document, table.headings, table.sample, settings, synonyms, table.title)
    taken_as = _taken_as(table, mapped)
    outcomes = _outcomes(document, table, mapped)
    while part := list(islice(outcomes, PART_ROWS)):
        reports = tuple(outcome for _, outcome in part if isinstance(outcome, Report))
        failures = tuple((place, outcome) for place, outcome in part if isinstance(outcome, DocumentFailed))
        yield Split(reports, failures, taken_as)


def incident_reports(document: Document, lists: Sequence[IncidentRows], settings: SplitSettings) -> Split:
    """The reports in the rows of a document's lists of incidents, in the order in which they stand."""
    synonyms = _synonyms(settings)
    found: list[tuple[IncidentRows, IncidentRow, MappedColumns]] = []
    for listed in lists:
        sample = [[cell.text for cell in row.cells] for row in listed.rows]
        headings = listed.headings or tuple(f"Column {number}" for number in range(1, len(sample[0]) + 1))
        mapped = _mapped(document, headings, sample, settings, synonyms, listed.context)
        found += [(listed, row, mapped) for row in listed.rows]
    found.sort(key=lambda one: one[1].char_start)
    reports = tuple(
        _incident_report(document, place, listed, row, mapped) for place, (listed, row, mapped) in enumerate(found)
    )
    is_sure = all(listed.is_sure for listed in lists)
    advice = "" if is_sure else "; if it is one report, say so with --one-report"
    taken_as = Taken(
        words="; ".join(listed.taken_as for listed in lists) + advice,
        is_sure=is_sure,
        columns=tuple(
            column for mapped in dict.fromkeys(mapped for _, _, mapped in found) for column in mapped.columns
        ),
        left_out=tuple(line for listed in lists for line in listed.left_out),
    )
    return Split(reports, (), taken_as)


def _synonyms(settings: SplitSettings) -> Synonyms:
    return shipped_synonyms() if settings.headings is None else read_synonyms(settings.headings)


def _mapped(
    document: Document,
    headings: Sequence[str],
    sample: Sequence[Sequence[str]],
    settings: SplitSettings,
    synonyms: Synonyms,
    title: Sequence[str],
) -> MappedColumns:
    told, text_column = settings.types_of_headings, settings.text_column
    try:
        return map_columns(headings, sample, told=told, text_column=text_column, synonyms=synonyms, title=title)
    except WrongUsage as error:
        raise UnreadableDocument(document.path, str(error)) from error


def _taken_as(table: RawTable, mapped: MappedColumns) -> Taken:
    rows = "a table of one row" if table.row_count == 1 else f"a table of {table.row_count} rows, a report from each"
    if says_something := mapped.text_column is not None or any(c.types or c.is_prose for c in mapped.columns):
        return Taken(rows, says_something, mapped.columns, table.left_out)
    advice = "none of its columns says what it holds; name them with --map, or the one in prose with --text-column"
    return Taken(f"{rows}; {advice}", says_something, mapped.columns, table.left_out)


def _outcomes(
    document: Document, table: RawTable, mapped: MappedColumns
) -> Iterator[tuple[int, Report | DocumentFailed]]:
    year = stated_year("\n".join(table.title))
    for place, row in enumerate(table.rows):
        where = f"line {row.line_number}"
        if row.problem is not None:
            yield place, UnreadableDocument(document.path, f"{where}: {row.problem}")
            continue
        made = row_report(mapped, row.cells, context=(*table.title, *row.context), notes=row.notes)
        if not made.text.strip():
            empty = "the row" if mapped.text_column is None else f"the column {table.headings[mapped.text_column]}"
            yield place, EmptyDocument(document.path, f"{where}: {empty} is empty; fill it or delete the line")
        elif not is_unicode(made.text):
            reason = f"{where}: the text holds half a surrogate pair; correct the line"
            yield place, UnreadableDocument(document.path, reason)
        else:
            yield place, _report(document, place, made, row.char_start, year=year)


def _incident_report(
    document: Document, place: int, listed: IncidentRows, row: IncidentRow, mapped: MappedColumns
) -> Report:
    made = row_report(
        mapped,
        [cell.text for cell in row.cells],
        context=(*listed.context, *row.context),
        notes=row.notes,
    )
    pages = pages_between(document.pages, row.char_start, row.char_end)[:1]
    return _report(document, place, made, row.char_start, pages, _lines(made, row.cells), listed.year)


def _lines(made: RowReport, cells: Sequence[Cell]) -> tuple[Line, ...]:
    """The cells of a row that stand on a page, as lines of its text."""
    return tuple(
        Line(start, end, cell.page, cell.box)
        for start, end, cell in sorted(
            ((start, end, cells[column]) for start, end, column in made.cell_spans), key=lambda one: one[:2]
        )
        if cell.page is not None and cell.box is not None
    )


def _report(
    document: Document,
    place: int,
    made: RowReport,
    start: int,
    pages: tuple[Page, ...] = (),
    lines: tuple[Line, ...] = (),
    year: int | None = None,
) -> Report:
    asked_chars = None if made.asked_chars == len(made.text) else made.asked_chars
    return Report(
        report_id=content_id(document.document_id, str(place), made.text, *_parts_of_id(made.given, asked_chars)),
        document_id=document.document_id,
        place=place,
        text=made.text,
        document_char_start=start,
        pages=pages,
        lines=lines,
        given=made.given,
        asked_chars=asked_chars,
        year=year,
    )


def _parts_of_id(given: Sequence[GivenValue], asked_chars: int | None) -> Iterator[str]:
    """What makes other answers of the same text; nothing where it is read as any other."""
    if given or asked_chars is not None:
        yield str(asked_chars)
    for value in given:
        yield f"{value.entity_type} {value.char_start} {value.char_end}"
