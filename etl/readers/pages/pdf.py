"""PDF -> its text as a person reads it. To be called in a process of its own, which PDFium can crash."""

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from crimeetl.etl.errors import EmptyDocument, NeedsOcr, UnreadableDocument
from crimeetl.etl.readers.pages.drawing import read_marks
from crimeetl.etl.readers.pages.drawn import MOST_DPI, MOST_PIXELS, POINTS_PER_INCH, DrawnPage
from crimeetl.etl.readers.pages.layout import UNMAPPED, PageMarks, PlacedLine, page_text, with_whole_tables
from crimeetl.etl.readers.plain import FileText, PageText, paged

# A page is drawn for OCR with as many pixels as its images have, but for these bounds.
FEWEST_PIXELS = 1700 * 2200  # Letter at 200 dpi
MOST_INCHES = 200  # of a page: ISO 32000-1, annex C
# An image of fewer is a line or a spacer: a word of twelve letters has about 250 x 30.
LEGIBLE_PIXELS = 5_000
# A page is a scan with a stamp, if an image covers so much of it and it has fewer letters.
SCAN_RATIO = 0.5
FEWEST_SCAN_PIXELS = 250_000  # of a page at 50 dpi
STAMP_LETTERS = 40
MOST_UNMAPPED_RATIO = 0.1  # of a page's letters: where the file does not say what these mean, others lie


def text_of(path: str, encoded: bytes, most_chars: int) -> FileText:
    """The text of all pages as a person reads it, with the filled-in values and ticked boxes of form fields.

    A page that is an image and holds next to no text is marked as OCR, and its text is left to ``ocr.page_text``.

    Args:
        path: names the file in errors.
        encoded: the file's bytes.
        most_chars: no page is read after those that hold more.

    Raises:
        NeedsOcr: there are pages, and neither text nor an image on any.
        EmptyDocument: there is no page.
        UnreadableDocument: the file is damaged, encrypted, or a form without fixed pages.
    """
    pages, scans, rows = page_texts(path, encoded, most_chars)
    if not pages:
        raise EmptyDocument(path, "it has no page; check how it was made")
    if not scans and not any(page.text for page in pages):
        number = "its only page holds" if len(pages) == 1 else f"its {len(pages)} pages hold"
        raise NeedsOcr(path, f"{number} no text, so it is probably a scan; run OCR over it and read the result")
    whole = paged(pages, scans)
    starts = {page.number: page.char_start for page in whole.pages}
    return with_whole_tables(whole, [_moved(line, starts[line.page]) for line in rows])


def _moved(line: PlacedLine, chars: int) -> PlacedLine:
    return replace(line, char_start=line.char_start + chars, char_end=line.char_end + chars)


def page_texts(path: str, encoded: bytes, most_chars: int) -> tuple[list[PageText], set[int], list[PlacedLine]]:
    """Each page, the numbers of those to be read by OCR, and the lines of all others that may be rows of tables.

    Raises:
        UnreadableDocument: the file is damaged, encrypted, or a form without fixed pages.
    """
    pages: list[PageText] = []
    scans: set[int] = set()
    rows: list[PlacedLine] = []
    with _opened(path, encoded) as document:
        document.init_forms()
        left_chars = most_chars
        for number in range(1, len(document) + 1):
            if left_chars < 0:
                break
            marks = read_marks(document, number - 1)
            page, lines = page_text(marks, number)
            if _is_scan(marks, page):
                scans.add(number)
                page = replace(page, tables=())
            else:
                rows += lines
            pages.append(page)
            left_chars -= len(page.text)
    return pages, scans, rows


def _is_scan(marks: PageMarks, page: PageText) -> bool:
    """Whether a page is to be read by OCR: it is an image, or its letters say nothing."""
    letters = sum(map(len, page.text.split()))
    if not letters:
        return marks.image_pixels >= LEGIBLE_PIXELS
    if page.text.count(UNMAPPED) > MOST_UNMAPPED_RATIO * letters:
        return True
    is_image = marks.image_pixels >= FEWEST_SCAN_PIXELS and marks.image_ratio >= SCAN_RATIO
    return is_image and letters < STAMP_LETTERS


def drawn_page(path: str, encoded: bytes, number: int, image_pixels: int) -> DrawnPage:
    """A page as a greyscale picture.

    Args:
        path: names the file in errors.
        encoded: the file's bytes.
        number: of the page, from 1.
        image_pixels: how many the images on it may have together.

    Raises:
        UnreadableDocument: the page is larger than a page can be, or the images on it are larger than they may be.
    """
    with _opened(path, encoded) as document:
        document.init_forms()
        page = document[number - 1]
        width, height = (points / POINTS_PER_INCH for points in page.get_size())
        if max(width, height) > MOST_INCHES:
            reason = f"page {number} is {width:.0f} x {height:.0f} inches, more than {MOST_INCHES}"
            raise UnreadableDocument(path, f"{reason}; print it to a new PDF")
        pixels = _image_pixels(page)
        if pixels > image_pixels:
            reason = f"the images on page {number} have {pixels} pixels, more than {image_pixels}"
            raise UnreadableDocument(path, f"{reason}; scan it anew at {MOST_DPI} dpi")
        drawn_pixels = min(max(pixels, FEWEST_PIXELS), MOST_PIXELS)
        dots_per_inch = min(MOST_DPI, math.sqrt(drawn_pixels / (width * height)))
        bitmap = page.render(scale=dots_per_inch / POINTS_PER_INCH, grayscale=True)
        rows = memoryview(bitmap.buffer)
        starts = range(0, bitmap.stride * bitmap.height, bitmap.stride)
        grey = b"".join(rows[start : start + bitmap.width] for start in starts)
        return DrawnPage(bitmap.width, bitmap.height, grey, POINTS_PER_INCH / dots_per_inch)


@contextmanager
def _opened(path: str, encoded: bytes) -> Iterator[Any]:
    """The PDF, whose errors inside the block are translated."""
    import pypdfium2  # never loaded in the process of the pipeline

    # It logs advice on building another PDFium, once for each form of the XFA kind.
    logging.getLogger("pypdfium2").setLevel(logging.ERROR)
    try:
        with pypdfium2.PdfDocument(encoded) as document:
            if document.get_formtype() == pypdfium2.raw.FORMTYPE_XFA_FULL:
                raise UnreadableDocument(path, "it is an XFA form without fixed pages; print it to a new PDF")
            yield document
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise UnreadableDocument(path, "it is encrypted; save it without a password") from error
        raise UnreadableDocument(path, f"it is damaged ({error}); open it and print it to a new PDF") from error


def _image_pixels(page: Any) -> int:
    """How many pixels the images on a page have together."""
    import pypdfium2

    images = page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
    return sum(math.prod(image.get_px_size()) for image in images)
