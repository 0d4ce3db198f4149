from .datasets import labelled_reports, read_sources
from .duplicates import near_duplicates
from .exchange import exchanged, values_of
from .mixes import Source, sources_of
from .reports import GoldMention, LabelledReport
from .supervise import DataCheck, training_rows

__all__ = [
    "DataCheck",
    "GoldMention",
    "LabelledReport",
    "Source",
    "exchanged",
    "labelled_reports",
    "near_duplicates",
    "read_sources",
    "sources_of",
    "training_rows",
    "values_of",
]
