"""A batch of reports with their rows -> DuckDB, in one transaction."""

from collections.abc import Mapping, Sequence

import polars

from crimeetl import sql
from crimeetl.etl.documents import Document, Failure, Report
from crimeetl.etl.load.frames import frame_of, insert_frames
from crimeetl.etl.load.rows import (
    StoredExtraction,
    document_rows,
    extraction_rows,
    extractions_of,
    failure_rows,
    report_rows,
)
from crimeetl.etl.load.runs import PATIENCE_SECONDS, Run
from crimeetl.etl.normalise import NormalisedRows
from crimeetl.model.extraction import Extraction

EXTRACTION_TABLES = (
    "extraction", "answer", "mention", "person", "officer", "offense", "location", "evidence", "suspect", "weapon",
    "vehicle", "property",
)  # fmt: skip
BATCH_TABLES = (
    "document", "document_version", "document_split", "report", "report_page", "report_line", *EXTRACTION_TABLES,
    "document_failure",
)  # fmt: skip


def load_batch(
    run: Run,
    *,
    documents: Sequence[Document],
    splits: Mapping[str, Sequence[str]],
    reports: Sequence[Report],
    extractions: Sequence[tuple[Report, Extraction, NormalisedRows]],
    failures: Sequence[Failure],
) -> None:
    """Store one batch in one transaction: all of it or, after any error, none.

    What is stored already stays as it is: documents and reports by their content, extractions by run, report and
    schema. A batch may repeat them, and loading it twice adds nothing. All rows are made before the database is
    opened, so that it is held for the insertion alone.

    Args:
        documents: every document that was read, also when all its reports were skipped: this is what makes its
            content the path's newest version. From then on the views show the reports of that version alone, with
            whatever has been extracted of them so far.
        splits: by document, the ids of all its reports in their order; of a document that is read in parts, with the
            last of them.
        reports: the reports of those documents, skipped ones included; those of ``extractions`` need not be repeated.
        extractions: each with its report and its rows as ``normalise`` gives them.

    Raises:
        DatabaseUnusable: locked for longer than a minute, not ours, or newer than this code.
    """
    now = run.now()
    rows = document_rows(run, now, documents, splits)
    rows |= report_rows(run, [*reports, *(report for report, _, _ in extractions)])
    rows |= extraction_rows(extractions_of(run, now, extractions)) | failure_rows(run, now, failures)
    frames = {table: frame_of(run.columns[table], rows.get(table, ())) for table in BATCH_TABLES}
    with sql.connect(run.database, patience_seconds=PATIENCE_SECONDS) as con, sql.transaction(con):
        known = sql.fetch(con, sql.statement("statements", "run_start"), {"run_id": run.run_id})
        assert known == [(run.started_at,)], f"run {run.run_id} is not in {run.database}"
        insert_frames(con, ["load_batch", "load_extractions"], frames)


def extraction_frames(
    columns: Mapping[str, polars.Schema], extractions: Sequence[StoredExtraction]
) -> dict[str, polars.DataFrame]:
    """What ``load_extractions`` reads: a frame for each table that hangs on an extraction."""
    rows = extraction_rows(extractions)
    return {table: frame_of(columns[table], rows.get(table, ())) for table in EXTRACTION_TABLES}
