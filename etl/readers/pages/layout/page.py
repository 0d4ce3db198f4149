"""What is drawn on a page -> its text in reading order, the place of each line, and its ruled tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from crimeetl.etl.documents import Box, Cell, Line, Row, Table
from crimeetl.etl.readers.pages.layout.captions import Group, are_below, caption_end, captioned, is_caption
from crimeetl.etl.readers.pages.layout.columns import reading_order
from crimeetl.etl.readers.pages.layout.filled import (
    FilledCell,
    FilledGrid,
    filled_grids,
    is_table,
    parting_of,
    table_columns,
)
from crimeetl.etl.readers.pages.layout.marks import PageMarks, turned_box
from crimeetl.etl.readers.pages.layout.ruled import Grid, grids_of
from crimeetl.etl.readers.pages.layout.unruled import PlacedLine, without_words
from crimeetl.etl.readers.pages.layout.words import (
    COLUMN_GAP,
    TextLine,
    lines_of,
    without_copies,
    words_of,
)
from crimeetl.etl.readers.plain import PageText

PARAGRAPH_RATIO = 1.7  # of the usual pitch: lines that stand farther apart have a blank line between them
PARAGRAPH_GAP_RATIO = 0.9  # of a letter's size


@dataclass(frozen=True, slots=True)
class Written:
    """A line of the page's text."""

    stretches: tuple[tuple[str, Box], ...]  # between wide gaps
    top: float
    bottom: float
    size: float
    row: tuple[int, int] | None = None  # the number of its grid, and of its row among those that hold text
    line: TextLine | None = None  # where it is one line on the page, in no grid

    @property
    def text(self) -> str:
        """Its stretches, three spaces between two."""
        return COLUMN_GAP.join(text for text, _ in self.stretches)


def page_text(marks: PageMarks, number: int) -> tuple[PageText, tuple[PlacedLine, ...]]:
    """A page as a person reads it, its ruled tables among it, and the lines that may be rows of others.

    All offsets are in its own text.

    Args:
        marks: all that is drawn on it.
        number: of the page, from 1.
    """
    directions = sorted(marks.letters, key=lambda degrees: (-len(marks.letters[degrees]), degrees))
    lines: list[Line] = []
    placed: list[PlacedLine] = []
    tables: tuple[Table, ...] = ()
    text = ""
    for degrees in directions:
        is_main = degrees == directions[0]
        rules = [turned_box(rule, degrees) for rule in marks.rules] if is_main and degrees % 90 == 0 else []
        grids = grids_of(rules)
        words = without_copies(words_of(marks.letters[degrees], parting_of(grids)))
        filled, free = filled_grids(grids, words)
        written = _written(filled, lines_of(free))
        part, spans = _joined(written)
        start = len(text) + 2 if text else 0
        text = f"{text}\n\n{part}" if text else part
        for line, (char_start, _) in zip(written, spans, strict=True):
            lines += _placed_stretches(line, start + char_start, number, degrees)
        if is_main:
            tables = _tables(filled, written, spans, number, degrees)
            placed = _placed(written, spans, text, number, degrees)
    return PageText(text, tuple(lines), tables), tuple(placed)


def _placed_stretches(line: Written, start: int, number: int, degrees: int) -> Iterator[Line]:
    for text, box in line.stretches:
        yield Line(start, start + len(text), number, turned_box(box, -degrees))
        start += len(text) + len(COLUMN_GAP)


def _placed(
    written: Sequence[Written], spans: Sequence[tuple[int, int]], text: str, number: int, degrees: int
) -> list[PlacedLine]:
    return [
        PlacedLine(
            start,
            end,
            number,
            degrees,
            without_words(line.line),
            is_paragraph=text[max(0, start - 2) : start] in ("", "\n\n"),
        )
        for line, (start, end) in zip(written, spans, strict=True)
        if line.line
    ]


def _written(grids: Sequence[FilledGrid], free: Sequence[TextLine]) -> list[Written]:
    """All lines of the page in reading order.

    Lines above and under a grid stand before and after it. One beside a row of it stands before that row if it is on
    its left, such as a label, and after it if on its right.
    """
    beside: dict[int, list[TextLine]] = {}
    flow: list[TextLine | int] = []
    for line in free:
        middle = line.baseline - 0.35 * line.size
        at = next((n for n, held in enumerate(grids) if held.grid.box.top < middle < held.grid.box.bottom), None)
        if at is None:
            flow.append(line)
        else:
            beside.setdefault(at, []).append(line)
    flow += range(len(grids))
    flow.sort(key=lambda part: grids[part].grid.box.top if isinstance(part, int) else part.baseline - 0.35 * part.size)
    written: list[Written] = []
    for is_grid, parts in groupby(flow, key=lambda part: isinstance(part, int)):
        if is_grid:
            for part in parts:
                assert isinstance(part, int)
                written += _written_grid(grids[part], part, beside.get(part, ()))
        else:
            run = [part for part in parts if isinstance(part, TextLine)]
            written += [_written_group(group) for group in captioned(reading_order(run))]
    return written


def _written_group(group: Sequence[TextLine], row: tuple[int, int] | None = None) -> Written:
    """A caption, of one line or more, and its value side by side; or a line alone."""
    written = _written_line(group[0], row)
    for line in group[1:-1]:
        written = _going_on(written, _written_line(line, row))
    return _side_by_side(written, _written_line(group[-1], row)) if len(group) > 1 else written


def _written_line(line: TextLine, row: tuple[int, int] | None = None) -> Written:
    stretches = (("".join(stretch.parts), _box(TextLine(tuple(stretch.words)))) for stretch in line.stretches)
    return Written(tuple(stretches), line.top, line.bottom, line.size, row, None if row else line)


def _box(line: TextLine) -> Box:
    return Box(line.left, line.top, line.right, line.bottom)


def _written_grid(held: FilledGrid, number: int, beside: Sequence[TextLine]) -> list[Written]:
    left = held.grid.box.left
    has_feet = are_below(cell.lines for row in held.rows for cell in row)
    waiting = sorted(beside, key=lambda line: line.baseline)
    written: list[Written] = []
    for row_number, row in enumerate(held.rows):
        bottom = max(cell.place.box.bottom for cell in row)
        reached = [line for line in waiting if line.baseline <= bottom]
        waiting = waiting[len(reached) :]
        written += [_written_line(line) for line in reached if line.left < left]
        written += _written_row(row, (number, row_number), has_feet=has_feet)
        written += [_written_line(line) for line in reached if line.left >= left]
    return written + [_written_line(line) for line in waiting]


def _written_row(row: Sequence[FilledCell], place: tuple[int, int], *, has_feet: bool) -> list[Written]:
    """The cells one after the other, on one line as far as they have one line each; a caption beside its value.

    Args:
        row: its cells.
        place: the number of its grid, and its own.
        has_feet: captions stand at the feet of the boxes.
    """
    written: list[Written] = []
    goes_on = False
    for cell in row:
        groups = _groups(cell.lines, has_feet=has_feet)
        lines = [_written_group(group, place) for group in groups]
        if goes_on and len(groups[0]) == 1:
            lines[0] = _side_by_side(written.pop(), lines[0])
        goes_on = len(cell.lines) == 1
        written += lines
    return written


def _groups(lines: Sequence[TextLine], *, has_feet: bool) -> list[Group]:
    """What stands side by side in a box."""
    if has_feet and len(lines) > 1 and is_caption(lines[-1], lines[0]):
        return [(lines[-1], lines[0]), *((line,) for line in lines[1:-1])]
    groups = captioned(lines)
    if len(groups[0]) == 1 and (end := caption_end(lines)):
        return [tuple(lines[: end + 1]), *((line,) for line in lines[end + 1 :])]
    return groups


def _side_by_side(left: Written, right: Written) -> Written:
    stretches = (*left.stretches, *right.stretches)
    top, bottom = min(left.top, right.top), max(left.bottom, right.bottom)
    return Written(stretches, top, bottom, max(left.size, right.size), left.row)


def _going_on(first: Written, rest: Written) -> Written:
    """One line of what wraps."""
    (last, box), (following, other) = first.stretches[-1], rest.stretches[0]
    around = Box(
        min(box.left, other.left), min(box.top, other.top), max(box.right, other.right), max(box.bottom, other.bottom)
    )
    stretches = (*first.stretches[:-1], (f"{last} {following}", around), *rest.stretches[1:])
    return Written(stretches, first.top, rest.bottom, max(first.size, rest.size), first.row)


def _joined(written: Sequence[Written]) -> tuple[str, list[tuple[int, int]]]:
    """The lines as one text, and where each of them is in it; a blank line where they stand far apart."""
    gaps = [below.top - above.bottom + max(above.size, below.size) for above, below in pairwise(written)]
    ahead = sorted(gap for gap in gaps if gap > 0)
    usual = ahead[len(ahead) // 2] if ahead else 0.0
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    position = 0
    for index, line in enumerate(written):
        if index:
            above = written[index - 1]
            is_far = gaps[index - 1] > PARAGRAPH_RATIO * usual
            gap = line.top - above.bottom
            is_paragraph = is_far and gap > PARAGRAPH_GAP_RATIO * max(above.size, line.size)
            separator = "\n\n" if is_paragraph and (line.row is None or line.row != above.row) else "\n"
            parts.append(separator)
            position += len(separator)
        parts.append(line.text)
        spans.append((position, position + len(line.text)))
        position += len(line.text)
    return "".join(parts), spans


def _tables(
    grids: Sequence[FilledGrid],
    written: Sequence[Written],
    spans: Sequence[tuple[int, int]],
    page: int,
    degrees: int,
) -> tuple[Table, ...]:
    """The grids that are tables."""
    span_of: dict[tuple[int, int], tuple[int, int]] = {}
    for line, (start, end) in zip(written, spans, strict=True):
        if line.row:
            first, last = span_of.get(line.row, (start, end))
            span_of[line.row] = min(first, start), max(last, end)
    tables = []
    for number, held in enumerate(grids):
        if not is_table(held):
            continue
        columns = table_columns(held)
        rows = (
            Row(*span_of[number, row_number], _cells(held.grid, row, columns, page, degrees))
            for row_number, row in enumerate(held.rows)
        )
        tables.append((span_of[number, 0], Table(tuple(rows))))
    return tuple(table for _, table in sorted(tables, key=lambda placed: placed[0]))


def _cells(grid: Grid, row: Sequence[FilledCell], columns: Sequence[int], page: int, degrees: int) -> tuple[Cell, ...]:
    """A cell for each column; where cells are merged, all but the first are empty and stand nowhere."""
    filled = {cell.place.column: cell.text for cell in row}
    boxes = {cell.column: cell.box for cell in grid.cells if cell.row == row[0].place.row}
    return tuple(
        Cell(filled.get(column, ""), page, turned_box(boxes[column], -degrees)) if column in boxes else Cell("")
        for column in columns
    )
