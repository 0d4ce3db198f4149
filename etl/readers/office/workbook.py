"""Workbooks of Excel and LibreOffice -> their sheets, each as JSON lines: tables are read from these already."""

import io
import json
from typing import TYPE_CHECKING

from crimeetl.etl.errors import EmptyDocument, UnreadableDocument
from crimeetl.etl.readers.formats import OLD_OFFICE_MARK

if TYPE_CHECKING:
    import polars


def sheets(path: str, encoded: bytes) -> dict[str, bytes]:
    """The sheets that hold anything, by name: a line of JSON for each row below the header, cells as they are shown.

    Line numbers are those of the sheet's rows, counted from its header: the header's line is blank, and so is that of
    an empty row. Columns without a name are left out; of two with one name the first counts.

    Raises:
        UnreadableDocument: it is under a password.
        EmptyDocument: all sheets are empty.
    """
    if encoded.startswith(OLD_OFFICE_MARK):
        raise UnreadableDocument(path, "it is under a password, or older than Excel 2007; save it as xlsx without one")
    import polars  # the process that reads files begins without it

    frames = polars.read_excel(
        io.BytesIO(encoded),
        sheet_id=0,
        engine="calamine",
        has_header=False,
        infer_schema_length=0,  # all cells are strings
        drop_empty_rows=False,
        drop_empty_cols=False,
        raise_if_empty=False,
    )
    found = {name: _json_lines(frame) for name, frame in frames.items() if frame.height}
    if not found:
        raise EmptyDocument(path, "all its sheets are empty; fill it or take it away")
    return found


def _json_lines(frame: "polars.DataFrame") -> bytes:
    header, *rows = frame.rows()
    columns = [(place, name.strip()) for place, name in enumerate(header) if name and name.strip()]
    lines = [
        json.dumps({name: row[place] for place, name in reversed(columns)}, ensure_ascii=False) if any(row) else ""
        for row in rows
    ]
    return "\n".join(["", *lines]).encode()
