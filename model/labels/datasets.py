"""Labelled files -> one data set, and its rows as labelled reports."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from datasets import Dataset, Features, List, Value

from crimeetl.etl.errors import WrongUsage
from crimeetl.model.labels.formats import read_labelled
from crimeetl.model.labels.mixes import Source, part_members
from crimeetl.model.labels.reports import GoldMention, LabelledReport

MENTION = {"value": Value("string"), "start": Value("int64"), "end": Value("int64")}
COLUMNS = Features(
    {
        "report_id": Value("string"),
        "source": Value("string"),
        "visits": Value("float64"),
        "is_crowd_sourced": Value("bool"),
        "text": Value("large_string"),
        "gold": List({"entity_type": Value("string"), "values": List(List(MENTION))}),
    }
)


def read_sources(sources: Sequence[Source], *, limit: int | None = None) -> Dataset:
    """Labelled data as one data set, rows in the order of the sources and their lines.

    Args:
        limit: take at most so many reports of each.

    Raises:
        WrongUsage: a file is missing, or the split file does not name it or the part, or there is no report at all.
        LabelledDataInvalid: a line is of none of the three formats.
    """
    rows = [row for source in sources for row in islice(_source_rows(source), limit)]
    if not rows:
        where = ", ".join(
            f"the part {source.part} of {source.split}" if source.part else str(source.data) for source in sources
        )
        raise WrongUsage(f"there is no labelled report in {where}; give .jsonl files with some")
    return Dataset.from_list(rows, features=COLUMNS)


def _source_rows(source: Source) -> Iterator[dict[str, Any]]:
    path, split, part = source.data, source.split, source.part
    if not path.is_file():
        raise WrongUsage(f"there is no labelled data file {path}; give one or more .jsonl files")
    keep = part_members(split, part, path) if split is not None and part is not None else None
    for number, report in read_labelled(path):
        if keep is None or number in keep or report.report_id in keep:
            yield {
                **_as_row(report),
                "source": path.name,
                "visits": source.visits,
                "is_crowd_sourced": source.is_crowd_sourced,
            }


def labelled_reports(dataset: Dataset) -> Iterator[LabelledReport]:
    """The reports of a data set that ``read_sources`` made."""
    for row in dataset:
        gold = {
            entry["entity_type"]: tuple(
                tuple(GoldMention(m["value"], m["start"], m["end"]) for m in alternatives)
                for alternatives in entry["values"]
            )
            for entry in row["gold"]
        }
        yield LabelledReport(row["report_id"], row["text"], gold, row["is_crowd_sourced"])


def _as_row(report: LabelledReport) -> dict[str, Any]:
    gold = [
        {
            "entity_type": name,
            "values": [[{"value": m.value, "start": m.char_start, "end": m.char_end} for m in ways] for ways in values],
        }
        for name, values in report.gold.items()
    ]
    return {"report_id": report.report_id, "text": report.text, "gold": gold}
