"""PDF -> its text layer. To be called in a process of its own, for PDFium can crash the one it runs in."""

import logging
from itertools import accumulate
from typing import Any

from crimeetl.etl.documents import Page
from crimeetl.etl.errors import EmptyDocument, NeedsOcr, UnreadableDocument
from crimeetl.etl.readers.plain import FileText

# PDFium puts this where a hyphen ends a line, and drops the line end.
HYPHEN_AT_LINE_END = "\x02"
BETWEEN_PAGES = "\n\n"


def text_of(path: str, encoded: bytes, most_chars: int) -> FileText:
    """The text of all pages, one blank line between two of them, with the filled-in values of form fields.

    Args:
        path: Names the file in errors.
        encoded: The file's bytes.
        most_chars: No page is read after those that hold more.

    Raises:
        NeedsOcr: There are pages and no text.
        EmptyDocument: There is no page.
        UnreadableDocument: The file is damaged, encrypted, or a form without fixed pages.
    """
    pages = page_texts(path, encoded, most_chars)
    if not pages:
        raise EmptyDocument(path, "it has no page; check how it was made")
    if not any(page.strip() for page in pages):
        number = "its only page holds" if len(pages) == 1 else f"its {len(pages)} pages hold"
        raise NeedsOcr(path, f"{number} no text, so it is probably a scan; run OCR over it and read the result")
    starts = accumulate((len(page) + len(BETWEEN_PAGES) for page in pages[:-1]), initial=0)
    return FileText(
        BETWEEN_PAGES.join(pages), pages=tuple(Page(number, start) for number, start in enumerate(starts, start=1))
    )


def page_texts(path: str, encoded: bytes, most_chars: int) -> list[str]:
    """The text of each page.

    Raises:
        UnreadableDocument: The file is damaged, encrypted, or a form without fixed pages.
    """
    import pypdfium2  # never loaded in the process of the pipeline

    # It logs advice on building another PDFium, once for each form of the XFA kind.
    logging.getLogger("pypdfium2").setLevel(logging.ERROR)
    pages: list[str] = []
    try:
        with pypdfium2.PdfDocument(encoded) as document:
            if document.get_formtype() == pypdfium2.raw.FORMTYPE_XFA_FULL:
                raise UnreadableDocument(path, "it is an XFA form without fixed pages; print it to a new PDF")
            has_forms = document.init_forms()
            left_chars = most_chars
            for number in range(len(document)):
                if left_chars < 0:
                    break
                pages.append(_page_text(document, number, has_forms))
                left_chars -= len(pages[-1])
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise UnreadableDocument(path, "it is encrypted; save it without a password") from error
        raise UnreadableDocument(path, f"it is damaged ({error}); open it and print it to a new PDF") from error
    return pages


def _page_text(document: Any, number: int, has_forms: bool) -> str:
    if has_forms:
        # Values of form fields are no text of the page until they are flattened into it.
        page = document[number]
        page.flatten()
        page.close()
    with_hyphens: str = document[number].get_textpage().get_text_bounded()
    return with_hyphens.replace("\r\n", "\n").replace(HYPHEN_AT_LINE_END, "-\n")
