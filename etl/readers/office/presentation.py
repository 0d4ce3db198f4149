"""Slides of PowerPoint -> their titles, text boxes, tables and notes."""

from collections.abc import Iterable, Iterator

from crimeetl.etl.readers.office.parts import Element, Package, attribute, children, number, tag
from crimeetl.etl.readers.plain import FileText, PageText, paged
from crimeetl.etl.readers.tables import BlockText

TITLES = {"title", "ctrTitle"}
SLIDE_NUMBER = "sldNum"
NOTES = "body"  # of the page with the notes, which shows the slide too


def text_of(path: str, encoded: bytes) -> FileText:
    """The slides in their order, each a page: its title, what else is on it, its notes.

    A line for each paragraph and for each row of a table, cells joined by " | ". Numbers of slides are left out.
    """
    package = Package(encoded)
    main_part = package.main_part()
    related = package.related(main_part)
    places = (related.get(_reference(listed)) for listed in package.root(main_part).iter("{*}sldId"))
    slides = [_slide(package, place.name) for place in places if place is not None]
    return paged([PageText(slide.text, tables=slide.tables) for slide in slides])


def _slide(package: Package, name: str) -> FileText:
    text = BlockText()
    shapes = list(_shapes(package.root(name)))
    _write(sorted(shapes, key=lambda shape: _placeholder(shape) not in TITLES), text)
    for part in package.related(name).values():
        if part.kind == "notesSlide":
            notes = _shapes(package.root(part.name))
            _write((shape for shape in notes if _placeholder(shape) == NOTES), text)
    return text.file_text()


def _reference(listed: Element) -> str:
    """The name that the presentation has for a slide; its own number is an attribute id as well."""
    return next((value for key, value in listed.items() if key.endswith("}id")), "")


def _shapes(element: Element) -> Iterator[Element]:
    """Text boxes and tables, those in groups too."""
    for child in element:
        name = tag(child)
        if name in ("sp", "tbl"):
            yield child
        elif name and name != "Fallback":
            yield from _shapes(child)


def _placeholder(shape: Element) -> str:
    """Which place of the slide's layout a shape fills; empty for none."""
    return next((attribute(place, "type") or NOTES for place in shape.iter("{*}ph")), "")


def _write(shapes: Iterable[Element], text: BlockText) -> None:
    for shape in shapes:
        if tag(shape) == "tbl":
            _write_table(shape, text)
        elif _placeholder(shape) != SLIDE_NUMBER:
            for body in children(shape, "txBody"):
                _write_paragraphs(body, text)


def _write_table(table: Element, text: BlockText) -> None:
    text.begin_table()
    for row in children(table, "tr"):
        text.begin_row()
        for cell in children(row, "tc"):
            if attribute(cell, "hMerge") in ("1", "true"):
                continue
            text.begin_cell(columns=number(attribute(cell, "gridSpan")))
            for body in children(cell, "txBody"):
                _write_paragraphs(body, text)
            text.end_cell()
    text.end_table()


def _write_paragraphs(body: Element, text: BlockText) -> None:
    for paragraph in children(body, "p"):
        said = "".join(_characters(paragraph))
        if said or tag(body.getparent()) == "tc":
            text.begin_line()
            text.say(said)


def _characters(paragraph: Element) -> Iterator[str]:
    for run in paragraph:
        name = tag(run)
        if name == "br":
            yield "\n"
        elif name in ("r", "fld"):
            yield from (shown.text or "" for shown in children(run, "t"))
