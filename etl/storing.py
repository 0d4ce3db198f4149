"""What a run has read and extracted, on its way to the database in a thread of its own, while the model goes on."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock

from crimeetl.etl.documents import Failure, Report
from crimeetl.etl.load import Run, load_batch
from crimeetl.etl.normalise import normalise
from crimeetl.etl.reading import Chunk
from crimeetl.model.extraction import Extraction
from crimeetl.model.schema import EntitySchema

WAITING_REPORTS = 1024  # done before, that wait for a transaction: opening the database takes longer than storing them
MOST_WAITING = 1024  # extracted while a transaction is under way; the model waits then
MOST_WAITING_CHARS = 8_000_000  # of their texts


@dataclass(slots=True)
class _Waiting:
    """What waits for the next transaction."""

    chunks: list[Chunk] = field(default_factory=list)
    extracted: list[tuple[Report, Extraction]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)  # of extraction
    chars: int = 0  # of the extracted reports

    @property
    def is_due(self) -> bool:
        """Whether it is to be stored now: what is finished, what failed, or much that was only read."""
        has_failures = bool(self.failures) or any(chunk.failures for chunk in self.chunks)
        return bool(self.extracted) or has_failures or sum(len(c.tasks) for c in self.chunks) >= WAITING_REPORTS

    @property
    def is_too_much(self) -> bool:
        return len(self.extracted) >= MOST_WAITING or self.chars >= MOST_WAITING_CHARS

    @property
    def is_nothing(self) -> bool:
        return not (self.chunks or self.extracted or self.failures)


class Storing:
    """Normalises and loads what it is given, one transaction after another.

    What comes while one is under way goes into the next, all together: a fast model does not wait for many small ones.
    """

    def __init__(self, run: Run, schema: EntitySchema, *, stored: Callable[[int], None]) -> None:
        """
        Args:
            stored: told, in the thread that waits, how many reports more are stored.
        """
        self.run, self.schema, self.stored = run, schema, stored
        self.reports = self.values = 0  # stored
        self.counted_reports = 0  # of them, told
        self.waiting = _Waiting()
        self.lock = Lock()  # over what waits, and whether a transaction is under way
        self.is_loading = False
        self.loader = ThreadPoolExecutor(1)
        self.loading: Future[None] | None = None
        self.is_interrupted = False  # Ctrl-C came in the thread that stores

    def add_chunk(self, chunk: Chunk) -> None:
        """What was read; it is stored before what is extracted from it, or with it."""
        with self.lock:
            self.waiting.chunks.append(chunk)

    def add_failure(self, failure: Failure) -> None:
        """A report that could not be extracted."""
        with self.lock:
            self.waiting.failures.append(failure)

    def add(self, report: Report, extraction: Extraction) -> None:
        """A report's answers."""
        with self.lock:
            self.waiting.extracted.append((report, extraction))
            self.waiting.chars += len(report.text)

    def store(self) -> None:
        """Begin to store what waits, if it is due; wait, if there is too much of it.

        Raises:
            KeyboardInterrupt: Ctrl-C came in the thread that stores.
        """
        with self.lock:
            is_wanted = self.waiting.is_too_much or (self.waiting.is_due and not self.is_loading)
        if is_wanted:
            self.wait()
            self._begin()

    def wait(self) -> None:
        """Until nothing is being stored; what goes wrong there is raised here.

        Raises:
            KeyboardInterrupt: Ctrl-C came in the thread that stores.
        """
        loading, self.loading = self.loading, None
        try:
            if loading is not None:
                loading.result()
        finally:
            self.stored(self.reports - self.counted_reports)
            self.counted_reports = self.reports
        if self.is_interrupted:
            raise KeyboardInterrupt

    def finish(self) -> None:
        """Store all that waits, and wait for it.

        Raises:
            KeyboardInterrupt: Ctrl-C came in the thread that stores.
        """
        self.wait()
        self._begin()
        self.wait()

    def end(self) -> None:
        """Stop, whatever happened; after Ctrl-C what is extracted is stored first."""
        with self.loader:
            with suppress(KeyboardInterrupt):  # it is why the run ends
                self.wait()
            if self.is_interrupted and self.waiting.extracted:
                self._begin()
                with suppress(KeyboardInterrupt):
                    self.wait()

    def _begin(self) -> None:
        if not self.waiting.is_nothing:
            self.is_loading = True
            self.loading = self.loader.submit(self._load)

    def _load(self) -> None:
        """Store what waits, and what comes to be due meanwhile."""
        is_due = True
        try:
            while is_due:
                with self.lock:
                    taken, self.waiting = self.waiting, _Waiting()
                self._load_undisturbed(taken)
                with self.lock:
                    is_due = self.is_loading = self.waiting.is_due and not self.is_interrupted
        finally:
            self.is_loading = False

    def _load_undisturbed(self, taken: _Waiting) -> None:
        """One transaction, done anew where Ctrl-C broke it off: polars and DuckDB raise it in any thread."""
        try:
            self._normalise_and_load(taken)
        except KeyboardInterrupt:
            self.is_interrupted = True
            self._normalise_and_load(taken)

    def _normalise_and_load(self, taken: _Waiting) -> None:
        rows = [
            (report, found, normalise(found, self.run.extraction_id(report), self.schema, year=report.year))
            for report, found in taken.extracted
        ]
        load_batch(
            self.run,
            documents=[document for chunk in taken.chunks for document in chunk.documents],
            splits={document_id: ids for chunk in taken.chunks for document_id, ids in chunk.splits.items()},
            reports=[task.report for chunk in taken.chunks for task in chunk.tasks],
            extractions=rows,
            failures=[*(failure for chunk in taken.chunks for failure in chunk.failures), *taken.failures],
        )
        self.reports += len(rows)
        self.values += sum(len(normalised.mentions) for _, _, normalised in rows)
