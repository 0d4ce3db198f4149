"""A value in the one spelling that can be compared."""

from collections.abc import Callable, Mapping

from crimeetl.etl.normalise.codes import parse_badge, parse_email, parse_status
from crimeetl.etl.normalise.moments import parse_date, parse_time, with_year
from crimeetl.etl.normalise.names import parse_person
from crimeetl.etl.normalise.numbers import parse_age, parse_integer
from crimeetl.etl.normalise.text import remembered
from crimeetl.model.sentinels import is_sentinel


@remembered
def normalise_value(value: str, normaliser: str, *, year: int | None = None) -> str | None:
    """A value in the one spelling that can be compared, or None when it states nothing or has no certain reading.

    Dates become ``yyyy-mm-dd``, times ``HH:MM``, ages and integers digits; text has its white space folded.

    Args:
        year: of a date that states none.
    """
    if is_sentinel(value):
        return None
    return NORMALISE[normaliser](with_year(value, year) if normaliser == "date" else value)


def _text(value: str) -> str | None:
    return " ".join(value.split()) or None


@remembered
def type_text(value: str) -> str:
    """A crime type as it is compared: small letters, single spaces."""
    return " ".join(value.split()).lower()


def _date_text(value: str) -> str | None:
    day = parse_date(value)
    return day.isoformat() if day else None


def _time_text(value: str) -> str | None:
    moment = parse_time(value)
    return f"{moment:%H:%M}" if moment is not None else None


def _age_text(value: str) -> str | None:
    age = parse_age(value)
    return str(age) if age is not None else None


def _integer_text(value: str) -> str | None:
    number = parse_integer(value)
    return str(number) if number is not None else None


NORMALISE: Mapping[str, Callable[[str], str | None]] = {
    "text": _text,
    "person": parse_person,
    "age": _age_text,
    "date": _date_text,
    "time": _time_text,
    "badge": parse_badge,
    "email": parse_email,
    "status": parse_status,
    "integer": _integer_text,
}
