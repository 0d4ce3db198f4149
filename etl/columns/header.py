"""Where in a table its headings stand: below a title, in one line or in two, or nowhere."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from crimeetl.etl.columns.moments import DIGIT, moments_in
from crimeetl.etl.columns.synonyms import Synonyms, is_known

MOST_TITLE_ROWS = 25
LONGEST_HEADING_CHARS = 60
LONGEST_HEADING_WORDS = 8
FEWEST_FILLED = 0.5  # of a table's width in a row of headings
COMPARED_ROWS = 100
NUMBER = re.compile(r"[$#(+-]?[0-9][0-9,.]*\)?%?")
CODE = re.compile(r"\S*[0-9]\S*")


@dataclass(frozen=True, slots=True)
class Header:
    """The headings of a table, and how many of its first records they and the title take."""

    headings: tuple[str, ...]
    title_rows: int
    header_rows: int  # 0, 1 or 2


def found_header(rows: Sequence[Sequence[str]], synonyms: Synonyms) -> Header:
    """The headings of a table from its first rows, none of which is blank."""
    width = _usual_width(rows)
    title_rows = _title_rows(rows, width)
    header, below = rows[title_rows], rows[title_rows + 1 : title_rows + 1 + COMPARED_ROWS]
    if _is_like_those_below(header, below, synonyms):
        return Header(tuple(f"Column {number}" for number in range(1, len(header) + 1)), title_rows, 0)
    if below and _is_second_line(header, below[0], below[1:]):
        headings = _named(_joined(_filled_from_left(header, below[0]), below[0]))
        return Header(headings, title_rows, 2)
    above = rows[title_rows - 1] if title_rows else ()
    if _is_line_of_groups(above, header):
        return Header(_named(_joined(_filled_from_left(above, header), header)), title_rows - 1, 2)
    return Header(_named(_filled_from_left(header, header, is_alone=True)), title_rows, 1)


def filled(cells: Sequence[str]) -> int:
    """How many cells hold something."""
    return sum(1 for cell in cells if cell and not cell.isspace())


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells a row has, empty ones at its end not counted; the wider where two are as usual."""
    widths = Counter(_width(row) for row in rows)
    return max(widths, key=lambda width: (widths[width], width))


def _width(row: Sequence[str]) -> int:
    return max((place + 1 for place, cell in enumerate(row) if cell.strip()), default=0)


def _title_rows(rows: Sequence[Sequence[str]], width: int) -> int:
    """How many rows stand above the first that is as full as headings are."""
    if width < 3:
        return 0
    for place, row in enumerate(rows[: MOST_TITLE_ROWS + 1]):
        if filled(row) >= max(2, FEWEST_FILLED * width):
            return place
    return 0


def _kind(cell: str) -> str:
    text = cell.strip()
    if not text:
        return ""
    if NUMBER.fullmatch(text):
        return "number"
    moments = moments_in(text)
    if moments.dates or moments.times:
        return "moment"
    return "code" if CODE.fullmatch(text) else "text"


def _usual_kinds(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """What most cells of each column are; "" where none is usual."""
    kinds = []
    for place in range(width):
        found = Counter(kind for row in rows if place < len(row) and (kind := _kind(row[place])))
        kind, count = found.most_common(1)[0] if found else ("", 0)
        kinds.append(kind if count > 0.6 * sum(found.values()) else "")
    return kinds


def _is_like_those_below(header: Sequence[str], below: Sequence[Sequence[str]], synonyms: Synonyms) -> bool:
    """Whether a row holds values as the next ones do, and no heading that is known."""
    if not below or len(header) < 2 or any(is_known(cell, synonyms) for cell in header):
        return False
    usual = _usual_kinds(below, len(header))
    kinds = [_kind(cell) for cell in header]
    if any(kind == below_kind == "moment" for kind, below_kind in zip(kinds, usual, strict=True)):
        return True
    return sum(kind == below_kind in {"number", "code"} for kind, below_kind in zip(kinds, usual, strict=True)) > 1


def _is_heading(cell: str) -> bool:
    text = cell.strip()
    is_short = len(text) <= LONGEST_HEADING_CHARS and len(text.split()) <= LONGEST_HEADING_WORDS
    return is_short and _kind(text) in {"", "text"} and not text.endswith(":")


def _is_second_line(header: Sequence[str], second: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the row under the headings goes on with them: words where the rows below have dates and numbers."""
    if not below or not all(_is_heading(cell) and not DIGIT.search(cell) for cell in second) or not filled(second):
        return False
    usual = _usual_kinds(below, len(second))
    differing = sum(
        1 for cell, kind in zip(second, usual, strict=True) if cell.strip() and kind in {"moment", "number", "code"}
    )
    top = [cell.strip() for cell in header]
    has_groups = any(not above and cell.strip() for above, cell in zip(top, second, strict=False))
    has_own = any(above and not cell.strip() for above, cell in zip(top, second, strict=False))
    return (differing >= 2 and _is_unlike_rows(second)) or (has_groups and has_own and differing >= 1)


def _is_unlike_rows(second: Sequence[str]) -> bool:
    return all(len(cell.split()) <= 3 for cell in second)


def _is_line_of_groups(above: Sequence[str], header: Sequence[str]) -> bool:
    """Whether the row over the headings names groups of them, each over its first: "Suspect" over "Name" and "Age"."""
    names = [cell.strip().casefold() for cell in header if cell.strip()]
    places = [place for place, cell in enumerate(above) if cell.strip()]
    if not places or not all(_is_heading(cell) for cell in above) or len(places) >= len(names):
        return False
    return places[0] > 0 or (len(places) > 1 and len(set(names)) < len(names))


def _filled_from_left(top: Sequence[str], below: Sequence[str], *, is_alone: bool = False) -> list[str]:
    """Headings that go over several columns, over each of them.

    Args:
        top: the cells, of which empty ones follow the one that goes over them.
        below: what stands under them; a group ends where that has nothing.
        is_alone: whether they are all there is.
    """
    found: list[str] = []
    for place in range(max(len(top), len(below))):
        cell = top[place].strip() if place < len(top) else ""
        under = below[place].strip() if place < len(below) else ""
        before = found[-1] if found else ""
        found.append(cell or (before if is_alone or under else ""))
    return found


def _joined(top: Sequence[str], second: Sequence[str]) -> list[str]:
    lower = [cell.strip() for cell in second] + [""] * (len(top) - len(second))
    return [" ".join(filter(None, pair)) for pair in zip(top, lower, strict=True)]


def _named(headings: Sequence[str]) -> tuple[str, ...]:
    return tuple(heading.strip() or f"Column {number}" for number, heading in enumerate(headings, start=1))
