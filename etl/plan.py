"""What an ingest would do, file by file, without doing it: nothing is written, and no model is loaded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal, get_args

from crimeetl import sql
from crimeetl.etl.documents import Report
from crimeetl.etl.errors import DocumentFailed
from crimeetl.etl.ingest import IngestSettings
from crimeetl.etl.load import finished_reports, known_paths
from crimeetl.etl.readers import DocumentReader, gone_paths
from crimeetl.etl.split import split

State = Literal["new", "changed", "pending", "unchanged", "failed", "missing"]
CHUNK_FILES = 256  # read before the database is asked which of their reports are done
STATES: tuple[State, ...] = get_args(State)
"""Never seen; other content than before; known, but not extracted by this model and schema; done; unreadable; gone."""


@dataclass(frozen=True, slots=True)
class FilePlan:
    """What would be done with one file."""

    path: str
    state: State
    reports: int  # to extract
    reason: str | None = None  # why it, or a part of it, cannot be read


@dataclass(frozen=True, slots=True)
class Plan:
    """What an ingest would do."""

    files: list[FilePlan]
    reports: int  # to extract, each content once
    tokens: int  # of their texts
    seconds: float | None  # by the pace of earlier runs of this model and schema; None before the first

    def count(self, state: State) -> int:
        """How many files are in a state."""
        return sum(file.state == state for file in self.files)


def plan(
    settings: IngestSettings,
    paths: Sequence[str],
    count_tokens: Callable[[str], int],
    *,
    standard_input: BinaryIO | None = None,
) -> Plan:
    """Reads all files and asks the database, if there is one, what it knows of them.

    Raises:
        DatabaseUnusable: the database is locked, not ours, or of another version.
    """
    versions, seconds_a_token = _known(settings)
    files: list[FilePlan] = []
    texts: dict[str, str] = {}  # of the reports to extract, by their ids
    with DocumentReader(standard_input, settings.reader_limits) as reader:
        for start in range(0, len(paths), CHUNK_FILES):
            chunk = paths[start : start + CHUNK_FILES]
            read = [_read(reader, file, settings) for path in chunk for file in reader.expand(path)]
            ids = {report.report_id for file in read for report in file.reports}
            finished = _finished(settings, ids) if versions else set()
            for file in read:
                pending = {r.report_id: r.text for r in file.reports if r.report_id not in finished}
                files.append(FilePlan(file.path, _state(file, versions, pending), len(pending), file.reason))
                texts |= pending
    known = known_paths(settings.database) if versions else ()
    gone = gone_paths(known, settings.arguments, paths, [file.path for file in files])
    files += [FilePlan(path, "missing", 0) for path in gone]
    chosen = list(texts.values())[: settings.limit]
    tokens = sum(map(count_tokens, chosen))
    return Plan(files, len(chosen), tokens, None if seconds_a_token is None else tokens * seconds_a_token)


@dataclass(frozen=True, slots=True)
class _File:
    """What stands in one file; no document id where it cannot be read."""

    path: str
    document_id: str | None
    reports: tuple[Report, ...] = ()
    reason: str | None = None


def _read(reader: DocumentReader, path: str, settings: IngestSettings) -> _File:
    try:
        document = reader.read(path)
        parts = split(document, text_column=settings.text_column, separator=settings.separator)
    except DocumentFailed as error:
        return _File(error.path, None, reason=error.reason)
    reason = parts.failures[0][1].reason if parts.failures else None
    return _File(document.path, document.document_id, parts.reports, reason)


def _known(settings: IngestSettings) -> tuple[dict[str, str], float | None]:
    """The newest content of each path, and the pace of earlier runs; nothing where there is no database yet."""
    if not settings.database.exists():
        return {}, None
    digests = {"model_digest": settings.model_digest, "schema_digest": settings.schema.digest}
    with sql.connect_read_only(settings.database) as con:
        versions = dict(sql.fetch(con, sql.statement("statements", "newest_versions")))
        [(seconds_a_token,)] = sql.fetch(con, sql.statement("statements", "seconds_a_token"), digests)
    return versions, seconds_a_token


def _finished(settings: IngestSettings, report_ids: set[str]) -> set[str]:
    if settings.is_forced:
        return set()
    digests = {"model_digest": settings.model_digest, "schema_digest": settings.schema.digest}
    return finished_reports(settings.database, report_ids, **digests)


def _state(file: _File, versions: Mapping[str, str], pending: Mapping[str, str]) -> State:
    if file.document_id is None:
        return "failed"
    if file.path not in versions:
        return "new"
    if versions[file.path] != file.document_id:
        return "changed"
    return "pending" if pending else "unchanged"
