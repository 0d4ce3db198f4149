"""What everything around the model costs: mentions loaded a second, and a second run over unchanged files.

python tests/benchmarks/loading.py [--files 10000]

A model that answers at once takes the place of the real one. Prints seconds of the first and the second run over
small text files, and the rate at which one large batch is loaded.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from unittest import mock

from crimeetl.etl.documents import Document, Report, content_id
from crimeetl.etl.ingest import ingest
from crimeetl.etl.load import RunStart, batch, load_batch, start_run
from crimeetl.etl.normalise import normalise
from crimeetl.etl.readers import find_paths
from crimeetl.etl.reading import Task
from crimeetl.etl.settings import IngestSettings
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import load_schema

SCHEMA = load_schema("crime")
BATCH_REPORTS = 64
BULK_REPORTS = 4000
VALUES = {
    "Officer_Name": "Officer Ann Lee",
    "Officer_BadgeNumber": "#4471",
    "Victim_Name": "Bo Ray",
    "Victim_Age": "34",
    "Crime_Type": "Burglary",
    "Crime_Date": "March 4, 2025",
    "Crime_Time": "2140 hours",
    "Location": "1400 block of Oak Street",
    "Evidence_Type": "a pry bar",
    "Crime_Status": "open",
}
SENTENCE = (
    "{Officer_Name}, {Officer_BadgeNumber}, met {Victim_Name}, {Victim_Age}, after a {Crime_Type} on {Crime_Date} \
at {Crime_Time} in the {Location}; {Evidence_Type} was found. The case is {Crime_Status}. Entry {number}."
)


class Instant:
    """Finds the values of one sentence, at once."""

    def batches(self, reports: Iterable[tuple[Task, str]]) -> Iterator[list[tuple[Task, Extraction]]]:
        coming = iter(reports)
        while batch := list(islice(coming, BATCH_REPORTS)):
            yield [(task, extraction(text)) for task, text in batch]


def extraction(text: str) -> Extraction:
    answers = []
    for entity_type in SCHEMA.types:
        value = VALUES.get(entity_type.name)
        mentions = () if value is None else (Mention(value, text.index(value), text.index(value) + len(value), 0.9),)
        answers.append(Answer(entity_type.name, mentions, 0.9, False))
    return Extraction(tuple(answers), 60, 100, 1)


def report_text(number: int) -> str:
    return SENTENCE.format(**VALUES, number=number) + " It was cold." * random.Random(number).randrange(40)


def write_reports(folder: Path, count: int) -> Path:
    """So many small text files, in a new folder."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:05}.txt").write_text(report_text(number))
    return folder


def settings_for(folder: Path, database: Path) -> IngestSettings:
    return IngestSettings(
        arguments=(str(folder),), database=database, schema=SCHEMA, model_digest="instant", model_name="instant"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    count = parser.parse_args().files
    with tempfile.TemporaryDirectory() as scratch:
        folder = write_reports(Path(scratch) / "reports", count)
        settings = settings_for(folder, Path(scratch) / "crime.duckdb")
        for name in ("first run", "second run"):
            started = time.perf_counter()
            done = ingest(settings, find_paths(settings.arguments), Instant)
            seconds = time.perf_counter() - started
            print(f"{name}: {done.reports} reports, {done.values} values, {done.skipped} skipped, {seconds:.1f} s")
        bulk(Path(scratch) / "bulk.duckdb")


def bulk(database: Path) -> None:
    """One batch of many reports."""
    run = start_run(database, RunStart(model_digest="instant", model_name="instant", schema=SCHEMA, settings={}))
    documents, extractions = [], []
    for number in range(BULK_REPORTS):
        text = report_text(number)
        document = Document(f"/r/{number}.txt", content_id(text), "text/plain", "utf-8", False, len(text), text)
        documents.append(document)
        report = Report(content_id(document.document_id, "0", text), document.document_id, 0, text)
        extractions.append((report, extraction(text)))
    started = time.perf_counter()
    rows = [(report, found, normalise(found, run.extraction_id(report), SCHEMA)) for report, found in extractions]
    normalised = time.perf_counter()
    held = Watch()
    with mock.patch.object(batch, "insert_frames", held.timed(batch.insert_frames)):
        load_batch(run, documents=documents, splits={}, reports=[], extractions=rows, failures=[])
    ended = time.perf_counter()
    mentions = BULK_REPORTS * len(VALUES)
    print(
        f"bulk: {mentions} mentions with their rows; normalised {mentions / (normalised - started):,.0f} a second, "
        f"loaded {mentions / (ended - normalised):,.0f} a second; the database was held {held.seconds:.2f} s"
    )


@dataclass(slots=True)
class Watch:
    """Sums the seconds of calls."""

    seconds: float = 0.0

    def timed(self, function: Callable[..., None]) -> Callable[..., None]:
        def call(*args: Any) -> None:
            started = time.perf_counter()
            function(*args)
            self.seconds += time.perf_counter() - started

        return call


if __name__ == "__main__":
    main()
