from .labels import reviewed_labels
from .measure import Measure, measure_lines, measured_in
from .server import ReviewServer

__all__ = [
    "Measure",
    "ReviewServer",
    "measure_lines",
    "measured_in",
    "reviewed_labels",
]
