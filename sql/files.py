"""Every SQL statement by name: one ``.sql`` file each, whose first comment says what it is for."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
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
    """All files of one folder by name, in the order of names."""
    files = sorted(
        (file for file in (resources.files("crimeetl.sql") / folder).iterdir() if file.name.endswith(".sql")),
        key=lambda file: file.name,
    )
    names = [file.name.removesuffix(".sql") for file in files]
    return {name: Statement(name, file.read_text("utf-8")) for name, file in zip(names, files, strict=True)}


def statement(folder: Folder, name: str) -> str:
    """The SQL text of one file."""
    return statements(folder)[name].text
