"""What changed between two runs, such as those of two models over the same reports."""

from dataclasses import dataclass
from pathlib import Path

import polars

from crimeetl import sql
from crimeetl.etl.errors import WrongUsage


@dataclass(frozen=True, slots=True)
class RunDifference:
    """Two runs over the reports that both extracted."""

    first: str
    second: str
    reports: int  # extracted by both
    answers: int  # to the same question about the same report
    changed: polars.DataFrame  # a row for each answer whose values differ: path, place, type, values of either run


def diff_runs(database: Path, first: str, second: str) -> RunDifference:
    """Compares the answers of two runs.

    Args:
        first: a run's id, the beginning of one, or "last" and "previous".

    Raises:
        WrongUsage: there is no such run, or several.
        DatabaseUnusable: missing, locked by another process, not ours, or of another version.
    """
    with sql.connect_read_only(database) as con:
        known = [run_id for (run_id,) in sql.fetch(con, sql.statement("statements", "run_ids"))]
        one, other = _run_id(known, first), _run_id(known, second)
        relation = con.sql(sql.statement("statements", "diff_runs"), params={"first": one, "second": other})
        frame: polars.DataFrame = relation.pl()
    return RunDifference(
        first=one,
        second=other,
        reports=frame.select("path", "place").n_unique(),
        answers=frame.height,
        changed=frame.filter(polars.col("first_run") != polars.col("second_run")),
    )


def _run_id(known: list[str], asked: str) -> str:
    named = dict(zip(("last", "previous"), known, strict=False))
    found = [named[asked]] if asked in named else [run_id for run_id in known if run_id.startswith(asked)]
    if len(found) == 1:
        return found[0]
    what = "there is no run" if not found else "several runs begin with"
    raise WrongUsage(f"{what} {asked}; the newest are {', '.join(known[:5]) or 'none'} (crimeetl query latest_runs)")
