"""Files as tests write them, and how their reading fails."""

from pathlib import Path

import pytest

from crimeetl.etl.errors import DocumentFailed, UnreadableDocument
from crimeetl.etl.readers import DocumentReader


def write(path: Path, content: str | bytes) -> str:
    """The path of a file with that content, in folders made for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path.as_posix()


def failure(documents: DocumentReader, path: str, kind: type[DocumentFailed] = UnreadableDocument) -> str:
    """Why a file cannot be read; it is told of that very path, by an error of that very kind."""
    with pytest.raises(DocumentFailed) as raised:
        documents.read(path)
    assert type(raised.value) is kind
    assert raised.value.args[0] == path
    return raised.value.reason
