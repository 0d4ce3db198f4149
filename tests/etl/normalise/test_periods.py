"""When something happened: the interval that a date and a time leave open."""

from datetime import datetime

import pytest

from crimeetl.etl.normalise.periods import Period, parse_period


def period(first: str, last: str, precision: str, is_approximate: bool = False) -> Period:
    return Period(datetime.fromisoformat(first), datetime.fromisoformat(last), precision, is_approximate)


PERIODS = [
    ("March 4, 2025", "2:30 PM", period("2025-03-04T14:30", "2025-03-04T14:30", "minute")),
    ("March 4, 2025", None, period("2025-03-04T00:00", "2025-03-04T23:59", "day")),
    ("March 4, 2025", "in the dark", period("2025-03-04T00:00", "2025-03-04T23:59", "day")),
    ("03/04/2025 at 2315 hours", None, period("2025-03-04T23:15", "2025-03-04T23:15", "minute")),
    ("03/04/2025 at 2315 hours", "11 p.m.", period("2025-03-04T23:00", "2025-03-04T23:00", "minute")),
    ("on or about March 4, 2025", None, period("2025-03-04T00:00", "2025-03-04T23:59", "day", True)),
    ("2025-09-30", "approximately 14:00", period("2025-09-30T14:00", "2025-09-30T14:00", "minute", True)),
    ("2025-09-30", "~ 0019", period("2025-09-30T00:19", "2025-09-30T00:19", "minute", True)),
    ("2025-09-30", "1400-1500 hours", period("2025-09-30T14:00", "2025-09-30T15:00", "minutes")),
    ("2025-09-30", "from 2 to 3 p.m.", period("2025-09-30T14:00", "2025-09-30T15:00", "minutes")),
    ("2025-09-30", "11 - 1 pm", period("2025-09-30T11:00", "2025-09-30T13:00", "minutes")),
    ("2025-09-30", "between noon and 1 pm", period("2025-09-30T12:00", "2025-09-30T13:00", "minutes")),
    ("2025-09-30", "9:00 AM – 5:00 PM", period("2025-09-30T09:00", "2025-09-30T17:00", "minutes")),
    ("2025-09-30", "Between 10:30 PM and 6:00 AM", period("2025-09-30T22:30", "2025-10-01T06:00", "minutes")),
    ("2025-09-30", "10 - 6 am", period("2025-09-30T00:00", "2025-09-30T23:59", "day")),
    ("2025-09-30", "2:00-3:00", period("2025-09-30T00:00", "2025-09-30T23:59", "day")),
    ("March 4-6, 2025", None, period("2025-03-04T00:00", "2025-03-06T23:59", "days")),
    ("between March 4 and 6, 2025", None, period("2025-03-04T00:00", "2025-03-06T23:59", "days")),
    ("March 4 to April 2, 2025", None, period("2025-03-04T00:00", "2025-04-02T23:59", "days")),
    ("between December 30 and January 2, 2025", None, period("2024-12-30T00:00", "2025-01-02T23:59", "days")),
    ("12/30/2024 - 01/02/2025", None, period("2024-12-30T00:00", "2025-01-02T23:59", "days")),
    ("2025-09-30 to 2025-10-02", None, period("2025-09-30T00:00", "2025-10-02T23:59", "days")),
    ("From 09/30/2025 to 10/01/2025", "22:00 - 06:00", period("2025-09-30T22:00", "2025-10-01T06:00", "days")),
    ("March 2025", None, period("2025-03-01T00:00", "2025-03-31T23:59", "month")),
    ("February 2024", "2 PM", period("2024-02-01T00:00", "2024-02-29T23:59", "month")),
    ("sometime in March 2025", None, period("2025-03-01T00:00", "2025-03-31T23:59", "month")),
    (None, "2 PM", None),
    (None, None, None),
    ("last Friday", "2 PM", None),
    ("March 6-4, 2025", None, None),
    ("May 2025 or June 2025", None, None),
    ("Smarch 2025", None, None),
    ("2025-10-02 to 2025-09-30", None, None),
    ("2025-09-30 to 2025-10-02 to 2025-10-04", None, None),
    ("Not provided", "Not provided", None),
]


@pytest.mark.parametrize(("day", "clock", "expected"), PERIODS)
def test_date_and_time_leave_an_interval_open_or_say_nothing(
    day: str | None, clock: str | None, expected: Period | None
) -> None:
    assert parse_period(day, clock) == expected
