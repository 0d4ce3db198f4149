"""Grids on a page and the words in their cells; and which of them are tables, which a form's boxes, which a frame."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from crimeetl.etl.documents import Box
from crimeetl.etl.readers.pages.layout.columns import reading_order
from crimeetl.etl.readers.pages.layout.marks import Word
from crimeetl.etl.readers.pages.layout.ruled import Grid, GridCell
from crimeetl.etl.readers.pages.layout.words import TextLine, lines_of

BAND_HEIGHT = 20.0  # points: cells are looked up by the bands they reach into
PITCH_RATIO = 1.5  # of a letter's size: lines of one value are no farther apart
PARTING_SLACK = 1.0  # points that a letter may reach over a rule


@dataclass(frozen=True, slots=True)
class FilledCell:
    """A cell of a grid and the lines in it."""

    place: GridCell
    lines: tuple[TextLine, ...]

    @property
    def text(self) -> str:
        """Its lines."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class FilledGrid:
    """A grid and its rows that hold text, the cells of each from left to right."""

    grid: Grid
    rows: tuple[tuple[FilledCell, ...], ...]


def parting_of(grids: Sequence[Grid]) -> Callable[[float, float, float], bool]:
    """Tells whether a side of a cell stands between two places (left, right) on a baseline."""
    sides = sorted(
        {
            (x, cell.box.top, cell.box.bottom)
            for grid in grids
            for cell in grid.cells
            for x in (cell.box.left, cell.box.right)
        }
    )

    def is_parted(left: float, right: float, baseline: float) -> bool:
        for x, top, bottom in sides[bisect_left(sides, (left - PARTING_SLACK,)) :]:
            if x > right + PARTING_SLACK:
                return False
            if top < baseline <= bottom:
                return True
        return False

    return is_parted


def filled_grids(grids: Sequence[Grid], words: Iterable[Word]) -> tuple[list[FilledGrid], list[Word]]:
    """The grids that are read row by row with the words in their cells, and all other words."""
    # A box alone, such as one to tick, is no cell: what stands in it belongs to the cell round it.
    cells = [(number, cell) for number, grid in enumerate(grids) if len(grid.cells) > 1 for cell in grid.cells]
    # The smallest first: a word belongs to the innermost of boxes in boxes.
    cells.sort(key=lambda numbered: _area(numbered[1].box))
    held: dict[tuple[int, GridCell], list[Word]] = {}
    free: list[Word] = []
    cell_at = _cell_finder(cells)
    for word in words:
        found = cell_at((word.left + word.right) / 2, word.baseline - 0.35 * word.size)
        if found:
            held.setdefault(found, []).append(word)
        else:
            free.append(word)
    filled: list[FilledGrid] = []
    for number, grid in enumerate(grids):
        rows = _filled_rows(grid, {cell: held[number, cell] for cell in grid.cells if (number, cell) in held})
        if _is_read_by_rows(grid, rows, grids, free):
            filled.append(FilledGrid(grid, rows))
        else:
            free += [word for cell in grid.cells for word in held.get((number, cell), ())]
    return filled, free


def _cell_finder(cells: Iterable[tuple[int, GridCell]]) -> Callable[[float, float], tuple[int, GridCell] | None]:
    """Tells which is the first of numbered cells at a place."""
    in_band: dict[int, list[tuple[int, GridCell]]] = {}
    for numbered in cells:
        box = numbered[1].box
        for band in range(int(box.top // BAND_HEIGHT), int(box.bottom // BAND_HEIGHT) + 1):
            in_band.setdefault(band, []).append(numbered)

    def cell_at(x: float, y: float) -> tuple[int, GridCell] | None:
        for numbered in in_band.get(int(y // BAND_HEIGHT), ()):
            box = numbered[1].box
            if box.left <= x <= box.right and box.top <= y <= box.bottom:
                return numbered
        return None

    return cell_at


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)


def _filled_rows(grid: Grid, held: dict[GridCell, list[Word]]) -> tuple[tuple[FilledCell, ...], ...]:
    filled = [
        FilledCell(cell, tuple(_label_first(reading_order(lines_of(held[cell])))))
        for cell in grid.cells
        if cell in held
    ]
    return tuple(tuple(row) for _, row in groupby(filled, key=lambda cell: cell.place.row))


def _label_first(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines of a cell; a label halfway down the lines on its right is on the first of them."""
    ordered = list(lines)
    for index in range(1, len(ordered) - 1):
        above, label, below = ordered[index - 1 : index + 2]
        if label.right < min(above.left, below.left) and below.baseline - above.baseline <= PITCH_RATIO * above.size:
            first = index - 1
            while first and ordered[first - 1].left > label.right:
                first -= 1
            ordered[first : index + 1] = [TextLine(label.words + ordered[first].words), *ordered[first + 1 : index]]
            break
    return ordered


def _is_read_by_rows(
    grid: Grid, rows: Sequence[Sequence[FilledCell]], grids: Sequence[Grid], free: Sequence[Word]
) -> bool:
    """Whether a grid is a table or a form's boxes, and no frame round a part of the page or one field's boxes."""
    if not rows or max(len(row) for row in rows) < 2 or any(_lies_in(other, grid) for other in grids):
        return False
    if len(rows) > 1 or any(len(cell.lines) > 1 for cell in rows[0]):
        return True
    return not any(grid.box.top < word.baseline <= grid.box.bottom for word in free)


def _lies_in(inner: Grid, outer: Grid) -> bool:
    box, around = inner.box, outer.box
    return (
        inner is not outer
        and len(inner.cells) > 1
        and around.left <= box.left
        and around.top <= box.top
        and box.right <= around.right
        and box.bottom <= around.bottom
    )


def is_table(held: FilledGrid) -> bool:
    """Whether most rows have several cells, and as many as most others have: a form's boxes differ from row to row."""
    usual = _usual(_cell_counts(held))
    return usual > 1 and held.grid.column_count <= 2 * usual


def table_columns(held: FilledGrid) -> list[int]:
    """The columns of a grid, but for those that a rule askew makes: no cell in them holds text."""
    if held.grid.column_count == _usual(_cell_counts(held)):
        return list(range(held.grid.column_count))
    return sorted({cell.place.column for row in held.rows for cell in row})


def _cell_counts(held: FilledGrid) -> list[int]:
    """How many cells each row has, filled or not."""
    return [sum(cell.row == row[0].place.row for cell in held.grid.cells) for row in held.rows]


def _usual(counts: Sequence[int]) -> int:
    return max(set(counts), key=lambda count: (counts.count(count), count))
