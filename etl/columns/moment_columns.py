"""Which columns say when it happened: the day and the time of one and the same event, from its begin to its end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crimeetl.etl.columns import cells, values
from crimeetl.etl.columns.cells import CellReader
from crimeetl.etl.columns.synonyms import Key, Meaning

REPORTED = frozenset({"reported", "report", "received", "call", "log", "dispatch"})
ENTERED = frozenset({"entered"})
ARRESTED = frozenset({"arrest", "booking", "booked", "citation"})
OTHER_MOMENT_WORDS = (  # of a heading whose dates are of something else
    "born updated closed cleared printed exported release released court expiration expires issue issued approved"
    " loaded arrived assigned sentence hearing bail disposition status clearance death hire review"
    " reviewed extract extracted published snapshot effective valid due run filed download"
)
OTHER_MOMENTS = frozenset(OTHER_MOMENT_WORDS.split())
EVENT_WORDS = frozenset({"date", "time", "begin", "end", "range", "and"})
AFTER_DATES = 10_000  # a column of times that holds dates too comes after all columns of dates


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """A column as its heading and its first rows show it."""

    place: int
    heading: str
    key: Key
    meanings: tuple[Meaning, ...]
    values: Sequence[str]  # stripped, moments as they are shown, without those that say nothing
    is_arrest_list: bool


class MomentColumn(NamedTuple):
    """A column of days or times of the event that counts."""

    place: int
    read: CellReader
    types: tuple[str, ...]
    is_end: bool  # of a period, whose begin another column has


def moment_readers(columns: Sequence[SeenColumn]) -> Iterator[MomentColumn]:
    """The columns that say when it happened.

    Only the event that stands nearest to the crime counts: occurred before reported before entered.
    """
    day = _day_column(columns)
    if day is None:
        return
    clock = _clock_column(columns, day)
    is_timed = clock is None and values.have_times(day.values)
    for column in (day, *_ends(columns, day, "Crime_Date")):
        is_end = column is not day
        if is_timed and values.have_times(column.values):
            yield MomentColumn(column.place, cells.days_and_times, ("Crime_Date", "Crime_Time"), is_end)
        else:
            yield MomentColumn(column.place, cells.days, ("Crime_Date",), is_end)
    if clock is not None:
        for column in (clock, *_ends(columns, clock, "Crime_Time")):
            yield MomentColumn(column.place, cells.clocks, ("Crime_Time",), column is not clock)


def _day_column(columns: Sequence[SeenColumn]) -> SeenColumn | None:
    ranked = [
        (rank, column.place, column)
        for column in columns
        if (rank := _rank_of_days(column)) is not None and holds_days(column)
    ]
    if ranked:
        return min(ranked)[2]
    unnamed = [column for column in columns if _may_be_days(column) and values.are_full_dates(column.values)]
    return unnamed[0] if len(unnamed) == 1 else None


def holds_days(column: SeenColumn) -> bool:
    return values.are_dates(column.values) or values.are_days_of_some_year(column.values)


def _rank_of_days(column: SeenColumn) -> int | None:
    ranks = [meaning.rank for meaning in column.meanings if _says(meaning, "Crime_Date")]
    ranks += [meaning.rank + AFTER_DATES for meaning in column.meanings if _says(meaning, "Crime_Time")]
    return min(ranks, default=None)


def _says(meaning: Meaning, entity_type: str) -> bool:
    return meaning.entity_type == entity_type and not meaning.is_end


def _may_be_days(column: SeenColumn) -> bool:
    return not column.meanings and OTHER_MOMENTS.isdisjoint(column.key)


def _clock_column(columns: Sequence[SeenColumn], day: SeenColumn) -> SeenColumn | None:
    """The column of times of the same event; a column beside that has no heading of its own counts too."""
    ranked = [
        (meaning.rank, column.place, column)
        for column in columns
        for meaning in column.meanings
        if column is not day
        and (_says(meaning, "Crime_Time") or column.key == day.key)
        and _event(column) == _event(day)
        and values.are_times(column.values)
    ]
    return min(ranked)[2] if ranked else None


def _event(column: SeenColumn) -> str:
    for event, words in (("reported", REPORTED), ("entered", ENTERED), ("arrested", ARRESTED)):
        if column.key & words and "occurred" not in column.key and not {"incident", "offense"} & column.key:
            return "occurred" if event == "arrested" and column.is_arrest_list else event
    return "occurred"


def _ends(columns: Sequence[SeenColumn], begin: SeenColumn, entity_type: str) -> Iterator[SeenColumn]:
    """The column of the end of the same event's period; one that names no event stands beside that of its begin."""
    for column in columns:
        is_end = any(meaning.is_end and meaning.entity_type == entity_type for meaning in column.meanings)
        is_of_kind = holds_days(column) if entity_type == "Crime_Date" else values.are_times(column.values)
        event = column.key - EVENT_WORDS
        is_of_event = event == begin.key - EVENT_WORDS or (not event and 0 < column.place - begin.place <= 2)
        if is_end and is_of_kind and is_of_event:
            yield column
            return
