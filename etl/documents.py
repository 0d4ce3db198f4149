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
class Page:
    """A page of a document, or of a report in it."""

    number: int  # from 1, in the document
    char_start: int  # where its text begins in that of the document or the report
    is_ocr: bool = False  # read from an image


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
    pages: tuple[Page, ...] = ()  # none in formats without pages


@dataclass(frozen=True, slots=True)
class Report:
    """One crime report: what the model reads and what every offset refers to."""

    report_id: str  # content_id of document_id, place and text
    document_id: str
    place: int  # 0 for a whole file; else the number of the report in it from 0, of the row in csv and jsonl
    text: str
    document_char_start: int = 0  # where it begins in the document's text; in csv and jsonl, where its row does
    pages: tuple[Page, ...] = ()  # the one it begins on, and those that begin in it


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be done; it becomes a row of document_failure and the run goes on."""

    path: str
    place: int | None  # None when the whole file failed
    stage: Literal["read", "split", "extract"]
    error: str  # the error's class name
    message: str
