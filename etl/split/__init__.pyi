from .reports import split, split_parts
from .rows import Split, Taken
from .settings import SplitSettings

__all__ = [
    "Split",
    "SplitSettings",
    "Taken",
    "split",
    "split_parts",
]
