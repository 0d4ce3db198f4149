"""What is learned from reports that an adapter was not trained on: when to answer at all, and how sure an answer is.

Presence. A model that was trained on mostly empty answers is biased to "not stated". From which presence on a type is
taken to be stated is chosen so that F1 is greatest, over the type's own answers and, with the weight of a few values,
those of all other types: a type with few values of its own stays near the others.
What that does for each type is measured on reports that the threshold was not fitted on: five folds, each judged by the
thresholds of the other four.

Confidence. The chance that a value is right, from its log probabilities, its type and its answer: a logistic regression
over these figures, with a bias for each type,

    presence   log odds of some value against none, at the answer's first token
    mean       mean log probability of the value's tokens
    least      the least of them
    close      log probability of the token that ended the value
    words      log of the value's length in words
    count      log of the number of values in its answer
    place      its place among them, 0 for the first

Source: Platt, Probabilistic outputs for support vector machines, 1999; fitted with Newton's method and a small ridge.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from crimeetl.model.decode import DecodedAnswer

FEATURES = ("presence", "mean", "least", "close", "words", "count", "place")
MOST_LOG_ODDS = 20.0  # bf16 saturates beyond
RIDGE = 0.1  # keeps weights finite where every value is right
TYPE_RIDGE = 1.0  # draws a type of few values towards all others
PRIOR_RIDGES = (100.0, 30.0, 3.0)  # of weights, types and bias, towards those of before
PRIOR_VALUES = 10.0  # values that a threshold of before weighs as much as
NEWTON_STEPS = 50
PRIOR_GOLD = 40.0  # gold values of the other types that weigh in on each type's threshold
LIKELIER = 0.5  # the presence from which on a value is likelier than none
FOLDS = 5
ALL = "all"


@dataclass(frozen=True, slots=True)
class PresenceThresholds:
    """From which presence on something is stated."""

    pooled: float
    by_type: dict[str, float]
    effects: tuple["ThresholdEffect", ...] = ()  # of each type, and of all together

    def __post_init__(self) -> None:
        if not all(0 <= threshold <= 1 for threshold in (self.pooled, *self.by_type.values())):
            raise ValueError("presence thresholds must lie between 0 and 1")

    def of(self, entity_type: str) -> float:
        """The threshold of a type."""
        return self.by_type.get(entity_type, self.pooled)

    def as_table(self) -> str:
        """For people: what each type's threshold does."""
        lines = [f"{'stated from which presence on':32}{'gold':>6}{'threshold':>11}{'F1 without':>12}{'with':>8}"]
        lines += [
            f"{effect.entity_type:32}{effect.gold:6}{effect.threshold:11.3f}{effect.f1_without:12.3f}{effect.f1_with:8.3f}"
            for effect in self.effects
        ]
        return "\n".join(
            [*lines, "without: stated where that is likelier; with: thresholds of other reports, in five folds"]
        )


@dataclass(frozen=True, slots=True)
class ThresholdEffect:
    """What thresholds do for one type's F1 on reports that they were not fitted on."""

    entity_type: str
    gold: int
    threshold: float  # fitted on all reports
    f1_without: float  # stated where that is likelier
    f1_with: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one question gave, had the model answered it whatever the presence."""

    report: int
    entity_type: str
    presence: float
    given: int  # values
    right: int  # of them
    gold: int


def fit_presence(outcomes: Sequence[Outcome], *, prior: PresenceThresholds | None = None) -> PresenceThresholds:
    """The thresholds with the greatest F1, for each type and for all pooled.

    Args:
        prior: those of before, which few values move little: each stays where it was with the weight of PRIOR_VALUES
            values. Types that nobody was asked about keep theirs. Its effects are not measured again.

    Raises:
        ValueError: there is no outcome to fit on.
    """
    fitted = _thresholds(outcomes)
    if prior is None:
        return replace(fitted, effects=_effects(outcomes, fitted))
    moved = {
        name: _between(prior.of(name), fitted.of(name), sum(max(o.gold, o.given) for o in found))
        for name, found in _by_type(outcomes).items()
    }
    pooled = _between(prior.pooled, fitted.pooled, sum(max(o.gold, o.given) for o in outcomes))
    return PresenceThresholds(pooled, prior.by_type | moved)


def _between(before: float, now: float, values: int) -> float:
    return before + (now - before) * values / (values + PRIOR_VALUES)


def _thresholds(outcomes: Sequence[Outcome]) -> PresenceThresholds:
    if not outcomes:
        raise ValueError("no answer to fit a presence threshold on")
    all_gold = sum(outcome.gold for outcome in outcomes)
    by_type = {}
    for name, found in _by_type(outcomes).items():
        other_gold = all_gold - sum(outcome.gold for outcome in found)
        prior = PRIOR_GOLD / other_gold if other_gold else 0.0
        by_type[name] = best_threshold(outcomes, [1.0 if o.entity_type == name else prior for o in outcomes])
    return PresenceThresholds(best_threshold(outcomes, [1.0] * len(outcomes)), by_type)


def _by_type(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    names = dict.fromkeys(outcome.entity_type for outcome in outcomes)
    return {name: [outcome for outcome in outcomes if outcome.entity_type == name] for name in names}


def _effects(outcomes: Sequence[Outcome], fitted: PresenceThresholds) -> tuple[ThresholdEffect, ...]:
    """Cross-fitted; none where there are fewer reports than folds."""
    if len({outcome.report for outcome in outcomes}) < FOLDS:
        return ()
    of_fold = [_thresholds([o for o in outcomes if o.report % FOLDS != fold]) for fold in range(FOLDS)]
    likelier = PresenceThresholds(LIKELIER, {})
    return tuple(
        ThresholdEffect(
            name,
            sum(o.gold for o in found),
            fitted.pooled if name == ALL else fitted.of(name),
            _f1(found, [likelier] * FOLDS),
            _f1(found, of_fold),
        )
        for name, found in {**_by_type(outcomes), ALL: list(outcomes)}.items()
    )


def _f1(outcomes: Sequence[Outcome], of_fold: Sequence[PresenceThresholds]) -> float:
    let = [o for o in outcomes if o.presence >= of_fold[o.report % FOLDS].of(o.entity_type)]
    all_values = sum(o.given for o in let) + sum(o.gold for o in outcomes)
    return 2 * sum(o.right for o in let) / all_values if all_values else 1.0


def best_threshold(outcomes: Sequence[Outcome], weights: Sequence[float]) -> float:
    """The presence from which on answering gives the greatest F1; in the middle between two outcomes.

    Args:
        weights: [len(outcomes)], how much each counts; 0 takes no part.
    """
    pairs = sorted(
        (pair for pair in zip(outcomes, weights, strict=True) if pair[1]), key=lambda pair: -pair[0].presence
    )
    gold = sum(weight * outcome.gold for outcome, weight in pairs)
    right = given = 0.0
    best, threshold = -1.0, LIKELIER
    for place, (outcome, weight) in enumerate(pairs, start=1):
        right, given = right + weight * outcome.right, given + weight * outcome.given
        below = pairs[place][0].presence if place < len(pairs) else 0.0
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

    def __post_init__(self) -> None:
        if len(self.weights) != len(FEATURES):
            raise ValueError(f"calibration weights for {', '.join(FEATURES)} expected, {len(self.weights)} found")
        if not all(map(math.isfinite, (*self.weights, self.bias, *self.by_type.values()))):
            raise ValueError("calibration weights must be finite numbers")
        if not 0 <= self.right_count <= self.value_count:
            raise ValueError(f"{self.right_count} of {self.value_count} values cannot have been right")

    def confidence(self, entity_type: str, answer: "DecodedAnswer", place: int) -> float:
        """The chance, 0..1, that the value at a place of an answer is right."""
        log_odds = self.bias + self.by_type.get(entity_type, 0.0)
        log_odds += sum(w * x for w, x in zip(self.weights, features(answer, place), strict=True))
        return 1 / (1 + math.exp(-max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, log_odds))))


def features(answer: "DecodedAnswer", place: int) -> tuple[float, ...]:
    """The figures of the value at a place of an answer, in the order of FEATURES."""
    value = answer.values[place]
    presence = min(max(answer.presence, 1e-9), 1 - 1e-9)
    return (
        max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, math.log(presence / (1 - presence)))),
        value.mean_log_probability,
        value.least_log_probability,
        value.close_log_probability,
        math.log(max(1, len(value.value.split()))),
        math.log(len(answer.values)),
        float(place),
    )


def fit_calibration(
    entity_types: Sequence[str],
    rows: Sequence[tuple[float, ...]],
    is_right: Sequence[bool],
    sources: Sequence[str],
    *,
    prior: Calibration | None = None,
) -> Calibration:
    """Fits the chance of being right.

    Args:
        entity_types: [N], the type that each value was given for.
        rows: [N], each the ``features`` of one value.
        is_right: [N].
        sources: [N], where the value's report comes from. All sources weigh the same, however many values they have:
            nobody knows how many reports of each kind a user has.
        prior: that of before, towards which few values are drawn; types without a value here keep theirs.

    Raises:
        ValueError: there is no value to fit on.
    """
    if not rows:
        raise ValueError("no value to calibrate on: the model answered nothing on the calibration reports")
    names = sorted(set(entity_types))
    own = np.equal.outer(np.asarray(entity_types), np.asarray(names)).astype(np.float64)
    x = np.column_stack([np.asarray(rows, dtype=np.float64), own, np.ones(len(rows))])
    y = np.asarray(is_right, dtype=np.float64)
    _, source, counts = np.unique(np.asarray(sources), return_inverse=True, return_counts=True)
    weight = len(rows) / len(counts) / counts[source]
    ridge, type_ridge, bias_ridge = (RIDGE, TYPE_RIDGE, 1e-6) if prior is None else PRIOR_RIDGES
    penalty = np.diag([ridge] * len(FEATURES) + [type_ridge] * len(names) + [bias_ridge])
    before = np.zeros(x.shape[1])
    if prior is not None:
        before = np.array([*prior.weights, *(prior.by_type.get(name, 0.0) for name in names), prior.bias])
    weights = _most_likely(x, y, weight, penalty, before)
    fitted = [float(weight) for weight in weights]
    return Calibration(
        weights=tuple(fitted[: len(FEATURES)]),
        bias=fitted[-1],
        value_count=len(rows),
        right_count=int(y.sum()),
        by_type=(prior.by_type if prior else {}) | dict(zip(names, fitted[len(FEATURES) : -1], strict=True)),
    )


def _most_likely(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    counts: NDArray[np.float64],
    penalty: NDArray[np.float64],
    before: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The weights of a logistic regression: Newton's method, a step halved where it would overshoot.

    Args:
        x: [N, W].
        y: [N], 0 or 1.
        counts: [N], how much each row counts.
        penalty: [W, W], of weights that leave those of before.
        before: [W].
    """

    def cost(weights: NDArray[np.float64]) -> float:
        away = weights - before
        log_odds = np.clip(x @ weights, -MOST_LOG_ODDS, MOST_LOG_ODDS)
        return float(counts @ (np.logaddexp(0, log_odds) - y * log_odds) + away @ penalty @ away / 2)

    weights = before
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -MOST_LOG_ODDS, MOST_LOG_ODDS)))
        gradient = x.T @ (counts * (y - p)) - penalty @ (weights - before)
        curvature = x.T @ (x * (counts * p * (1 - p))[:, None]) + penalty
        step = np.linalg.solve(curvature, gradient)
        while np.abs(step).max() > 1e-8 and cost(weights + step) > cost(weights):
            step = step / 2
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return weights
