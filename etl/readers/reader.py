"""path -> Document, whatever the file's format."""

import stat
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO, Self, TypeAlias, TypeVar

from crimeetl.etl.documents import Document, content_id
from crimeetl.etl.errors import DocumentFailed, EmptyDocument, NeedsOcr, UnreadableDocument
from crimeetl.etl.readers import archives, book, formats, mail, markup, outlook, plain
from crimeetl.etl.readers.limits import MEGABYTE, ReaderLimits, megabytes
from crimeetl.etl.readers.office import converted, open_document, presentation, rich_text, word
from crimeetl.etl.readers.pages import images, ocr, pdf
from crimeetl.etl.readers.paths import printable
from crimeetl.etl.readers.plain import FileText, PageText, is_unicode, page_of, with_pages
from crimeetl.etl.readers.process import LoneProcess, ProcessDied, RanOutOfMemory, RanOutOfTime

FormatReader: TypeAlias = Callable[[str, bytes], FileText]
Result = TypeVar("Result")

# Text up to this size is decoded here: handing it over would take longer, and no text of this size takes a second.
SMALL_BYTES = MEGABYTE
HEAD_BYTES = 4096
MOST_LEVELS = 3  # of workbooks and mails in mails
SPECIAL_FILES = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


class DocumentReader:
    """Reads files of every format we know. Keep one open for a whole run: it holds the process that parses them.

        with DocumentReader() as reader:
            documents = [reader.read(path) for path in reader.expand("/reports/0001.pdf")]

    Small text files are decoded in this process; all else is read in the other one, within the limits. It is
    spawned, so a script that reads documents needs its ``if __name__ == "__main__":``.

    Args:
        standard_input: what the path "-" reads; None means the standard input of this process.
        limits: what one document may cost; None means the usual ones.
    """

    def __init__(self, standard_input: BinaryIO | None = None, limits: ReaderLimits | None = None) -> None:
        self._standard_input = standard_input
        self._limits = limits or ReaderLimits()
        self._process = LoneProcess(self._limits)
        self._unpacked: dict[str, Document | archives.Content] = {}  # of the path expanded last, when it is an archive

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process that parses documents, if one was started."""
        self._process.close()

    def expand(self, path: str) -> list[str]:
        """What to read for one file: its own path, and those of what an archive, a mailbox, a workbook or a mail holds.

        A file in an archive is a document of its own, with a path such as "/reports/week.zip!/monday/1.txt", and is
        to be read before the next path is expanded. The archive's own document then has no text; a mail's has its
        own. One that cannot be unpacked is a single path, whose reading fails.
        """
        self._unpacked = {}
        if _may_hold_files(path):
            try:
                encoded = self._bytes_of(path)
            except DocumentFailed as failure:
                self._unpacked = {path: failure}
            else:
                self._unpacked = self._opened(path, encoded)
        return list(self._unpacked) or [path]

    def _opened(self, path: str, encoded: bytes, level: int = 0) -> dict[str, Document | archives.Content]:
        """The file itself and what it holds, that of workbooks and mails in it too; by path, in the file's order."""
        try:
            archive = self._elsewhere(partial(archives.unpack, is_inside=level > 0), path, encoded)
        except DocumentFailed as failure:
            return {path: failure}
        if archive is None:
            return {path: encoded}
        is_mail = archive.media_type in formats.MAILS
        whole = Document(path, content_id(encoded), archive.media_type, None, False, len(encoded), "")
        opened: dict[str, Document | archives.Content] = {path: encoded if is_mail else whole}
        inner_bytes = 0  # of what is in the files in it
        for inner_path, content in archive.files.items():
            opened[inner_path] = content
            if isinstance(content, DocumentFailed) or level == MOST_LEVELS:
                continue
            if formats.may_hold_files(inner_path, content[:HEAD_BYTES]):
                inner = self._opened(inner_path, content, level + 1)
                inner_bytes += sum(len(file) for file in inner.values() if isinstance(file, bytes))
                opened |= inner
            if inner_bytes > self._limits.file_bytes:
                reason = f"what is in the files in it is more than {megabytes(self._limits.file_bytes)}"
                return {path: UnreadableDocument(path, f"{reason}; unpack it, and give the folder")}
        return opened

    def read(self, path: str) -> Document:
        """One file as text; "-" reads standard input to its end.

        Raises:
            UnreadableDocument: The file cannot be opened, its reader broke on it, or it goes beyond the limits.
            UnknownFormat: Neither its content nor its suffix is one we read.
            EmptyDocument: It holds no text.
            NeedsOcr: It is an image or a PDF, pages of it hold no text, and what reads them is not installed.
        """
        known = self._unpacked.get(path)
        if isinstance(known, Document):
            return known
        if isinstance(known, DocumentFailed):
            raise known
        encoded = self._bytes_of(path) if known is None else known
        if len(encoded) <= SMALL_BYTES and not formats.needs_parser(path, encoded):
            media_type, file_text = _guarded(read_content, path, encoded, self._limits)
        else:
            media_type, file_text = self._elsewhere(read_content, path, encoded)
        if _ocr_numbers(file_text):
            file_text = self._with_ocr(path, encoded, file_text)
        return Document(
            path=path,
            document_id=content_id(encoded),
            media_type=media_type,
            encoding=file_text.encoding,
            has_byte_order_mark=file_text.has_byte_order_mark,
            size_bytes=len(encoded),
            text=file_text.text,
            pages=file_text.pages,
            lines=file_text.lines,
            tables=file_text.tables,
        )

    def _bytes_of(self, path: str) -> bytes:
        if not is_unicode(path):
            raise UnreadableDocument(printable(path), "its name is not valid UTF-8; rename it")
        most_bytes = self._limits.file_bytes
        try:
            if path == formats.STANDARD_INPUT:
                encoded = (self._standard_input or sys.stdin.buffer).read(most_bytes + 1)
            else:
                encoded = _read_file(path, most_bytes)
        except OSError as error:
            reason = f"it cannot be opened ({error.strerror}); check that it is there and that you may read it"
            raise UnreadableDocument(path, reason) from error
        if len(encoded) > most_bytes:
            raise _too_large(path, most_bytes)
        return encoded

    def _with_ocr(self, path: str, encoded: bytes, file_text: FileText) -> FileText:
        """The same pages, the text of those marked as OCR read from their images, each page within the limits."""
        read: dict[int, PageText] = {}
        numbers = _ocr_numbers(file_text)
        ends_at = time.monotonic() + self._limits.ocr_seconds
        for number in numbers:
            if time.monotonic() > ends_at:
                reason = f"OCR of {len(numbers)} pages takes longer than {self._limits.ocr_seconds:g} s"
                raise UnreadableDocument(path, f"{reason}; cut it into smaller files")
            read_page = partial(ocr.page_text, number=number, written=page_of(file_text, number))
            blamed = (f"OCR of page {number}", ocr.SCAN_ANEW)
            read[number] = self._elsewhere(read_page, path, encoded, blamed)
        whole = with_pages(file_text, read)
        if not whole.text.strip():
            raise EmptyDocument(path, f"OCR found no text in it; {ocr.SCAN_ANEW}, or take it away")
        _check_text(path, whole, self._limits.text_chars)
        return whole

    def _elsewhere(
        self,
        function: Callable[[str, bytes, ReaderLimits], Result],
        path: str,
        encoded: bytes,
        blamed: tuple[str, str] | None = None,
    ) -> Result:
        """What the function makes of the file, in the other process.

        Args:
            blamed: What failed if that process does, and the advice then; None for the reader of the format.
        """
        if blamed:
            name, advice = blamed
        elif encoded.startswith(formats.PDF_MARK):
            name, advice = "the PDF reader", "open it and print it to a new PDF"
        else:
            name, advice = "its reader", "open it in its own program and save it again"
        try:
            return self._process.call(_guarded, function, path, encoded, self._limits)
        except RanOutOfTime as error:
            reason = f"{name} takes longer than {self._limits.seconds:g} s; {advice}"
            raise UnreadableDocument(path, reason) from error
        except RanOutOfMemory as error:
            reason = f"{name} takes more than {megabytes(self._limits.memory_bytes)} of memory; {advice}"
            raise UnreadableDocument(path, reason) from error
        except ProcessDied as error:
            raise UnreadableDocument(path, f"{name} crashed on it; {advice}") from error


def _guarded(
    function: Callable[[str, bytes, ReaderLimits], Result], path: str, encoded: bytes, limits: ReaderLimits
) -> Result:
    try:
        return function(path, encoded, limits)
    except (DocumentFailed, MemoryError):
        raise
    # A damaged file makes the libraries raise whatever they like; it is one document's failure and becomes a row.
    except Exception as error:
        reason = f"its reader broke ({type(error).__name__}: {error}); open it in its own program and save it again"
        raise UnreadableDocument(path, reason) from error


def read_content(path: str, encoded: bytes, limits: ReaderLimits) -> tuple[str, FileText]:
    """The media type and the text of a file's bytes; that of pages marked as OCR is still to be read.

    Raises:
        DocumentFailed: as for ``DocumentReader.read``.
    """
    media_type = formats.media_type_of(path, encoded)
    if not encoded.strip():
        raise EmptyDocument(path, "it is empty; fill it or take it away")
    if media_type in formats.CONTAINER_SUFFIXES.values():
        raise UnreadableDocument(
            path, "it holds several files; take it out, and give it, or what is in it, in a folder"
        )
    archives.refuse_bombs(path, encoded, limits)
    file_text = _reader_of(media_type, limits)(path, encoded)
    if scans := len(_ocr_numbers(file_text)):
        if not ocr.is_installed():
            reason = f"{_counted(scans, len(file_text.pages))} read by OCR alone, and Tesseract is not installed"
            raise NeedsOcr(path, f"{reason}; {images.INSTALL_TESSERACT}")
    else:
        is_table = media_type in formats.TABLES
        _check_text(path, file_text, limits.table_chars if is_table else limits.text_chars)
    return media_type, file_text


def _ocr_numbers(file_text: FileText) -> list[int]:
    return [page.number for page in file_text.pages if page.is_ocr]


def _counted(scans: int, pages: int) -> str:
    if pages == 1:
        return "its only page can be"
    return f"its {pages} pages can be" if scans == pages else f"{scans} of its {pages} pages can be"


def _check_text(path: str, file_text: FileText, most_chars: int) -> None:
    if not file_text.text.strip():
        raise EmptyDocument(path, "it holds no text; fill it or take it away")
    if len(file_text.text) > most_chars:
        reason = f"it holds more than {most_chars} characters; cut it into smaller files"
        raise UnreadableDocument(path, reason)
    if not is_unicode(file_text.text):
        raise UnreadableDocument(path, "its text holds half a surrogate pair; save it again as UTF-8")


def _reader_of(media_type: str, limits: ReaderLimits) -> FormatReader:
    readers: dict[str, FormatReader] = {
        formats.HTML: markup.text_of,
        formats.MAIL: mail.text_of,
        formats.WEB_ARCHIVE: mail.web_page_of,
        formats.BOOK: book.text_of,
        formats.WORD: word.text_of,
        formats.WORD_97: partial(converted.text_of, suffix="docx", seconds=limits.seconds),
        formats.SLIDES: presentation.text_of,
        formats.SLIDES_97: partial(converted.text_of, suffix="pptx", seconds=limits.seconds),
        formats.PDF: partial(pdf.text_of, most_chars=limits.text_chars),
        formats.OPEN_DOCUMENT: open_document.text_of,
        formats.RICH_TEXT: rich_text.text_of,
        formats.OUTLOOK: outlook.text_of,
        formats.PNG: images.text_of,
        formats.JPEG: images.text_of,
        formats.TIFF: images.text_of,
    }
    return readers.get(media_type, plain.decode)


def _may_hold_files(path: str) -> bool:
    if path == formats.STANDARD_INPUT:
        return False
    try:
        with _regular_file(path).open("rb") as file:
            return formats.may_hold_files(path, file.read(HEAD_BYTES))
    except (DocumentFailed, OSError):
        return False  # reading it says why


def _read_file(path: str, most_bytes: int) -> bytes:
    file = _regular_file(path)
    if file.stat().st_size > most_bytes:
        raise _too_large(path, most_bytes)
    with file.open("rb") as opened:
        return opened.read(most_bytes + 1)


def _regular_file(path: str) -> Path:
    """The path, unless it is a pipe or a device: these may have no end, and opening a pipe may wait for ever."""
    file = Path(path)
    if kind := SPECIAL_FILES.get(stat.S_IFMT(file.stat().st_mode)):
        raise UnreadableDocument(path, f"it is {kind} and no file; save what comes out of it as a file")
    return file


def _too_large(path: str, most_bytes: int) -> UnreadableDocument:
    return UnreadableDocument(path, f"it is larger than {megabytes(most_bytes)}; cut it into smaller files")
