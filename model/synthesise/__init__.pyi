from .diversity import diversity
from .generator import synthesise
from .styles import STYLES

__all__ = [
    "STYLES",
    "diversity",
    "synthesise",
]
