"""How good the model is on these reports: from those of a random sample that people have finished."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crimeetl import sql
from crimeetl.etl.review.store import reviewed_report
from crimeetl.model.extraction import Answer

ROUNDS = 1000  # of the bootstrap
WIDE = 0.2  # an interval of F1 that says little
PRECISIONS = (0.9, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Figure:
    """One type, or all: how many values are right, wrong and missed, and what comes of it."""

    name: str
    right: int
    wrong: int
    missed: int
    f1_from: float  # the 95 % interval, bootstrapped over reports
    f1_to: float

    @property
    def precision(self) -> float | None:
        """Of the values given, how many are right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """Of the values that are there, how many are given."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both."""
        whole = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / whole if whole else None


@dataclass(frozen=True, slots=True)
class Measure:
    """What a random sample tells."""

    reports: int
    figures: tuple[Figure, ...]  # all together first, then by type
    kept: tuple[
        tuple[float, float, float], ...
    ]  # precision, the least confidence that reaches it, share of values kept

    @property
    def more_reports(self) -> int | None:
        """How many more would halve the interval, where it is wide; None where it is not."""
        if not self.figures:
            return None
        whole = self.figures[0]
        return 3 * self.reports if whole.f1_to - whole.f1_from > WIDE else None


def measured_in(database: Path) -> Measure:
    """The same, of a database that is opened for it.

    Raises:
        DatabaseUnusable: missing, locked by another process, not ours, or of another version.
    """
    with sql.connect_read_only(database) as con:
        return measured(con)


def measured(con: Any) -> Measure:
    """The model's newest answers against what people left, in the finished reports of the random sample.

    A value counts as right where type, words and place are the same.
    """
    counts, sureness = [], []
    for report_id, *_ in sql.fetch(con, sql.statement("statements", "reviewed_reports")):
        report = reviewed_report(con, report_id)
        done = [review for review in report.reviews if review.verdict == "done"] if report else []
        if report is None or not report.state.is_done or done[-1].picked_by != "random":
            continue
        given, gold = _values(report.given.answers), _values(report.state.answers)
        asked = {name for name, *_ in given | gold}
        counts.append({name: _counted(_of(given, name), _of(gold, name)) for name in asked})
        sureness += [
            (mention.confidence, (answer.entity_type, mention.value, mention.char_start) in gold)
            for answer in report.given.answers
            for mention in answer.mentions
            if mention.confidence is not None and mention.source == "model"
        ]
    if not counts:
        return Measure(0, (), ())
    names = sorted({name for one in counts for name in one})
    table = np.array([[one.get(name, (0, 0, 0)) for name in names] for one in counts])  # i64[reports, types, 3]
    draws = np.random.default_rng(0).integers(len(counts), size=(ROUNDS, len(counts)))
    whole = _figure("all", table.sum(axis=1), draws)
    return Measure(
        len(counts),
        (whole, *(_figure(name, table[:, place], draws) for place, name in enumerate(names))),
        tuple(_kept(sureness)),
    )


def _values(answers: Iterable[Answer]) -> set[tuple[str, str, int | None]]:
    return {(a.entity_type, m.value, m.char_start) for a in answers for m in a.mentions}


def _of(values: Iterable[tuple[str, str, int | None]], name: str) -> set[tuple[str, str, int | None]]:
    return {value for value in values if value[0] == name}


def _counted(given: set[Any], gold: set[Any]) -> tuple[int, int, int]:
    return len(given & gold), len(given - gold), len(gold - given)


def _figure(name: str, counts: NDArray[np.int64], draws: NDArray[np.int64]) -> Figure:
    """Args: counts, i64[reports, 3]; draws, i64[rounds, reports]."""
    right, wrong, missed = (int(count) for count in counts.sum(axis=0))
    drawn = counts[draws].sum(axis=1)
    share = 2 * drawn[:, 0] / np.maximum(1, 2 * drawn[:, 0] + drawn[:, 1] + drawn[:, 2])
    low, high = np.quantile(share, [0.025, 0.975])
    return Figure(name, right, wrong, missed, float(low), float(high))


def _kept(sureness: Sequence[tuple[float, bool]]) -> Iterable[tuple[float, float, float]]:
    """For each precision the least confidence from which on the values reach it."""
    ordered = sorted(sureness, reverse=True)
    for precision in PRECISIONS:
        best, right = 0, 0
        for place, (_, is_right) in enumerate(ordered, start=1):
            right += is_right
            if right / place >= precision:
                best = place
        if best:
            yield precision, ordered[best - 1][0], best / len(ordered)


def measure_lines(found: Measure) -> list[str]:
    """The same for a terminal."""
    if not found.figures:
        return ['no report of the random sample is done yet: crimeetl review, order "a random sample, to measure"']
    lines = [f"{'type':24}{'right':>7}{'wrong':>7}{'missed':>8}{'precision':>11}{'recall':>8}  F1"]
    for figure in found.figures:
        shares = ["" if share is None else f"{share:.3f}" for share in (figure.precision, figure.recall, figure.f1)]
        lines.append(
            f"{figure.name:24}{figure.right:7}{figure.wrong:7}{figure.missed:8}{shares[0]:>11}{shares[1]:>8}  "
            f"{shares[2]} ({figure.f1_from:.3f}-{figure.f1_to:.3f})"
        )
    lines += [
        f"{precision:.0%} right: --min-confidence {confidence:.3f} keeps {share:.0%} of the values"
        for precision, confidence, share in found.kept
    ]
    more = "" if found.more_reports is None else f"; {found.more_reports} more would halve the interval"
    return [*lines, f"{found.reports} reports of the random sample{more}"]
