"""What one cell says of one type, as spans of it: nothing where it is not of the type's kind."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from crimeetl.etl.columns.moments import (
    CLOCK,
    DAY_OF_SOME_YEAR,
    DIGIT,
    LONGEST_MOMENT_CHARS,
    SHORT_RANGE,
    YEAR_AND_MONTH,
    Span,
    moments_in,
)
from crimeetl.model.sentinels import is_sentinel


class Found(NamedTuple):
    """A value in a cell."""

    entity_type: str
    start: int  # half-open, in the cell
    end: int


CellReader = Callable[[str], tuple[Found, ...]]

LETTERS = re.compile(r"[^\W\d_]{3}")
NAME_WORD = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:['’.-]+[^\W\d_]+)*[.]?")
WORDS = re.compile(r"[^\W\d_]+")
NAME_JOINT = re.compile(r"[;|\n]|\s+(?:&|and)\s+|\s*/\s*", re.IGNORECASE)
COMMA = re.compile(r"\s*,\s*")
BADGE_IN_NAME = re.compile(r"(?<![^\s#(\[,-])[#(\[]?\s?(?P<code>[A-Za-z]{0,2}[0-9]{2,7})(?![^\s)\],-])[)\]]?")
BADGE = re.compile(r"#?\s?(?P<code>[A-Za-z]{0,3}-?[0-9]{1,8}[A-Za-z]?)")
AGE = re.compile(
    r"(?P<years>[0-9]{1,3})(?P<unit>\s?(?:years?(?: old)?|yrs?\.?|y\.?/?o\.?|yoa))?(?:\s?[/ -]\s?[MF])?", re.IGNORECASE
)
EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}\.[^\s@]{2,20}")
RACE_WORDS = (
    "white|black|hispanic|latin[oax]|asian|caucasian|african american|african-american|american indian|native american"
    "|native hawaiian|alaskan? native|pacific islander|middle eastern|indian|oriental|filipino|chinese|indigenous"
)
RACE = re.compile(
    rf"(?P<words>(?:{RACE_WORDS})(?:[ /,-]{{1,3}}(?:(?:or|and|non|not|of|other|origin)[ -])*(?:{RACE_WORDS}|origin))*)"
    r"(?:[ /,-]{1,3}(?:male|female|m|f))?",
    re.IGNORECASE,
)
RACE_CODES = "WBHAIP"
RACE_AND_SEX = re.compile(rf"(?P<race>[{RACE_CODES}])\s?[/, -]?\s?[MFUX]?", re.IGNORECASE)
SEX_AND_RACE = re.compile(rf"[MF]\s?[/, -]?\s?(?P<race>[{RACE_CODES}])", re.IGNORECASE)
CITY = re.compile(r"(?P<city>[^\d,(]{2,40}?)(?:,\s*[A-Za-z]{2}\.?(?:\s[0-9]{5}(?:-[0-9]{4})?)?)?")
NOBODY_WORDS = (
    "unknown unk juvenile juv adult male female society state public individual business person subject suspect victim"
    " government other stranger acquaintance redacted confidential withheld none multiple various unidentified"
    " unnamed anonymous religious financial police"
)
NOBODY = frozenset(NOBODY_WORDS.split())
NAME_TAILS = frozenset({"jr", "sr", "ii", "iii", "iv"})
MOST_NAME_WORDS = 6
LONGEST_NAMES_CHARS = 300
LONGEST_VALUE_CHARS = 2_000
LONGEST_SENTINEL_CHARS = 60
OLDEST_YEARS = 120


def says_nothing(cell: str) -> bool:
    """Whether it is empty or says that nothing is stated."""
    return not cell or (len(cell) <= LONGEST_SENTINEL_CHARS and not DIGIT.search(cell) and is_sentinel(cell))


def whole(entity_type: str, cell: str) -> tuple[Found, ...]:
    is_value = len(cell) <= LONGEST_VALUE_CHARS and not says_nothing(cell)
    return (Found(entity_type, 0, len(cell)),) if is_value else ()


def worded(entity_type: str, cell: str) -> tuple[Found, ...]:
    """A cell with a word in it, not a code alone."""
    return whole(entity_type, cell) if LETTERS.search(cell) else ()


def status(entity_type: str, cell: str) -> tuple[Found, ...]:
    """A state of a case in words, without the day at its end since which it is so."""
    found = worded(entity_type, cell)
    dates = moments_in(cell).dates if found else ()
    if not dates or dates[-1][1] < len(cell):
        return found
    end = len(cell[: dates[0][0]].rstrip(" ,;:-("))
    return (Found(entity_type, 0, end),) if LETTERS.search(cell, 0, end) else ()


def numbered(entity_type: str, cell: str) -> tuple[Found, ...]:
    """A cell with a digit in it."""
    return whole(entity_type, cell) if DIGIT.search(cell) else ()


def count(entity_type: str, cell: str) -> tuple[Found, ...]:
    return (Found(entity_type, 0, len(cell)),) if cell.isdecimal() else ()


def email(entity_type: str, cell: str) -> tuple[Found, ...]:
    return (Found(entity_type, 0, len(cell)),) if EMAIL.fullmatch(cell) else ()


def choice(entity_type: str, choices: frozenset[str], cell: str) -> tuple[Found, ...]:
    return (Found(entity_type, 0, len(cell)),) if cell.casefold() in choices else ()


def told(entity_type: str, cell: str) -> tuple[Found, ...]:
    """What the reader of the type finds, or the whole cell: the user knows better."""
    reader = {"Crime_Date": days_and_times, "Crime_Time": clocks}.get(entity_type)
    found = [value for value in reader(cell) if value.entity_type == entity_type] if reader else []
    return tuple(found) or whole(entity_type, cell)


def days(cell: str) -> tuple[Found, ...]:
    """The day that a cell names, or the first and the last of several."""
    return tuple(Found("Crime_Date", *span) for span in day_spans(cell))


def days_and_times(cell: str) -> tuple[Found, ...]:
    """The days and the times of day of a cell."""
    dates = day_spans(cell)
    times = _both_ends(cell, moments_in(cell).times) if dates else ()
    found = [*(Found("Crime_Date", *span) for span in dates), *(Found("Crime_Time", *span) for span in times)]
    return tuple(sorted(found, key=lambda value: value.start))


def clocks(cell: str) -> tuple[Found, ...]:
    """The time of day in a cell of times: "1031" is one here."""
    if CLOCK.fullmatch(cell):
        return (Found("Crime_Time", 0, len(cell)),)
    return tuple(Found("Crime_Time", *span) for span in _both_ends(cell, moments_in(cell).times))


def day_spans(cell: str) -> tuple[Span, ...]:
    """The dates in a cell of dates; those without a year where it has no others."""
    moments = moments_in(cell)
    if not moments.dates:
        if len(cell) > LONGEST_MOMENT_CHARS:
            return ()
        if YEAR_AND_MONTH.fullmatch(cell) or SHORT_RANGE.fullmatch(cell):
            return ((0, len(cell)),)
        return _both_ends(cell, tuple(found.span() for found in DAY_OF_SOME_YEAR.finditer(cell)))
    if moments.has_more_digits and not moments.times and len(moments.dates) == 1:
        return ((0, len(cell)),)  # a range that is written short, such as "03/04-06/2025"
    return _both_ends(cell, moments.dates)


def _both_ends(cell: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The one there is, or both ends of a range; of more than two the first, and an end like its begin is none."""
    if len(spans) == 2 and cell[slice(*spans[0])] != cell[slice(*spans[1])]:
        return spans
    return spans[:1]


def age(entity_type: str, cell: str) -> tuple[Found, ...]:
    """Years from 1 on: a 0 stands for an age that is not known."""
    matched = AGE.fullmatch(cell)
    if matched and 1 <= int(matched["years"]) <= OLDEST_YEARS:
        return (Found(entity_type, 0, matched.end("unit") if matched["unit"] else matched.end("years")),)
    return ()


@lru_cache(maxsize=1024)
def race(entity_type: str, cell: str) -> tuple[Found, ...]:
    """A race in words, or by a code that is known, with or without a sex beside it: "WM", "M/B"."""
    if words := RACE.fullmatch(cell):
        return (Found(entity_type, *words.span("words")),)
    code = RACE_AND_SEX.fullmatch(cell) or SEX_AND_RACE.fullmatch(cell)
    return (Found(entity_type, *code.span("race")),) if code else ()


@lru_cache(maxsize=1024)
def city(entity_type: str, cell: str) -> tuple[Found, ...]:
    """A city without the state beside it."""
    matched = None if says_nothing(cell) else CITY.fullmatch(cell)
    return (Found(entity_type, *matched.span("city")),) if matched else ()


@lru_cache(maxsize=4096)
def badge(entity_type: str, cell: str) -> tuple[Found, ...]:
    matched = BADGE.fullmatch(cell)
    return (Found(entity_type, *matched.span("code")),) if matched else ()


@lru_cache(maxsize=4096)
def people(entity_type: str, comma_parts: bool, cell: str) -> tuple[Found, ...]:
    """The people whom a cell names, and the badges of officers among them.

    Args:
        entity_type: such as Officer_Name.
        comma_parts: whether a comma stands between two people, and not between family and given name.
        cell: the whole cell.
    """
    found: list[Found] = []
    if len(cell) > LONGEST_NAMES_CHARS:
        return ()
    for start, end in _pieces(cell, NAME_JOINT):
        is_list = comma_parts and _is_list(cell[start:end])
        for first, last in _pieces(cell[start:end], COMMA) if is_list else ((0, end - start),):
            found += _person(entity_type, cell, (start + first, start + last))
    return tuple(found)


def _person(entity_type: str, cell: str, span: Span) -> Iterator[Found]:
    start, end = span
    found = []
    if entity_type == "Officer_Name" and (number := BADGE_IN_NAME.search(cell, start, end)):
        before, after = (start, number.start()), (number.end(), end)
        start, end = max(before, after, key=lambda part: part[1] - part[0])
        found = [Found("Officer_BadgeNumber", *number.span("code"))]
    while start < end and not cell[start].isalpha():
        start += 1
    while end > start and not (cell[end - 1].isalpha() or cell[end - 1] == "."):
        end -= 1
    if is_name(cell[start:end]):
        yield from sorted([*found, Found(entity_type, start, end)], key=lambda value: value.start)


def _pieces(text: str, joint: re.Pattern[str]) -> Iterator[Span]:
    start = 0
    for found in joint.finditer(text):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def _is_list(text: str) -> bool:
    """Whether no comma stands before an initial or a suffix."""
    rest = [piece.strip(" .").casefold() for piece in text.split(",")[1:]]
    return all(len(piece) > 1 and piece not in NAME_TAILS for piece in rest)


def names_nobody(cell: str) -> bool:
    """Whether it only says that somebody is not known or what kind of person it is, such as "Unknown male"."""
    return not NOBODY.isdisjoint(WORDS.findall(cell.casefold()))


def is_name(text: str) -> bool:
    """Whether it looks like the name of somebody or of a business: some words of letters alone."""
    words = text.replace(",", " ").split()
    return (
        0 < len(words) <= MOST_NAME_WORDS
        and all(NAME_WORD.fullmatch(word) or word == "&" for word in words)
        and any(len(word) > 1 for word in words)
        and not names_nobody(text)
        and not is_sentinel(text)
    )
