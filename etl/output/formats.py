"""The formats of what is written. Free of polars, for the command line names them."""

from typing import Literal, get_args

Format = Literal["table", "csv", "json", "parquet"]
TableFormat = Literal["parquet", "csv", "jsonl", "xlsx"]
FORMATS: tuple[str, ...] = get_args(Format)
TABLE_FORMATS: tuple[str, ...] = get_args(TableFormat)
EXPORT_FORMATS: tuple[str, ...] = (*TABLE_FORMATS, "html")
