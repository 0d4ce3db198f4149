"""Values of several questions as rows, by their order.

Values of two questions are put into one row only when both questions have as many values; otherwise they stay apart.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from crimeetl.etl.normalise.codes import parse_status
from crimeetl.etl.normalise.moments import parse_date, parse_time
from crimeetl.etl.normalise.numbers import parse_integer
from crimeetl.etl.normalise.rows import MentionRow
from crimeetl.etl.normalise.values import type_text

Column = Sequence[MentionRow | None]  # a type's values in the order given; None where one states nothing
CellRow = Mapping[str, MentionRow]  # by column name; the first names the row
READINGS: Mapping[str, Callable[[str], object]] = {
    "occurred_on": parse_date,
    "occurred_at": parse_time,
    "status": parse_status,
    "shots_fired": parse_integer,
}


def columns_of(mentions: Iterable[MentionRow]) -> dict[str, Column]:
    """Each type's values; a type that states nothing is left out."""
    columns: dict[str, list[MentionRow | None]] = {}
    for mention in mentions:
        columns.setdefault(mention.entity_type, []).append(mention if mention.is_stated else None)
    return {entity_type: column for entity_type, column in columns.items() if any(column)}


def chosen_columns(columns: Mapping[str, Column], types: Mapping[str, str]) -> dict[str, Column]:
    """The columns of a table that are stated, by column name and in its order."""
    return {name: columns[entity_type] for name, entity_type in types.items() if entity_type in columns}


def aligned(columns: Mapping[str, Column]) -> list[CellRow]:
    """Rows by position: as many as the first column has; others take part when they have as many, else not at all."""
    if not columns:
        return []
    count = len(next(iter(columns.values())))
    matching = {name: column for name, column in columns.items() if len(column) == count}
    rows = [
        {name: cell for name, column in matching.items() if (cell := column[position])} for position in range(count)
    ]
    return [row for row in rows if row]


def led(rows: Sequence[CellRow], name: str, columns: Mapping[str, Column]) -> list[CellRow]:
    """The rows that state this column, or all where the report states it nowhere."""
    return [row for row in rows if name in row or name not in columns]


def spread_over(column: Column, count: int, name: str) -> Column:
    """A column that holds for all rows when it says one thing, else for each its own, else for none.

    Dates, times, states and counts are one thing when they read alike, however they are written.
    """
    if len(column) == count == 1:
        return column
    stated = [cell for cell in column if cell]
    if len({_reading(cell.value, name) for cell in stated}) == 1:
        return [stated[0]] * count
    return column if len(column) == count else [None] * count


def _reading(value: str, name: str) -> object:
    parse = READINGS.get(name, type_text)
    reading = parse(value)
    return type_text(value) if reading is None else reading
