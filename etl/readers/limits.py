"""How much of this machine one document may cost."""

from dataclasses import dataclass

MEGABYTE = 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderLimits:
    """What is over one of these is one document's failure, and the rest goes on."""

    seconds: float = 60.0
    """Of reading one document, and of OCR of one page; the process that reads it is then killed."""
    ocr_seconds: float = 1800.0
    """Of OCR of all pages of one document: after so many no further page is begun."""
    image_pixels: int = 100_000_000
    """In an image, or in all images on a page, that are to be read by OCR."""
    memory_bytes: int = 2048 * MEGABYTE
    """That the process may hold; kept on Linux alone, other systems have no such limit for a process."""
    file_bytes: int = 256 * MEGABYTE
    """Of a file, and of all files in an archive together: a larger one is not read."""
    text_chars: int = 64 * MEGABYTE
    """Of the text that a document may turn out to hold."""
    table_chars: int = 256 * MEGABYTE
    """Of the text of a table, which is taken row by row."""
    archive_files: int = 10_000
    """In one archive or mailbox."""
    archive_ratio: int = 200
    """Times that an archive's files may be larger than the archive."""


def megabytes(byte_count: int) -> str:
    """A size for people."""
    return f"{byte_count / MEGABYTE:g} MB"
