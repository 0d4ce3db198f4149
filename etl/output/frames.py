"""Rows as a table for people, or as csv, json or parquet."""

import csv
import io
import json
import math
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import polars

from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.output.files import new_file
from crimeetl.etl.output.formats import Format
from crimeetl.etl.output.terminal import harmless_line

LIST_SEPARATOR = "; "
FORMULA = r"(?s)^([=+\-@\t\r].)"  # what a spreadsheet takes for the beginning of one; a mark alone is none
WIDEST_CELL = 80  # columns of the screen; csv and json hold values in full


def write_frame(frame: polars.DataFrame, output_format: Format, output: Path | None = None) -> None:
    """Write rows to a file for its owner alone, or to standard output when ``output`` is None.

    A table is for people: long values are cut with an ellipsis and control characters, which could steer a terminal,
    are spaces. Csv joins lists with "; ", and puts an apostrophe before text that a spreadsheet would run as a formula.
    Json is a list of objects with ISO dates.

    Raises:
        WrongUsage: parquet without a file, or a file that cannot be written.
    """
    if output is not None:
        with new_file(output) as file:
            if output_format == "parquet":
                frame.write_parquet(file)
            else:
                file.write(_rendered(frame, output_format).encode())
    elif output_format == "parquet":
        raise WrongUsage("parquet is no text: name a file to write it to with --output")
    else:
        try:
            sys.stdout.write(_rendered(frame, output_format))
        except BrokenPipeError:  # the reader, such as head, has had enough: no error of the user's
            raise
        except OSError as error:
            raise WrongUsage(f"cannot write to standard output: {error.strerror}") from error


def harmless(text: polars.Expr) -> polars.Expr:
    """Text that no spreadsheet runs: an apostrophe before what begins like a formula."""
    return text.str.replace(FORMULA, "'$1")


def _rendered(frame: polars.DataFrame, output_format: Format) -> str:
    if output_format == "csv":
        return _csv(frame)
    return _json(frame) if output_format == "json" else _table(frame)


def _csv(frame: polars.DataFrame) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows([_csv_text(cell) for cell in row] for row in frame.iter_rows())
    return text.getvalue()


def _csv_text(cell: object) -> str:
    text = _cell_text(cell)
    is_formula = isinstance(cell, str | list) and re.match(FORMULA, text)  # -5 of a numeric column is a number
    return f"'{text}" if is_formula else text


def _json(frame: polars.DataFrame) -> str:
    objects = [
        json.dumps({name: _json_value(cell) for name, cell in row.items()}, ensure_ascii=False)
        for row in frame.iter_rows(named=True)
    ]
    return "[\n" + ",\n".join(f"  {line}" for line in objects) + "\n]\n" if objects else "[]\n"


def _table(frame: polars.DataFrame) -> str:
    """Columns beside each other, numbers to the right, and the number of rows below."""
    if not frame.columns:
        return "0 rows\n"
    header = [_shown(name) for name in frame.columns]
    body = [[_shown(_cell_text(cell)) for cell in row] for row in frame.iter_rows()]
    widths = [max(map(_screen_width, column)) for column in zip(header, *body, strict=True)]
    is_number = [dtype.is_numeric() for dtype in frame.dtypes]
    rule = ["-" * width for width in widths]
    lines = [_table_line(cells, widths, is_number) for cells in [header, rule, *body]]
    return "\n".join([*lines, f"{frame.height} row{'' if frame.height == 1 else 's'}", ""])


def _table_line(cells: Sequence[str], widths: Sequence[int], is_number: Iterable[bool]) -> str:
    padded = [
        " " * (width - _screen_width(cell)) + cell if right else cell + " " * (width - _screen_width(cell))
        for cell, width, right in zip(cells, widths, is_number, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _shown(text: str) -> str:
    """A cell on one line of the screen."""
    line = harmless_line(text)
    if _screen_width(line) <= WIDEST_CELL:
        return line
    while _screen_width(line) >= WIDEST_CELL:
        line = line[: WIDEST_CELL - 1] if len(line) >= WIDEST_CELL else line[:-1]
    return line.rstrip() + "…"


def _screen_width(text: str) -> int:
    """Columns of the screen that a text takes: two for wide characters, none for combining marks."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _cell_text(cell: object) -> str:
    """One value as text; NULL is empty."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, list):
        return LIST_SEPARATOR.join(map(_cell_text, cell))
    if isinstance(cell, dict):
        return json.dumps(_json_value(cell), ensure_ascii=False)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _json_value(cell: object) -> object:
    """A value as JSON can hold it; dates and times in ISO 8601, NaN and infinities as null."""
    if isinstance(cell, dict):
        return {key: _json_value(value) for key, value in cell.items()}
    if isinstance(cell, list):
        return [_json_value(value) for value in cell]
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return float(cell)
    return cell if cell is None or isinstance(cell, bool | int | str) else _cell_text(cell)
