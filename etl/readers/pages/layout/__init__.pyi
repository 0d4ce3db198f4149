from .continued import with_whole_tables
from .marks import DESCENT_RATIO, UNMAPPED, Letter, PageMarks, Sheet, turned
from .page import page_text
from .unruled import PlacedLine, unruled_tables

__all__ = [
    "DESCENT_RATIO",
    "UNMAPPED",
    "Letter",
    "PageMarks",
    "PlacedLine",
    "Sheet",
    "page_text",
    "turned",
    "unruled_tables",
    "with_whole_tables",
]
