from .diff import diff_runs
from .draft import draft_labels
from .export import export_page, export_tables
from .files import must_be_writable, new_file
from .formats import EXPORT_FORMATS, FORMATS
from .frames import write_frame
from .query import named_queries, run_query
from .status import Status, status
from .terminal import harmless_line

__all__ = [
    "EXPORT_FORMATS",
    "FORMATS",
    "Status",
    "diff_runs",
    "draft_labels",
    "export_page",
    "export_tables",
    "harmless_line",
    "must_be_writable",
    "named_queries",
    "new_file",
    "run_query",
    "status",
    "write_frame",
]
