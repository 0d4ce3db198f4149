"""A stranger's SQL over the database, and its answer as a table, csv, json or parquet."""

import csv
import io
import json
import math
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars

from crimeetl import sql
from crimeetl.etl.errors import QueryFailed, WrongUsage
from crimeetl.etl.output.formats import Format

LIST_SEPARATOR = "; "
WIDEST_CELL = 80  # columns of the screen; csv and json hold values in full
# With these a connection reaches nothing but the open database, and its SQL cannot undo them.
SEALED: Mapping[str, Any] = {
    "enable_external_access": False,
    "python_enable_replacements": False,
    "lock_configuration": True,
}


def named_queries() -> dict[str, str]:
    """The questions that come with crimeetl: what each answers, by name."""
    return {name: query.purpose for name, query in sql.statements("queries").items()}


def run_query(database: Path, sql_or_name: str, *, limit: int | None = None) -> polars.DataFrame:
    """The rows that a query, or the named one of sql/queries, selects.

    The query can read this database and nothing else, and change nothing: no file, no network, no setting.

    Args:
        limit: at most so many rows; None for all.

    Raises:
        QueryFailed: DuckDB refused the query; one line says why.
        DatabaseUnusable: missing, locked by another process, not ours, or of another version.
    """
    named = sql.statements("queries").get(sql_or_name.strip())
    text = named.text if named else sql_or_name
    with sql.connect_read_only(database, config=SEALED) as con:
        try:
            relation = con.sql(text)
            if relation is None:
                raise QueryFailed("the query selects nothing; write one that begins with `select` or `from`")
            frame: polars.DataFrame = (relation if limit is None else relation.limit(limit)).pl()
        except duckdb.Error as error:
            raise QueryFailed(_one_line(str(error), sql_or_name)) from error
        except polars.exceptions.PolarsError as error:
            raise QueryFailed(f"a column has a type that cannot be shown; cast it to varchar ({error})") from error
    return frame


def write_frame(frame: polars.DataFrame, output_format: Format, output: Path | None = None) -> None:
    """Write rows to a file, or to standard output when ``output`` is None.

    A table is for people: long values are cut with an ellipsis and control characters, which could steer a terminal,
    are spaces. Csv joins lists with "; ". Json is a list of objects with ISO dates.

    Raises:
        WrongUsage: parquet without a file, or a file that cannot be written.
    """
    if output_format == "parquet" and output is None:
        raise WrongUsage("parquet is no text: name a file to write it to with --output")
    try:
        if output_format == "parquet" and output is not None:
            with output.open("wb") as file:
                frame.write_parquet(file)
        elif output is not None:
            output.write_text(_rendered(frame, output_format), "utf-8", newline="")
        else:
            sys.stdout.write(_rendered(frame, output_format))
    except BrokenPipeError:  # the reader, such as head, has had enough: no error of the user's
        raise
    except OSError as error:
        raise WrongUsage(f"cannot write {output or 'to standard output'}: {error.strerror}") from error


def _one_line(message: str, query: str) -> str:
    """DuckDB's reason without its drawing of the query and its class of error."""
    if re.fullmatch(r"\w+", query.strip()) and query.strip() not in named_queries():
        return (
            f"there is no query named {query.strip()}; those that come with crimeetl are {', '.join(named_queries())}"
        )
    reason, *hints = [line.strip() for line in message.split("\n\nLINE ")[0].splitlines() if line.strip()]
    return " ".join([re.sub(r"^[A-Z][\w ]* Error: ", "", reason), *hints])


def _rendered(frame: polars.DataFrame, output_format: Format) -> str:
    if output_format == "csv":
        return _csv(frame)
    return _json(frame) if output_format == "json" else _table(frame)


def _csv(frame: polars.DataFrame) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows([_cell_text(cell) for cell in row] for row in frame.iter_rows())
    return text.getvalue()


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
    plain = "".join(" " if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") else char for char in text)
    folded = " ".join(plain.split())
    if _screen_width(folded) <= WIDEST_CELL:
        return folded
    while _screen_width(folded) >= WIDEST_CELL:
        folded = folded[: WIDEST_CELL - 1] if len(folded) >= WIDEST_CELL else folded[:-1]
    return folded.rstrip() + "…"


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
