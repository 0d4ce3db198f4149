"""Runs a model over labelled reports, to score it."""

import time
from dataclasses import dataclass

from datasets import Dataset
from tqdm import tqdm

from crimeetl.etl.errors import ExtractionFailed, WrongUsage
from crimeetl.model.evaluate.forced import TokenScores, teacher_forced
from crimeetl.model.evaluate.scores import Evaluation, score
from crimeetl.model.extract import Extractor
from crimeetl.model.extraction import Extraction
from crimeetl.model.labels import LabelledReport, labelled_reports, training_rows
from crimeetl.model.schema import EntitySchema


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
