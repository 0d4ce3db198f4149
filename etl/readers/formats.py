"""Which format a file has: its content first, then its suffix."""

import io
import json
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
JSON = "application/json"
JSON_LINES = "application/jsonl"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument.text"
RICH_TEXT = "application/rtf"
OUTLOOK = "application/vnd.ms-outlook"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
WORD_97 = "application/msword"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
SLIDES_97 = "application/vnd.ms-powerpoint"
BOOK = "application/epub+zip"
WEB_ARCHIVE = "multipart/related"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORKBOOK_97 = "application/vnd.ms-excel"
BINARY_WORKBOOK = "application/vnd.ms-excel.sheet.binary.macroEnabled.12"
OPEN_SHEETS = "application/vnd.oasis.opendocument.spreadsheet"
PARQUET = "application/vnd.apache.parquet"
ZIP = "application/zip"
MAILBOX = "application/mbox"
MAILS = (MAIL, OUTLOOK)

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
    ".doc": WORD_97,
    ".pptx": SLIDES,
    ".ppt": SLIDES_97,
    ".epub": BOOK,
    ".mht": WEB_ARCHIVE,
    ".mhtml": WEB_ARCHIVE,
    ".eml": MAIL,
    ".csv": COMMA_SEPARATED,
    ".tsv": TAB_SEPARATED,
    ".json": JSON,
    ".jsonl": JSON_LINES,
    ".ndjson": JSON_LINES,
}
SHEET_SUFFIXES = {
    ".xlsx": WORKBOOK,
    ".xlsm": WORKBOOK,
    ".xlsb": BINARY_WORKBOOK,
    ".xls": WORKBOOK_97,
    ".ods": OPEN_SHEETS,
    ".parquet": PARQUET,
}
CONTAINER_SUFFIXES = {".zip": ZIP, ".mbox": MAILBOX, **SHEET_SUFFIXES}
SHOWN_SUFFIXES = (".odt", ".rtf", ".msg", ".png", ".jpg", ".tif")  # of formats that the content alone must show
TABLES = (COMMA_SEPARATED, TAB_SEPARATED, JSON, JSON_LINES)
DECODED_ALONE = {PLAIN, MARKDOWN, *TABLES}  # no parser stands between their bytes and their text

PDF_MARK = b"%PDF-"
ZIP_MARK = b"PK\x03\x04"
OLD_OFFICE_MARK = b"\xd0\xcf\x11\xe0"
MARKS = {
    PDF: re.compile(re.escape(PDF_MARK)),
    RICH_TEXT: re.compile(rb"\{\\rtf"),
    PNG: re.compile(rb"\x89PNG\r\n\x1a\n\0\0\0\rIHDR.{8}[\x01\x02\x04\x08\x10][\0\x02\x03\x04\x06]", re.DOTALL),
    JPEG: re.compile(rb"\xff\xd8\xff"),
    TIFF: re.compile(rb"II[*+]\0|MM\0[*+]"),
    PARQUET: re.compile(rb"PAR1\x15"),
    # The first part of the zip file, never compressed, says what it is (OpenDocument 1.3, part 2, section 3.3).
    **{
        media_type: re.compile(re.escape(ZIP_MARK) + rb".{26}mimetype" + media_type.encode(), re.DOTALL)
        for media_type in (OPEN_DOCUMENT, OPEN_SHEETS, BOOK)
    },
}
# In the directory of an old office file, which may hold others inside: the outermost kind comes first.
OLD_OFFICE_PARTS = {
    "__properties_version1.0": OUTLOOK,  # MS-OXMSG, section 2.4
    "PowerPoint Document": SLIDES_97,
    "WordDocument": WORD_97,
    "Workbook": WORKBOOK_97,
    "Book": WORKBOOK_97,  # until Excel 95
}
LOCKED_PART = "EncryptedPackage"  # a new office file under a password (MS-OFFCRYPTO, section 2.3.4.4)
UNDER_A_PASSWORD = "it is under a password; save it without one"
DIRECTORY_ENTRY_BYTES = 128  # MS-CFB, section 2.6.1
OFFICE_PARTS = {"[Content_Types].xml", "mimetype"}  # in documents that are zip files inside, and in no other archive
# What these are told by; some programs number their main parts.
MAIN_PARTS = {
    WORD: re.compile(r"word/document\d*\.xml"),
    WORKBOOK: re.compile(r"xl/workbook\d*\.xml"),
    BINARY_WORKBOOK: re.compile(r"xl/workbook\d*\.bin"),
    SLIDES: re.compile(r"ppt/presentation\d*\.xml"),
    BOOK: re.compile(r"META-INF/container\.xml"),
}
# A line with sender and date, then a header. Reports begin with "From" too.
MAILBOX_START = re.compile(rb"From \S++ (?>[^\n]*?\d\d:\d\d)(?>[^\n]*?\d{4})[^\n]*+\n[!-9;-~]++:")
MULTIPART = re.compile(rb"^content-type:\s*multipart/", re.IGNORECASE | re.MULTILINE)
HEADERS_END = re.compile(rb"\n\r?\n")


def media_type_of(path: str, encoded: bytes) -> str:
    """The media type that decides which reader a file gets.

    Raises:
        UnknownFormat: neither the content nor the suffix is one we read. A file without a suffix counts as plain
            text when it decodes and holds no NUL; standard input counts as plain text unless its content says more.
        UnreadableDocument: it is an office document under a password.
    """
    suffix = PurePath(path).suffix.lower()
    shown = _shown_media_type(path, encoded)
    if shown is not None:
        known = shown
    elif not suffix and MAILBOX_START.match(encoded):
        known = MAILBOX
    else:
        known = (SUFFIX_MEDIA_TYPES | CONTAINER_SUFFIXES).get(suffix, "")
    if known == JSON and _is_json_lines(path, encoded):
        return JSON_LINES
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
    """Whether a file that begins so may be an archive, a workbook, a mailbox or a mail with attachments.

    Zip files are also Word documents, and the head of a mail may end before it says what is in it.
    """
    suffix = PurePath(path).suffix.lower()
    return (
        head.startswith((ZIP_MARK, OLD_OFFICE_MARK))
        or MARKS[PARQUET].match(head) is not None
        or suffix in CONTAINER_SUFFIXES
        or (not suffix and MAILBOX_START.match(head) is not None)
        or (SUFFIX_MEDIA_TYPES.get(suffix) == MAIL and _may_be_multipart(head))
    )


def _may_be_multipart(head: bytes) -> bool:
    return MULTIPART.search(head) is not None or HEADERS_END.search(head) is None


def _shown_media_type(path: str, encoded: bytes) -> str | None:
    """What the content itself says; "" is an office document of a kind we do not read, None that it does not say."""
    for media_type, mark in MARKS.items():
        if mark.match(encoded):
            return media_type
    if encoded.startswith(OLD_OFFICE_MARK):
        return _old_office_media_type(path, encoded)
    return _zip_media_type(encoded) if encoded.startswith(ZIP_MARK) else None


def _old_office_media_type(path: str, encoded: bytes) -> str:
    """Which program's file it is, by the names of its parts; "" for one that we do not read."""
    if _has_part(encoded, LOCKED_PART):
        raise UnreadableDocument(path, UNDER_A_PASSWORD)
    found = [media_type for name, media_type in OLD_OFFICE_PARTS.items() if _has_part(encoded, name)]
    by_suffix = (SUFFIX_MEDIA_TYPES | CONTAINER_SUFFIXES).get(PurePath(path).suffix.lower())
    return by_suffix if by_suffix in found else next(iter(found), "")


def _has_part(encoded: bytes, name: str) -> bool:
    """Whether an entry of the file's directory bears the name."""
    title = f"{name}\0".encode("utf-16-le")
    place = encoded.find(title)
    while place > 0 and place % DIRECTORY_ENTRY_BYTES:
        place = encoded.find(title, place + 1)
    return place > 0


def _zip_media_type(encoded: bytes) -> str | None:
    """What a zip file holds: an office document, files, or ("") an office document of a kind we do not read.

    None when it is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(encoded)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    for media_type, main_part in MAIN_PARTS.items():
        if any(map(main_part.fullmatch, names)):
            return media_type
    return "" if names & OFFICE_PARTS else ZIP


def _is_json_lines(path: str, encoded: bytes) -> bool:
    """Whether a JSON file holds a value in each line: its first line is one, and is not all."""
    first, _, rest = decode(path, encoded).text.lstrip().partition("\n")
    if not rest.strip() or not first.startswith(("{", "[")):
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return True


def _is_text(path: str, encoded: bytes) -> bool:
    if not encoded:
        return True
    try:
        return "\0" not in decode(path, encoded).text
    except UnreadableDocument:
        return False
