"""How good answers are: precision, recall and F1 against gold values, and how far to trust a difference.

A predicted value matches a gold value when, by measure,

    exact        it is the same text as one of the gold value's alternatives
    fuzzy        rapidfuzz's token_sort_ratio with one of them is at least 85
    approximate  one of the two contains the other, whatever the case
    overlap      their spans share a character; a gold value without offsets has the spans of all its occurrences

Each gold value is matched by one predicted value at most, best pairs first. Each is counted twice: as stated, and with
values such as "Not provided" taken for no value, on both sides.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import token_sort_ratio

from crimeetl.model.schema.entity_schema import EntitySchema
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.extract.grammar import occurrences, report_words
from crimeetl.model.labels.reports import GoldMention, LabelledReport
from crimeetl.model.evaluate.mistakes import Mistake, around
from crimeetl.model.evaluate.reliability import INTERVAL, Reliability, reliability, report_draws
from crimeetl.model.sentinels import is_sentinel

MEASURES = ("exact", "fuzzy", "approximate", "overlap")
READINGS = ("as_stated", "sentinels_empty")
FUZZY_LEAST = 85.0
BOOTSTRAP_ROUNDS = 2000

Gold = Sequence[Sequence[GoldMention]]  # values, each with its alternatives


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

    def as_table(self) -> str:
        """For people: a line a type, then what holds for all."""
        lines = [
            f"{self.source}: {self.model}, schema {self.schema}",
            "",
            f"{'':24}{'':14}{'as stated':^64}{'without sentinels':^23}",
            f"{'type':24}{'gold':>6}{'given':>7} {'precision':>10}{'recall':>8}{'F1 fuzzy':>21}{'exact':>8}"
            f"{'approx.':>8}{'overlap':>9}{'F1 fuzzy':>22}",
        ]
        for name, readings in [*self.by_type.items(), ("all", self.overall)]:
            stated, plain = readings["as_stated"], readings["sentinels_empty"]
            fuzzy = stated["fuzzy"]
            lines.append(
                f"{name:24}{fuzzy.gold:6}{fuzzy.predicted:7} {_share(fuzzy.precision):>10}{_share(fuzzy.recall):>8}"
                f"{_interval(fuzzy):>21}{_share(stated['exact'].f1):>8}"
                f"{_share(stated['approximate'].f1):>8}{_share(stated['overlap'].f1):>9}"
                f"{_interval(plain['fuzzy']):>22}"
            )
        return "\n".join(
            [
                *lines,
                "",
                "fuzzy: token_sort_ratio of at least 85; in brackets the 95 % interval, bootstrapped over reports;",
                "approx.: one contains the other; without sentinels: 'Not provided' and the like count as empty",
                "",
                f"{self.reports} reports, {self.questions} questions, {self.values} values, "
                f"{self.seconds_a_report:.2f} s a report",
                f"sets exact {_share(self.set_exact)}, empty answers right {_share(self.empty_accuracy)}, "
                f"valid JSON {_share(self.valid_json)}, values at their offsets {_share(self.grounded)}",
                f"gold answers: token accuracy {_share(self.token_accuracy)}, loss {_share(self.loss)}, "
                f"perplexity {_share(self.perplexity)}",
                *([] if self.reliability is None else _reliability_lines(self.reliability)),
            ]
        )


def _reliability_lines(found: Reliability) -> list[str]:
    bins = [b for b in found.bins if b.values]
    return [
        "",
        f"confidence: expected calibration error {found.error:.3f} ({found.error_low:.3f}-{found.error_high:.3f}) "
        f"over {found.values} values",
        "  confidence " + "".join(f"{f'{b.low:.1f}-{b.high:.1f}':>9}" for b in bins),
        "  values     " + "".join(f"{b.values:9}" for b in bins),
        "  stated     " + "".join(f"{b.confidence:9.2f}" for b in bins),
        "  right      " + "".join(f"{b.right:9.2f}" for b in bins),
        *(
            f"  {kept.precision:.0%} right: "
            + (
                "no confidence reaches it"
                if kept.least_confidence is None
                else f"--min-confidence {kept.least_confidence:.3f} keeps {kept.kept:.1%} of the values, "
                f"{kept.right_kept:.1%} of the right ones"
            )
            for kept in found.kept
        ),
    ]


def _interval(score: Score) -> str:
    return "-" if score.f1 is None else f"{score.f1:.3f} ({score.f1_low:.3f}-{score.f1_high:.3f})"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


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
            mistakes += _mistakes(source, report, gold, answer, pairs)
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


def _mistakes(
    source: str, report: LabelledReport, gold: Gold, answer: Answer, right: Sequence[tuple[int, int]]
) -> Iterator[Mistake]:
    """What of one answer is not in a right pair: given values in their order, then the missed ones."""
    paired, given = {i for i, _ in right}, {j for _, j in right}
    missed = [ways for i, ways in enumerate(gold) if i not in paired]
    wrong = [mention for j, mention in enumerate(answer.mentions) if j not in given]
    mistake = partial(Mistake, source=source, report_id=report.report_id, entity_type=answer.entity_type)
    parts = {j: i for i, j in match(report.text, missed, wrong, "overlap")}
    for j, mention in enumerate(wrong):
        start, end = mention.char_start, mention.char_end
        yield mistake(
            kind="part" if j in parts else "wrong",
            labelled=missed[parts[j]][0].value if j in parts else None,
            given=mention.value,
            confidence=mention.confidence,
            char_start=start,
            char_end=end,
            context=around(report.text, start, end),
        )
    for i, (way, *_) in enumerate(missed):
        if i not in parts.values():
            start, end = next(iter(_spans_of(report.text, way)), (None, None))
            yield mistake(
                kind="missed",
                labelled=way.value,
                given=None,
                confidence=None,
                char_start=start,
                char_end=end,
                context=around(report.text, start, end),
            )


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much one model's F1 is above another's on the same reports, as stated."""

    f1: float
    low: float
    high: float
    better: float  # share of the draws in which it is above


def compare(one: Evaluation, other: Evaluation) -> dict[str, Difference]:
    """Each measure's F1 of one less that of the other, with its paired bootstrap interval over reports.

    Source: Koehn, Statistical significance tests for machine translation evaluation, 2004.

    Raises:
        ValueError: they were not scored on equally many reports.
    """
    if len(one.report_counts) != len(other.report_counts):
        raise ValueError(f"cannot compare scores of {one.reports} reports with those of {other.reports}")
    draws = report_draws(len(one.report_counts), rounds=BOOTSTRAP_ROUNDS)
    found = {}
    for m, measure in enumerate(MEASURES):
        first, second = (e.report_counts[:, 0, m] for e in (one, other))
        drawn = _f1(first[draws].sum(axis=1)) - _f1(second[draws].sum(axis=1))
        low, high = np.percentile(drawn, INTERVAL)
        whole = _f1(first.sum(axis=0)) - _f1(second.sum(axis=0))
        found[measure] = Difference(float(whole), float(low), float(high), float((drawn > 0).mean()))
    return found


def _f1(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """From i64[..., (right, wrong, missed)]; 0 where there is nothing."""
    right, wrong, missed = np.moveaxis(counts, -1, 0)
    total = 2 * right + wrong + missed
    return np.asarray(2 * right / np.maximum(total, 1), dtype=np.float64)


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


def match(text: str, gold: Gold, mentions: Sequence[Mention], measure: str) -> list[tuple[int, int]]:
    """Pairs of gold value and mention that count as the same; each stands in one pair at most, best pairs first.

    Args:
        measure: one of MEASURES.
    """
    candidates = [
        (-likeness, i, j)
        for i, ways in enumerate(gold)
        for j, mention in enumerate(mentions)
        if (likeness := max(_likeness(text, way, mention, measure) for way in ways)) > 0
    ]
    pairs: list[tuple[int, int]] = []
    for _, i, j in sorted(candidates):
        if all(i != other_i and j != other_j for other_i, other_j in pairs):
            pairs.append((i, j))
    return pairs


def _likeness(text: str, gold: GoldMention, mention: Mention, measure: str) -> float:
    """How well they match, 0 where they do not."""
    if measure == "exact":
        return float(gold.value == mention.value)
    if measure == "fuzzy":
        ratio = token_sort_ratio(gold.value, mention.value)
        return ratio if ratio >= FUZZY_LEAST else 0.0
    if measure == "approximate":
        shorter, longer = sorted((gold.value.casefold(), mention.value.casefold()), key=len)
        return len(shorter) / len(longer) if shorter and shorter in longer else 0.0
    if mention.char_start is None or mention.char_end is None:
        return float(gold.value == mention.value)
    spans = _spans_of(text, gold)
    return float(max((min(end, mention.char_end) - max(start, mention.char_start) for start, end in spans), default=0))


def _spans_of(text: str, gold: GoldMention) -> list[tuple[int, int]]:
    """Where it is labelled; all its occurrences where the data gives no offsets."""
    if gold.char_start is not None and gold.char_end is not None:
        return [(gold.char_start, gold.char_end)]
    return [(start, start + len(gold.value)) for start in occurrences(report_words(text), gold.value)]


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


def comparison_table(found: Mapping[str, Mapping[str, Difference]]) -> str:
    """For people: how much better the first adapter is than the other, by source and measure."""
    lines = [f"{'F1 gained':24}" + "".join(f"{measure:>28}" for measure in MEASURES)]
    lines += [
        f"{source:24}"
        + "".join(f"{f'{d.f1:+.3f} ({d.low:+.3f} to {d.high:+.3f})':>28}" for d in (row[m] for m in MEASURES))
        for source, row in found.items()
    ]
    return "\n".join([*lines, "", "paired bootstrap over reports, 95 %; an interval that holds 0 may be luck"])
