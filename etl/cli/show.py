"""Results for people and for machines."""

import json
import shlex
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from crimeetl.etl.ingest import Summary
    from crimeetl.etl.output import Status
    from crimeetl.etl.plan import Plan
    from crimeetl.etl.review import Measure
    from crimeetl.etl.settings import IngestSettings
    from crimeetl.etl.split import Taken
    from crimeetl.model.extraction import Extraction

SHOWN_CHARS = 30  # of a heading or a sample
SHOWN_LEFT_OUT = 8


def show_plan(found: "Plan", *, as_json: bool) -> None:
    """What an ingest would do, a line a file that it would touch."""
    from dataclasses import asdict

    from crimeetl.etl.output import harmless_line
    from crimeetl.etl.plan import STATES

    if as_json:
        click.echo(json.dumps(asdict(found), indent=2))
        return
    for file in found.files:
        if file.state != "unchanged":
            count = f", reports to extract: {file.reports}" if file.reports else ""
            reason = f": {harmless_line(file.reason)}" if file.reason else ""
            click.echo(f"{file.state:10}{harmless_line(file.path)}{count}{reason}")
            if file.taken_as is not None:
                show_taken(file.taken_as, found.types)
    for remark in found.remarks:
        click.echo(f"notice: {harmless_line(remark)}", err=True)
    time = "" if found.seconds is None else f", about {found.seconds:.0f} s at the pace of earlier runs"
    click.echo(
        ", ".join(f"{found.count(state)} {state}" for state in STATES)
        + f"; would extract {found.reports} reports of {found.tokens} tokens{time}; nothing was written"
    )


def show_taken(taken: "Taken", types: "Collection[str]") -> None:
    """What a file that holds several reports is taken for: its columns, what each gives, and what is left out."""
    from crimeetl.etl.output import harmless_line

    click.echo(f"{'':10}taken for {harmless_line(taken.words)}")
    for column in taken.columns:
        unasked = [name for name in column.types if name not in types]
        gives = ", ".join(column.types) or ("prose, for the model" if column.is_prose else "nothing but text")
        missing = f" (the schema does not ask for {', '.join(unasked)})" if unasked else ""
        shown = [shortened(harmless_line(sample)) for sample in column.samples]
        values = " | ".join(shown) or "(empty)"
        click.echo(f"{'':12}{shortened(harmless_line(column.heading)):32}{gives}{missing}: {values}")
    for line in taken.left_out[:SHOWN_LEFT_OUT]:
        click.echo(f"{'':12}left out: {shortened(harmless_line(line))}")
    if len(taken.left_out) > SHOWN_LEFT_OUT:
        click.echo(f"{'':12}and {len(taken.left_out) - SHOWN_LEFT_OUT} lines more; --json lists them all")


def shortened(line: str) -> str:
    """A line that fits beside others; what is cut shows as an ellipsis."""
    return line if len(line) <= SHOWN_CHARS else f"{line[: SHOWN_CHARS - 1]}…"


def show_status(found: "Status", sample: "Measure", database: "Path", *, as_json: bool, is_wide: bool = False) -> None:
    """How things stand in a database, how good its answers are where people have looked, and what to do next."""
    from dataclasses import asdict

    from crimeetl.etl.output import write_frame
    from crimeetl.etl.review import measure_lines

    if as_json:
        counts = {name: getattr(found, name) for name in ("files", "reports", "answered", "pending", "mentions")}
        frames = {"failures": found.failures_by_error, "runs": found.runs}
        rows: dict[str, object] = {name: frame.to_dicts() for name, frame in frames.items()}
        rows["sample"] = asdict(sample)
        click.echo(json.dumps(counts | rows, indent=2, default=str, ensure_ascii=False))
        return
    click.echo(f"{found.files} files, {found.reports} reports, {found.mentions} values\n\nnewest runs")
    write_frame(found.runs, "table", is_wide=is_wide)
    click.echo(f"\nstill failing: {found.failures}")
    if found.failures:
        write_frame(found.failures_by_error, "table", is_wide=is_wide)
    if sample.reports:
        click.echo("\n" + "\n".join(measure_lines(sample)))
    click.echo(
        f"\nthe same ingest again would extract {found.pending} reports and try the {found.failures} that failed; "
        "--dry-run also looks at what is new or changed on disk"
    )
    if found.reports:
        show_next(database)


def show_summary(summary: "Summary", settings: "IngestSettings", *, as_json: bool) -> None:
    """What an ingest did, what is unusual in it, and where to see what failed."""
    from crimeetl.etl.output import harmless_line

    if as_json:
        click.echo(json.dumps({name: getattr(summary, name) for name in summary.__slots__}))
    else:
        missing = f"{summary.missing} missing, " if settings.is_pruned else ""
        click.echo(
            f"{summary.reports} reports, {summary.values} values, {summary.skipped} skipped, {summary.failed} failed, "
            f"{missing}{summary.seconds:.1f} s; database {settings.database}"
        )
        for remark in summary.remarks:
            click.echo(f"notice: {harmless_line(remark)}", err=True)
    if summary.failed and not summary.is_interrupted:
        click.echo(f"see what failed: crimeetl query failures --db {settings.database}", err=True)
    if not (as_json or summary.is_interrupted) and summary.reports + summary.skipped:
        show_next(settings.database)


def show_next(database: "Path") -> None:
    """What people do with a database that has reports; told to people alone."""
    if sys.stderr.isatty():
        named = shlex.quote(str(database))
        click.echo(f"look at the values and correct them: crimeetl review --db {named}", err=True)
        click.echo(f"ask: crimeetl query offenses_by_type --db {named}; crimeetl query lists all questions", err=True)


def show_extractions(extractions: "Sequence[Extraction]", *, as_json: bool) -> None:
    """The answers about one report, or about several."""
    if as_json:
        shown = [_as_json(extraction) for extraction in extractions]
        click.echo(json.dumps(shown[0] if len(shown) == 1 else shown, indent=2, ensure_ascii=False))
    else:
        click.echo("\n\n".join(_as_lines(extraction) for extraction in extractions))


def _as_json(extraction: "Extraction") -> dict[str, Any]:
    """One report's answers by type, each with its offsets and confidence."""
    return {
        answer.entity_type: [
            {
                "value": mention.value,
                "char_start": mention.char_start,
                "char_end": mention.char_end,
                "confidence": None if mention.confidence is None else round(mention.confidence, 4),
                "source": mention.source,
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
            by_column = "  column" if mention.source == "column" else ""
            sure = by_column if mention.confidence is None else f"  {mention.confidence:.2f}"
            lines.append(f"{answer.entity_type:24}{mention.value!r}  {place}{sure}")
        if not answer.mentions:
            lines.append(f"{answer.entity_type:24}not stated")
    return "\n".join(lines)
