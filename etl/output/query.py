"""A stranger's SQL over the database."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars

from crimeetl import sql
from crimeetl.etl.errors import QueryFailed

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


def _one_line(message: str, query: str) -> str:
    """DuckDB's reason without its drawing of the query and its class of error."""
    if re.fullmatch(r"\w+", query.strip()) and query.strip() not in named_queries():
        return (
            f"there is no query named {query.strip()}; those that come with crimeetl are {', '.join(named_queries())}"
        )
    reason, *hints = [line.strip() for line in message.split("\n\nLINE ")[0].splitlines() if line.strip()]
    return " ".join([re.sub(r"^[A-Z][\w ]* Error: ", "", reason), *hints])
