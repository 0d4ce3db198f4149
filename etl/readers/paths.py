"""What the user typed -> the files it means."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.readers.formats import STANDARD_INPUT


def find_paths(arguments: Sequence[str]) -> list[str]:
    """Every file that the arguments mean, once, as absolute posix paths.

    Folders are searched to the bottom: a folder's own files by name, then its folders by name. Names that begin
    with a dot are skipped, and links to folders are not followed, unless they are arguments themselves. Of a file
    and links to it, the file stands; of several links to a file elsewhere, the first. What cannot be looked into
    (a folder without permission, a link that leads nowhere) is listed, so that reading it fails on record.
    "-" stays as it is and means standard input.

    Raises:
        WrongUsage: An argument does not exist, or there is no file at all.
    """
    found = [path for argument in arguments for path in _expand(argument)]
    if not found:
        raise WrongUsage(f"there is no file to read in {' '.join(arguments) or 'nothing'}; give a file or a folder")
    return [path.as_posix() for path in _without_twins(found)]


def _expand(argument: str) -> Iterator[Path]:
    path = Path(argument)
    if argument == STANDARD_INPUT:
        yield path
    elif path.is_dir():
        yield from _files_under(path.resolve())
    elif path.exists():
        yield path.parent.resolve() / path.name
    else:
        raise WrongUsage(f"{argument} does not exist; check its spelling, or give another file or folder")


def _files_under(folder: Path) -> Iterator[Path]:
    try:
        entries = [entry for entry in sorted(folder.iterdir()) if not entry.name.startswith(".")]
        folders = [entry for entry in entries if entry.is_dir()]
        files = [entry for entry in entries if entry.is_file() or not entry.exists()]
    except OSError:
        yield folder
        return
    yield from files
    for inner in folders:
        if not inner.is_symlink():
            yield from _files_under(inner)


def _without_twins(paths: Sequence[Path]) -> list[Path]:
    own_names = {os.fspath(path) for path in paths if not path.is_symlink()}
    unique: dict[str, Path] = {}
    for path in paths:
        # Path.resolve raises on a link that leads to itself until Python 3.13.
        target = os.fspath(path) if path == Path(STANDARD_INPUT) else os.path.realpath(path)
        if not path.is_symlink() or target not in own_names:
            unique.setdefault(target, path)
    return list(unique.values())
