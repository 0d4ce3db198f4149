"""Letters -> words, and words -> the lines they stand on, as a reader's eye puts them together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from crimeetl.etl.readers.pages.layout.marks import Letter, Word

# All as parts of a letter's size.
SPACE_RATIO = 0.17  # a space of most fonts is a quarter wide
BACK_RATIO = 0.3  # letters written by one instruction may overlap by so much
OVER_RATIO = 0.1  # others
SAME_BASELINE_RATIO = 0.2
COPY_RATIO = 0.1  # a word's copy is no farther than twice this
CORE_RATIO = 0.7  # the height of a capital: what two words on one line have in common
COMMON_RATIO = 0.28  # of the lower of the two cores
SURE_RATIO = 0.5  # with less in common they may not touch either, nor stand far apart
FAR_RATIO = 8.0  # of a letter's size
COLUMN_LETTERS = 2.0  # a gap of more average letters parts columns
COLUMN_GAP = "   "
TO_FILL_IN = "_.-\N{HORIZONTAL ELLIPSIS}"  # what the lines that values are written on are made of
COMB_RATIO = 1.6  # letters in boxes of their own are no farther apart
FEWEST_IN_COMB = 4
LINES_BACK = 4  # lines that a word may still join, counted from the last one


@dataclass(frozen=True, slots=True)
class TextLine:
    """Words on one line, from left to right."""

    words: tuple[Word, ...]

    @property
    def left(self) -> float:
        """Of its first word."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """Of the word that reaches farthest."""
        return max(word.right for word in self.words)

    @property
    def top(self) -> float:
        """Of its highest word."""
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        """Of its lowest word."""
        return max(word.bottom for word in self.words)

    @property
    def baseline(self) -> float:
        """Of most of its letters."""
        return max(self.words, key=lambda word: len(word.text)).baseline

    @property
    def size(self) -> float:
        """Of its largest word."""
        return max(word.size for word in self.words)

    @property
    def text(self) -> str:
        """Its words, one space between two, and three where there is a wide gap."""
        return COLUMN_GAP.join("".join(stretch.parts) for stretch in self.stretches)

    @property
    def stretches(self) -> list["Stretch"]:
        """Its words between wide gaps."""
        wide = self.wide_gap
        first = self.words[0]
        stretches = [Stretch([first.text], [first])]
        for word, following in pairwise(self.words):
            if following.left - word.right > wide:
                stretches.append(Stretch([following.text], [following]))
                continue
            if _is_apart(word, following):
                stretches[-1].parts.append(" ")
            stretches[-1].parts.append(following.text)
            stretches[-1].words.append(following)
        return stretches

    @property
    def wide_gap(self) -> float:
        """Points of a gap that parts columns."""
        return COLUMN_LETTERS * letter_width(self.words)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of a line that no wide gap parts."""

    parts: list[str]  # the words, and a space between two that are apart
    words: list[Word]


def letter_width(words: Sequence[Word]) -> float:
    """Of an average letter, in points."""
    return sum(word.right - word.left for word in words) / sum(len(word.text) for word in words)


def words_of(letters: Iterable[Letter], is_parted: Callable[[float, float, float], bool]) -> list[Word]:
    """Words in the order of the file; one may be part of a word, whose other part was written elsewhere.

    Args:
        letters: of one direction, in the order of the file.
        is_parted: whether a rule stands between two places (left, right) on a baseline.
    """
    words: list[Word] = []
    current: list[Letter] = []
    for letter in letters:
        if current and (not _goes_on(current[-1], letter, is_parted) or _is_value_of(current, letter)):
            words.append(_word(current, len(words)))
            current = []
        current.append(letter)
    if current:
        words.append(_word(current, len(words)))
    return words


def lines_of(words: Iterable[Word]) -> list[TextLine]:
    """Lines from top to bottom. Small letters above or under a baseline, such as 1st, are on it."""
    grouped: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.baseline, word.left)):
        previous = grouped[-1][-1] if grouped else None
        if previous and word.baseline - previous.baseline <= SAME_BASELINE_RATIO * min(word.size, previous.size):
            grouped[-1].append(word)
        else:
            grouped.append([word])
    merged: list[list[Word]] = []
    for group in grouped:
        for earlier in reversed(merged[-LINES_BACK:]):
            if _is_one_line(earlier, group):
                earlier += group
                break
        else:
            merged.append(group)
    lines = [
        TextLine(tuple(_without_combs(sorted(group, key=lambda word: (word.left, word.place))))) for group in merged
    ]
    return sorted(lines, key=lambda line: (line.baseline, line.left))


def _without_combs(words: Sequence[Word]) -> list[Word]:
    """The same words; letters each in a box of their own, all as far apart, are one word."""
    kept: list[Word] = []
    start = 0
    while start < len(words):
        end = _comb_end(words, start)
        comb = words[start:end]
        if len(comb) >= FEWEST_IN_COMB:
            kept.append(replace(comb[0], text="".join(word.text for word in comb), right=comb[-1].right))
        else:
            end = start + 1
            kept.append(words[start])
        start = end
    return kept


def _comb_end(words: Sequence[Word], start: int) -> int:
    """Where single letters end that all stand as far apart as the first two."""
    end, first = start + 1, words[start]
    if len(first.text) > 1 or end == len(words):
        return end
    pitch = _pitch(first, words[end])
    if pitch > COMB_RATIO * first.size:
        return end
    while (
        end < len(words)
        and len(words[end].text) == 1
        and abs(_pitch(words[end - 1], words[end]) - pitch) <= COPY_RATIO * first.size
    ):
        end += 1
    return end


def _pitch(word: Word, following: Word) -> float:
    return (following.left + following.right - word.left - word.right) / 2


def pieces_of(line: TextLine) -> list[TextLine]:
    """The parts of a line between wide gaps."""
    wide = line.wide_gap
    pieces = [[line.words[0]]]
    for word, following in pairwise(line.words):
        if following.left - word.right > wide:
            pieces.append([])
        pieces[-1].append(following)
    return [TextLine(tuple(piece)) for piece in pieces]


def without_copies(words: Iterable[Word]) -> list[Word]:
    """The same words; one written twice nearly at its place, which makes it look bold, is one."""
    seen: set[tuple[str, int, int]] = set()
    kept: list[Word] = []
    for word in words:
        near = COPY_RATIO * word.size
        places = {
            (word.text, round(x / near), round(y / near))
            for x in (word.left - near / 2, word.left + near / 2)
            for y in (word.baseline - near / 2, word.baseline + near / 2)
        }
        if seen.isdisjoint(places):
            kept.append(word)
            seen |= places
    return kept


def _goes_on(previous: Letter, letter: Letter, is_parted: Callable[[float, float, float], bool]) -> bool:
    if letter.follows_space:
        return False
    if (letter.run, letter.left) == (previous.run, previous.left):
        return True  # the letters of a ligature all have its place
    gap = letter.left - previous.right
    size = min(letter.size, previous.size)
    back = BACK_RATIO if letter.run == previous.run else OVER_RATIO
    if not -back * size <= gap <= SPACE_RATIO * size:
        return False
    if abs(letter.baseline - previous.baseline) > SAME_BASELINE_RATIO * size:
        return False
    return letter.run == previous.run or not is_parted(previous.right, letter.left, letter.baseline)


def _is_value_of(letters: Sequence[Letter], letter: Letter) -> bool:
    """Whether a letter begins the value that is written right behind a label."""
    return letter.run != letters[-1].run and _is_label("".join(one.text for one in letters[-2:]), letter.text)


def _is_label(text: str, following: str) -> bool:
    """Whether a text ends as a label does, and another may be its value; of a time, such as 22:40, neither is true."""
    before, colon = text[-2:-1], text[-1:]
    return colon == ":" and bool(before) and not before.isdigit() and following[0].isalnum()


def _word(letters: Sequence[Letter], place: int) -> Word:
    first, last = letters[0], letters[-1]
    text = "".join(letter.text for letter in letters)
    return Word(text, first.left, last.right, first.baseline, first.size, first.follows_space, place)


def _is_apart(word: Word, following: Word) -> bool:
    """Whether there is a space between two words, or one is written over the other, as over a dotted line."""
    if following.follows_space and following.place == word.place + 1:
        return True
    if _is_label(word.text, following.text):
        return True
    size = min(word.size, following.size)
    return not -OVER_RATIO * size <= following.left - word.right <= SPACE_RATIO * size


def _is_one_line(above: Sequence[Word], below: Sequence[Word]) -> bool:
    """Whether words on two baselines are one line: they share half of their height, and none hides another."""
    upper, lower = (max(group, key=lambda word: len(word.text)) for group in (above, below))
    top = max(upper.baseline - CORE_RATIO * upper.size, lower.baseline - CORE_RATIO * lower.size)
    common = min(upper.baseline, lower.baseline) - top
    ratio = common / (CORE_RATIO * min(upper.size, lower.size))
    if ratio >= SURE_RATIO:
        return not _hides(above, below, BACK_RATIO)
    return ratio >= COMMON_RATIO and not _is_far(above, below) and not _hides(above, below, -SPACE_RATIO)


def _is_far(words: Sequence[Word], others: Sequence[Word]) -> bool:
    """Whether no word of one line is next to one of the other."""
    placed = sorted(
        [(word, False) for word in words] + [(word, True) for word in others], key=lambda pair: pair[0].left
    )
    return not any(
        is_other is not follows_other and following.left - word.right <= FAR_RATIO * word.size
        for (word, is_other), (following, follows_other) in pairwise(placed)
    )


def _hides(words: Sequence[Word], others: Sequence[Word], most_ratio: float) -> bool:
    """Whether a word of one line stands where one of the other does; on a line of dots to fill in, it may.

    Args:
        words: of one line.
        others: of the other.
        most_ratio: of a letter's size, by which two words may overlap; less than none where they have to be apart.
    """
    ends = {False: float("-inf"), True: float("-inf")}
    placed = [(word, False) for word in words] + [(word, True) for word in others]
    placed = [(word, is_other) for word, is_other in placed if word.text.strip(TO_FILL_IN)]
    for word, is_other in sorted(placed, key=lambda pair: pair[0].left):
        if min(word.right, ends[not is_other]) - word.left > most_ratio * word.size:
            return True
        ends[is_other] = max(ends[is_other], word.right)
    return False
