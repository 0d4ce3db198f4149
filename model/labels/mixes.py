"""Which labelled files to use, and how."""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crimeetl.etl.errors import WrongUsage


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file of labelled data, and how it is used."""

    data: Path
    split: Path | None = None
    """A JSON file that names parts, ``{"<folder>/<file>": {"by": "id" or "line number from 0", "<part>": [...] or
    "all"}}``; a data file is found in it by the end of its path."""
    part: str | None = None
    """The part of the split file to take; needs ``split``."""
    visits: float = 1.0
    """How often an epoch sees each report."""
    is_crowd_sourced: bool = False


def read_mix(path: Path) -> tuple[list[Source], list[Source]]:
    """The sources that a mix file names, to train on and to validate on.

    Raises:
        WrongUsage: it is no mix.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        trained, held = ([_source(path.parent, row) for row in table.pop(key, [])] for key in ("source", "validation"))
        if table or not trained:
            raise ValueError(f"it takes [[source]] and [[validation]] tables, got {', '.join(table) or 'none'}")
        return trained, held
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError, ValueError) as error:
        raise WrongUsage(f"the mix {path} cannot be used: {error}") from error


def sources_of(
    paths: Sequence[Path], *, split: Path | None = None, part: str | None = None, validation_part: str | None = None
) -> tuple[list[Source], list[Source]]:
    """What the user named, to train or score on and to validate on: labelled files and mixes of them (``.toml``).

    Args:
        split, part, validation_part: for the labelled files; mixes say it themselves.

    Raises:
        WrongUsage: a mix is none.
    """
    found: tuple[list[Source], list[Source]] = [], []
    for path in paths:
        if path.suffix == ".toml":
            trained, held = read_mix(path)
            found[0].extend(trained)
            found[1].extend(held)
        else:
            found[0].append(Source(data=path, split=split, part=part))
            if validation_part is not None:
                found[1].append(Source(data=path, split=split, part=validation_part))
    return found


def _source(folder: Path, row: dict[str, Any]) -> Source:
    known = ("data", "split", "part", "visits", "crowd_sourced")
    if unknown := [key for key in row if key not in known]:
        raise ValueError(f"a source has no {', '.join(unknown)}, only {', '.join(known)}")
    if "data" not in row:
        raise ValueError("a source needs data")
    return Source(
        data=folder / row["data"],
        split=folder / row["split"] if "split" in row else None,
        part=row.get("part"),
        visits=float(row.get("visits", 1)),
        is_crowd_sourced=bool(row.get("crowd_sourced", False)),
    )


def part_members(split: Path, part: str, path: Path) -> set[int | str] | None:
    """The lines or ids of a part; None for all of the file.

    Raises:
        WrongUsage: the split file cannot be read, or does not name the file or the part.
    """
    try:
        table = json.loads(split.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WrongUsage(f"the split file {split} cannot be read: {error}") from error
    names = [name for name in table if path.resolve().as_posix().endswith(f"/{name}")]
    if not names:
        raise WrongUsage(f"the split file {split} does not name {path}; it names {', '.join(table)}")
    parts = table[max(names, key=len)]
    if part not in parts or part == "by":
        known = ", ".join(name for name in parts if name != "by")
        raise WrongUsage(f"the split file {split} has no part {part!r} for {path}; it has {known}")
    if parts[part] == "all":
        return None
    return {str(member) for member in parts[part]} if parts.get("by") == "id" else set(parts[part])
