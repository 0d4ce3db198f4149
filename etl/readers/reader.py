"""path -> Document, whatever the file's format."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO, Self, TypeAlias

from crimeetl.etl.documents import Document, content_id
from crimeetl.etl.errors import DocumentFailed, EmptyDocument, UnreadableDocument
from crimeetl.etl.readers import formats, mail, markup, pdf, plain, word
from crimeetl.etl.readers.plain import FileText, is_unicode
from crimeetl.etl.readers.process import LoneProcess

FormatReader: TypeAlias = Callable[[str, bytes], FileText]


class DocumentReader:
    """Reads files of every format we know. Keep one open for a whole run: it holds the process that reads PDFs.

        with DocumentReader() as reader:
            document = reader.read("/reports/0001.pdf")

    The process is spawned, so a script that reads PDFs needs its ``if __name__ == "__main__":``.

    Args:
        standard_input: What the path "-" reads; None means the standard input of this process.
    """

    def __init__(self, standard_input: BinaryIO | None = None) -> None:
        self._standard_input = standard_input
        self._process = LoneProcess()
        self._readers: dict[str, FormatReader] = {
            formats.HTML: markup.text_of,
            formats.MAIL: mail.text_of,
            formats.WORD: word.text_of,
            formats.PDF: partial(pdf.text_of, self._process),
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process that reads PDFs, if one was started."""
        self._process.close()

    def read(self, path: str) -> Document:
        """One file as text; "-" reads standard input to its end.

        Raises:
            UnreadableDocument: The file cannot be opened, or its reader broke on it.
            UnknownFormat: Neither its content nor its suffix is one we read.
            EmptyDocument: It holds no text.
            NeedsOcr: It is a PDF with pages and no text.
        """
        encoded = self._bytes_of(path)
        media_type = formats.media_type_of(path, encoded)
        file_text = self._text_of(path, encoded, media_type)
        return Document(
            path=path,
            document_id=content_id(encoded),
            media_type=media_type,
            encoding=file_text.encoding,
            has_byte_order_mark=file_text.has_byte_order_mark,
            size_bytes=len(encoded),
            text=file_text.text,
        )

    def _bytes_of(self, path: str) -> bytes:
        if not is_unicode(path):
            printable = path.encode("utf-8", "backslashreplace").decode()
            raise UnreadableDocument(printable, "its name is not valid UTF-8; rename it")
        try:
            if path == formats.STANDARD_INPUT:
                return (self._standard_input or sys.stdin.buffer).read()
            return Path(path).read_bytes()
        except OSError as error:
            reason = f"it cannot be opened ({error.strerror}); check that it is there and that you may read it"
            raise UnreadableDocument(path, reason) from error

    def _text_of(self, path: str, encoded: bytes, media_type: str) -> FileText:
        if not encoded.strip():
            raise EmptyDocument(path, "it is empty; fill it or take it away")
        file_text = _read_guarded(self._readers.get(media_type, plain.decode), path, encoded)
        if not file_text.text.strip():
            raise EmptyDocument(path, "it holds no text; fill it or take it away")
        if not is_unicode(file_text.text):
            raise UnreadableDocument(path, "its text holds half a surrogate pair; save it again as UTF-8")
        return file_text


def _read_guarded(reader: FormatReader, path: str, encoded: bytes) -> FileText:
    try:
        return reader(path, encoded)
    except (DocumentFailed, MemoryError):
        raise
    # A damaged file makes the libraries raise whatever they like; it is one document's failure and becomes a row.
    except Exception as error:
        reason = f"its reader broke ({type(error).__name__}: {error}); open it in its own program and save it again"
        raise UnreadableDocument(path, reason) from error
