"""What an ingest would do, file by file, without doing it: nothing is written, and no model is loaded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal, get_args

from crimeetl.etl.load import known_paths, newest_versions, seconds_a_token
from crimeetl.etl.readers import DocumentReader, gone_paths
from crimeetl.etl.reading import Fate, FileRead, Reading
from crimeetl.etl.settings import IngestSettings

State = Literal["new", "changed", "pending", "unchanged", "failed", "missing"]
STATES: tuple[State, ...] = get_args(State)
"""Never seen; other content than before; known, but not extracted by this model and schema; done; unreadable; gone."""


@dataclass(frozen=True, slots=True)
class FilePlan:
    """What would be done with one file."""

    path: str
    state: State
    reports: int  # that are not done
    reasons: tuple[str, ...] = ()  # why it, or parts of it, cannot be read

    @property
    def reason(self) -> str | None:
        """All reasons in one line."""
        return "; ".join(self.reasons) or None


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
    is_there = settings.database.exists()
    versions = newest_versions(settings.database) if is_there else {}
    files: list[FilePlan] = []
    reports = tokens = 0
    with DocumentReader(standard_input, settings.reading.limits) as reader:
        reading = Reading(reader, paths, settings)
        for chunk in reading.chunks():
            fates = iter(reading.fates(chunk.tasks))
            for file in chunk.files:
                own = [(report, next(fates)) for report in file.reports]
                files.append(_file_plan(file, versions, [fate for _, fate in own]))
                chosen = [report.text for report, fate in own if fate == "to extract"]
                reports += len(chosen)
                tokens += sum(map(count_tokens, chosen))
    known = known_paths(settings.database) if is_there else ()
    gone = gone_paths(known, settings.arguments, paths, reading.files)
    files += [FilePlan(path, "missing", 0) for path in gone]
    pace = _pace(settings) if is_there else None
    return Plan(files, reports, tokens, None if pace is None else tokens * pace)


def _file_plan(file: FileRead, versions: Mapping[str, str], fates: Sequence[Fate]) -> FilePlan:
    left = sum(fate != "done" for fate in fates)
    return FilePlan(file.path, _state(file, versions, left), left, tuple(one.message for one in file.failures))


def _state(file: FileRead, versions: Mapping[str, str], left: int) -> State:
    if file.document is None:
        return "failed"
    if file.path not in versions:
        return "new"
    if versions[file.path] != file.document.document_id:
        return "changed"
    return "pending" if left else "unchanged"


def _pace(settings: IngestSettings) -> float | None:
    return seconds_a_token(settings.database, model_digest=settings.model_digest, schema_digest=settings.schema.digest)
