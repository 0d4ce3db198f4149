"""The whole path, stage by stage: read -> split -> extract -> normalise -> load. The first code to read.

    files ── read, split ──▶ Reports ── extract ──▶ Extractions ── normalise ──▶ rows ── load ──▶ DuckDB
          thread, a chunk ahead        main thread                  thread, a batch behind

A failure at any stage is a row of ``document_failure``, and the rest goes on. Every batch is one transaction, so what
was finished before an interrupt stays, and the next run goes on from there.
"""

import gc
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import BinaryIO, Protocol, TypeVar

from tqdm import tqdm

from crimeetl.etl.asking import CanAsk, answered, asked_text, asking, by_questions
from crimeetl.etl.documents import Failure, Report
from crimeetl.etl.errors import ExtractionFailed
from crimeetl.etl.load import (
    FinalStatus,
    Run,
    RunCounts,
    RunStart,
    finish_run,
    known_paths,
    mark_missing,
    start_run,
)
from crimeetl.etl.readers import DocumentReader, gone_paths
from crimeetl.etl.reading import Chunk, Reading, Task
from crimeetl.etl.settings import IngestSettings
from crimeetl.etl.storing import Storing
from crimeetl.etl.unusual import unusual
from crimeetl.model.extraction import Extraction
from crimeetl.model.schema import EntitySchema

Item = TypeVar("Item")
COLLECTED_AFTER = (100_000, 50, 1_000)  # new objects, young collections, collections of those that lasted
MOST_REMARKS = 20  # on files that may have been taken for other ones
LATE_CHARS = 100_000  # reports longer than this, minutes of work each, wait until all others are done


class ExtractsReports(CanAsk, Protocol):
    """What the pipeline needs of an extractor."""

    def batches(
        self, reports: Iterable[tuple[Task, str]]
    ) -> Iterator[list[tuple[Task, Extraction | ExtractionFailed]]]:
        """Answers reports, some at a time, in any order."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an ingest did."""

    run_id: str
    reports: int  # extracted
    values: int
    skipped: int  # reports that this model and schema had done before
    failed: int
    missing: int  # files found gone
    seconds: float
    is_interrupted: bool
    remarks: tuple[str, ...] = ()  # on reports that are unusual, and on files that may have been taken for other ones


def ingest(
    settings: IngestSettings,
    paths: Sequence[str],
    open_extractor: Callable[[], ExtractsReports],
    *,
    standard_input: BinaryIO | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> Summary:
    """Reads all reports, extracts those that are new to this model and schema, and stores the result.

    Args:
        paths: what ``find_paths`` gives for the settings' arguments.
        open_extractor: loads the model; called once, and only if there is a report to extract.
        tell: takes what the user should know meanwhile, such as that another run is waited for.

    Raises:
        DatabaseUnusable: the database is locked, not ours, or newer.
    """
    started = perf_counter()
    work = _Work(settings, open_extractor, _begin(settings, tell), total=len(paths))
    status: FinalStatus = "failed"
    try:
        with _cycles_seldom_sought(), DocumentReader(standard_input, settings.reading.limits) as reader:
            work.extract_all(Reading(reader, paths, settings))
        status = "done"
    except KeyboardInterrupt:
        status = "interrupted"
    finally:
        work.end(status)
    return Summary(
        run_id=work.run.run_id,
        reports=work.storing.reports,
        values=work.storing.values,
        skipped=work.skipped,
        failed=work.failed,
        missing=work.missing,
        seconds=perf_counter() - started,
        is_interrupted=status == "interrupted",
        remarks=(*_some(work.doubts), *work.unusual.lines()),
    )


def _begin(settings: IngestSettings, tell: Callable[[str], None]) -> Run:
    asked = {
        "arguments": settings.arguments,
        "limit": settings.limit,
        "is_forced": settings.is_forced,
        "adapter": settings.adapter,
        "roots": [str(Path(argument).resolve()) for argument in settings.arguments if argument != "-"],
    }
    start = RunStart(
        model_digest=settings.model_digest,
        model_name=settings.model_name,
        schema=settings.schema,
        settings=asked,
    )
    return start_run(settings.database, start, tell=tell)


@dataclass(slots=True)
class _Unusual:
    """What was unusual about reports: how many of a kind, and where the first stands."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, Task] = field(default_factory=dict)

    def look_at(self, task: Task) -> None:
        text = asked_text(task.report)
        if text and (kind := unusual(text)):
            self.counts[kind] += 1
            self.first.setdefault(kind, task)

    def lines(self) -> list[str]:
        return [
            f"{count} report{'s' * (count > 1)}: {kind} (the first: {self.first[kind].path}, "
            f"place {self.first[kind].report.place})"
            for kind, count in self.counts.most_common()
        ]


class _Work:
    """A run under way: its counts, and what waits for the next transaction."""

    def __init__(
        self, settings: IngestSettings, open_extractor: Callable[[], ExtractsReports], run: Run, *, total: int
    ) -> None:
        self.settings, self.open_extractor, self.run = settings, open_extractor, run
        self.extractor: ExtractsReports | None = None
        self.skipped = self.failed = self.missing = 0
        self.late: list[Task] = []  # long reports, until all others are done
        self.copies: list[Task] = []  # of reports that are to be extracted, until these are
        self.unanswered: dict[str, ExtractionFailed] = {}  # reports that failed, by their ids
        self.doubts: list[str] = []  # of files, what they were taken for
        self.unusual = _Unusual()
        self.storing = Storing(run, settings.schema, stored=lambda reports: self.bar.update(reports))
        self.bar = tqdm(total=total, desc="ingest", unit="report", disable=None)

    def extract_all(self, reading: Reading) -> None:
        """Read, extract and store, one chunk after another; long reports last."""
        with closing(_one_ahead(reading.chunks(), reading.stop)) as chunks:
            for chunk in chunks:
                self.take(chunk, reading)
        self.extract(self.late)
        self.settle_copies()
        self.storing.finish()
        if self.settings.is_pruned:
            self.prune(reading)

    def take(self, chunk: Chunk, reading: Reading) -> None:
        """Extract what is new in a chunk."""
        unread = sum(failure.place is None for failure in chunk.failures)
        begun = sum(not file.is_continued for file in chunk.files if file.document is not None)
        self.bar.total += chunk.extra_files + chunk.entry_count - begun - unread
        for _ in chunk.failures:
            self.count_failure()
        self.doubts += chunk.doubts
        self.storing.add_chunk(chunk)
        if reading.asks_database:
            self.storing.wait()
        prompt: list[Task] = []
        for task, fate in zip(chunk.tasks, reading.fates(chunk.tasks), strict=True):
            if fate == "to extract":
                self.unusual.look_at(task)
                (self.late if len(task.report.text) > LATE_CHARS else prompt).append(task)
            elif fate == "copy":
                self.copies.append(task)
            elif fate == "done":
                self.skip()
        self.extract(prompt)
        if not self.late:
            self.settle_copies()
        self.storing.store()

    def extract(self, tasks: Sequence[Task]) -> None:
        """Answer for reports, by their columns and by the model; one transaction a batch."""
        schema = self.settings.schema
        groups = by_questions(tasks, lambda task: task.report, schema)
        if unasked := groups.pop((), []):
            self.store([(task, answered(task.report, schema, None)) for task in unasked])
        for types, group in groups.items():
            extractor = asking(self.opened(), types, schema)
            for batch in extractor.batches((task, asked_text(task.report)) for task in group):
                self.store([(task, _completed(task.report, schema, found)) for task, found in batch])

    def opened(self) -> ExtractsReports:
        """The model, loaded once."""
        if self.extractor is None:
            self.extractor = self.open_extractor()
        return self.extractor

    def settle_copies(self) -> None:
        """A copy has the answers of the report that it is a copy of, or fails with it."""
        for task in self.copies:
            if error := self.unanswered.get(task.report.report_id):
                self.fail_extraction(task, error)
            else:
                self.skip()
        self.copies = []

    def store(self, batch: Sequence[tuple[Task, Extraction | ExtractionFailed]]) -> None:
        """Have a batch stored with all that was read before it, while the model goes on."""
        for task, found in batch:
            if isinstance(found, ExtractionFailed):
                self.unanswered[task.report.report_id] = found
                self.fail_extraction(task, found)
            else:
                self.storing.add(task.report, found)
        self.storing.store()

    def count_failure(self) -> None:
        """Count what could not be done."""
        self.failed += 1
        self.bar.update()

    def fail_extraction(self, task: Task, error: ExtractionFailed) -> None:
        """Count a report that the model could not answer for; it is stored with the next batch."""
        failure = Failure(task.path, task.report.place, "extract", type(error).__name__, error.reason)
        self.storing.add_failure(failure)
        self.count_failure()

    def skip(self) -> None:
        """Count a report that has its answers already."""
        self.skipped += 1
        self.bar.update()

    def prune(self, reading: Reading) -> None:
        """Record the files that are gone."""
        known = known_paths(self.settings.database)
        gone = gone_paths(known, self.settings.arguments, reading.paths, reading.files)
        if gone:
            mark_missing(self.run, gone)
        self.missing = len(gone)

    def end(self, status: FinalStatus) -> None:
        """Record how the run ended."""
        self.storing.end()
        self.bar.close()
        reports, values = self.storing.reports, self.storing.values
        counts = RunCounts(reports_done=reports, mentions=values, skipped=self.skipped, failed=self.failed)
        finish_run(self.run, status, counts)


@contextmanager
def _cycles_seldom_sought() -> Iterator[None]:
    """Rows hold no cycles, and looking for them would cost a third of the time that rows take."""
    before = gc.get_threshold()
    gc.set_threshold(*COLLECTED_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _some(lines: Sequence[str]) -> list[str]:
    """The first of many lines, and how many more there are."""
    more = len(lines) - MOST_REMARKS
    return [*lines[:MOST_REMARKS], f"{more} remarks more; --dry-run says them all"] if more > 0 else list(lines)


def _completed(
    report: Report, schema: EntitySchema, found: Extraction | ExtractionFailed
) -> Extraction | ExtractionFailed:
    """The model's answers with those that columns give."""
    return found if isinstance(found, ExtractionFailed) else answered(report, schema, found)


def _one_ahead(items: Iterator[Item], stop: Callable[[], None]) -> Generator[Item, None, None]:
    """The same items, the next of them made in a thread of its own while one is used.

    Args:
        stop: asks for no further item; called when the caller breaks off, too.
    """
    with ThreadPoolExecutor(1) as maker:
        try:
            coming = maker.submit(next, items, None)
            while (item := coming.result()) is not None:
                coming = maker.submit(next, items, None)
                yield item
        finally:
            stop()
