"""What is learned from reports that an adapter was not trained on: when to answer at all, and how sure an answer is.

Presence. A model that was trained on mostly empty answers is biased to "not stated". From which presence on a type is
taken to be stated is chosen so that F1 is greatest: for each type with enough stated values, for all others together.

Confidence. The chance that a value is right, from its log probabilities and its type: a logistic regression over four
figures, with a bias for each type,

    presence   log odds of some value against none, at the answer's first token
    mean       mean log probability of the value's tokens
    least      the least of them
    close      log probability of the token that ended the value

Source: Platt, Probabilistic outputs for support vector machines, 1999; fitted with Newton's method and a small ridge.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from crimeetl.model.decode import DecodedAnswer, DecodedValue

FEATURES = ("presence", "mean", "least", "close")
MOST_LOG_ODDS = 20.0  # bf16 saturates beyond
RIDGE = 0.1  # keeps weights finite where every value is right
TYPE_RIDGE = 1.0  # draws a type of few values towards all others
NEWTON_STEPS = 50
LEAST_STATED = 40  # a type with fewer gold values shares the pooled threshold


@dataclass(frozen=True, slots=True)
class PresenceThresholds:
    """From which presence on something is stated."""

    pooled: float
    by_type: dict[str, float]

    def of(self, entity_type: str) -> float:
        """The threshold of a type."""
        return self.by_type.get(entity_type, self.pooled)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one question gave, had the model answered it whatever the presence."""

    entity_type: str
    presence: float
    given: int  # values
    right: int  # of them
    gold: int


def fit_presence(outcomes: Sequence[Outcome]) -> PresenceThresholds:
    """The thresholds with the greatest F1, for each type with at least LEAST_STATED gold values and for all pooled.

    Raises:
        ValueError: there is no outcome to fit on.
    """
    if not outcomes:
        raise ValueError("no answer to fit a presence threshold on")
    names = dict.fromkeys(outcome.entity_type for outcome in outcomes)
    own = {name: [outcome for outcome in outcomes if outcome.entity_type == name] for name in names}
    enough = {name: found for name, found in own.items() if sum(o.gold for o in found) >= LEAST_STATED}
    return PresenceThresholds(best_threshold(outcomes), {name: best_threshold(found) for name, found in enough.items()})


def best_threshold(outcomes: Sequence[Outcome]) -> float:
    """The presence from which on answering gives the greatest F1; in the middle between two outcomes."""
    ordered = sorted(outcomes, key=lambda outcome: -outcome.presence)
    gold = sum(outcome.gold for outcome in ordered)
    right = given = 0
    best, threshold = -1.0, 0.5
    for outcome, after in pairwise([*ordered, None]):
        assert outcome is not None
        right, given = right + outcome.right, given + outcome.given
        below = 0.0 if after is None else after.presence
        f1 = 2 * right / (given + gold) if given + gold else 0.0
        if f1 > best and below < outcome.presence:
            best, threshold = f1, (outcome.presence + below) / 2
    return threshold


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted logistic regression."""

    weights: tuple[float, ...]  # one for each of FEATURES
    bias: float
    value_count: int  # it was fitted on
    right_count: int  # of them
    by_type: dict[str, float] = field(default_factory=dict)  # what a type adds to the bias; nothing for one not seen

    def confidence(self, entity_type: str, answer: DecodedAnswer, value: DecodedValue) -> float:
        """The chance, 0..1, that a value is right."""
        log_odds = self.bias + self.by_type.get(entity_type, 0.0)
        log_odds += sum(w * x for w, x in zip(self.weights, features(answer, value), strict=True))
        return 1 / (1 + math.exp(-max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, log_odds))))


def features(answer: DecodedAnswer, value: DecodedValue) -> tuple[float, ...]:
    """The four figures of one value, in the order of FEATURES."""
    presence = min(max(answer.presence, 1e-9), 1 - 1e-9)
    return (
        max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, math.log(presence / (1 - presence)))),
        value.mean_log_probability,
        value.least_log_probability,
        value.close_log_probability,
    )


def fit_calibration(
    entity_types: Sequence[str], rows: Sequence[tuple[float, ...]], is_right: Sequence[bool]
) -> Calibration:
    """Fits the chance of being right.

    Args:
        entity_types: [N], the type that each value was given for.
        rows: [N], each the ``features`` of one value.
        is_right: [N].

    Raises:
        ValueError: there is no value to fit on.
    """
    if not rows:
        raise ValueError("no value to calibrate on: the model answered nothing on the calibration reports")
    names = sorted(set(entity_types))
    own = np.equal.outer(np.asarray(entity_types), np.asarray(names)).astype(np.float64)
    x = np.column_stack([np.asarray(rows, dtype=np.float64), own, np.ones(len(rows))])
    y = np.asarray(is_right, dtype=np.float64)
    penalty = np.diag([RIDGE] * len(FEATURES) + [TYPE_RIDGE] * len(names) + [1e-6])
    weights: NDArray[np.float64] = np.zeros(x.shape[1])
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -MOST_LOG_ODDS, MOST_LOG_ODDS)))
        gradient = x.T @ (y - p) - penalty @ weights
        curvature = x.T @ (x * (p * (1 - p))[:, None]) + penalty
        step = np.linalg.solve(curvature, gradient)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    fitted = [float(weight) for weight in weights]
    return Calibration(
        weights=tuple(fitted[: len(FEATURES)]),
        bias=fitted[-1],
        value_count=len(rows),
        right_count=int(y.sum()),
        by_type=dict(zip(names, fitted[len(FEATURES) : -1], strict=True)),
    )
