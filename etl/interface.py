"""The commands' work as functions, for notebooks and scripts: the same defaults, values instead of printed lines."""

from collections.abc import Sequence
from functools import partial
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from crimeetl import sql
from crimeetl.etl.ingest import Summary, ingest
from crimeetl.etl.output import run_query
from crimeetl.etl.readers import find_paths
from crimeetl.etl.settings import IngestSettings, ReadingSettings
from crimeetl.etl.split import SplitSettings
from crimeetl.model.base import BaseOptions
from crimeetl.model.extract import ExtractorSettings
from crimeetl.model.schema import load_schema

if TYPE_CHECKING:
    import polars

    from crimeetl.model.extract import Extractor

PathArgument = str | PathLike[str]


def open_extractor(
    schema: str = "crime",
    *,
    base: BaseOptions | None = None,
    adapter: str | None = None,
    settings: ExtractorSettings | None = None,
) -> "Extractor":
    """A loaded model that answers a schema's questions: ``extract(texts)`` gives an Extraction for each text.

    Args:
        schema: crime, incident, or the path of a TOML file.
        base: which base model and how to run it; None means the embedded one.
        adapter: an adapter folder, "shipped" or "none"; None takes what comes with the base.

    Raises:
        SchemaInvalid, BaseUnavailable, AdapterInvalid: with what to do.
    """
    from crimeetl.model.extract import adapter_folder, choose_model

    asked, base = load_schema(schema), base or BaseOptions()
    return choose_model(base, adapter_folder(adapter, base.name), settings=settings).extractor(asked)


def ingest_reports(
    paths: PathArgument | Sequence[PathArgument],
    database: PathArgument = "crimeetl.duckdb",
    *,
    schema: str = "crime",
    base: BaseOptions | None = None,
    adapter: str | None = None,
    text_column: str | None = None,
    limit: int | None = None,
    is_forced: bool = False,
) -> Summary:
    """Extracts every report in files and folders into a database, as ``crimeetl ingest`` does.

    What fails is a row of ``v_failure`` and is counted in the summary. Files are read in a process of their own, so a
    script needs its ``if __name__ == "__main__":``.

    Args:
        paths: files and folders.
        schema, base, adapter: as for ``open_extractor``.
        text_column: of tables; None takes the first usual one.
        limit: at most so many reports.
        is_forced: extract again what this model and schema have done.

    Raises:
        WrongUsage: there is no file to read.
        DatabaseUnusable: the database is locked, not ours, or newer.
        SchemaInvalid, BaseUnavailable, AdapterInvalid: with what to do.
    """
    from crimeetl.model.extract import adapter_folder, choose_model

    given = [paths] if isinstance(paths, str | PathLike) else paths
    arguments = tuple(fspath(path) for path in given)
    sql.must_be_usable(Path(database))
    files = find_paths(arguments, database=Path(database))
    asked, base = load_schema(schema), base or BaseOptions()
    choice = choose_model(base, adapter_folder(adapter, base.name))
    settings = IngestSettings(
        arguments=arguments,
        database=Path(database),
        schema=asked,
        model_digest=choice.digest,
        model_name=choice.name,
        reading=ReadingSettings(split=SplitSettings(text_column=text_column)),
        limit=limit,
        is_forced=is_forced,
    )
    return ingest(settings, files, partial(choice.extractor, asked))


def query(sql_or_name: str, database: PathArgument = "crimeetl.duckdb") -> "polars.DataFrame":
    """The rows that a query selects, or one of the named queries; it can read this database and change nothing.

    Raises:
        QueryFailed: DuckDB refused the query; one line says why.
        DatabaseUnusable: missing, locked by another process, not ours, or of another version.
    """
    return run_query(Path(database), sql_or_name)
