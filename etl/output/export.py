"""The database as files for others: one file a table, and a schema file that says what their columns are.

Files are created for their owner alone. In csv a text that a spreadsheet would run as a formula gets an apostrophe.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

import polars
from duckdb import DuckDBPyConnection

from crimeetl import sql
from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.output.formats import ExportFormat
from crimeetl.etl.output.frames import LIST_SEPARATOR, harmless

SCHEMA_FILE = "schema.json"
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


def export_tables(
    database: Path, folder: Path, output_format: ExportFormat, *, is_pseudonymous: bool = False
) -> dict[str, int]:
    """Writes every table to its file in a new folder, rows in the order of their columns: equal tables, equal files.

    Returns:
        How many rows each table has.

    Raises:
        WrongUsage: the folder holds something already, or cannot be written.
        DatabaseUnusable: missing, locked by another process, not ours, or of another version.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongUsage(f"{folder} exists; name a folder that does not, so that nothing is overwritten")
    chosen = PSEUDONYMOUS_TABLES if is_pseudonymous else {name: (view, ()) for name, view in TABLES.items()}
    with _whole_folder(folder) as scratch, sql.connect_read_only(database) as con:
        described = {
            name: _export_table(con, view, left_out, scratch / f"{name}.{output_format}", output_format)
            for name, (view, left_out) in chosen.items()
        }
        (scratch / SCHEMA_FILE).write_text(json.dumps(described, indent=2) + "\n", "utf-8")
    return {name: table["rows"] for name, table in described.items()}


class DescribedTable(TypedDict):
    """What the schema file says of a table."""

    file: str
    holds: str
    rows: int
    columns: list[dict[str, str]]


def _export_table(
    con: DuckDBPyConnection, view: str, left_out: Sequence[str], path: Path, output_format: ExportFormat
) -> DescribedTable:
    relation = con.table(view)
    types = {name: str(kind) for name, kind in zip(relation.columns, relation.types, strict=True)}
    kept = [name for name in types if name not in left_out]
    listed = ", ".join(f'"{name}"' for name in kept)
    frame: polars.DataFrame = con.sql(f"select {listed} from {view} order by all").pl()
    _write(frame, path, output_format)
    return {
        "file": path.name,
        "holds": sql.statements("views")[view].purpose,
        "rows": frame.height,
        "columns": [{"name": name, "type": types[name]} for name in kept],
    }


@contextmanager
def _whole_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into, for its owner alone; it takes its place when all is written, and is gone otherwise.

    Raises:
        WrongUsage: it cannot be written.
    """
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


def _write(frame: polars.DataFrame, path: Path, output_format: ExportFormat) -> None:
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
