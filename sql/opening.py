"""DuckDB files as they are opened and held: patience for other processes, reasons in words, files for their owner."""

import contextlib
import os
import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from crimeetl.etl.errors import DatabaseUnusable

PATIENCE_SECONDS = 5.0  # how long opening waits for another process to let the file go; a batch takes far less
NO_DOWNLOADS: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
LOCK_HOLDER = re.compile(r"Conflicting lock is held in (?P<program>.+?) \(PID (?P<process_id>\d+)\)")
UNWRITABLE = re.compile(r"could not (?:write|create|truncate|sync)|no space left", re.IGNORECASE)


def fetch(con: DuckDBPyConnection, text: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
    """All rows of a query, so that no result stays open."""
    return con.execute(text, dict(parameters or {})).fetchall()


def must_exist(path: Path) -> None:
    if not path.exists():
        raise DatabaseUnusable(path, "there is no such file; run `crimeetl ingest` first, or name another with --db")


@contextlib.contextmanager
def transaction(con: DuckDBPyConnection) -> Iterator[None]:
    """All or nothing: committed at the end, rolled back on any error, which is raised again."""
    con.begin()
    try:
        yield
        con.commit()
    except BaseException:
        with contextlib.suppress(duckdb.Error):  # a commit that failed has rolled back already
            con.rollback()
        raise


def utc_now() -> datetime:
    """The present as the database holds instants: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


@contextlib.contextmanager
def keyboard_interrupts() -> Iterator[None]:
    """Ctrl-C while DuckDB runs a statement, which it reports as a RuntimeError (DuckDB 2.0), is Ctrl-C again."""
    try:
        yield
    except RuntimeError as error:
        if str(error) != "Query interrupted":
            raise
        raise KeyboardInterrupt from error


@contextlib.contextmanager
def full_disks(path: Path) -> Iterator[None]:
    """What cannot be written is told in words; DuckDB leaves the file as the last commit left it."""
    try:
        yield
    except duckdb.Error as error:
        if not UNWRITABLE.search(str(error)):
            raise
        reason = f"it cannot be written ({str(error).splitlines()[0]}); make room on its disk, and run again"
        raise DatabaseUnusable(path, f"{reason}: what was stored before stays") from error


@contextlib.contextmanager
def owner_only() -> Iterator[None]:
    """Files made meanwhile, such as the database and its log, are for their owner alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def opened(path: Path, config: dict[str, Any], patience_seconds: float, *, read_only: bool) -> DuckDBPyConnection:
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            return duckdb.connect(path, read_only=read_only, config=config)
        except duckdb.Error as error:
            if LOCK_HOLDER.search(str(error)) and time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            raise DatabaseUnusable(path, _open_failure(path, str(error))) from error


def _open_failure(path: Path, message: str) -> str:
    """Why DuckDB did not open a file, and what to do about it."""
    if holder := LOCK_HOLDER.search(message):
        return (
            f"process {holder['process_id']} ({holder['program']}) has it open; "
            "close that program or wait for it to end, and run again"
        )
    if "different configuration" in message:
        return "this process has it open in another way; close that connection first"
    if path.is_dir():
        return "it is a folder; name a file with --db"
    if not path.parent.is_dir():
        return f"the folder {path.parent} does not exist; create it first"
    if path.is_file() and path.stat().st_size == 0:
        return "it is an empty file; delete it and run again"
    if "not a valid DuckDB database" in message:
        return "it is not a DuckDB file; name another with --db"
    if "with version number" in message:
        return "a newer DuckDB wrote it; upgrade the Python package duckdb"
    return f"DuckDB says: {message.splitlines()[0]}"
