"""Workbooks of Excel and LibreOffice, and Parquet files -> tables as JSON lines, which are read from these already."""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from crimeetl.etl.errors import EmptyDocument, UnreadableDocument
from crimeetl.etl.readers.formats import MARKS, OPEN_SHEETS, UNDER_A_PASSWORD, ZIP_MARK
from crimeetl.etl.readers.office import open_sheets

if TYPE_CHECKING:
    import polars

MOST_CELLS = 20_000_000  # the library holds all from the first to the last, empty ones too, in 32 bytes each
# The first record of a workbook until Excel 2003, then the one that says it is encrypted (MS-XLS, section 2.4.117).
LOCKED = re.compile(rb"\x09\x08\x10\0\0\x06\x05\0.{12}(?:\x86\0\0\0)?\x2f\0", re.DOTALL)
SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
CELL_COLUMN = re.compile(rb'<(?:\w{1,9}:)?c (?:[^<>]{0,99} )?r="([A-Z]{1,3})\d')
CELL_ROW = re.compile(rb'<(?:\w{1,9}:)?row (?:[^<>]{0,99} )?r="(\d{1,7})"')
# What the library writes of a date and of a time of day, which Excel counts from day 0.
DATE_AND_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?")
MIDNIGHT = " 00:00:00"
DAY_0 = "1899-12-31 "


def sheets(path: str, encoded: bytes) -> dict[str, bytes]:
    """The sheets that hold anything, by name: a JSON array of strings for each row, from the first that holds anything.

    An empty row is a blank line, so that line numbers are those of the rows. Dates are as in ISO 8601, without their
    time where that is midnight in all of a column.

    Raises:
        UnreadableDocument: it is under a password, or a sheet reaches too far.
        EmptyDocument: all sheets are empty.
    """
    if MARKS[OPEN_SHEETS].match(encoded):
        read = open_sheets.sheets(path, encoded, most_cells=MOST_CELLS)
        found = {sheet.name: _json_lines(sheet.rows()) for sheet in read}
    else:
        frames = _excel_frames(path, encoded)
        found = {name: _json_lines(_rows(frame)) for name, frame in frames.items() if frame.height}
    if not found:
        raise EmptyDocument(path, "all its sheets are empty; fill it or take it away")
    return found


def _excel_frames(path: str, encoded: bytes) -> "dict[str, polars.DataFrame]":
    if encoded.startswith(ZIP_MARK):
        _refuse_wide_sheets(path, encoded)
    elif LOCKED.search(encoded):
        raise UnreadableDocument(path, UNDER_A_PASSWORD)
    import polars  # the process that reads files begins without it

    return polars.read_excel(
        io.BytesIO(encoded),
        sheet_id=0,
        engine="calamine",
        has_header=False,
        infer_schema_length=0,  # all cells are strings
        drop_empty_rows=False,
        drop_empty_cols=False,
        raise_if_empty=False,
    )


def parquet_rows(path: str, encoded: bytes) -> bytes:
    """A JSON object for each row of a Parquet file.

    Columns of bytes that are no text are left out.

    Raises:
        EmptyDocument: it has no row.
    """
    import polars
    from polars import selectors

    frame = polars.read_parquet(io.BytesIO(encoded))
    if not frame.height:
        raise EmptyDocument(path, "it has no row; fill it or take it away")
    for name in frame.select(selectors.binary()).columns:
        try:
            frame = frame.with_columns(polars.col(name).cast(polars.String))
        except polars.exceptions.ComputeError:
            frame = frame.drop(name)
    written = frame.with_columns(
        selectors.datetime().dt.strftime("%Y-%m-%d %H:%M:%S%.f"),
        selectors.duration().dt.to_string("polars"),
    )
    return written.write_ndjson().encode()


def _json_lines(rows: Iterable[Sequence[str | None]]) -> bytes:
    lines = (json.dumps([cell or "" for cell in row], ensure_ascii=False) if any(row) else "" for row in rows)
    return "\n".join(lines).encode()


def _rows(frame: "polars.DataFrame") -> Iterator[tuple[str | None, ...]]:
    return zip(*(_as_shown(column.to_list()) for column in frame), strict=True)


def _as_shown(column: Sequence[str | None]) -> Sequence[str | None]:
    """The cells of a column, a time of day without a date and a column of dates without times."""
    moments = [cell for cell in column if cell and DATE_AND_TIME.fullmatch(cell)]
    if not moments:
        return column
    is_dates = all(moment.endswith(MIDNIGHT) for moment in moments)
    return [
        cell.removeprefix(DAY_0).removesuffix(MIDNIGHT if is_dates else "")
        if cell and DATE_AND_TIME.fullmatch(cell)
        else cell
        for cell in column
    ]


def _refuse_wide_sheets(path: str, encoded: bytes) -> None:
    """Looks how far each sheet of an Excel workbook reaches before all its cells are laid out."""
    with zipfile.ZipFile(io.BytesIO(encoded)) as archive:
        for name in filter(SHEET_PART.fullmatch, archive.namelist()):
            sheet = archive.read(name)
            width = max(map(_column_number, {found[1] for found in CELL_COLUMN.finditer(sheet)}), default=0)
            height = max((int(found[1]) for found in CELL_ROW.finditer(sheet)), default=0)
            if width * height > MOST_CELLS:
                reason = f"a sheet reaches over {width} columns and {height} rows, more than {MOST_CELLS} cells"
                raise UnreadableDocument(
                    path, f"{reason}; delete what stands far from its table, or make several of it"
                )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
