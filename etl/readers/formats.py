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
OPEN_DOCUMENT = "application/vnd.oasis.opendocument.text"
RICH_TEXT = "application/rtf"
OUTLOOK = "application/vnd.ms-outlook"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPEN_SHEETS = "application/vnd.oasis.opendocument.spreadsheet"
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
CONTAINER_SUFFIXES = {".zip": ZIP, ".mbox": MAILBOX, ".xlsx": WORKBOOK, ".ods": OPEN_SHEETS}
SHOWN_SUFFIXES = (".odt", ".rtf", ".msg", ".png", ".jpg", ".tif")  # of formats that the content alone must show
DECODED_ALONE = {PLAIN, MARKDOWN, COMMA_SEPARATED, TAB_SEPARATED, JSON_LINES}  # no parser stands between bytes and text

PDF_MARK = b"%PDF-"
ZIP_MARK = b"PK\x03\x04"
OLD_OFFICE_MARK = b"\xd0\xcf\x11\xe0"
MARKS = {
    PDF: re.compile(re.escape(PDF_MARK)),
    RICH_TEXT: re.compile(rb"\{\\rtf"),
    PNG: re.compile(rb"\x89PNG\r\n\x1a\n\0\0\0\rIHDR.{8}[\x01\x02\x04\x08\x10][\0\x02\x03\x04\x06]", re.DOTALL),
    JPEG: re.compile(rb"\xff\xd8\xff"),
    TIFF: re.compile(rb"II[*+]\0|MM\0[*+]"),
    # The first part of the zip file, never compressed, says what it is (OpenDocument 1.3, part 2, section 3.3).
    **{
        media_type: re.compile(re.escape(ZIP_MARK) + rb".{26}mimetype" + media_type.encode(), re.DOTALL)
        for media_type in (OPEN_DOCUMENT, OPEN_SHEETS)
    },
}
OUTLOOK_PART = "__properties_version1.0".encode(
    "utf-16-le"
)  # in the directory of every message (MS-OXMSG, section 2.4)
OFFICE_PARTS = {"[Content_Types].xml", "mimetype"}  # in documents that are zip files inside, and in no other archive
# A line with sender and date, then a header. Reports begin with "From" too.
MAILBOX_START = re.compile(rb"From \S+ [^\n]*\d\d:\d\d[^\n]*\d{4}[^\n]*\n[!-9;-~]+:")


def media_type_of(path: str, encoded: bytes) -> str:
    """The media type that decides which reader a file gets.

    Raises:
        UnknownFormat: neither the content nor the suffix is one we read. A file without a suffix counts as plain
            text when it decodes and holds no NUL; standard input counts as plain text unless its content says more.
    """
    suffix = PurePath(path).suffix.lower()
    shown = _shown_media_type(encoded)
    if shown is not None:
        known = shown
    elif not suffix and MAILBOX_START.match(encoded):
        known = MAILBOX
    else:
        known = (SUFFIX_MEDIA_TYPES | CONTAINER_SUFFIXES).get(suffix, "")
    if known:
        return known
    if path == STANDARD_INPUT or (not suffix and _is_text(path, encoded)):
        return PLAIN
    suffixes = " ".join((*SUFFIX_MEDIA_TYPES, *SHOWN_SUFFIXES, *CONTAINER_SUFFIXES))
    raise UnknownFormat(path, f"no reader knows this kind of file; convert it to one of {suffixes}")


def needs_parser(path: str, encoded: bytes) -> bool:
    """Whether more than a decoder stands between the file's bytes and its text."""
    by_suffix = (SUFFIX_MEDIA_TYPES | CONTAINER_SUFFIXES).get(PurePath(path).suffix.lower(), PLAIN)
    is_marked = encoded.startswith((ZIP_MARK, OLD_OFFICE_MARK)) or any(mark.match(encoded) for mark in MARKS.values())
    return is_marked or by_suffix not in DECODED_ALONE


def may_hold_files(path: str, head: bytes) -> bool:
    """Whether a file that begins so may be an archive, a workbook or a mailbox; zip files are also Word documents."""
    suffix = PurePath(path).suffix.lower()
    return (
        head.startswith(ZIP_MARK)
        or suffix in CONTAINER_SUFFIXES
        or (not suffix and MAILBOX_START.match(head) is not None)
    )


def _shown_media_type(encoded: bytes) -> str | None:
    """What the content itself says; "" is an office document of a kind we do not read, None that it does not say."""
    for media_type, mark in MARKS.items():
        if mark.match(encoded):
            return media_type
    if encoded.startswith(OLD_OFFICE_MARK) and OUTLOOK_PART in encoded:
        return OUTLOOK
    return _zip_media_type(encoded) if encoded.startswith(ZIP_MARK) else None


def _zip_media_type(encoded: bytes) -> str | None:
    """What a zip file holds: a Word document, sheets, files, or ("") an office document of a kind we do not read.

    None when it is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(encoded)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if "word/document.xml" in names:
        return WORD
    if "xl/workbook.xml" in names:
        return WORKBOOK
    return "" if names & OFFICE_PARTS else ZIP


def _is_text(path: str, encoded: bytes) -> bool:
    if not encoded:
        return True
    try:
        return "\0" not in decode(path, encoded).text
    except UnreadableDocument:
        return False
