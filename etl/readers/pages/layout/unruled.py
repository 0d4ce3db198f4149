"""Lines on pages -> the tables that no rule shows: rows whose cells stand under each other."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median

from crimeetl.etl.documents import Box, Cell, Row, Table
from crimeetl.etl.readers.pages.layout.marks import Word, turned_box
from crimeetl.etl.readers.pages.layout.words import TextLine, letter_width
from crimeetl.etl.tables import PlacedPiece, PlacedWord, placed_rows

FAR_RATIO = 1.6  # of a letter's size: a line that stands farther under the one before does not go on with its cell
FEWEST_ROWS = 6  # that have to leave a narrow gap free until it parts two columns
NARROW_RATIO = 0.12  # of a letter's size: the least such gap
ACROSS_RATIO = 0.1  # of the rows may say something in it, such as a heading over two columns
USUAL_BLANK_LETTERS = 0.5  # of a space
MOST_HEAD_LINES, MOST_FOOT_LINES, MOST_HEADING_LINES = 6, 3, 2
SAME_HEIGHT = 4.0  # points
PAGE_NUMBER = re.compile(r"(?<=page)\W*\d+(?:\W*of\W*\d+)?|^\W*\d{1,4}\W*$", re.I)
SAME_LEFT = 3.0  # points that a cell that goes on over a page may begin apart from itself
PROSE_WORDS = 8  # a line of more, none of which stand apart, is prose
APART_LETTERS = 1.2  # average letters: farther apart than these are words of two cells


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of a document's text and the words in it."""

    char_start: int  # half-open
    char_end: int
    page: int
    degrees: int  # clockwise, of the frame that its words stand in
    line: TextLine
    is_paragraph: bool  # a blank line stands before it


def without_words(line: TextLine) -> TextLine:
    """A line of prose as one word, for the words of a thousand pages take much memory; any other as it is."""
    apart = APART_LETTERS * letter_width(line.words)
    if len(line.words) <= PROSE_WORDS or any(
        following.left - word.right > apart for word, following in pairwise(line.words)
    ):
        return line
    first = line.words[0]
    return TextLine((replace(first, text=line.text, right=line.right),))


def unruled_tables(lines: Sequence[PlacedLine]) -> list[Table]:
    """The tables that lines form by their alignment, over the ends of pages.

    Args:
        lines: in the text's order, those of ruled tables and sideways lines left out.
    """
    placed_at: list[PlacedLine | None] = []
    page = None
    for placed in _without_page_heads(lines):
        is_page_top, page = page is not None and page != placed.page, placed.page
        placed_at += [None, placed] if placed.is_paragraph and not is_page_top else [placed]
    found = placed_rows([_spread(placed.line) if placed else [] for placed in placed_at])
    tables = (_table(rows, placed_at) for rows in found)
    return [table for table in tables if len(table.rows) > 1]


def _without_page_heads(lines: Sequence[PlacedLine]) -> list[PlacedLine]:
    """The lines without what page after page begins and ends with, such as the headings of a table on later pages."""
    pages = [list(group) for _, group in groupby(lines, key=lambda placed: placed.page)]
    feet = Counter(mark for page in pages for mark in map(_mark, page[-MOST_FOOT_LINES:]))
    headings = {_mark(placed)[0] for placed in _first_spread(pages[0])} if pages else set()
    heads: set[tuple[str, int]] = set()
    kept: list[PlacedLine] = []
    for number, page in enumerate(pages):
        tops = [_mark(placed) for placed in page[:MOST_HEAD_LINES]]
        top = 0
        while number and top < len(tops) and (tops[top] in heads or tops[top][0] in headings):
            top += 1
        end = len(page)
        while end > max(top, len(page) - MOST_FOOT_LINES) and feet[_mark(page[end - 1])] > 1:
            end -= 1
        kept += page[top:end]
        heads.update(tops)
    return kept


def _mark(placed: PlacedLine) -> tuple[str, int]:
    """What a line that comes again on other pages has in common there: all but the page's number, and its height."""
    return PAGE_NUMBER.sub("#", placed.line.text), round(placed.line.baseline / SAME_HEIGHT)


def _first_spread(page: Sequence[PlacedLine]) -> list[PlacedLine]:
    """The lines in which a table's headings may stand, on the page on which it begins."""
    return [placed for placed in page if len(placed.line.stretches) > 2][:MOST_HEADING_LINES]


def _spread(line: TextLine) -> list[PlacedWord]:
    """The words; those of one cell stand no farther apart than words of most fonts do."""
    letter = letter_width(line.words)
    rights = [
        word.right
        if following.left - word.right > APART_LETTERS * letter
        else max(word.right, following.left - USUAL_BLANK_LETTERS * letter)
        for word, following in pairwise(line.words)
    ]
    rights.append(line.words[-1].right)
    return [PlacedWord(word.text, word.left, right) for word, right in zip(line.words, rights, strict=True)]


@dataclass(frozen=True, slots=True)
class CellWords:
    """What one line has of a cell."""

    placed: PlacedLine
    words: tuple[Word, ...]


CellParts = tuple[CellWords, ...]


def _table(rows: Sequence[Sequence[Sequence[PlacedPiece]]], placed_at: Sequence[PlacedLine | None]) -> Table:
    near = [_near([tuple(_words_in(piece, placed_at) for piece in cell) for cell in row]) for row in rows]
    whole = [_row(row) for row in _parted(near)]
    return Table(tuple(row for row in whole if row))


def _words_in(piece: PlacedPiece, placed_at: Sequence[PlacedLine | None]) -> CellWords:
    placed = placed_at[piece.line]
    assert placed is not None
    return CellWords(placed, placed.line.words[piece.first_word : piece.end_word])


def _near(cells: Sequence[CellParts]) -> tuple[CellParts, ...]:
    """The cells of a row without those lines that stand too far under the others, such as the foot of the page."""
    lines = sorted(
        {part.placed.char_start: part.placed for cell in cells for part in cell}.values(),
        key=lambda placed: placed.char_start,
    )
    kept: set[int] = set()
    for index, placed in enumerate(lines):
        above = lines[index - 1] if index else placed
        is_far = placed.line.baseline - above.line.baseline > FAR_RATIO * placed.line.size
        if is_far if above.page == placed.page else not _goes_on(cells, above, placed):
            break
        kept.add(placed.char_start)
    return tuple(tuple(part for part in cell if part.placed.char_start in kept) for cell in cells)


def _goes_on(cells: Sequence[CellParts], above: PlacedLine, placed: PlacedLine) -> bool:
    """Whether the line at the head of a page goes on with cells that the page before has: each under its own."""
    for cell in cells:
        lefts = [part.words[0].left for part in cell if part.placed.page == above.page]
        more = [part.words[0].left for part in cell if part.placed is placed]
        if more and (not lefts or abs(more[0] - lefts[0]) > SAME_LEFT):
            return False
    return True


def _parted(rows: Sequence[tuple[CellParts, ...]]) -> list[tuple[CellParts, ...]]:
    """The rows; a column is several where narrow gaps, too narrow for one row alone, run down all rows."""
    parted: list[list[CellParts]] = [[] for _ in rows]
    for column in range(len(rows[0]) if rows else 0):
        cells = [row[column] for row in rows]
        gaps = _gaps([[word for part in cell for word in part.words] for cell in cells])
        for row, cell in zip(parted, cells, strict=True):
            row += _cut(cell, gaps)
    return [tuple(row) for row in parted]


def _gaps(cells: Sequence[Sequence[Word]]) -> list[float]:
    """The middles of the gaps in a column that most rows leave free, and wider than a space in most."""
    filled = [cell for cell in cells if cell]
    if len(filled) < FEWEST_ROWS:
        return []
    ends = sorted(
        [(word.left, 1) for cell in filled for word in cell] + [(word.right, -1) for cell in filled for word in cell]
    )
    narrow = NARROW_RATIO * median(word.size for cell in filled for word in cell)
    most_across = ACROSS_RATIO * len(filled)
    gaps: list[float] = []
    across, opened_at = 0, float("inf")
    for place, change in ends:
        if across <= most_across < across + change:
            middle = (opened_at + place) / 2
            if place - opened_at >= narrow and _parts(filled, middle):
                gaps.append(middle)
        elif across + change <= most_across < across:
            opened_at = place
        across += change
    return gaps


def _parts(cells: Sequence[Sequence[Word]], middle: float) -> bool:
    """Whether most rows have words on both sides of a gap, farther apart than words of one cell."""
    widths = []
    for cell in cells:
        before = [word for word in cell if word.left <= middle]
        after = [word for word in cell if word.left > middle]
        if before and after:
            gap = min(word.left for word in after) - max(word.right for word in before)
            widths.append(gap / letter_width(cell))
    return len(widths) > len(cells) / 2 and median(widths) >= APART_LETTERS


def _cut(cell: CellParts, gaps: Sequence[float]) -> list[CellParts]:
    bounds = [float("-inf"), *gaps, float("inf")]
    return [
        tuple(
            replace(part, words=words)
            for part in cell
            if (words := tuple(word for word in part.words if low < word.left <= high))
        )
        for low, high in pairwise(bounds)
    ]


def _row(cells: Sequence[CellParts]) -> Row | None:
    placed = [part.placed for cell in cells for part in cell]
    if not placed:
        return None
    start, end = min(line.char_start for line in placed), max(line.char_end for line in placed)
    return Row(start, end, tuple(_cell(cell) for cell in cells))


def _cell(parts: CellParts) -> Cell:
    if not parts:
        return Cell("")
    text = "\n".join(TextLine(part.words).text for part in parts)
    first = parts[0].placed
    words = (word for part in parts if part.placed.page == first.page for word in part.words)
    return Cell(text, first.page, turned_box(_around(words), -first.degrees))


def _around(words: Iterable[Word]) -> Box:
    found = list(words)
    return Box(
        min(word.left for word in found),
        min(word.top for word in found),
        max(word.right for word in found),
        max(word.bottom for word in found),
    )
