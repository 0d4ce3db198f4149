from .names import NAME_PARTICLES
from .rows import DESCRIPTION_TYPES, NormalisedRows, normalise_extraction
from .text import plain
from .values import mention_id, normalise_value

__all__ = [
    "DESCRIPTION_TYPES",
    "NAME_PARTICLES",
    "NormalisedRows",
    "mention_id",
    "normalise_extraction",
    "normalise_value",
    "plain",
]
