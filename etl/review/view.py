"""A report as the page shows it: its text in pieces, and its answers in groups. Free of the database and of HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from crimeetl.etl.review.corrections import Span, standing
from crimeetl.etl.review.store import ReviewedReport
from crimeetl.model.extraction import Mention

COLOURS = 24  # that the style sheet has


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A value in the list beside the text."""

    number: int  # among all values of the report, from 0, in the order of the list
    entity_type: str
    colour: int
    mention: Mention
    normalised: str | None  # where it says more than the value
    is_reviewed: bool


@dataclass(frozen=True, slots=True)
class ShownType:
    """A question and its values."""

    name: str
    words: str
    description: str
    colour: int
    choices: tuple[str, ...]
    values: tuple[ShownValue, ...]
    presence: float | None
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text between two places where values begin or end."""

    char_start: int
    text: str
    values: tuple[ShownValue, ...]  # that cover it, the longest first


def shown_types(report: ReviewedReport) -> tuple[ShownType, ...]:
    """The questions of a report, those with values first, each group in the schema's order."""
    answers = {answer.entity_type: answer for answer in report.state.answers}
    ordered = sorted(
        enumerate(report.schema.types),
        key=lambda pair: not (pair[1].name in answers and answers[pair[1].name].mentions),
    )
    number, shown = 0, []
    for place, entity_type in ordered:
        answer = answers.get(entity_type.name)
        values = []
        for mention in answer.mentions if answer else ():
            span = Span(mention.value, mention.char_start, mention.char_end)
            spelling = report.normalised.get((entity_type.name, span))
            values.append(
                ShownValue(
                    number,
                    entity_type.name,
                    place % COLOURS,
                    mention,
                    spelling if spelling != mention.value else None,
                    mention.source == "review",
                )
            )
            number += 1
        shown.append(
            ShownType(
                entity_type.name,
                entity_type.words,
                entity_type.description,
                place % COLOURS,
                entity_type.choices,
                tuple(values),
                answer.presence if answer else None,
                entity_type.name in report.state.settled_types,
            )
        )
    return tuple(shown)


def pieces(text: str, types: Sequence[ShownType]) -> list[Piece]:
    """The text cut where values begin or end; pieces put together are the text."""
    placed = [value for shown in types for value in shown.values if value.mention.char_start is not None]
    placed.sort(key=lambda value: (_start(value) - _end(value), value.number))
    cuts = sorted({0, len(text), *map(_start, placed), *map(_end, placed)})
    return [
        Piece(start, text[start:end], tuple(v for v in placed if _start(v) <= start and end <= _end(v)))
        for start, end in pairwise(cuts)
    ]


def _start(value: ShownValue) -> int:
    return value.mention.char_start or 0


def _end(value: ShownValue) -> int:
    return value.mention.char_end or 0


def history(report: ReviewedReport) -> list[str]:
    """What was done and counts, the newest first, in words."""
    lines = []
    for review in reversed(standing(report.reviews)):
        spans = " → ".join(span.value for span in (review.old, review.new) if span is not None)
        what = " ".join(filter(None, [review.verdict, review.entity_type, spans]))
        lines.append(f"{review.reviewed_at:%Y-%m-%d %H:%M} {review.reviewer}: {what}")
    return lines
