"""What a batch stores, as rows of each table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from crimeetl.etl.documents import Document, Failure, Report
from crimeetl.etl.load.frames import StoredRow, TableRow
from crimeetl.etl.load.runs import Run
from crimeetl.etl.normalise import NormalisedRows
from crimeetl.etl.readers import printable
from crimeetl.model.extraction import Answer, Extraction


def document_rows(
    run: Run, seen_at: datetime, documents: Sequence[Document], splits: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[StoredRow]]:
    """Documents once each, for each path the content that it was seen with last, and the reports of those split."""
    distinct_documents = {document.document_id: document for document in documents}
    newest_on_path = {document.path: document for document in documents}
    return {
        "document": [
            {
                "document_id": document.document_id,
                "media_type": document.media_type,
                "encoding": document.encoding,
                "has_byte_order_mark": document.has_byte_order_mark,
                "size_bytes": document.size_bytes,
                "run_id": run.run_id,
            }
            for document in distinct_documents.values()
        ],
        "document_version": [
            {"path": printable(path), "document_id": document.document_id, "run_id": run.run_id, "seen_at": seen_at}
            for path, document in newest_on_path.items()
        ],
        "document_split": [
            {"document_id": document_id, "report_ids": report_ids, "run_id": run.run_id}
            for document_id, report_ids in splits.items()
        ],
    }


def report_rows(run: Run, reports: Iterable[Report]) -> dict[str, Sequence[StoredRow]]:
    """Reports once each, with where they stand."""
    distinct_reports = {report.report_id: report for report in reports}
    return {
        "report": [
            {
                "report_id": report.report_id,
                "document_id": report.document_id,
                "place": report.place,
                "text": report.text,
                "run_id": run.run_id,
                "document_char_start": report.document_char_start,
                "page": report.pages[0].number if report.pages else None,
            }
            for report in distinct_reports.values()
        ],
        "report_page": [
            {"report_id": report.report_id, "page": page.number, "char_start": page.char_start, "is_ocr": page.is_ocr}
            for report in distinct_reports.values()
            for page in report.pages
        ],
        "report_line": [
            {
                "report_id": report.report_id,
                "char_start": line.char_start,
                "char_end": line.char_end,
                "page": line.page,
                "left_points": line.box.left,
                "top_points": line.box.top,
                "right_points": line.box.right,
                "bottom_points": line.box.bottom,
            }
            for report in distinct_reports.values()
            for line in report.lines
        ],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredExtraction:
    """An extraction with its ids and rows."""

    extraction_id: str
    run_id: str
    report_id: str
    schema_digest: str
    model_digest: str
    extracted_at: datetime
    found: Extraction
    rows: NormalisedRows
    reviewed_types: frozenset[str] = frozenset()  # whose questions a person has looked at


def extractions_of(
    run: Run, extracted_at: datetime, extractions: Iterable[tuple[Report, Extraction, NormalisedRows]]
) -> list[StoredExtraction]:
    """What a run extracted."""
    return [
        StoredExtraction(
            extraction_id=run.extraction_id(report),
            run_id=run.run_id,
            report_id=report.report_id,
            schema_digest=run.schema.digest,
            model_digest=run.model_digest,
            extracted_at=extracted_at,
            found=found,
            rows=rows,
        )
        for report, found, rows in extractions
    ]


def extraction_rows(extractions: Iterable[StoredExtraction]) -> dict[str, Sequence[StoredRow]]:
    """Extractions with all that hangs on them, once each."""
    distinct = {stored.extraction_id: stored for stored in extractions}.values()
    normalised = [stored.rows for stored in distinct]
    return {
        "extraction": [
            {
                "extraction_id": stored.extraction_id,
                "run_id": stored.run_id,
                "report_id": stored.report_id,
                "schema_digest": stored.schema_digest,
                "model_digest": stored.model_digest,
                "extracted_at": stored.extracted_at,
                "report_tokens": stored.found.report_tokens,
                "answer_tokens": stored.found.answer_tokens,
                "window_count": stored.found.window_count,
            }
            for stored in distinct
        ],
        "answer": [
            _answer_row(stored.extraction_id, answer, is_reviewed=answer.entity_type in stored.reviewed_types)
            for stored in distinct
            for answer in stored.found.answers
        ],
        "mention": [row for rows in normalised for row in rows.mentions],
        "person": [row for rows in normalised for row in rows.people],
        "officer": [row for rows in normalised for row in rows.officers],
        "offense": [row for rows in normalised for row in rows.offenses],
        "location": [row for rows in normalised for row in rows.locations],
        **_description_rows(normalised),
    }


def failure_rows(run: Run, failed_at: datetime, failures: Sequence[Failure]) -> dict[str, Sequence[StoredRow]]:
    """Failures once for each path, place and stage."""
    distinct = {(failure.path, failure.place, failure.stage): failure for failure in failures}
    return {
        "document_failure": [
            {**asdict(failure), "path": printable(failure.path), "run_id": run.run_id, "failed_at": failed_at}
            for failure in distinct.values()
        ]
    }


def _answer_row(extraction_id: str, answer: Answer, *, is_reviewed: bool) -> TableRow:
    return {
        "extraction_id": extraction_id,
        "entity_type": answer.entity_type,
        "mention_count": len(answer.mentions),
        "presence": answer.presence,
        "is_cut": answer.is_cut,
        "is_reviewed": is_reviewed,
    }


def _description_rows(normalised: Sequence[NormalisedRows]) -> dict[str, Sequence[StoredRow]]:
    """The rows of the tables that hold one description each."""
    tables = dict.fromkeys(table for rows in normalised for table in rows.descriptions)
    return {
        table: [
            {
                f"{table}_id": row.row_id,
                "extraction_id": row.extraction_id,
                "ordinal": row.ordinal,
                "description": row.description,
                "mention_id": row.mention_id,
            }
            for rows in normalised
            for row in rows.descriptions.get(table, ())
        ]
        for table in tables
    }
