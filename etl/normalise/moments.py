"""The day, or the minute of the day, that a value names; None unless it reads in one way only.

Formats are matched whole and strictly. Parsers that guess turn "03/04/2025 at 2315 hours" into a day of another
year; here a value that is not understood to its last character has no reading, and the verbatim value stays.
"""

import re
from datetime import date, time

from crimeetl.etl.normalise.text import bare, remembered

CENTURY_PIVOT = 50  # 49 is 2049, 50 is 1950

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}

DATE_LEAD = re.compile(
    r"(?:(?:date|dated|on or about|on)\b:?\s*)?(?:(?:mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b\.?,?\s*)?(?:the\s+)?"
)

DATE_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>[0-9]{4})(?P<separator>[-/.])(?P<month>[0-9]{1,2})(?P=separator)(?P<day>[0-9]{1,2})",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        r"(?P<name>[a-z]+)\.?[ -]?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?:,\s*|[ -])(?P<year>[0-9]{4}|'[0-9]{2})",
        r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?: of)?[ -]?(?P<name>[a-z]+)\.?,?[ -]?(?P<year>[0-9]{4}|'?[0-9]{2})",
        r"(?P<first>[0-9]{1,2})(?P<separator>[-/.])(?P<second>[0-9]{1,2})(?P=separator)(?P<year>[0-9]{4}|[0-9]{2})",
    )
)


def date_of(text: str) -> date | None:
    lead = DATE_LEAD.match(text)
    bare = text[lead.end() :] if lead else text
    for form in DATE_FORMS:
        if matched := form.fullmatch(bare):
            return _date_from(matched.groupdict())
    return None


def _date_from(parts: dict[str, str | None]) -> date | None:
    year = _year(parts["year"] or "")
    if "first" in parts:
        month, day = _month_and_day(int(parts["first"] or 0), int(parts["second"] or 0), parts["separator"] == ".")
    else:
        month = MONTHS.get(parts["name"] or "", 0) if "name" in parts else int(parts["month"] or 0)
        day = int(parts["day"] or 0)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(digits: str) -> int:
    """A year between 1900 and 2099; 0, which no date has, for others."""
    number = int(digits.lstrip("'"))
    if len(digits.lstrip("'")) == 2:
        return number + (2000 if number < CENTURY_PIVOT else 1900)
    return number if 1900 <= number <= 2099 else 0


def _month_and_day(first: int, second: int, is_dotted: bool) -> tuple[int, int]:
    if first > 12:
        return second, first
    if is_dotted and second <= 12 and first != second:
        return 0, 0
    return first, second


# A day and a month that nothing goes on from: "01/15", "15 Jan", "Jan. 15".
MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
YEARLESS = re.compile(
    rf"(?<![0-9/.-])(?:[0-9]{{1,2}}/[0-9]{{1,2}}|(?:{MONTH_NAMES})\.? [0-9]{{1,2}}|[0-9]{{1,2}} (?:{MONTH_NAMES}))"
    r"(?![0-9/.-]|\w|,? ?(?:19|20)[0-9]{2}(?![0-9]))",
    re.I,
)

TIME_LEAD = re.compile(r"(?:(?:at|about|around|approximately|approx|circa|roughly|time)\b[.:]?\s*|[@~]\s*)*")

TIME_TAIL = re.compile(r"\s*\(?(?:(?:[ecmp][sd]?t|ak[sd]?t|hst)|local(?: time)?)\)?$")

TWELVE_HOURS = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2}))?(?::[0-5][0-9])?\s*"
    r"(?:(?P<half>[ap])\.?\s?m\.?|in the (?P<part>morning|afternoon|evening))"
)

FULL_DAY = re.compile(r"(?P<hour>[0-9]{2}):?(?P<minute>[0-9]{2})(?::[0-5][0-9])?")

FULL_DAY_HOURS = re.compile(r"(?P<hour>[0-9]{1,2}?)[:.]?(?P<minute>[0-9]{2})(?::[0-5][0-9])?\s?(?:hours|hrs|hr|h)\.?")

FIXED_TIMES = {
    spelling: moment
    for moment, spellings in (
        (time(12), ("noon", "12 noon", "12:00 noon", "12noon", "midday")),
        (time(0), ("midnight", "12 midnight", "12:00 midnight", "24:00", "2400", "2400 hours", "2400 hrs")),
    )
    for spelling in spellings
}


def time_of(text: str) -> time | None:
    lead = TIME_LEAD.match(text)
    bare = TIME_TAIL.sub("", text[lead.end() :] if lead else text)
    if bare in FIXED_TIMES:
        return FIXED_TIMES[bare]
    if matched := TWELVE_HOURS.fullmatch(bare):
        half = matched["half"] or ("a" if matched["part"] == "morning" else "p")
        return _twelve_hour_time(int(matched["hour"]), matched["minute"], half)
    if matched := FULL_DAY.fullmatch(bare) or FULL_DAY_HOURS.fullmatch(bare):
        return _clock(int(matched["hour"]), int(matched["minute"]))
    return None


def _twelve_hour_time(hour: int, minute: str | None, half: str) -> time | None:
    """Also "14:30 PM", which says the same twice; not "14:30 AM", which contradicts itself."""
    if 1 <= hour <= 12:
        return _clock(hour % 12 + (12 if half == "p" else 0), int(minute or 0))
    return _clock(hour, int(minute)) if hour > 12 and half == "p" and minute else None


def _clock(hour: int, minute: int) -> time | None:
    return time(hour, minute) if hour < 24 and minute < 60 else None


MOMENT_JOINT = re.compile(r",?\s+(?:at|on|@)\s+|,\s*|\s+(?:-\s+)?|(?<=[0-9])t(?=[0-9])")


def with_year(value: str, year: int | None) -> str:
    """A date that states no year, such as "01/15 0930" or "Jan 15", with the one that holds for it; others as are."""
    if year is None or parse_date(value) is not None:
        return value
    return YEARLESS.sub(lambda day: f"{day[0]}/{year}" if "/" in day[0] else f"{day[0]} {year}", value)


@remembered
def parse_date(value: str) -> date | None:
    """The day that a value names, whether or not it names a time too.

    Numbers alone are read month first, as in the United States: 03/04/2025 is March 4. Day first holds where only
    that is possible (25/12/2025), and for dots, which both customs use, nothing holds unless only one is possible.
    Years of two digits lie between 1950 and 2049.
    """
    text = bare(value)
    return date_of(text) or _moment(text)[0]


@remembered
def parse_time(value: str) -> time | None:
    """The minute of the day that a value names, "approximately" or not; seconds are dropped.

    Twelve-hour times need their half of the day: "2:30" may be either and has no reading, "02:30" has.
    """
    text = bare(value)
    found = time_of(text)
    return _moment(text)[1] if found is None else found


def _moment(text: str) -> tuple[date, time] | tuple[None, None]:
    """A date and a time that stand together, in either order."""
    for joint in MOMENT_JOINT.finditer(text):
        before, after = text[: joint.start()], text[joint.end() :]
        for day_text, time_text in ((before, after), (after, before)):
            day, moment = date_of(day_text), time_of(time_text)
            if day is not None and moment is not None:
                return day, moment
    return None, None
