"""Dates and times of day within a cell, as spans; numbers that a spreadsheet or a database means as moments."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

Span = tuple[int, int]

MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
DATE = (
    r"(?:19|20)[0-9]{2}(?P<first>[-/.])[0-9]{1,2}(?P=first)[0-9]{1,2}"
    r"|[0-9]{1,2}(?P<second>[-/.])[0-9]{1,2}(?P=second)(?:(?:19|20)[0-9]{2}|[0-9]{2})"
    r"|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    rf"|{MONTH_NAME}[ -]?[0-9]{{1,2}}(?:st|nd|rd|th)?(?:,\s?|[ -])(?:19|20)[0-9]{{2}}"
    rf"|[0-9]{{1,2}}[ -]?{MONTH_NAME}[ ,-]{{0,2}}(?:(?:19|20)[0-9]{{2}}|[0-9]{{2}})"
)
TIME = (
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s?[ap]\.?m\b\.?)?"
    r"|[0-9]{1,2}\s?[ap]\.?m\b\.?"
    r"|[0-9]{4}(?=\s?(?:hours|hrs?|h)\b)"
    r"|(?:(?<=[0-9][ T])|(?<=[0-9]  ))(?:[01][0-9]|2[0-3])[0-5][0-9](?![0-9:/.-])"
)
MOMENT = re.compile(
    rf"(?<![0-9])(?:(?P<date>{DATE})|(?P<time>{TIME})(?:\.[0-9]{{1,9}})?(?:\s?Z\b|[+-][0-9]{{2}}(?::?[0-9]{{2}})?\b)?)"
    r"(?![0-9])",
    re.IGNORECASE,
)
PLAIN_MOMENT = re.compile(  # most cells by far; read without looking for ranges
    r"((?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/(?:(?:19|20)[0-9]{2}|[0-9]{2}))"
    r"(?:(?:, ?| +|T)([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[APap][Mm])?)(?:\.0+)?)?"
)
DAY_OF_SOME_YEAR = re.compile(r"(?<![0-9/.-])(?:0?[1-9]|1[0-2])[/-](?:0?[1-9]|[12][0-9]|3[01])(?![0-9/.-])")
SHORT_RANGE = re.compile(r"[0-9]{1,2}[/-][0-9]{1,2} ?- ?[0-9]{1,2}[/-](?:19|20)?[0-9]{2}")  # 03/04-06/2025
CLOCK = re.compile(r"(?:[01]?[0-9]|2[0-4])[0-5][0-9]|(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
MIDNIGHT = re.compile(r"(?:00:00(?::00)?|0:00(?::00)?|12:00(?::00)?\s?am|0000)", re.IGNORECASE)
YEAR_AND_MONTH = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])")
SERIAL = re.compile(r"[2-6][0-9]{4}(?:\.[0-9]{1,15})?")
EPOCH = re.compile(r"[0-9]{12,13}|[0-9]{12,13}\.0")
FRACTION = re.compile(r"0?\.[0-9]{1,15}|0")
DIGIT = re.compile(r"[0-9]")
LONGEST_MOMENT_CHARS = 200
SERIAL_DAY_0 = datetime(1899, 12, 30)
SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Moments:
    """The days and times of day that a cell names, in its order."""

    dates: tuple[Span, ...] = ()
    times: tuple[Span, ...] = ()
    has_more_digits: bool = False  # in what is neither


NO_MOMENTS = Moments()


def moments_in(cell: str) -> Moments:
    """What a cell names; nothing in one that is longer than any date."""
    if plain := PLAIN_MOMENT.fullmatch(cell):
        return Moments((plain.span(1),), (plain.span(2),) if plain[2] else ())
    if len(cell) > LONGEST_MOMENT_CHARS or not DIGIT.search(cell):
        return NO_MOMENTS
    dates: list[Span] = []
    times: list[Span] = []
    position, has_more_digits = 0, False
    for found in MOMENT.finditer(cell):
        (dates if found["date"] else times).append(found.span("date" if found["date"] else "time"))
        has_more_digits = has_more_digits or DIGIT.search(cell, position, found.start()) is not None
        position = found.end()
    has_more_digits = has_more_digits or DIGIT.search(cell, position) is not None
    return Moments(tuple(dates), tuple(times), has_more_digits)


def is_day(text: str) -> bool:
    """Whether a date's numbers are ones of a calendar, in the order of any country."""
    numbers = [int(number) for number in re.findall("[0-9]+", text)]
    if len(numbers) == 3:
        low = sorted(number for number in numbers if number <= 31)
        return len(low) >= 2 and 1 <= low[0] <= 12
    return True


def is_midnight(cell: str, time: Span) -> bool:
    return MIDNIGHT.fullmatch(cell, *time) is not None


def shown_serial(cell: str) -> str:
    """The day, and the time if it has one, that a spreadsheet counts from 1900; other cells as they are."""
    if not SERIAL.fullmatch(cell):
        return cell
    days, _, fraction = cell.partition(".")
    seconds = round(float(f"0.{fraction or 0}") * SECONDS_A_DAY)
    return _shown(SERIAL_DAY_0 + timedelta(days=int(days), seconds=seconds))


def shown_epoch(cell: str) -> str:
    """The day and time of so many milliseconds since 1970; other cells as they are."""
    if not EPOCH.fullmatch(cell):
        return cell
    return _shown(datetime.fromtimestamp(int(cell.removesuffix(".0")) // 1000, UTC).replace(tzinfo=None))


def shown_fraction(cell: str) -> str:
    """The time of day that is such a part of it; other cells as they are."""
    if not FRACTION.fullmatch(cell):
        return cell
    moment = SERIAL_DAY_0 + timedelta(minutes=round(float(cell) * SECONDS_A_DAY / 60))
    return f"{moment:%H:%M}" if moment.date() == date(1899, 12, 30) else cell


def _shown(moment: datetime) -> str:
    if not moment.hour and not moment.minute and not moment.second:
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second else f"{moment:%Y-%m-%d %H:%M}"
