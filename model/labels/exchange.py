"""Reviewed reports with other values in their places: what is to be learned is the layout, not the few values in it."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from crimeetl.model.schema import EntitySchema

EXCHANGED = 0.7  # of the values that can be
MOST_WORDS = 8  # a longer value is a passage, whose bounds are what is to be learned


def values_of(labelled: Sequence[dict[str, Any]], schema: EntitySchema) -> dict[str, list[str]]:
    """The values that reports give with their places, by type."""
    found: dict[str, list[str]] = {}
    for row in labelled:
        for name, values in row["entities"].items():
            if name in schema.by_name:
                found.setdefault(name, []).extend(
                    value["value"] for value in values if _has_a_place(value) and _is_short(value["value"])
                )
    return found


def exchanged(
    row: dict[str, Any], others: Mapping[str, Sequence[str]], schema: EntitySchema, rng: random.Random
) -> dict[str, Any]:
    """A labelled report with most of its values replaced by others of their types.

    Left as they are: values that stand elsewhere in the text too, overlap another, or have no place; passages; and ages
    where a choice was made, for an age group follows from them.

    Args:
        others: values by type.
    """
    text, entities = row["text"], row["entities"]
    has_choices = any(values and schema.by_name[name].kind == "choice" for name, values in entities.items())
    fixed = {name for name in entities if has_choices and schema.by_name[name].normaliser == "age"}
    spans = sorted(
        (value["start"], value["end"], name, number)
        for name, values in entities.items()
        for number, value in enumerate(values)
        if _has_a_place(value)
    )
    put: dict[tuple[str, int], str] = {}
    for start, end, name, number in spans:
        is_alone = sum(start < other_end and other_start < end for other_start, other_end, *_ in spans) == 1
        known = others.get(name, ())
        is_free = name not in fixed and _is_short(text[start:end])
        if is_alone and is_free and text.count(text[start:end]) == 1 and known:
            value = rng.choice(known)
            if rng.random() < EXCHANGED and value not in text:
                put[name, number] = value
    made, at = "", 0
    new: dict[str, list[Any]] = {
        name: [value if not _has_a_place(value) else None for value in values] for name, values in entities.items()
    }
    moved = 0
    for start, end, name, number in spans:
        value = put.get((name, number), text[start:end])
        new[name][number] = {"value": value, "start": start + moved, "end": start + moved + len(value)}
        if (name, number) in put:
            made += text[at:start] + value
            at = end
            moved += len(value) - (end - start)
    return {"id": row["id"], "text": made + text[at:], "entities": new}


def _is_short(value: str) -> bool:
    return len(value.split()) <= MOST_WORDS


def _has_a_place(value: Any) -> bool:
    return isinstance(value, dict) and value.get("start") is not None
