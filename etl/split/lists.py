"""Which tables are lists of incidents, a row each, and which stand inside a report (pure).

Case     Date   Offense  Location       a list: each row has a number or moment of its own, and what or where
Item     Qty    Serial   Value          inside a report: property
Name     DOB    Role     Phone          inside a report: people
Location: 100 Elm St                    inside a report: a form
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, TypeAlias

from crimeetl.etl.documents import Row, Table
from crimeetl.etl.split.keys import entry_key
from crimeetl.etl.split.kinds import (
    DATE,
    LIST_TITLE,
    OFFENCE,
    PLACE,
    WITHIN_A_REPORT,
    has_moment,
    heading_kinds,
    identifiers,
    shape,
)

Role: TypeAlias = Literal["heading", "incident", "line"]  # a line is one cell across the table

MOST_HEADING_ROWS = 3
MOST_ROWS_ABOVE = 6  # headings
MOST_HEADING_CHARS = 40
MOST_TITLE_CHARS = 100
TITLE_CHARS = 500  # of a text, where its title stands
COVERED_RATIO = 0.5  # of a text, by a list of incidents
TITLED_RATIO = 0.2  # where its title says that it is one
ALONE_RATIO = 0.8  # where it is found by alignment and has no headings
TORN_RATIO = 0.1  # of its rows, that stand between others and are not aligned


@dataclass(frozen=True, slots=True)
class IncidentList:
    """The rows of a table, or of several with the same headings."""

    headings: tuple[str, ...] | None  # None where the table has none
    rows: tuple[tuple[Role, Row], ...]  # in the text's order
    is_sure: bool = True

    @property
    def incidents(self) -> list[Row]:
        return [row for role, row in self.rows if role == "incident"]


def incident_lists(tables: Sequence[Table], text: str, *, is_forced: bool, is_marked: bool) -> list[IncidentList]:
    """The lists of incidents among the tables of a text, if they are what the text is about.

    Args:
        is_forced: takes every table that is more than a few lines among others.
        is_marked: the file's format says that these are tables.
    """
    merged = _merged([_read(table) for table in tables if table.rows and len(table.rows[0].cells) > 1])
    if is_forced:
        usable = [listed for listed in merged if listed.incidents]
        return usable if is_marked or _covered(usable, text) >= COVERED_RATIO else []
    lists = [judged for listed in merged if (judged := _judged(listed))]
    if not is_marked:
        lists = [listed for listed in lists if _is_whole(listed, text)]
    if not lists:
        return []
    above = text[: lists[0].rows[0][1].char_start]
    is_titled = _is_titled(lists, text)
    if WITHIN_A_REPORT.search(above) and not LIST_TITLE.search(above.strip().split("\n")[0]):
        return []
    if _covered(lists, text) < (TITLED_RATIO if is_titled else COVERED_RATIO):
        return []
    return [replace(listed, is_sure=listed.is_sure or is_titled) for listed in lists]


def _is_titled(lists: Sequence[IncidentList], text: str) -> bool:
    start = lists[0].rows[0][1].char_start
    lone = [row for role, row in lists[0].rows[:3] if role == "line"]
    titles = [text[: min(TITLE_CHARS, start)], text[max(0, start - TITLE_CHARS) : start], *map(_said, lone)]
    lines = (line for title in titles for line in title.splitlines())
    return any(len(line.strip()) <= MOST_TITLE_CHARS and LIST_TITLE.search(line) for line in lines)


def _covered(lists: Sequence[IncidentList], text: str) -> float:
    """How much of a text its lists are, with what stands between their rows."""
    covered = 0
    for listed in lists:
        start, end = listed.rows[0][1].char_start, max(row.char_end for _, row in listed.rows)
        covered += len("".join(text[start:end].split()))
    return covered / max(1, len("".join(text.split())))


def _is_whole(listed: IncidentList, text: str) -> bool:
    """Whether hardly a row stands between those of a table found by alignment, which has headings or is all alone."""
    if listed.headings is None and _covered([listed], text) < ALONE_RATIO:
        return False
    keys = Counter(entry_key(text[row.char_start : row.char_end].strip()) for row in listed.incidents)
    between = [
        entry_key(line.strip())
        for (_, above), (_, below) in pairwise(listed.rows)
        for line in text[above.char_end : below.char_start].splitlines()
    ]
    torn = sum(bool(key) and keys[key] > 1 for key in between)
    return torn <= TORN_RATIO * len(listed.incidents)


def _read(table: Table) -> IncidentList:
    """A table with its headings told from its rows."""
    lone = [_is_lone(row) for row in table.rows]
    first = _first_heading(table.rows, lone)
    heading_rows: list[Row] = []
    while len(heading_rows) < MOST_HEADING_ROWS and (below := table.rows[first + len(heading_rows) :]):
        if not _is_heading(below[0], below[1:], is_first=not heading_rows):
            break
        heading_rows.append(below[0])
    while heading_rows and first and _is_above_a_heading(table.rows[first - 1], heading_rows[0]):
        first -= 1
        heading_rows.insert(0, table.rows[first])
    shapes = [shape(_said(row)) for row in table.rows]
    are_headings = [
        row in heading_rows or any(shape(_said(one)) == like for one in heading_rows)
        for row, like in zip(table.rows, shapes, strict=True)
    ]
    # What stands above headings, more than once, heads the group below them.
    above = Counter(shapes[number] for number, (here, below) in enumerate(pairwise(are_headings)) if below and not here)
    rows: list[tuple[Role, Row]] = []
    for number, row in enumerate(table.rows):
        is_line = lone[number] or (heading_rows and number < first) or above[shapes[number]] > 1
        role: Role = "heading" if are_headings[number] else "line" if is_line else "incident"
        rows.append((role, row))
    headings = None
    if heading_rows:
        columns = zip(*(row.cells for row in heading_rows), strict=True)
        headings = tuple(" ".join(" ".join(cell.text for cell in column).split()) for column in columns)
    return IncidentList(headings, tuple(rows))


def _first_heading(rows: Sequence[Row], lone: Sequence[bool]) -> int:
    """Where the headings begin, if there are any: titles of several cells may stand above them."""
    for number, row in enumerate(rows[:MOST_ROWS_ABOVE]):
        said = [cell.text for cell in row.cells if cell.text.strip()]
        known = sum(bool(heading_kinds(cell)) for cell in said)
        if len(said) >= 0.6 * len(row.cells) and 2 * known >= len(said) and _is_heading(row, (), is_first=True):
            return number
    return next((number for number, is_lone in enumerate(lone) if not is_lone), 0)


def _said(row: Row) -> str:
    return "\n".join(cell.text for cell in row.cells if cell.text.strip())


def _is_lone(row: Row) -> bool:
    """Whether a row of a table is one cell across it: prose, a total, the heading of a group."""
    said = [cell.text for cell in row.cells if cell.text.strip()]
    return len(row.cells) > 2 and len(set(said)) < 2


def _is_above_a_heading(row: Row, heading: Row) -> bool:
    said = _said(row)
    return not row.cells[0].text.strip() and 0 < len(said) <= 20 and heading.char_start - row.char_end <= 2


def _is_heading(row: Row, below: Sequence[Row], *, is_first: bool) -> bool:
    said = [cell.text for cell in row.cells if cell.text.strip()]
    if len(said) < 2 or any(len(cell) > MOST_HEADING_CHARS for cell in said):
        return False
    if any(has_moment(cell) or identifiers(cell) for cell in said):
        return False
    known = sum(bool(heading_kinds(cell)) for cell in said)
    if not is_first:
        return known >= max(2, 0.5 * len(said))
    if known >= max(1, len(said) / 3):
        return True
    return not any(map(_has_digit, said)) and any(
        _share(bool(_has_digit(cell)) for cell in column) >= 0.6 for column in _columns(below)
    )


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _columns(rows: Sequence[Row]) -> Iterator[list[str]]:
    for column in zip(*(row.cells for row in rows if not _is_lone(row)), strict=True):
        yield [cell.text for cell in column]


def _share(found: Iterator[bool]) -> float:
    outcomes = list(found)
    return sum(outcomes) / len(outcomes) if outcomes else 0.0


def _merged(lists: Sequence[IncidentList]) -> list[IncidentList]:
    """Tables that go on under the same headings, or under none, are one."""
    merged: list[IncidentList] = []
    for listed in lists:
        before = merged[-1] if merged else None
        if before and _goes_on(before, listed):
            merged[-1] = IncidentList(before.headings, (*before.rows, *listed.rows))
        else:
            merged.append(listed)
    return merged


def _goes_on(before: IncidentList, listed: IncidentList) -> bool:
    if len(before.rows[0][1].cells) != len(listed.rows[0][1].cells):
        return False
    return listed.headings is None or shape("\n".join(listed.headings)) == shape("\n".join(before.headings or ()))


def _judged(listed: IncidentList) -> IncidentList | None:
    """The list, if its rows are incidents."""
    rows = listed.incidents
    if len(rows) < 2 or _share(row.cells[0].text.rstrip().endswith(":") for row in rows) >= 0.5:
        return None
    columns = list(_columns(rows))
    kinds = [
        _kinds(listed.headings[number] if listed.headings else "", column) for number, column in enumerate(columns)
    ]
    all_kinds = set().union(*kinds)
    if "not an incident" in all_kinds and not ({"moment", "number"} <= all_kinds and _is_numbered(listed)):
        return None
    is_told_apart = {"moment", "number"} & all_kinds
    if not is_told_apart or not {"nature", "place"} & all_kinds:
        return None
    if "event" in all_kinds and not {"number", "place"} & all_kinds:
        return None
    own = [number for number, kind in enumerate(kinds) if {"moment", "number"} & kind]
    keys = [tuple(row.cells[number].text.strip() for number in own) for row in rows]
    told = [key for key in keys if any(map(_has_digit, key))]
    if len(told) < 0.5 * len(rows) or len(set(told)) < max(2, 0.6 * len(told)):
        return None
    return replace(listed, is_sure=len(all_kinds & {"moment", "number", "nature", "place", "status"}) > 2)


def _is_numbered(listed: IncidentList) -> bool:
    """Whether a column's heading says that it has the numbers of incidents or reports."""
    words = re.compile(r"\b(?:case|incident|report|cr|cad|ccn|call|complaint|event)\b", re.I)
    return any("number" in heading_kinds(heading) and words.search(heading) for heading in listed.headings or ())


def _kinds(heading: str, column: Sequence[str]) -> set[str]:
    """What a column holds, by its heading, or by its values where that says nothing."""
    kinds = heading_kinds(heading)
    said = [cell for cell in column if cell.strip()]
    if kinds or not said:
        return kinds
    if _share(bool(DATE.search(cell)) for cell in said) >= 0.6 or _share(map(has_moment, said)) >= 0.8:
        return {"moment"}
    if _share(bool(identifiers(cell)) for cell in said) >= 0.6 and len(set(said)) > 0.9 * len(said):
        return {"number"}
    if _share(bool(PLACE.search(cell)) for cell in said) >= 0.5:
        return {"place"}
    return {"nature"} if _share(bool(OFFENCE.search(cell)) for cell in said) >= 0.4 else set()
