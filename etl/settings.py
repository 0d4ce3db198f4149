"""What an ingest is asked to do: the settings of all its stages. Quick to import, for the command line names them."""

from dataclasses import dataclass, field
from pathlib import Path

from crimeetl.etl.readers import ReaderLimits
from crimeetl.etl.split import SplitSettings
from crimeetl.model.schema import EntitySchema


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSettings:
    """How files are read, and parted into reports."""

    split: SplitSettings = field(default_factory=SplitSettings)
    """How documents are parted into reports."""
    most_report_chars: int = 1_000_000
    """A longer report, some 400 pages, is a failure: the model would read it for many minutes."""
    follows_links: bool = False
    """Read what links in folders lead to outside of these folders."""
    limits: ReaderLimits = field(default_factory=ReaderLimits)
    """What one document may cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSettings:
    """What to read, with which model, and where to write."""

    arguments: tuple[str, ...]
    """What the user typed, for the record: files, folders, or "-" for standard input."""
    database: Path
    schema: EntitySchema
    model_digest: str
    model_name: str
    adapter: str | None = None
    """As the user named it, for the record: an absolute path, "shipped" or "none"; None where nobody says."""
    reading: ReadingSettings = field(default_factory=ReadingSettings)
    limit: int | None = None
    """Extract at most so many reports."""
    is_forced: bool = False
    """Extract again what this model and schema have done."""
    is_pruned: bool = False
    """Record which files are gone from the folders, so that the views show them no longer."""
