from .formats import COMMA_SEPARATED, CONTAINER_SUFFIXES, JSON, JSON_LINES, TAB_SEPARATED, TABLES
from .limits import ReaderLimits
from .paths import find_paths, gone_paths, links_out, printable
from .plain import is_unicode
from .reader import DocumentReader

__all__ = [
    "COMMA_SEPARATED",
    "CONTAINER_SUFFIXES",
    "JSON",
    "JSON_LINES",
    "TABLES",
    "TAB_SEPARATED",
    "DocumentReader",
    "ReaderLimits",
    "find_paths",
    "gone_paths",
    "is_unicode",
    "links_out",
    "printable",
]
