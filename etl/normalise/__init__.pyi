from .entities import normalise
from .names import NAME_PARTICLES
from .rows import NormalisedRows
from .text import plain

__all__ = [
    "NAME_PARTICLES",
    "NormalisedRows",
    "normalise",
    "plain",
]
