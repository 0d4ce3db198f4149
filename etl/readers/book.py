"""Electronic books (EPUB) -> the text of their chapters, which are web pages."""

import posixpath
import re
from dataclasses import replace
from urllib.parse import unquote

from crimeetl.etl.errors import UnreadableDocument
from crimeetl.etl.readers import markup
from crimeetl.etl.readers.office import parts
from crimeetl.etl.readers.plain import FileText, PageText, decode, paged

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
# In XML an element may end where it begins; in HTML these alone do (HTML, section 13.1.2).
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
CLOSED_TAG = re.compile(r"<([A-Za-z][\w.:-]*)((?:\s[^<>]*)?)/>")


def text_of(path: str, encoded: bytes) -> FileText:
    """The chapters in their order, each as a web page is read, a blank line between two; its list of contents is none.

    Raises:
        UnreadableDocument: it is protected against copying.
    """
    package = parts.Package(encoded)
    chapters = _chapters(package)
    if _is_encrypted(package, chapters):
        raise UnreadableDocument(path, "it is protected against copying; ask where it comes from for one that is not")
    shown = (_shown(path, package.bytes_of(name)) for name in chapters)
    read = paged([PageText(chapter.text, tables=chapter.tables) for chapter in shown if chapter.text])
    return replace(read, pages=())


def _shown(path: str, encoded: bytes) -> FileText:
    html = decode(path, encoded, markup.declared_encoding(encoded)).text
    return markup.shown_text(CLOSED_TAG.sub(_opened, html))


def _chapters(package: parts.Package) -> list[str]:
    """The parts that are read one after another (EPUB 3.3, section 5.7)."""
    books = [found.get("full-path", "") for found in package.root(CONTAINER).iter("{*}rootfile")]
    if not books:
        raise ValueError("no part of it is the book")
    root, folder = package.root(books[0]), posixpath.dirname(books[0])
    listed = {item.get("id"): item for item in root.iter("{*}item")}
    read = [listed[place.get("idref")] for place in root.iter("{*}itemref") if place.get("idref") in listed]
    return [
        posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))
        for item in read
        if "html" in item.get("media-type", "") and "nav" not in item.get("properties", "").split()
    ]


def _is_encrypted(package: parts.Package, chapters: list[str]) -> bool:
    """Whether a chapter is; the fonts of many books are, and may be."""
    if not package.has(ENCRYPTION):
        return False
    encrypted = {unquote(part.get("URI", "")) for part in package.root(ENCRYPTION).iter("{*}CipherReference")}
    return not encrypted.isdisjoint(chapters)


def _opened(closed: re.Match[str]) -> str:
    """The tag of an empty element as HTML has it."""
    name, attributes = closed[1], closed[2]
    return closed[0] if name.lower() in VOID else f"<{name}{attributes}></{name}>"
