"""PDF -> its text layer. To be called in a process of its own, for PDFium can crash the one it runs in."""

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from crimeetl.etl.errors import EmptyDocument, NeedsOcr, UnreadableDocument
from crimeetl.etl.readers.plain import FileText, paged

# PDFium puts this where a hyphen ends a line, and drops the line end.
HYPHEN_AT_LINE_END = "\x02"

# How a page is drawn for OCR: with as many pixels as its images have, but for these bounds.
MOST_DPI = 300
FEWEST_PIXELS = 1700 * 2200  # Letter at 200 dpi
MOST_PIXELS = 20_000_000  # Tesseract takes a minute for 60 million
POINTS_PER_INCH = 72
MOST_INCHES = 200  # of a page: ISO 32000-1, annex C
# An image of fewer is a line or a spacer: a word of twelve letters has about 250 x 30.
LEGIBLE_PIXELS = 5_000


def text_of(path: str, encoded: bytes, most_chars: int) -> FileText:
    """The text of all pages, one blank line between two of them, with the filled-in values of form fields.

    A page that holds an image and no text is marked as OCR, and its text is left to ``ocr.page_text``.

    Args:
        path: names the file in errors.
        encoded: the file's bytes.
        most_chars: no page is read after those that hold more.

    Raises:
        NeedsOcr: there are pages, and neither text nor an image on any.
        EmptyDocument: there is no page.
        UnreadableDocument: the file is damaged, encrypted, or a form without fixed pages.
    """
    pages = page_texts(path, encoded, most_chars)
    if not pages:
        raise EmptyDocument(path, "it has no page; check how it was made")
    scans = {number for number, page in enumerate(pages, start=1) if page is None}
    texts = [page or "" for page in pages]
    if not scans and not any(text.strip() for text in texts):
        number = "its only page holds" if len(pages) == 1 else f"its {len(pages)} pages hold"
        raise NeedsOcr(path, f"{number} no text, so it is probably a scan; run OCR over it and read the result")
    return paged(texts, scans)


def page_texts(path: str, encoded: bytes, most_chars: int) -> list[str | None]:
    """The text of each page; None for one that holds an image and no text.

    Raises:
        UnreadableDocument: the file is damaged, encrypted, or a form without fixed pages.
    """
    pages: list[str | None] = []
    with _opened(path, encoded) as document:
        has_forms = document.init_forms()
        left_chars = most_chars
        for number in range(len(document)):
            if left_chars < 0:
                break
            text = _page_text(document, number, has_forms)
            is_scan = not text.strip() and _image_pixels(document[number]) >= LEGIBLE_PIXELS
            pages.append(None if is_scan else text)
            left_chars -= len(text)
    return pages


def drawn_page(path: str, encoded: bytes, number: int, image_pixels: int) -> bytes:
    """A page as a greyscale picture, a file of the format PGM.

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
        return b"P5 %d %d 255\n%s" % (bitmap.width, bitmap.height, grey)


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


def _page_text(document: Any, number: int, has_forms: bool) -> str:
    if has_forms:
        # Values of form fields are no text of the page until they are flattened into it.
        page = document[number]
        page.flatten()
        page.close()
    with_hyphens: str = document[number].get_textpage().get_text_bounded()
    return with_hyphens.replace("\r\n", "\n").replace(HYPHEN_AT_LINE_END, "-\n")


def _image_pixels(page: Any) -> int:
    """How many pixels the images on a page have together."""
    import pypdfium2

    images = page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
    return sum(math.prod(image.get_px_size()) for image in images)
