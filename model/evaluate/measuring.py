"""Runs a model over reports that it was not trained on, to learn from its mistakes how far to trust it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from datasets import Dataset
from numpy.typing import NDArray
from tqdm import tqdm

from crimeetl.model.decode import DecodedAnswer
from crimeetl.model.evaluate.matching import match
from crimeetl.model.extract import (
    Calibration,
    Extractor,
    Outcome,
    PresenceThresholds,
    features,
    fit_calibration,
    fit_presence,
)
from crimeetl.model.extraction import Answer
from crimeetl.model.labels import LabelledReport, labelled_reports

CALIBRATE_AT_ONCE = 8  # reports
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Value:
    """One value that was given, and whether it is right."""

    entity_type: str
    presence: float  # of its answer
    features: tuple[float, ...]
    is_right: bool
    source: str  # of its report


@dataclass(frozen=True, slots=True)
class Measured:
    """What a model answered about labelled reports, with values however unlikely they are. Right: fuzzily matched."""

    sources: tuple[str, ...]  # of each report
    outcomes: list[Outcome]
    values: list[Value]

    def fitted(
        self, presence: PresenceThresholds | None = None, calibration: Calibration | None = None
    ) -> tuple[PresenceThresholds, Calibration]:
        """Presence thresholds, and confidences of the values that these let through.

        Args:
            presence, calibration: those of before, from which few reports move them little; None to fit from nothing.

        Raises:
            ValueError: the model gave no value at all.
        """
        fitted = fit_presence(self.outcomes, prior=presence)
        kept = [value for value in self.values if value.presence >= fitted.of(value.entity_type)]
        return fitted, fit_calibration(
            [value.entity_type for value in kept],
            [value.features for value in kept],
            [value.is_right for value in kept],
            [value.source for value in kept],
            prior=calibration,
        )

    def crossfitted(self, presence: PresenceThresholds | None) -> list[PresenceThresholds]:
        """Thresholds for the reports of each fold, drawn from those of before by the other folds alone."""
        return [
            fit_presence([o for o in self.outcomes if o.report % FOLDS != fold], prior=presence)
            for fold in range(FOLDS)
        ]

    def counts(self, of_fold: Sequence[PresenceThresholds], source: str) -> NDArray[np.int64]:
        """i64[reports of the source, (right, wrong, missed)] of the values that thresholds let through.

        Args:
            of_fold: the report of number n is judged by those at n modulo their count.
        """
        found: NDArray[np.int64] = np.zeros((len(self.sources), 3), dtype=np.int64)
        for outcome in self.outcomes:
            is_let = outcome.presence >= of_fold[outcome.report % len(of_fold)].of(outcome.entity_type)
            right, given = (outcome.right, outcome.given) if is_let else (0, 0)
            found[outcome.report] += (right, given - right, outcome.gold - right)
        return found[[name == source for name in self.sources]]


def measure(extractor: Extractor, labelled: Dataset) -> Measured:
    """Asks about reports that the adapter was not trained on; the extractor's own thresholds take no part."""
    outcomes: list[Outcome] = []
    values: list[Value] = []
    sources = labelled["source"]
    for number, report, answer, located in _answered_always(extractor, list(labelled_reports(labelled))):
        gold = report.gold.get(located.entity_type)
        if gold is not None:
            name, given = located.entity_type, len(answer.values)
            right = {j for _, j in match(report.text, gold, located.mentions, "fuzzy")}
            outcomes.append(Outcome(number, name, answer.presence, given, len(right), len(gold)))
            values += [
                Value(name, answer.presence, features(answer, j), j in right, sources[number]) for j in range(given)
            ]
    return Measured(tuple(sources), outcomes, values)


def calibrate(extractor: Extractor, labelled: Dataset) -> tuple[PresenceThresholds, Calibration]:
    """Fits presence thresholds and confidences on reports that the adapter was not trained on.

    Raises:
        ValueError: the model gave no value at all.
    """
    return measure(extractor, labelled).fitted()


def _answered_always(
    extractor: Extractor, reports: Sequence[LabelledReport]
) -> Iterator[tuple[int, LabelledReport, DecodedAnswer, Answer]]:
    """Each report's number and answers, as decoded and as located, with values however unlikely they are."""
    extractor = extractor.answering_always()
    for start in tqdm(range(0, len(reports), CALIBRATE_AT_ONCE), desc="calibrate", unit="batch", disable=None):
        together = reports[start : start + CALIBRATE_AT_ONCE]
        requests = [extractor.request(report.text) for report in together]
        decoded = extractor.decode(requests)
        for number, (report, request, answers) in enumerate(zip(together, requests, decoded, strict=True), start):
            for answer, located in zip(answers, extractor.locate(request, answers), strict=True):
                yield number, report, answer, located
