"""The columns of text whose lines are aligned: found by the stretches of blanks that all its lines have in common.

Date   Officer   Place          ####...#######...##############      # where some line says something
01/15  Roe, J.   100 Elm St     a column is a run of #, what parts two is two dots wide or more
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

LOOKED_AT_LINES = 200  # of a table, for where its columns are
MOST_COLUMNS = 60
MOST_LINE_CHARS = 1000  # a longer line is prose or no text for people
WORD = re.compile(r"\S+")
# Two blanks after a full stop part two sentences, not two cells.
SEGMENT = re.compile(r"\S+(?: \S+|(?<=[a-z]{2}[.!?])  (?=[A-Z])\S+)*")
RULE = re.compile(r"[\s+|-]*[-=_~*+─═━]{2}[\s+|=_~*─═━-]*")
CODE = re.compile(r"[A-Z]{1,3}")

Span = tuple[int, int]  # half-open, in the columns of one line


@dataclass(frozen=True, slots=True)
class Piece:
    """What one line has of a cell."""

    line: int  # from 0, in the lines looked at
    start: int  # half-open, in the line
    end: int


@dataclass(frozen=True, slots=True)
class AlignedTable:
    """Rows of cells, each cell the pieces of it from top to bottom; all rows have as many cells, empty ones too."""

    rows: tuple[tuple[tuple[Piece, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text as its words stand in it."""

    number: int
    words: tuple[Span, ...]
    segments: int  # runs of words with one blank between them
    mask: int  # a bit for each column that says something
    is_rule: bool


def text_line(number: int, text: str) -> TextLine:
    if len(text) > MOST_LINE_CHARS:
        return TextLine(number, ((0, len(text)),), 1, 0, is_rule=False)
    words = tuple(word.span() for word in WORD.finditer(text))
    mask = 0
    for start, end in words:
        mask |= (1 << end) - (1 << start)
    segments = sum(1 for _ in SEGMENT.finditer(text))
    return TextLine(number, words, segments, mask, bool(RULE.fullmatch(text)))


def bands(mask: int) -> list[Span]:
    """The runs of columns that say something, with two blank columns or more between them."""
    found: list[Span] = []
    position = 0
    while mask:
        skipped = (mask & -mask).bit_length() - 1
        mask >>= skipped
        length = (~mask & (mask + 1)).bit_length() - 1
        start, end = position + skipped, position + skipped + length
        if found and start - found[-1][1] < 2:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
        mask >>= length
        position = end
    return found


def columns(lines: Sequence[TextLine], mask: int) -> list[Span]:
    """Where the columns of lines stand: the bands of their mask, parted also at gaps that most lines have wider."""
    found: list[Span] = []
    lines = lines[:LOOKED_AT_LINES]
    for start, end in bands(mask):
        column_start = start
        for gap in range(start + 1, end - 1):
            if not mask >> gap & 1 and _is_wider_elsewhere(lines, (column_start, gap), (gap + 1, end)):
                found.append((column_start, gap))
                column_start = gap + 1
        found.append((column_start, end))
    return found


def _is_wider_elsewhere(lines: Sequence[TextLine], left: Span, right: Span) -> bool:
    """Whether a gap one blank wide parts columns: at least half of the lines that say anything there leave more."""
    gaps = []
    for line in lines:
        ends = [end for start, end in line.words if left[0] <= start and end <= left[1]]
        starts = [start for start, end in line.words if right[0] <= start and end <= right[1]]
        if ends and starts and not line.is_rule:
            gaps.append(starts[0] - ends[-1])
    wide = sum(gap >= 2 for gap in gaps)
    return wide >= 2 and 2 * wide >= len(gaps)


def column_of(spans: Sequence[Span], start: int) -> int:
    """The column in which a word that begins at a place belongs."""
    return max(0, bisect_right(spans, start, key=lambda span: span[0]) - 1)


def cells_of(line: TextLine, spans: Sequence[Span]) -> list[Span | None]:
    """What a line has of each column; None where it says nothing."""
    cells: list[Span | None] = [None] * len(spans)
    for start, end in line.words:
        number = column_of(spans, start)
        before = cells[number]
        cells[number] = (start if before is None else before[0], end)
    return cells


def word_columns(lines: Sequence[TextLine], texts: Sequence[str], spans: Sequence[Span]) -> dict[int, int]:
    """The columns that are several, one a word: headings and cells have as many words, of one shape in each column.

    Age R/S     two columns, though no column of blanks parts them
    23 WM       23 and 31 are of one shape, WM and BF of another
    31 BF
    """
    found = {}
    lines = lines[:LOOKED_AT_LINES]
    for number in range(len(spans)):
        rows = [words for line in lines if (words := _words_in(line, texts[line.number], spans, number))]
        count = len(rows[0]) if rows else 0
        if not 2 <= count <= 3 or len(rows) < 3 or any(len(words) != count for words in rows):
            continue
        if any(character.isdigit() for word in rows[0] for character in word):
            continue
        shapes = [{_shape(word) for word in words} for words in zip(*rows[1:], strict=True)]
        if all(len(shape) == 1 and "x" not in shape for shape in shapes) and len(set.union(*shapes)) == count:
            found[number] = count
    return found


def _words_in(line: TextLine, text: str, spans: Sequence[Span], number: int) -> list[str]:
    return [text[start:end] for start, end in line.words if column_of(spans, start) == number]


def _shape(word: str) -> str:
    if CODE.fullmatch(word):
        return "A"
    return re.sub(r"\d+", "9", word) if not re.search(r"[^\W\d_]", word) else "x"
