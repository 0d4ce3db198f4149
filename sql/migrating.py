"""Which migrations a database has had, and bringing it up to date."""

import hashlib
import re
import secrets
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from crimeetl.etl.errors import DatabaseUnusable
from crimeetl.sql.files import Statement, statement, statements
from crimeetl.sql.opening import fetch, transaction, utc_now


def known_migrations() -> list[Statement]:
    """All there are, in the order in which they are applied."""
    return list(statements("migrations").values())


def applied_migrations(con: DuckDBPyConnection, path: Path) -> list[str]:
    """The sums of the migrations that a database of ours has had; none of a database that holds nothing yet."""
    known = known_migrations()
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


def bring_up_to_date(con: DuckDBPyConnection, path: Path) -> None:
    """Apply the migrations that are missing, and create the views anew unless they are as they should be."""
    applied = applied_migrations(con, path)
    for version, migration in enumerate(known_migrations(), start=1):
        if version > len(applied):
            record = {"version": version, "name": migration.name, "sha256": migration.sha256, "applied_at": utc_now()}
            with transaction(con):
                con.execute(migration.text)
                con.execute(statement("statements", "record_migration"), record)
    views = _ordered_views()
    views_sha256 = hashlib.sha256("".join(view.sha256 for view in views).encode()).hexdigest()
    is_migrated = len(applied) < len(known_migrations())
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
