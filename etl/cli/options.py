"""Options that several commands share, with one meaning everywhere."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crimeetl.etl.output import FORMATS
from crimeetl.etl.settings import ReadingSettings
from crimeetl.etl.split import SplitSettings
from crimeetl.model.base import DEFAULT_BASE, DEVICES, DTYPES, QUANTIZATIONS, BaseOptions, default_cache
from crimeetl.model.extract import ExtractorSettings

if TYPE_CHECKING:
    from crimeetl.model.extract import ModelChoice
    from crimeetl.model.schema import EntitySchema

DEFAULT_DATABASE = Path("crimeetl.duckdb")
EXTRACTOR, READING = ExtractorSettings(), ReadingSettings()
FILE = click.Path(path_type=Path)
Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOptions:
    """The model that a command line names."""

    base: BaseOptions
    adapter: str | None  # a folder, "shipped" or "none"; None takes what comes with the base
    settings: ExtractorSettings

    @property
    def adapter_for_the_record(self) -> str:
        """The adapter as it may be named again from any folder."""
        if self.adapter is None or self.adapter in ("shipped", "none"):
            return self.adapter or "shipped"
        return str(Path(self.adapter).resolve())

    def choose(self, schema: "EntitySchema", *, adapter: str | None = None) -> "ModelChoice":
        """The model, decided and checked but not loaded; its name and what to know of it go to the terminal.

        Args:
            adapter: another than the one named.
        """
        from crimeetl.model.extract import adapter_folder, choose_model

        folder = adapter_folder(self.adapter if adapter is None else adapter, self.base.name)
        choice = choose_model(self.base, folder, settings=self.settings)
        click.echo(f"model {choice.name}", err=True)
        for notice in choice.notices(schema):
            click.echo(f"notice: {notice}", err=True)
        return choice


def options(*decorators: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Several options as one decorator, shown in the order given."""

    def decorate(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


class RegularExpression(click.ParamType[re.Pattern[str]]):
    """A pattern, checked before anything is read."""

    name = "regex"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> re.Pattern[str]:
        try:
            return re.compile(value)
        except re.error as error:
            self.fail(f"{value!r} is no regular expression: {error}", param, ctx)


class HeadingAndType(click.ParamType[tuple[str, str]]):
    """``HEADING=TYPE``: the last equals sign parts them, for a heading may hold one."""

    name = "heading"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        heading, equals, entity_type = value.rpartition("=")
        if not equals or not heading.strip():
            self.fail(f"{value!r} names no heading and type; write it as 'Nature=Crime_Type'", param, ctx)
        return heading.strip(), entity_type.strip()


database_option = click.option(
    "--db", "database", type=FILE, default=DEFAULT_DATABASE, show_default=True, help="The database file."
)
schema_option = click.option(
    "--schema", default="crime", show_default=True, metavar="NAME|PATH", help="crime, incident, or a TOML file."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
output_options = options(
    click.option("--format", "output_format", type=click.Choice(FORMATS), default="table", show_default=True),
    click.option("--output", type=FILE, help="Write to this file instead of the terminal."),
)
_reading_options = options(
    click.option("--text-column", help="Of tables: the column that holds the report in prose."),
    click.option(
        "--map",
        "types_of_headings",
        multiple=True,
        type=HeadingAndType(),
        metavar="HEADING=TYPE",
        help="Of tables: what a column holds, such as 'Nature=Crime_Type'; 'Nature=' for nothing. Repeatable.",
    ),
    click.option("--headings", type=FILE, help="A TOML file of further headings and what they say."),
    click.option(
        "--rows/--one-report",
        "as_rows",
        default=None,
        help="A report from each row or entry of a document, or one from all of it; judged unless given.",
    ),
    click.option(
        "--separator",
        type=RegularExpression(),
        metavar="REGEX",
        help="Of other files: lines that match it part reports; the usual separators unless given.",
    ),
    click.option(
        "--max-report-chars",
        default=READING.most_report_chars,
        show_default=True,
        type=click.IntRange(min=1),
        help="A longer report is a failure. Those over 100,000 characters wait until all others are done.",
    ),
    click.option("--follow-links", is_flag=True, help="Read what links in folders lead to outside of these folders."),
)
split_options = options(
    click.option("--split", type=FILE, help="A JSON file that names parts of the data."),
    click.option("--part", help="The part to use; needs --split."),
)
_base_options = options(
    click.option("--base", default=DEFAULT_BASE, show_default=True, help="The embedded base, a folder or a hub name."),
    click.option("--device", type=click.Choice(DEVICES), default="auto", show_default=True),
    click.option(
        "--quantize",
        type=click.Choice(QUANTIZATIONS),
        default="auto",
        show_default=True,
        help="Hold the base in 4 bits, or in 8 on the CPU; auto: 4 on CUDA, 8 where that is faster and as right.",
    ),
    click.option("--dtype", type=click.Choice(DTYPES), default="auto", show_default=True),
    click.option(
        "--cache",
        type=FILE,
        envvar="CRIMEETL_CACHE",
        default=default_cache,
        show_default="the user's cache folder",
        help="Where base models are kept.",
    ),
)
_model_options = options(
    click.option("--adapter", help="An adapter folder, shipped (which it is unless given) or none."),
    click.option(
        "--batch-tokens",
        default=EXTRACTOR.batch_tokens,
        show_default=True,
        type=click.IntRange(min=1),
        help="Tokens decoded together: memory for speed.",
    ),
    click.option(
        "--min-confidence",
        default=EXTRACTOR.min_confidence,
        show_default=True,
        type=click.FloatRange(0, 1),
        help="Drop values of a lower confidence; evaluate says what that keeps.",
    ),
    click.option(
        "--max-answer-tokens",
        default=EXTRACTOR.max_answer_tokens,
        show_default=True,
        type=click.IntRange(min=1),
        help="Longer answers are cut, and recorded.",
    ),
)


def reading_options(command: Command) -> Command:
    """The options that say how files are read and parted into reports, given to the command as ``reading``."""

    @wraps(command)
    def bundled(
        *,
        text_column: str | None,
        types_of_headings: tuple[tuple[str, str], ...],
        headings: Path | None,
        as_rows: bool | None,
        separator: re.Pattern[str] | None,
        max_report_chars: int,
        follow_links: bool,
        **rest: Any,
    ) -> Any:
        reading = ReadingSettings(
            split=SplitSettings(
                text_column=text_column,
                types_of_headings=dict(types_of_headings),
                headings=headings,
                as_rows=as_rows,
                separator=separator,
            ),
            most_report_chars=max_report_chars,
            follows_links=follow_links,
        )
        return command(reading=reading, **rest)

    return _reading_options(bundled)  # type: ignore[return-value]


def base_options(command: Command) -> Command:
    """The options that say which base and how to run it, given to the command as ``base``."""

    @wraps(command)
    def bundled(*, base: str, device: str, quantize: str, dtype: str, cache: Path, **rest: Any) -> Any:
        asked = BaseOptions(name=base, device=device, quantization=quantize, dtype=dtype, cache=cache)
        return command(base=asked, **rest)

    return _base_options(bundled)  # type: ignore[return-value]


def model_options(command: Command) -> Command:
    """The options that say which model and how to run it, given to the command as ``model``."""

    @wraps(command)
    def bundled(
        *,
        base: BaseOptions,
        adapter: str | None,
        batch_tokens: int,
        max_answer_tokens: int,
        min_confidence: float,
        **rest: Any,
    ) -> Any:
        settings = ExtractorSettings(
            batch_tokens=batch_tokens, max_answer_tokens=max_answer_tokens, min_confidence=min_confidence
        )
        return command(model=ModelOptions(base=base, adapter=adapter, settings=settings), **rest)

    return base_options(_model_options(bundled))  # type: ignore[return-value]
