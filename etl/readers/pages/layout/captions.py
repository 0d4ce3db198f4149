"""What a form asks, above or under several values on one line -> each caption beside its value.

Captions are in smaller letters than values; where they are not, a form's values are written after all that it asks.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from crimeetl.etl.readers.pages.layout.marks import Word
from crimeetl.etl.readers.pages.layout.words import OVER_RATIO, SPACE_RATIO, TextLine, pieces_of

CAPTION_RATIO = 0.93  # of the size of what it is the caption of, in one box
ROW_CAPTION_RATIO = 0.85  # in no box, where other lines may be meant
LABEL = re.compile(r"[^\W\d]\W?:\s")  # what has one of its own is no caption, and no value of one
MOST_LINES = 3  # of one caption
MOST_PIECES = 40  # between wide gaps on a line of a form
# As parts of the larger letters' size.
NEAR_RATIO = 1.2  # no more white is between captions and values
WRAP_RATIO = 0.5  # nor between the lines of one of them
ALIGNED_RATIO = 0.8  # that a value may begin before or after its caption
COLUMN_RATIO = 0.3  # that the cells of a table may

Group = tuple[TextLine, ...]  # what stands side by side: a caption in one or more lines, and its value


def captioned(lines: Sequence[TextLine]) -> list[Group]:
    """The lines in the same order; of captions and the values above or under them, each pair is a group.

    Headings of a table are no captions: more than one line under them has their columns.
    """
    groups: list[Group] = []
    index = 0
    while index < len(lines):
        end, found = _captions_above(lines, index)
        if not found:
            end, found = _captions_below(lines, index)
        groups += found or [(lines[index],)]
        index = end if found else index + 1
    return groups


def caption_end(lines: Sequence[TextLine]) -> int:
    """How many lines of a box are its caption: those in smaller letters than the answer, or one before a colon."""
    if len(lines) > 1 and lines[0].text.endswith(":"):
        return 1
    end = next((end for end, line in enumerate(lines) if is_caption(lines[0], line)), 0)
    return end if end <= MOST_LINES else 0


def are_below(boxes: Iterable[Sequence[TextLine]]) -> bool:
    """Whether most boxes of a form have their caption at their foot."""
    ends = [(lines[0], lines[-1]) for lines in boxes]
    return 2 * sum(is_caption(last, first) for first, last in ends) > len(ends)


def is_caption(line: TextLine, value: TextLine, ratio: float = CAPTION_RATIO) -> bool:
    """Whether a line is in smaller letters than another."""
    return line.size <= ratio * value.size


def _is_smaller(line: TextLine, other: TextLine) -> bool:
    return is_caption(line, other, ROW_CAPTION_RATIO)


def _captions_above(lines: Sequence[TextLine], index: int) -> tuple[int, list[Group]]:
    """Captions from a line on and the values under them as groups, and the first line after both."""
    captions = [[piece] for piece in pieces_of(lines[index])]
    end = index + 1
    while end < len(lines) and end - index < MOST_LINES and _goes_on(captions, lines, end):
        end += 1
    if len(captions) < 2 or end == len(lines) or _has_label(lines[index : end + 1]):
        return index, []
    values, following = lines[end], lines[end + 1] if end + 1 < len(lines) else None
    if not _is_near(lines[end - 1], values) or _is_crowded((lines[index], values)):
        return index, []
    is_later = _is_later(values, lines[index], following)
    if not is_later and not _is_smaller(lines[index], values):
        return index, []
    if not is_later and (_is_row(lines, index) or (following and _is_next_row(values, following))):
        return index, []
    return end + 1, _groups(captions, values)


def _captions_below(lines: Sequence[TextLine], index: int) -> tuple[int, list[Group]]:
    """Values on a line and the captions under them as groups, and the first line after both."""
    if index + 1 == len(lines):
        return index, []
    values, below = lines[index : index + 2]
    captions = [[piece] for piece in pieces_of(below)]
    if len(captions) < 2 or not _is_near(values, below) or _is_crowded((values, below)) or _has_label((values, below)):
        return index, []
    is_later = _is_later(values, below, lines[index - 1] if index else None)
    if not is_later and not _is_smaller(below, values):
        return index, []
    if index + 2 < len(lines) and _white(below, lines[index + 2]) <= _white(values, below):
        return index, []
    if not is_later and index and _is_next_row(lines[index - 1], values):
        return index, []
    return index + 2, _groups(captions, values)


def _is_later(values: TextLine, captions: TextLine, other: TextLine | None) -> bool:
    """Whether values were written after the captions on one side, though not at once, and the line on the other."""
    first = min(word.place for word in values.words)
    return _last_place(captions) + 1 < first and (other is None or _last_place(other) < first)


def _last_place(line: TextLine) -> int:
    return max(word.place for word in line.words)


def _goes_on(captions: Sequence[list[TextLine]], lines: Sequence[TextLine], index: int) -> bool:
    """Whether captions go on in a line; its pieces are then added to them."""
    above, line = lines[index - 1], lines[index]
    if len(captions) > MOST_PIECES:
        return False
    if _is_smaller(above, line) or _is_smaller(line, above) or _white(above, line) > WRAP_RATIO * line.size:
        return False
    if index + 1 == len(lines) or not _is_smaller(line, lines[index + 1]):
        return False
    slack = COLUMN_RATIO * line.size
    added = []
    for piece in pieces_of(line):
        at = next((caption for caption in captions if abs(caption[0].left - piece.left) <= slack), None)
        if at is None:
            return False
        added.append((at, piece))
    for caption, piece in added:
        caption.append(piece)
    return True


def _is_crowded(lines: Iterable[TextLine]) -> bool:
    return any(len(pieces_of(line)) > MOST_PIECES for line in lines)


def _has_label(lines: Iterable[TextLine]) -> bool:
    return any(LABEL.search(line.text) for line in lines)


def _white(above: TextLine, below: TextLine) -> float:
    return below.top - above.bottom


def _is_near(above: TextLine, below: TextLine) -> bool:
    return _white(above, below) <= NEAR_RATIO * max(above.size, below.size)


def _is_next_row(above: TextLine, below: TextLine) -> bool:
    """Whether two lines, one under the other, are alike as rows of a table are."""
    if _is_smaller(above, below) or _is_smaller(below, above) or not _is_near(above, below):
        return False
    return _have_columns(above, below)


def _have_columns(above: TextLine, below: TextLine) -> bool:
    """Whether two lines begin in at least two places alike."""
    slack = COLUMN_RATIO * below.size
    lefts = [piece.left for piece in pieces_of(above)[:MOST_PIECES]]
    return sum(any(abs(left - piece.left) <= slack for left in lefts) for piece in pieces_of(below)) > 1


def _is_row(lines: Sequence[TextLine], index: int) -> bool:
    """Whether a line is one of several rows of a table, between which may be what wraps in their cells."""
    line = lines[index]
    for above in reversed(lines[max(0, index - MOST_LINES) : index]):
        if _is_smaller(line, above):
            return False
        if _have_columns(above, line):
            return True
    return False


def _groups(captions: Sequence[Sequence[TextLine]], values: TextLine) -> list[Group]:
    """Each caption with what stands above or under it; none if one value has no caption, or several."""
    held: list[list[Word]] = [[] for _ in captions]
    heads = [caption[0] for caption in captions]
    pieces = _cut(values, heads)
    if len(pieces) == 1 and sum(_overlap(pieces[0], head) > 0 for head in heads) > 1:
        return []
    for piece in pieces:
        at = _caption_of(piece, heads)
        if at is None:
            return []
        held[at] += piece.words
    return [
        (*caption, TextLine(tuple(words))) if words else tuple(caption)
        for caption, words in zip(captions, held, strict=True)
    ]


def _cut(values: TextLine, captions: Sequence[TextLine]) -> list[TextLine]:
    """The values on a line, parted by wide gaps, and where a word begins right under the next caption."""
    slack = ALIGNED_RATIO * values.size
    pieces: list[TextLine] = []
    for piece in pieces_of(values):
        start = 0
        for index, (word, following) in enumerate(pairwise(piece.words), start=1):
            is_usual = -OVER_RATIO <= (following.left - word.right) / values.size <= 2 * SPACE_RATIO
            if not is_usual and any(
                piece.words[start].left < caption.left - slack and abs(caption.left - following.left) <= slack
                for caption in captions
            ):
                pieces.append(TextLine(piece.words[start:index]))
                start = index
        pieces.append(TextLine(piece.words[start:]))
    return pieces


def _caption_of(piece: TextLine, captions: Sequence[TextLine]) -> int | None:
    """The number of the caption of a value: it begins with it, has most in common, or is the last before it."""
    numbers = range(len(captions))
    nearest = min(numbers, key=lambda number: abs(captions[number].left - piece.left))
    if abs(captions[nearest].left - piece.left) <= ALIGNED_RATIO * piece.size:
        return nearest
    most = max(numbers, key=lambda number: _overlap(piece, captions[number]))
    if _overlap(piece, captions[most]) > 0:
        return most
    return max((number for number in numbers if captions[number].left <= piece.left), default=None)


def _overlap(line: TextLine, other: TextLine) -> float:
    return min(line.right, other.right) - max(line.left, other.left)
