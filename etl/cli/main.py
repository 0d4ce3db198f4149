"""The command line's entry point."""

import os

import click

from crimeetl.etl.cli.ask import diff, export, link, migrate, query, status
from crimeetl.etl.cli.ingest import extract, ingest
from crimeetl.etl.cli.train import draft, evaluate, synthesise, train
from crimeetl.etl.errors import CrimeEtlError


class Reported(click.ClickException):
    """One of our errors on its way to the terminal."""

    def __init__(self, error: CrimeEtlError) -> None:
        super().__init__(str(error))
        self.exit_code = error.exit_status  # type: ignore[misc]  # click reads it from the instance


class ErrorReportingGroup(click.Group):
    """Turns our errors into one sentence and their exit status."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except CrimeEtlError as error:
            raise Reported(error) from error


@click.group(cls=ErrorReportingGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="crimeetl")
def cli() -> None:
    """Turn folders of crime reports into tables you can query."""
    # No library may phone home or warn about it; a token, if the user set one, still works for hub names.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


for command in (ingest, extract, train, evaluate, synthesise, draft, query, status, migrate, diff, link, export):
    cli.add_command(command)
