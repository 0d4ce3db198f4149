from .reports import split

__all__ = [
    "split",
]
