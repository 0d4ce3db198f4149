"""Where the entries of a bulletin begin, whose first lines are of one shape and have no label (pure).

    X14-00060 BATTERY-DOMESTIC   720-5/12-3.2      a number, then a kind
      LOCATION: 1500 BLOCK OF ELM ST
    X14-00059 THEFT-RETAIL       720-5/16-25       the same shape again: the next entry

A chronology in one report has such lines, too. So entries must be what the text is about: hardly anything stands above
them, no case number is stated there, and most of them tell when, where or what happened, each of its own.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from crimeetl.etl.split.keys import DAY, LOOKED_AT_CHARS, MOST_HEADING_CHARS, RUN_IN, entry_key
from crimeetl.etl.split.kinds import (
    DATE,
    FOOTER,
    LIST_TITLE,
    OFFENCE,
    PLACE,
    TIME,
    WITHIN_A_REPORT,
    has_moment,
    heading_kinds,
    identifiers,
    shape,
    stated_year,
)

Span = tuple[int, int]  # half-open, in code points

MOST_HEAD_LINES = 15
MOST_HEAD_CHARS = 1200
MOST_LINES = 200_000
EDGE_LINES = 4  # of a page, where its head and foot stand
MOST_ON_A_PAGE = 2  # of lines alike, where they are its head and foot
COMMON_LABELS = 3
DEEPEST_START = 3  # lines down in a paragraph
LEAST_FULL_CHARS = 40
FULL_RATIO = 0.75  # of the usual longest line: a word more would not have found room
FEWEST_ALIKE, ALIKE_RATIO = 5, 0.8  # first lines of entries that end with numbers of one shape
WRAPPED_RATIO = 0.35  # of the first lines of entries that may be lines of prose that wrap
MOST_OF_ONE_KEY = 0.85  # else lines that begin with a date are alike whatever follows it

LINE = re.compile(r"[^\r\n\f]+|\f|\r\n|[\r\n]")
LABEL = re.compile(r"[\W_]{0,4}([^\W\d_][\w /#.'()-]{0,30}?)[ ]*:")
SENTENCE_END = re.compile(r"[.!?:;][\W_]*$")
SECTION = re.compile(
    r"""\b(?:narrative|victims?|suspects?|witness(?:es)?|evidence|synopsis|summary|property|conclusion|injuries|details
    |statements?|background|investigation|disposition|vehicles?|attachments?|notes?|charges?|scene|follow|probable|facts
    |introduction|interview|persons?|people|officers?|administrative|offense|incident|report|offender|reporting)\b""",
    re.I | re.X,
)
MAIL_LABELS = {"from", "to", "sent", "subject", "cc", "date", "re"}
CHRONOLOGY = re.compile(
    r"\b(?:dispatched|en ?route|enrt|on ?scene|onsc|cleared|arrived|unit|disp|adv|comment|backup)\b", re.I
)


@dataclass(frozen=True, slots=True)
class SpanContext:
    """What an entry leaves to the lines above it."""

    day: str | None  # the line above the entries of a day
    year: int | None  # that the titles state


@dataclass(frozen=True, slots=True)
class _Line:
    text: str  # without blanks around it
    char_start: int  # of the whole line
    char_end: int
    indent: int
    follows_gap: bool
    is_furniture: bool  # of a page's head or foot
    key: str  # the kinds of what it begins with
    page: int  # from 0


@dataclass(frozen=True, slots=True)
class _Candidate:
    starts: tuple[int, ...]  # lines, by number
    strength: int  # 3: entries have numbers, 2: date and time, 1: less


def entry_spans(
    text: str, page_starts: Sequence[int] = (), *, is_forced: bool = False, are_numbered: bool = False
) -> list[Span]:
    """Where each entry of a text stands; none where it is no list of entries.

    Titles above, page heads after an entry and lines that head a group of entries are in no span.

    Args:
        page_starts: where the pages of the text begin.
        is_forced: the user says that the text is a list of entries.
        are_numbered: only entries count that each have a number of their own.
    """
    lines = _lines(text, page_starts)
    if not 2 <= len(lines) <= MOST_LINES:
        return []
    found = [one for one in _candidates(lines) if _is_list(one, lines, text, is_forced=is_forced)]
    if are_numbered:
        found = [one for one in found if one.strength == 3]
    if not found:
        return []
    found = [one for one in found if not any(_begins_within(one, other) for other in found)]
    best = max(found, key=lambda one: (one.strength, len(one.starts)))
    near = [one for one in found if len(one.starts) >= 0.9 * len(best.starts)]
    first = min(near, key=lambda one: one.starts[0])
    return [_span(lines, start, end) for start, end in pairwise((*_lifted(first.starts, lines), len(lines)))]


def span_contexts(text: str, spans: Sequence[Span]) -> list[SpanContext]:
    """What stands above each entry and holds for it."""
    year: int | None = None
    day: str | None = None
    contexts, end = [], 0
    for start, next_end in spans:
        above = [line.strip() for line in text[end:start].splitlines()]
        days = [line for line in above if _heads_a_day(line)]
        if not end:
            year = stated_year("\n".join(line for line in above if not FOOTER.match(line)))
        day = days[-1] if days else day
        contexts.append(SpanContext(day, year))
        end = next_end
    return contexts


def _lines(text: str, page_starts: Sequence[int]) -> list[_Line]:
    """The lines that say something, with what they begin with."""
    page_bounds = {start for start in page_starts if start}
    found: list[tuple[re.Match[str], bool, int]] = []
    line_ends, page = 2, 0
    for match in LINE.finditer(text):
        if match[0] == "\f" or match.start() in page_bounds:
            page, line_ends = page + 1, 2
        if match[0] in ("\n", "\r", "\r\n"):
            line_ends += 1
        elif any(map(str.isalnum, match[0])):
            found.append((match, line_ends > 1, page))
            line_ends = 0
        elif match[0] != "\f" and match[0].strip():
            line_ends = 2  # a rule parts as a blank line does
    edges = _page_edges([(match[0].strip()[:LOOKED_AT_CHARS], page) for match, _, page in found])
    repeated = {shape(found[number][0][0].strip()[:LOOKED_AT_CHARS]) for number in edges}
    lines = []
    for number, (match, follows_gap, page) in enumerate(found):
        said = match[0].strip()
        is_furniture = number in edges or ("9" not in (like := shape(said[:LOOKED_AT_CHARS])) and like in repeated)
        indent = len(match[0]) - len(match[0].lstrip())
        key = "" if is_furniture else entry_key(said)
        lines.append(_Line(said, *match.span(), indent, follows_gap, is_furniture, key, page))
    return lines


def _page_edges(lines: Sequence[tuple[str, int]]) -> set[int]:
    """The lines, by number, of page heads and feet: as far down or up on several pages, alike but for their numbers.

    What stands in the middle of pages as well is none, such as a label of each entry.
    """
    pages = [[number for number, _ in group] for _, group in groupby(enumerate(lines), key=lambda one: one[1][1])]
    places = [
        (number, edge, depth, shape(lines[number][0]))
        for page in pages
        for edge, numbers in (("head", page[:EDGE_LINES]), ("foot", page[: -EDGE_LINES - 1 : -1]))
        for depth, number in enumerate(numbers)
    ]
    counts = Counter((edge, depth, like) for _, edge, depth, like in places)
    common = Counter(shape(line) for line, _ in lines)
    found = set()
    for number, edge, depth, like in places:
        text = lines[number][0]
        is_keyed = bool(set("DTI") & set(entry_key(text)))
        least = max(2 + is_keyed, 0.6 * len(pages) if is_keyed or LABEL.match(text) else 2)
        is_repeated = counts[edge, depth, like] >= least and common[like] <= MOST_ON_A_PAGE * len(pages)
        if is_repeated or (FOOTER.match(text) and edge == "foot"):
            found.add(number)
    return found


def _candidates(lines: Sequence[_Line]) -> Iterator[_Candidate]:
    """Lines that begin alike, in the same column."""
    by_key: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        if line.key:
            by_key[line.key].append(number)
        elif line.follows_gap and not line.is_furniture and (label := LABEL.match(line.text)):
            by_key[f"L{label[1].casefold()}"].append(number)
    for first in "DTI":
        keys = [key for key in by_key if key[0] == first]
        if len(keys) > 1 and max(len(by_key[key]) for key in keys) < MOST_OF_ONE_KEY * sum(
            len(by_key[key]) for key in keys
        ):
            by_key[f"{first}-"] = sorted(number for key in keys for number in by_key[key])
    lengths = sorted(len(line.text) for line in lines)
    full = max(LEAST_FULL_CHARS, FULL_RATIO * lengths[int(0.95 * (len(lengths) - 1))])
    for key, numbers in by_key.items():
        indents = Counter(lines[number].indent for number in numbers)
        indent = min(one for one, count in indents.items() if count >= 0.3 * max(indents.values()))
        starts = tuple(number for number in numbers if lines[number].indent <= indent + 1)
        if key[0] in "HRON" or key[0] in "LW":
            starts = tuple(number for number in starts if lines[number].follows_gap)
        if key[0] == "H" and len(starts) > 1 and starts[1] == starts[0] + 1:
            starts = starts[1:]  # the first is the title of all
        if key[0] in "DTI":
            starts = _with_misread(_without_wrapped(starts, lines, full), lines)
        if len(starts) > 1:
            yield _Candidate(starts, _strength(key, [lines[number].text for number in starts]))


def _without_wrapped(starts: tuple[int, ...], lines: Sequence[_Line], full: float) -> tuple[int, ...]:
    """The starts without lines of prose that go on with the line above, such as "was seen in the / 1500 block".

    None, where most are such lines.

    Args:
        full: characters of a line that leaves no room for another word.
    """
    known = set(starts)
    wrapped = [start for start in starts if start - 1 not in known and _may_be_wrapped(start, lines, full)]
    if len(wrapped) >= 0.5 * len(starts):
        return ()
    shapes = {start: _shape_of_number(lines[start].text) for start in starts}
    usual, _ = Counter(shapes.values()).most_common(1)[0]
    odd = {start for start in wrapped if not usual or shapes[start] != usual}
    return starts if len(odd) > WRAPPED_RATIO * len(starts) else tuple(start for start in starts if start not in odd)


def _may_be_wrapped(start: int, lines: Sequence[_Line], full: float) -> bool:
    above = next((lines[number] for number in range(start - 1, -1, -1) if not lines[number].is_furniture), None)
    if above is None or (lines[start].follows_gap and above.page == lines[start].page):
        return False
    return len(above.text) + len(lines[start].text.split(maxsplit=1)[0]) >= full and not SENTENCE_END.search(
        above.text[-LOOKED_AT_CHARS:]
    )


def _shape_of_number(line: str) -> str:
    return next((shape(re.sub(r"[^\W\d_]+", "a", found)) for found in identifiers(line[:LOOKED_AT_CHARS])), "")


def _with_misread(starts: tuple[int, ...], lines: Sequence[_Line]) -> tuple[int, ...]:
    """The starts, and lines that end with a number as nearly all of them do: OCR may misread the time before it."""
    tails = Counter(_tail(lines[start].text) for start in starts)
    usual, count = max(tails.items(), key=lambda one: one[1], default=("", 0))
    if not usual or len(starts) < FEWEST_ALIKE or count < ALIKE_RATIO * len(starts):
        return starts
    more = (
        number
        for number, line in enumerate(lines)
        if not line.is_furniture and line.text[0].isdigit() and _tail(line.text) == usual
    )
    return tuple(sorted({*starts, *more}))


def _tail(line: str) -> str:
    """The number that a short line ends with, its digits all alike; empty where there is none."""
    words = line.split() if len(line) <= MOST_HEADING_CHARS else []
    return re.sub(r"\d", "9", words[-1]) if len(words) > 2 and identifiers(words[-1]) == [words[-1]] else ""


def _begins_within(one: _Candidate, other: _Candidate) -> bool:
    """Whether entries begin only after several of a longer list: they are lines in some of its entries."""
    return len(other.starts) >= 2 * len(one.starts) and other.starts[1] < one.starts[0]


def _strength(key: str, firsts: Sequence[str]) -> int:
    numbers = [found[0] for first in firsts if (found := identifiers(first[:LOOKED_AT_CHARS]))]
    if key[0] != "N" and len(numbers) >= 0.8 * len(firsts) and len(set(numbers)) >= 0.8 * len(numbers):
        return 3
    return 2 if {"D", "T"} <= set(key) else 1


def _lifted(starts: Sequence[int], lines: Sequence[_Line]) -> list[int]:
    """The starts, or where nearly all stand equally far down in a paragraph of their own, its first line."""
    heads = []
    for start in starts:
        head = start
        while head and not lines[head].follows_gap and start - head <= DEEPEST_START:
            head -= 1
        heads.append(head)
    depths = Counter(start - head for start, head in zip(starts, heads, strict=True))
    depth, count = depths.most_common(1)[0]
    if 0 < depth <= DEEPEST_START and count >= 0.8 * len(starts) and len(set(heads)) == len(heads):
        return heads
    return list(starts)


def _is_list(candidate: _Candidate, lines: Sequence[_Line], text: str, *, is_forced: bool) -> bool:
    starts = _lifted(candidate.starts, lines)
    head = [line for line in lines[: starts[0]] if not line.is_furniture]
    entries = [text[slice(*_span(lines, start, end))] for start, end in pairwise((*starts, len(lines)))]
    key = lines[candidate.starts[0]].key
    if not key and not _are_forms(entries):
        return False
    is_titled = any(len(line.text) <= 100 and LIST_TITLE.search(line.text) for line in [*lines[: starts[0]]])
    is_form_each = is_titled and len(_common_labels(entries)) >= COMMON_LABELS  # under a name, such as of an arrestee
    if key[:1] in ("H", "R") and not (is_form_each or _are_headings([lines[start].text for start in starts], key)):
        return False
    if is_forced:
        return True
    if not _is_a_title([line.text for line in head]) or not _are_regular(entries):
        return False
    shares = [sum(map(bool, map(told, entries))) / len(entries) for told in (has_moment, PLACE.search, OFFENCE.search)]
    told = [share >= 0.7 for share in shares]
    told[0] |= "T" in key or "D" in key  # a time such as 0315 is known by where it stands
    if sum(told) < 2 or (not is_titled and _is_chronology(entries)):
        return False
    if candidate.strength == 3:
        return True
    if len(entries) < 3:
        return not key and all(told)
    if candidate.strength == 2:
        return is_titled or all(told)
    if key in ("O", "N"):
        paragraphs = [line.key for line in lines[starts[0] :] if line.follows_gap]
        return is_titled and all(told[::2]) and paragraphs.count(key) >= 0.9 * len(paragraphs)
    if key[:1] in ("H", "R", "W", ""):
        return told[2] and (is_titled or all(told))
    return is_titled and told[2]


def _is_a_title(head: Sequence[str]) -> bool:
    """Whether what stands above the first entry is no report: few lines, hardly any prose, no number of a case."""
    text = "\n".join(head)
    prose = [line for line in head if len(line) > 60 and line.endswith(".")]
    return (
        len(head) <= MOST_HEAD_LINES
        and len(text) <= MOST_HEAD_CHARS
        and len(prose) < 3
        and not WITHIN_A_REPORT.search(text)
    )


def _are_regular(entries: Sequence[str]) -> bool:
    lengths = [len(entry) for entry in entries]
    return min(lengths) >= 20 and max(lengths) <= 20 * median(lengths) + 1500


def _is_chronology(entries: Sequence[str]) -> bool:
    return sum(bool(CHRONOLOGY.search(entry)) for entry in entries) >= 0.5 * len(entries)


def _are_headings(firsts: Sequence[str], key: str) -> bool:
    """Whether headings are of incidents, not of the sections of one report."""
    heads = [match[1] if key == "R" and (match := RUN_IN.match(first)) else first for first in firsts]
    sections = sum(bool(SECTION.search(head)) for head in heads)
    told = sum(bool(OFFENCE.search(head) or PLACE.search(head) or has_moment(head)) for head in heads)
    return sections < 0.3 * len(heads) and told >= 0.7 * len(heads)


def _are_forms(entries: Sequence[str]) -> bool:
    """Whether each entry is the same short form of an incident."""
    first = next((match[1] for line in entries[0].splitlines() if (match := LABEL.match(line))), "")
    kinds = heading_kinds(first)
    common = _common_labels(entries)
    is_of_an_incident = bool(kinds) and not kinds & {"person", "not an incident"}
    return is_of_an_incident and len(common - MAIL_LABELS) > 1 and len(common) >= COMMON_LABELS


def _common_labels(entries: Sequence[str]) -> set[str]:
    """The labels that every entry has."""
    return set.intersection(
        *({match[1].casefold() for line in entry.splitlines() if (match := LABEL.match(line))} for entry in entries)
    )


def _span(lines: Sequence[_Line], start: int, end: int) -> Span:
    """From a first line to the last that is no page head and heads no group of further entries."""
    while end - 1 > start and (lines[end - 1].is_furniture or (end < len(lines) and _heads_a_day(lines[end - 1].text))):
        end -= 1
    last = lines[end - 1]
    return lines[start].char_start, last.char_start + last.indent + len(last.text)


def _heads_a_day(line: str) -> bool:
    """Whether a line heads the entries of a day."""
    words = line.split()
    is_dated = bool(DAY.match(line) or DATE.match(line)) and len(line) <= 60
    return is_dated and len(words) <= 6 and not line.endswith(".") and not TIME.search(line) and not identifiers(line)
