from .batch import extraction_frames, load_batch
from .frames import TableRow, frame_of, insert_frames, insert_rows
from .known import finished_reports, has_finished_reports, known_paths, newest_versions, seconds_a_token
from .rows import StoredExtraction
from .runs import FinalStatus, Run, RunCounts, RunStart, abandoned_runs, finish_run, mark_missing, start_run

__all__ = [
    "FinalStatus",
    "Run",
    "RunCounts",
    "RunStart",
    "StoredExtraction",
    "TableRow",
    "abandoned_runs",
    "extraction_frames",
    "finish_run",
    "finished_reports",
    "frame_of",
    "has_finished_reports",
    "insert_frames",
    "insert_rows",
    "known_paths",
    "load_batch",
    "mark_missing",
    "newest_versions",
    "seconds_a_token",
    "start_run",
]
