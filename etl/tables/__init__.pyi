from .placed import PlacedPiece, PlacedWord, placed_rows
from .texts import text_tables

__all__ = [
    "PlacedPiece",
    "PlacedWord",
    "placed_rows",
    "text_tables",
]
