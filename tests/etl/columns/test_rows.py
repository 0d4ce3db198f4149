"""The text of a row, the places of its cells and what of it is for the model to read."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crimeetl.etl.columns import RowReport, map_columns, raw_table, row_report
from crimeetl.etl.documents import Document
from crimeetl.etl.normalise.values import normalise_value

NARRATIVE = "The victim stated that a man took her bicycle from the rack."


def report(headings: list[str], *rows: list[str], **options: object) -> RowReport:
    return row_report(map_columns(headings, rows), rows[0], **options)  # type: ignore[arg-type]


def values(found: RowReport) -> list[tuple[str, str]]:
    return [(value.entity_type, found.text[value.char_start : value.char_end]) for value in found.given]


def test_a_row_without_prose_is_a_line_a_cell_and_nothing_is_asked() -> None:
    found = report(["Case #", "Kind", "Beat", "Officer"], ["0012", "Theft  of car", "", " Roe "])
    assert found.text == "Case #: 0012\nKind: Theft  of car\nOfficer: Roe"
    assert found.asked_chars == 0
    assert found.cell_spans == ((8, 12, 0), (19, 32, 1), (42, 45, 3))
    assert values(found) == [("Case_Number", "0012"), ("Crime_Type", "Theft  of car"), ("Officer_Name", "Roe")]


def test_a_row_with_comments_is_read_as_a_whole() -> None:
    headings = ["Incident", "Location", "Comments / Nature of Fire", "CASE#"]
    rows = [
        ["Lost Property", "10 S. Elm (Quad)", "Woman reports losing a camera in the Quad", "W1"],
        ["Theft", "61st & Oak", "", "W2"],
    ]
    mapped = map_columns(headings, rows)
    found = row_report(mapped, rows[0], context=["Exampleville Police", "July 2010"])
    assert found.text == (
        "Incident: Lost Property\nLocation: 10 S. Elm (Quad)\n"
        "Comments / Nature of Fire: Woman reports losing a camera in the Quad\nCASE#: W1\n\n"
        "Exampleville Police\nJuly 2010"
    )
    assert found.asked_chars == len(found.text)
    assert row_report(mapped, rows[1]).asked_chars == 0


def test_prose_stands_first_as_it_is_and_is_all_that_is_asked() -> None:
    rows = [["24-1", f" {NARRATIVE}\n\nShe left. ", "01/02/2024"], ["24-2", NARRATIVE, "01/03/2024"]]
    mapped = map_columns(["Case", "Narrative", "Date"], rows)
    found = row_report(mapped, rows[0], context=["Log"], notes=["A note."])
    prose = f" {NARRATIVE}\n\nShe left. "
    assert found.text == f"{prose}\nA note.\n\nCase: 24-1\nDate: 01/02/2024\n\nLog"
    assert found.asked_chars == len(f"{prose}\nA note.")
    assert found.cell_spans[0] == (0, len(prose), 1)
    assert values(found) == [("Case_Number", "24-1"), ("Crime_Date", "01/02/2024")]
    assert row_report(mapped, ["24-3", " ", ""]).text == "Case: 24-3"
    assert row_report(mapped, ["24-3", " ", ""]).asked_chars == 0


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        (["text"], ["A man fled."]),
        (["id", "report"], ["1", 'At 23:15,\r\na "man"\nfled. ']),
        (["n", "text"], ["1", "b"]),
        (["OBJECTID", "body", "note"], ["7", NARRATIVE, ""]),
    ],
)
def test_prose_with_nothing_but_its_number_beside_it_is_the_whole_text(headings: list[str], row: list[str]) -> None:
    found = report(headings, row)
    assert (found.text, found.given, found.asked_chars) == (row[1 if len(row) > 1 else 0], (), len(found.text))


def test_notes_below_a_row_are_its_last_lines_and_are_asked() -> None:
    found = report(["Case", "Kind"], ["1", "Theft"], notes=["A man took a hat.", "He fled."], context=["Log"])
    assert found.text == "Case: 1\nKind: Theft\nA man took a hat.\nHe fled.\n\nLog"
    assert found.asked_chars == len(found.text)


def test_a_cell_of_several_lines_is_one_line_unless_it_is_prose() -> None:
    found = report(["Case", "block_location"], ["1", "1100 BLOCK ELM AVE\nExampleville, CA\n(37.8, -122.2)"])
    assert found.text == "Case: 1\nblock_location: 1100 BLOCK ELM AVE Exampleville, CA (37.8, -122.2)"


def test_cells_that_are_missing_at_the_end_are_empty() -> None:
    mapped = map_columns(["Case", "Kind", "City"], [["1", "Theft", "Example"]])
    assert row_report(mapped, ["2", "Arson"]).text == "Case: 2\nKind: Arson"


def test_what_says_that_nothing_is_known_gives_nothing_and_stays_in_the_text() -> None:
    rows = [["N/A", "UNKNOWN", "-", "none"], ["24-1", "Theft", "1 Elm St", "Open"]]
    found = report(["Case", "Offense", "Address", "Status"], *rows)
    assert (found.text, found.given) == ("Case: N/A\nOffense: UNKNOWN\nAddress: -\nStatus: none", ())


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("Roe", [("Officer_Name", "Roe")]),
        ("Ofc. Roe #4521", [("Officer_Name", "Ofc. Roe"), ("Officer_BadgeNumber", "4521")]),
        ("4521 - Roe", [("Officer_BadgeNumber", "4521"), ("Officer_Name", "Roe")]),
        ("Roe/Poe; Doe", [("Officer_Name", "Roe"), ("Officer_Name", "Poe"), ("Officer_Name", "Doe")]),
        ("Roe, Poe", [("Officer_Name", "Roe"), ("Officer_Name", "Poe")]),
        ("Roe, J.", [("Officer_Name", "Roe, J.")]),
        ("unknown", []),
        ("12", []),
    ],
)
def test_officers_of_a_cell_are_taken_apart(cell: str, wanted: list[tuple[str, str]]) -> None:
    rows = [["Roe"], ["Poe"], ["Doe"], ["Loe"], ["Roe, Poe"]]
    assert values(row_report(map_columns(["Officer(s)"], rows), [cell])) == wanted


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("WM", ["W"]),
        ("W/M", ["W"]),
        ("F B", ["B"]),
        ("White Male", ["White"]),
        ("Black/African American", ["Black/African American"]),
        ("XM", []),
        ("UM", []),
        ("M", []),
        ("Unknown", []),
    ],
)
def test_a_race_is_taken_out_of_race_and_sex(cell: str, wanted: list[str]) -> None:
    rows = [["WM"], ["BF"], ["White Male"], ["HM"]]
    found = row_report(map_columns(["Suspect Race/Sex"], rows), [cell])
    assert [value for _, value in values(found)] == wanted


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("Inactive/Suspended 06/29/2020", ["Inactive/Suspended"]),
        ("Closed", ["Closed"]),
        ("Closed 01/02/2024 by arrest", ["Closed 01/02/2024 by arrest"]),
        ("01/02/2024", []),
    ],
)
def test_a_status_does_not_take_the_day_since_which_it_is_so(cell: str, wanted: list[str]) -> None:
    found = row_report(map_columns(["Disposition"], [["Open"], ["Closed"]]), [cell])
    assert [value for _, value in values(found)] == wanted


def test_a_city_stands_without_its_state() -> None:
    rows = [["Exampleville, CA 94000"], ["Sample City"]]
    assert values(report(["City"], *rows)) == [("City", "Exampleville")]


@pytest.mark.parametrize(
    "moment",
    [
        "6/28/10 2:45 PM",
        "2024-01-02T09:45:10.123Z",
        "2024/03/01 22:15:00+00",
        "12/31/2020, 11:08:14 pm",
        "06/24/2020 1857",
        "January 2, 2024 9:45 a.m.",
        "2-Jan-24 09:45",
        "20240102 0945",
    ],
)
def test_what_columns_give_for_day_and_time_is_read_by_the_next_stage(moment: str) -> None:
    found = dict(values(report(["Occurred"], [moment])))
    assert normalise_value(found["Crime_Date"], "date") is not None
    assert normalise_value(found["Crime_Time"], "time") is not None


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)


@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_any_csv_comes_back_cell_for_cell_and_values_stand_in_their_cells(rows: list[list[str]]) -> None:
    headings = ["Case Number", "Date Occurred", "Officer", "Address"]
    kept = [["24-1", *row[1:3], "1 Elm St"] for row in rows]
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([headings, *kept])
    text = written.getvalue()
    found = raw_table(Document("/r/a.csv", "d", "text/csv", "utf-8", False, len(text), text))
    assert found.headings == tuple(headings)
    assert [list(row.cells) for row in found.rows] == kept
    mapped = map_columns(found.headings, found.sample)
    for row in kept:
        written_row = row_report(mapped, row)
        for start, end, column in written_row.cell_spans:
            assert written_row.text[start:end].split() == row[column].split()
        for value in written_row.given:
            assert any(start <= value.char_start < value.char_end <= end for start, end, _ in written_row.cell_spans)
