"""Reports in: ``ingest`` into a database, ``extract`` without one."""

import sys
from functools import partial
from pathlib import Path

import click

from crimeetl.etl.cli.options import (
    ModelOptions,
    database_option,
    json_option,
    model_options,
    options,
    reading_options,
    schema_option,
)
from crimeetl.etl.cli.show import show_extractions, show_plan, show_summary
from crimeetl.etl.errors import CrimeEtlError, WrongUsage
from crimeetl.etl.settings import ReadingSettings

SOME_FAILED = 3


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@options(database_option, schema_option, model_options, reading_options)
@click.option("--limit", type=click.IntRange(min=1), help="Extract at most so many reports.")
@click.option("--force", is_flag=True, help="Extract again what this model and schema have done.")
@click.option("--prune", is_flag=True, help="Mark files gone from the folders as missing: no view shows them.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, file by file, and write nothing.")
@json_option
def ingest(
    paths: tuple[str, ...],
    database: Path,
    schema: str,
    model: ModelOptions,
    reading: ReadingSettings,
    limit: int | None,
    force: bool,
    prune: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Extract every report under PATH (files, folders, or - for standard input) into the database.

    \b
    Example:
      crimeetl ingest ./reports/
    """
    from crimeetl import sql
    from crimeetl.etl.asking import must_be_asked
    from crimeetl.etl.ingest import ingest as run_ingest
    from crimeetl.etl.plan import plan
    from crimeetl.etl.readers import find_paths
    from crimeetl.etl.settings import IngestSettings
    from crimeetl.model.schema import load_schema

    asked = load_schema(schema)
    must_be_asked(reading.split, asked)
    # First of all: a mistyped path is told before a base is fetched.
    files = find_paths(paths, may_be_empty=prune, database=database)
    sql.must_be_usable(database)
    choice = model.choose(asked)
    settings = IngestSettings(
        arguments=paths,
        database=database,
        schema=asked,
        model_digest=choice.digest,
        model_name=choice.name,
        adapter=model.adapter_for_the_record,
        reading=reading,
        limit=limit,
        is_forced=force,
        is_pruned=prune,
    )
    if dry_run:
        from crimeetl.model.base import token_counter

        counter = token_counter(choice.base.name, cache=choice.base.cache)
        show_plan(plan(settings, files, counter, standard_input=sys.stdin.buffer), as_json=as_json)
        return
    opened, tell = partial(choice.extractor, asked), partial(click.echo, err=True)
    summary = run_ingest(settings, files, opened, standard_input=sys.stdin.buffer, tell=tell)
    show_summary(summary, settings, as_json=as_json)
    if summary.is_interrupted:
        raise CrimeEtlError("interrupted; what was finished is stored, and the same command goes on from there")
    if summary.failed:
        sys.exit(SOME_FAILED)


@click.command()
@click.argument("file")
@options(schema_option, model_options, json_option, reading_options)
def extract(
    file: str,
    schema: str,
    model: ModelOptions,
    reading: ReadingSettings,
    as_json: bool,
) -> None:
    """Answer the questions about one FILE (or - for standard input), without a database.

    \b
    Example:
      crimeetl extract report.txt --json
    """
    from crimeetl.etl.asking import extract_all, must_be_asked
    from crimeetl.etl.readers import DocumentReader, find_paths
    from crimeetl.etl.reading import Unheeded, within_bounds
    from crimeetl.etl.split import split
    from crimeetl.model.schema import load_schema

    asked = load_schema(schema)
    must_be_asked(reading.split, asked)
    paths = find_paths([file])
    if len(paths) != 1:
        raise WrongUsage(f"{file} is a folder; extract answers one file, ingest takes folders")
    with DocumentReader(sys.stdin.buffer) as reader:
        parts = split(reader.read(paths[0]), reading.split)
    unheeded = Unheeded(reading.split)
    unheeded.look_at(paths[0], parts)
    for line in unheeded.lines():
        click.echo(f"notice: {line}", err=True)
    reports, failures = within_bounds(paths[0], parts, reading.most_report_chars)
    found = extract_all(reports, asked, lambda: model.choose(asked).extractor(asked))
    show_extractions(found, as_json=as_json)
    for failure in failures:
        click.echo(f"not read: {failure.path}: {failure.message}", err=True)
    if failures:
        sys.exit(SOME_FAILED)
