from .batch import load_batch
from .frames import TableRow, insert_rows
from .known import finished_reports, has_finished_reports, known_paths, newest_versions, seconds_a_token
from .runs import FinalStatus, Run, RunCounts, RunStart, abandoned_runs, finish_run, mark_missing, start_run

__all__ = [
    "FinalStatus",
    "Run",
    "RunCounts",
    "RunStart",
    "TableRow",
    "abandoned_runs",
    "finish_run",
    "finished_reports",
    "has_finished_reports",
    "insert_rows",
    "known_paths",
    "load_batch",
    "mark_missing",
    "newest_versions",
    "seconds_a_token",
    "start_run",
]
