"""Rows as frames in the very columns and types of their table, and frames into tables."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias, cast

import polars
import pyarrow
from duckdb import DuckDBPyConnection

from crimeetl import sql

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

TableRow: TypeAlias = dict[str, object]  # a table's columns by name
StoredRow: TypeAlias = "TableRow | DataclassInstance"  # the columns as keys, or as the names of fields
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def columns_of_tables(con: DuckDBPyConnection) -> dict[str, polars.Schema]:
    """The columns and types of every table."""
    tables = [table for (table,) in sql.fetch(con, sql.statement("statements", "tables"))]
    return {table: _columns_of(con, table) for table in tables}


def frame_of(columns: polars.Schema, rows: Sequence[StoredRow]) -> polars.DataFrame:
    """Rows, whose keys or fields are exactly the columns, as one frame."""
    names = set(columns)
    assert all(found == names for found in _names_of(rows)), f"rows have other columns than {', '.join(columns)}"
    return polars.DataFrame([_series(name, kind, _cells(rows, name)) for name, kind in columns.items()])


def insert_rows(con: DuckDBPyConnection, statement: str, rows: Mapping[str, Sequence[StoredRow]]) -> None:
    """Run a statement that reads the rows for each table as ``new_<table>``."""
    frames = {table: frame_of(_columns_of(con, table), table_rows) for table, table_rows in rows.items()}
    insert_frames(con, [statement], frames)


def insert_frames(con: DuckDBPyConnection, statements: Sequence[str], frames: Mapping[str, polars.DataFrame]) -> None:
    """Run statements that read the frame for each table as ``new_<table>``."""
    for table, frame in frames.items():
        con.register(f"new_{table}", frame)
    for statement in statements:
        con.execute(sql.statement("statements", statement))
    for table in frames:
        con.unregister(f"new_{table}")


def _names_of(rows: Sequence[StoredRow]) -> Iterator[Collection[str]]:
    """The names that rows have: of each row that is a mapping, and of each type of the others."""
    yield from (row.keys() for row in rows if isinstance(row, dict))
    for row_type in {type(row) for row in rows if not isinstance(row, dict)}:
        yield frozenset(field.name for field in fields(row_type))


def _cells(rows: Sequence[StoredRow], name: str) -> list[object]:
    """One column; the rows of a table are all mappings or all of one type."""
    if rows and isinstance(rows[0], dict):
        return [row[name] for row in cast(Sequence[TableRow], rows)]
    return list(map(attrgetter(name), rows))


def _columns_of(con: DuckDBPyConnection, table: str) -> polars.Schema:
    schema: polars.Schema = con.table(table).limit(0).pl().schema
    return schema


def _series(name: str, kind: polars.DataType, cells: list[object]) -> polars.Series:
    """A column; in its texts a lone surrogate, which no UTF-8 can hold, becomes U+FFFD.

    One code point for one, so that offsets stay right.
    """
    if isinstance(kind, polars.List):  # polars alone makes a series of each list
        lists = pyarrow.array(cells, pyarrow.list_(pyarrow.large_string()))
        return polars.Series(name, lists, kind)
    try:
        return polars.Series(name, cells, kind)
    except UnicodeEncodeError:
        storable = [LONE_SURROGATE.sub("\ufffd", cell) if isinstance(cell, str) else cell for cell in cells]
        return polars.Series(name, storable, kind)
