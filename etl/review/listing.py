"""The reports to choose from: which first, and which of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars
from duckdb import DuckDBPyConnection

from crimeetl import sql

Order = Literal["unsure", "random", "path"]
ORDERS: dict[str, str] = {
    "unsure": "least sure first, to teach",
    "random": "a random sample, to measure",
    "path": "by path",
}
STATUSES = ("untouched", "in review", "done")
PAGE_REPORTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which reports a person wants to see, and in which order."""

    order: Order = "unsure"
    status: str = ""  # any, unless one of STATUSES
    entity_type: str = ""  # that they have values of
    path: str = ""  # a part of it
    words: str = ""  # that their text holds


class Listing:
    """All reports that have answers; found anew only when an ingest has changed what is there."""

    def __init__(self) -> None:
        self._stamp: object = None
        self._reports = polars.DataFrame()

    def reports(self, con: DuckDBPyConnection) -> polars.DataFrame:
        """A row for each report, with how far people are with it."""
        stamp = sql.fetch(con, sql.statement("statements", "how_much_is_there"))
        if stamp != self._stamp:
            self._reports = con.sql(sql.statement("statements", "reports_to_review")).pl()
            self._stamp = stamp
        said: polars.DataFrame = con.sql(sql.statement("statements", "reports_said_of")).pl()
        return self._reports.join(said, on="report_id", how="left").with_columns(
            polars.col("status").fill_null("untouched")
        )


def chosen(con: DuckDBPyConnection, reports: polars.DataFrame, choice: Choice) -> polars.DataFrame:
    """Those of all reports that a person wants, in the order asked for."""
    if choice.status:
        reports = reports.filter(polars.col("status") == choice.status)
    if choice.entity_type:
        reports = reports.filter(polars.col("entity_types").list.contains(choice.entity_type))
    if choice.path:
        reports = reports.filter(polars.col("path").str.contains(choice.path, literal=True))
    if choice.words:
        text = sql.statement("statements", "reports_with_text")
        found = [report_id for (report_id,) in sql.fetch(con, text, {"words": choice.words})]
        reports = reports.filter(polars.col("report_id").is_in(found))
    return reports.sort(_keys(choice.order), nulls_last=True)


def _keys(order: Order) -> Sequence[str]:
    return {
        "unsure": ["least_sure", "path", "place"],
        "random": ["chance"],
        "path": ["path", "place"],
    }[order]


def next_of(reports: polars.DataFrame, report_id: str) -> str | None:
    """The first report in this order that nobody has finished, but for one."""
    waiting = reports.filter((polars.col("status") != "done") & (polars.col("report_id") != report_id))
    return None if waiting.is_empty() else str(waiting["report_id"][0])
