"""A row of a table as the text of a report, with the values that its headings state."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crimeetl.etl.columns.cells import Found
from crimeetl.etl.columns.plan import LinePlan, MappedColumns
from crimeetl.etl.columns.values import SHORTEST_PROSE_WORDS
from crimeetl.etl.documents import GivenValue

# "Roe, J.": in a narrow column, a line each.
WHOLE_NAME = re.compile(r"[^\W\d_][\w'’-]{0,30},\s?[A-Z][\w.'’-]{0,30}(?: [A-Z][\w.'’-]{0,30})?")


@dataclass(frozen=True, slots=True)
class RowReport:
    """A row as a report."""

    text: str
    given: tuple[GivenValue, ...]  # in the text's order
    asked_chars: int  # the model has the text up to here to read; 0 where nothing in it is prose
    cell_spans: tuple[tuple[int, int, int], ...]  # start and end in the text, and the column; empty cells have none


def row_report(
    mapped: MappedColumns,
    cells: Sequence[str],
    *,
    context: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> RowReport:
    """The text of a row: its prose if it has a column for it, and ``Heading: cell`` for each other cell.

    Args:
        mapped: what the columns hold.
        cells: one a column; missing ones at the end are empty.
        context: what stands above the table and holds for all rows, such as agency and period.
        notes: prose that belongs to this row and stands in no column.
    """
    if len(cells) < len(mapped.columns):
        cells = (*cells, *[""] * (len(mapped.columns) - len(cells)))
    prose = "" if mapped.text_column is None else cells[mapped.text_column]
    has_prose = bool(prose) and not prose.isspace()
    spans = [(0, len(prose), mapped.text_column or 0)] if has_prose else []
    asked = "\n".join((prose, *notes)) if has_prose else ""
    lines = _written_lines(mapped.lines, cells, f"{asked}\n\n" if has_prose else "")
    text = lines.text
    if not has_prose and notes:
        text = "\n".join((text, *notes) if text else notes)
    if context:
        text = "\n\n".join((text, "\n".join(context)))
    return RowReport(
        text=text,
        given=tuple(lines.given),
        asked_chars=len(asked) if has_prose else len(text) if notes or lines.has_prose else 0,
        cell_spans=(*spans, *lines.spans),
    )


class _Lines(NamedTuple):
    """The text so far, and what the lines in it give."""

    text: str
    given: list[GivenValue]
    spans: list[tuple[int, int, int]]
    has_prose: bool


def _written_lines(plans: Sequence[LinePlan], cells: Sequence[str], lead: str) -> _Lines:
    """The lines of a row.

    Args:
        plans: what stands in each.
        cells: one a column.
        lead: what stands before them; taken away to the end of its prose where there is no line.
    """
    pieces = [lead]
    given: list[GivenValue] = []
    spans: list[tuple[int, int, int]] = []
    position, has_prose = len(lead), False
    for line in plans:
        if len(line.columns) == 1:
            said = _shown(cells[line.columns[0]], line)
        else:
            said = " ".join(filter(None, (_shown(cells[column], line) for column in line.columns)))
        if not said:
            continue
        piece = f"\n{line.label}{said}" if len(pieces) > 1 else f"{line.label}{said}"
        pieces.append(piece)
        position += len(piece)
        start = position - len(said)
        if len(line.columns) == 1:
            spans.append((start, position, line.columns[0]))
        else:
            spans += _spans_of_parts(line, cells, start)
        if line.read is not None:
            found = line.read(said)
            if line.is_end and found:
                found = _unsaid(found, said, given, "".join(pieces))
            given += [GivenValue(entity_type, start + first, start + last) for entity_type, first, last in found]
        has_prose = has_prose or (line.is_prose and said.count(" ") + 1 >= SHORTEST_PROSE_WORDS)
    return _Lines("".join(pieces) if len(pieces) > 1 else lead.removesuffix("\n\n"), given, spans, has_prose)


def _spans_of_parts(line: LinePlan, cells: Sequence[str], start: int) -> Iterator[tuple[int, int, int]]:
    """Where the cells of a line of several stand."""
    for column in line.columns:
        if text := _shown(cells[column], line):
            yield start, start + len(text), column
            start += len(text) + 1


def _unsaid(found: Sequence[Found], said: str, given: Sequence[GivenValue], text: str) -> tuple[Found, ...]:
    """The end of a period where it is another moment than its begin."""
    above = {(value.entity_type, text[value.char_start : value.char_end]) for value in given}
    return tuple(value for value in found if (value.entity_type, said[value.start : value.end]) not in above)


def _shown(cell: str, line: LinePlan) -> str:
    text = cell.strip()
    if ("\n" in text or "\r" in text) and not line.is_prose:
        lines = [" ".join(piece.split()) for piece in text.splitlines() if not piece.isspace()]
        are_people = all(WHOLE_NAME.fullmatch(piece) for piece in lines)
        text = ("; " if are_people else " ").join(filter(None, lines))
    return line.shown(text) if line.shown is not None else text
