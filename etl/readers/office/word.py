"""Word documents -> their paragraphs and tables."""

import io
from collections.abc import Iterator
from typing import Any, TypeAlias

from crimeetl.etl.errors import UnreadableDocument
from crimeetl.etl.readers.formats import OLD_OFFICE_MARK
from crimeetl.etl.readers.plain import FileText

Element: TypeAlias = Any  # an lxml element

CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Properties hold tab stops, not tabs; moved and deleted text is shown where it went; a fallback and the old picture
# format repeat a text box.
NOT_SHOWN = {"pPr", "rPr", "tblPr", "trPr", "tcPr", "sdtPr", "sectPr", "del", "moveFrom", "Fallback"}


def text_of(path: str, encoded: bytes) -> FileText:
    """The body of a Word document in reading order: a line for each paragraph and for each row of a table.

    Cells are joined by " | ". Content controls (the fields of a form), insertions not yet accepted and text boxes
    are read, a text box after its paragraph; headers, footers, notes and comments are not.

    Raises:
        UnreadableDocument: the file is protected by a password.
    """
    import docx  # takes 0.1 s, and the PDF process needs none of it

    if encoded.startswith(OLD_OFFICE_MARK):
        reason = "it is protected by a password or in the old .doc format; save it as .docx without a password"
        raise UnreadableDocument(path, reason)
    body = docx.Document(io.BytesIO(encoded)).element.body
    return FileText("\n".join(_lines(body)))


def _lines(container: Element) -> Iterator[str]:
    # python-docx's iter_inner_content passes over content controls and tracked insertions.
    for child in container:
        name = tag(child)
        if name == "p":
            yield "".join(_characters(child))
            for box in _text_boxes(child):
                yield from _lines(box)
        elif name == "tr":
            yield " | ".join("\n".join(_lines(cell)) for cell in _cells(child))
        elif name not in NOT_SHOWN:
            yield from _lines(child)


def _characters(element: Element) -> Iterator[str]:
    for child in element:
        name = tag(child)
        if name == "t":
            yield child.text or ""
        elif name in CHARACTERS:
            yield CHARACTERS[name]
        elif name not in NOT_SHOWN and name != "txbxContent":
            yield from _characters(child)


def _cells(row: Element) -> Iterator[Element]:
    for child in row:
        name = tag(child)
        if name == "tc":
            yield child
        elif name not in NOT_SHOWN:
            yield from _cells(child)


def _text_boxes(element: Element) -> Iterator[Element]:
    for child in element:
        name = tag(child)
        if name == "txbxContent":
            yield child
        elif name not in NOT_SHOWN:
            yield from _text_boxes(child)


def tag(element: Element) -> str:
    """The tag without its namespace; empty for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
