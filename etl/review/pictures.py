"""A page of a report as a picture, with its values boxed."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crimeetl import sql
from crimeetl.etl.documents import content_id
from crimeetl.etl.review.store import ReviewedReport
from crimeetl.etl.review.view import ShownType, ShownValue

PIXELS_A_POINT = 1.6
MOST_POINTS = 3000  # of a page's longer side: larger ones are drawn smaller


@dataclass(frozen=True, slots=True)
class BoxedValue:
    """Where a value stands, in points from the upper left corner."""

    colour: int
    label: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class BoxedPage:
    """A page and the values on it."""

    number: int
    width: float  # points
    height: float
    values: tuple[BoxedValue, ...]


def pages_of(con: Any, report: ReviewedReport, types: Sequence[ShownType]) -> list[BoxedPage]:
    """The pages that a report's values stand on; none in formats without, or where the file has changed."""
    import pypdfium2

    lines = sql.fetch(con, sql.statement("statements", "lines_of_report"), {"report_id": report.report_id})
    boxes = [(page, box) for shown in types for value in shown.values for page, box in _boxes(value, lines)]
    content = _content(report) if boxes else None
    if content is None:
        return []
    with pypdfium2.PdfDocument(content) as document:
        numbers = sorted({page for page, _ in boxes if page <= len(document)})
        pages = []
        for number in numbers:
            width, height = document.get_page_size(number - 1)
            pages.append(BoxedPage(number, width, height, tuple(box for page, box in boxes if page == number)))
    return pages


def _boxes(value: ShownValue, lines: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, BoxedValue]]:
    """Where a value stands, line by line; within a line characters count as equally wide, as in ``v_mention_box``."""
    first, last = value.mention.char_start, value.mention.char_end
    for start, end, page, left, top, right, bottom in lines:
        if first is not None and last is not None and first < end and last > start:
            wide = (right - left) / (end - start)
            begin, stop = left + wide * (max(first, start) - start), left + wide * (min(last, end) - start)
            label = f"{value.entity_type}: {value.mention.value}"
            yield page, BoxedValue(value.colour, label, begin, top, stop - begin, bottom - top)


def page_picture(report: ReviewedReport, number: int) -> bytes | None:
    """A page as PNG; None where the file is not there as it was read, or has no such page."""
    import pypdfium2

    content = _content(report)
    if content is None:
        return None
    with pypdfium2.PdfDocument(content) as document:
        if not 1 <= number <= len(document):
            return None
        page = document[number - 1]
        scale = min(PIXELS_A_POINT, MOST_POINTS / max(page.get_size()))
        picture = io.BytesIO()
        page.render(scale=scale).to_pil().save(picture, "PNG")
    return picture.getvalue()


def _content(report: ReviewedReport) -> bytes | None:
    """The file that a report was read from, if it is a PDF and what it was."""
    try:
        content = Path(report.path).read_bytes()
    except OSError:  # it is gone, or in an archive
        return None
    return content if content.startswith(b"%PDF") and content_id(content) == report.document_id else None
