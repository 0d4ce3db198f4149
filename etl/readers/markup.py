"""HTML -> the text that a browser shows. Nothing is fetched and no script runs."""

import re
from collections.abc import Iterator
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crimeetl.etl.documents import Table, moved_table
from crimeetl.etl.readers.plain import FileText, decode
from crimeetl.etl.readers.tables import BETWEEN_CELLS, TableRecorder

NOT_SHOWN = {"script", "style", "template", "noscript", "head", "title", "iframe", "object", "audio", "video", "canvas"}
PREFORMATTED = {"pre", "textarea", "listing", "xmp", "plaintext"}
PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6"}
CELLS = {"td", "th"}
# The elements before which the parser looks for an open <p> through everything that is open. That makes deep nesting
# quadratic: 100,000 <div> in one another took 19.6 s (2 shared cores, selectolax 1.0.2).
LOOKING_UPWARDS = (
    "address|article|aside|blockquote|center|details|dialog|dir|div|dl|fieldset|figcaption|figure|footer|form|header|"
    "hgroup|main|menu|nav|ol|search|section|summary|ul"
)
LINES = {"body", "br", "caption", "dd", "dt", "hr", "li", "optgroup", "option", "table", "tr"}
BLOCKS = {*PARAGRAPHS, *PREFORMATTED, *LINES, *LOOKING_UPWARDS.split("|")}
MOST_LEVELS = 512  # as in Chrome
MOST_COLUMNS, MOST_ROWS = 1_000, 65_534  # that one cell covers (HTML, section 4.9.11)
MOST_DIGITS = 20  # int() refuses thousands

LINE_END = re.compile(r"\r\n?")
WHITE_SPACE = re.compile(r"[ \t\n\r\f]+")
DECLARED_ENCODING = re.compile(rb"""(?:<meta[^>]*?charset|<\?xml[^>]*?encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I)
DECLARATION_BYTES = 4096
DISPLAY_NONE = re.compile(r"display\s*:\s*none", re.I)
NESTING_TAG = re.compile(rf"<(/?)(?:{LOOKING_UPWARDS})(?=[\s/>])", re.I)


def text_of(path: str, encoded: bytes, declared: str | None = None) -> FileText:
    """The text of an HTML file as a browser lays it out.

    Blocks begin new lines, paragraphs and headings stand between blank lines, the cells of a table's row are joined
    by " | ", runs of blanks are one space outside preformatted text. Scripts, styles, hidden elements and choices
    not selected are left out. The title comes first where no h1 heading and nothing else in the body says it.

    Args:
        path: names the file in errors.
        encoded: the file's bytes.
        declared: the encoding named outside the file (in a mail's header); the file's own declaration otherwise.
    """
    decoded = decode(path, encoded, declared or declared_encoding(encoded))
    shown = shown_text(decoded.text)
    return replace(decoded, text=shown.text, tables=shown.tables)


def declared_encoding(encoded: bytes) -> str | None:
    """The encoding that the page itself names, where it can be true."""
    found = DECLARED_ENCODING.search(encoded[:DECLARATION_BYTES])
    name = found[1].decode("ascii", "replace").lower() if found else None
    # A declaration that can be read as ASCII is no UTF-16, whatever it says.
    return None if name is None or name.startswith(("utf-16", "utf-32")) else name


def shown_text(html: str) -> FileText:
    """The text of a page, which is decoded already, as ``text_of`` gives it."""
    tree = LexborHTMLParser(_flattened(html))
    body = _body(tree.body) if tree.body else _Page()
    body_text, title = body.text(), _title(tree)
    head = f"{title}\n\n" if body_text and title not in body_text else ""
    return FileText(head + body_text, tables=tuple(moved_table(table, len(head)) for table in body.tables()))


def _flattened(html: str) -> str:
    """The same page, its blocks nested at most 512 deep: the tags of those deeper become lines across the page."""
    level = 0

    def flatten(tag: re.Match[str]) -> str:
        nonlocal level
        is_end = bool(tag[1])
        level = max(level - 1, 0) if is_end else level + 1
        is_deep = level >= MOST_LEVELS if is_end else level > MOST_LEVELS
        return "<hr" if is_deep else tag[0]

    return NESTING_TAG.sub(flatten, html)


def _title(tree: LexborHTMLParser) -> str:
    if any(heading.text().strip() for heading in tree.css("h1")):
        return ""
    title = tree.css_first("head > title")
    return WHITE_SPACE.sub(" ", title.text()).strip() if title else ""


def _body(body: LexborNode) -> "_Page":
    page = _Page()
    waiting = [(body, False)]
    while waiting:
        node, is_entered = waiting.pop()
        if is_entered:
            page.leave(node.tag or "")
        elif node.is_text_node:
            page.say(node.text_content or "")
        elif _is_shown(node):
            page.enter(node.tag or "", node)
            waiting.append((node, True))
            waiting.extend((child, False) for child in _children_backwards(node))
    return page


def _span(cell: LexborNode, name: str, most: int) -> int:
    """How many columns or rows a cell covers."""
    said = (cell.attributes.get(name) or "").strip()
    return min(int(said[:MOST_DIGITS]), most) if said.isdecimal() else 1


def _children_backwards(node: LexborNode) -> Iterator[LexborNode]:
    child = node.last_child
    while child is not None:
        yield child
        child = child.prev


def _is_shown(node: LexborNode) -> bool:
    if not node.is_element_node or node.tag in NOT_SHOWN:
        return False
    attributes = node.attributes
    if "hidden" in attributes or DISPLAY_NONE.search(attributes.get("style") or ""):
        return False
    return node.tag != "option" or "selected" in attributes


class _Page:
    """The lines of a page while it is read from top to bottom.

    White space waits until text follows it, so that the widest of neighbouring breaks counts alone.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._recorder = TableRecorder()
        self._block_newlines = 0
        self._written_newlines = 0
        self._has_space = False
        self._is_cell_start = False
        self._cells_by_row: list[int] = []
        self._preformatted_levels = 0

    def text(self) -> str:
        return "".join(self._parts)

    def tables(self) -> tuple[Table, ...]:
        return self._recorder.tables(self.text())

    def enter(self, tag: str, node: LexborNode) -> None:
        self._begin_block(tag)
        if tag == "br":
            self._written_newlines += 1
        elif tag == "table":
            self._recorder.begin_table()
        elif tag == "tr":
            self._cells_by_row.append(0)
            self._recorder.begin_row()
        elif tag in CELLS:
            self._begin_cell(_span(node, "colspan", MOST_COLUMNS), _span(node, "rowspan", MOST_ROWS))
        elif tag in PREFORMATTED:
            self._preformatted_levels += 1

    def leave(self, tag: str) -> None:
        if tag in CELLS:
            self._recorder.end_cell(self._length)
            self._forget_white_space()
        elif tag in PREFORMATTED:
            self._preformatted_levels -= 1
        elif tag == "tr":
            self._cells_by_row.pop()
            self._is_cell_start = False
        elif tag == "table":
            self._recorder.end_table()
        self._begin_block(tag)

    def say(self, text: str) -> None:
        """Text as the source has it; folded unless an open element is preformatted."""
        if self._preformatted_levels:
            self._say_preformatted(text)
        else:
            self._say_folded(text)

    def _say_folded(self, text: str) -> None:
        folded = WHITE_SPACE.sub(" ", text)
        self._has_space |= folded.startswith(" ")
        words = folded.strip(" ")
        if words:
            self._write(words)
            self._has_space = folded.endswith(" ")

    def _say_preformatted(self, text: str) -> None:
        text = LINE_END.sub("\n", text)
        lines = text.strip("\n")
        self._written_newlines += len(text) - len(text.lstrip("\n"))
        if lines:
            self._write(lines)
            self._written_newlines += len(text) - len(text.rstrip("\n"))

    def _begin_block(self, tag: str) -> None:
        if tag in BLOCKS:
            self._block_newlines = max(self._block_newlines, 2 if tag in PARAGRAPHS else 1)

    def _begin_cell(self, columns: int, rows: int) -> None:
        if self._cells_by_row[-1]:
            self._forget_white_space()
            self._write(BETWEEN_CELLS)
        else:
            self._write("")
        self._recorder.begin_cell(self._length, columns=columns, rows=rows)
        self._cells_by_row[-1] += 1
        self._is_cell_start = True

    def _write(self, text: str) -> None:
        written = self._white_space() + text
        if written:
            self._parts.append(written)
            self._length += len(written)
        self._forget_white_space()

    def _white_space(self) -> str:
        newlines = max(self._block_newlines, self._written_newlines)
        if self._is_cell_start or not self._parts:
            return ""
        return "\n" * newlines or " " * self._has_space

    def _forget_white_space(self) -> None:
        self._block_newlines = self._written_newlines = 0
        self._has_space = self._is_cell_start = False
