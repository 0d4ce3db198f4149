"""Rows into DuckDB: a run begins, batches arrive one transaction each, the run ends.

The file is held only while a batch is written, so that queries get in between. The functions are not for use from
several threads at once: DuckDB opens a file once a process, either to write or to read.
"""

import json
import os
import re
import socket
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from importlib import metadata
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

import polars
from duckdb import DuckDBPyConnection

from crimeetl import sql
from crimeetl.etl.documents import Document, Failure, Report, content_id
from crimeetl.etl.normalise import DESCRIPTION_TYPES, NormalisedRows, mention_id, normalise_extraction, normalise_value
from crimeetl.etl.readers import printable
from crimeetl.model.extraction import Answer, Extraction
from crimeetl.model.schema import EntitySchema
from crimeetl.model.sentinels import is_sentinel

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FinalStatus = Literal["done", "interrupted", "failed"]
Row: TypeAlias = dict[str, object]  # a table's columns by name
BATCH_PATIENCE_SECONDS = 60.0  # a batch waits for readers to let go; its answers cost more than a minute to make
EXTRACTION_TABLES = ("extraction", "answer", "mention", "person", "officer", "offense", "location", *DESCRIPTION_TYPES)
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class RunStart:
    """What is known of a run when it begins."""

    model_digest: str  # of base, adapter, dtype and quantisation together: equal digest, equal answers
    model_name: str  # in words for people
    schema: EntitySchema
    settings: Mapping[str, object]  # stored as JSON


@dataclass(frozen=True, kw_only=True, slots=True)
class RunCounts:
    """What a run did, for its last line; ``v_run`` counts stored rows itself and takes only ``skipped`` from here."""

    reports_done: int
    mentions: int
    skipped: int
    failed: int


def start_run(database: Path, start: RunStart) -> str:
    """Record that a run has begun; runs of this host whose process is gone become interrupted.

    Creates and migrates the database where needed.

    Returns:
        The run's id, unique and later in sort order than every run before it in this database.

    Raises:
        DatabaseUnusable: locked, not ours, or newer than this code.
    """
    with sql.connect(database) as con, sql.transaction(con):
        started_at = _start_time(con)
        run_id = f"{started_at:%Y%m%dT%H%M%S%f}-{token_hex(3)}"
        _end_abandoned_runs(con)
        insert_rows(con, "start_run", _start_rows(start, run_id, started_at))
    return run_id


def finished_reports(database: Path, report_ids: Collection[str], *, model_digest: str, schema_digest: str) -> set[str]:
    """Those of the reports that this model has already answered for this schema.

    Raises:
        DatabaseUnusable: locked, missing, not ours, or newer than this code.
    """
    with sql.connect_read_only(database) as con:
        found = sql.fetch(
            con,
            sql.statement("statements", "finished_reports"),
            {"report_ids": list(report_ids), "model_digest": model_digest, "schema_digest": schema_digest},
        )
    return {report_id for (report_id,) in found}


def known_paths(database: Path) -> set[str]:
    """Every path whose reports the views show, or whose failure.

    Raises:
        DatabaseUnusable: locked, missing, not ours, or newer than this code.
    """
    with sql.connect_read_only(database) as con:
        return {path for (path,) in sql.fetch(con, sql.statement("statements", "known_paths"))}


def mark_missing(database: Path, run_id: str, paths: Collection[str]) -> None:
    """Record that paths are gone: the views show them no longer, until a later run finds them again.

    Raises:
        DatabaseUnusable: locked for longer than a minute, not ours, or newer than this code.
    """
    with sql.connect(database, patience_seconds=BATCH_PATIENCE_SECONDS) as con, sql.transaction(con):
        missing_at = _batch_time(con, run_id)
        rows: list[Row] = [{"path": path, "run_id": run_id, "missing_at": missing_at} for path in sorted(paths)]
        insert_rows(con, "mark_missing", {"document_missing": rows})


def load_batch(
    database: Path,
    run_id: str,
    *,
    documents: Sequence[Document],
    reports: Sequence[Report],
    extractions: Sequence[tuple[Report, Extraction]],
    failures: Sequence[Failure],
    schema: EntitySchema,
    model_digest: str,
) -> None:
    """Store one batch in one transaction: all of it or, after any error, none.

    What is stored already stays as it is: documents and reports by their content, extractions by run, report and
    schema. A batch may repeat them, and loading it twice adds nothing.

    Args:
        documents: every document that was read, also when all its reports were skipped: this is what makes its
            content the path's newest version. From then on the views show the reports of that version alone, with
            whatever has been extracted of them so far.
        reports: the reports of those documents, skipped ones included; those of ``extractions`` need not be repeated.

    Raises:
        DatabaseUnusable: locked for longer than a minute, not ours, or newer than this code.
    """
    with sql.connect(database, patience_seconds=BATCH_PATIENCE_SECONDS) as con, sql.transaction(con):
        batch = _Batch(run_id, _batch_time(con, run_id), schema, model_digest)
        rows = _source_rows(batch, documents, [*reports, *(report for report, _ in extractions)])
        rows |= _extraction_rows(batch, _new_extractions(con, batch, extractions))
        rows["document_failure"] = _failure_rows(batch, failures)
        insert_rows(con, "load_batch", rows)


def finish_run(database: Path, run_id: str, status: FinalStatus, counts: RunCounts) -> None:
    """Record that a run has ended.

    Raises:
        DatabaseUnusable: locked for longer than a minute, not ours, or newer than this code.
    """
    outcome = {"run_id": run_id, "status": status, "ended_at": sql.utc_now(), **asdict(counts)}
    with sql.connect(database, patience_seconds=BATCH_PATIENCE_SECONDS) as con, sql.transaction(con):
        ended = sql.fetch(con, sql.statement("statements", "finish_run"), outcome)
        assert ended == [(run_id,)], f"run {run_id} is not in {database}"


@dataclass(frozen=True, slots=True)
class _Batch:
    """What all rows of a batch have in common."""

    run_id: str
    stored_at: datetime
    schema: EntitySchema
    model_digest: str

    def extraction_id(self, report: Report) -> str:
        return content_id(self.run_id, report.report_id, self.schema.digest)


def insert_rows(con: DuckDBPyConnection, statement: str, rows: Mapping[str, Sequence[Row]]) -> None:
    """Run a statement that reads the rows for each table as ``new_<table>``."""
    for table, table_rows in rows.items():
        con.register(f"new_{table}", _frame(con, table, table_rows))
    con.execute(sql.statement("statements", statement))
    for table in rows:
        con.unregister(f"new_{table}")


def _frame(con: DuckDBPyConnection, table: str, rows: Sequence[Row]) -> polars.DataFrame:
    """Rows in the very columns and types of their table."""
    schema = con.table(table).limit(0).pl().schema
    assert all(row.keys() == set(schema) for row in rows), f"rows for {table} have other columns than it"
    columns = {column: [_storable(row[column]) for row in rows] for column in schema}
    return polars.DataFrame(columns, schema=schema)


def _storable(cell: object) -> object:
    """A cell as DuckDB takes it: a lone surrogate, which no UTF-8 text can hold, becomes U+FFFD.

    One code point for one, so that offsets stay right.
    """
    if not isinstance(cell, str) or cell.isascii():
        return cell
    return LONE_SURROGATE.sub("\ufffd", cell)


def _start_time(con: DuckDBPyConnection) -> datetime:
    """Now, but after every earlier run even when the clock was set back: the newest run is the one that began last."""
    [(newest,)] = sql.fetch(con, sql.statement("statements", "newest_start"))
    now = sql.utc_now()
    return now if newest is None else max(now, newest + timedelta(microseconds=1))


def _batch_time(con: DuckDBPyConnection, run_id: str) -> datetime:
    """Now, but no earlier than the run began."""
    found = sql.fetch(con, sql.statement("statements", "run_start"), {"run_id": run_id})
    assert len(found) == 1, f"run {run_id} has not been started"
    [(started_at,)] = found
    return max(sql.utc_now(), cast(datetime, started_at))


def _end_abandoned_runs(con: DuckDBPyConnection) -> None:
    running = sql.fetch(con, sql.statement("statements", "running_here"), {"host_name": socket.gethostname()})
    abandoned = [run_id for run_id, process_id in running if not _is_alive(process_id)]
    if abandoned:
        sql.fetch(con, sql.statement("statements", "end_abandoned_runs"), {"run_ids": abandoned})


def _is_alive(process_id: int) -> bool:
    """Whether another process has this id; our own id is a dead run's, as in containers, where it is always 1."""
    if process_id == os.getpid():
        return False
    if sys.platform == "win32":  # where os.kill has no harmless signal
        return True
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _start_rows(start: RunStart, run_id: str, started_at: datetime) -> dict[str, list[Row]]:
    schema = start.schema
    run: Row = {
        "run_id": run_id,
        "started_at": started_at,
        "ended_at": None,
        "status": "running",
        "host_name": socket.gethostname(),
        "process_id": os.getpid(),
        "crimeetl_version": metadata.version("crimeetl"),
        "model_digest": start.model_digest,
        "model_name": start.model_name,
        "schema_name": schema.name,
        "schema_digest": schema.digest,
        "settings": json.dumps(dict(start.settings), default=str),
        **asdict(RunCounts(reports_done=0, mentions=0, skipped=0, failed=0)),
    }
    types: list[Row] = [
        {
            "schema_digest": schema.digest,
            "entity_type": entity_type.name,
            "ordinal": ordinal,
            "column_name": entity_type.column,
            "kind": entity_type.kind,
            "is_multiple": entity_type.is_multiple,
            "normaliser": entity_type.normaliser,
        }
        for ordinal, entity_type in enumerate(schema.types)
    ]
    return {
        "run": [run],
        "entity_schema": [{"schema_digest": schema.digest, "name": schema.name}],
        "entity_type": types,
    }


def _source_rows(batch: _Batch, documents: Sequence[Document], reports: Sequence[Report]) -> dict[str, list[Row]]:
    """Documents and reports once each, and for each path the content that it was seen with last."""
    distinct_documents = {document.document_id: document for document in documents}
    newest_on_path = {document.path: document for document in documents}
    distinct_reports = {report.report_id: report for report in reports}
    return {
        "document": [
            {
                "document_id": document.document_id,
                "media_type": document.media_type,
                "encoding": document.encoding,
                "has_byte_order_mark": document.has_byte_order_mark,
                "size_bytes": document.size_bytes,
                "run_id": batch.run_id,
            }
            for document in distinct_documents.values()
        ],
        "document_version": [
            {
                "path": printable(path),
                "document_id": document.document_id,
                "run_id": batch.run_id,
                "seen_at": batch.stored_at,
            }
            for path, document in newest_on_path.items()
        ],
        "document_split": [
            {"document_id": document_id, "report_ids": report_ids, "run_id": batch.run_id}
            for document_id, report_ids in _report_ids(distinct_documents, distinct_reports.values()).items()
        ],
        "report": [
            {
                "report_id": report.report_id,
                "document_id": report.document_id,
                "place": report.place,
                "text": report.text,
                "run_id": batch.run_id,
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
    }


def _report_ids(document_ids: Iterable[str], reports: Iterable[Report]) -> dict[str, list[str]]:
    """The reports of each document, in its own order."""
    found: dict[str, list[str]] = {document_id: [] for document_id in document_ids}
    for report in sorted(reports, key=lambda report: report.place):
        if report.document_id in found:
            found[report.document_id].append(report.report_id)
    return found


def _new_extractions(
    con: DuckDBPyConnection, batch: _Batch, extractions: Sequence[tuple[Report, Extraction]]
) -> dict[str, tuple[Report, Extraction]]:
    """Those that are not stored yet, once each, by their id."""
    by_id = {batch.extraction_id(report): (report, extraction) for report, extraction in extractions}
    stored = sql.fetch(con, sql.statement("statements", "stored_extractions"), {"extraction_ids": list(by_id)})
    for (extraction_id,) in stored:
        del by_id[extraction_id]
    return by_id


def _extraction_rows(batch: _Batch, extractions: Mapping[str, tuple[Report, Extraction]]) -> dict[str, list[Row]]:
    """Extractions with all that hangs on them."""
    rows: dict[str, list[Row]] = {table: [] for table in EXTRACTION_TABLES}
    for extraction_id, (report, extraction) in extractions.items():
        rows["extraction"].append(
            {
                "extraction_id": extraction_id,
                "run_id": batch.run_id,
                "report_id": report.report_id,
                "schema_digest": batch.schema.digest,
                "model_digest": batch.model_digest,
                "extracted_at": batch.stored_at,
                "report_tokens": extraction.report_tokens,
                "answer_tokens": extraction.answer_tokens,
                "window_count": extraction.window_count,
            }
        )
        for answer in extraction.answers:
            rows["answer"].append(_answer_row(extraction_id, answer))
            rows["mention"] += _mention_rows(extraction_id, answer, batch.schema)
        for table, table_rows in _normalised_rows(normalise_extraction(extraction, extraction_id)).items():
            rows[table] += table_rows
    return rows


def _answer_row(extraction_id: str, answer: Answer) -> Row:
    return {
        "extraction_id": extraction_id,
        "entity_type": answer.entity_type,
        "mention_count": len(answer.mentions),
        "presence": answer.presence,
        "is_cut": answer.is_cut,
    }


def _mention_rows(extraction_id: str, answer: Answer, schema: EntitySchema) -> list[Row]:
    normaliser = schema.by_name[answer.entity_type].normaliser
    return [
        {
            "mention_id": mention_id(extraction_id, answer.entity_type, ordinal),
            "extraction_id": extraction_id,
            "entity_type": answer.entity_type,
            "ordinal": ordinal,
            **_fields(mention),
            "normalised": normalise_value(mention.value, normaliser),
            "is_stated": not is_sentinel(mention.value),
        }
        for ordinal, mention in enumerate(answer.mentions)
    ]


def _normalised_rows(rows: NormalisedRows) -> dict[str, list[Row]]:
    described = {
        table: [
            {
                f"{table}_id": row.row_id,
                "extraction_id": row.extraction_id,
                "ordinal": row.ordinal,
                "description": row.description,
                "mention_id": row.mention_id,
            }
            for row in table_rows
        ]
        for table, table_rows in rows.descriptions.items()
    }
    return {
        "person": [_fields(row) for row in rows.people],
        "officer": [_fields(row) for row in rows.officers],
        "offense": [_fields(row) for row in rows.offenses],
        "location": [_fields(row) for row in rows.locations],
        **described,
    }


def _failure_rows(batch: _Batch, failures: Sequence[Failure]) -> list[Row]:
    """Failures once for each path, place and stage."""
    distinct = {(failure.path, failure.place, failure.stage): failure for failure in failures}
    return [
        {
            **_fields(failure),
            "path": printable(failure.path),
            "run_id": batch.run_id,
            "failed_at": batch.stored_at,
        }
        for failure in distinct.values()
    ]


def _fields(row: "DataclassInstance") -> Row:
    """A dataclass whose fields are named like the columns, as a row."""
    return {name: getattr(row, name) for name in _field_names(type(row))}


@cache
def _field_names(row_type: type["DataclassInstance"]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(row_type))
