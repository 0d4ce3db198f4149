"""How good answers are: precision, recall and F1 against gold values.

A predicted value matches a gold value when, by measure,

    exact        it is the same text as one of the gold value's alternatives
    fuzzy        rapidfuzz's token_sort_ratio with one of them is at least 85
    approximate  one of the two contains the other, whatever the case
    overlap      their spans share a character; a gold value without offsets has the spans of all its occurrences

Each gold value is matched by one predicted value at most, best pairs first. Each is counted twice: as stated, and with
values such as "Not provided" taken for no value, on both sides.
"""

from collections.abc import Sequence
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
    # i64[reports, types, readings, measures, (right, wrong, missed)]
    table: NDArray[np.int64] = np.zeros((len(reports), len(names), len(READINGS), len(MEASURES), 3), dtype=np.int64)
    questions = set_exact = empties = empties_right = cut = copied = grounded = values = 0
    sure: list[list[tuple[float, bool]]] = [[] for _ in reports]
    mistakes: list[Mistake] = []
    for i, (report, extraction) in enumerate(zip(reports, extractions, strict=True)):
        for answer in extraction.answers:
            gold = report.gold.get(answer.entity_type)
            if gold is None:
                continue
            j = names.index(answer.entity_type)
            questions += 1
            cut += answer.is_cut
            values += len(answer.mentions)
            for mention in answer.mentions:
                if mention.char_start is not None:
                    copied += 1
                    grounded += report.text[mention.char_start : mention.char_end] == mention.value
            set_exact += _is_same_set(gold, answer.mentions)
            if not gold:
                empties += 1
                empties_right += not answer.mentions
            pairs = match(report.text, gold, answer.mentions, "fuzzy")
            mistakes += mistakes_of(source, report, gold, answer, pairs)
            right = {m for _, m in pairs}
            sure[i] += [(m.confidence, n in right) for n, m in enumerate(answer.mentions) if m.confidence is not None]
            for k, reading in enumerate(READINGS):
                table[i, j, k] = _report_counts(report, gold, answer, without_sentinels=reading == "sentinels_empty")
    return Evaluation(
        source=source,
        model=model,
        schema=schema.name,
        reports=len(reports),
        questions=questions,
        values=values,
        overall=_scores(table.sum(axis=1)),
        by_type={name: _scores(table[:, j]) for j, name in enumerate(names)},
        set_exact=set_exact / questions,
        empty_accuracy=empties_right / empties if empties else None,
        valid_json=1 - cut / questions,
        grounded=grounded / copied if copied else None,
        loss=forced.get("loss"),
        token_accuracy=forced.get("token_accuracy"),
        perplexity=forced.get("perplexity"),
        seconds_a_report=seconds_a_report,
        reliability=reliability(sure),
        report_counts=table.sum(axis=1),
        mistakes=tuple(mistakes),
    )


def _report_counts(report: LabelledReport, gold: Gold, answer: Answer, *, without_sentinels: bool) -> NDArray[np.int64]:
    """i64[measures, 3]: right, wrong, missed of one question."""
    mentions: Sequence[Mention] = answer.mentions
    if without_sentinels:
        gold = [ways for ways in gold if not all(is_sentinel(way.value) for way in ways)]
        mentions = [mention for mention in mentions if not is_sentinel(mention.value)]
    rows = []
    for measure in MEASURES:
        right = len(match(report.text, gold, mentions, measure))
        rows.append((right, len(mentions) - right, len(gold) - right))
    return np.asarray(rows, dtype=np.int64)


def _is_same_set(gold: Gold, mentions: Sequence[Mention]) -> bool:
    return len(gold) == len(mentions) == len(match("", gold, mentions, "exact"))


def _scores(table: NDArray[np.int64]) -> dict[str, dict[str, Score]]:
    """Scores by reading and measure from i64[reports, readings, measures, 3]."""
    draws = report_draws(len(table), rounds=BOOTSTRAP_ROUNDS)
    scores: dict[str, dict[str, Score]] = {}
    for k, reading in enumerate(READINGS):
        scores[reading] = {}
        for m, measure in enumerate(MEASURES):
            rows = table[:, k, m]
            total = Counts(*(int(n) for n in rows.sum(axis=0)))
            right, wrong, missed = np.moveaxis(rows[draws].sum(axis=1), -1, 0)
            denominator = 2 * right + wrong + missed
            f1 = 2 * right[denominator > 0] / denominator[denominator > 0]
            low, high = np.percentile(f1, INTERVAL) if len(f1) else (None, None)
            scores[reading][measure] = Score(
                precision=total.precision,
                recall=total.recall,
                f1=total.f1,
                f1_low=None if low is None else float(low),
                f1_high=None if high is None else float(high),
                gold=total.right + total.missed,
                predicted=total.right + total.wrong,
            )
    return scores
