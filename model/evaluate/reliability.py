"""Whether confidences mean what they say: of the values given with confidence 0.8, are eight in ten right?

Source: Guo et al., On calibration of modern neural networks, 2017 (expected calibration error, equal-width bins).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10
PRECISIONS = (0.9, 0.95, 0.99)
ERROR_ROUNDS = 1000  # of the bootstrap of the calibration error
INTERVAL = (2.5, 97.5)  # percentiles: 95 %


@dataclass(frozen=True, slots=True)
class Bin:
    """The values whose confidence falls into one tenth."""

    low: float
    high: float
    values: int
    confidence: float | None  # their mean; None without values
    right: float | None  # share


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left when values below a confidence are dropped so that the rest reaches a precision."""

    precision: float
    least_confidence: float | None  # None: no threshold reaches it
    kept: float  # share of all values given
    right_kept: float  # share of the right ones


@dataclass(frozen=True, slots=True)
class Reliability:
    """How well confidences are calibrated on one set of reports."""

    values: int
    error: float  # expected calibration error
    error_low: float
    error_high: float
    bins: list[Bin]
    kept: list[Kept]


def reliability(by_report: Sequence[Sequence[tuple[float, bool]]]) -> Reliability | None:
    """Measures confidences against what was right.

    Args:
        by_report: for each report its values' confidences and whether they are right; the interval draws reports.

    Returns:
        None where there is no value with a confidence.
    """
    pairs = [pair for report in by_report for pair in report]
    if not pairs:
        return None
    confidence = np.array([c for c, _ in pairs])
    right = np.array([r for _, r in pairs], dtype=np.float64)
    report_of = np.repeat(np.arange(len(by_report)), [len(report) for report in by_report])
    draws = report_draws(len(by_report), rounds=ERROR_ROUNDS)
    times = np.stack([np.bincount(draw, minlength=len(by_report)) for draw in draws])[:, report_of]
    low, high = np.percentile([calibration_error(confidence, right, weights) for weights in times], INTERVAL)
    return Reliability(
        values=len(pairs),
        error=calibration_error(confidence, right, np.ones(len(pairs))),
        error_low=float(low),
        error_high=float(high),
        bins=_bins(confidence, right),
        kept=[_kept(confidence, right, precision) for precision in PRECISIONS],
    )


def report_draws(reports: int, *, rounds: int) -> NDArray[np.int64]:
    """i64[rounds, reports], the reports that each round of a bootstrap draws; the same each time."""
    return np.random.default_rng(0).integers(reports, size=(rounds, reports))


def calibration_error(
    confidence: NDArray[np.float64], right: NDArray[np.float64], weights: NDArray[np.float64] | NDArray[np.int64]
) -> float:
    """Mean distance between confidence and share of right values over BINS bins, weighted by their values.

    Args:
        confidence: [N], 0..1.
        right: [N], 0 or 1.
        weights: [N], how often each value counts.
    """
    which = _bin_of(confidence)
    gap = np.bincount(which, weights * (confidence - right), minlength=BINS)
    return float(np.abs(gap).sum() / weights.sum()) if weights.sum() else 0.0


def _bin_of(confidence: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.minimum((confidence * BINS).astype(np.int64), BINS - 1)


def _bins(confidence: NDArray[np.float64], right: NDArray[np.float64]) -> list[Bin]:
    which, found = _bin_of(confidence), []
    for number in range(BINS):
        inside = which == number
        count = int(inside.sum())
        found.append(
            Bin(
                low=number / BINS,
                high=(number + 1) / BINS,
                values=count,
                confidence=float(confidence[inside].mean()) if count else None,
                right=float(right[inside].mean()) if count else None,
            )
        )
    return found


def _kept(confidence: NDArray[np.float64], right: NDArray[np.float64], precision: float) -> Kept:
    """The lowest confidence from which on the values together reach a precision."""
    order = np.argsort(-confidence, kind="stable")
    ordered, rights = confidence[order], np.cumsum(right[order])
    counts = np.arange(1, len(ordered) + 1)
    is_last = np.append(ordered[1:] < ordered[:-1], True)  # values of equal confidence stay together
    enough = np.flatnonzero((rights / counts >= precision) & is_last)
    if not len(enough):
        return Kept(precision, None, 0.0, 0.0)
    last = int(enough[-1])
    all_right = float(rights[-1])
    return Kept(precision, float(ordered[last]), (last + 1) / len(ordered), float(rights[last]) / all_right)
