"""What people said of a report's values, and what the answers are then. Free of the database.

    the model's answers ── what people said, in its order, less what they took back ──▶ the answers that count

Values are known by what they say and where they stand, not by their ids: what a person rejected stays rejected, and
what a person accepted or added stays there, whatever a model gives later.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

from crimeetl.model.extraction import Answer, Mention
from crimeetl.model.schema import EntitySchema

Verdict = Literal["accepted", "rejected", "changed", "added", "absent", "done", "reopened", "undone"]
PickedBy = Literal["unsure", "random", "hand"]
VERDICTS: tuple[str, ...] = get_args(Verdict)
PICKED_BY: tuple[str, ...] = get_args(PickedBy)
OF_REPORTS = ("done", "reopened", "undone")  # verdicts that need no type
SURE = 1.0  # the confidence of what a person said


@dataclass(frozen=True, slots=True)
class Span:
    """A value and where it stands in the report: nowhere, if it is a choice."""

    value: str
    char_start: int | None
    char_end: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One thing that a person did: a row of ``review``."""

    review_id: str
    report_id: str
    schema_digest: str
    entity_type: str | None  # None where it is about the report as a whole
    verdict: Verdict
    old: Span | None  # the value that it is about
    new: Span | None  # the value that was added, or put in its place
    mention_id: str | None
    undone_review_id: str | None
    picked_by: PickedBy
    reviewer: str
    reviewed_at: datetime


@dataclass(frozen=True, slots=True)
class Corrected:
    """A report as people left it."""

    answers: tuple[Answer, ...]
    touched_types: frozenset[str]  # of which something was said: no model's later answer takes their place
    settled_types: frozenset[str]  # of which all was said: nobody need look at them again
    is_done: bool  # a person said so of the whole report


def standing(reviews: Iterable[Review]) -> list[Review]:
    """What was not taken back, in its order; what took back what was taken back again does not count either."""
    void: set[str | None] = set()
    kept = []
    for review in sorted(reviews, key=lambda review: review.review_id, reverse=True):
        if review.review_id in void:
            continue
        if review.verdict == "undone":
            void.add(review.undone_review_id)
        else:
            kept.append(review)
    return kept[::-1]


def corrected(given: Sequence[Answer], reviews: Iterable[Review], schema: EntitySchema) -> Corrected:
    """The answers that count.

    A question is settled when the report is done, when it was said to be not stated, or when each of its values was
    accepted, rejected or changed.

    Args:
        given: the model's answers.
        reviews: all that people did to the report, in any order.
        schema: the questions; what was said of others is left out.
    """
    said = standing(reviews)
    whole = [review.verdict for review in said if review.entity_type is None]
    is_done = bool(whole) and whole[-1] == "done"
    by_type = {answer.entity_type: answer for answer in given}
    answers, touched, settled = [], set(), set()
    for entity_type in schema.types:
        own = [review for review in said if review.entity_type == entity_type.name]
        answer = by_type.get(entity_type.name)
        if answer is None:
            if not own and not is_done:
                continue
            answer = Answer(entity_type.name, (), None, is_cut=False)
        answer, is_settled = _answer_as_said(answer, own, is_multiple=entity_type.is_multiple)
        if is_done or own:
            touched.add(entity_type.name)
        if is_done or is_settled:
            settled.add(entity_type.name)
        if is_done:
            answer = replace(answer, mentions=tuple(_by_person(mention) for mention in answer.mentions))
        answers.append(answer)
    return Corrected(tuple(answers), frozenset(touched), frozenset(settled), is_done)


def _answer_as_said(answer: Answer, reviews: Sequence[Review], *, is_multiple: bool) -> tuple[Answer, bool]:
    """One question's answer as people left it, and whether they have settled it."""
    values = {_span(mention): mention for mention in answer.mentions}
    decided: set[Span] = set()
    is_absent = False
    for review in reviews:
        if review.verdict == "absent":
            values, is_absent = {}, True
        if review.old is not None:
            decided.add(review.old)
            known = values.pop(review.old, None)
            if review.verdict == "accepted":
                values[review.old] = _by_person(known or _mention(review.old))
        if review.new is not None:
            if not is_multiple:
                decided |= values.keys()
                values = {}
            decided.add(review.new)
            values[review.new] = _by_person(_mention(review.new))
    is_settled = is_absent or (bool(decided) and all(_span(mention) in decided for mention in answer.mentions))
    ordered = sorted(values.values(), key=lambda mention: (mention.char_start is None, mention.char_start or 0))
    if not reviews:
        return answer, False
    return replace(answer, mentions=tuple(ordered), is_cut=answer.is_cut and not is_settled), is_settled


def _span(mention: Mention) -> Span:
    return Span(mention.value, mention.char_start, mention.char_end)


def _mention(span: Span) -> Mention:
    return Mention(span.value, span.char_start, span.char_end, SURE, "review")


def _by_person(mention: Mention) -> Mention:
    return replace(mention, confidence=SURE, source="review")
