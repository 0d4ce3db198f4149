"""Answers out of a database: ``query``, ``status``, ``diff``, ``link``, ``export``, ``migrate``."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from crimeetl.etl.cli.options import FILE, database_option, json_option, options, output_options
from crimeetl.etl.cli.show import show_status
from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.output import EXPORT_FORMATS

wide_option = click.option("--wide", is_flag=True, help="On a terminal, too: every column in full.")


@click.command()
@click.argument("sql_or_name", required=False, metavar="[SQL|NAME]")
@options(database_option, output_options)
@click.option("--limit", type=click.IntRange(min=1), help="At most so many rows.")
@wide_option
def query(
    sql_or_name: str | None, database: Path, output_format: Any, output: Path | None, limit: int | None, wide: bool
) -> None:
    """Ask the database: SQL, or the name of a query that comes with crimeetl; without either, list the names.

    \b
    Example:
      crimeetl query "select value, count(*) from v_mention where entity_type = 'Crime_Type' group by all"
      crimeetl query open_cases
    """
    from crimeetl.etl.output import named_queries, run_query, write_frame

    if sql_or_name is None:
        for name, purpose in named_queries().items():
            width = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
            click.echo(click.wrap_text(purpose, width, f"{name:30}", " " * 30))
        return
    write_frame(run_query(database, sql_or_name, limit=limit), output_format, output, is_wide=wide)


@click.command()
@options(database_option, json_option, wide_option)
def status(database: Path, as_json: bool, wide: bool) -> None:
    """Show the newest runs, what fails, and what the next run would do again.

    \b
    Example:
      crimeetl status --db crimeetl.duckdb
    """
    from crimeetl.etl.load import abandoned_runs
    from crimeetl.etl.output import status as look
    from crimeetl.etl.review import measured_in

    found = look(database, abandoned=abandoned_runs(database))
    show_status(found, measured_in(database), database, as_json=as_json, is_wide=wide)


@click.command()
@database_option
@click.option("--list", "is_listed", is_flag=True, help="Only list the migrations, and when each was applied.")
def migrate(database: Path, is_listed: bool) -> None:
    """Bring a database of an older crimeetl up to date; ingest does so by itself.

    \b
    Example:
      crimeetl migrate --list
    """
    from crimeetl import sql

    if not is_listed:
        sql.migrate(database)
    for number, migration, applied_at in sql.migrations(database):
        applied = "not yet applied" if applied_at is None else f"applied {applied_at:%Y-%m-%d %H:%M:%S}"
        click.echo(f"{number:4}  {migration.name:30}{migration.sha256[:12]}  {applied}")


@click.command()
@click.argument("first", default="previous", metavar="[RUN]")
@click.argument("second", default="last", metavar="[RUN]")
@options(database_option, output_options, wide_option)
def diff(first: str, second: str, database: Path, output_format: Any, output: Path | None, wide: bool) -> None:
    """Show which answers changed between two runs: the last two unless named by their ids.

    \b
    Example:
      crimeetl diff previous last
    """
    from crimeetl.etl.output import diff_runs, write_frame

    found = diff_runs(database, first, second)
    write_frame(found.changed, output_format, output, is_wide=wide)
    click.echo(
        f"{found.first} and {found.second}: {found.changed.height} of {found.answers} answers differ, "
        f"in {found.reports} reports that both extracted",
        err=True,
    )


@click.command()
@options(database_option, json_option)
@click.option(
    "--threshold",
    default=0.9,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="The least probability that two people of different reports are one.",
)
def link(database: Path, threshold: float, as_json: bool) -> None:
    """Find out which people, officers and places are one, within reports and across them; the views then show it.

    \b
    Example:
      crimeetl link --db crimeetl.duckdb
    """
    from crimeetl.etl.link import link as run_linking

    found = run_linking(database, threshold=threshold)
    if as_json:
        click.echo(json.dumps({**found.kinds, "is_new": found.is_new}))
        return
    for kind, one in found.kinds.items():
        click.echo(f"{kind:10}{one['entities']} mentions, {one['resolved']} after linking, {one['links']} links")
    if not found.is_new:
        click.echo("the same as the last time; nothing was added", err=True)


@click.command()
@database_option
@click.option(
    "--format",
    "output_format",
    type=click.Choice(EXPORT_FORMATS),
    default="parquet",
    show_default=True,
    help="xlsx: one workbook, a sheet a table; html: one page with charts and reports, for a browser.",
)
@click.option("--pseudonyms", is_flag=True, help="Pseudonyms for names; no free text, no paths.")
@click.option(
    "--reports",
    type=click.IntRange(min=1),
    show_default="100",
    help="Of html: at most so many reports with their text.",
)
@click.option("--out", required=True, type=FILE, help="The folder to write; it must not exist yet.")
def export(database: Path, output_format: Any, pseudonyms: bool, reports: int | None, out: Path) -> None:
    """Write every table to a file of its own and a schema file beside them, or one workbook, or one page.

    \b
    Example:
      crimeetl export --format csv --out crime-tables
      crimeetl export --format html --out crime-report
    """
    from crimeetl.etl.output import export_page, export_tables

    if reports is not None and output_format != "html":
        raise WrongUsage("--reports is for --format html; tables hold all reports")
    if output_format == "html":
        limit = {} if reports is None else {"most_reports": reports}
        on_page, there = export_page(database, out, is_pseudonymous=pseudonyms, **limit)
        left_out = f"; --reports {there} writes all" if on_page < there else ""
        click.echo(f"a page with {on_page} of {there} reports written to {out / 'report.html'}{left_out}")
        return
    exported = export_tables(database, out, output_format, is_pseudonymous=pseudonyms)
    click.echo(f"{len(exported.rows)} tables, {sum(exported.rows.values())} rows written to {out}")
    for remark in exported.remarks:
        click.echo(f"notice: {remark}", err=True)
