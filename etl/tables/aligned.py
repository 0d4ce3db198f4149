"""Tables without any mark between their cells: lines that leave the same columns blank.

A line that says something in the first column begins a row; one that does not goes on with the row before:

    001   01/15   Roe, J.    Traffic stop - vehicle observed
                             running red light.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from crimeetl.etl.tables.columns import (
    MOST_COLUMNS,
    AlignedTable,
    Piece,
    Span,
    TextLine,
    bands,
    cells_of,
    column_of,
    columns,
    text_line,
    word_columns,
)

MOST_BLANK_LINES = 3  # between two rows, page ends aside
MOST_LINES_BETWEEN = 15  # that are no rows: prose under a row, the foot of a page and the head of the next
MOST_ROWS_LOOKED_AT = 20  # above one, for what a column holds
OUTLIERS_RATIO = 0.25  # of a table's lines, whose cells run over into the next column


@dataclass(slots=True)
class _Block:
    """Lines that may be a table."""

    lines: list[TextLine] = field(default_factory=list)  # all since the first
    aligned: list[TextLine] = field(default_factory=list)  # those in the mask
    outliers: int = 0
    mask: int = 0
    lines_between: int = 0  # since the last aligned line
    blank_lines: int = 0


def aligned_rows(lines: Sequence[str]) -> list[AlignedTable]:
    """The tables in lines of text that stand under each other as they are read; tabs must have been expanded.

    Titles, page heads and prose that stand between the rows are in no cell.
    """
    found = (_table(block, lines) for block in _blocks(lines))
    return [table for table in found if table is not None]


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    block = _Block()
    for number, text in enumerate(lines):
        line = text_line(number, text)
        if not line.words:
            block.blank_lines += 1
        elif line.segments < 2 or (line.is_rule and len(bands(line.mask)) < 2):
            block.lines_between += not line.is_rule
            block.blank_lines = 0
        elif _takes(block, line):
            block.lines_between = block.blank_lines = 0
        else:
            if len(block.aligned) > 1:
                yield block
            block = _Block([*_lines_above(block, line)], [line], mask=line.mask)
        is_over = block.blank_lines > MOST_BLANK_LINES or block.lines_between > MOST_LINES_BETWEEN
        if block.aligned and is_over:
            if len(block.aligned) > 1:
                yield block
            block = _Block()
        block.lines.append(line)
    if len(block.aligned) > 1:
        yield block


def _lines_above(block: _Block, line: TextLine) -> list[TextLine]:
    """The line right above the first aligned one: a heading of two lines may have one cell there alone."""
    above = block.lines[-1:]
    return [
        one for one in above if one.words and one.segments == 1 and not one.is_rule and one.number == line.number - 1
    ]


def _takes(block: _Block, line: TextLine) -> bool:
    """Whether a line is aligned with a block, which then has it."""
    if not block.aligned:
        return False
    before, alone, together = len(bands(block.mask)), len(bands(line.mask)), len(bands(block.mask | line.mask))
    if before == 2 and block.lines_between > 2:
        return False
    if together >= max(2, before) or (len(block.aligned) < 3 and together >= max(2, 0.6 * max(before, alone))):
        is_under_a_title = len(block.aligned) < 3 and 2 * before <= alone
        if together < (1.0 if is_under_a_title else 0.6) * alone:
            return False
        block.mask |= line.mask
        block.aligned.append(line)
        return True
    if together >= max(2, before - 2) and block.outliers + 1 <= OUTLIERS_RATIO * (len(block.aligned) + 1):
        block.outliers += 1
        return True
    return False


def _table(block: _Block, texts: Sequence[str]) -> AlignedTable | None:
    spans = columns(block.aligned, block.mask)
    if not 2 <= len(spans) <= MOST_COLUMNS:
        return None
    said = [line for line in block.lines if line.words and not line.is_rule]
    last = max(line.number for line in block.aligned)
    several = word_columns([line for line in block.aligned if not line.is_rule], texts, spans)
    rows: list[list[list[Piece]]] = []
    line_before = -1
    for line in _cells_lines(said, last, spans, block.aligned):
        cells = _parted(line, cells_of(line, spans), several, spans)
        follows_directly = line.number == line_before + 1
        if rows and not _begins_row(rows, cells, texts, spans[0][1], follows_directly=follows_directly):
            for row_cell, cell in zip(rows[-1], cells, strict=True):
                row_cell += [cell] if cell else []
        elif rows or line.number >= block.aligned[0].number or cells[0] is None:
            rows.append([[cell] if cell else [] for cell in cells])
        line_before = line.number
    full = [row for row in rows if sum(map(bool, row)) > 1]
    if len(full) < 2:
        return None
    return AlignedTable(tuple(tuple(tuple(cell) for cell in row) for row in rows))


def _cells_lines(
    lines: Sequence[TextLine], last: int, spans: Sequence[Span], aligned: Sequence[TextLine]
) -> Iterator[TextLine]:
    """The lines that are made of cells: aligned ones, and lone ones that keep within a column."""
    first, number = aligned[0], aligned[0].number
    is_spaced = all(below.number > above.number + 1 for above, below in pairwise(aligned))
    for line in lines:
        if line.number > max(last, number + 1):
            return
        if line.number < first.number and not _is_centred_above(line, first):
            continue
        # Where every other line is blank, a cell wraps over blank lines too.
        follows = is_spaced or line.number <= number + 1
        if line.segments > 1 or (follows and _keeps_within_a_column(line, spans)):
            yield line
            number = line.number


def _is_centred_above(line: TextLine, first: TextLine) -> bool:
    """Whether a lone line stands right above a cell of the next: begins, ends or has its middle where the cell does."""
    start, end = line.words[0][0], line.words[-1][1]
    return start > first.words[0][0] and any(
        abs(start - left) <= 1 or abs(end - right) <= 1 or abs(start + end - left - right) <= 2
        for left, right in bands(first.mask)
    )


def _keeps_within_a_column(line: TextLine, spans: Sequence[Span]) -> bool:
    start, end = line.words[0][0], line.words[-1][1]
    number = column_of(spans, start)
    if start < spans[number][0] - 1:
        return False
    return number == len(spans) - 1 or end <= spans[number + 1][0]


def _parted(
    line: TextLine, cells: Sequence[Span | None], several: dict[int, int], spans: Sequence[Span]
) -> list[Piece | None]:
    """The cells of a line, those of columns that are several parted into words."""
    pieces: list[Piece | None] = []
    for number, cell in enumerate(cells):
        if number in several:
            words = [word for word in line.words if column_of(spans, word[0]) == number]
            parts: list[Span | None] = [*words[: several[number]]]
            if len(words) > several[number]:
                parts[-1] = (words[several[number] - 1][0], words[-1][1])
            parts += [None] * (several[number] - len(parts))
            pieces += [Piece(line.number, *part) if part else None for part in parts]
        else:
            pieces.append(Piece(line.number, *cell) if cell else None)
    return pieces


def _begins_row(
    rows: Sequence[Sequence[Sequence[Piece]]],
    cells: Sequence[Piece | None],
    texts: Sequence[str],
    widest: int,
    *,
    follows_directly: bool,
) -> bool:
    filled = [number for number, cell in enumerate(cells) if cell]
    if cells[0] is None:
        # A row whose first cell is empty is nearly full, and has its number or date where the others have theirs.
        dated = [number for number in filled if _has_digit(cells[number], texts) and _is_dated(rows, number, texts)]
        return len(filled) >= max(3, 0.6 * len(cells)) and bool(dated)
    is_lone = filled == [0] and len(cells) > 2
    return not (is_lone and follows_directly and _may_be_wrapped(rows, cells[0], texts, widest))


def _is_dated(rows: Sequence[Sequence[Sequence[Piece]]], number: int, texts: Sequence[str]) -> bool:
    looked_at = rows[-MOST_ROWS_LOOKED_AT:]
    dated = sum(_has_digit(row[number][0], texts) for row in looked_at if row[number])
    return dated >= max(1, 0.6 * (len(looked_at) - 1))


def _has_digit(piece: Piece | None, texts: Sequence[str]) -> bool:
    return piece is not None and any(character.isdigit() for character in texts[piece.line][piece.start : piece.end])


def _may_be_wrapped(rows: Sequence[Sequence[Sequence[Piece]]], cell: Piece, texts: Sequence[str], widest: int) -> bool:
    """Whether a lone first cell goes on with the one above: its first word would not have found room there.

    Args:
        widest: where the widest cell of the column ends.
    """
    row = rows[-1]
    if not row[0]:
        return False
    above = row[0][-1]
    if _has_digit(cell, texts) or _is_dated(rows, 0, texts):
        return texts[above.line][above.end - 1] in "-/"
    first_word = texts[cell.line][cell.start : cell.end].split()[0]
    room = min((other[0].start for other in row[1:] if other), default=above.end)
    return above.end + 1 + len(first_word) > min(room - 2, widest)
