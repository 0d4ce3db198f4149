"""Runs as they begin, work and end."""

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Literal

from duckdb import DuckDBPyConnection

from crimeetl import sql
from crimeetl.etl.documents import Report, content_id
from crimeetl.etl.load.frames import TableRow, columns_of_tables, insert_rows
from crimeetl.model.schema import EntitySchema

if TYPE_CHECKING:
    import polars

FinalStatus = Literal["done", "interrupted", "failed"]
RIVAL_SECONDS = 1.0  # between two looks at a run that is waited for
PATIENCE_SECONDS = 60.0  # a batch waits for readers to let go; its answers cost more than a minute to make


@dataclass(frozen=True, kw_only=True, slots=True)
class RunStart:
    """What is known of a run when it begins."""

    model_digest: str  # of base, adapter, dtype and quantisation together: equal digest, equal answers
    model_name: str  # in words for people
    schema: EntitySchema
    settings: Mapping[str, object]  # stored as JSON; "roots": absolute paths of the files and folders that it reads


@dataclass(frozen=True, kw_only=True, slots=True)
class RunCounts:
    """What a run did, for its last line; ``v_run`` counts stored rows itself and takes only ``skipped`` from here."""

    reports_done: int
    mentions: int
    skipped: int
    failed: int


@dataclass(frozen=True, slots=True)
class Run:
    """A run under way: what all that it stores has in common."""

    database: Path
    run_id: str  # unique, and later in sort order than every run before it in this database
    started_at: datetime
    schema: EntitySchema
    model_digest: str
    columns: Mapping[str, "polars.Schema"]  # of each table, as this database has them

    def now(self) -> datetime:
        """The present, but no earlier than the run began, should the clock have been set back."""
        return max(sql.utc_now(), self.started_at)

    def extraction_id(self, report: Report) -> str:
        """The id of what this run extracts from a report."""
        return content_id(self.run_id, report.report_id, self.schema.digest)


def start_run(database: Path, start: RunStart, *, tell: Callable[[str], None] = lambda line: None) -> Run:
    """Record that a run has begun; runs of this host whose process is gone become interrupted.

    Creates and migrates the database where needed. While another process of this host extracts the same files with the
    same model and schema, it waits: what that run finishes need not be done again.

    Args:
        tell: takes the sentence that says so.

    Raises:
        DatabaseUnusable: locked, not ours, or newer than this code.
    """
    is_told = False
    while isinstance(found := _try_to_start(database, start), int):
        if not is_told:
            tell(f"process {found} is extracting the same files into {database}; waiting for it to end")
            is_told = True
        time.sleep(RIVAL_SECONDS)
    return found


def _try_to_start(database: Path, start: RunStart) -> Run | int:
    """The run, or the process of another one that is to be waited for."""
    with sql.connect(database) as con, sql.transaction(con):
        _end_abandoned_runs(con)
        for rival in _running_here(con):
            if (rival.model_digest, rival.schema_digest) == (start.model_digest, start.schema.digest) and _overlap(
                rival.roots, _roots(start.settings)
            ):
                return rival.process_id
        started_at = _start_time(con)
        run_id = f"{started_at:%Y%m%dT%H%M%S%f}-{token_hex(3)}"
        insert_rows(con, "start_run", _start_rows(start, run_id, started_at))
        columns = columns_of_tables(con)
    return Run(database, run_id, started_at, start.schema, start.model_digest, columns)


def _roots(settings: Mapping[str, object]) -> tuple[str, ...]:
    found = settings.get("roots", ())
    return tuple(map(str, found)) if isinstance(found, list | tuple) else ()


def _overlap(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether one of some paths is one of the others, or above or below it."""
    return any(Path(one).is_relative_to(other) or Path(other).is_relative_to(one) for one in some for other in others)


def finish_run(run: Run, status: FinalStatus, counts: RunCounts) -> None:
    """Record that a run has ended.

    Raises:
        DatabaseUnusable: locked for longer than a minute, not ours, or newer than this code.
    """
    outcome = {"run_id": run.run_id, "status": status, "ended_at": sql.utc_now(), **asdict(counts)}
    with sql.connect(run.database, patience_seconds=PATIENCE_SECONDS) as con, sql.transaction(con):
        ended = sql.fetch(con, sql.statement("statements", "finish_run"), outcome)
        assert ended == [(run.run_id,)], f"run {run.run_id} is not in {run.database}"


def mark_missing(run: Run, paths: Collection[str]) -> None:
    """Record that paths are gone: the views show them no longer, until a later run finds them again.

    Raises:
        DatabaseUnusable: locked for longer than a minute, not ours, or newer than this code.
    """
    missing_at = run.now()
    rows: list[TableRow] = [{"path": path, "run_id": run.run_id, "missing_at": missing_at} for path in sorted(paths)]
    with sql.connect(run.database, patience_seconds=PATIENCE_SECONDS) as con, sql.transaction(con):
        insert_rows(con, "mark_missing", {"document_missing": rows})


def abandoned_runs(database: Path) -> set[str]:
    """The runs that the database has as running and whose process, one of this host's, is gone.

    Raises:
        DatabaseUnusable: missing, locked by another process, not ours, or of another version.
    """
    with sql.connect_read_only(database) as con:
        return set(_abandoned_runs(con))


def _start_time(con: DuckDBPyConnection) -> datetime:
    """Now, but after every earlier run even when the clock was set back: the newest run is the one that began last."""
    [(newest,)] = sql.fetch(con, sql.statement("statements", "newest_start"))
    now = sql.utc_now()
    return now if newest is None else max(now, newest + timedelta(microseconds=1))


def _end_abandoned_runs(con: DuckDBPyConnection) -> None:
    if abandoned := _abandoned_runs(con):
        sql.fetch(con, sql.statement("statements", "end_abandoned_runs"), {"run_ids": abandoned})


def _abandoned_runs(con: DuckDBPyConnection) -> list[str]:
    """Runs of this host that have not ended, and whose process is gone."""
    return [running.run_id for running in _running_here(con) if not _is_alive(running.process_id)]


@dataclass(frozen=True, slots=True)
class _Running:
    """A run of this host that has not ended as far as the database knows."""

    run_id: str
    process_id: int
    model_digest: str
    schema_digest: str
    roots: tuple[str, ...]


def _running_here(con: DuckDBPyConnection) -> list[_Running]:
    found = sql.fetch(con, sql.statement("statements", "running_here"), {"host_name": socket.gethostname()})
    return [
        _Running(run_id, process_id, model, schema, _roots(json.loads(settings)))
        for run_id, process_id, model, schema, settings in found
    ]


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


def _start_rows(start: RunStart, run_id: str, started_at: datetime) -> dict[str, list[TableRow]]:
    schema = start.schema
    run: TableRow = {
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
    types: list[TableRow] = [
        {
            "schema_digest": schema.digest,
            "entity_type": entity_type.name,
            "ordinal": ordinal,
            "column_name": entity_type.column,
            "kind": entity_type.kind,
            "is_multiple": entity_type.is_multiple,
            "normaliser": entity_type.normaliser,
            "choices": list(entity_type.choices),
        }
        for ordinal, entity_type in enumerate(schema.types)
    ]
    return {
        "run": [run],
        "entity_schema": [{"schema_digest": schema.digest, "name": schema.name}],
        "entity_type": types,
    }
