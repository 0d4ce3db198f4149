"""The database as files for others: its tables and a schema file that says what their columns are, or one page.

Files are created for their owner alone. In csv a text that a spreadsheet would run as a formula gets an apostrophe.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict

import polars
from duckdb import DuckDBPyConnection

from crimeetl import sql
from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.output.cells import LIST_SEPARATOR
from crimeetl.etl.output.formats import TableFormat
from crimeetl.etl.output.frames import harmless
from crimeetl.etl.output.page import MOST_REPORTS, write_page
from crimeetl.etl.output.workbook import MOST_CHARS, WorkbookFile

SCHEMA_FILE, PAGE_FILE, WORKBOOK_FILE = "schema.json", "report.html", "tables.xlsx"
# Views by the name of their file, and the columns that pseudonymous exports leave out: paths, and text that may hold
# a name or tell where someone lives.
TABLES = {
    name: f"v_{name}"
    for name in (
        "report", "mention", "person", "officer", "offense", "location", "evidence", "suspect", "weapon", "vehicle",
        "property", "run", "failure",
    )
}  # fmt: skip
PSEUDONYMOUS_TABLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "mention": ("v_pseudonymous_mention", ()),
    "person": ("v_pseudonymous_person", ()),
    "offense": (
        "v_offense",
        ("path", "type", "summary", "status_text", "case_number", "mention_id", "other_mention_ids"),
    ),
    "location": (
        "v_location",
        ("path", "address", "house_number", "unit", "landmark", "resolved_address", "mention_id", "other_mention_ids"),
    ),
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    rows: dict[str, int]  # by table
    remarks: tuple[str, ...]  # what the format could not hold


class DescribedTable(TypedDict):
    """What the schema file says of a table."""

    file: str
    holds: str
    rows: int
    columns: list[dict[str, str]]
    sheet: NotRequired[str]  # of a workbook
    cut_cells: NotRequired[int]  # texts longer than Excel holds


def export_tables(
    database: Path, folder: Path, output_format: TableFormat, *, is_pseudonymous: bool = False
) -> Exported:
    """Writes every table into a new folder, rows in the order of their columns: equal tables, equal files.

    Each table has a file of its own; of a workbook, a sheet.

    Raises:
        WrongUsage: the folder holds something already, or cannot be written, or a table is too long for Excel.
        DatabaseUnusable: missing, locked by another process, not ours, or of another version.
    """
    chosen = PSEUDONYMOUS_TABLES if is_pseudonymous else {name: (view, ()) for name, view in TABLES.items()}
    described: dict[str, DescribedTable] = {}
    with _whole_folder(folder) as scratch, sql.connect_read_only(database) as con:
        with ExitStack() as stack:
            is_workbook = output_format == "xlsx"
            book = stack.enter_context(WorkbookFile(scratch / WORKBOOK_FILE)) if is_workbook else None
            for name, (view, left_out) in chosen.items():
                file = WORKBOOK_FILE if is_workbook else f"{name}.{output_format}"
                frame, described[name] = _table(con, view, left_out, file)
                if book is None:
                    _write(frame, scratch / file, output_format)
                else:
                    described[name] |= {"sheet": name, "cut_cells": book.write_sheet(name, frame)}
        (scratch / SCHEMA_FILE).write_text(json.dumps(described, indent=2) + "\n", "utf-8")
    remarks = [
        f"in {name}, cells cut to the {MOST_CHARS:,} characters that Excel holds: {table['cut_cells']}; "
        "--format csv has them in full"
        for name, table in described.items()
        if table.get("cut_cells")
    ]
    return Exported({name: table["rows"] for name, table in described.items()}, tuple(remarks))


def export_page(
    database: Path, folder: Path, *, is_pseudonymous: bool = False, most_reports: int = MOST_REPORTS
) -> tuple[int, int]:
    """Writes one page for a browser into a new folder: counts, charts, and the reports with their values marked.

    Args:
        most_reports: at most so many of the reports are on it; counts and charts are of all.

    Returns:
        How many reports are on it, and how many there are.

    Raises:
        WrongUsage: the folder holds something already, or cannot be written.
        DatabaseUnusable: missing, locked by another process, not ours, or of another version.
    """
    with _whole_folder(folder) as scratch, sql.connect_read_only(database) as con:
        return write_page(con, scratch / PAGE_FILE, is_pseudonymous=is_pseudonymous, most_reports=most_reports)


def _table(
    con: DuckDBPyConnection, view: str, left_out: Sequence[str], file: str
) -> tuple[polars.DataFrame, DescribedTable]:
    """A view's rows without some columns, and what the schema file says of it."""
    relation = con.table(view)
    types = {name: str(kind) for name, kind in zip(relation.columns, relation.types, strict=True)}
    kept = [name for name in types if name not in left_out]
    listed = ", ".join(f'"{name}"' for name in kept)
    frame: polars.DataFrame = con.sql(f"select {listed} from {view} order by all").pl()
    return frame, {
        "file": file,
        "holds": sql.statements("views")[view].purpose,
        "rows": frame.height,
        "columns": [{"name": name, "type": types[name]} for name in kept],
    }


@contextmanager
def _whole_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into, for its owner alone; it takes its place when all is written, and is gone otherwise.

    Raises:
        WrongUsage: it holds something already, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongUsage(f"{folder} exists; name a folder that does not, so that nothing is overwritten")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as error:
        raise WrongUsage(f"cannot write to {folder}: {error.strerror}; name another folder") from error
    try:
        with sql.owner_only():
            yield scratch
        if folder.exists():  # and is empty
            folder.rmdir()
        scratch.rename(folder)
    except (OSError, polars.exceptions.PolarsError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise WrongUsage(f"cannot write to {folder}: {reason}; name another folder, or make room for it") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write(frame: polars.DataFrame, path: Path, output_format: TableFormat) -> None:
    if output_format == "parquet":
        frame.write_parquet(path)
    elif output_format == "jsonl":
        frame.write_ndjson(path)
    else:
        joined = frame.with_columns(
            polars.col(name).cast(polars.List(polars.String)).list.join(LIST_SEPARATOR)
            for name, dtype in frame.schema.items()
            if isinstance(dtype, polars.List)
        )
        joined.with_columns(harmless(polars.col(polars.String))).write_csv(path)
