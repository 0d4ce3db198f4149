"""The formats of what is written. Free of polars, for the command line names them."""

from typing import Literal, get_args

Format = Literal["table", "csv", "json", "parquet"]
ExportFormat = Literal["parquet", "csv", "jsonl"]
FORMATS: tuple[str, ...] = get_args(Format)
EXPORT_FORMATS: tuple[str, ...] = get_args(ExportFormat)
