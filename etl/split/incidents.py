"""Document -> the rows of its tables that are each an incident, with what stands around them (pure)."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from crimeetl.etl.documents import Cell, Document, Row
from crimeetl.etl.split.entries import entry_spans
from crimeetl.etl.split.kinds import CONTINUED, DATE, DAYS, FOOTER, shape, stated_year
from crimeetl.etl.split.lists import IncidentList, Role, incident_lists
from crimeetl.etl.tables import text_tables

ENTRIES_RATIO = 0.8  # of a table's rows
MOST_CONTEXT_LINES = 8
MOST_CONTEXT_LINE_CHARS = 200
MOST_CAPTION_CHARS = 40  # of one cell across a table that is no prose
MOST_GROUP_CHARS = 60  # of a line above rows that belong together
LINE = re.compile(r"[^\r\n\f]+|\f|\r\n|[\r\n]")
CAPITALS = re.compile(r"[^a-z.:;]*[A-Z][^a-z.:;]*")
CONTINUED_CELL = re.compile(rf"[^\S\n]*{CONTINUED.pattern}[^\S\n]*", re.I)


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """A row of a table that tells of an incident."""

    cells: tuple[Cell, ...]  # as many as headings
    char_start: int  # half-open, in the document's text; with its notes
    char_end: int
    notes: tuple[str, ...] = ()  # lines of prose under the row that belong to it
    context: tuple[str, ...] = ()  # the line above the group of rows it stands in


@dataclass(frozen=True, slots=True)
class IncidentRows:
    """A list of incidents, a row each."""

    headings: tuple[str, ...] | None  # None where the table has none
    rows: tuple[IncidentRow, ...]  # in the document's order
    context: tuple[str, ...]  # title lines above the table
    year: int | None  # that the titles state, for dates without one
    left_out: tuple[str, ...]  # totals, page heads and feet, and what else stands around the table
    is_sure: bool

    @property
    def taken_as(self) -> str:
        """What the document was taken for, for people."""
        rows = "1 incident" if len(self.rows) == 1 else f"{len(self.rows)} incidents, a report from each row"
        return f"a table of {rows}"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text that is no row, or one cell across a table."""

    text: str
    char_end: int
    follows_blank: bool
    is_at_page_end: bool
    is_prose_of_table: bool = False  # a cell across the table, and no caption


@dataclass(slots=True)
class _Gathered:
    """What has been found of one list so far."""

    listed: IncidentList
    rows: list[IncidentRow] = field(default_factory=list)
    context: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def incident_rows(document: Document, *, as_rows: bool | None) -> tuple[IncidentRows, ...]:
    """The lists of incidents in a document, one for each kind of table; none where its tables stand inside a report.

    Args:
        as_rows: True takes any table for a list, False none; None judges by headings, values and all around them.
    """
    if as_rows is False:
        return ()
    text, is_forced = document.text, as_rows is True
    lists = incident_lists(document.tables, text, is_forced=is_forced, is_marked=True) or incident_lists(
        text_tables(text), text, is_forced=is_forced, is_marked=False
    )
    found = tuple(_finished(gathered) for gathered in _gathered(lists, document) if gathered.rows)
    return () if as_rows is None and _are_first_lines(found, document) else found


def _are_first_lines(lists: Sequence[IncidentRows], document: Document) -> bool:
    """Whether rows without headings, prose under most, are the first lines of a bulletin's entries that line up."""
    rows = [row for listed in lists for row in listed.rows]
    if any(listed.headings for listed in lists) or 2 * sum(bool(row.notes) for row in rows) < len(rows):
        return False
    entries = entry_spans(document.text, [page.char_start for page in document.pages])
    return len(entries) >= ENTRIES_RATIO * len(rows)


def _finished(gathered: _Gathered) -> IncidentRows:
    titles = [line for line in gathered.context if len(line) <= MOST_CONTEXT_LINE_CHARS]
    context = titles[-MOST_CONTEXT_LINES:]
    return IncidentRows(
        headings=gathered.listed.headings,
        rows=tuple(gathered.rows),
        context=tuple(context),
        year=stated_year("\n".join([*context, *gathered.rows[0].context])),
        left_out=tuple(
            dict.fromkeys([*(line for line in gathered.context if line not in context), *gathered.left_out])
        ),
        is_sure=gathered.listed.is_sure,
    )


def _gathered(lists: Sequence[IncidentList], document: Document) -> list[_Gathered]:
    """Each list with the lines around its rows told apart, in one walk through the text."""
    counts = Counter(shape(line) for line in document.text.splitlines() if line.strip())
    found = [_Gathered(listed) for listed in lists]
    placed = [(role, row, gathered) for gathered in found for role, row in gathered.listed.rows]
    placed.sort(key=lambda one: one[1].char_start)
    end, before = 0, None
    group: tuple[str, ...] = ()
    waiting: list[_Line] = []
    page_starts = {page.char_start for page in document.pages}
    for role, row, gathered in placed:
        waiting += _lines_between(document.text, end, row.char_start, page_starts)
        end = max(end, row.char_end)
        if role == "line":
            waiting += _lone_lines(row)
            continue
        is_new = before is not gathered
        if is_new:
            if before:
                waiting = _told_at_the_end(before, waiting)
            is_grouped = len(waiting) > 1 and bool(DATE.match(waiting[-1].text)) and _heads_a_group(waiting[-1], role)
            group = (waiting.pop().text,) if is_grouped else ()
            gathered.context += [line.text for line in waiting]
        else:
            group = _told_apart(gathered, waiting, counts, role) or group
        waiting, before = [], gathered
        if role == "incident":
            _add_row(gathered, row, group)
    if before:
        rest = [*waiting, *_lines_between(document.text, end, len(document.text), page_starts)]
        before.left_out += [line.text for line in _told_at_the_end(before, rest)]
    return found


def _lines_between(text: str, start: int, end: int, page_starts: set[int]) -> Iterator[_Line]:
    blank_ends, is_at_page_end = 0, False
    for match in LINE.finditer(text, start, max(start, end)):
        line = match[0].strip()
        is_at_page_end |= match[0] == "\f" or match.start() in page_starts
        if not line:
            blank_ends += match[0] in ("\n", "\r", "\r\n")
            continue
        if any(map(str.isalnum, line)):
            yield _Line(line, match.end(), blank_ends > 1, is_at_page_end)
        blank_ends = 0


def _lone_lines(row: Row) -> Iterator[_Line]:
    said = " ".join(dict.fromkeys(cell.text.strip() for cell in row.cells if cell.text.strip()))
    is_prose = len(said) > MOST_CAPTION_CHARS
    for line in said.splitlines():
        if line.strip():
            yield _Line(
                line.strip(), row.char_end, follows_blank=False, is_at_page_end=False, is_prose_of_table=is_prose
            )


def _told_apart(gathered: _Gathered, lines: Sequence[_Line], counts: Counter[str], next_role: Role) -> tuple[str, ...]:
    """Lines between two rows: notes of the row above, page heads and feet, and the heading of the rows that follow."""
    is_over_a_page = any(line.is_at_page_end for line in lines)
    has_notes = any(row.notes for row in gathered.rows)
    group: tuple[str, ...] = ()
    for number, line in enumerate(lines):
        is_furniture = is_over_a_page and (counts[shape(line.text)] > 1 or not has_notes)
        is_last = number + 1 == len(lines)
        if is_last and _heads_a_group(line, next_role):
            group = (line.text,)
        elif FOOTER.match(line.text) or is_furniture or not gathered.rows:
            gathered.left_out.append(line.text)
        else:
            _add_note(gathered, line)
    return group


def _heads_a_group(line: _Line, next_role: Role) -> bool:
    if len(line.text) > MOST_GROUP_CHARS or FOOTER.match(line.text) or line.text[-1] in ".!?":
        return False
    is_dated = bool(DATE.match(line.text) or re.match(rf"{DAYS}\b", line.text, re.I))
    is_title = is_dated or bool(CAPITALS.fullmatch(line.text))
    return next_role == "heading" or (is_title and (line.follows_blank or len(line.text.split()) < 6))


def _told_at_the_end(gathered: _Gathered, lines: Sequence[_Line]) -> list[_Line]:
    """Lines after the last row, without those that are its notes: where other rows have some, up to a blank line."""
    has_notes = any(row.notes for row in gathered.rows)
    for number, line in enumerate(lines):
        is_apart = line.follows_blank or line.is_at_page_end or not has_notes
        if FOOTER.match(line.text) or not gathered.rows or (is_apart and not line.is_prose_of_table):
            return list(lines[number:])
        _add_note(gathered, line)
    return []


def _add_note(gathered: _Gathered, line: _Line) -> None:
    row = gathered.rows[-1]
    gathered.rows[-1] = replace(row, notes=(*row.notes, line.text), char_end=max(row.char_end, line.char_end))


def _add_row(gathered: _Gathered, row: Row, group: tuple[str, ...]) -> None:
    """Adds a row, or joins it to the one above that it continues."""
    cells = tuple(replace(cell, text=_without_mark(cell.text)) for cell in row.cells)
    is_continued = any(CONTINUED_CELL.fullmatch(line) for cell in row.cells for line in cell.text.split("\n")[:1])
    first = CONTINUED.sub("", row.cells[0].text).strip()
    above = gathered.rows[-1] if gathered.rows else None
    goes_on = first != row.cells[0].text.strip() and above is not None and first in ("", above.cells[0].text)
    if above and (is_continued or goes_on):
        joined = tuple(
            replace(cell if cell.text else more, text="\n".join(filter(None, (cell.text, more.text if number else ""))))
            if number or not goes_on
            else cell
            for number, (cell, more) in enumerate(zip(above.cells, cells, strict=True))
        )
        gathered.rows[-1] = replace(above, cells=joined, char_end=max(above.char_end, row.char_end))
    else:
        gathered.rows.append(IncidentRow(cells, row.char_start, row.char_end, context=group))


def _without_mark(text: str) -> str:
    """A cell without lines that only say that it is continued."""
    return "\n".join(line for line in text.split("\n") if not CONTINUED_CELL.fullmatch(line))
