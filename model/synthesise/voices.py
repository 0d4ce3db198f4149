"""How a report speaks: its clock, its dates, whom it names and how."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crimeetl.model.synthesise.vocabulary import places

NUMBER_WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
CLOCKS: dict[str, Callable[[datetime], str]] = {
    "2140 hours": lambda t: f"{t:%H%M} hours",
    "2140 hrs": lambda t: f"{t:%H%M} hrs",
    "2140": lambda t: f"{t:%H%M}",
    "21:40": lambda t: f"{t:%H:%M}",
    "21:40 hours": lambda t: f"{t:%H:%M} hours",
    "9:40 p.m.": lambda t: f"{_twelve(t)} {'a.m.' if t.hour < 12 else 'p.m.'}",
    "9:40 PM": lambda t: f"{_twelve(t, is_short=False)} {'AM' if t.hour < 12 else 'PM'}",
    "9:40pm": lambda t: f"{_twelve(t)}{'am' if t.hour < 12 else 'pm'}",
}
DATES: dict[str, Callable[[datetime], str]] = {
    "March 3, 2024": lambda t: f"{t:%B} {t.day}, {t.year}",
    "03/03/2024": lambda t: f"{t:%m/%d/%Y}",
    "3/3/24": lambda t: f"{t.month}/{t.day}/{t:%y}",
    "2024-03-03": lambda t: f"{t:%Y-%m-%d}",
    "03-Mar-2024": lambda t: f"{t:%d-%b-%Y}",
    "3 March 2024": lambda t: f"{t.day} {t:%B %Y}",
    "March 3": lambda t: f"{t:%B} {t.day}",
    "Mar. 3": lambda t: f"{_month(t)} {t.day}",
    "Tuesday, March 3": lambda t: f"{t:%A}, {t:%B} {t.day}",
    "Tuesday, March 3, 2024": lambda t: f"{t:%A}, {t:%B} {t.day}, {t.year}",
    "March 3rd": lambda t: f"{t:%B} {places.ordinal(t.day)}",
}


def _twelve(t: datetime, *, is_short: bool = True) -> str:
    hour = t.hour % 12 or 12
    return f"{hour}" if is_short and t.minute == 0 else f"{hour}:{t.minute:02}"


def _month(t: datetime) -> str:
    return f"{t:%B}" if t.month in (3, 4, 5, 6, 7) else f"{t:%b}."


def part_of_day(t: datetime) -> str:
    """The word for an hour."""
    if t.hour < 5 or t.hour >= 21:
        return "night" if t.hour >= 21 else "early morning"
    return "morning" if t.hour < 12 else "afternoon" if t.hour < 17 else "evening"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How a report speaks."""

    clock: str  # a key of CLOCKS
    date: str  # a key of DATES
    is_first_person: bool = False
    are_victims_named: bool = True
    identifies_later: bool = False
    """A victim without a name at first is named further down."""
    names: str = "full"  # full, inverted ("Lee, Ann"), capitals ("LEE, ANN")
    later: str = "last"  # last ("Lee"), titled ("Mr. Lee"), role ("the victim")
    has_badges: bool = True
    has_ages: bool = True
    has_races: bool = False
    has_codes: bool = False  # "(W/F, 34)"
