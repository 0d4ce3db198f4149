"""The database, held to read or to write."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import polars
from duckdb import DuckDBPyConnection

from crimeetl.etl.errors import DatabaseUnusable
from crimeetl.sql.files import Statement, statement, statements
from crimeetl.sql.migrating import applied_migrations, bring_up_to_date, known_migrations
from crimeetl.sql.opening import (
    NO_DOWNLOADS,
    PATIENCE_SECONDS,
    fetch,
    full_disks,
    keyboard_interrupts,
    must_exist,
    opened,
    owner_only,
)


@contextlib.contextmanager
def connect(path: Path, *, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[DuckDBPyConnection]:
    """Hold the database to write: created, owner-only, where there is none, and brought up to date.

    Raises:
        DatabaseUnusable: locked by another process, not ours, written by a newer version, or its disk is full.
    """
    with (
        keyboard_interrupts(),
        full_disks(path),
        owner_only(),
        contextlib.closing(opened(path, NO_DOWNLOADS, patience_seconds, read_only=False)) as con,
    ):
        bring_up_to_date(con, path)
        yield con


@contextlib.contextmanager
def connect_read_only(
    path: Path, *, config: Mapping[str, Any] | None = None, patience_seconds: float = PATIENCE_SECONDS
) -> Iterator[DuckDBPyConnection]:
    """Hold the database to read; other readers may do so at the same time, writers not.

    Args:
        config: DuckDB settings beyond those that every connection has.

    Raises:
        DatabaseUnusable: missing, locked by another process, not ours, or of another version.
    """
    must_exist(path)
    settings = NO_DOWNLOADS | dict(config or {})
    with keyboard_interrupts(), contextlib.closing(opened(path, settings, patience_seconds, read_only=True)) as con:
        applied = applied_migrations(con, path)
        if not applied:
            raise DatabaseUnusable(path, "it is empty; run `crimeetl ingest` first")
        if len(applied) < len(known_migrations()):
            raise DatabaseUnusable(path, "an older crimeetl wrote it; run `crimeetl migrate` to bring it up to date")
        yield con


def must_be_usable(path: Path, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Refuses at once a file that ``connect`` would refuse after other work; one that is not there yet is fine.

    Raises:
        DatabaseUnusable: locked by another process, not ours, newer, or in a folder that cannot be written.
    """
    if path.exists():
        with contextlib.closing(opened(path, NO_DOWNLOADS, patience_seconds, read_only=True)) as con:
            applied_migrations(con, path)
    elif not path.parent.is_dir():
        raise DatabaseUnusable(path, f"the folder {path.parent} does not exist; create it first")
    elif not os.access(path.parent, os.W_OK):
        raise DatabaseUnusable(path, f"you may not write to the folder {path.parent}; name another file with --db")


def migrations(path: Path) -> list[tuple[int, Statement, datetime | None]]:
    """Every migration by number, with the instant at which a database had it; None where it has not yet.

    Raises:
        DatabaseUnusable: missing, locked by another process, not ours, or of a newer version.
    """
    must_exist(path)
    with contextlib.closing(opened(path, NO_DOWNLOADS, PATIENCE_SECONDS, read_only=True)) as con:
        count = len(applied_migrations(con, path))
        applied = fetch(con, statement("statements", "applied_migrations")) if count else []
    moments = [applied_at for *_, applied_at in applied] + [None] * (len(known_migrations()) - count)
    return [(n, *pair) for n, pair in enumerate(zip(known_migrations(), moments, strict=True), start=1)]


def migrate(path: Path) -> None:
    """Brings a database up to date.

    Raises:
        DatabaseUnusable: missing, locked by another process, not ours, or of a newer version.
    """
    must_exist(path)
    with connect(path):
        pass


def run_checks(con: DuckDBPyConnection) -> dict[str, polars.DataFrame]:
    """The rows that each check complains of, by the check's name; all frames are empty when the database is sound."""
    return {name: con.sql(check.text).pl() for name, check in statements("checks").items()}
