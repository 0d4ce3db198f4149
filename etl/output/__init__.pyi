from .diff import diff_runs
from .draft import draft_labels
from .export import export_tables, write_csv
from .files import must_be_writable, new_file
from .formats import EXPORT_FORMATS, FORMATS
from .query import named_queries, run_query, write_frame
from .status import Status, status

__all__ = [
    "EXPORT_FORMATS",
    "FORMATS",
    "Status",
    "diff_runs",
    "draft_labels",
    "export_tables",
    "must_be_writable",
    "named_queries",
    "new_file",
    "run_query",
    "status",
    "write_csv",
    "write_frame",
]
