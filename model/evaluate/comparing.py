"""How far to trust a difference between two models."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crimeetl.model.evaluate.matching import MEASURES
from crimeetl.model.evaluate.reliability import INTERVAL, report_draws
from crimeetl.model.evaluate.scores import BOOTSTRAP_ROUNDS, Evaluation


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
    return {
        measure: difference(one.report_counts[:, 0, m], other.report_counts[:, 0, m])
        for m, measure in enumerate(MEASURES)
    }


def difference(first: NDArray[np.int64], second: NDArray[np.int64]) -> Difference:
    """By how much the first's F1 is above the second's: i64[reports, (right, wrong, missed)] of the same reports."""
    draws = report_draws(len(first), rounds=BOOTSTRAP_ROUNDS)
    drawn = _f1(first[draws].sum(axis=1)) - _f1(second[draws].sum(axis=1))
    low, high = np.percentile(drawn, INTERVAL)
    whole = _f1(first.sum(axis=0)) - _f1(second.sum(axis=0))
    return Difference(float(whole), float(low), float(high), float((drawn > 0).mean()))


def compare_all(scored: Sequence[Evaluation], others: Sequence[Evaluation]) -> tuple[dict[str, Any], str]:
    """The differences of two models' evaluations, source by source: as plain JSON values, and for people."""
    found = {one.source: compare(one, other) for one, other in zip(scored, others, strict=True)}
    plain = {
        source: {measure: asdict(difference) for measure, difference in measures.items()}
        for source, measures in found.items()
    }
    return plain, comparison_table(found)


def _f1(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """From i64[..., (right, wrong, missed)]; 0 where there is nothing."""
    right, wrong, missed = np.moveaxis(counts, -1, 0)
    total = 2 * right + wrong + missed
    return np.asarray(2 * right / np.maximum(total, 1), dtype=np.float64)


def comparison_table(found: Mapping[str, Mapping[str, Difference]]) -> str:
    """For people: how much better the first adapter is than the other, by source and measure."""
    lines = [f"{'F1 gained':24}" + "".join(f"{measure:>28}" for measure in MEASURES)]
    lines += [
        f"{source:24}"
        + "".join(f"{f'{d.f1:+.3f} ({d.low:+.3f} to {d.high:+.3f})':>28}" for d in (row[m] for m in MEASURES))
        for source, row in found.items()
    ]
    return "\n".join([*lines, "", "paired bootstrap over reports, 95 %; an interval that holds 0 may be luck"])
