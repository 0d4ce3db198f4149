"""The database as files for others: one file a table, and a schema file that says what their columns are.

Files are created for their owner alone. In csv a text that a spreadsheet would run as a formula gets an apostrophe.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import polars

from crimeetl import sql
from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.output.formats import ExportFormat
from crimeetl.etl.output.query import LIST_SEPARATOR

SCHEMA_FILE = "schema.json"
FORMULA = r"^([=+\-@\t\r])"  # what a spreadsheet takes for the beginning of one
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
    columns: dict[str, list[dict[str, str]]] = {}
    rows: dict[str, int] = {}
    with sql.connect_read_only(database) as con, sql.owner_only():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, (view, left_out) in chosen.items():
                relation = con.table(view)
                kept = [column for column in relation.columns if column not in left_out]
                listed = ", ".join(f'"{column}"' for column in kept)
                frame = con.sql(f"select {listed} from {view} order by all").pl()
                _write(frame, folder / f"{name}.{output_format}", output_format)
                types = {column: str(kind) for column, kind in zip(relation.columns, relation.types, strict=True)}
                columns[name] = [{"name": column, "type": types[column]} for column in kept]
                rows[name] = frame.height
            described = {
                name: {
                    "file": f"{name}.{output_format}",
                    "holds": sql.statements("views")[view].purpose,
                    "rows": rows[name],
                    "columns": columns[name],
                }
                for name, (view, _) in chosen.items()
            }
            (folder / SCHEMA_FILE).write_text(json.dumps(described, indent=2) + "\n", "utf-8")
        except OSError as error:
            raise WrongUsage(f"cannot write to {folder}: {error.strerror}") from error
    return rows


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


def write_csv(frame: polars.DataFrame, path: Path) -> None:
    """Writes a table of plain columns for its owner alone.

    Raises:
        WrongUsage: the file cannot be written.
    """
    try:
        with sql.owner_only():
            path.write_text(frame.with_columns(harmless(polars.col(polars.String))).write_csv(), "utf-8")
    except OSError as error:
        raise WrongUsage(f"cannot write {path}: {error.strerror}") from error


def harmless(text: polars.Expr) -> polars.Expr:
    """Text that no spreadsheet runs: an apostrophe before what begins like a formula."""
    return text.str.replace(FORMULA, "'$1")
