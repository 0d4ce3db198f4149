"""Adapters: ``train`` and ``evaluate`` them, ``synthesise`` and ``draft`` what they learn from."""

import json
from pathlib import Path
from typing import Any

import click

from crimeetl.etl.cli.options import (
    FILE,
    ModelOptions,
    base_options,
    database_option,
    json_option,
    model_options,
    options,
    schema_option,
    split_options,
)
from crimeetl.etl.errors import WrongUsage
from crimeetl.model.base import DEFAULT_BASE, BaseOptions
from crimeetl.model.train import RECIPES, REPORT_TO
from crimeetl.model.tree import ASKINGS

NO_DATA = """give one or more labelled .jsonl files, for example

  crimeetl train labelled.jsonl --output my-adapter

where each line is an object such as

  {"id": "24-001", "text": "Officer Ann Lee took the report.", "entities": {"Officer_Name": ["Officer Ann Lee"]}}"""


@click.command()
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
    "--asking",
    type=click.Choice(list(ASKINGS)),
    help="How questions are put; as in the adapter to go on from, else as the recipe says, unless given.",
)
@click.option("--recipe", type=click.Choice(list(RECIPES)), help="A set of defaults; the base's own unless given.")
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
    type=click.Choice(REPORT_TO),
    default="none",
    show_default=True,
    help="Also send the figures there; never report text.",
)
def train(
    data: tuple[Path, ...],
    schema: str,
    recipe: str | None,
    base: BaseOptions,
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

    from crimeetl.model.extract import adapter_folder
    from crimeetl.model.schema import load_schema
    from crimeetl.model.train import Recipe, TrainSettings
    from crimeetl.model.train import train as run_training

    if adapter is not None and (asked["rank"] or asked["alpha"]):
        raise WrongUsage("--rank and --alpha are those of the adapter to go on from; leave them out, or --adapter")
    usual = RECIPES[recipe or ("smollm2-135m" if base.name == DEFAULT_BASE else "llama3-8b")]
    asking = asked.pop("asking")  # the recipe's gives way to that of the adapter, what the user says to neither
    own = {field.name: asked.pop(field.name, None) for field in fields(Recipe)}
    settings = TrainSettings(
        data=data,
        schema=load_schema(schema),
        base=base,
        recipe=replace(usual, **{name: value for name, value in own.items() if value is not None}),
        adapter=None if adapter is None else adapter_folder(adapter, base.name),
        asking=asking,
        is_resumed=asked.pop("resume"),
        has_learning_curve=asked.pop("learning_curve"),
        **asked,
    )
    run_training(settings, tell=lambda line: click.echo(line, err=True))
    click.echo(f"adapter written to {settings.output}; use it with --adapter {settings.output}")


@click.command()
@click.argument("data", nargs=-1, type=FILE, metavar="DATA...")
@options(schema_option, split_options, model_options)
@click.option(
    "--db",
    "database",
    type=FILE,
    help="Instead of DATA: how good the answers in this database are, by the random sample that people reviewed.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Score only so many reports of each file.")
@click.option("--against", help="Another adapter, shipped or none: score it too, and say how sure the difference is.")
@click.option("--mistakes", type=FILE, help="Write each value that is wrong or missed, and the text around it (.csv).")
@json_option
def evaluate(
    data: tuple[Path, ...],
    schema: str,
    split: Path | None,
    part: str | None,
    database: Path | None,
    limit: int | None,
    against: str | None,
    mistakes: Path | None,
    model: ModelOptions,
    as_json: bool,
) -> None:
    """Score the answers about labelled reports DATA (.jsonl, or .toml mixes), each file by itself and all together.

    \b
    Example:
      crimeetl evaluate labelled.jsonl --adapter my-adapter
    """
    if (database is None) is not bool(data):
        raise WrongUsage("give labelled files, or --db with a database whose reports people have reviewed")
    if database is not None:
        _show_sample(database, as_json=as_json)
        return
    from crimeetl.etl.output import must_be_writable, write_frame
    from crimeetl.model.evaluate import compare_all, evaluation_table, labelled_schema, mistake_table
    from crimeetl.model.evaluate import evaluate as run_evaluation
    from crimeetl.model.extract import Extractor
    from crimeetl.model.labels import read_sources, sources_of
    from crimeetl.model.schema import load_schema

    if mistakes is not None:
        must_be_writable(mistakes)
    sources, _ = sources_of(data, split=split, part=part)
    labelled = read_sources(sources, limit=limit)
    asked = labelled_schema(load_schema(schema), labelled)
    # All are checked before the first is run.
    choices = [model.choose(asked), *([] if against is None else [model.choose(asked, adapter=against)])]
    scored, *others = [run_evaluation(Extractor(choice, asked), labelled) for choice in choices]
    figures: dict[str, Any] = {"evaluations": [one.figures() for one in scored]}
    tables = [evaluation_table(one) for one in scored]
    for other in others:
        differences, table = compare_all(scored, other)
        figures |= {"against": [one.figures() for one in other], "differences": differences}
        tables += [*map(evaluation_table, other), table]
    click.echo(json.dumps(figures, indent=2) if as_json else "\n\n\n".join(tables))
    if mistakes is not None:
        single = scored[:-1] or scored  # of several the last is all together
        write_frame(mistake_table([mistake for one in single for mistake in one.mistakes]), "csv", mistakes)


def _show_sample(database: Path, *, as_json: bool) -> None:
    """How good the answers in a database are, by what people reviewed."""
    from dataclasses import asdict

    from crimeetl.etl.review import measure_lines, measured_in

    found = measured_in(database)
    click.echo(json.dumps(asdict(found), indent=2) if as_json else "\n".join(measure_lines(found)))


@click.command()
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
    from crimeetl.etl.output import must_be_writable, new_file
    from crimeetl.model.schema import load_schema
    from crimeetl.model.synthesise import STYLES, diversity
    from crimeetl.model.synthesise import synthesise as generate

    must_be_writable(out)
    chosen = styles or tuple(STYLES)
    reports = list(generate(count, seed=seed, schema=load_schema(schema), styles=chosen, surrounded_share=surrounded))
    with new_file(out) as file:
        file.writelines(f"{report.as_json()}\n".encode() for report in reports)
    click.echo(f"{diversity(reports)}; written to {out}")


@click.command()
@options(database_option, schema_option)
@click.option("--limit", type=click.IntRange(min=1), help="At most so many reports.")
@click.option("--out", required=True, type=FILE, help="The labelled file to write (.jsonl); it must not exist yet.")
def draft(database: Path, schema: str, limit: int | None, out: Path) -> None:
    """Write the answers in the database as labelled reports, to correct by hand and train on.

    \b
    Example:
      crimeetl draft --schema mine.toml --out labelled.jsonl
    """
    from crimeetl.etl.output import draft_labels, new_file
    from crimeetl.model.schema import load_schema

    asked = load_schema(schema)
    reports = draft_labels(database, [entity_type.name for entity_type in asked.types], limit=limit)
    if not reports:
        raise WrongUsage(
            f"{database} has no answers for the schema {asked.name}; run crimeetl ingest --schema {schema}"
        )
    with new_file(out, may_exist=False) as file:
        file.writelines(f"{json.dumps(report, ensure_ascii=False)}\n".encode() for report in reports)
    click.echo(
        f"{len(reports)} reports written to {out}; correct their values, then: crimeetl train {out} --schema {schema}"
    )
