"""Words that Tesseract found on a picture -> marks on the page, as if they had been written there."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise
from statistics import median

from crimeetl.etl.documents import moved_table
from crimeetl.etl.readers.pages.layout import Letter, PageMarks, turned
from crimeetl.etl.readers.plain import PageText

WORD_LEVEL = "5"
CAPITAL_RATIO = 0.72  # of a letter's size: the height of a capital
FEWEST_WORDS = 3  # in a line that says how far the page leans
MOST_LEAN = 0.1


@dataclass(frozen=True, slots=True)
class SeenWord:
    """A word in a picture, in pixels from its upper left corner."""

    text: str
    line: tuple[str, str, str]  # block, paragraph and line
    left: float
    top: float
    width: float
    height: float


def marks_of(table: str, points_per_pixel: float) -> PageMarks:
    """The words of a page; all lie in the direction in which most lines run, and a page that leans is set straight.

    Args:
        table: Tesseract's, tab-separated, under its headings.
        points_per_pixel: of the page.
    """
    lines = [list(line) for _, line in groupby(_words(table), key=lambda word: word.line)]
    degrees = _degrees(lines)
    letters: list[Letter] = []
    placed = [[_turned_word(word, degrees, points_per_pixel) for word in line] for line in lines]
    lean = _lean(placed)
    for line in placed:
        baseline = median(bottom - lean * left for _, left, _, _, bottom in line)
        size = median(bottom - top for _, _, top, _, bottom in line) / CAPITAL_RATIO
        letters += [Letter(text, left, right, baseline, size, True, -1) for text, left, _, right, _ in line]
    return PageMarks({degrees: letters} if letters else {})


def with_written(seen: PageText, written: PageText) -> PageText:
    """What is seen on a page, under those lines written on it, such as a stamp, that are not seen."""
    known = _letters_of(seen.text)
    kept = [
        (written.text[line.char_start : line.char_end], line)
        for line in written.lines
        if _letters_of(written.text[line.char_start : line.char_end]) not in known
    ]
    if not kept:
        return seen
    head = "\n".join(text for text, _ in kept)
    starts = accumulate((len(text) + 1 for text, _ in kept[:-1]), initial=0)
    lines = [
        replace(line, char_start=start, char_end=start + len(text))
        for start, (text, line) in zip(starts, kept, strict=True)
    ]
    under = len(head) + 2
    lines += [replace(line, char_start=line.char_start + under, char_end=line.char_end + under) for line in seen.lines]
    tables = (moved_table(table, under) for table in seen.tables)
    return PageText(f"{head}\n\n{seen.text}" if seen.text else head, tuple(lines), tuple(tables))


def _letters_of(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _words(table: str) -> Iterator[SeenWord]:
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row.get("text") or "").strip()
        if row.get("level") == WORD_LEVEL and text:
            line = (row["block_num"], row["par_num"], row["line_num"])
            place = (float(row[name]) for name in ("left", "top", "width", "height"))
            yield SeenWord(text, line, *place)


def _degrees(lines: Iterable[Sequence[SeenWord]]) -> int:
    """How far clockwise most lines run, in quarter turns."""
    across = down = 0.0
    for word, following in (pair for line in lines for pair in pairwise(line)):
        across += (following.left + following.width / 2) - (word.left + word.width / 2)
        down += (following.top + following.height / 2) - (word.top + word.height / 2)
    if abs(across) >= abs(down):
        return 180 if across < 0 else 0
    return 90 if down > 0 else 270


def _turned_word(word: SeenWord, degrees: int, scale: float) -> tuple[str, float, float, float, float]:
    """What it says, and its left, top, right and bottom in points, where its line runs from left to right."""
    corners = [
        turned(x * scale, y * scale, degrees)
        for x in (word.left, word.left + word.width)
        for y in (word.top, word.top + word.height)
    ]
    xs, ys = zip(*corners, strict=True)
    return word.text, min(xs), min(ys), max(xs), max(ys)


def _lean(lines: Iterable[Sequence[tuple[str, float, float, float, float]]]) -> float:
    """How much lines sink on their way to the right, as a share of it."""
    leans = [
        (line[-1][4] - line[0][4]) / (line[-1][1] - line[0][1])
        for line in lines
        if len(line) >= FEWEST_WORDS and line[-1][1] > line[0][1]
    ]
    lean = median(leans) if leans else 0.0
    return lean if abs(lean) <= MOST_LEAN else 0.0
