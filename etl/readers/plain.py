"""Bytes -> text: the file's own characters, and which codec gave them."""

import codecs
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from crimeetl.etl.documents import Line, Page, Row, Table, moved, moved_table
from crimeetl.etl.errors import UnreadableDocument

# The utf-32 mark comes first, because it begins with that of utf-16.
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# Files that declare these are windows-1252 in truth; every browser reads them so (WHATWG Encoding, section 4.2).
READ_AS_WINDOWS_1252 = {"ascii", "iso8859-1"}
# Up to this many characters beyond ASCII, a text is English with some foreign names in it.
SPARSE_RATIO = 0.05
SPARSE_CHARS = 3
TYPOGRAPHIC = "‘’“”–—…•€™\u00a0"
BETWEEN_PAGES = "\n\n"


@dataclass(frozen=True, slots=True)
class FileText:
    """What a reader got out of one file."""

    text: str
    encoding: str | None = None  # the codec that decoded it; None for binary formats
    has_byte_order_mark: bool = False
    pages: tuple[Page, ...] = ()
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class PageText:
    """What stands on one page; all offsets are in its own text."""

    text: str
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()


def paged(page_texts: Sequence[PageText], ocr_numbers: Collection[int] = ()) -> FileText:
    """The pages as one text, a blank line between two of them.

    Args:
        page_texts: of each page.
        ocr_numbers: of the pages, from 1, whose text comes from an image.
    """
    starts = list(accumulate((len(page.text) + len(BETWEEN_PAGES) for page in page_texts[:-1]), initial=0))
    placed = list(zip(starts, page_texts, strict=True)) if page_texts else []
    return FileText(
        BETWEEN_PAGES.join(page.text for page in page_texts),
        pages=tuple(Page(number, start, number in ocr_numbers) for number, (start, _) in enumerate(placed, start=1)),
        lines=tuple(moved(line, start) for start, page in placed for line in page.lines),
        tables=tuple(moved_table(table, start) for start, page in placed for table in page.tables),
    )


def page_of(file_text: FileText, number: int) -> PageText:
    """What stands on a page on which no table stands, as ``paged`` was given it."""
    start, end = _page_spans(file_text)[number - 1]
    lines = (line for line in file_text.lines if line.page == number)
    return PageText(file_text.text[start:end], tuple(moved(line, -start) for line in lines))


def with_pages(file_text: FileText, page_texts: Mapping[int, PageText]) -> FileText:
    """The same text with others in the place of some pages, on which no table stands.

    Args:
        page_texts: by the number of the page, from 1.
    """
    old = _page_spans(file_text)
    kept = {number: PageText(file_text.text[start:end]) for number, (start, end) in enumerate(old, start=1)}
    whole = paged(list((kept | dict(page_texts)).values()))
    starts = [start for start, _ in old]
    shifts = [page.char_start - start for page, start in zip(whole.pages, starts, strict=True)]
    lines = [moved(line, shifts[line.page - 1]) for line in file_text.lines if line.page not in page_texts]
    lines += whole.lines

    def put(row: Row) -> Row:
        first, last = (bisect_right(starts, place) - 1 for place in (row.char_start, row.char_end))
        return Row(row.char_start + shifts[first], row.char_end + shifts[last], row.cells)

    tables = [Table(tuple(put(row) for row in table.rows)) for table in file_text.tables]
    tables += whole.tables
    return replace(
        file_text,
        text=whole.text,
        pages=tuple(replace(new, is_ocr=page.is_ocr) for new, page in zip(whole.pages, file_text.pages, strict=True)),
        lines=tuple(sorted(lines, key=lambda line: line.char_start)),
        tables=tuple(sorted(tables, key=lambda table: table.rows[0].char_start)),
    )


def _page_spans(file_text: FileText) -> list[tuple[int, int]]:
    starts = [page.char_start for page in file_text.pages]
    ends = [*(start - len(BETWEEN_PAGES) for start in starts[1:]), len(file_text.text)]
    return list(zip(starts, ends, strict=True))


def decode(path: str, encoded: bytes, declared: str | None = None) -> FileText:
    """The characters of a text file, unchanged but for a byte-order mark taken off.

    A byte-order mark decides; then UTF-8; then the encoding that the file declares; then windows-1252 for a text
    that is nearly all ASCII, where statistics have too little to go on; then charset_normalizer's best guess.

    Args:
        path: names the file in the error.
        encoded: the file's bytes.
        declared: the encoding that the file itself names, if it does; any spelling, known or not.

    Raises:
        UnreadableDocument: no encoding fits.
    """
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if encoded.startswith(mark):
            return FileText(_decode_marked(path, encoded[len(mark) :], encoding), encoding, True)
    for encoding in _candidates(encoded, declared):
        text = _try_decoding(encoded, encoding)
        if text is not None:
            return FileText(text, encoding)
    return _decode_by_guess(path, encoded)


def is_unicode(text: str) -> bool:
    """Whether the text can be stored: DuckDB takes no lone surrogate."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _decode_marked(path: str, encoded: bytes, encoding: str) -> str:
    text = _try_decoding(encoded, encoding)
    if text is None:
        reason = f"its byte-order mark promises {encoding} and its bytes are something else; save it again as UTF-8"
        raise UnreadableDocument(path, reason)
    return text


def _candidates(encoded: bytes, declared: str | None) -> list[str]:
    unmarked = _unmarked_utf_16(encoded)
    named = [known] if (known := _codec_name(declared)) else []
    # Bytes that are all ASCII are UTF-8 too, yet may say something else in an encoding such as iso-2022-jp.
    return [*unmarked, *named, "utf-8"] if encoded.isascii() else [*unmarked, "utf-8", *named]


def _unmarked_utf_16(encoded: bytes) -> list[str]:
    """UTF-16 without its mark shows as a NUL in every other byte."""
    for encoding, high_byte in (("utf-16-le", 1), ("utf-16-be", 0)):
        if encoded and len(encoded) % 2 == 0 and encoded[high_byte::2].count(0) * 4 > len(encoded):
            return [encoding]
    return []


def _codec_name(declared: str | None) -> str | None:
    try:
        name = codecs.lookup(declared or "").name
    except (LookupError, ValueError):
        return None
    return "cp1252" if name in READ_AS_WINDOWS_1252 else name


def _try_decoding(encoded: bytes, encoding: str) -> str | None:
    try:
        return encoded.decode(encoding)
    except (LookupError, ValueError):
        return None


def _decode_by_guess(path: str, encoded: bytes) -> FileText:
    import charset_normalizer  # nearly every file is UTF-8

    text = _try_decoding(encoded, "cp1252")
    if text is not None and _is_nearly_ascii(text) and _has_no_controls(text):
        return FileText(text, "cp1252")
    match = charset_normalizer.from_bytes(encoded).best()
    text = None if match is None else _try_decoding(encoded, match.encoding)
    if match is None or text is None:
        raise UnreadableDocument(path, "its bytes are text in no encoding we know; save it again as UTF-8")
    return FileText(text, match.encoding)


def _is_nearly_ascii(text: str) -> bool:
    foreign = sum(character > "\x7f" and character not in TYPOGRAPHIC for character in text)
    return foreign <= max(SPARSE_CHARS, SPARSE_RATIO * len(text))


def _has_no_controls(text: str) -> bool:
    return all(character >= " " or character in "\t\n\r\f" for character in text)
