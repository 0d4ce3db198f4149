from .page import MOST_REPORTS, in_numbers, numbers_style, write_page

__all__ = [
    "MOST_REPORTS",
    "in_numbers",
    "numbers_style",
    "write_page",
]
