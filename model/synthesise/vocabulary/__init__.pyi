from . import cases, persons, places, things
from .offence import Offence
from .offences import OFFENCES
from .phrases import RULES
from .surroundings import surround

__all__ = ["OFFENCES", "RULES", "Offence", "cases", "persons", "places", "surround", "things"]
