from .linking import link

__all__ = [
    "link",
]
