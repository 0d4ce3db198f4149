"""Document -> Reports: a row of a table is a report, and so is each part of another file that looks like one."""

from collections.abc import Iterator

from crimeetl.etl.documents import Document, Report, content_id
from crimeetl.etl.errors import EmptyDocument
from crimeetl.etl.readers import CONTAINER_SUFFIXES, JSON, JSON_LINES, TABLES
from crimeetl.etl.split.boundaries import Span, report_spans
from crimeetl.etl.split.entries import SpanContext, span_contexts
from crimeetl.etl.split.incidents import incident_rows
from crimeetl.etl.split.pages import lines_between, pages_between
from crimeetl.etl.split.rows import Split, Taken, incident_reports, table_parts
from crimeetl.etl.split.settings import SplitSettings


def split(document: Document, settings: SplitSettings | None = None) -> Split:
    """All reports in a document; for what they are, and for errors, see ``split_parts``."""
    parts = list(split_parts(document, settings))
    return Split(
        tuple(report for part in parts for report in part.reports),
        tuple(failure for part in parts for failure in part.failures),
        parts[0].taken_as,
    )


def split_parts(document: Document, settings: SplitSettings | None = None) -> Iterator[Split]:
    """The reports in a document, those of a long table some thousand at a time.

    csv, tsv, JSON and JSON lines hold a report in each row, whose place counts all rows from 0, bad ones too. A table
    in another document does so where it lists incidents. Any other document is one report unless ``report_spans``
    finds several.

    Args:
        document: as its reader gave it.
        settings: what the user says about it; None means nothing.

    Raises:
        UnreadableDocument: the table has no such column as the settings name.
        EmptyDocument: the table has a header and no row, or there are separators alone.
    """
    settings = settings or SplitSettings()
    is_one_text = settings.as_rows is False and document.media_type not in (JSON, JSON_LINES)
    if document.media_type in TABLES and not is_one_text:
        yield from table_parts(document, settings)
    elif document.media_type in CONTAINER_SUFFIXES.values():
        yield Split(())  # the files in it are documents of their own
    elif lists := incident_rows(document, as_rows=settings.as_rows) if settings.separator is None else ():
        yield incident_reports(document, lists, settings)
    else:
        yield _split_text(document, settings)


def _split_text(document: Document, settings: SplitSettings) -> Split:
    page_starts = [page.char_start for page in document.pages]
    spans = report_spans(document.text, page_starts=page_starts, separator=settings.separator, as_rows=settings.as_rows)
    if not spans:
        raise EmptyDocument(document.path, "nothing stands between its separators; correct --separator")
    taken_as = None if len(spans) == 1 else Taken(f"{len(spans)} reports, one after another", is_sure=True)
    contexts = span_contexts(document.text, spans)
    reports = (
        _report(document, place, span, context)
        for place, (span, context) in enumerate(zip(spans, contexts, strict=True))
    )
    return Split(tuple(reports), (), taken_as)


def _report(document: Document, place: int, span: Span, context: SpanContext) -> Report:
    start, end = span
    text = document.text[start:end]
    if context.day is not None:
        text = f"{text}\n\n{context.day}"
    return Report(
        report_id=content_id(document.document_id, str(place), text),
        document_id=document.document_id,
        place=place,
        text=text,
        document_char_start=start,
        pages=pages_between(document.pages, start, end),
        lines=lines_between(document.lines, start, end),
        year=context.year,
    )
