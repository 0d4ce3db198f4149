"""Lines of a page -> the same in reading order: columns of prose one after the other, all else across."""

from collections.abc import Sequence
from itertools import groupby, pairwise
from statistics import median

from crimeetl.etl.readers.pages.layout.words import TextLine, lines_of, pieces_of

FEWEST_LINES = 4  # of prose, in each of two columns
ALIGNED = 3.0  # points that the lines of a column may begin apart
INDENT = 24.0  # points that the first line of a paragraph may
FEWEST_WORDS = 3.5  # in a line of prose, on average
LOWER_CASE_RATIO = 0.6  # of the letters of prose
FULL_RATIO = 0.75  # of a column's width that most lines of prose fill
MOST_LABELS_RATIO = 0.2  # of a column's lines may hold a colon, as labels do
GUTTER = 8.0  # points


def reading_order(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines, those of columns of prose cut in two and read one column after the other.

    A form is never taken for columns: both sides have to be lines of prose that fill their column, and begin at its
    margin.

    Args:
        lines: from top to bottom.
    """
    pieces = [(row, piece) for row, line in enumerate(lines) for piece in pieces_of(line)]
    for margin in _margins([piece for _, piece in pieces]):
        band = _band(pieces, margin)
        if band is None:
            continue
        first, last = band
        inside = [piece for row, piece in pieces if first <= row <= last]
        columns = [
            lines_of(word for piece in inside if (piece.left >= margin - ALIGNED) is is_right for word in piece.words)
            for is_right in (False, True)
        ]
        left, right = (reading_order(column) for column in columns)
        return [*reading_order(lines[:first]), *left, *right, *reading_order(lines[last + 1 :])]
    return list(lines)


def _margins(pieces: Sequence[TextLine]) -> list[float]:
    """Where the lines of a column that is not the first may begin, the one with most lines first."""
    starts = sorted(piece.left for piece in pieces)
    groups: list[list[float]] = []
    for start in starts:
        if groups and start - groups[-1][0] <= ALIGNED:
            groups[-1].append(start)
        else:
            groups.append([start])
    margins = [(len(group), group[0]) for group in groups[1:] if len(group) >= FEWEST_LINES]
    return [margin for _, margin in sorted(margins, key=lambda counted: (-counted[0], counted[1]))]


def _band(pieces: Sequence[tuple[int, TextLine]], margin: float) -> tuple[int, int] | None:
    """The first and last line between which nothing crosses the gutter before a margin, if both sides are prose."""
    rows = [list(group) for _, group in groupby(pieces, key=lambda placed: placed[0])]
    is_open = [
        all(piece.left >= margin - ALIGNED or piece.right <= margin - GUTTER for _, piece in row) for row in rows
    ]
    has_right = [any(piece.left >= margin - ALIGNED for _, piece in row) for row in rows]
    for is_band, group in groupby(range(len(rows)), key=lambda row: is_open[row]):
        if not is_band:
            continue
        numbers = list(group)
        rights = [row for row in numbers if has_right[row]]
        if len(rights) < FEWEST_LINES:
            continue
        first, last = rights[0], max(numbers[0], _end_of_columns(rows, numbers, rights))
        inside = [piece for row in rows[first : last + 1] for _, piece in row]
        left = [piece for piece in inside if piece.left < margin - ALIGNED]
        right = [piece for piece in inside if piece.left >= margin - ALIGNED]
        if _is_prose(left) and _is_prose(right):
            return first, last
    return None


def _end_of_columns(
    rows: Sequence[Sequence[tuple[int, TextLine]]], numbers: Sequence[int], rights: Sequence[int]
) -> int:
    """The last line of a band's columns; the left one may be longer, as long as its lines follow each other."""
    last = rights[-1]
    pitch = median(
        [rows[below][0][1].baseline - rows[above][0][1].baseline for above, below in pairwise(numbers)] or [0.0]
    )
    while last < numbers[-1] and rows[last + 1][0][1].baseline - rows[last][0][1].baseline <= 1.7 * pitch:
        last += 1
    return last


def _is_prose(pieces: Sequence[TextLine]) -> bool:
    if len(pieces) < FEWEST_LINES:
        return False
    texts = [piece.text for piece in pieces]
    letters = [character for text in texts for character in text if character.isalpha()]
    words = sum(len(piece.words) for piece in pieces) / len(pieces)
    if not letters or words < FEWEST_WORDS:
        return False
    if sum(letter.islower() for letter in letters) < LOWER_CASE_RATIO * len(letters):
        return False
    if sum(":" in text for text in texts) > max(1.0, MOST_LABELS_RATIO * len(texts)):
        return False
    margin = median(piece.left for piece in pieces)
    at_margin = sum(abs(piece.left - margin) <= INDENT for piece in pieces)
    width = max(piece.right for piece in pieces) - margin
    full = sum(piece.right - margin >= FULL_RATIO * width for piece in pieces)
    return at_margin >= 0.9 * len(pieces) and full >= 0.5 * len(pieces)
