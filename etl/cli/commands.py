"""The command line: parse, call one function, print. Heavy imports wait until a command runs."""

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crimeetl.etl.errors import CrimeEtlError, WrongUsage

if TYPE_CHECKING:
    from crimeetl.etl.plan import Plan
    from crimeetl.etl.output.status import Status
    from crimeetl.model.schema.entity_schema import EntitySchema
    from crimeetl.model.extraction import Extraction
    from crimeetl.model.extract.extractor import Extractor, ModelChoice

DEFAULT_DATABASE = Path("crimeetl.duckdb")
DEFAULT_BASE = "SmolLM2-135M-Instruct"
SHIPPED = "shipped"
SOME_FAILED = 3
NO_DATA = """give one or more labelled .jsonl files, for example

  crimeetl train labelled.jsonl --output my-adapter

where each line is an object such as

  {"id": "24-001", "text": "Officer Ann Lee took the report.", "entities": {"Officer_Name": ["Officer Ann Lee"]}}"""

Command = TypeVar("Command", bound=Callable[..., Any])


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


FILE = click.Path(path_type=Path)
database_option = click.option(
    "--db", "database", type=FILE, default=DEFAULT_DATABASE, show_default=True, help="The database file."
)
schema_option = click.option(
    "--schema", default="crime", show_default=True, metavar="NAME|PATH", help="crime, incident, or a TOML file."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
output_options = options(
    click.option(
        "--format",
        "output_format",
        type=click.Choice(["table", "csv", "json", "parquet"]),
        default="table",
        show_default=True,
    ),
    click.option("--output", type=FILE, help="Write to this file instead of the terminal."),
)
separator_option = click.option(
    "--separator",
    type=RegularExpression(),
    metavar="REGEX",
    help="Of other files: lines that match it part reports; the usual separators unless given.",
)
split_options = options(
    click.option("--split", type=FILE, help="A JSON file that names parts of the data."),
    click.option("--part", help="The part to use; needs --split."),
)
base_options = options(
    click.option("--base", default=DEFAULT_BASE, show_default=True, help="The embedded base, a folder or a hub name."),
    click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True),
    click.option(
        "--quantize",
        type=click.Choice(["auto", "nf4", "none"]),
        default="auto",
        show_default=True,
        help="Hold the base in 4 bits; auto: on CUDA alone.",
    ),
    click.option("--dtype", type=click.Choice(["auto", "bf16", "fp16", "fp32"]), default="auto", show_default=True),
    click.option(
        "--cache",
        type=FILE,
        envvar="CRIMEETL_CACHE",
        default=lambda: _default_cache(),
        show_default="the user's cache folder",
        help="Where base models are kept.",
    ),
)
model_options = options(
    base_options,
    click.option("--adapter", help="An adapter folder, shipped (which it is unless given) or none."),
    click.option(
        "--batch-tokens",
        default=4096,
        show_default=True,
        type=click.IntRange(min=1),
        help="Tokens decoded together: memory for speed.",
    ),
    click.option(
        "--min-confidence",
        default=0.0,
        show_default=True,
        type=click.FloatRange(0, 1),
        help="Drop values of a lower confidence; evaluate says what that keeps.",
    ),
    click.option(
        "--max-answer-tokens",
        default=200,
        show_default=True,
        type=click.IntRange(min=1),
        help="Longer answers are cut, and recorded.",
    ),
)


@click.group(cls=ErrorReportingGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="crimeetl")
def cli() -> None:
    """Turn folders of crime reports into tables you can query."""
    # No library may phone home or warn about it; a token, if the user set one, still works for hub names.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@options(database_option, schema_option, model_options)
@click.option("--text-column", help="Of csv, jsonl and workbooks: the column that holds the report.")
@separator_option
@click.option("--limit", type=click.IntRange(min=1), help="Extract at most so many reports.")
@click.option("--force", is_flag=True, help="Extract again what this model and schema have done.")
@click.option("--prune", is_flag=True, help="Mark files gone from the folders as missing: no view shows them.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, file by file, and write nothing.")
@json_option
def ingest(
    paths: tuple[str, ...],
    database: Path,
    schema: str,
    text_column: str | None,
    separator: re.Pattern[str] | None,
    limit: int | None,
    force: bool,
    prune: bool,
    dry_run: bool,
    as_json: bool,
    **model: Any,
) -> None:
    """Extract every report under PATH (files, folders, or - for standard input) into the database.

    \b
    Example:
      crimeetl ingest ./reports/
    """
    from crimeetl.etl import ingest as pipeline
    from crimeetl.etl.readers import find_paths
    from crimeetl.model.schema.entity_schema import load_schema

    asked = load_schema(schema)
    # First of all: a mistyped path is told before a base is fetched.
    files = find_paths(paths, may_be_empty=prune, database=database)
    choice = _choose_model(asked, **model)
    settings = pipeline.IngestSettings(
        arguments=paths,
        database=database,
        schema=asked,
        model_digest=choice.digest,
        model_name=choice.name,
        text_column=text_column,
        separator=separator,
        limit=limit,
        is_forced=force,
        is_pruned=prune,
    )
    if dry_run:
        from crimeetl.etl.plan import plan
        from crimeetl.model.base.loading import token_counter

        counter = token_counter(choice.base_name, cache=choice.cache)
        _show_plan(plan(settings, files, counter, standard_input=sys.stdin.buffer), as_json=as_json)
        return
    summary = pipeline.ingest(settings, files, lambda: _open_extractor(choice, asked), standard_input=sys.stdin.buffer)
    if as_json:
        click.echo(json.dumps({name: getattr(summary, name) for name in summary.__slots__}))
    else:
        click.echo(
            f"{summary.reports} reports, {summary.values} values, {summary.skipped} skipped, "
            f"{summary.failed} failed, {f'{summary.missing} missing, ' if prune else ''}{summary.seconds:.1f} s; "
            f"database {database}"
        )
    if summary.is_interrupted:
        raise CrimeEtlError("interrupted; what was finished is stored, and the same command goes on from there")
    if summary.failed:
        click.echo(f"see what failed: crimeetl query failures --db {database}", err=True)
        sys.exit(SOME_FAILED)


@cli.command()
@click.argument("file")
@options(schema_option, model_options, json_option)
@click.option("--text-column", help="Of csv, jsonl and workbooks: the column that holds the report.")
@separator_option
def extract(
    file: str, schema: str, text_column: str | None, separator: re.Pattern[str] | None, as_json: bool, **model: Any
) -> None:
    """Answer the questions about one FILE (or - for standard input), without a database.

    \b
    Example:
      crimeetl extract report.txt --json
    """
    from crimeetl.etl.readers import DocumentReader, find_paths
    from crimeetl.etl.split.reports import split
    from crimeetl.model.schema.entity_schema import load_schema

    asked = load_schema(schema)
    paths = find_paths([file])
    if len(paths) != 1:
        raise WrongUsage(f"{file} is a folder; extract answers one file, ingest takes folders")
    with DocumentReader(sys.stdin.buffer) as reader:
        parts = split(reader.read(paths[0]), text_column=text_column, separator=separator)
    extractor = _open_extractor(_choose_model(asked, **model), asked)
    extractions = extractor.extract([report.text for report in parts.reports])
    if as_json:
        shown = [_as_json(extraction) for extraction in extractions]
        click.echo(json.dumps(shown[0] if len(shown) == 1 else shown, indent=2, ensure_ascii=False))
    else:
        click.echo("\n\n".join(_as_lines(extraction) for extraction in extractions))
    for _, failure in parts.failures:
        click.echo(f"not read: {failure}", err=True)
    if parts.failures:
        sys.exit(SOME_FAILED)


@cli.command()
@click.argument("data", nargs=-1, type=FILE, metavar="DATA...")
@options(schema_option, split_options)
@click.option("--validation", type=FILE, help="A labelled file to validate and calibrate on.")
@click.option("--validation-part", help="Or a part of the split file.")
@click.option("--validation-share", default=0.1, show_default=True, type=click.FloatRange(0, 0.9), help="Or a share.")
@base_options
@click.option(
    "--adapter",
    help="An adapter folder to go on from, or shipped for the one that comes with the base; anew unless given.",
)
@click.option(
    "--recipe", type=click.Choice(["llama3-8b", "smollm2-135m"]), help="A set of defaults; the base's own unless given."
)
@click.option(
    "--epochs", type=click.FloatRange(min=0, min_open=True), help="Of the recipe unless given, like all below."
)
@click.option("--learning-rate", type=click.FloatRange(min=0, min_open=True))
@click.option("--rank", type=click.IntRange(min=1))
@click.option("--alpha", type=click.IntRange(min=1))
@click.option("--dropout", type=click.FloatRange(0, 0.9))
@click.option("--batch-size", type=click.IntRange(min=1), help="Reports a forward pass.")
@click.option("--question-dropout", type=click.FloatRange(0, 0.9), help="Share of the questions that sit out a visit.")
@click.option(
    "--unstated-ratio",
    type=click.FloatRange(min=0, min_open=True),
    help="Questions without an answer learned at a visit, for each with one; all unless given.",
)
@click.option("--accumulation", type=click.IntRange(min=1), help="Forward passes an optimiser step.")
@click.option(
    "--kept-tokens",
    type=click.IntRange(min=0),
    help="A longer forward pass is computed again on the way back: more memory is faster, 0 takes least.",
)
@click.option("--warmup-steps", type=click.IntRange(min=0))
@click.option("--log-steps", type=click.IntRange(min=1))
@click.option("--seed", default=42, show_default=True)
@click.option("--output", type=FILE, default=Path("adapter"), show_default=True, help="The adapter folder to write.")
@click.option("--checkpoint-steps", default=25, show_default=True, type=click.IntRange(min=1))
@click.option("--resume", is_flag=True, help="Go on from the newest checkpoint under --output.")
@click.option(
    "--learning-curve",
    is_flag=True,
    help="Train on a quarter and on half of the reports too: would more labels help? Takes 1.75 times as long.",
)
@click.option(
    "--report-to",
    type=click.Choice(["none", "wandb", "trackio", "tensorboard"]),
    default="none",
    show_default=True,
    help="Also send the figures there; never report text.",
)
def train(
    data: tuple[Path, ...],
    schema: str,
    recipe: str | None,
    base: str,
    quantize: str,
    adapter: str | None,
    **asked: Any,
) -> None:
    """Fine-tune a base with QLoRA on labelled reports DATA (.jsonl, or a .toml mix of them) and write an adapter.

    \b
    Example:
      crimeetl train labelled.jsonl --output my-adapter
      crimeetl ingest ./reports/ --adapter my-adapter
    """
    if not data:
        raise WrongUsage(NO_DATA)
    from dataclasses import fields, replace

    from crimeetl.model.schema.entity_schema import load_schema
    from crimeetl.model.train.training import RECIPES, Recipe, TrainSettings
    from crimeetl.model.train.training import train as run_training

    if adapter is not None and (asked["rank"] or asked["alpha"]):
        raise WrongUsage("--rank and --alpha are those of the adapter to go on from; leave them out, or --adapter")
    chosen = RECIPES[recipe or ("smollm2-135m" if base == DEFAULT_BASE else "llama3-8b")]
    own = {field.name: asked.pop(field.name, None) for field in fields(Recipe)}
    chosen = replace(chosen, **{name: value for name, value in own.items() if value is not None})
    is_resumed, has_learning_curve = asked.pop("resume"), asked.pop("learning_curve")
    settings = TrainSettings(
        data=data,
        schema=load_schema(schema),
        base=base,
        quantization=quantize,
        recipe=chosen,
        adapter=None if adapter is None else _adapter_folder(adapter, base),
        is_resumed=is_resumed,
        has_learning_curve=has_learning_curve,
        **asked,
    )
    run_training(settings, tell=lambda line: click.echo(line, err=True))
    click.echo(f"adapter written to {settings.output}; use it with --adapter {settings.output}")


@cli.command()
@click.argument("data", nargs=-1, type=FILE, required=True, metavar="DATA...")
@options(schema_option, split_options, model_options)
@click.option("--limit", type=click.IntRange(min=1), help="Score only so many reports of each file.")
@click.option("--against", help="Another adapter, shipped or none: score it too, and say how sure the difference is.")
@click.option("--mistakes", type=FILE, help="Write each value that is wrong or missed, and the text around it (.csv).")
@json_option
def evaluate(
    data: tuple[Path, ...],
    schema: str,
    split: Path | None,
    part: str | None,
    limit: int | None,
    against: str | None,
    mistakes: Path | None,
    as_json: bool,
    **model: Any,
) -> None:
    """Score the answers about labelled reports DATA (.jsonl, or .toml mixes), each file by itself and all together.

    \b
    Example:
      crimeetl evaluate labelled.jsonl --adapter my-adapter
    """
    from dataclasses import asdict

    from crimeetl.etl.output.export import write_csv
    from crimeetl.model.schema.entity_schema import load_schema
    from crimeetl.model.evaluate.evaluation import evaluate as run_evaluation
    from crimeetl.model.evaluate.evaluation import labelled_schema
    from crimeetl.model.labels.reports import read_sources, sources_of
    from crimeetl.model.evaluate.mistakes import mistake_table
    from crimeetl.model.evaluate.scores import compare, comparison_table

    sources, _ = sources_of(data, split=split, part=part)
    labelled = read_sources(sources, limit=limit)
    asked = labelled_schema(load_schema(schema), labelled)
    adapters = [model["adapter"], *([] if against is None else [against])]
    choices = [_choose_model(asked, **model | {"adapter": adapter}) for adapter in adapters]
    scored, *rest = [run_evaluation(_open_extractor(choice, asked), labelled) for choice in choices]
    figures: dict[str, Any] = {"evaluations": [one.figures() for one in scored]}
    tables = [one.as_table() for one in scored]
    for others in rest:
        found = {one.source: compare(one, other) for one, other in zip(scored, others, strict=True)}
        figures["against"] = [other.figures() for other in others]
        figures["differences"] = {
            source: {measure: asdict(difference) for measure, difference in measures.items()}
            for source, measures in found.items()
        }
        tables += [other.as_table() for other in others] + [comparison_table(found)]
    click.echo(json.dumps(figures, indent=2) if as_json else "\n\n\n".join(tables))
    if mistakes is not None:
        single = scored[:-1] or scored  # of several the last is all together
        write_csv(mistake_table([mistake for one in single for mistake in one.mistakes]), mistakes)


@cli.command()
@click.option("--count", default=100, show_default=True, type=click.IntRange(min=1), help="How many reports.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same reports.")
@schema_option
@click.option(
    "--style", "styles", multiple=True, help="Only this house style; may be given again. All but two unless given."
)
@click.option(
    "--surrounded",
    default=0.0,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="Share of the reports to put into pages of other text, as in long documents.",
)
@click.option("--out", required=True, type=FILE, help="The labelled file to write (.jsonl).")
def synthesise(count: int, seed: int, schema: str, styles: tuple[str, ...], surrounded: float, out: Path) -> None:
    """Write made-up labelled reports, to train and to test on.

    \b
    Example:
      crimeetl synthesise --count 500 --schema incident --out made-up.jsonl
    """
    from crimeetl.model.schema.entity_schema import load_schema
    from crimeetl.model.synthesise.diversity import diversity
    from crimeetl.model.synthesise.generator import synthesise as generate
    from crimeetl.model.synthesise.styles import STYLES

    chosen = styles or tuple(STYLES)
    reports = list(generate(count, seed=seed, schema=load_schema(schema), styles=chosen, surrounded_share=surrounded))
    out.write_text("".join(f"{report.as_json()}\n" for report in reports), "utf-8")
    click.echo(f"{diversity(reports)}; written to {out}")


@cli.command()
@options(database_option, schema_option)
@click.option("--limit", type=click.IntRange(min=1), help="At most so many reports.")
@click.option("--out", required=True, type=FILE, help="The labelled file to write (.jsonl); it must not exist yet.")
def draft(database: Path, schema: str, limit: int | None, out: Path) -> None:
    """Write the answers in the database as labelled reports, to correct by hand and train on.

    \b
    Example:
      crimeetl draft --schema mine.toml --out labelled.jsonl
    """
    from crimeetl.etl.output.draft import draft_labels
    from crimeetl.model.schema.entity_schema import load_schema

    asked = load_schema(schema)
    reports = draft_labels(database, [entity_type.name for entity_type in asked.types], limit=limit)
    if not reports:
        raise WrongUsage(
            f"{database} has no answers for the schema {asked.name}; run crimeetl ingest --schema {schema}"
        )
    try:
        with out.open("x", encoding="utf-8") as file:
            file.writelines(json.dumps(report, ensure_ascii=False) + "\n" for report in reports)
    except FileExistsError as error:
        raise WrongUsage(f"{out} exists; name another file, so that no correction is overwritten") from error
    except OSError as error:
        raise WrongUsage(f"cannot write {out}: {error.strerror}") from error
    click.echo(
        f"{len(reports)} reports written to {out}; correct their values, then: crimeetl train {out} --schema {schema}"
    )


@cli.command()
@click.argument("sql_or_name", required=False, metavar="[SQL|NAME]")
@options(database_option, output_options)
@click.option("--limit", type=click.IntRange(min=1), help="At most so many rows.")
def query(sql_or_name: str | None, database: Path, output_format: Any, output: Path | None, limit: int | None) -> None:
    """Ask the database: SQL, or the name of a query that comes with crimeetl; without either, list the names.

    \b
    Example:
      crimeetl query "select value, count(*) from v_mention where entity_type = 'Crime_Type' group by all"
      crimeetl query open_cases
    """
    from crimeetl.etl.output.query import named_queries, run_query, write_frame

    if sql_or_name is None:
        for name, purpose in named_queries().items():
            click.echo(f"{name:30}{purpose}")
        return
    write_frame(run_query(database, sql_or_name, limit=limit), output_format, output)


@cli.command()
@options(database_option, json_option)
def status(database: Path, as_json: bool) -> None:
    """Show the newest runs, what fails, and what the next run would do again.

    \b
    Example:
      crimeetl status --db crimeetl.duckdb
    """
    from crimeetl.etl.output.status import status as look

    found = look(database)
    if as_json:
        counts = {name: getattr(found, name) for name in ("files", "reports", "answered", "pending", "mentions")}
        frames = {"failures": found.failures_by_error, "runs": found.runs}
        rows = {name: frame.to_dicts() for name, frame in frames.items()}
        click.echo(json.dumps(counts | rows, indent=2, default=str, ensure_ascii=False))
        return
    _show_status(found)


@cli.command()
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


@cli.command()
@click.argument("first", default="previous", metavar="[RUN]")
@click.argument("second", default="last", metavar="[RUN]")
@options(database_option, output_options)
def diff(first: str, second: str, database: Path, output_format: Any, output: Path | None) -> None:
    """Show which answers changed between two runs: the last two unless named by their ids.

    \b
    Example:
      crimeetl diff previous last
    """
    from crimeetl.etl.output.diff import diff_runs
    from crimeetl.etl.output.query import write_frame

    found = diff_runs(database, first, second)
    write_frame(found.changed, output_format, output)
    click.echo(
        f"{found.first} and {found.second}: {found.changed.height} of {found.answers} answers differ, "
        f"in {found.reports} reports that both extracted",
        err=True,
    )


@cli.command()
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
    from crimeetl.etl.link.linking import link as run_linking

    found = run_linking(database, threshold=threshold)
    if as_json:
        click.echo(json.dumps({**found.kinds, "is_new": found.is_new}))
        return
    for kind, one in found.kinds.items():
        click.echo(f"{kind:10}{one['entities']} mentions, {one['resolved']} after linking, {one['links']} links")
    if not found.is_new:
        click.echo("the same as the last time; nothing was added", err=True)


@cli.command()
@database_option
@click.option(
    "--format", "output_format", type=click.Choice(["parquet", "csv", "jsonl"]), default="parquet", show_default=True
)
@click.option("--pseudonyms", is_flag=True, help="Pseudonyms for names; no free text, no paths.")
@click.option("--out", required=True, type=FILE, help="The folder to write; it must not exist yet.")
def export(database: Path, output_format: Any, pseudonyms: bool, out: Path) -> None:
    """Write every table to a file of its own, and a schema file beside them.

    \b
    Example:
      crimeetl export --format csv --out crime-tables
    """
    from crimeetl.etl.output.export import export_tables

    rows = export_tables(database, out, output_format, is_pseudonymous=pseudonyms)
    click.echo(f"{len(rows)} tables, {sum(rows.values())} rows written to {out}")


def _show_plan(found: "Plan", *, as_json: bool) -> None:
    from dataclasses import asdict

    from crimeetl.etl.plan import STATES

    if as_json:
        click.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False))
        return
    for file in found.files:
        if file.state != "unchanged":
            count = f", reports to extract: {file.reports}" if file.reports else ""
            click.echo(f"{file.state:10}{file.path}{count}" + (f": {file.reason}" if file.reason else ""))
    time = "" if found.seconds is None else f", about {found.seconds:.0f} s at the pace of earlier runs"
    click.echo(
        ", ".join(f"{found.count(state)} {state}" for state in STATES)
        + f"; would extract {found.reports} reports of {found.tokens} tokens{time}; nothing was written"
    )


def _show_status(found: "Status") -> None:
    from crimeetl.etl.output.query import write_frame

    click.echo(f"{found.files} files, {found.reports} reports, {found.mentions} values\n\nnewest runs")
    write_frame(found.runs, "table")
    click.echo(f"\nstill failing: {found.failures}")
    if found.failures:
        write_frame(found.failures_by_error, "table")
    click.echo(
        f"\nthe same ingest again would extract {found.pending} reports and try the {found.failures} that failed; "
        "--dry-run also looks at what is new or changed on disk"
    )


def _default_cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("crimeetl", appauthor=False)


def _adapter_folder(adapter: str, base: str) -> Path:
    from crimeetl.model.extract.adapter import shipped_adapter

    if adapter != SHIPPED:
        return Path(adapter)
    if (shipped := shipped_adapter(base)) is None:
        raise WrongUsage(f"no adapter comes with {base}; give a folder instead, or leave it out")
    return shipped


def _choose_model(
    schema: "EntitySchema",
    *,
    base: str,
    adapter: str | None,
    device: str,
    quantize: str,
    dtype: str,
    cache: Path,
    batch_tokens: int,
    max_answer_tokens: int,
    min_confidence: float,
) -> "ModelChoice":
    from crimeetl.model.extract.adapter import shipped_adapter
    from crimeetl.model.extract.extractor import ExtractorSettings, choose_model

    folder = None
    if adapter is None:
        folder = shipped_adapter(base)
    elif adapter != "none":
        folder = _adapter_folder(adapter, base)
    choice = choose_model(
        base_name=base,
        adapter=folder,
        device=device,
        quantization=quantize,
        dtype=dtype,
        cache=cache,
        settings=ExtractorSettings(
            batch_tokens=batch_tokens, max_answer_tokens=max_answer_tokens, min_confidence=min_confidence
        ),
    )
    click.echo(f"model {choice.name}", err=True)
    for notice in choice.notices(schema):
        click.echo(f"notice: {notice}", err=True)
    return choice


def _open_extractor(choice: "ModelChoice", schema: "EntitySchema") -> "Extractor":
    from crimeetl.model.extract.extractor import Extractor

    return Extractor(choice, schema)


def _as_json(extraction: "Extraction") -> dict[str, Any]:
    """One report's answers by type, each with its offsets and confidence."""
    return {
        answer.entity_type: [
            {
                "value": mention.value,
                "char_start": mention.char_start,
                "char_end": mention.char_end,
                "confidence": None if mention.confidence is None else round(mention.confidence, 4),
            }
            for mention in answer.mentions
        ]
        for answer in extraction.answers
    }


def _as_lines(extraction: "Extraction") -> str:
    lines = []
    for answer in extraction.answers:
        for mention in answer.mentions:
            place = "derived" if mention.char_start is None else f"{mention.char_start}-{mention.char_end}"
            sure = "" if mention.confidence is None else f"  {mention.confidence:.2f}"
            lines.append(f"{answer.entity_type:24}{mention.value!r}  {place}{sure}")
        if not answer.mentions:
            lines.append(f"{answer.entity_type:24}not stated")
    return "\n".join(lines)
