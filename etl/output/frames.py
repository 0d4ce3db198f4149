"""Rows as a table for people, or as csv, json or parquet."""

import csv
import io
import json
import os
import re
import shutil
import sys
from pathlib import Path

import polars

from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.output.cells import FORMULA, cell_text, json_value
from crimeetl.etl.output.files import new_file
from crimeetl.etl.output.formats import Format
from crimeetl.etl.output.table import fitted_table, full_table


def write_frame(
    frame: polars.DataFrame, output_format: Format, output: Path | None = None, *, is_wide: bool = False
) -> None:
    """Write rows to a file for its owner alone, or to standard output when ``output`` is None.

    A table is for people: long values are cut with an ellipsis and control characters, which could steer a terminal,
    are spaces. On a terminal it fits the terminal's width, and standard error says which columns are left out.
    Csv joins lists with "; ", and puts an apostrophe before text that a spreadsheet would run as a formula.
    Json is a list of objects with ISO dates.

    Args:
        is_wide: whether a table is shown in full on a terminal, too.

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
        is_fitted = output_format == "table" and not is_wide and sys.stdout.isatty()
        try:
            if is_fitted:
                _write_fitted(frame)
            else:
                sys.stdout.write(_rendered(frame, output_format))
        except BrokenPipeError:  # the reader, such as head, has had enough: no error of the user's
            raise
        except OSError as error:
            raise WrongUsage(f"cannot write to standard output: {error.strerror}") from error


def harmless(text: polars.Expr) -> polars.Expr:
    """Text that no spreadsheet runs: an apostrophe before what begins like a formula."""
    return text.str.replace(FORMULA, "'$1")


def _write_fitted(frame: polars.DataFrame) -> None:
    """A table for the terminal that standard output is, and what is left out of it."""
    width = shutil.get_terminal_size().columns
    has_colours = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and sys.platform != "win32"
    text, left_out = fitted_table(frame, width=width, folder=Path.cwd(), is_coloured=has_colours)
    sys.stdout.write(text)
    sys.stdout.flush()
    if left_out:
        sys.stderr.write(f"left out to fit {width} columns: {', '.join(left_out)}; --wide shows all\n")


def _rendered(frame: polars.DataFrame, output_format: Format) -> str:
    if output_format == "csv":
        return _csv(frame)
    return _json(frame) if output_format == "json" else full_table(frame)


def _csv(frame: polars.DataFrame) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows([_csv_text(cell) for cell in row] for row in frame.iter_rows())
    return text.getvalue()


def _csv_text(cell: object) -> str:
    text = cell_text(cell)
    is_formula = isinstance(cell, str | list) and re.match(FORMULA, text)  # -5 of a numeric column is a number
    return f"'{text}" if is_formula else text


def _json(frame: polars.DataFrame) -> str:
    objects = [
        json.dumps({name: json_value(cell) for name, cell in row.items()}, ensure_ascii=False)
        for row in frame.iter_rows(named=True)
    ]
    return "[\n" + ",\n".join(f"  {line}" for line in objects) + "\n]\n" if objects else "[]\n"
