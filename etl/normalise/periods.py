"""When something happened, as the interval that a date and a time of day leave open; None where they do not say.

    March 4, 2025 + 2:30 PM                     14:30 to 14:30     minute
    on or about March 4, 2025                   0:00 to 23:59      day, approximate
    March 4-6, 2025                             three days         days
    March 4, 2025 + between 10 PM and 6 AM      22:00 to 6:00      minutes
    March 2025                                  the whole month    month

Both ends belong to the interval, to the minute, on the local wall clock.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from crimeetl.etl.normalise.moments import MONTHS, parse_date, parse_time
from crimeetl.etl.normalise.text import bare, remembered

APPROXIMATE = re.compile(r"\b(?:about|around|approximately|approx|circa|roughly|estimated)\b|~")
SPAN_LEAD = re.compile(r"(?:(?:between|from|sometime|some time|in|during)\b:?\s*)+")
DAY_JOINT = re.compile(r"\s+(?:to|through|thru|until|till|and|-)\s+(?:on or about\s+)?")
DAYS_OF_MONTH = re.compile(
    r"(?P<name>[a-z]+)\.? (?P<first>[0-9]{1,2})(?:st|nd|rd|th)?\s*(?:-|to|through|thru|and)\s*"
    r"(?P<second>[0-9]{1,2})(?:st|nd|rd|th)?(?:,\s*|\s)(?P<year>[0-9]{4})"
)
MONTH = re.compile(r"(?:the month of )?(?P<name>[a-z]+)\.?,?(?: of)? (?P<year>[0-9]{4})")
YEAR_AND_MONTH = re.compile(r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])")
YEAR = re.compile(r"(?:,\s*|\s)(?P<year>[0-9]{4})$")
TIME_JOINT = re.compile(r"\s*(?:-|\b(?:to|until|till|through|thru|and)\b)\s*(?:approximately\s+|about\s+|around\s+)?")
HALF = re.compile(r"\s*[ap]\.?\s?m\.?$")
HOURS = re.compile(r"\s*(?:hours|hrs)\.?$")
LAST_MINUTE = time(23, 59)


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a date leaves open."""

    first: date
    last: date
    precision: str  # day, days or month
    is_approximate: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """The times of day that a time leaves open; the last may lie on the next day."""

    first: time
    last: time
    is_approximate: bool


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when."""

    first: datetime
    last: datetime
    precision: str  # minute, minutes, day, days or month
    is_approximate: bool


@remembered
def parse_period(date_value: str | None, time_value: str | None) -> Period | None:
    """The interval of a date and a time of day; a time that cannot be read leaves the whole day open."""
    days = None if date_value is None else parse_days(date_value)
    if days is None:
        return None
    clock = None if time_value is None else parse_clock(time_value)
    if clock is None and date_value is not None and (minute := parse_time(date_value)) is not None:
        clock = Clock(minute, minute, is_approximate=False)
    if clock is None or days.precision == "month":
        first, last = datetime.combine(days.first, time()), datetime.combine(days.last, LAST_MINUTE)
        return Period(first, last, days.precision, days.is_approximate)
    first, last = datetime.combine(days.first, clock.first), datetime.combine(days.last, clock.last)
    if last < first:
        last += timedelta(days=1)
    precision = "days" if days.precision == "days" else "minute" if first == last else "minutes"
    return Period(first, last, precision, days.is_approximate or clock.is_approximate)


def parse_days(value: str) -> Days | None:
    """Such as "March 4-6, 2025", "between 12/30/2024 and 1/2/2025", "on or about March 4, 2025", "March 2025"."""
    text = bare(value)
    is_approximate = APPROXIMATE.search(text) is not None
    day = parse_date(text)
    if day is not None:
        return Days(day, day, "day", is_approximate)
    text = SPAN_LEAD.sub("", text, count=1) if SPAN_LEAD.match(text) else text
    if matched := DAYS_OF_MONTH.fullmatch(text):
        first, last = (parse_date(f"{matched['name']} {matched[n]}, {matched['year']}") for n in ("first", "second"))
        return _days(first, last, is_approximate)
    if matched := YEAR_AND_MONTH.fullmatch(text):
        return _month(int(matched["month"]), int(matched["year"]), is_approximate)
    if matched := MONTH.fullmatch(text):
        return _month(MONTHS.get(matched["name"], 0), int(matched["year"]), is_approximate)
    sides = DAY_JOINT.split(text)
    if len(sides) != 2:
        return None
    last = parse_date(sides[1])
    first = parse_date(sides[0])
    if first is None and last is not None and (year := YEAR.search(sides[1])):
        first = parse_date(f"{sides[0]}, {year['year']}")
        if first is not None and first > last:
            first = parse_date(f"{sides[0]}, {last.year - 1}")
    return _days(first, last, is_approximate)


def parse_clock(value: str) -> Clock | None:
    """Such as "2:30 PM", "about noon", "between 10 PM and 6 AM", "1400-1500 hours"; "from 2 to 3 p.m." is both p.m."""
    text = bare(value)
    is_approximate = APPROXIMATE.search(text) is not None
    minute = parse_time(text)
    if minute is not None:
        return Clock(minute, minute, is_approximate)
    text = SPAN_LEAD.sub("", text, count=1) if SPAN_LEAD.match(text) else text
    sides = TIME_JOINT.split(text)
    if len(sides) != 2:
        return None
    last = parse_time(sides[1])
    if last is None:
        return None
    half, hours = HALF.search(sides[1]), HOURS.search(sides[1])
    if half is not None and HALF.search(sides[0]) is None and sides[0][:1].isdigit():
        halves = (half.group(), " am" if "p" in half.group() else " pm")
        firsts = [found for ending in halves if (found := parse_time(sides[0] + ending)) is not None]
        first = next((found for found in firsts if found < last), None)
    else:
        first = parse_time(sides[0] + (hours.group() if hours and not HOURS.search(sides[0]) else ""))
    return None if first is None or first == last else Clock(first, last, is_approximate)


def _days(first: date | None, last: date | None, is_approximate: bool) -> Days | None:
    if first is None or last is None or first >= last:
        return None
    return Days(first, last, "days", is_approximate)


def _month(month: int, year: int, is_approximate: bool) -> Days | None:
    if not month or not 1900 <= year <= 2099:
        return None
    return Days(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month", is_approximate)
