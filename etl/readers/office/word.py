"""Word documents -> their paragraphs and tables."""

import re
from collections.abc import Iterator

from crimeetl.etl.readers.office.parts import Element, Package, attribute, children, has_child, number, tag
from crimeetl.etl.readers.plain import FileText
from crimeetl.etl.readers.tables import BlockText

CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Properties hold tab stops, not tabs; moved and deleted text is shown where it went; a fallback and the old picture
# format repeat a text box.
NOT_SHOWN = {"pPr", "rPr", "tblPr", "trPr", "tcPr", "sdtPr", "sectPr", "del", "moveFrom", "Fallback"}
PAGE_FIELDS = {"PAGE", "NUMPAGES", "SECTIONPAGES"}
WORDS = re.compile(r"[^\W_]+")
OF_PAGE_NUMBERS = {"page", "pages", "pg", "of"}
TICKED, NOT_TICKED = "☒", "☐"
# Boxes and ticks of the fonts Wingdings and Wingdings 2, by their places there.
SYMBOLS = {
    **dict.fromkeys(["F0FD", "F0FE", "F078", "F051", "F052", "F053", "F054"], TICKED),
    **dict.fromkeys(["F0A8", "F06F", "F071", "F0A3"], NOT_TICKED),
    "F0FC": "✓",
}


def text_of(path: str, encoded: bytes) -> FileText:
    """A Word document in reading order, with its tables: a line for each paragraph and for each row of a table.

    Cells are joined by " | ". Headers come first and footers last, each once and without page numbers. Content
    controls (the fields of a form) that are filled in, insertions not yet accepted and text boxes are read, a text
    box after its paragraph; boxes to tick are ☒ or ☐. Notes and comments are not read.
    """
    package = Package(encoded)
    main_part = package.main_part()
    document = package.root(main_part)
    text = BlockText()
    for header in _margins(package, main_part, document, "headerReference"):
        _write_blocks(header, text, in_margin=True)
    for body in children(document, "body"):
        _write_blocks(body, text)
    for footer in _margins(package, main_part, document, "footerReference"):
        _write_blocks(footer, text, in_margin=True)
    return text.file_text()


def _margins(package: Package, main_part: str, document: Element, reference: str) -> Iterator[Element]:
    """The headers or footers that pages show, each text once."""
    related = package.related(main_part)
    settings = [package.root(part.name) for part in related.values() if part.kind == "settings"]
    has_even = any(has_child(root, "evenAndOddHeaders") for root in settings)
    chosen: dict[str, str] = {}  # by the kind of page; a section that names none goes on with those before it
    seen = set()
    for section in document.iter("{*}sectPr"):
        for referring in children(section, reference):
            if part := related.get(attribute(referring, "id")):
                chosen[attribute(referring, "type")] = part.name
        is_shown = {"first": has_child(section, "titlePg"), "default": True, "even": has_even}
        for name in (chosen[kind] for kind, shown in is_shown.items() if shown and kind in chosen):
            root, written = package.root(name), BlockText()
            _write_blocks(root, written, in_margin=True)
            if (said := written.file_text().text) not in seen:
                seen.add(said)
                yield root


def _write_blocks(container: Element, text: BlockText, *, in_margin: bool = False) -> None:
    for child in container:
        name = tag(child)
        if name == "p":
            said = "".join(_characters(child, []))
            if not in_margin or not OF_PAGE_NUMBERS.issuperset(WORDS.findall(said.lower())):
                text.begin_line()
                text.say(said)
            for box in _text_boxes(child):
                _write_blocks(box, text, in_margin=in_margin)
        elif name == "tbl":
            text.begin_table()
            _write_blocks(child, text, in_margin=in_margin)
            text.end_table()
        elif name == "tr":
            _write_row(child, text, in_margin=in_margin)
        elif name not in NOT_SHOWN and not _is_placeholder(child):
            _write_blocks(child, text, in_margin=in_margin)


def _write_row(row: Element, text: BlockText, *, in_margin: bool) -> None:
    properties = [setting for listed in children(row, "trPr") for setting in listed]
    if any(tag(setting) == "del" for setting in properties):
        return
    skipped = sum(number(attribute(setting, "val")) for setting in properties if tag(setting) == "gridBefore")
    text.begin_row()
    for cell in _cells(row):
        spans = [span for listed in children(cell, "tcPr") for span in children(listed, "gridSpan")]
        columns = sum(number(attribute(span, "val")) for span in spans)
        text.begin_cell(columns=columns, skipped_columns=skipped)
        _write_blocks(cell, text, in_margin=in_margin)
        text.end_cell()
        skipped = 0


def _characters(element: Element, fields: list[str]) -> Iterator[str]:
    """The text of a paragraph without that of its text boxes.

    Args:
        fields: what the fields that are open compute; filled on the way.
    """
    for child in element:
        name = tag(child)
        if name == "t":
            if not _has_page_field(fields):
                yield child.text or ""
        elif name in CHARACTERS:
            yield CHARACTERS[name]
        elif name == "sym":
            yield SYMBOLS.get(attribute(child, "char").upper(), "")
        elif name == "fldChar":
            _open_or_close(attribute(child, "fldCharType"), fields)
            yield from _form_field(child)
        elif name == "instrText" and fields:
            fields[-1] += child.text or ""
        elif name == "fldSimple":
            yield from _characters(child, [*fields, attribute(child, "instr")])
        elif name not in NOT_SHOWN and name != "txbxContent" and not _is_placeholder(child):
            yield from _characters(child, fields)


def _open_or_close(kind: str, fields: list[str]) -> None:
    if kind == "begin":
        fields.append("")
    elif kind == "end" and fields:
        fields.pop()


def _has_page_field(fields: list[str]) -> bool:
    return any(field.strip().partition(" ")[0].upper() in PAGE_FIELDS for field in fields)


def _form_field(field: Element) -> Iterator[str]:
    """What a box to tick or a list to choose from shows, in forms made before Word had content controls."""
    for described in children(field, "ffData"):
        for box in children(described, "checkBox"):
            settings = {tag(setting): attribute(setting, "val") or "1" for setting in box}
            state = settings.get("checked", settings.get("default", "0"))
            yield NOT_TICKED if state in ("0", "false", "off") else TICKED
        for choice in children(described, "ddList"):
            entries = [attribute(entry, "val") for entry in children(choice, "listEntry")]
            chosen = max((number(attribute(result, "val")) for result in children(choice, "result")), default=0)
            yield from entries[chosen : chosen + 1]


def _is_placeholder(element: Element) -> bool:
    """Whether it is a field of a form that is not filled in: it then shows what to do with it."""
    return any(has_child(properties, "showingPlcHdr") for properties in children(element, "sdtPr"))


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
