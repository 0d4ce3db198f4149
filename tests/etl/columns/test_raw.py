"""Headings, rows, titles and what is left out of csv, tsv and JSON tables of all kinds."""

import csv
import json

import pytest

from crimeetl.etl.columns import RawTable, raw_table
from crimeetl.etl.documents import Document
from crimeetl.etl.errors import UnreadableDocument

PATH = "/reports/file.csv"


def table(text: str, media_type: str = "text/csv") -> RawTable:
    size_bytes = len(text.encode("utf-8", "surrogatepass"))
    return raw_table(Document(PATH, "d", media_type, "utf-8", False, size_bytes, text))


def lines(*values: object) -> RawTable:
    return table("\n".join(json.dumps(value) if value != "" else "" for value in values), "application/jsonl")


def array(text: str) -> RawTable:
    return table(text, "application/json")


def cells(found: RawTable) -> list[tuple[str, ...]]:
    return [row.cells for row in found.rows]


def problems(found: RawTable) -> list[tuple[int, str]]:
    return [(row.line_number, row.problem) for row in found.rows if row.problem]


def test_a_row_knows_its_line_and_its_place_in_the_text() -> None:
    found = table('text,n\r\n"A\nb",1\r\n\r\nc,2\r\nd,3')
    assert found.headings == ("text", "n")
    assert [(row.line_number, row.char_start, row.cells) for row in found.rows] == [
        (2, 8, ("A\nb", "1")),
        (5, 19, ("c", "2")),
        (6, 24, ("d", "3")),
    ]


def test_rows_can_be_gone_through_again_and_are_counted() -> None:
    found = table("case,offense\n1,Theft\n2,Arson\n")
    assert cells(found) == cells(found) == [("1", "Theft"), ("2", "Arson")]
    assert (found.row_count, found.sample) == (2, (("1", "Theft"), ("2", "Arson")))


def test_old_line_ends_separate_rows() -> None:
    assert cells(table("text\rone\rtwo")) == [("one",), ("two",)]


def test_a_cell_may_be_longer_than_the_csv_module_allows() -> None:
    before = csv.field_size_limit()
    text = "a man fled " * 20_000
    rows = iter(table(f"id,text\n1,{text}\n2,b\n").rows)
    assert next(rows).cells == ("1", text)
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("title", ["", "Exampleville Police Department\nJanuary 2024\n"])
def test_the_delimiter_is_found_below_a_title_too(delimiter: str, title: str) -> None:
    rows = [
        ["Case No", "Offense", "Address"],
        ["1", "Theft", "1 Elm"],
        ["2", "Arson", "2 Oak"],
        ["3", "Fraud", "3 Ash"],
    ]
    found = table(title + "\n".join(map(delimiter.join, rows)))
    assert found.headings == ("Case No", "Offense", "Address")
    assert found.title == tuple(title.splitlines())
    assert cells(found) == [tuple(row) for row in rows[1:]]


def test_a_spreadsheet_may_state_its_delimiter() -> None:
    found = table("sep=;\nCase;Offense;City\n1;Theft, petty;A\n2;Arson;B\n")
    assert (found.headings, found.title) == (("Case", "Offense", "City"), ())
    assert cells(found) == [("1", "Theft, petty", "A"), ("2", "Arson", "B")]


def test_a_single_column_needs_no_delimiter() -> None:
    text = "narrative\nHe fled, she stayed, and I saw.\nRobbery, arson, theft.\nA man, a bag, a car.\n"
    assert cells(table(text)) == [(line,) for line in text.splitlines()[1:]]


def test_title_lines_of_a_csv_with_all_its_commas() -> None:
    found = table(
        "Exampleville Police,,,\nArrests for January 2024,,,\n,,,\nName,Date,Age,Charge\nRoe Max,01/02/2024,30,Theft\n"
    )
    assert found.title == ("Exampleville Police", "Arrests for January 2024")
    assert found.headings == ("Name", "Date", "Age", "Charge")
    assert [(row.line_number, row.cells) for row in found.rows] == [(5, ("Roe Max", "01/02/2024", "30", "Theft"))]


def test_a_file_without_headings_gets_numbered_ones() -> None:
    found = table("24-001,01/02/2024,Theft,1 Elm St\n24-002,01/03/2024,Arson,2 Oak St\n24-003,01/04/2024,Fraud,3 Ash\n")
    assert found.headings == ("Column 1", "Column 2", "Column 3", "Column 4")
    assert cells(found)[0] == ("24-001", "01/02/2024", "Theft", "1 Elm St")
    assert found.row_count == 3


def test_years_as_headings_are_headings() -> None:
    found = table("Offense,2022,2023\nTheft,10,12\nArson,1,2\n")
    assert found.headings == ("Offense", "2022", "2023")


def test_totals_footers_blank_rows_and_headings_that_come_again_are_left_out_and_told() -> None:
    found = table(
        "Case,Date,Offense,City\n"
        "1,01/02/2024,Theft,Example\n"
        ",,,\n"
        "Subtotal: 1,,,\n"
        "Case,Date,Offense,City\n"
        "2,01/03/2024,Arson,Example\n"
        "Case,Date,Offense,City\n"
        "3,01/04/2024,Total loss of a car,Example\n"
        "Total,,,3\n"
        "Printed on 02/01/2024,,,\n"
        "\n"
    )
    assert cells(found) == [
        ("1", "01/02/2024", "Theft", "Example"),
        ("2", "01/03/2024", "Arson", "Example"),
        ("3", "01/04/2024", "Total loss of a car", "Example"),
    ]
    assert found.left_out == ("Subtotal: 1", "Case Date Offense City (2 times)", "Total 3", "Printed on 02/01/2024")
    assert found.row_count == 3


def test_a_row_of_one_cell_between_others_stays() -> None:
    found = table("Case,Date,Offense\n1,01/02/2024,Theft\n2,,\n3,01/04/2024,Arson\nthe end,,\n")
    assert cells(found) == [("1", "01/02/2024", "Theft"), ("2", "", ""), ("3", "01/04/2024", "Arson")]
    assert found.left_out == ("the end",)


def test_heads_over_several_columns_are_said_in_each() -> None:
    found = table(
        ",,Suspect,,Victim,\nCase,Date,Name,Age,Name,Age\n1,01/02/2024,Max Roe,30,Ann Lee,40\n"
        "2,01/03/2024,Bo Ray,31,,\n"
    )
    assert found.headings == ("Case", "Date", "Suspect Name", "Suspect Age", "Victim Name", "Victim Age")
    assert (found.title, found.row_count) == ((), 2)


def test_heads_in_two_lines_with_single_ones_in_the_first() -> None:
    found = table(
        "Log of January\nCase,Date,Suspect,,Victim,\n,,Name,Age,Name,Age\n1,01/02/2024,Max Roe,30,Ann Lee,40\n"
        "2,01/03/2024,Bo Ray,31,Al Poe,50\n"
    )
    assert found.headings == ("Case", "Date", "Suspect Name", "Suspect Age", "Victim Name", "Victim Age")
    assert (found.title, found.row_count) == (("Log of January",), 2)


def test_headings_that_go_on_in_a_second_line() -> None:
    found = table("Case,Date,Incident\nNumber,Occurred,Type\n24-1,01/02/2024,Theft\n24-2,01/03/2024,Arson\n")
    assert found.headings == ("Case Number", "Date Occurred", "Incident Type")
    assert found.row_count == 2


def test_a_first_row_of_values_that_are_not_known_is_no_heading() -> None:
    found = table("Case,Date,Incident\nUnknown,Unknown,Theft of a car from a yard\n24-2,01/03/2024,Arson\n")
    assert found.headings == ("Case", "Date", "Incident")
    assert found.row_count == 2


def test_an_empty_heading_is_filled_from_the_left_and_at_the_left_numbered() -> None:
    found = table(",Date,,Offense\n0,01/02/2024,13:00,Theft\n1,01/03/2024,14:00,Arson\n")
    assert found.headings == ("Column 1", "Date", "Date", "Offense")


def test_two_columns_may_have_one_name() -> None:
    found = table("charge,charge\nTheft,Arson\n")
    assert (found.headings, cells(found)) == (("charge", "charge"), [("Theft", "Arson")])


def test_bad_rows_say_why_and_the_others_stay() -> None:
    found = table('id,text\n1,one\n4\n5,five, and six\n6,six,\n7,"she said "stop""\n8,eight\n')
    assert [row.cells for row in found.rows if not row.problem] == [
        ("1", "one"),
        ("4", ""),
        ("6", "six"),
        ("8", "eight"),
    ]
    assert problems(found) == [
        (4, "the row has 3 cells and the header 2; quote the cells and their delimiters"),
        (6, "the row's quotation marks do not pair (',' expected after '\"'); double those inside a cell"),
    ]


def test_a_header_whose_quotes_do_not_pair_fails_the_file() -> None:
    with pytest.raises(UnreadableDocument) as failure:
        table('"id",te"xt"x\n"a"b,c\n"never closed\n'.replace('te"xt"x', '"te"xt'))
    assert failure.value.reason.startswith("line 1: the row's quotation marks do not pair")


def test_lines_of_prose_below_each_row_are_its_notes() -> None:
    found = table(
        "Case,Date,Offense\n1,01/02/2024,Theft\nA man took a bicycle from the rack.,,\n2,01/03/2024,Arson\n"
        "Somebody set fire to a bin behind the school.,,\nThe fire was out when officers arrived there.,,\n"
        "3,01/04/2024,Fraud\n"
    )
    assert [(row.cells[0], row.notes) for row in found.rows] == [
        ("1", ("A man took a bicycle from the rack.",)),
        ("2", ("Somebody set fire to a bin behind the school.", "The fire was out when officers arrived there.")),
        ("3", ()),
    ]


def test_rows_of_a_sheet_are_arrays_with_the_header_wherever_it_is() -> None:
    found = lines(
        ["Exampleville Police", "", ""],
        "",
        ["Case", "Date", "Offense"],
        ["0012", "01/02/2024", "Theft"],
        ["", "", ""],
        ["0013", 45292, None],
        ["Total: 2", "", ""],
    )
    assert (found.title, found.headings) == (("Exampleville Police",), ("Case", "Date", "Offense"))
    assert [(row.line_number, row.cells) for row in found.rows] == [
        (4, ("0012", "01/02/2024", "Theft")),
        (6, ("0013", "45292", "")),
    ]
    assert found.left_out == ("Total: 2",)


def test_objects_of_json_lines_have_their_keys_as_columns() -> None:
    found = lines(
        {"case": "1", "n": 1.50}, "", {"case": "2", "suspect": {"name": "Max", "ages": [30, 31]}, "open": True}
    )
    assert found.headings == ("case", "n", "suspect.name", "suspect.ages", "open")
    assert [(row.line_number, row.char_start, row.cells) for row in found.rows] == [
        (1, 0, ("1", "1.5", "", "", "")),
        (3, 25, ("2", "", "Max", "30; 31", "true")),
    ]


def test_numbers_of_json_stay_as_they_are_written() -> None:
    found = table('{"a": 1.50, "b": 12345678901234567890123, "c": 1e5, "d": null, "e": []}', "application/jsonl")
    assert cells(found) == [("1.50", "12345678901234567890123", "1e5", "")]
    assert found.headings == ("a", "b", "c", "d")


def test_lists_of_objects_are_joined_by_column() -> None:
    found = array('[{"charges": [{"code": "1", "name": "Theft"}, {"code": "2", "name": "Arson"}]}]')
    assert dict(zip(found.headings, cells(found)[0], strict=True)) == {
        "charges.code": "1; 2",
        "charges.name": "Theft; Arson",
    }


def test_bad_lines_of_json_say_why() -> None:
    found = table('{"text": "one"}\n{"text"\n["a"]\n{"text": "\\ud800"}\n', "application/jsonl")
    assert problems(found) == [
        (2, "it is not JSON (Expecting ':' delimiter, column 8); correct the line"),
        (3, "it is JSON but no object; write {...} with the report in one of its keys"),
        (4, "the text holds half a surrogate pair; correct the line"),
    ]


@pytest.mark.parametrize(
    ("text", "headings", "places"),
    [
        ('[\n{"case": "1"},\n {"case": "2"}\n]', ("case",), [(2, 2), (3, 18)]),
        ('{"count": 2, "bookings": [{"case": "1"},\n{"case": "2"}], "next": null}', ("case",), [(1, 26), (2, 41)]),
        ('{"result": {"records": [{"case": 1}]}, "fields": ["case"]}', ("case",), [(1, 24)]),
        (
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"case": "1"}}]}',
            ("type", "properties.case"),
            [(1, 43)],
        ),
        ('{"case": "1", "suspect": {"name": "Max"}}', ("case", "suspect.name"), [(1, 0)]),
        ("[]", (), []),
    ],
)
def test_an_array_of_objects_is_found_in_a_json_file(
    text: str, headings: tuple[str, ...], places: list[tuple[int, int]]
) -> None:
    found = array(text)
    assert found.headings == headings
    assert [(row.line_number, row.char_start) for row in found.rows] == places


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[{"a": 1}\n{"a": 2}]', "line 2: it is not JSON (Expecting ',' delimiter); correct the file"),
        ('[{"a": 1},\n{"a"', "line 2: it is not JSON (Expecting ':' delimiter); correct the file"),
        (
            '{"a": [{"n": 1}], "b": [{"n": 2}]}',
            "it has several arrays of objects (a, b); save the one that holds the reports in a file of its own",
        ),
        ('"text"', "it is JSON but no array of objects; write [{...}, {...}]"),
        ('{"a": 1', "line 1: it is not JSON (Expecting ',' delimiter); correct the file"),
        ('[{"a": 1}]\n[{"a": 2}]', "line 2: it is not JSON (Extra data); correct the file"),
        ('{"rows": [{"a": 1}]}\n{"rows": []}', "line 2: it is not JSON (Extra data); correct the file"),
    ],
)
def test_broken_json_says_where(text: str, reason: str) -> None:
    with pytest.raises(UnreadableDocument) as failure:
        array(text)
    assert failure.value.args == (PATH, reason)


def test_an_element_that_is_no_object_fails_alone() -> None:
    found = array('[{"a": "1"}, "x", {"a": "2"}]')
    assert [row.cells for row in found.rows if not row.problem] == [("1",), ("2",)]
    assert problems(found) == [(1, "it is no object, as the others of the array are; correct it")]


def test_json_that_nests_without_end_is_said_and_not_a_crash() -> None:
    with pytest.raises(UnreadableDocument, match="its JSON cannot be read"):
        array("[" * 200_000)
    assert "its JSON cannot be read" in problems(table('{"a": ' * 100_000, "application/jsonl"))[0][1]


def test_more_columns_than_any_table_has_are_refused() -> None:
    with pytest.raises(UnreadableDocument, match="it has more than 2,000 columns"):
        table(",".join(f"a{number}" for number in range(3_000)) + "\n1,2\n")


def test_names_that_grow_with_each_object_round_them_are_refused_before_they_take_all_memory() -> None:
    nested = "1"
    for number in range(900):
        nested = f'{{"n{number}": 1, "{"k" * 1_000}": {nested}}}'
    reason = "a name, with those of the objects round it, is over 1,000 characters; keep those that are needed"
    assert problems(array(f'[{nested}, {{"a": 1}}]')) == [(1, reason)]
    wide = "{" + ", ".join(f'"{number}": 1' for number in range(2_001)) + "}"
    assert problems(array(f"[{wide}]")) == [(1, "it has more than 2,000 names; keep those that are needed")]


@pytest.mark.parametrize("line", ["a," * 500_000, '"' * 1_000_001, " " * 1_000_000, "total " * 200_000, "1/" * 500_000])
def test_a_line_of_a_million_characters_is_read_or_refused(line: str) -> None:
    try:
        found = table(f"Case,Date,Offense\n1,01/02/2024,Theft\n2,01/03/2024,Arson\n{line}\n")
    except UnreadableDocument as failure:
        assert "columns" in failure.reason
    else:
        assert cells(found)[0] == ("1", "01/02/2024", "Theft")


@pytest.mark.parametrize("media_type", ["text/csv", "application/jsonl"])
def test_columns_that_fill_late_are_in_the_sample_too(media_type: str) -> None:
    rows = [{"Case": str(number), "Narrative": "He fled." * (number >= 4_000)} for number in range(6_000)]
    written = [",".join(row.values()) if media_type == "text/csv" else json.dumps(row) for row in rows]
    head = ["Case,Narrative"] if media_type == "text/csv" else []
    found = table("\n".join(head + written), media_type)
    assert len(found.sample) == 2_020
    assert found.sample[1_999:2_001] == (("1999", ""), ("4000", "He fled."))


def test_rows_of_blanks_are_no_rows_wherever_they_are() -> None:
    found = table(
        "Log, , , \n , , , \nCase,Date,Offense,City\n , , , \n1,01/02/2024,Theft,Lima\n\t, , , \nTotal, , , \n"
    )
    assert (found.headings, found.title) == (("Case", "Date", "Offense", "City"), ("Log",))
    assert cells(found) == [("1", "01/02/2024", "Theft", "Lima")]
    assert found.left_out == ("Total",)


@pytest.mark.parametrize("text", ["", "\n\n", " , \n"])
def test_nothing_has_no_headings(text: str) -> None:
    found = table(text)
    assert (found.headings, cells(found), found.row_count) == ((), [], 0)


def test_a_document_of_another_kind_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="it is no table but text/plain; save it as csv"):
        table("a,b", "text/plain")


def test_a_line_above_the_rows_of_a_day_is_their_context_and_no_row() -> None:
    text = (
        "Case,Time,Offense,Place\n"
        "Tuesday,,,\n24-1,0315,Theft,100 Elm St\n24-2,0410,Arson,20 Oak Ave\n"
        '"Wednesday, January 17",,,\n24-3,0915,Fraud,75 Pine Dr\n24-4,,,\n24-5,1015,Theft,9 Oak Ave\n'
    )
    rows = list(table(text).rows)
    assert [(row.cells[0], row.context) for row in rows] == [
        ("24-1", ("Tuesday",)),
        ("24-2", ("Tuesday",)),
        ("24-3", ("Wednesday, January 17",)),
        ("24-4", ("Wednesday, January 17",)),
        ("24-5", ("Wednesday, January 17",)),
    ]
