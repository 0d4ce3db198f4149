"""The whole path, stage by stage: read -> split -> extract -> load. The first code to read.

    files ── read ──▶ Document ── split ──▶ Report ── extract ──▶ Extraction ── load ──▶ DuckDB

A failure at any stage is a row of ``document_failure``, and the rest goes on. Every batch is one transaction, so what
was finished before an interrupt stays, and the next run goes on from there.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import BinaryIO, Protocol

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
from crimeetl.etl.readers import DocumentReader, ReaderLimits
from crimeetl.etl.readers.paths import gone_paths
from crimeetl.etl.split import split
from crimeetl.model.entity_schema import EntitySchema
from crimeetl.model.extraction import Extraction

CHUNK_REPORTS = 64  # read before the database is asked which of them are done; as many as the extractor reads ahead


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
    new_documents: list[Document] = field(default_factory=list)
    new_reports: list[Report] = field(default_factory=list)
    new_failures: list[Failure] = field(default_factory=list)

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
        chunk: list[Task] = []
        for path in paths:
            files = reader.expand(path)
            self.bar.total += len(files) - 1
            for file in files:
                chunk += self.read(reader, file)
                if len(chunk) + len(self.new_failures) >= CHUNK_REPORTS:
                    self.extract(chunk)
                    chunk = []
        self.extract(chunk)

    def read(self, reader: DocumentReader, path: str) -> list[Task]:
        """The reports of one file; what cannot be read becomes failures."""
        try:
            document = reader.read(path)
        except DocumentFailed as error:
            self.fail(Failure(error.path, None, "read", type(error).__name__, error.reason))
            return []
        try:
            parts = split(document, text_column=self.settings.text_column, separator=self.settings.separator)
        except DocumentFailed as error:
            self.fail(Failure(document.path, None, "split", type(error).__name__, error.reason))
            return []
        self.bar.total += len(parts.reports) + len(parts.failures) - 1
        for place, failed in parts.failures:
            self.fail(Failure(document.path, place, "split", type(failed).__name__, failed.reason))
        self.new_documents.append(document)
        self.new_reports += parts.reports
        return [Task(document.path, report) for report in parts.reports]

    def extract(self, chunk: list[Task]) -> None:
        """Extract those of a chunk that are new; one transaction a batch."""
        pending, copies = self.pending(chunk)
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
        self.store([])

    def pending(self, chunk: list[Task]) -> tuple[list[Task], list[Task]]:
        """The tasks that are neither done before nor beyond the limit, and apart from them copies of this run's."""
        settings = self.settings
        done = (
            set()
            if settings.is_forced
            else finished_reports(
                settings.database,
                {task.report.report_id for task in chunk},
                model_digest=settings.model_digest,
                schema_digest=settings.schema.digest,
            )
        )
        pending, copies = [], []
        for task in chunk:
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
        """Store a batch with all that was read before it, in one transaction."""
        extracted = []
        for task, found in batch:
            if isinstance(found, ExtractionFailed):
                self.unanswered[task.report.report_id] = found
                self.fail_extraction(task, found)
            else:
                extracted.append((task.report, found))
        if not (extracted or self.new_documents or self.new_failures):
            return
        load_batch(
            self.settings.database,
            self.run_id,
            documents=self.new_documents,
            reports=self.new_reports,
            extractions=extracted,
            failures=self.new_failures,
            schema=self.settings.schema,
            model_digest=self.settings.model_digest,
        )
        self.new_documents, self.new_reports, self.new_failures = [], [], []
        self.reports += len(extracted)
        self.values += sum(len(answer.mentions) for _, found in extracted for answer in found.answers)
        self.bar.update(len(extracted))

    def fail(self, failure: Failure) -> None:
        """Count a failure; it is stored with the next batch."""
        self.new_failures.append(failure)
        self.failed += 1
        self.bar.update()

    def fail_extraction(self, task: Task, error: ExtractionFailed) -> None:
        """Count a report that the model could not answer for."""
        self.fail(Failure(task.path, task.report.place, "extract", type(error).__name__, error.reason))

    def skip(self) -> None:
        """Count a report that has its answers already."""
        self.skipped += 1
        self.bar.update()

    def prune(self, paths: Sequence[str]) -> None:
        """Record the files that are gone."""
        gone = gone_paths(known_paths(self.settings.database), self.settings.arguments, paths)
        if gone:
            mark_missing(self.settings.database, self.run_id, gone)
        self.missing = len(gone)

    def end(self, status: FinalStatus) -> None:
        """Record how the run ended."""
        self.bar.close()
        counts = RunCounts(reports_done=self.reports, mentions=self.values, skipped=self.skipped, failed=self.failed)
        finish_run(self.settings.database, self.run_id, status, counts)
