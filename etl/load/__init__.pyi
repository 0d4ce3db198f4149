from .batch import (
    FinalStatus,
    Row,
    RunCounts,
    RunStart,
    finish_run,
    finished_reports,
    insert_rows,
    known_paths,
    load_batch,
    mark_missing,
    start_run,
)

__all__ = [
    "FinalStatus",
    "Row",
    "RunCounts",
    "RunStart",
    "finish_run",
    "finished_reports",
    "insert_rows",
    "known_paths",
    "load_batch",
    "mark_missing",
    "start_run",
]
