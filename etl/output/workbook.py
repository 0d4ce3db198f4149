"""Tables as an Excel workbook: typed cells, dates as dates, one sheet a table."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars
import xlsxwriter

from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.output.cells import FORMULA, cell_text

MOST_ROWS = 1_048_576  # of a sheet, its heading included
MOST_CHARS = 32_767  # of a cell, in UTF-16 code units
MOST_DIGITS = 15  # of a number; identifiers of more would change
FIRST_DAY = date(1900, 3, 1)  # before it programs disagree, and before 1900 there are no dates
CUT = " … (cut: Excel holds no more)"
SAMPLE_ROWS, WIDEST_COLUMN = 200, 60
FORMATS: Mapping[str, Mapping[str, Any]] = {
    "head": {"bold": True, "bottom": 1},
    "quoted": {"quote_prefix": True},  # stays text when somebody edits the cell
    "date": {"num_format": "yyyy-mm-dd"},
    "time": {"num_format": "hh:mm"},
    "instant": {"num_format": "yyyy-mm-dd hh:mm:ss"},
}


class WorkbookFile:
    """An .xlsx file to write sheet by sheet; it is whole when the ``with`` block ends without an error."""

    def __init__(self, path: Path) -> None:
        # Rows go to files beside it as they come: memory does not grow with the database.
        settings = {"constant_memory": True, "tmpdir": str(path.parent), "use_zip64": True}
        self._book = xlsxwriter.Workbook(str(path), settings)
        self._book.set_properties({"created": datetime(1980, 1, 1)})  # equal tables, equal files
        self._formats = {name: self._book.add_format(dict(settings)) for name, settings in FORMATS.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._book.close()
        else:
            self._book.fileclosed = 1  # or it complains when it is collected

    def write_sheet(self, name: str, frame: polars.DataFrame) -> int:
        """A table with its heading kept in sight and a filter for each column.

        Text stays text, whatever it begins with. What no cell can hold as it is is text, too: days before March 1900,
        and numbers of more than 15 digits.

        Args:
            name: at most 31 characters.

        Returns:
            How many cells were cut to the longest text that Excel holds.

        Raises:
            WrongUsage: there are more rows than a sheet can have.
        """
        if frame.height >= MOST_ROWS:
            raise WrongUsage(
                f"{name} has {frame.height:,} rows, and a sheet of Excel at most {MOST_ROWS:,} with its heading; "
                "use --format csv or parquet"
            )
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # badges are text, and no mistake
        sheet.autofilter(0, 0, frame.height, max(len(frame.columns) - 1, 0))
        for number, width in enumerate(_widths(frame)):
            sheet.set_column(number, number, width)
        for number, heading in enumerate(frame.columns):
            sheet.write_string(0, number, heading, self._formats["head"])
        return sum(
            self._write_cell(sheet, row, column, cell)
            for row, cells in enumerate(frame.iter_rows(), start=1)
            for column, cell in enumerate(cells)
        )

    def _write_cell(self, sheet: Any, row: int, column: int, cell: object) -> bool:
        """Writes one value, and says whether it was cut."""
        write: tuple[Callable[..., Any], object, str | None] | None = None
        if cell is None or (isinstance(cell, float) and not isfinite(cell)):
            return False
        if isinstance(cell, bool):
            write = sheet.write_boolean, cell, None
        elif isinstance(cell, int | float | Decimal) and (not isinstance(cell, int) or abs(cell) < 10**MOST_DIGITS):
            write = sheet.write_number, cell, None
        elif isinstance(cell, time):
            write = sheet.write_datetime, cell, "time"
        elif isinstance(cell, date) and (cell.date() if isinstance(cell, datetime) else cell) >= FIRST_DAY:
            write = sheet.write_datetime, cell, "instant" if isinstance(cell, datetime) else "date"
        if write is not None:
            method, value, name = write
            method(row, column, value, self._formats.get(name or ""))
            return False
        whole = cell_text(cell)
        text = _that_fits(whole)
        if not text:
            return False
        sheet.write_string(row, column, text, self._formats["quoted"] if re.match(FORMULA, text) else None)
        return text != whole


def _that_fits(text: str) -> str:
    """As much of a text as a cell holds; what is cut is said at its end."""
    if len(text) * 2 <= MOST_CHARS:
        return text
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * MOST_CHARS:
        return text
    return encoded[: 2 * (MOST_CHARS - len(CUT))].decode("utf-16-le", "ignore") + CUT


def _widths(frame: polars.DataFrame) -> Sequence[int]:
    """Widths of columns, in characters, by the first rows."""
    rows = frame.head(SAMPLE_ROWS).rows()
    texts = [[name, *(cell_text(row[number]) for row in rows)] for number, name in enumerate(frame.columns)]
    return [min(max(map(len, column)) + 3, WIDEST_COLUMN) for column in texts]  # 3: the filter's arrow
