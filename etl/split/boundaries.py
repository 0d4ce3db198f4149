"""Where the reports in one text begin and end (pure).

A report that is cut in two loses its context, so a text is one report unless each part looks like a report of its own:

    its number changes      Case Number: 24-001 ... Case Number: 24-002 ...    the same form, or the same kind of entry
    its first line is back  after a line of ----, at the top of a page, or in a form with all its labels
    its pages start again   Page 1 of 2, Page 2 of 2, Page 1 of 1
    its entries are alike   0315 Theft 2400012345 ... 0840 Arson 2400012346 ...    first lines of one shape, see entries

A number that stays the same is a page's head, a label that comes up only later is a section's: neither begins a report.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import TypeAlias

from crimeetl.etl.split.entries import entry_spans

Span: TypeAlias = tuple[int, int]  # half-open, in code points

LEAST_CHARS = 60  # of a report
MOST_LEAD_CHARS = 400  # before the first number in a text: a letterhead, a title
FORM_LABELS = 3  # that two copies of one form have in common
WHOLE_FORM_LABELS = 5  # that they have in common where only a blank line stands between them
COMPARED_LABELS = 100

# No pattern looks beyond one line, nor at more than its first hundred characters where it could have to try again.
START, END = r"(?<![^\r\n\f])", r"(?=[\r\n\f]|\Z)"
LINE = re.compile(rf"{START}[^\r\n\f]*")
MARKS = r"[ \t]*([-=*_~#])(?:[ \t]*\1){2,}[ \t]*"
RULE = re.compile(START + MARKS + END)
EMPTY_LINES = re.compile(rf"(?:(?:{MARKS}|[ \t]*)(?:\r\n|[\r\n\f]))*")
GAP = re.compile(r"(?:\r\n|[\r\n])[ \t]*(?=[\r\n])")
MARKUP = r"[^\w\r\n\f]{0,12}"
LABEL = re.compile(rf"{START}{MARKUP}([^\W\d_][\w /.'&()-]{{0,40}}?)[ \t]*(?:[:#|]|\*\*)")
NUMBER = re.compile(
    rf"""{START}{MARKUP}
    (?P<label>
        (?:[^\W\d_]{{1,20}}[ ]){{0,2}}
        (?:case|incident|report|complaint|event|offen[cs]e|file|record|docket|control|call|intake|reference|cad|oca)
        [ ]?(?:(?:number|num|no|nr|id)\b|\#|(?=[ ]?:))
    )
    [^\w\r\n\f]{{0,12}}
    (?P<value>[A-Za-z]{{0,6}}[ /-]?\d[\w/.-]{{0,30}})""",
    re.I | re.X,
)
PAGE_COUNTER = re.compile(
    rf"{START}[^\r\n\f]{{0,80}}?\bpage[ \t]+(\d{{1,4}})[ \t]*(?:of|/)[ \t]*(\d{{1,4}})[^\w\r\n\f]*{END}", re.I
)


def report_spans(
    text: str,
    *,
    page_starts: Sequence[int] = (),
    separator: re.Pattern[str] | None = None,
    as_rows: bool | None = None,
) -> list[Span]:
    """Where each report stands. A text that is one report is one span from its first character to its last.

    Of several, each begins and ends with a line that says something: separators and blank lines between them belong
    to none.

    Args:
        text: of the whole document.
        page_starts: where its pages begin, if it has pages.
        separator: what the user says stands between reports: every line that matches it as a whole, blanks around it
            aside, separates two, and nothing else does.
        as_rows: true takes whatever begins alike for an entry, where nothing else parts the text; false parts nothing
            but at separators of the user's; None judges.
    """
    if separator is not None:
        return _between(text, separator)
    if as_rows is False:
        return [(0, len(text))]
    pages = {start for start in page_starts if start} | {match.end() for match in re.finditer("\f", text)}
    if starts := _starts_by_number(text):
        return [_trimmed(text, span) for span in pairwise([0, *starts, len(text)])]
    starts = _starts_by_first_line(text, pages) or _starts_by_counter(text, pages)
    # The head of a bulletin's pages is a first line that comes again, and its entries are more than its pages.
    entries = entry_spans(text, page_starts, is_forced=as_rows is True, are_numbered=bool(starts))
    if len(entries) > len(starts) + 1:
        return entries
    if not starts:
        return [(0, len(text))]
    return [_trimmed(text, span) for span in pairwise([0, *starts, len(text)])]


def _between(text: str, separator: re.Pattern[str]) -> list[Span]:
    lines = [line.span() for line in LINE.finditer(text) if line[0].strip() and separator.fullmatch(line[0].strip())]
    if not lines:
        return [(0, len(text))]
    bounds = [0, *(bound for line in lines for bound in line), len(text)]
    parts = (_trimmed(text, span) for span in zip(bounds[::2], bounds[1::2], strict=True))
    return [(start, end) for start, end in parts if start < end]


def _starts_by_number(text: str) -> list[int]:
    """Where the number by the label that comes first in the text is another one than before."""
    numbers = NUMBER.finditer(text)
    first = next(numbers, None)
    if first is None or first.start() > MOST_LEAD_CHARS:
        return []
    lead = [_key(line) for line in _lines(text[: first.start()])]
    starts, (label, value) = [], _label_and_value(first)
    for number in numbers:
        next_label, next_value = _label_and_value(number)
        if next_label == label and next_value != value:
            start = _start_of_lead(text, number.start(), lead)
            if _follows_a_gap(text, start):
                starts.append(start)
                value = next_value

    def is_another(one: Span, other: Span) -> bool:
        # What stands above the first report is none of it: a letterhead, the head of a mail.
        return _are_alike(text, (max(one[0], first.start()), one[1]), other)

    return _kept(starts, len(text), is_another)


def _starts_by_first_line(text: str, pages: Iterable[int]) -> list[int]:
    """Where the line that the text begins with comes again: after a separator, at the top of a page, after a gap."""
    title = _key(_line_at(text, _said(text, 0)))
    after_rules = set(_said_after(text, (rule.start() for rule in RULE.finditer(text))))
    after_pages = set(_said_after(text, sorted(pages)))
    after_gaps = set(_said_after(text, (gap.start() for gap in GAP.finditer(text))))
    candidates = sorted(after_rules | after_pages | after_gaps)
    starts = [start for start in candidates if start and _key(_line_at(text, start)) == title]

    def is_another(one: Span, other: Span) -> bool:
        if (differs := _has_another_number(text, one, other)) is not None:
            return differs
        start = other[0]
        if start in after_rules and not LABEL.match(text, start):
            return True
        least = FORM_LABELS if start in after_rules | after_pages else WHOLE_FORM_LABELS
        return len(_labels(text, one) & _labels(text, other)) >= least

    return _kept(starts, len(text), is_another)


def _starts_by_counter(text: str, pages: Iterable[int]) -> list[int]:
    """Where pages are counted from 1 again, when every count is whole."""
    counters = [(match.span(), int(match[1]), int(match[2])) for match in PAGE_COUNTER.finditer(text)]
    if not _are_whole_counts([(number, count) for _, number, count in counters]):
        return []
    page_starts = sorted({0, *pages})
    if len(page_starts) > 1:
        tops = [page_starts[bisect_right(page_starts, start) - 1] for (start, _), _, _ in counters]
    elif counters and counters[0][0][0] == _said(text, 0):
        tops = [start for (start, _), _, _ in counters]
    elif counters and counters[-1][0][1] == _end_of_said(text, 0, len(text)):  # at the foot of each page
        tops = [0, *(end for (_, end), _, _ in counters[:-1])]
    else:
        return []
    starts = [top for top, (_, number, _) in zip(tops, counters, strict=True) if number == 1]

    def is_another(one: Span, other: Span) -> bool:
        return _has_another_number(text, one, other) is not False

    return _kept(starts[1:], len(text), is_another)


def _are_whole_counts(counters: Iterable[tuple[int, int]]) -> bool:
    """Whether it is 1 of 2, 2 of 2, 1 of 3, 2 of 3, 3 of 3 and so on."""
    number, count = 0, 0
    for next_number, next_count in counters:
        is_next = (next_number, next_count) == (number + 1, count) if number < count else next_number == 1
        if not is_next:
            return False
        number, count = next_number, next_count
    return number == count


def _kept(starts: Iterable[int], end: int, is_another: Callable[[Span, Span], bool]) -> list[int]:
    """Those of the starts that part two reports; what another start begins belongs to the report before it."""
    kept, before = [], 0
    for start, after in pairwise([*starts, end]):
        is_long = min(start - before, after - start) >= LEAST_CHARS
        if is_long and is_another((before, start), (start, after)):
            kept.append(start)
            before = start
    return kept


def _are_alike(text: str, one: Span, other: Span) -> bool:
    """Whether two parts are forms with labels in common, or both hardly forms at all."""
    labels, others = _labels(text, one), _labels(text, other)
    return len(labels & others) >= FORM_LABELS or max(len(labels), len(others)) < FORM_LABELS


def _has_another_number(text: str, one: Span, other: Span) -> bool | None:
    """Whether two parts have different numbers by the same label; None where they have none."""
    found = [NUMBER.search(text, *span) for span in (one, other)]
    numbers = [_label_and_value(number) for number in found if number]
    if len(numbers) < 2 or numbers[0][0] != numbers[1][0]:
        return None
    return numbers[0] != numbers[1]


def _label_and_value(number: re.Match[str]) -> tuple[str, str]:
    return _compared(number["label"]), number["value"].strip("./-").casefold()


def _labels(text: str, span: Span) -> set[str]:
    """What stands before a colon or the like at the beginning of lines; the number's label too."""
    return {_compared(label[1]) for label in islice(LABEL.finditer(text, *span), COMPARED_LABELS)}


def _start_of_lead(text: str, position: int, lead: Sequence[str]) -> int:
    """Where a report begins whose number stands at a position: as many lines before it as begin the first one, too."""
    start = position
    for key in reversed(lead):
        above = _line_above(text, start)
        if above is None or _key(text[slice(*above)]) != key:
            break
        start = above[0]
    return start


def _line_above(text: str, position: int) -> Span | None:
    """The nearest line above that says something."""
    end = _end_of_said(text, 0, position)
    return (_line_start(text, end), end) if end else None


def _follows_a_gap(text: str, position: int) -> bool:
    """Whether a blank line, a separator or a new page stands before a line."""
    above = _line_above(text, position)
    return above is None or len(re.findall(r"\r\n|[\r\n]", between := text[above[1] : position])) > 1 or "\f" in between


def _trimmed(text: str, span: Span) -> Span:
    """Without separators and blank lines around it."""
    start = min(_said(text, span[0]), span[1])
    return start, max(start, _end_of_said(text, start, span[1]))


def _said_after(text: str, positions: Iterable[int]) -> Iterator[int]:
    """Where the next line begins that says something, for ascending positions; once for all in one gap."""
    start = 0
    for position in positions:
        if position >= start:
            start = _said(text, position)
            yield start


def _said(text: str, position: int) -> int:
    """Where the next line begins that says something."""
    empty = EMPTY_LINES.match(text, position)
    return empty.end() if empty else position


def _end_of_said(text: str, start: int, end: int) -> int:
    """Where the last line ends that says something."""
    while True:
        while start < end and text[end - 1].isspace():
            end -= 1
        line_start = max(start, _line_start(text, end))
        if start == end or not RULE.fullmatch(text, line_start, end):
            return end
        end = line_start


def _line_start(text: str, position: int) -> int:
    return max(text.rfind(mark, 0, position) for mark in "\r\n\f") + 1


def _line_at(text: str, position: int) -> str:
    line = LINE.match(text, position)
    return line[0] if line else ""


def _lines(text: str) -> Iterator[str]:
    """The lines that say something."""
    return (line[0] for line in LINE.finditer(text) if line[0].strip() and not RULE.fullmatch(line[0]))


def _key(line: str) -> str:
    """What two copies of one form have in common in a line: its label, or all of it where it has none."""
    label = LABEL.match(line)
    return _compared(label[1] if label else line)


def _compared(words: str) -> str:
    return re.sub(r"[\W_]+", " ", words).strip().casefold()
