"""Archives, mailboxes, workbooks and mails -> the files in them, in memory: nothing is written to disk."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from crimeetl.etl.errors import DocumentFailed, EmptyDocument, UnknownFormat, UnreadableDocument
from crimeetl.etl.readers import mail, outlook
from crimeetl.etl.readers.formats import (
    MAILBOX,
    MAILS,
    OUTLOOK,
    PARQUET,
    SHEET_SUFFIXES,
    ZIP,
    ZIP_MARK,
    media_type_of,
)
from crimeetl.etl.readers.limits import ReaderLimits, megabytes
from crimeetl.etl.readers.office import workbook
from crimeetl.etl.readers.paths import ARCHIVE_MARK

# Where a message begins: a line with sender and date after a blank one, then a header.
MESSAGE_START = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\n]*\n(?=[!-9;-~]+:)")
IS_ENCRYPTED = 0x1  # in a member's flags
HIDDEN_FOLDERS = {"__MACOSX"}  # what macOS keeps there about each file


Content: TypeAlias = bytes | DocumentFailed  # a file's bytes, or why they cannot be had


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive, a mailbox or a workbook holds, or a mail beside its text."""

    media_type: str
    files: dict[str, Content]  # by path: "/reports/week.zip!/monday/1.txt"; in the archive's own order


def unpack(path: str, encoded: bytes, limits: ReaderLimits, *, is_inside: bool = False) -> Archive | None:
    """The files in an archive, messages in a mailbox, tables in a workbook or attachments of a mail; None for others.

    As in folders, names that begin with a dot are skipped. What is in it stays as it is, workbooks and mails too.

    Args:
        path: names the file in errors, and begins the paths of what is in it.
        encoded: the file's bytes.
        limits: of these, the bytes and the number of the files in it.
        is_inside: whether it was in such a file itself; archives and mailboxes then stay packed.

    Raises:
        UnreadableDocument: it is damaged, or holds more than the limits allow.
        EmptyDocument: it holds no file.
    """
    media_type = media_type_of(path, encoded)
    if media_type in (ZIP, MAILBOX) and not is_inside:
        read_files = _zipped_files if media_type == ZIP else _messages
    elif media_type in MAILS:
        read_files = _attachments
    elif media_type in SHEET_SUFFIXES.values():
        read_files = _tables
    else:
        return None
    files = dict(read_files(path, encoded, limits))
    if files:
        return Archive(media_type, files)
    if media_type in MAILS:
        return None
    raise EmptyDocument(path, "there is no file in it; fill it or take it away")


def refuse_bombs(path: str, encoded: bytes, limits: ReaderLimits) -> None:
    """Looks into the directory of a zip file, which many documents are inside, before anything is unpacked.

    Raises:
        UnreadableDocument: its parts are larger together than a file may be.
    """
    if encoded.startswith(ZIP_MARK):
        try:
            with zipfile.ZipFile(io.BytesIO(encoded)) as archive:
                unpacked_bytes = sum(part.file_size for part in archive.infolist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            return  # its reader says so
        if unpacked_bytes > limits.file_bytes:
            raise UnreadableDocument(path, _too_large(unpacked_bytes, limits))


def _zipped_files(path: str, encoded: bytes, limits: ReaderLimits) -> Iterator[tuple[str, Content]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(encoded))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnreadableDocument(path, f"it is a damaged archive ({error}); pack it anew") from error
    with archive:
        files = [file for file in archive.infolist() if not file.is_dir() and not _is_hidden(file.filename)]
        _check_count(path, len(files), limits)
        unpacked_bytes = sum(file.file_size for file in files)
        if unpacked_bytes > limits.file_bytes:
            raise UnreadableDocument(path, _too_large(unpacked_bytes, limits))
        if unpacked_bytes > limits.archive_ratio * len(encoded):
            ratio = unpacked_bytes // len(encoded)
            reason = f"its files unpack to {ratio} times its size, as those of a zip bomb do"
            raise UnreadableDocument(path, f"{reason}; if you trust it, unpack it and give the folder")
        for file, name in zip(files, _shown_names([file.filename for file in files]), strict=True):
            file_path = f"{path}{ARCHIVE_MARK}{name}"
            try:
                yield file_path, _unpacked(file_path, archive, file)
            except DocumentFailed as failure:
                yield file_path, failure


def _unpacked(path: str, archive: zipfile.ZipFile, file: zipfile.ZipInfo) -> bytes:
    if file.flag_bits & IS_ENCRYPTED:
        raise UnreadableDocument(path, "it is encrypted; pack it without a password")
    try:
        return archive.read(file)
    except MemoryError:
        raise
    # Damaged members make the decompressors raise errors of their own.
    except Exception as error:
        reason = f"it cannot be unpacked ({type(error).__name__}: {error}); pack it anew"
        raise UnreadableDocument(path, reason) from error


def _messages(path: str, encoded: bytes, limits: ReaderLimits) -> Iterator[tuple[str, Content]]:
    starts = list(MESSAGE_START.finditer(encoded))
    _check_count(path, len(starts), limits)
    bounds = [*(start.start() for start in starts), len(encoded)]
    for number, (start, end) in enumerate(zip(starts, bounds[1:], strict=True), start=1):
        yield f"{path}{ARCHIVE_MARK}{number:04}.eml", encoded[start.end() : end]


def _tables(path: str, encoded: bytes, limits: ReaderLimits) -> Iterator[tuple[str, Content]]:
    """The sheets of a workbook, or what a Parquet file holds, as JSON lines."""
    refuse_bombs(path, encoded, limits)
    if media_type_of(path, encoded) == PARQUET:
        tables = {"rows": workbook.parquet_rows(path, encoded)}
    else:
        tables = workbook.sheets(path, encoded)
    _check_count(path, len(tables), limits)
    names = _shown_names([f"{name.replace('/', '_')}.jsonl" for name in tables])
    for name, lines in zip(names, tables.values(), strict=True):
        yield f"{path}{ARCHIVE_MARK}{name}", lines


def _attachments(path: str, encoded: bytes, limits: ReaderLimits) -> Iterator[tuple[str, Content]]:
    """Those of kinds that we read: signatures, calendars and the like are none of them."""
    is_outlook = media_type_of(path, encoded) == OUTLOOK
    found = outlook.attachments(path, encoded) if is_outlook else mail.attachments(encoded)
    attached = [(name, content) for name, content in found if not _is_hidden(name)]
    _check_count(path, len(attached), limits)
    names = _shown_names([_parts(name)[-1] if _parts(name) else "" for name, _ in attached])
    for name, (_, content) in zip(names, attached, strict=True):
        file_path = f"{path}{ARCHIVE_MARK}{name}"
        try:
            media_type_of(file_path, content)
        except UnknownFormat:
            continue
        except DocumentFailed as failure:
            yield file_path, failure
        else:
            yield file_path, content


def _check_count(path: str, count: int, limits: ReaderLimits) -> None:
    if count > limits.archive_files:
        reason = f"there are {count} files in it, more than {limits.archive_files}; make several of it"
        raise UnreadableDocument(path, reason)


def _too_large(unpacked_bytes: int, limits: ReaderLimits) -> str:
    return f"it unpacks to {megabytes(unpacked_bytes)}, more than {megabytes(limits.file_bytes)}; make several of it"


def _is_hidden(name: str) -> bool:
    parts = _parts(name)
    return any(part.startswith(".") or part in HIDDEN_FOLDERS for part in parts)


def _parts(name: str) -> list[str]:
    """The folders and the file of a name, without steps to other places than below the archive."""
    return [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]


def _shown_names(inner_paths: Sequence[str]) -> list[str]:
    """Names for people and terminals, each once: no step upwards, no control or invisible character."""
    taken: dict[str, int] = {}  # how often a name was wanted
    names = []
    for inner_path in inner_paths:
        plain = "".join(c if c.isprintable() else "\ufffd" for c in "/".join(_parts(inner_path))) or "unnamed"
        stem, suffix = posixpath.splitext(plain)
        name = plain
        while name in taken:
            taken[plain] += 1
            name = f"{stem} ({taken[plain]}){suffix}"
        taken[name] = 1
        names.append(name)
    return names
