"""The command line's entry point."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click

from crimeetl.etl.cli.ask import diff, export, link, migrate, query, status
from crimeetl.etl.cli.ingest import extract, ingest
from crimeetl.etl.cli.review import review
from crimeetl.etl.cli.teach import teach
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


@contextmanager
def _ended_like_ctrl_c() -> Iterator[None]:
    """A command that is told to end, or whose terminal is closed, keeps what it has done, as after Ctrl-C."""

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]  # Windows has no SIGHUP
    numbers = [number for name in names if signal.getsignal(number := getattr(signal, name)) is signal.SIG_DFL]
    is_main = threading.current_thread() is threading.main_thread()
    for number in numbers if is_main else ():  # one that is ignored, as under nohup, stays so
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number in numbers if is_main else ():
            signal.signal(number, signal.SIG_DFL)


@click.group(cls=ErrorReportingGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="crimeetl")
def cli() -> None:
    """Turn folders of crime reports into tables you can query."""
    click.get_current_context().with_resource(_ended_like_ctrl_c())
    # No library may phone home or warn about it; a token, if the user set one, still works for hub names.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


for command in (
    ingest,
    extract,
    train,
    teach,
    evaluate,
    synthesise,
    draft,
    query,
    status,
    review,
    migrate,
    diff,
    link,
    export,
):
    cli.add_command(command)
