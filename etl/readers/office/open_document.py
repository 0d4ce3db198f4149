"""OpenDocument texts (LibreOffice, odt) -> their paragraphs and tables."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator

from crimeetl.etl.errors import UnreadableDocument
from crimeetl.etl.readers.office.word import Element, tag
from crimeetl.etl.readers.plain import FileText

PARAGRAPHS = {"p", "h"}
BLOCKS = {*PARAGRAPHS, "list", "table"}  # inside a paragraph they are those of a text box
CHARACTERS = {"tab": "\t", "line-break": "\n"}
# Comments, notes, deleted text and the controls of forms; a picture's title and description.
NOT_SHOWN = {"annotation", "note", "tracked-changes", "forms", "title", "desc"}
WHITE_SPACE = re.compile(r"[ \t\n\r]+")
KEPT_SPACE = "\0"  # which XML cannot hold: an element that stands for spaces


def text_of(path: str, encoded: bytes) -> FileText:
    """The body of an OpenDocument text in reading order: a line for each paragraph and for each row of a table.

    As in Word documents, cells are joined by " | ", and a text box stands after its paragraph; headers, footers,
    notes and comments are left out.

    Raises:
        UnreadableDocument: the file is protected by a password.
    """
    from lxml import etree  # takes 0.1 s

    with zipfile.ZipFile(io.BytesIO(encoded)) as archive:
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise UnreadableDocument(path, "it is protected by a password; save it without one")
        parser = etree.XMLParser(resolve_entities="internal", no_network=True)
        content = etree.fromstring(archive.read("content.xml"), parser)
    bodies = [element for element in content if tag(element) == "body"]
    return FileText("\n".join(_lines(bodies)))


def _lines(elements: Iterable[Element]) -> Iterator[str]:
    for element in elements:
        name = tag(element)
        if name in PARAGRAPHS:
            yield _collapsed("".join(_characters(element)))
            yield from _lines(_inner_blocks(element))
        elif name == "table-row":
            yield " | ".join("\n".join(_lines(cell)) for cell in element if tag(cell) == "table-cell")
        elif name not in NOT_SHOWN:
            yield from _lines(element)


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
