"""The parts of office documents, which are zip files of XML (ECMA-376, part 2), and of those like them."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

MOST_DIGITS = 20  # int() refuses thousands
Element: TypeAlias = Any  # an lxml element


@dataclass(frozen=True, slots=True)
class Related:
    """A part that another one refers to."""

    kind: str  # "header", "slide"
    name: str  # in the zip file


class Package:
    """The parts of one document, each parsed when it is asked for. Nothing outside the file is fetched."""

    def __init__(self, encoded: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(encoded))
        self._names = set(self._archive.namelist())

    def bytes_of(self, name: str) -> bytes:
        return self._archive.read(name)

    def has(self, name: str) -> bool:
        return name in self._names

    def root(self, name: str) -> Element:
        """The outermost element of a part."""
        return parsed(self.bytes_of(name))

    def main_part(self) -> str:
        """The name of the part that the others hang on."""
        for part in self.related("").values():
            if part.kind == "officeDocument":
                return part.name
        raise ValueError("no part of it is the document")

    def related(self, name: str) -> dict[str, Related]:
        """The parts in the same file that this one refers to, by the names that it has for them; "" is the file."""
        folder, base = posixpath.split(name)
        relations = posixpath.join(folder, "_rels", f"{base}.rels")
        if relations not in self._names:
            return {}
        found = {}
        for relation in self.root(relations):
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
            if target in self._names:
                found[relation.get("Id", "")] = Related(posixpath.basename(relation.get("Type", "")), target)
        return found


def parsed(encoded: bytes) -> Element:
    """The outermost element of an XML file."""
    from lxml import etree  # takes 0.1 s

    return etree.fromstring(encoded, etree.XMLParser(resolve_entities="internal", no_network=True))


def tag(element: Element) -> str:
    """The tag without its namespace; empty for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """An attribute by its name without its namespace; empty where there is none."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def children(element: Element, *names: str) -> Iterator[Element]:
    """The children of these names."""
    return (child for child in element if tag(child) in names)


def has_child(element: Element, name: str) -> bool:
    """Whether it has a child of this name; an element itself is false where it has no children."""
    return any(True for _ in children(element, name))


def number(text: str, *, most: int = 1_000) -> int:
    """A whole number, 0 where there is none, and at the most so many."""
    return min(int(text[:MOST_DIGITS]), most) if text.isdecimal() else 0
