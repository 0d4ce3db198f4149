"""Which format a file has: its content first, then its suffix."""

import io
import zipfile
from pathlib import PurePath

from crimeetl.etl.errors import UnknownFormat, UnreadableDocument
from crimeetl.etl.readers.plain import decode

STANDARD_INPUT = "-"

PLAIN = "text/plain"
MARKDOWN = "text/markdown"
HTML = "text/html"
PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAIL = "message/rfc822"
COMMA_SEPARATED = "text/csv"
TAB_SEPARATED = "text/tab-separated-values"
JSON_LINES = "application/jsonl"

SUFFIX_MEDIA_TYPES = {
    ".txt": PLAIN,
    ".text": PLAIN,
    ".log": PLAIN,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".html": HTML,
    ".htm": HTML,
    ".pdf": PDF,
    ".docx": WORD,
    ".eml": MAIL,
    ".csv": COMMA_SEPARATED,
    ".tsv": TAB_SEPARATED,
    ".jsonl": JSON_LINES,
    ".ndjson": JSON_LINES,
}


def media_type_of(path: str, encoded: bytes) -> str:
    """The media type that decides which reader a file gets.

    Raises:
        UnknownFormat: Neither the content nor the suffix is one we read. A file without a suffix counts as plain
            text when it decodes and holds no NUL; standard input counts as plain text unless it is PDF or Word.
    """
    if encoded.startswith(b"%PDF-"):
        return PDF
    if _is_word(encoded):
        return WORD
    suffix = PurePath(path).suffix.lower()
    if suffix in SUFFIX_MEDIA_TYPES:
        return SUFFIX_MEDIA_TYPES[suffix]
    if path == STANDARD_INPUT or (not suffix and _is_text(path, encoded)):
        return PLAIN
    known = " ".join(SUFFIX_MEDIA_TYPES)
    raise UnknownFormat(path, f"no reader knows this kind of file; convert it to one of {known}")


def _is_word(encoded: bytes) -> bool:
    if not encoded.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(encoded)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def _is_text(path: str, encoded: bytes) -> bool:
    if not encoded:
        return True
    try:
        return "\0" not in decode(path, encoded).text
    except UnreadableDocument:
        return False
