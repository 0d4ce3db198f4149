from .mapping import map_columns
from .plan import MappedColumn, MappedColumns
from .raw import RawTable, raw_table
from .rows import RowReport, row_report
from .synonyms import Synonyms, read_synonyms, shipped_synonyms

__all__ = [
    "MappedColumn",
    "MappedColumns",
    "RawTable",
    "RowReport",
    "Synonyms",
    "map_columns",
    "raw_table",
    "read_synonyms",
    "row_report",
    "shipped_synonyms",
]
