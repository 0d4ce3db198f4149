"""Runs a model over labelled reports: to score it, and to learn from its mistakes how far to trust it."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datasets import Dataset
from tqdm import tqdm

from crimeetl.etl.errors import ExtractionFailed, WrongUsage
from crimeetl.model.decode import DecodedAnswer
from crimeetl.model.evaluate.forced import TokenScores, teacher_forced
from crimeetl.model.evaluate.matching import match
from crimeetl.model.evaluate.scores import Evaluation, score
from crimeetl.model.extract import (
    Calibration,
    Extractor,
    Outcome,
    PresenceThresholds,
    features,
    fit_calibration,
    fit_presence,
)
from crimeetl.model.extraction import Answer, Extraction
from crimeetl.model.labels import LabelledReport, labelled_reports, training_rows
from crimeetl.model.schema import EntitySchema

CALIBRATE_AT_ONCE = 8  # reports


def labelled_schema(schema: EntitySchema, labelled: Dataset) -> EntitySchema:
    """The schema's types that the data labels at all: only these can be scored."""
    names = {entry["entity_type"] for gold in labelled["gold"] for entry in gold}
    return EntitySchema(schema.name, tuple(t for t in schema.types if t.name in names))


def evaluate(extractor: Extractor, labelled: Dataset) -> list[Evaluation]:
    """Answers every labelled report and scores the answers: each source, and all together where there are several.

    A source is asked only for the types that it labels.

    Raises:
        WrongUsage: the data labels none of the schema's types.
    """
    if not labelled_schema(extractor.schema, labelled).types:
        name = extractor.schema.name
        raise WrongUsage(f"nothing to score: no report labels a type of the schema {name}; give another --schema")
    answered = {}
    for name in dict.fromkeys(labelled["source"]):
        part = labelled.select([i for i, source in enumerate(labelled["source"]) if source == name])
        asked = labelled_schema(extractor.schema, part)
        if asked.types:
            answered[name] = _answer(extractor.asking(asked), part)
    if len(answered) > 1:
        answered["all"] = sum(answered.values(), start=_Answered([], [], 0.0, TokenScores()))
    return [one.score(extractor, name) for name, one in answered.items()]


@dataclass(slots=True)
class _Answered:
    """Reports and what a model made of them."""

    reports: list[LabelledReport]
    extractions: list[Extraction]
    seconds: float
    forced: TokenScores

    def __add__(self, other: "_Answered") -> "_Answered":
        return _Answered(
            self.reports + other.reports,
            self.extractions + other.extractions,
            self.seconds + other.seconds,
            self.forced + other.forced,
        )

    def score(self, extractor: Extractor, source: str) -> Evaluation:
        labelled = {name for report in self.reports for name in report.gold}
        types = tuple(t for t in extractor.schema.types if t.name in labelled)
        return score(
            self.reports,
            self.extractions,
            schema=EntitySchema(extractor.schema.name, types),
            source=source,
            model=extractor.choice.name,
            seconds_a_report=self.seconds / len(self.reports),
            forced=self.forced.figures(),
        )


def _answer(extractor: Extractor, labelled: Dataset) -> _Answered:
    """One source's reports, timed after one to warm up."""
    reports = list(labelled_reports(labelled))
    extractor.extract([reports[0].text])
    started = time.perf_counter()
    found: dict[int, Extraction] = {}
    with tqdm(total=len(reports), desc="evaluate", unit="report", disable=None) as bar:
        for batch in extractor.batches((i, report.text) for i, report in enumerate(reports)):
            for i, outcome in batch:
                if isinstance(outcome, ExtractionFailed):
                    raise outcome
                found[i] = outcome
            bar.update(len(batch))
    seconds = time.perf_counter() - started
    asked = EntitySchema(extractor.schema.name, tuple(extractor.asked_types))
    rows, _ = training_rows(
        labelled, asked, extractor.template, extractor.grammar, most_tokens=extractor.base.context_tokens
    )
    forced = teacher_forced(extractor.base.model, rows, pad_id=extractor.template.end_id)
    return _Answered(reports, [found[i] for i in range(len(reports))], seconds, forced)


def calibrate(extractor: Extractor, labelled: Dataset) -> tuple[PresenceThresholds, Calibration]:
    """Fits presence thresholds and confidences on reports that the adapter was not trained on.

    Right means fuzzily matched. Confidences are fitted on the values that the thresholds let through. The extractor's
    own thresholds take no part, and stay.

    Raises:
        ValueError: the model gave no value at all.
    """
    outcomes: list[Outcome] = []
    values: list[tuple[str, float, tuple[float, ...], bool, str]] = []
    sources = labelled["source"]
    for number, report, answer, located in _answered_always(extractor, list(labelled_reports(labelled))):
        gold = report.gold.get(located.entity_type)
        if gold is not None:
            name, given = located.entity_type, len(answer.values)
            right = {j for _, j in match(report.text, gold, located.mentions, "fuzzy")}
            outcomes.append(Outcome(number, name, answer.presence, given, len(right), len(gold)))
            values += [(name, answer.presence, features(answer, j), j in right, sources[number]) for j in range(given)]
    presence = fit_presence(outcomes)
    kept = [(name, *rest) for name, found, *rest in values if found >= presence.of(name)]
    return presence, fit_calibration(*(zip(*kept, strict=True) if kept else ((), (), (), ())))


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
