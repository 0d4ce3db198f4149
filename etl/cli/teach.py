"""``teach``: what people corrected becomes a better adapter."""

from pathlib import Path

import click

from crimeetl.etl.cli.options import FILE, base_options, database_option, options, schema_option
from crimeetl.etl.errors import CrimeEtlError, WrongUsage
from crimeetl.model.base import BaseOptions


@click.command()
@options(database_option, schema_option)
@base_options
@click.option(
    "--adapter", help="The adapter folder to go on from, or shipped; that of the newest ingest unless it is given."
)
@click.option("--output", type=FILE, default=Path("taught"), show_default=True, help="The adapter folder to write.")
def teach(database: Path, schema: str, base: BaseOptions, adapter: str | None, output: Path) -> None:
    """Teach the model what was corrected in crimeetl review; some minutes.

    \b
    Example:
      crimeetl teach --db crimes.duckdb
      crimeetl ingest ./reports/ --db crimes.duckdb --adapter taught
    """
    from crimeetl.etl.review import reviewed_labels
    from crimeetl.etl.teaching import newest_adapter
    from crimeetl.model.extract import adapter_folder
    from crimeetl.model.schema import load_schema
    from crimeetl.model.train import TeachSettings
    from crimeetl.model.train import teach as run_teaching

    asked = load_schema(schema)
    named = adapter or newest_adapter(database) or "shipped"
    folder = adapter_folder(named, base.name)
    if folder is None:
        raise WrongUsage("there is no adapter to go on from; name one with --adapter, or train one: crimeetl train")
    click.echo(f"going on from the adapter {named}", err=True)
    labelled = reviewed_labels(database, asked)
    settings = TeachSettings(schema=asked, base=base, adapter=folder, output=output)
    taught = run_teaching(settings, labelled, tell=lambda line: click.echo(line, err=True))
    click.echo(taught.summary())
    if taught.refusal is not None:
        raise CrimeEtlError(
            f"the adapter of before stays in use, for {taught.refusal}; review more reports, then teach again"
        )
    rest = f"--db {database} --schema {schema} --adapter {output}"
    click.echo(f"written to {output}; use it with: crimeetl ingest ... {rest}")
