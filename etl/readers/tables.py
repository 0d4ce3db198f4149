"""Where the tables that a format marks stand in the text, recorded while the text is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from crimeetl.etl.documents import Cell, Row, Table
from crimeetl.etl.readers.plain import FileText

BETWEEN_CELLS = " | "
COVERED = Cell("")  # a place that a merged cell reaches over
# More places than these for each cell are holes: spans that lay out a page, or that are meant to take all memory.
MOST_PLACES_RATIO = 4
SPARE_PLACES = 10_000


@dataclass(slots=True)
class _Place:
    """A cell while its table is recorded: where its text stands and how many columns and rows it covers."""

    char_start: int
    char_end: int
    columns: int
    rows: int
    skipped_columns: int  # that are left free before it


@dataclass(slots=True)
class _OpenTable:
    rows: list[list[_Place]] = field(default_factory=list)
    holds_tables: bool = False


class TableRecorder:
    """Hears where tables, rows and cells begin and end in a text, and gives those tables that are no mere layout.

    A table of one column is none, nor is one that holds another; the inner one is. All offsets are in the text.
    """

    def __init__(self) -> None:
        self._open: list[_OpenTable] = []
        self._closed: list[_OpenTable] = []
        self._open_cells: list[_Place] = []

    def begin_table(self) -> None:
        for outer in self._open[-1:]:
            outer.holds_tables = True
        self._open.append(_OpenTable())

    def end_table(self) -> None:
        self._closed.append(self._open.pop())

    def begin_row(self) -> None:
        """A row of the table begun last, which reaches from its first cell to its last."""
        for table in self._open[-1:]:  # none where a drawing in a page has elements of these names
            table.rows.append([])

    def begin_cell(self, at: int, *, columns: int = 1, rows: int = 1, skipped_columns: int = 0) -> None:
        """A cell of the row begun last, how many columns and rows it covers, and how many are free before it."""
        self._open_cells.append(_Place(at, at, max(columns, 1), max(rows, 1), skipped_columns))
        for table in self._open[-1:]:
            table.rows[-1].append(self._open_cells[-1])

    def end_cell(self, at: int) -> None:
        self._open_cells.pop().char_end = at

    def tables(self, text: str) -> tuple[Table, ...]:
        """The tables in the text, which is the one that was written meanwhile, or begins with it."""
        grids = (_table(text, closed) for closed in self._closed if not closed.holds_tables)
        return tuple(sorted((grid for grid in grids if grid), key=lambda table: table.rows[0].char_start))


def _table(text: str, recorded: _OpenTable) -> Table | None:
    """The table with as many cells in all rows; None for one of a single column or of more holes than cells."""
    rows = list(filter(None, recorded.rows))
    most_places = MOST_PLACES_RATIO * sum(map(len, rows)) + SPARE_PLACES
    grid: list[list[Cell]] = []
    below: dict[int, int] = {}  # by column: how many further rows a cell above covers
    places = 0
    for row in rows:
        grid.append(_line(text, row, below, most_places))
        places += len(grid[-1])
        if places > most_places:
            return None
    columns = sorted({column for line in grid for column, cell in enumerate(line) if cell is not COVERED})
    if len(columns) < 2 or len(columns) * len(grid) > most_places:
        return None
    return Table(
        tuple(
            Row(row[0].char_start, row[-1].char_end, tuple(line[c] if c < len(line) else COVERED for c in columns))
            for row, line in zip(rows, grid, strict=True)
        )
    )


def _line(text: str, row: Sequence[_Place], below: dict[int, int], most_places: int) -> list[Cell]:
    """A row's cells, and the covered places between and after them; what its cells cover below is noted."""
    line: list[Cell] = []

    def skip_covered() -> None:
        while below.get(len(line), 0):
            below[len(line)] -= 1
            line.append(COVERED)

    for place in row:
        skip_covered()
        line.extend([COVERED] * min(place.skipped_columns, most_places))
        first = len(line)
        line.append(Cell(text[place.char_start : place.char_end].strip()))
        line.extend([COVERED] * (min(place.columns, most_places) - 1))
        if place.rows > 1:
            below |= dict.fromkeys(range(first, len(line)), place.rows - 1)
    skip_covered()
    return line


class BlockText:
    """The text of a document of paragraphs and tables while it is written from top to bottom.

    A line for each paragraph and each row of a table, cells joined by " | ", the lines of a cell by line ends.
    """

    def __init__(self) -> None:
        self._recorder = TableRecorder()
        self._parts: list[str] = []
        self._length = 0
        self._is_at_start = True  # of the text or of a cell
        self._is_first_cell = True

    def begin_line(self) -> None:
        if not self._is_at_start:
            self.say("\n")
        self._is_at_start = False

    def say(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def begin_table(self) -> None:
        self._recorder.begin_table()

    def end_table(self) -> None:
        self._recorder.end_table()

    def begin_row(self) -> None:
        self.begin_line()
        self._recorder.begin_row()
        self._is_first_cell = True

    def begin_cell(self, *, columns: int = 1, rows: int = 1, skipped_columns: int = 0) -> None:
        """A cell, how many columns and rows of its table it covers, and how many columns are free before it."""
        if not self._is_first_cell:
            self.say(BETWEEN_CELLS)
        self._is_at_start = True
        self._recorder.begin_cell(self._length, columns=columns, rows=rows, skipped_columns=skipped_columns)

    def end_cell(self) -> None:
        self._recorder.end_cell(self._length)
        self._is_at_start = self._is_first_cell = False

    def file_text(self) -> FileText:
        """What was written, with its tables."""
        text = "".join(self._parts)
        return FileText(text, tables=self._recorder.tables(text))
