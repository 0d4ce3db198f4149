"""What is taught and what judges it: reviewed reports, and made-up ones so that nothing is forgotten."""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from datasets import Dataset, concatenate_datasets

from crimeetl.etl.errors import WrongUsage
from crimeetl.model.labels import Source, exchanged, read_sources, values_of
from crimeetl.model.schema import EntitySchema, load_schema
from crimeetl.model.synthesise import synthesise
from crimeetl.model.train.recipe import TeachSettings

LEAST_REVIEWED = 5  # reports: fewer leave too little to learn from and nothing to judge by
LEAST_HELD = 2
REVIEWED, MADE_UP = "reviewed.jsonl", "made-up.jsonl"  # a data set's sources are named so
DRAWN_FOR_ONE = 4  # made-up reports, for each that is used
KNOWN_BY_THE_GENERATOR = "incident"


@dataclass(frozen=True, slots=True)
class Lesson:
    """Reports to learn from, and others to judge by."""

    learned: Dataset
    judged: Dataset
    reviewed: int
    held: int  # of the reviewed ones, judged by
    replayed: int


def lesson_of(settings: TeachSettings, labelled: Sequence[dict[str, Any]], scratch: Path) -> Lesson:
    """Parts reviewed reports into those to learn from and those to judge by, and puts made-up ones beside each.

    Which are held is decided by their ids, so that those that are held stay held as more are reviewed, or nearly.

    Args:
        scratch: a folder for the files on the way.

    Raises:
        WrongUsage: there are too few.
        LabelledDataInvalid: one cannot be used.
    """
    reviewed = different_reports(labelled, settings.schema)
    if len(reviewed) < LEAST_REVIEWED:
        missing = LEAST_REVIEWED - len(reviewed)
        raise WrongUsage(
            f"{len(reviewed)} different reports are reviewed and {LEAST_REVIEWED} are needed to learn from; "
            f"review {missing} more, with crimeetl review"
        )
    count = max(LEAST_HELD, round(settings.held_share * len(reviewed)))
    by_chance = sorted(reviewed, key=lambda row: hashlib.sha256(str(row["id"]).encode()).digest())
    held, learned = by_chance[:count], by_chance[count:]
    replayed = round(settings.visits * len(learned) * settings.replay_share / (1 - settings.replay_share))
    made_up = made_up_rows(settings.schema, replayed + settings.judging_reports, seed=settings.seed)
    judging = made_up[: settings.judging_reports]
    replay = made_up[len(judging) :]
    return Lesson(
        learned=_data_set(scratch, _visited(learned, replay, settings), replay),
        judged=_data_set(scratch, held, judging),
        reviewed=len(reviewed),
        held=count,
        replayed=len(made_up) - len(judging),
    )


def different_reports(labelled: Iterable[dict[str, Any]], schema: EntitySchema) -> list[dict[str, Any]]:
    """The reports that label a type of the schema, with these types alone; of copies the last stands."""
    found = {}
    for row in labelled:
        entities = {name: values for name, values in row["entities"].items() if name in schema.by_name}
        if entities:
            found[row["text"]] = {**row, "entities": entities}
    return list(found.values())


def made_up_rows(schema: EntitySchema, count: int, *, seed: int) -> list[dict[str, Any]]:
    """Made-up labelled reports of the types that the schema means as the generator does; none without such.

    Half are as they come, the others chosen to state what the rest seldom do: what is not replayed is forgotten.
    """
    known = load_schema(KNOWN_BY_THE_GENERATOR).by_name
    types = tuple(t for t in schema.types if known.get(t.name) == t)
    if not types:
        return []
    made = [
        {"id": report.report_id, "text": report.text, "entities": report.entities}
        for report in synthesise(DRAWN_FOR_ONE * count, seed=seed, schema=replace(schema, types=types))
    ]
    chosen, rest = made[: count // 2], made[count // 2 :]
    stated = Counter(name for row in chosen for name in _stated(row))
    while len(chosen) < count:
        rarest = max(rest, key=lambda row: sum(1 / (1 + stated[name]) ** 2 for name in _stated(row)))
        rest.remove(rarest)
        chosen.append(rarest)
        stated.update(_stated(rarest))
    random.Random(seed).shuffle(chosen)
    return chosen


def _stated(row: dict[str, Any]) -> list[str]:
    return [name for name, values in row["entities"].items() if values]


def _visited(
    learned: Sequence[dict[str, Any]], made_up: Sequence[dict[str, Any]], settings: TeachSettings
) -> list[dict[str, Any]]:
    """Each report as it is, and again with other values in their places, so often as it is to be visited."""
    rng, others = random.Random(settings.seed), values_of([*learned, *made_up], settings.schema)
    again = [exchanged(row, others, settings.schema, rng) for _ in range(settings.visits - 1) for row in learned]
    return [*learned, *again]


def _data_set(scratch: Path, reviewed: Sequence[dict[str, Any]], made_up: Sequence[dict[str, Any]]) -> Dataset:
    parts = []
    for name, rows in ((REVIEWED, reviewed), (MADE_UP, made_up)):
        if rows:
            file = scratch / name
            file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
            parts.append(read_sources([Source(data=file)]))
    return concatenate_datasets(parts)
