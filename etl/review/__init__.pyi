from .labels import reviewed_labels
from .server import ReviewServer
from .store import Act, ReviewedReport, Reviewing, ReviewRefused

__all__ = [
    "Act",
    "ReviewRefused",
    "ReviewServer",
    "ReviewedReport",
    "Reviewing",
    "reviewed_labels",
]
