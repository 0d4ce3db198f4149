"""What the rules find in a text, asked of DuckDB, whose dialect they are written in."""

import duckdb
import pytest

from crimeetl.etl.link import rules


def extracted(text: str, pattern: str, group: int = 0) -> str:
    [(found,)] = duckdb.execute("select regexp_extract(?, ?, ?)", [text, pattern, group]).fetchall()
    return str(found)


@pytest.mark.parametrize(
    ("between", "is_near"),
    [
        (", Badge #", True),
        (" (star no. ", True),
        (" #", True),
        (" ", True),
        (" and Officer Ray, ", False),
        (", badge number id ", False),
    ],
)
def test_a_badge_follows_its_name_with_nothing_between_but_words_for_a_badge(between: str, is_near: bool) -> None:
    assert duckdb.execute("select regexp_full_match(?, ?, 'i')", [between, rules.BADGE_GAP]).fetchall() == [(is_near,)]


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("Officers of the Port Maren Police Department met", "Port Maren Police Department"),
        ("BRENNOCK COUNTY POLICE DEPT\nReport", "BRENNOCK COUNTY POLICE DEPT"),
        ("called Port Maren PD at noon", "Port Maren PD"),
        ("the Brennock County Sheriff's Office", "Brennock County Sheriff's"),
        ("the Brennock County Sheriff’s Office", "Brennock County Sheriff’s"),
        ("a police department somewhere", ""),
        ("the rapid response", ""),
    ],
)
def test_the_agency_is_the_first_that_a_text_names(text: str, agency: str) -> None:
    assert extracted(text, rules.AGENCY) == agency


@pytest.mark.parametrize(
    ("case_number", "year", "short_year"),
    [
        ("2024-00123", "2024", ""),
        ("PM-2024-123", "2024", ""),
        ("202400123", "2024", ""),
        ("24-00123", "", "24"),
        ("24-12", "", ""),
        ("2055-123", "", ""),
        ("64-00123", "", ""),
        ("12345", "", ""),
    ],
)
def test_a_case_number_tells_its_year_when_it_begins_with_one(case_number: str, year: str, short_year: str) -> None:
    assert extracted(case_number, rules.CASE_NUMBER_YEAR, 1) == year
    assert extracted(case_number, rules.CASE_NUMBER_SHORT_YEAR, 1) == short_year
