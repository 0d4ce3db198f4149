"""Labelled reports from a seed: the same seed gives the same bytes.

World ── incident ──▶ Style ── marked text ──▶ surroundings, noise ──▶ SynthesisedReport
"""

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crimeetl.etl.errors import WrongUsage
from crimeetl.model.schema import EntitySchema, load_schema
from crimeetl.model.synthesise.marked import Mark, Marked
from crimeetl.model.synthesise.noise import noisy
from crimeetl.model.synthesise.styles import HELD_OUT, STYLES
from crimeetl.model.synthesise.vocabulary import surround
from crimeetl.model.synthesise.voices import NUMBER_WORDS
from crimeetl.model.synthesise.world import World

TYPES = frozenset(load_schema("incident").by_name)
# The most years of each.
AGE_RANGES = ((12, "Child"), (17, "Teenager"), (30, "Young Adult"), (64, "Adult"), (200, "Senior"))
ACCEPTABLE = 1  # marks of at most this rank are as good an answer as the best


@dataclass(frozen=True, slots=True)
class SynthesisedReport:
    """One report with its gold values and who is who in it."""

    report_id: str
    style: str
    text: str
    entities: dict[str, list[Any]]  # as labelled data has them
    identities: list[dict[str, Any]]  # every mention by name of a person or place that may return: type, span, identity

    def as_json(self) -> str:
        """A line of labelled data."""
        row = {
            "id": self.report_id,
            "style": self.style,
            "text": self.text,
            "entities": self.entities,
            "identities": self.identities,
        }
        return json.dumps(row, ensure_ascii=False)


def synthesise(
    count: int,
    *,
    seed: int,
    schema: EntitySchema,
    styles: Sequence[str] = tuple(STYLES),
    surrounded_share: float = 0.0,
) -> Iterator[SynthesisedReport]:
    """So many reports, in styles that take turns at random.

    Args:
        styles: names from STYLES and HELD_OUT.
        surrounded_share: of the reports, that stand in pages of other text; the rest are the same with any share.

    Raises:
        WrongUsage: a style is unknown, or the schema has no type that the generator can plant.
    """
    known = STYLES | HELD_OUT
    if unknown := [name for name in styles if name not in known]:
        raise WrongUsage(f"there is no style {', '.join(unknown)}; there are {', '.join(known)}")
    types = [entity_type.name for entity_type in schema.types if entity_type.name in TYPES]
    if not types:
        raise WrongUsage(
            f"the generator knows none of the types of the schema {schema.name}; it knows those of incident"
        )
    world = World(random.Random(f"{seed} world"))
    for number in range(count):
        rng = random.Random(f"{seed} report {number}")
        style = rng.choice(list(styles))
        marked = known[style](world.incident(), rng)
        pages = random.Random(f"{seed} surroundings {number}")
        if pages.random() < surrounded_share:
            marked = surround(marked, pages)
        marked = noisy(marked, rng)
        yield SynthesisedReport(
            report_id=f"synthesised-{seed}-{number}",
            style=style,
            text=marked.text,
            entities={name: gold_values(marked, name) for name in types},
            identities=_identities(marked),
        )


def gold_values(marked: Marked, entity_type: str) -> list[Any]:
    """The gold values of a type, in the order of the text."""
    if entity_type == "Victim_AgeRange":
        return _age_ranges(marked)
    by_key: dict[str, list[Mark]] = {}
    for mark in marked.marks:
        if entity_type in mark.entity_types and mark.end > mark.start:
            by_key.setdefault(mark.key, []).append(mark)
    found = []
    for marks in by_key.values():
        best = min(mark.rank for mark in marks)
        good = sorted((m for m in marks if m.rank <= max(best, ACCEPTABLE)), key=lambda m: (m.rank, m.start, m.end))
        ways: dict[tuple[int, int], dict[str, Any]] = {}
        for mark in good:
            ways.setdefault((mark.start, mark.end), _mention(marked.text, mark))
        found.append((good[0].start, list(ways.values())))
    found.sort(key=lambda pair: pair[0])
    return [ways[0] if len(ways) == 1 else {"alternatives": ways} for _, ways in found]


def _mention(text: str, mark: Mark) -> dict[str, Any]:
    return {"value": text[mark.start : mark.end], "start": mark.start, "end": mark.end}


def _age_ranges(marked: Marked) -> list[str]:
    """What follows from the victims' ages that the text states, once for each victim."""
    found: dict[str, str] = {}
    for mark in marked.marks:
        if "Victim_Age" in mark.entity_types and mark.key not in found:
            years = _years(marked.text[mark.start : mark.end].lower())
            if years is not None:
                found[mark.key] = next(name for most, name in AGE_RANGES if years <= most)
    return list(found.values())


def _years(text: str) -> int | None:
    """An age as a number, "30s" by its middle and digits as a scanner misreads them; None where it is none."""
    digits = text.replace("o", "0")
    if re.fullmatch(r"[1-9s]0s", digits):
        return int(digits[0].replace("s", "5")) * 10 + 5
    digits = digits.replace("s", "5")
    if digits.isdecimal():
        return int(digits)
    return NUMBER_WORDS.index(text) if text in NUMBER_WORDS else None


def _identities(marked: Marked) -> list[dict[str, Any]]:
    """Mentions of people, officers and places by name, each with whom or what it names."""
    rows = []
    for mark in sorted(marked.marks, key=lambda m: (m.start, m.end)):
        identity, _, aspect = mark.key.partition(":")
        if aspect in ("name", "place", "badge") and mark.end > mark.start:
            rows.append({"identity": identity, "types": list(mark.entity_types), **_mention(marked.text, mark)})
    return rows
