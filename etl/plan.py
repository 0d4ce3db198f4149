"""What an ingest would do, file by file, without doing it: nothing is written, and no model is loaded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, Literal, get_args

from crimeetl.etl.asking import asked_text, asked_types
from crimeetl.etl.load import known_paths, newest_versions, seconds_a_token
from crimeetl.etl.readers import DocumentReader, gone_paths
from crimeetl.etl.reading import Fate, FileRead, Reading
from crimeetl.etl.settings import IngestSettings
from crimeetl.etl.split import Taken

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
    taken_as: Taken | None = None  # what a file that holds several reports is taken for; None for one report

    @property
    def reason(self) -> str | None:
        """All reasons in one line."""
        return "; ".join(self.reasons) or None


@dataclass(frozen=True, slots=True)
class Plan:
    """What an ingest would do."""

    files: list[FilePlan]
    reports: int  # to extract, each content once
    types: tuple[str, ...]  # that the schema asks for
    tokens: int  # of what the model would read of them
    seconds: float | None  # by the pace of earlier runs of this model and schema; None before the first
    remarks: tuple[str, ...] = ()  # on options that fit no file

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
    remarks: list[str] = []
    reports = tokens = 0
    with DocumentReader(standard_input, settings.reading.limits) as reader:
        reading = Reading(reader, paths, settings)
        for chunk in reading.chunks():
            remarks += chunk.unheeded
            fates = iter(reading.fates(chunk.tasks))
            for file in chunk.files:
                own = [(report, next(fates)) for report in file.reports]
                found = _file_plan(file, versions, [fate for _, fate in own])
                if file.is_continued:
                    files[-1] = _joined(files[-1], found)
                else:
                    files.append(found)
                chosen = [report for report, fate in own if fate == "to extract"]
                reports += len(chosen)
                asked = [report for report in chosen if asked_types(report, settings.schema)]
                tokens += sum(count_tokens(asked_text(report)) for report in asked)
    known = known_paths(settings.database) if is_there else ()
    gone = gone_paths(known, settings.arguments, paths, reading.files)
    files += [FilePlan(path, "missing", 0) for path in gone]
    pace = _pace(settings) if is_there else None
    seconds = None if pace is None else tokens * pace
    return Plan(files, reports, tuple(settings.schema.by_name), tokens, seconds, tuple(remarks))


def _file_plan(file: FileRead, versions: Mapping[str, str], fates: Sequence[Fate]) -> FilePlan:
    left = sum(fate != "done" for fate in fates)
    reasons = tuple(one.message for one in file.failures)
    return FilePlan(file.path, _state(file, versions, left), left, reasons, file.taken_as)


def _joined(first: FilePlan, further: FilePlan) -> FilePlan:
    """The plan of a file that is read in parts: it is done when all of them are."""
    state = further.state if first.state == "unchanged" else first.state
    reasons = first.reasons + further.reasons
    return replace(first, state=state, reports=first.reports + further.reports, reasons=reasons)


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
