from . import words
from .offences import OFFENCES, Offence
from .phrases import RULES
from .surroundings import surround

__all__ = [
    "OFFENCES",
    "RULES",
    "Offence",
    "surround",
    "words",
]
