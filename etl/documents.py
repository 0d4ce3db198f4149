"""The value types that flow through the pipeline: a file as read, and the reports in it."""

import hashlib
from dataclasses import dataclass, replace
from typing import Literal, TypeVar


def content_id(*parts: str | bytes) -> str:
    """A stable id of 32 hex digits for a sequence of strings; no two different sequences share one by joining."""
    pieces: list[bytes] = []
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        pieces += (len(encoded).to_bytes(8, "big"), encoded)
    return hashlib.sha256(b"".join(pieces)).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a document, or of a report in it."""

    number: int  # from 1, in the document
    char_start: int  # where its text begins in that of the document or the report
    is_ocr: bool = False  # read from an image


@dataclass(frozen=True, slots=True)
class Box:
    """Where something stands on a page as it is shown, turned pages upright: points from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text, or a stretch of one up to a wide gap, and where on a page it stands."""

    char_start: int  # half-open, in the text of the document or the report
    char_end: int
    page: int  # from 1, in the document
    box: Box


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: what it says, and where it stands if it stands on a page."""

    text: str  # lines of one cell are joined by a line end
    page: int | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table in a document's text; all rows of a table have as many cells, empty ones too."""

    char_start: int  # half-open, in the document's text
    char_end: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that stands in a document's text, its headings as it has them: among the rows, or nowhere."""

    rows: tuple[Row, ...]  # in reading order; one that goes on over a page is one


Place = TypeVar("Place", Line, Row)


def moved(place: Place, chars: int) -> Place:
    """The same line or row so many characters further on."""
    return replace(place, char_start=place.char_start + chars, char_end=place.char_end + chars)


def moved_table(table: Table, chars: int) -> Table:
    """The same table so many characters further on."""
    return Table(tuple(moved(row, chars) for row in table.rows))


@dataclass(frozen=True, slots=True)
class GivenValue:
    """What a heading says for certain: the value of an entity type, of which the model need not be asked."""

    entity_type: str
    char_start: int  # half-open, in the report's text
    char_end: int


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
    lines: tuple[Line, ...] = ()  # in the text's order; none in formats without pages
    tables: tuple[Table, ...] = ()  # that its format marks as such, or its pages rule; in the text's order


@dataclass(frozen=True, slots=True)
class Report:
    """One crime report: what the model reads and what every offset refers to."""

    report_id: str  # content_id of document_id, place and text, and of what columns give
    document_id: str
    place: int  # 0 for a whole file; else the number of the report in it from 0, of the row in csv and jsonl
    text: str
    document_char_start: int = 0  # where it begins in the document's text; in csv and jsonl, where its row does
    pages: tuple[Page, ...] = ()  # the one it begins on, and those that begin in it
    lines: tuple[Line, ...] = ()  # those that stand on a page
    given: tuple[GivenValue, ...] = ()  # by the headings of its table, in the text's order
    asked_chars: int | None = None
    """The model reads the text up to here; all of it when None, and at 0 there is nothing to ask it."""
    year: int | None = None  # that the title of its table states: of dates without one


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be done; it becomes a row of document_failure and the run goes on."""

    path: str
    place: int | None  # None when the whole file failed
    stage: Literal["read", "split", "extract"]
    error: str  # the error's class name
    message: str
