"""Files -> reports, and which of them are still to be extracted: the same for a run and for a dry run.

path ── expand, read ──▶ Document ── split ──▶ Reports ── ask the database ──▶ to extract, done, a copy, too many
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from crimeetl.etl.documents import Document, Failure, Report
from crimeetl.etl.errors import DocumentFailed, UnreadableDocument
from crimeetl.etl.load import finished_reports, has_finished_reports
from crimeetl.etl.readers import DocumentReader, links_out
from crimeetl.etl.settings import IngestSettings
from crimeetl.etl.split import Split, SplitSettings, Taken, split_parts

CHUNK_REPORTS = 64  # read before the database is asked which of them are done; as many as the extractor reads ahead
Fate = Literal["to extract", "done", "copy", "beyond the limit"]
"""Not answered yet; answered before by this model and schema; the same as one before it; more than were asked for."""


@dataclass(frozen=True, slots=True)
class Task:
    """One report to extract, and the file it stands in."""

    path: str
    report: Report


@dataclass(frozen=True, slots=True)
class FileRead:
    """What stands in one file, or in a part of a long one; no document where it cannot be read or split."""

    path: str
    document: Document | None
    reports: tuple[Report, ...] = ()
    failures: tuple[Failure, ...] = ()
    report_ids: tuple[str, ...] | None = None  # of the whole file; None until its last part
    is_continued: bool = False  # not its first part
    taken_as: Taken | None = None  # what a file that holds several reports was taken for


@dataclass(slots=True)
class Chunk:
    """Files read one after another."""

    files: list[FileRead] = field(default_factory=list)
    extra_files: int = 0  # of those found inside archives, less the archives
    unheeded: list[str] = field(default_factory=list)  # options that fit no file; in the last chunk

    @property
    def tasks(self) -> list[Task]:
        return [Task(file.path, report) for file in self.files for report in file.reports]

    @property
    def documents(self) -> list[Document]:
        return [file.document for file in self.files if file.document is not None]

    @property
    def splits(self) -> dict[str, tuple[str, ...]]:
        """By document, the reports that it holds; of documents that were read to their end."""
        return {
            file.document.document_id: file.report_ids
            for file in self.files
            if file.document is not None and file.report_ids is not None
        }

    @property
    def doubts(self) -> list[str]:
        """What files were taken for, of those that may be something else; and options that fit none of all files."""
        taken = [(file.path, file.taken_as) for file in self.files]
        doubts = [f"{path}: taken for {one.words}" for path, one in taken if one is not None and not one.is_sure]
        return doubts + self.unheeded

    @property
    def failures(self) -> list[Failure]:
        return [failure for file in self.files for failure in file.failures]

    @property
    def entry_count(self) -> int:
        """Reports and failures."""
        return sum(len(file.reports) + len(file.failures) for file in self.files)


class Unheeded:
    """What the user says of the files that proves true of none of them."""

    def __init__(self, settings: SplitSettings) -> None:
        self._headings = dict.fromkeys(settings.types_of_headings)  # that no table had yet
        self._wants_rows = settings.as_rows is True
        self._without_rows: list[str] = []

    def look_at(self, path: str, part: Split) -> None:
        """A file, or the first part of a long one."""
        for column in part.taken_as.columns if part.taken_as else ():
            if column.told_as is not None:
                self._headings.pop(column.told_as, None)
        if self._wants_rows and part.taken_as is None and part.reports:
            self._without_rows.append(path)

    def lines(self) -> list[str]:
        """A line for each option, once all files were looked at."""
        lines = []
        if self._headings:
            named = ", ".join(self._headings)
            lines.append(f"--map: no table has a column {named}; --dry-run shows the headings that there are")
        if self._without_rows:
            files = f"{len(self._without_rows)} file{'s' * (len(self._without_rows) > 1)}"
            lines.append(f"--rows: no rows or entries were found in {files} (the first: {self._without_rows[0]})")
        return lines


class Reading:
    """Reads files a chunk at a time, and says of each report what is to become of it.

    Args:
        paths: what ``find_paths`` gives for the settings' arguments.
    """

    def __init__(self, reader: DocumentReader, paths: Sequence[str], settings: IngestSettings) -> None:
        self.settings = settings
        self.files: set[str] = set()  # all that were found, those in archives too
        self.paths, self._reader = paths, reader
        self._seen: set[str] = set()  # report ids that are to be extracted: a copy of one is not extracted twice
        self._links_out = set() if settings.reading.follows_links else links_out(settings.arguments, paths)
        self._unheeded = Unheeded(settings.reading.split)
        self._is_stopped = False
        self._asks_database: bool | None = None  # None until it matters

    def chunks(self) -> Iterator[Chunk]:
        """All files, at least CHUNK_REPORTS reports and failures at a time while there are as many."""
        chunk = Chunk()
        for path in self.paths:
            files = [path] if path in self._links_out else self._reader.expand(path)
            self.files |= set(files)
            chunk.extra_files += len(files) - 1
            for file in files:
                if self._is_stopped:
                    return
                for part in self._parts(file):
                    chunk.files.append(part)
                    if chunk.entry_count >= CHUNK_REPORTS:
                        yield chunk
                        chunk = Chunk()
        chunk.unheeded = self._unheeded.lines()
        yield chunk

    def stop(self) -> None:
        """Read no file after the one that is being read."""
        self._is_stopped = True

    @property
    def asks_database(self) -> bool:
        """Whether anything may have been done before this run; found out once.

        Raises:
            DatabaseUnusable: the database is locked, not ours, or of another version.
        """
        if self._asks_database is None:
            settings = self.settings
            digests = {"model_digest": settings.model_digest, "schema_digest": settings.schema.digest}
            is_there = not settings.is_forced and settings.database.exists()
            self._asks_database = is_there and has_finished_reports(settings.database, **digests)
        return self._asks_database

    def fates(self, tasks: Sequence[Task]) -> list[Fate]:
        """What is to become of each report, in their order; asks the database, where it knows any.

        Raises:
            DatabaseUnusable: the database is locked, not ours, or of another version.
        """
        done = self._finished({task.report.report_id for task in tasks})
        return [self._fate(task.report.report_id, done) for task in tasks]

    def _parts(self, path: str) -> Iterator[FileRead]:
        """A file as a whole, or a long table in parts, so that memory does not grow with its rows."""
        try:
            if path in self._links_out:
                reason = "it is a link to a file outside the folder; give that file itself, or --follow-links"
                raise UnreadableDocument(path, reason)
            document = self._reader.read(path)
        except DocumentFailed as error:
            yield FileRead(error.path, None, failures=(_failure(error.path, None, "read", error),))
            return
        # A document keeps its text for as long as it is split: all else of it is known without.
        known = replace(document, text="", lines=(), tables=())
        report_ids: list[str] = []
        try:
            coming = split_parts(document, self.settings.reading.split)
            part, is_continued = next(coming, None), False
            while part is not None:
                following = next(coming, None)
                if not is_continued:
                    self._unheeded.look_at(document.path, part)
                reports, failures = within_bounds(document.path, part, self.settings.reading.most_report_chars)
                report_ids += [report.report_id for report in reports]
                whole = None if following else tuple(report_ids)
                taken_as = None if is_continued else part.taken_as
                yield FileRead(document.path, known, reports, failures, whole, is_continued, taken_as)
                part, is_continued = following, True
        except DocumentFailed as error:
            yield FileRead(document.path, None, failures=(_failure(document.path, None, "split", error),))
        except MemoryError:
            raise
        # One document that nobody foresaw is its own failure and becomes a row; the others go on.
        except Exception as error:  # noqa: BLE001
            reason = f"it could not be parted ({type(error).__name__}: {error}); report it, or give it as plain text"
            unforeseen = UnreadableDocument(document.path, reason)
            yield FileRead(document.path, None, failures=(_failure(document.path, None, "split", unforeseen),))

    def _finished(self, report_ids: set[str]) -> set[str]:
        settings = self.settings
        if not self.asks_database:
            return set()
        return finished_reports(
            settings.database, report_ids, model_digest=settings.model_digest, schema_digest=settings.schema.digest
        )

    def _fate(self, report_id: str, done: set[str]) -> Fate:
        if report_id in self._seen:
            return "copy"
        if report_id in done:
            return "done"
        if self.settings.limit is not None and len(self._seen) >= self.settings.limit:
            return "beyond the limit"
        self._seen.add(report_id)
        return "to extract"


def within_bounds(path: str, part: Split, most_chars: int) -> tuple[tuple[Report, ...], tuple[Failure, ...]]:
    """The reports of a file that are no longer than a report may be, and why the others, or bad rows, are none."""
    failures = [_failure(path, place, "split", error) for place, error in part.failures]
    for report in part.reports:
        if len(report.text) > most_chars:
            reason = f"it holds {len(report.text)} characters, more than {most_chars}"
            too_long = UnreadableDocument(path, f"{reason}; cut it, or raise --max-report-chars")
            failures.append(_failure(path, report.place, "split", too_long))
    return tuple(report for report in part.reports if len(report.text) <= most_chars), tuple(failures)


def _failure(path: str, place: int | None, stage: Literal["read", "split"], error: DocumentFailed) -> Failure:
    return Failure(path, place, stage, type(error).__name__, error.reason)
