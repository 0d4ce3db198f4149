"""Bytes -> text: the file's own characters, and which codec gave them."""

import codecs
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate

from crimeetl.etl.documents import Page
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


def paged(texts: Sequence[str], ocr_numbers: Collection[int] = ()) -> FileText:
    """The texts of pages as one, a blank line between two of them.

    Args:
        texts: of each page.
        ocr_numbers: of the pages, from 1, whose text comes from an image.
    """
    starts = accumulate((len(text) + len(BETWEEN_PAGES) for text in texts[:-1]), initial=0)
    pages = (Page(number, start, number in ocr_numbers) for number, start in enumerate(starts, start=1))
    return FileText(BETWEEN_PAGES.join(texts), pages=tuple(pages))


def texts_of_pages(file_text: FileText) -> list[str]:
    """The text of each page, as ``paged`` was given it."""
    starts = [page.char_start for page in file_text.pages]
    ends = [*(start - len(BETWEEN_PAGES) for start in starts[1:]), len(file_text.text)]
    return [file_text.text[start:end] for start, end in zip(starts, ends, strict=True)]


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
