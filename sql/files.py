"""Every SQL statement by name: one ``.sql`` file each, whose first comment says what it is for."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Literal

Folder = Literal["migrations", "views", "queries", "checks", "statements"]


@dataclass(frozen=True)
class Statement:
    """One ``.sql`` file."""

    name: str  # of the file, without .sql
    text: str

    @cached_property
    def purpose(self) -> str:
        """The comment that begins the file, in one line."""
        comment = re.match(r"(?:--.*\n)*", self.text)
        lines = comment.group().splitlines() if comment else []
        return " ".join(line.removeprefix("--").strip() for line in lines)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@cache
def statements(folder: Folder) -> Mapping[str, Statement]:
    """All files of one folder and of those in it by name, in the order of names."""
    files = {file.name.removesuffix(".sql"): file for file in _files(resources.files("crimeetl.sql") / folder)}
    return {name: Statement(name, files[name].read_text("utf-8")) for name in sorted(files)}


def _files(folder: Traversable) -> Iterator[Traversable]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry)
        elif entry.name.endswith(".sql"):
            yield entry


def statement(folder: Folder, name: str) -> str:
    """The SQL text of one file."""
    return statements(folder)[name].text
