"""The whole path, stage by stage: read -> split -> extract -> load. The first code to read.

    files ── read ──▶ Document ── split ──▶ Report ── extract ──▶ Extraction ── load ──▶ DuckDB
            thread, one chunk ahead                  main thread            thread, one batch behind

A failure at any stage is a row of ``document_failure``, and the rest goes on. Every batch is one transaction, so what
was finished before an interrupt stays, and the next run goes on from there.
"""

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import BinaryIO, Protocol, TypeVar

from tqdm import tqdm

from crimeetl.etl.documents import Document, Failure, Report
from crimeetl.etl.errors import DocumentFailed, ExtractionFailed
from crimeetl.etl.load import (
    FinalStatus,
    RunCounts,
    RunStart,
    finish_run,
    finished_reports,
    known_paths,
    load_batch,
    mark_missing,
    start_run,
)
from crimeetl.etl.readers import DocumentReader, ReaderLimits, gone_paths
from crimeetl.etl.split import split
from crimeetl.model.extraction import Extraction
from crimeetl.model.schema import EntitySchema

Item = TypeVar("Item")
CHUNK_REPORTS = 64  # read before the database is asked which of them are done; as many as the extractor reads ahead
WAITING_REPORTS = 1024  # done before, that wait for a transaction: opening the database takes longer than storing them


@dataclass(frozen=True, slots=True)
class Task:
    """One report to extract, and the file it stands in."""

    path: str
    report: Report


class ExtractsReports(Protocol):
    """What the pipeline needs of an extractor."""

    def batches(
        self, reports: Iterable[tuple[Task, str]]
    ) -> Iterator[list[tuple[Task, Extraction | ExtractionFailed]]]:
        """Answers reports, some at a time, in any order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSettings:
    """What to read, with which model, and where to write."""

    arguments: tuple[str, ...]
    """What the user typed, for the record: files, folders, or "-" for standard input."""
    database: Path
    schema: EntitySchema
    model_digest: str
    model_name: str
    text_column: str | None = None
    """Of csv and jsonl; None takes the first usual one."""
    separator: re.Pattern[str] | None = None
    """What stands between the reports of one document; None means what separators usually look like."""
    reader_limits: ReaderLimits | None = None
    """What one document may cost; None takes the usual limits."""
    limit: int | None = None
    """Extract at most so many reports."""
    is_forced: bool = False
    """Extract again what this model and schema have done."""
    is_pruned: bool = False
    """Record which files are gone from the folders, so that the views show them no longer."""


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


def ingest(
    settings: IngestSettings,
    paths: Sequence[str],
    open_extractor: Callable[[], ExtractsReports],
    *,
    standard_input: BinaryIO | None = None,
) -> Summary:
    """Reads all reports, extracts those that are new to this model and schema, and stores the result.

    Args:
        paths: what ``find_paths`` gives for the settings' arguments.
        open_extractor: loads the model; called once, and only if there is a report to extract.

    Raises:
        DatabaseUnusable: the database is locked, not ours, or newer.
    """
    started = perf_counter()
    run = _Run.start(settings, open_extractor, total=len(paths))
    status: FinalStatus = "failed"
    try:
        with DocumentReader(standard_input, settings.reader_limits) as reader:
            run.extract_all(reader, paths)
        if settings.is_pruned:
            run.prune(paths)
        status = "done"
    except KeyboardInterrupt:
        status = "interrupted"
    finally:
        run.end(status)
    return Summary(
        run_id=run.run_id,
        reports=run.reports,
        values=run.values,
        skipped=run.skipped,
        failed=run.failed,
        missing=run.missing,
        seconds=perf_counter() - started,
        is_interrupted=status == "interrupted",
    )


@dataclass(slots=True)
class _Chunk:
    """Reports read one after another, with the documents they stand in and what could not be read."""

    tasks: list[Task] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    file_count: int = 0  # of those found inside archives, less the archives

    def add(self, later: "_Chunk") -> None:
        """Takes what another holds, behind its own."""
        self.tasks += later.tasks
        self.documents += later.documents
        self.failures += later.failures

    @property
    def entry_count(self) -> int:
        """Reports and failures."""
        return len(self.tasks) + len(self.failures)


@dataclass(slots=True)
class _Run:
    """A run under way: its counts, and what waits for the next transaction."""

    settings: IngestSettings
    open_extractor: Callable[[], ExtractsReports]
    run_id: str
    bar: "tqdm[None]"
    extractor: ExtractsReports | None = None
    reports: int = 0
    values: int = 0
    skipped: int = 0
    failed: int = 0
    missing: int = 0
    taken: set[str] = field(default_factory=set)  # report ids asked about in this run: a copy of one is not done twice
    unanswered: dict[str, ExtractionFailed] = field(default_factory=dict)  # those of them that failed
    waiting: _Chunk = field(default_factory=_Chunk)  # what the next transaction stores beside its extractions
    loader: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    loading: Future[tuple[int, int]] | None = None  # the batch before, under way to the database
    files: set[str] = field(default_factory=set)  # all that were found, those in archives too
    is_stopped: bool = False

    @classmethod
    def start(cls, settings: IngestSettings, open_extractor: Callable[[], ExtractsReports], *, total: int) -> "_Run":
        asked = {"arguments": settings.arguments, "limit": settings.limit, "is_forced": settings.is_forced}
        start = RunStart(
            model_digest=settings.model_digest,
            model_name=settings.model_name,
            schema=settings.schema,
            settings=asked,
        )
        run_id = start_run(settings.database, start)
        return cls(settings, open_extractor, run_id, tqdm(total=total, desc="ingest", unit="report", disable=None))

    def extract_all(self, reader: DocumentReader, paths: Sequence[str]) -> None:
        """Read, extract and store, one chunk after another."""
        with closing(_one_ahead(self.chunks(reader, paths), self.stop_reading)) as chunks:
            for chunk in chunks:
                self.extract(chunk)
        self.store([])
        self.wait_for_loader()

    def chunks(self, reader: DocumentReader, paths: Sequence[str]) -> Iterator[_Chunk]:
        """All files, some at a time."""
        chunk = _Chunk()
        for path in paths:
            files = reader.expand(path)
            self.files |= set(files)
            chunk.file_count += len(files) - 1
            for file in files:
                if self.is_stopped:
                    return
                self.read(reader, file, chunk)
                if chunk.entry_count >= CHUNK_REPORTS:
                    yield chunk
                    chunk = _Chunk()
        yield chunk

    def stop_reading(self) -> None:
        """Read no file after the one that is being read."""
        self.is_stopped = True

    def read(self, reader: DocumentReader, path: str, chunk: _Chunk) -> None:
        """Adds the reports of one file; what cannot be read becomes failures."""
        try:
            document = reader.read(path)
        except DocumentFailed as error:
            chunk.failures.append(Failure(error.path, None, "read", type(error).__name__, error.reason))
            return
        try:
            parts = split(document, text_column=self.settings.text_column, separator=self.settings.separator)
        except DocumentFailed as error:
            chunk.failures.append(Failure(document.path, None, "split", type(error).__name__, error.reason))
            return
        chunk.documents.append(document)
        chunk.tasks += [Task(document.path, report) for report in parts.reports]
        chunk.failures += [
            Failure(document.path, place, "split", type(failed).__name__, failed.reason)
            for place, failed in parts.failures
        ]

    def extract(self, chunk: _Chunk) -> None:
        """Extract those of a chunk that are new; one transaction a batch."""
        unread = sum(failure.place is None for failure in chunk.failures)
        self.bar.total += chunk.file_count + chunk.entry_count - len(chunk.documents) - unread
        for _ in chunk.failures:
            self.count_failure()
        self.waiting.add(chunk)
        pending, copies = self.pending(chunk.tasks)
        if pending and self.extractor is None:
            self.extractor = self.open_extractor()
        if pending and self.extractor is not None:
            for batch in self.extractor.batches((task, task.report.text) for task in pending):
                self.store(batch)
        for task in copies:
            if error := self.unanswered.get(task.report.report_id):
                self.fail_extraction(task, error)
            else:
                self.skip()
        if self.waiting.failures or len(self.waiting.tasks) >= WAITING_REPORTS:
            self.store([])

    def pending(self, tasks: Sequence[Task]) -> tuple[list[Task], list[Task]]:
        """The tasks that are neither done before nor beyond the limit, and apart from them copies of this run's."""
        settings = self.settings
        self.wait_for_loader()
        done = (
            set()
            if settings.is_forced
            else finished_reports(
                settings.database,
                {task.report.report_id for task in tasks},
                model_digest=settings.model_digest,
                schema_digest=settings.schema.digest,
            )
        )
        pending, copies = [], []
        for task in tasks:
            report_id = task.report.report_id
            if report_id in self.taken:
                copies.append(task)
            elif report_id in done:
                self.skip()
            elif settings.limit is None or len(self.taken) < settings.limit:
                self.taken.add(report_id)
                pending.append(task)
        return pending, copies

    def store(self, batch: list[tuple[Task, Extraction | ExtractionFailed]]) -> None:
        """Store a batch with all that was read before it, in one transaction, while the model goes on."""
        extracted = []
        for task, found in batch:
            if isinstance(found, ExtractionFailed):
                self.unanswered[task.report.report_id] = found
                self.fail_extraction(task, found)
            else:
                extracted.append((task.report, found))
        read, self.waiting = self.waiting, _Chunk()
        if not (extracted or read.documents or read.failures):
            return
        self.wait_for_loader()
        self.loading = self.loader.submit(self.load, read, extracted)

    def load(self, read: _Chunk, extracted: list[tuple[Report, Extraction]]) -> tuple[int, int]:
        """Write one batch, in the thread that does so; how many reports and values it has."""
        load_batch(
            self.settings.database,
            self.run_id,
            documents=read.documents,
            reports=[task.report for task in read.tasks],
            extractions=extracted,
            failures=read.failures,
            schema=self.settings.schema,
            model_digest=self.settings.model_digest,
        )
        return len(extracted), sum(len(answer.mentions) for _, found in extracted for answer in found.answers)

    def wait_for_loader(self) -> None:
        """Until the batch before is stored, and count it; its error is raised here."""
        loading, self.loading = self.loading, None
        if loading is not None:
            reports, values = loading.result()
            self.reports += reports
            self.values += values
            self.bar.update(reports)

    def count_failure(self) -> None:
        """Count what could not be done."""
        self.failed += 1
        self.bar.update()

    def fail_extraction(self, task: Task, error: ExtractionFailed) -> None:
        """Count a report that the model could not answer for; it is stored with the next batch."""
        failure = Failure(task.path, task.report.place, "extract", type(error).__name__, error.reason)
        self.waiting.failures.append(failure)
        self.count_failure()

    def skip(self) -> None:
        """Count a report that has its answers already."""
        self.skipped += 1
        self.bar.update()

    def prune(self, paths: Sequence[str]) -> None:
        """Record the files that are gone."""
        gone = gone_paths(known_paths(self.settings.database), self.settings.arguments, paths, self.files)
        if gone:
            mark_missing(self.settings.database, self.run_id, gone)
        self.missing = len(gone)

    def end(self, status: FinalStatus) -> None:
        """Record how the run ended."""
        with self.loader:
            self.wait_for_loader()
        self.bar.close()
        counts = RunCounts(reports_done=self.reports, mentions=self.values, skipped=self.skipped, failed=self.failed)
        finish_run(self.settings.database, self.run_id, status, counts)


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
