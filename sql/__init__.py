"""The database: opening it, bringing it up to date, and every SQL statement by name.

    migrations/NNNN_*.sql   the tables; each is applied once and recorded in the same transaction
    views/v_*.sql           the current state; created anew whenever one of them has changed
    queries/*.sql           questions that ``crimeetl query NAME`` answers
    checks/*.sql            queries that return no row while the stored rows are sound
    statements/*.sql        what the tool itself runs

The first comment of a file says what it is for.
"""

import contextlib
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from graphlib import TopologicalSorter
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import duckdb
import polars
from duckdb import DuckDBPyConnection

from crimeetl.etl.errors import DatabaseUnusable

Folder = Literal["migrations", "views", "queries", "checks", "statements"]
PATIENCE_SECONDS = 5.0  # how long opening waits for another process to let the file go; a batch takes far less
NO_DOWNLOADS: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
LOCK_HOLDER = re.compile(r"Conflicting lock is held in (?P<program>.+?) \(PID (?P<process_id>\d+)\)")
UNWRITABLE = re.compile(r"could not (?:write|create|truncate|sync)|no space left", re.IGNORECASE)


@dataclass(frozen=True)
class Statement:
    """One ``.sql`` file."""

    name: str  # of the file, without .sql
    text: str

    @cached_property
    def purpose(self) -> str:
        """The comment that begins the file, in one line."""
        comment = re.match(r"(?:--.*\n)*", self.text)
        lines = comment.group().splitlines() if comment else []
        return " ".join(line.removeprefix("--").strip() for line in lines)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@cache
def statements(folder: Folder) -> Mapping[str, Statement]:
    """All files of one folder by name, in the order of names."""
    files = sorted(
        (file for file in (resources.files("crimeetl.sql") / folder).iterdir() if file.name.endswith(".sql")),
        key=lambda file: file.name,
    )
    names = [file.name.removesuffix(".sql") for file in files]
    return {name: Statement(name, file.read_text("utf-8")) for name, file in zip(names, files, strict=True)}


def statement(folder: Folder, name: str) -> str:
    """The SQL text of one file."""
    return statements(folder)[name].text


def fetch(con: DuckDBPyConnection, text: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
    """All rows of a query, so that no result stays open."""
    return con.execute(text, dict(parameters or {})).fetchall()


@contextlib.contextmanager
def connect(path: Path, *, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[DuckDBPyConnection]:
    """Hold the database to write: created, owner-only, where there is none, and brought up to date.

    Raises:
        DatabaseUnusable: locked by another process, not ours, written by a newer version, or its disk is full.
    """
    with (
        _keyboard_interrupts(),
        _full_disks(path),
        owner_only(),
        contextlib.closing(_open(path, NO_DOWNLOADS, patience_seconds, read_only=False)) as con,
    ):
        _migrate(con, path)
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
    _must_exist(path)
    settings = NO_DOWNLOADS | dict(config or {})
    with _keyboard_interrupts(), contextlib.closing(_open(path, settings, patience_seconds, read_only=True)) as con:
        applied = _applied_migrations(con, path)
        if not applied:
            raise DatabaseUnusable(path, "it is empty; run `crimeetl ingest` first")
        if len(applied) < len(statements("migrations")):
            raise DatabaseUnusable(path, "an older crimeetl wrote it; run `crimeetl migrate` to bring it up to date")
        yield con


def migrations(path: Path) -> list[tuple[int, Statement, datetime | None]]:
    """Every migration by number, with the instant at which a database had it; None where it has not yet.

    Raises:
        DatabaseUnusable: missing, locked by another process, not ours, or of a newer version.
    """
    _must_exist(path)
    with contextlib.closing(_open(path, NO_DOWNLOADS, PATIENCE_SECONDS, read_only=True)) as con:
        count = len(_applied_migrations(con, path))
        applied = fetch(con, statement("statements", "applied_migrations")) if count else []
    moments = [applied_at for *_, applied_at in applied] + [None] * (len(statements("migrations")) - count)
    return [(n, *pair) for n, pair in enumerate(zip(statements("migrations").values(), moments, strict=True), start=1)]


def migrate(path: Path) -> None:
    """Brings a database up to date.

    Raises:
        DatabaseUnusable: missing, locked by another process, not ours, or of a newer version.
    """
    _must_exist(path)
    with connect(path):
        pass


def _must_exist(path: Path) -> None:
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


def run_checks(con: DuckDBPyConnection) -> dict[str, polars.DataFrame]:
    """The rows that each check complains of, by the check's name; all frames are empty when the database is sound."""
    return {name: con.sql(check.text).pl() for name, check in statements("checks").items()}


def utc_now() -> datetime:
    """The present as the database holds instants: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


@contextlib.contextmanager
def _keyboard_interrupts() -> Iterator[None]:
    """Ctrl-C while DuckDB runs a statement, which it reports as a RuntimeError (DuckDB 2.0), is Ctrl-C again."""
    try:
        yield
    except RuntimeError as error:
        if str(error) != "Query interrupted":
            raise
        raise KeyboardInterrupt from error


@contextlib.contextmanager
def _full_disks(path: Path) -> Iterator[None]:
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


def _open(path: Path, config: dict[str, Any], patience_seconds: float, *, read_only: bool) -> DuckDBPyConnection:
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


def _applied_migrations(con: DuckDBPyConnection, path: Path) -> list[str]:
    """The sums of the migrations that a database of ours has had; none of a database that holds nothing yet."""
    known = list(statements("migrations").values())
    tables = {table for (table,) in fetch(con, statement("statements", "tables"))}
    if not tables:
        return []
    not_ours = DatabaseUnusable(path, "it is a DuckDB file of another program; name another with --db")
    if "schema_migration" not in tables:
        raise not_ours
    try:
        applied = [sha256 for _, sha256, _ in fetch(con, statement("statements", "applied_migrations"))]
    except duckdb.Error as error:
        raise not_ours from error
    if len(applied) > len(known):
        raise DatabaseUnusable(path, "a newer crimeetl wrote it; upgrade crimeetl")
    if applied != [migration.sha256 for migration in known[: len(applied)]]:
        raise DatabaseUnusable(path, "a build of crimeetl with other tables wrote it; ingest into a new file")
    return applied


def _migrate(con: DuckDBPyConnection, path: Path) -> None:
    """Apply the migrations that are missing, and create the views anew unless they are as they should be."""
    applied = _applied_migrations(con, path)
    for version, migration in enumerate(statements("migrations").values(), start=1):
        if version > len(applied):
            record = {"version": version, "name": migration.name, "sha256": migration.sha256, "applied_at": utc_now()}
            with transaction(con):
                con.execute(migration.text)
                con.execute(statement("statements", "record_migration"), record)
    views = _ordered_views()
    views_sha256 = hashlib.sha256("".join(view.sha256 for view in views).encode()).hexdigest()
    is_migrated = len(applied) < len(statements("migrations"))
    if is_migrated or fetch(con, statement("statements", "newest_view_set")) != [(views_sha256,)]:
        with transaction(con):
            if not fetch(con, statement("statements", "pseudonym_secret")):
                con.execute(statement("statements", "record_pseudonym_secret"), {"secret": secrets.token_hex(32)})
            for view in views:
                con.execute(view.text)
            record = {"sha256": views_sha256, "applied_at": utc_now()}
            con.execute(statement("statements", "record_view_set"), record)


def _ordered_views() -> list[Statement]:
    """All views, each after those that it reads."""
    views = statements("views")
    reads = {
        name: [other for other in views if other != name and re.search(rf"\b{other}\b", view.text)]
        for name, view in views.items()
    }
    return [views[name] for name in TopologicalSorter(reads).static_order()]
