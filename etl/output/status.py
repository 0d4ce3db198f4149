"""How things stand in a database: its newest runs, what fails, and what the next run would do again."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars

from crimeetl import sql

NEWEST_RUNS = 5


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand."""

    files: int
    reports: int
    answered: int  # reports, by the model and schema of the newest run
    mentions: int
    runs: polars.DataFrame  # the newest first
    failures_by_error: polars.DataFrame

    @property
    def failures(self) -> int:
        """Files and rows that still fail; the next run tries them again."""
        return int(self.failures_by_error["failures"].sum())

    @property
    def pending(self) -> int:
        """Reports that the newest run's model has not answered: it was interrupted, or limited."""
        return self.reports - self.answered


def status(database: Path, *, abandoned: Collection[str] = ()) -> Status:
    """Asks the database alone; files on disk are not looked at.

    Args:
        abandoned: runs that the database has as running and whose process is gone.

    Raises:
        DatabaseUnusable: missing, locked by another process, not ours, or of another version.
    """
    with sql.connect_read_only(database) as con:
        [(files, reports, answered, mentions)] = sql.fetch(con, sql.statement("statements", "status_counts"))
        runs: polars.DataFrame = con.sql(sql.statement("queries", "latest_runs")).limit(NEWEST_RUNS).pl()
        failing: polars.DataFrame = con.sql(sql.statement("statements", "status_failures")).pl()
    is_gone = polars.col("run_id").is_in(list(abandoned))
    runs = runs.with_columns(polars.when(is_gone).then(polars.lit("interrupted")).otherwise("status").alias("status"))
    return Status(files, reports, answered, mentions, runs, failing)
