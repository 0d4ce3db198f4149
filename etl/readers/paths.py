"""What the user typed -> the files it means."""

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.readers.formats import STANDARD_INPUT

ARCHIVE_MARK = "!/"  # between an archive's path and that of a file in it


def find_paths(arguments: Sequence[str], *, may_be_empty: bool = False, database: Path | None = None) -> list[str]:
    """Every file that the arguments mean, once, as absolute posix paths.

    Folders are searched to the bottom: a folder's own files by name, then its folders by name. Names that begin
    with a dot are skipped, and links to folders are not followed, unless they are arguments themselves. Of a file
    and links to it, the file stands; of several links to a file elsewhere, the first. What cannot be looked into
    (a folder without permission, a link that leads nowhere) is listed, so that reading it fails on record.
    "-" stays as it is and means standard input. The database that is written to is no report, wherever it lies.

    Raises:
        WrongUsage: an argument does not exist, or there is no file at all, unless that may be.
    """
    own = {os.path.realpath(f"{database}{suffix}") for suffix in ("", ".wal")} if database else set()
    expanded = [path for argument in arguments for path in _expand(argument)]
    found = [path for path in expanded if os.fspath(path) not in own]
    if not found and not may_be_empty:
        raise WrongUsage(f"there is no file to read in {' '.join(arguments) or 'nothing'}; give a file or a folder")
    return [path.as_posix() for path in _without_twins(found)]


def gone_paths(
    known: Collection[str], arguments: Sequence[str], found: Sequence[str], read: Collection[str]
) -> list[str]:
    """Of the paths known from earlier, those that stood in a folder among the arguments and are there no more.

    What lies in a folder that cannot be looked into, or in an archive that cannot be unpacked, is not gone.

    Args:
        found: what ``find_paths`` gives for the arguments.
        read: those and the files in archives among them.
    """
    folders = [os.path.realpath(argument) for argument in arguments if Path(argument).is_dir()]
    closed = [path for path in found if Path(path).is_dir()]
    present = {printable(path) for path in (*found, *read)}
    unpacked = {path.partition(ARCHIVE_MARK)[0] for path in present if ARCHIVE_MARK in path}

    def is_gone(path: str) -> bool:
        file = path.partition(ARCHIVE_MARK)[0]
        is_asked = any(_is_under(file, folder) for folder in folders)
        if file in unpacked:
            return is_asked and path not in present
        is_hidden = any(_is_under(file, folder) for folder in closed)
        return is_asked and not is_hidden and file not in present and not os.path.lexists(file)

    return sorted(filter(is_gone, known))


def links_out(arguments: Sequence[str], found: Sequence[str]) -> set[str]:
    """Of the paths found in folders, the links that lead to files outside all of these folders.

    Whoever may write to a folder could have any file of the reader's read and stored with such a link.

    Args:
        found: what ``find_paths`` gives for the arguments; those that are arguments themselves are as the user meant.
    """
    folders = [os.path.realpath(argument) for argument in arguments if Path(argument).is_dir()]
    named = {(Path(argument).parent.resolve() / Path(argument).name).as_posix() for argument in arguments}
    links = [path for path in found if path not in named and Path(path).is_symlink()]
    return {path for path in links if not any(_is_under(os.path.realpath(path), folder) for folder in folders)}


def printable(path: str) -> str:
    """A path whose bytes are no UTF-8 is spelled with escapes, so that two such paths stay two."""
    return path.encode("utf-8", "backslashreplace").decode()


def _is_under(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip("/") + "/")


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
        files = [entry for entry in entries if not entry.is_dir()]  # pipes and devices too: reading them says so
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
