"""Whether the values of a column are of a type's kind, and how its cells are read."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from crimeetl.etl.columns import cells
from crimeetl.etl.columns.cells import CellReader
from crimeetl.etl.columns.moments import (
    DAY_OF_SOME_YEAR,
    EPOCH,
    FRACTION,
    SERIAL,
    YEAR_AND_MONTH,
    is_day,
    is_midnight,
    moments_in,
)

MOST = 0.7  # of the values must be of the kind; the rest may be slips and remarks
MANY = 0.6  # where the kind has no clear shape
AGE_RANGES = frozenset({"child", "teenager", "young adult", "adult", "senior"})
YES_OR_NO = frozenset({"yes", "no", "y", "n", "true", "false", "t", "f", "0", "1"})
CASE_NUMBER = re.compile(r"(?=[^\s]*[0-9])[#A-Za-z0-9][A-Za-z0-9./#:_-]{0,38}(?:\s[A-Za-z0-9./#:_-]{1,12}){0,2}")
COORDINATES = re.compile(r"(?:POINT\s?)?\(?-?[0-9]{1,3}\.[0-9]+[,\s]+-?[0-9]{1,3}\.[0-9]+\)?", re.IGNORECASE)
HOUSE_NUMBER = re.compile(r"[0-9]{1,5}[Xx]{0,3}[A-Za-z]?(?:\s?-\s?[0-9]{1,5})?(?:\s(?:blk|block))?", re.IGNORECASE)
PLACE_WORD = re.compile(r"[^\W\d_]{2}|[0-9](?:st|nd|rd|th)\b", re.IGNORECASE)
DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+")
FUNCTION_WORDS = re.compile(
    r"\b(?:the|a|an|was|were|is|to|that|his|her|he|she|they|with|from|by|in|who|had|has|of|and|for|at|on|while)\b",
    re.IGNORECASE,
)
SHORTEST_PROSE_WORDS = 6
PROSE_SHARE = 0.4
SUMMARY_WORDS = 4
NAME_WORDS = re.compile(r"[^\W\d_]+")
LONGEST_KIND_WORDS = 10
LONGEST_PLACE_WORDS = 15
MOST_PART_WORDS = 4
FEWEST_DISTINCT = 0.3  # of the names of people in a longer list
LONG_LIST = 10


def share(values: Sequence[str], is_of_kind: Callable[[str], object]) -> float:
    return sum(1 for value in values if is_of_kind(value)) / len(values) if values else 0.0


def average_words(values: Sequence[str]) -> float:
    return sum(len(value.split()) for value in values) / len(values) if values else 0.0


def is_prose(values: Sequence[str]) -> bool:
    """Whether they are sentences rather than names of things."""
    long = [value for value in values if value.count(" ") + 1 >= SHORTEST_PROSE_WORDS]
    return average_words(values) >= SHORTEST_PROSE_WORDS and share(long, FUNCTION_WORDS.search) >= PROSE_SHARE


def are_dates(values: Sequence[str]) -> bool:
    return share(values, _has_day) >= MOST or share(values, YEAR_AND_MONTH.fullmatch) >= MOST


def are_days_of_some_year(values: Sequence[str]) -> bool:
    return share(values, lambda value: len(value) <= 40 and DAY_OF_SOME_YEAR.search(value)) >= MOST


def are_full_dates(values: Sequence[str]) -> bool:
    """Whether they are dates that nobody takes for numbers."""
    return share(values, lambda value: not value.isdecimal() and _has_day(value)) >= 0.9


def are_times(values: Sequence[str]) -> bool:
    return share(values, lambda value: not moments_in(value).dates and cells.clocks(value)) >= MOST


def have_times(values: Sequence[str]) -> bool:
    """Whether dates stand with times of day; midnight in all of them says that there is none."""
    found = [(value, moments_in(value).times) for value in values]
    timed = [(value, times) for value, times in found if times]
    return bool(timed) and not all(is_midnight(value, time) for value, times in timed for time in times)


def are_serials(values: Sequence[str]) -> bool:
    return share(values, SERIAL.fullmatch) >= MOST


def are_epochs(values: Sequence[str]) -> bool:
    return share(values, EPOCH.fullmatch) >= MOST


def are_fractions(values: Sequence[str]) -> bool:
    return share(values, FRACTION.fullmatch) >= MOST and any("." in value for value in values)


def _has_day(value: str) -> bool:
    dates = moments_in(value).dates
    return bool(dates) and is_day(value[slice(*dates[0])])


def reader_of(entity_type: str, values: Sequence[str]) -> CellReader | None:
    """How the cells are read, or None where the values are not of the type's kind.

    Args:
        entity_type: any but Crime_Date and Crime_Time, which columns give together.
        values: of one column, without those that say nothing.
    """
    if not values or YES_OR_NO.issuperset(value.casefold() for value in values):
        return None
    if entity_type in {"Crime_Date", "Crime_Time"}:
        return None
    find = READERS.get(entity_type)
    return find(entity_type, values) if find else partial(cells.whole, entity_type)


def are_parts(entity_type: str, part: int, values: Sequence[str]) -> bool:
    """Whether they may be such a part of what several columns say, the first part of a place being its number."""
    if entity_type == "Location" and part == 0:
        return share(values, HOUSE_NUMBER.fullmatch) >= MOST
    return bool(values) and average_words(values) <= MOST_PART_WORDS and not are_dates(values)


def _kinds_of_things(entity_type: str, values: Sequence[str]) -> CellReader | None:
    is_named = share(values, cells.LETTERS.search) >= MANY and average_words(values) <= LONGEST_KIND_WORDS
    is_moment = share(values, lambda value: moments_in(value).dates) > 1 - MANY
    return partial(cells.worded, entity_type) if is_named and not is_moment else None


def _states(entity_type: str, values: Sequence[str]) -> CellReader | None:
    read = partial(cells.status, entity_type)
    return read if share(values, read) >= MANY and average_words(values) <= LONGEST_KIND_WORDS else None


def _descriptions(entity_type: str, values: Sequence[str]) -> CellReader | None:
    return partial(cells.worded, entity_type) if share(values, cells.LETTERS.search) >= MANY else None


def _summaries(entity_type: str, values: Sequence[str]) -> CellReader | None:
    return partial(cells.worded, entity_type) if average_words(values) >= SUMMARY_WORDS else None


def _case_numbers(entity_type: str, values: Sequence[str]) -> CellReader | None:
    is_number = share(values, lambda value: CASE_NUMBER.fullmatch(value) and not DECIMAL.fullmatch(value)) >= MOST
    is_date = share(values, lambda value: not value.isdecimal() and moments_in(value).dates) > 1 - MOST
    return partial(cells.numbered, entity_type) if is_number and not is_date else None


def _places(entity_type: str, values: Sequence[str]) -> CellReader | None:
    def is_place(value: str) -> bool:
        return bool(PLACE_WORD.search(value)) and not COORDINATES.fullmatch(value) and not HOUSE_NUMBER.fullmatch(value)

    is_moment = share(values, lambda value: moments_in(value).dates) > 1 - MANY
    is_short = average_words(values) <= LONGEST_PLACE_WORDS
    return partial(cells.whole, entity_type) if share(values, is_place) >= MOST and is_short and not is_moment else None


def _people(entity_type: str, values: Sequence[str]) -> CellReader | None:
    named = [value for value in values if not cells.names_nobody(value)]
    read = partial(cells.people, entity_type, _comma_parts(entity_type, named))
    fewest_words = 1 if entity_type == "Officer_Name" else 2

    def is_named(value: str) -> bool:
        return any(
            len(value[found.start : found.end].split()) >= fewest_words
            for found in read(value)
            if found.entity_type == entity_type
        )

    is_varied = len(named) < LONG_LIST or len(set(named)) >= FEWEST_DISTINCT * len(named)
    if share(named, is_named) < MANY or not (is_varied or entity_type == "Officer_Name"):
        return None
    return read


def _comma_parts(entity_type: str, values: Sequence[str]) -> bool:
    """Whether a comma stands between people: their names stand whole on both its sides, or officers have one word."""
    with_comma = [value for value in values if "," in value]
    is_whole = share(with_comma, lambda value: all(len(NAME_WORDS.findall(part)) > 1 for part in value.split(",")))
    alone = [value for value in values if "," not in value]
    is_surname = share(alone, lambda value: len(NAME_WORDS.findall(value)) == 1)
    are_surnames = entity_type == "Officer_Name" and len(alone) >= 0.2 * len(values) and is_surname > 0.5
    return is_whole > 0.5 or are_surnames


def _races(entity_type: str, values: Sequence[str]) -> CellReader | None:
    """Races in words or codes; codes that only the agency knows may stand among them."""
    read = partial(cells.race, entity_type)
    is_race = share(values, lambda value: read(value) or (len(value) == 1 and value.isalpha())) >= MOST
    return read if is_race and any(map(read, values)) else None


def _ages(entity_type: str, values: Sequence[str]) -> CellReader | None:
    read = partial(cells.age, entity_type)
    return read if share(values, lambda value: value == "0" or read(value)) >= MOST and any(map(read, values)) else None


def _by_cell(read: Callable[[str, str], tuple[cells.Found, ...]]) -> Callable[[str, Sequence[str]], CellReader | None]:
    """A type whose cells have a shape of their own: the column is believed where most of them have it."""

    def find(entity_type: str, values: Sequence[str]) -> CellReader | None:
        reader = partial(read, entity_type)
        return reader if share(values, reader) >= MOST else None

    return find


def _age_ranges(entity_type: str, values: Sequence[str]) -> CellReader | None:
    reader = partial(cells.choice, entity_type, AGE_RANGES)
    return reader if share(values, reader) >= MOST else None


READERS: dict[str, Callable[[str, Sequence[str]], CellReader | None]] = {
    "Case_Number": _case_numbers,
    "City": _by_cell(cells.city),
    "Crime_Status": _states,
    "Crime_Summary": _summaries,
    "Crime_Type": _kinds_of_things,
    "Evidence_Type": _descriptions,
    "Location": _places,
    "Officer_BadgeNumber": _by_cell(cells.badge),
    "Property_Stolen": _descriptions,
    "Shots_Fired": _by_cell(cells.count),
    "Suspect_Age": _ages,
    "Suspect_Description": _descriptions,
    "Suspect_Race": _races,
    "Time_Of_Day": _kinds_of_things,
    "Vehicle_Description": _descriptions,
    "Victim_Age": _ages,
    "Victim_AgeRange": _age_ranges,
    "Victim_Email": _by_cell(cells.email),
    "Victim_Race": _races,
    "Weapon_Type": _kinds_of_things,
} | dict.fromkeys(
    (
        "Officer_Name",
        "Suspect_Name",
        "Victim_CEO",
        "Victim_Manager",
        "Victim_Name",
        "Victim_Owner",
        "Witness_Name",
    ),
    _people,
)
