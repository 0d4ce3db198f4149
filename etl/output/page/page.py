"""The page: what is asked of the database, and how it is drawn."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
from duckdb import DuckDBPyConnection

from crimeetl.etl.output.page.charts import Chart, chart, months, sureness_chart
from crimeetl.etl.output.page.marks import MOST_CHARS, pieces
from crimeetl.sql import statement

MOST_REPORTS, MOST_PEOPLE, NEWEST_RUNS = 100, 30, 5
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Row = Mapping[str, Any]


def write_page(
    con: DuckDBPyConnection, path: Path, *, is_pseudonymous: bool = False, most_reports: int = MOST_REPORTS
) -> tuple[int, int]:
    """Writes the page: no script, nothing from elsewhere, every text escaped.

    Under pseudonyms it holds what the tables of such an export hold: no text, path, name, address or run.

    Returns:
        How many reports are on it, and how many there are.
    """
    [counts] = _asked(con, "statements", "page_counts")
    people = _people(con, is_pseudonymous)
    reports = _reports(con, is_pseudonymous, most_reports)
    types = sorted({one["entity_type"] for report in reports for one in report["mentions"]})
    hues = {name: round(number * 137.508) % 360 for number, name in enumerate(types)}  # the golden angle: far apart
    style = _templates().get_template("page.css").render(hues=list(hues.values()))
    page = _templates().get_template("page.html").render(
        style=style,
        style_hash=b64encode(sha256(style.encode()).digest()).decode(),
        counts=counts,
        runs=[] if is_pseudonymous else _asked(con, "queries", "latest_runs")[:NEWEST_RUNS],
        charts=_charts(con, is_pseudonymous),
        people=people[:MOST_PEOPLE],
        people_left_out=max(len(people) - MOST_PEOPLE, 0),
        reports=reports,
        numbers={name: number for number, name in enumerate(types)},
        is_pseudonymous=is_pseudonymous,
    )  # fmt: skip
    path.write_bytes(page.encode())
    return len(reports), counts["reports"]


def in_numbers(con: DuckDBPyConnection) -> str:
    """The charts and who recurs, as a piece of HTML for another page, which needs ``numbers_style``."""
    people = _people(con, is_pseudonymous=False)
    return _templates().get_template("numbers.html").render(
        charts=_charts(con, is_pseudonymous=False),
        people=people[:MOST_PEOPLE],
        people_left_out=max(len(people) - MOST_PEOPLE, 0),
        is_pseudonymous=False,
    )  # fmt: skip


def numbers_style() -> str:
    """The style sheet of ``in_numbers``."""
    return _templates().get_template("numbers.css").render()


def _charts(con: DuckDBPyConnection, is_pseudonymous: bool) -> list[Chart]:
    by_type = _counted(con, "offenses_by_type", "offense_type")
    shown, earlier = months(dict(_counted(con, "offenses_by_month", "occurred_in")))
    days = {row["weekday_number"]: row["offense_count"] for row in _asked(con, "queries", "offenses_by_weekday")}
    hours = dict(_counted(con, "offenses_by_hour", "hour_of_day"))
    crimes = sum(count for _, count in by_type)
    dated = f"{sum(days.values()):,} of {crimes:,} crimes state their day."
    before = f" {earlier:,} of them happened earlier." if earlier else ""
    every_day = [(name, days.get(number, 0)) for number, name in enumerate(WEEKDAYS, start=1)]
    every_hour = [(f"{hour:02}", hours.get(str(hour), 0)) for hour in range(24)]
    timed = f"{sum(hours.values()):,} of {crimes:,} crimes state their time."
    found = [
        chart("Crimes by type", by_type),
        chart("Crimes by month", shown, dated + before, most=len(shown)),
        chart("Crimes by weekday", every_day if days else [], dated),
        chart("Crimes by hour", every_hour if hours else [], timed, most=24),
        chart("Places in most reports", _places(con, is_pseudonymous)),
        sureness_chart("Values by type, and how sure they are", _asked(con, "queries", "values_by_type")),
    ]
    return [one for one in found if one.bars]


def _counted(con: DuckDBPyConnection, query: str, label: str) -> list[tuple[str, int]]:
    return [(str(row[label]), row["offense_count"]) for row in _asked(con, "queries", query)]


def _places(con: DuckDBPyConnection, is_pseudonymous: bool) -> list[tuple[str, int]]:
    if is_pseudonymous:
        rows = _asked(con, "statements", "page_pseudonymous_places")
    else:
        rows = _asked(con, "queries", "busiest_locations")
    return [(", ".join(filter(None, (row["address"], row.get("city")))), row["report_count"]) for row in rows]


def _people(con: DuckDBPyConnection, is_pseudonymous: bool) -> Sequence[Row]:
    if is_pseudonymous:
        return _asked(con, "statements", "page_pseudonymous_people")
    return _asked(con, "queries", "recurring_people")


def _reports(con: DuckDBPyConnection, is_pseudonymous: bool, most: int) -> list[dict[str, Any]]:
    """The first reports, each with its values, and with its text in pieces unless nobody may be told."""
    if is_pseudonymous:
        rows = _asked(con, "statements", "page_pseudonymous_reports", limit=most)
        return [{"name": row["report_id"][:12], "mentions": row["mentions"]} for row in rows]
    return [
        {
            "name": f"{row['path'].rsplit('/', 1)[-1]}{' #' + str(row['place']) if row['place'] else ''}",
            "path": row["path"],
            "pieces": pieces(row["text"], row["mentions"]),
            "chars_left_out": max(len(row["text"]) - MOST_CHARS, 0),
            "mentions": row["mentions"],
        }
        for row in _asked(con, "statements", "page_reports", limit=most)
    ]


def _asked(con: DuckDBPyConnection, folder: Any, name: str, **parameters: object) -> list[dict[str, Any]]:
    """A statement's rows by the names of their columns."""
    relation = con.sql(statement(folder, name), params=parameters or None)
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def _sure(mention: Row) -> str:
    """How sure a value is, in words."""
    if mention["confidence"] is not None:
        return f"{100 * mention['confidence']:.0f} %"
    return {"column": "a column", "review": "a person"}.get(mention.get("source", ""), "")


def _read_as(mention: Row) -> str:
    """What a value was read as, where that says more than the value."""
    return "" if mention.get("normalised") in (None, mention["value"]) else str(mention["normalised"])


def _number_of(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(resources.files("crimeetl.etl.output.page") / "templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "sure": _sure,
        "read_as": _read_as,
        "grouped": "{:,}".format,
        "counted": _number_of,
    }
    return environment
