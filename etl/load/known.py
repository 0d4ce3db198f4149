"""What a database knows of files and reports, asked before they are read or extracted again."""

from collections.abc import Collection
from pathlib import Path

from crimeetl import sql


def finished_reports(database: Path, report_ids: Collection[str], *, model_digest: str, schema_digest: str) -> set[str]:
    """Those of the reports that this model has already answered for this schema.

    Raises:
        DatabaseUnusable: locked, missing, not ours, or newer than this code.
    """
    asked = {"report_ids": list(report_ids), "model_digest": model_digest, "schema_digest": schema_digest}
    with sql.connect_read_only(database) as con:
        return {report_id for (report_id,) in sql.fetch(con, sql.statement("statements", "finished_reports"), asked)}


def has_finished_reports(database: Path, *, model_digest: str, schema_digest: str) -> bool:
    """Whether this model has answered any report for this schema.

    Raises:
        DatabaseUnusable: locked, missing, not ours, or newer than this code.
    """
    asked = {"model_digest": model_digest, "schema_digest": schema_digest}
    with sql.connect_read_only(database) as con:
        return sql.fetch(con, sql.statement("statements", "any_finished_report"), asked) == [(True,)]


def known_paths(database: Path) -> set[str]:
    """Every path whose reports the views show, or whose failure.

    Raises:
        DatabaseUnusable: locked, missing, not ours, or newer than this code.
    """
    with sql.connect_read_only(database) as con:
        return {path for (path,) in sql.fetch(con, sql.statement("statements", "known_paths"))}


def newest_versions(database: Path) -> dict[str, str]:
    """The content of each path that the views show, by its id.

    Raises:
        DatabaseUnusable: locked, missing, not ours, or newer than this code.
    """
    with sql.connect_read_only(database) as con:
        return dict(sql.fetch(con, sql.statement("statements", "newest_versions")))


def seconds_a_token(database: Path, *, model_digest: str, schema_digest: str) -> float | None:
    """The pace of earlier runs of one model and schema; None before the first.

    Raises:
        DatabaseUnusable: locked, missing, not ours, or newer than this code.
    """
    digests = {"model_digest": model_digest, "schema_digest": schema_digest}
    with sql.connect_read_only(database) as con:
        [(pace,)] = sql.fetch(con, sql.statement("statements", "seconds_a_token"), digests)
    return None if pace is None else float(pace)
