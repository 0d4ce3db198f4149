"""The value types that flow through the pipeline: a file as read, and the reports in it."""

import hashlib
from dataclasses import dataclass
from typing import Literal


def content_id(*parts: str | bytes) -> str:
    """A stable id of 32 hex digits for a sequence of strings; no two different sequences share one by joining."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return digest.hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Document:
    """One source file as text.

    Text formats hold the file's own characters, newlines and all; only a byte-order mark is taken off.
    """

    path: str  # absolute; "-" for standard input
    document_id: str  # content_id of the file's bytes: equal content, equal id
    media_type: str
    encoding: str | None  # the codec that decoded it; None for binary formats
    has_byte_order_mark: bool
    size_bytes: int
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """One crime report: what the model reads and what every offset refers to."""

    report_id: str  # content_id of document_id, place and text
    document_id: str
    place: int  # 0 for a whole file; the row's number from 0 in csv and jsonl
    text: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be done; it becomes a row of document_failure and the run goes on."""

    path: str
    place: int | None  # None when the whole file failed
    stage: Literal["read", "split", "extract"]
    error: str  # the error's class name
    message: str
