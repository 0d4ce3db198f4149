"""Labelled reports, in three formats told apart by their keys, one JSON object a line.

    {"conversation": "<system>\\nUser: Text:\\n<report>\\nAssistant: I've read this text.\\nUser: What describes ..."}
    {"messages": [{"role": "system", "content": ...}, {"role": "user", "content": "Text:\\n<report>"}, ...]}
    {"id": ..., "text": ..., "entities": {"<Type>": [<value>, ...]}}

A value of the third is text, a number, ``{"value", "start", "end"}``, or ``{"alternatives": [<such>, ...]}``, any one
of which is right. A type that a report does not name was not asked; one with an empty list is not stated.

A mix is a TOML file that names several such files, how much each counts, and what to validate and calibrate on::

    [[source]]
    data = "reports.jsonl"            # seen from the mix's folder
    split = "splits.json"             # and a part of it, if the file is split
    part = "train"
    visits = 2                        # in one epoch; 1 unless given, 0.5 takes half of the reports
    crowd_sourced = true              # drop reports without any label, and doubt empty ones (see supervise)

    [[validation]]
    data = "other-reports.jsonl"
"""

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from datasets import Dataset, Features, List, Value

from crimeetl.etl.errors import LabelledDataInvalid, WrongUsage
from crimeetl.model.tree.prompt import TEXT_TURN

QUESTION = re.compile(r"What describes (.+?) in the text\?", re.DOTALL)
READ = re.compile(r"\nAssistant: I['\u2019]ve read this text\.\Z")
LAST_QUESTION = re.compile(r"\nUser: What describes ([^\n]+?) in the text\?\nAssistant: ([^\n]*)\Z")

MENTION = {"value": Value("string"), "start": Value("int64"), "end": Value("int64")}
FEATURES = Features(
    {
        "report_id": Value("string"),
        "source": Value("string"),
        "visits": Value("float64"),
        "is_crowd_sourced": Value("bool"),
        "text": Value("large_string"),
        "gold": List({"entity_type": Value("string"), "values": List(List(MENTION))}),
    }
)


@dataclass(frozen=True, slots=True)
class GoldMention:
    """One acceptable way to give a gold value."""

    value: str
    char_start: int | None  # None where the data gives no offsets
    char_end: int | None


@dataclass(frozen=True, slots=True)
class LabelledReport:
    """One report with its gold answers."""

    report_id: str
    text: str
    gold: dict[str, tuple[tuple[GoldMention, ...], ...]]  # type -> values -> alternatives; absent type: not asked
    is_crowd_sourced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file of labelled data, and how it is used."""

    data: Path
    split: Path | None = None
    """A JSON file that names parts, ``{"<folder>/<file>": {"by": "id" or "line number from 0", "<part>": [...] or
    "all"}}``; a data file is found in it by the end of its path."""
    part: str | None = None
    """The part of the split file to take; needs ``split``."""
    visits: float = 1.0
    """How often an epoch sees each report."""
    is_crowd_sourced: bool = False


def read_mix(path: Path) -> tuple[list[Source], list[Source]]:
    """The sources that a mix file names, to train on and to validate on.

    Raises:
        WrongUsage: it is no mix.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        trained, held = ([_source(path.parent, row) for row in table.pop(key, [])] for key in ("source", "validation"))
        if table or not trained:
            raise ValueError(f"it takes [[source]] and [[validation]] tables, got {', '.join(table) or 'none'}")
        return trained, held
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError, ValueError) as error:
        raise WrongUsage(f"the mix {path} cannot be used: {error}") from error


def sources_of(
    paths: Sequence[Path], *, split: Path | None = None, part: str | None = None, validation_part: str | None = None
) -> tuple[list[Source], list[Source]]:
    """What the user named, to train or score on and to validate on: labelled files and mixes of them (``.toml``).

    Args:
        split, part, validation_part: for the labelled files; mixes say it themselves.
    """
    found: tuple[list[Source], list[Source]] = [], []
    for path in paths:
        if path.suffix == ".toml":
            trained, held = read_mix(path)
            found[0].extend(trained)
            found[1].extend(held)
        else:
            found[0].append(Source(data=path, split=split, part=part))
            if validation_part is not None:
                found[1].append(Source(data=path, split=split, part=validation_part))
    return found


def _source(folder: Path, row: dict[str, Any]) -> Source:
    known = ("data", "split", "part", "visits", "crowd_sourced")
    if unknown := [key for key in row if key not in known]:
        raise ValueError(f"a source has no {', '.join(unknown)}, only {', '.join(known)}")
    if "data" not in row:
        raise ValueError("a source needs data")
    return Source(
        data=folder / row["data"],
        split=folder / row["split"] if "split" in row else None,
        part=row.get("part"),
        visits=float(row.get("visits", 1)),
        is_crowd_sourced=bool(row.get("crowd_sourced", False)),
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
    return Dataset.from_list(rows, features=FEATURES)


def _source_rows(source: Source) -> Iterator[dict[str, Any]]:
    path, split, part = source.data, source.split, source.part
    if not path.is_file():
        raise WrongUsage(f"there is no labelled data file {path}; give one or more .jsonl files")
    keep = _part_members(split, part, path) if split is not None and part is not None else None
    for number, report in _read_file(path):
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


def _part_members(split: Path, part: str, path: Path) -> set[int | str] | None:
    """The lines or ids of a part; None for all of the file."""
    try:
        table = json.loads(split.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WrongUsage(f"the split file {split} cannot be read: {error}") from error
    names = [name for name in table if path.resolve().as_posix().endswith(f"/{name}")]
    if not names:
        raise WrongUsage(f"the split file {split} does not name {path}; it names {', '.join(table)}")
    parts = table[max(names, key=len)]
    if part not in parts or part == "by":
        known = ", ".join(name for name in parts if name != "by")
        raise WrongUsage(f"the split file {split} has no part {part!r} for {path}; it has {known}")
    if parts[part] == "all":
        return None
    return {str(member) for member in parts[part]} if parts.get("by") == "id" else set(parts[part])


def _read_file(path: Path) -> Iterator[tuple[int, LabelledReport]]:
    """Each line's report with its line number from 0."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise LabelledDataInvalid(path, 1, f"it cannot be read as UTF-8 text: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield number - 1, _parse(json.loads(line), default_id=f"{path.name}:{number}")
        except (ValueError, TypeError, KeyError) as error:
            reason = f"the key {error} is missing" if isinstance(error, KeyError) else str(error)
            raise LabelledDataInvalid(path, number, reason) from error


def _parse(row: Any, *, default_id: str) -> LabelledReport:
    if not isinstance(row, dict):
        raise ValueError("a line must be a JSON object")
    report_id = str(row.get("id", default_id))
    if "conversation" in row:
        text, turns = _conversation_turns(row["conversation"])
    elif "messages" in row:
        text, turns = _message_turns(row["messages"])
    elif "text" in row and "entities" in row:
        if not isinstance(row["text"], str) or not isinstance(row["entities"], dict):
            raise ValueError("text must be a string and entities an object")
        gold = {name: _gold_values(name, values, row["text"]) for name, values in row["entities"].items()}
        return LabelledReport(report_id, row["text"], gold)
    else:
        raise ValueError("it has none of the keys conversation, messages, or text and entities")
    return LabelledReport(report_id, text, {name: _answer_values(name, answer, text) for name, answer in turns})


def _conversation_turns(conversation: Any) -> tuple[str, list[tuple[str, str]]]:
    """Report and (type, answer) turns; read from the outside in, for a report may itself hold such lines."""
    if not isinstance(conversation, str):
        raise ValueError(f"the conversation must be text, got {conversation!r:.80}")
    _, found, rest = conversation.partition(f"\nUser: {TEXT_TURN}")
    if not found:
        raise ValueError("the conversation has no line 'User: Text:'")
    turns: list[tuple[str, str]] = []
    while not (read := READ.search(rest)):
        question = LAST_QUESTION.search(rest)
        if question is None:
            raise ValueError(f"the conversation breaks off before ...{rest[-60:]!r}")
        turns.insert(0, (question[1], question[2]))
        rest = rest[: question.start()]
    return rest[: read.start()], turns


def _message_turns(messages: Any) -> tuple[str, list[tuple[str, str]]]:
    if not isinstance(messages, list) or not all(
        isinstance(message, dict) and all(isinstance(message.get(key), str) for key in ("role", "content"))
        for message in messages
    ):
        raise ValueError("messages must be a list of objects with role and content")
    spoken = [message for message in messages if message["role"] != "system"]
    roles = [message["role"] for message in spoken]
    if len(spoken) < 2 or roles != ["user", "assistant"] * (len(spoken) // 2):
        raise ValueError(f"messages must take turns between user and assistant, got {roles}")
    contents = [message["content"] for message in spoken]
    if not contents[0].startswith(TEXT_TURN):
        raise ValueError("the first user message must begin with 'Text:' and a line break")
    turns = []
    for question, answer in zip(contents[2::2], contents[3::2], strict=True):
        match = QUESTION.fullmatch(question.strip())
        if match is None:
            raise ValueError(f"not a question of the protocol: {question[:80]!r}")
        turns.append((match[1], answer))
    return contents[0][len(TEXT_TURN) :], turns


def _answer_values(name: str, answer: str, text: str) -> tuple[tuple[GoldMention, ...], ...]:
    values = json.loads(answer)
    if not isinstance(values, dict) or list(values) != [name]:
        raise ValueError(f"the answer about {name} must be an object with that one key, got {answer[:80]!r}")
    return _gold_values(name, values[name], text)


def _gold_values(name: str, values: Any, text: str) -> tuple[tuple[GoldMention, ...], ...]:
    if not isinstance(values, list):
        raise ValueError(f"the values of {name} must be a list, got {values!r:.80}")
    gold = []
    for value in values:
        ways = value["alternatives"] if isinstance(value, dict) and "alternatives" in value else [value]
        if not ways:
            raise ValueError(f"a value of {name} has no alternatives")
        gold.append(tuple(_gold_mention(name, way, text) for way in ways))
    return tuple(gold)


def _gold_mention(name: str, value: Any, text: str) -> GoldMention:
    if isinstance(value, dict):
        mention, start, end = value["value"], value["start"], value["end"]
        if not 0 <= start <= end <= len(text) or text[start:end] != mention:
            raise ValueError(f"{name}: the text at {start} to {end} is not {mention!r}")
        return GoldMention(mention, start, end)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"a value of {name} must be text, a number or an object, got {value!r:.80}")
    return GoldMention(str(value), None, None)
