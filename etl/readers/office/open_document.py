"""OpenDocument texts (LibreOffice, odt) -> their paragraphs and tables."""

import re
from collections.abc import Iterable, Iterator

from crimeetl.etl.errors import UnreadableDocument
from crimeetl.etl.readers.formats import UNDER_A_PASSWORD
from crimeetl.etl.readers.office.parts import Element, Package, attribute, children, number, parsed, tag
from crimeetl.etl.readers.plain import FileText
from crimeetl.etl.readers.tables import BlockText

PARAGRAPHS = {"p", "h"}
BLOCKS = {*PARAGRAPHS, "list", "table"}  # inside a paragraph they are those of a text box
CHARACTERS = {"tab": "\t", "line-break": "\n"}
# Comments, notes, deleted text and the controls of forms; a picture's title and description.
NOT_SHOWN = {"annotation", "note", "tracked-changes", "forms", "title", "desc"}
WHITE_SPACE = re.compile(r"[ \t\n\r]+")
KEPT_SPACE = "\0"  # which XML cannot hold: an element that stands for spaces


def text_of(path: str, encoded: bytes) -> FileText:
    """The body of an OpenDocument text in reading order, with its tables: a line for each paragraph and each row.

    As in Word documents, cells are joined by " | ", and a text box stands after its paragraph; headers, footers,
    notes and comments are left out.

    Raises:
        UnreadableDocument: the file is protected by a password.
    """
    text = BlockText()
    _write_blocks(children(parsed(content_of(path, encoded)), "body"), text)
    return text.file_text()


def content_of(path: str, encoded: bytes) -> bytes:
    """The XML of what stands in a document.

    Raises:
        UnreadableDocument: the file is protected by a password.
    """
    package = Package(encoded)
    if b"encryption-data" in package.bytes_of("META-INF/manifest.xml"):
        raise UnreadableDocument(path, UNDER_A_PASSWORD)
    return package.bytes_of("content.xml")


def paragraph_text(paragraph: Element) -> str:
    """What a paragraph shows, without what is anchored in it."""
    return _collapsed("".join(_characters(paragraph)))


def _write_blocks(elements: Iterable[Element], text: BlockText) -> None:
    for element in elements:
        name = tag(element)
        if name in PARAGRAPHS:
            text.begin_line()
            text.say(paragraph_text(element))
            _write_blocks(_inner_blocks(element), text)
        elif name == "table":
            text.begin_table()
            _write_blocks(element, text)
            text.end_table()
        elif name == "table-row":
            _write_row(element, text)
        elif name not in NOT_SHOWN:
            _write_blocks(element, text)


def _write_row(row: Element, text: BlockText) -> None:
    text.begin_row()
    for cell in row:
        if tag(cell) == "table-cell":
            spanned, repeated = (number(attribute(cell, f"number-columns-{said}")) for said in ("spanned", "repeated"))
            text.begin_cell(columns=max(spanned, repeated), rows=number(attribute(cell, "number-rows-spanned")))
            _write_blocks(cell, text)
            text.end_cell()


def _inner_blocks(element: Element) -> Iterator[Element]:
    for child in element:
        name = tag(child)
        if name in BLOCKS:
            yield child
        elif name not in NOT_SHOWN:
            yield from _inner_blocks(child)


def _characters(element: Element) -> Iterator[str]:
    yield WHITE_SPACE.sub(" ", element.text or "")
    for child in element:
        name = tag(child)
        if name == "s":
            yield KEPT_SPACE * next((int(value) for key, value in child.items() if key.endswith("}c")), 1)
        elif name in CHARACTERS:
            yield CHARACTERS[name]
        elif name and name not in NOT_SHOWN | BLOCKS:
            yield from _characters(child)
        yield WHITE_SPACE.sub(" ", child.tail or "")


def _collapsed(text: str) -> str:
    """The text with its white space folded across elements (OpenDocument 1.3, part 3, section 6.1.2)."""
    return re.sub(" +", " ", text).strip(" ").replace(KEPT_SPACE, " ")
