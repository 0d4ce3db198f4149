"""How good answers are: precision, recall and F1 against gold values.

A predicted value matches a gold value when, by measure,

    exact        it is the same text as one of the gold value's alternatives
    fuzzy        rapidfuzz's token_sort_ratio with one of them is at least 85
    approximate  one of the two contains the other, whatever the case
    overlap      their spans share a character; a gold value without offsets has the spans of all its occurrences

Each gold value is matched by one predicted value at most, best pairs first. Each is counted twice: as stated, and with
values such as "Not provided" taken for no value, on both sides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crimeetl.model.evaluate.matching import MEASURES, Gold, match
from crimeetl.model.evaluate.mistakes import Mistake, mistakes_of
from crimeetl.model.evaluate.reliability import INTERVAL, Reliability, reliability, report_draws
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.labels import LabelledReport
from crimeetl.model.schema import EntitySchema
from crimeetl.model.sentinels import is_sentinel

READINGS = ("as_stated", "sentinels_empty")
BOOTSTRAP_ROUNDS = 2000


@dataclass(frozen=True, slots=True)
class Counts:
    """Matched, wrongly given and missed values."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        """0..1; None where nothing was predicted."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """0..1; None where there is no gold value."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    @property
    def f1(self) -> float | None:
        """0..1; None where there is neither gold nor prediction."""
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else None


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 with the F1's bootstrap interval over reports."""

    precision: float | None
    recall: float | None
    f1: float | None
    f1_low: float | None
    f1_high: float | None
    gold: int
    predicted: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one model on one set of labelled reports."""

    source: str  # whose reports: a file's name, or "all"
    model: str
    schema: str
    reports: int
    questions: int
    values: int  # predicted
    overall: dict[str, dict[str, Score]]  # reading -> measure
    by_type: dict[str, dict[str, dict[str, Score]]]  # type -> reading -> measure
    set_exact: float  # share of questions whose values are exactly the gold ones, in any order
    empty_accuracy: float | None  # share of questions without gold value that were answered with none
    valid_json: float  # share of answers that were whole JSON when decoding ended
    grounded: float | None  # share of copied values that stand at their offsets
    loss: float | None  # over the gold answers' tokens
    token_accuracy: float | None
    perplexity: float | None
    seconds_a_report: float
    reliability: Reliability | None  # None without confidences
    # i64[reports, readings, measures, (right, wrong, missed)]: what a paired comparison draws from
    report_counts: NDArray[np.int64] = field(repr=False, compare=False)
    mistakes: tuple[Mistake, ...] = field(repr=False)

    def figures(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {name: value for name, value in asdict(self).items() if name not in ("report_counts", "mistakes")}


@dataclass(frozen=True, slots=True)
class _Question:
    """One question of one labelled report, and what was answered."""

    report_number: int
    report: LabelledReport
    gold: Gold
    answer: Answer
    pairs: list[tuple[int, int]]  # gold value and mention that match fuzzily


def score(
    reports: Sequence[LabelledReport],
    extractions: Sequence[Extraction],
    *,
    schema: EntitySchema,
    source: str,
    model: str,
    seconds_a_report: float,
    forced: dict[str, float],
) -> Evaluation:
    """Scores extractions against gold; only types that a report labels count."""
    names = [entity_type.name for entity_type in schema.types]
    questions = list(_questions(reports, extractions))
    counts = _counts(questions, len(reports), names)
    cut = sum(question.answer.is_cut for question in questions)
    return Evaluation(
        source=source,
        model=model,
        schema=schema.name,
        reports=len(reports),
        questions=len(questions),
        values=sum(len(question.answer.mentions) for question in questions),
        overall=_scores(counts.sum(axis=1)),
        by_type={name: _scores(counts[:, j]) for j, name in enumerate(names)},
        set_exact=sum(_is_same_set(q.gold, q.answer.mentions) for q in questions) / len(questions),
        empty_accuracy=_share([not q.answer.mentions for q in questions if not q.gold]),
        valid_json=1 - cut / len(questions),
        grounded=_share([_is_in_place(q.report, m) for q in questions for m in _copied(q.answer)]),
        loss=forced.get("loss"),
        token_accuracy=forced.get("token_accuracy"),
        perplexity=forced.get("perplexity"),
        seconds_a_report=seconds_a_report,
        reliability=reliability(_confidences(questions, len(reports))),
        report_counts=counts.sum(axis=1),
        mistakes=tuple(found for q in questions for found in mistakes_of(source, q.report, q.gold, q.answer, q.pairs)),
    )


def _questions(reports: Sequence[LabelledReport], extractions: Sequence[Extraction]) -> Iterator[_Question]:
    for number, (report, extraction) in enumerate(zip(reports, extractions, strict=True)):
        for answer in extraction.answers:
            gold = report.gold.get(answer.entity_type)
            if gold is not None:
                yield _Question(number, report, gold, answer, match(report.text, gold, answer.mentions, "fuzzy"))


def _counts(questions: Sequence[_Question], reports: int, names: Sequence[str]) -> NDArray[np.int64]:
    """i64[reports, types, readings, measures, (right, wrong, missed)]."""
    counts: NDArray[np.int64] = np.zeros((reports, len(names), len(READINGS), len(MEASURES), 3), dtype=np.int64)
    for question in questions:
        place = question.report_number, names.index(question.answer.entity_type)
        for k, reading in enumerate(READINGS):
            counts[(*place, k)] = _question_counts(question, without_sentinels=reading == "sentinels_empty")
    return counts


def _question_counts(question: _Question, *, without_sentinels: bool) -> NDArray[np.int64]:
    """i64[measures, (right, wrong, missed)]."""
    gold, mentions = question.gold, question.answer.mentions
    if without_sentinels:
        gold = [ways for ways in gold if not all(is_sentinel(way.value) for way in ways)]
        mentions = tuple(mention for mention in mentions if not is_sentinel(mention.value))
    rows = []
    for measure in MEASURES:
        right = len(match(question.report.text, gold, mentions, measure))
        rows.append((right, len(mentions) - right, len(gold) - right))
    return np.asarray(rows, dtype=np.int64)


def _confidences(questions: Sequence[_Question], reports: int) -> list[list[tuple[float, bool]]]:
    """For each report its values' confidences and whether they are right; none where there is no calibration."""
    found: list[list[tuple[float, bool]]] = [[] for _ in range(reports)]
    for question in questions:
        right = {j for _, j in question.pairs}
        found[question.report_number] += [
            (mention.confidence, j in right)
            for j, mention in enumerate(question.answer.mentions)
            if mention.confidence is not None
        ]
    return found


def _copied(answer: Answer) -> list[Mention]:
    return [mention for mention in answer.mentions if mention.char_start is not None]


def _is_in_place(report: LabelledReport, mention: Mention) -> bool:
    return report.text[mention.char_start : mention.char_end] == mention.value


def _share(holds: Sequence[bool]) -> float | None:
    """0..1; None of nothing."""
    return sum(holds) / len(holds) if holds else None


def _is_same_set(gold: Gold, mentions: Sequence[Mention]) -> bool:
    return len(gold) == len(mentions) == len(match("", gold, mentions, "exact"))


def _scores(counts: NDArray[np.int64]) -> dict[str, dict[str, Score]]:
    """Scores by reading and measure.

    Args:
        counts: i64[reports, readings, measures, (right, wrong, missed)].
    """
    draws = report_draws(len(counts), rounds=BOOTSTRAP_ROUNDS)
    return {
        reading: {measure: _score(counts[:, k, m], draws) for m, measure in enumerate(MEASURES)}
        for k, reading in enumerate(READINGS)
    }


def _score(counts: NDArray[np.int64], draws: NDArray[np.int64]) -> Score:
    """One score with its interval.

    Args:
        counts: i64[reports, (right, wrong, missed)].
        draws: i64[rounds, reports], the reports that each round draws.
    """
    total = Counts(*(int(n) for n in counts.sum(axis=0)))
    right, wrong, missed = np.moveaxis(counts[draws].sum(axis=1), -1, 0)
    denominator = 2 * right + wrong + missed
    f1 = 2 * right[denominator > 0] / denominator[denominator > 0]
    low, high = np.percentile(f1, INTERVAL) if len(f1) else (None, None)
    return Score(
        precision=total.precision,
        recall=total.recall,
        f1=total.f1,
        f1_low=None if low is None else float(low),
        f1_high=None if high is None else float(high),
        gold=total.right + total.missed,
        predicted=total.right + total.wrong,
    )
