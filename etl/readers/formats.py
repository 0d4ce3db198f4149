"""Which format a file has: its content first, then its suffix."""

import io
import re
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
ZIP = "application/zip"
MAILBOX = "application/mbox"

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
CONTAINER_SUFFIXES = {".zip": ZIP, ".mbox": MAILBOX}
DECODED_ALONE = {PLAIN, MARKDOWN, COMMA_SEPARATED, TAB_SEPARATED, JSON_LINES}  # no parser stands between bytes and text

PDF_MARK = b"%PDF-"
ZIP_MARK = b"PK\x03\x04"
OFFICE_PARTS = {"[Content_Types].xml", "mimetype"}  # in documents that are zip files inside, and in no other archive
# A line with sender and date, then a header. Reports begin with "From" too.
MAILBOX_START = re.compile(rb"From \S+ [^\n]*\d\d:\d\d[^\n]*\d{4}[^\n]*\n[!-9;-~]+:")


def media_type_of(path: str, encoded: bytes) -> str:
    """The media type that decides which reader a file gets.

    Raises:
        UnknownFormat: Neither the content nor the suffix is one we read. A file without a suffix counts as plain
            text when it decodes and holds no NUL; standard input counts as plain text unless its content says more.
    """
    suffix = PurePath(path).suffix.lower()
    zipped = _zip_media_type(encoded) if encoded.startswith(ZIP_MARK) else None
    if encoded.startswith(PDF_MARK):
        known = PDF
    elif zipped is not None:
        known = zipped
    elif not suffix and MAILBOX_START.match(encoded):
        known = MAILBOX
    else:
        known = (SUFFIX_MEDIA_TYPES | CONTAINER_SUFFIXES).get(suffix, "")
    if known:
        return known
    if path == STANDARD_INPUT or (not suffix and _is_text(path, encoded)):
        return PLAIN
    raise UnknownFormat(path, f"no reader knows this kind of file; convert it to one of {' '.join(SUFFIX_MEDIA_TYPES)}")


def needs_parser(path: str, encoded: bytes) -> bool:
    """Whether more than a decoder stands between the file's bytes and its text."""
    by_suffix = (SUFFIX_MEDIA_TYPES | CONTAINER_SUFFIXES).get(PurePath(path).suffix.lower(), PLAIN)
    return encoded.startswith((PDF_MARK, ZIP_MARK)) or by_suffix not in DECODED_ALONE


def may_hold_files(path: str, head: bytes) -> bool:
    """Whether a file that begins so may be an archive or a mailbox; zip files are also Word documents."""
    suffix = PurePath(path).suffix.lower()
    return (
        head.startswith(ZIP_MARK)
        or suffix in CONTAINER_SUFFIXES
        or (not suffix and MAILBOX_START.match(head) is not None)
    )


def _zip_media_type(encoded: bytes) -> str | None:
    """What a zip file holds: a Word document, files, or ("") an office document of a kind we do not read.

    None when it is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(encoded)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if "word/document.xml" in names:
        return WORD
    return "" if names & OFFICE_PARTS else ZIP


def _is_text(path: str, encoded: bytes) -> bool:
    if not encoded:
        return True
    try:
        return "\0" not in decode(path, encoded).text
    except UnreadableDocument:
        return False
