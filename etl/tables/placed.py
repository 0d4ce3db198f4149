"""Tables of words that stand at places on a page: drawn on a grid of letters, where alignment shows.

Words one blank apart leave one column of the grid blank, others two at least, whatever their font is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from crimeetl.etl.tables.aligned import aligned_rows
from crimeetl.etl.tables.columns import MOST_LINE_CHARS

COLUMNS_PER_LETTER = 4
BLANK_LETTERS = 0.75  # the widest gap between words of one cell
FILLER = "_"


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word as it stands in its line."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class PlacedPiece:
    """What one line has of a cell: words of it, half-open."""

    line: int
    first_word: int
    end_word: int


def placed_rows(lines: Sequence[Sequence[PlacedWord]]) -> list[tuple[tuple[tuple[PlacedPiece, ...], ...], ...]]:
    """The tables in lines of words: rows of cells, each cell the pieces of it from top to bottom.

    Args:
        lines: from top to bottom, the words of each from left to right; an empty line where there is a gap. A table
            goes on from one page to the next if their lines follow each other here.
    """
    letters = [(word.right - word.left) / len(word.text) for line in lines for word in line if word.text]
    if not letters:
        return []
    letter = max(median(letters), 1e-6)
    right = max(word.right for line in lines for word in line)
    unit = max(letter / COLUMNS_PER_LETTER, right / MOST_LINE_CHARS)
    drawn = [list(_columns(line, unit, BLANK_LETTERS * letter)) for line in lines]
    texts = [_drawn(line, spans) for line, spans in zip(lines, drawn, strict=True)]
    return [
        tuple(
            tuple(tuple(_piece(piece.line, piece.start, piece.end, drawn) for piece in cell) for cell in row)
            for row in table.rows
        )
        for table in aligned_rows(texts)
    ]


def _columns(line: Sequence[PlacedWord], unit: float, blank: float) -> Iterator[tuple[int, int]]:
    """The columns of each word, none of which overlap."""
    end = -1
    for number, word in enumerate(line):
        start = max(round(word.left / unit), end + 1)
        following = line[number + 1] if number + 1 < len(line) else None
        end = max(start + 1, round(word.right / unit))
        if following is not None:
            next_start = round(following.left / unit)
            gap = 1 if following.left - word.right <= blank else 2
            end = next_start - 1 if gap == 1 else min(end, next_start - 2)
            end = max(end, start + 1)
        yield start, end


def _drawn(line: Sequence[PlacedWord], spans: Sequence[tuple[int, int]]) -> str:
    text = ""
    for word, (start, end) in zip(line, spans, strict=True):
        letters = "".join(word.text.split()) or FILLER
        text = f"{text:<{start}}{letters[: end - start]:{FILLER}<{end - start}}"
    return text


def _piece(line: int, start: int, end: int, drawn: Sequence[Sequence[tuple[int, int]]]) -> PlacedPiece:
    words = [number for number, (left, right) in enumerate(drawn[line]) if start <= left and right <= end]
    return PlacedPiece(line, words[0], words[-1] + 1)
