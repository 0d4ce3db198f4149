"""Looking at what was extracted, and correcting it."""

from pathlib import Path

import click

from crimeetl.etl.cli.options import database_option, options
from crimeetl.etl.errors import WrongUsage


@click.command()
@options(database_option)
@click.option("--port", default=0, show_default="any that is free", type=click.IntRange(0, 65535))
@click.option("--reviewer", help="Who corrects: your user name unless given.")
@click.option(
    "--browser/--no-browser", "is_opened", default=True, show_default=True, help="Open the page in a browser."
)
def review(database: Path, port: int, reviewer: str | None, is_opened: bool) -> None:
    """Open a local page to look at the values in the database, and to correct them.

    \b
    Example:
      crimeetl review --db crimes.duckdb
    """
    import getpass
    import webbrowser

    from crimeetl import sql
    from crimeetl.etl.review import ReviewServer

    if not database.exists():
        raise WrongUsage(f"there is no {database}; run crimeetl ingest first, or name another with --db")
    sql.migrate(database)  # once: reading does not
    try:
        server = ReviewServer(database, port=port, reviewer=reviewer or getpass.getuser())
    except OSError as error:
        raise WrongUsage(f"port {port} cannot be used: {error.strerror}; name another, or leave --port out") from error
    click.echo(f"{server.address}\nreview {database} at this address, on this machine alone; Ctrl-C ends it")
    if is_opened:
        webbrowser.open(server.address)
    server.run()
