"""How documents are parted into reports, as the user asks for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitSettings:
    """What the user says about the documents; all else is looked for."""

    text_column: str | None = None
    """Of tables; None takes the first usual one there is, if any."""
    separator: re.Pattern[str] | None = None
    """What a line must match to stand between two reports of a document that is no table; None means the usual."""
    as_rows: bool | None = None
    """True: a report from each row or entry, wherever there are some; False: one from each document that
    is text; None: judge."""
    types_of_headings: Mapping[str, str] = field(default_factory=dict)
    """What columns hold, by heading: an entity type, or "" for nothing."""
    headings: Path | None = None
    """A file of further headings, like the shipped one."""
