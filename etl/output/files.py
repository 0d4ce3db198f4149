"""Files that commands write: for their owner alone, and there whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from crimeetl.etl.errors import WrongUsage


@contextmanager
def new_file(path: Path, *, may_exist: bool = True) -> Iterator[BinaryIO]:
    """A file to write; it takes its place when the block ends without an error, and is gone otherwise.

    Args:
        may_exist: whether it may take the place of another.

    Raises:
        WrongUsage: it exists and may not, or it cannot be written.
    """
    if not may_exist and os.path.lexists(path):
        raise WrongUsage(f"{path} exists; name another file, so that nothing is overwritten")
    if path.exists() and not path.is_file():  # /dev/stdout, a pipe: nothing to put in its place
        with _told(path), path.open("wb") as file:
            yield file
        return
    with _told(path):
        descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600
    try:
        with _told(path):
            with open(descriptor, "wb") as file:  # noqa: PTH123 - of mkstemp
                yield file
            Path(scratch).replace(path)
    finally:
        with suppress(FileNotFoundError):
            Path(scratch).unlink()


def must_be_writable(path: Path) -> None:
    """Refuses at once a file that could not be written after other work.

    Raises:
        WrongUsage: it is a folder, or its folder is not there or cannot be written.
    """
    if path.is_dir():
        raise WrongUsage(f"cannot write {path}: it is a folder; name a file in it")
    if not path.parent.is_dir():
        raise WrongUsage(f"cannot write {path}: there is no folder {path.parent}; make it first")
    if not os.access(path.parent, os.W_OK):
        raise WrongUsage(f"cannot write {path}: you may not write to {path.parent}; name another file")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the system refuses, in words."""
    try:
        yield
    except BrokenPipeError:  # the reader, such as head, has had enough: no error of the user's
        raise
    except OSError as error:
        raise WrongUsage(f"cannot write {path}: {error.strerror}; name another file, or make room for it") from error
