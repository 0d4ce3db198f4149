from .labels import reviewed_labels
from .measure import measure_lines, measured
from .server import ReviewServer

__all__ = [
    "ReviewServer",
    "measure_lines",
    "measured",
    "reviewed_labels",
]
