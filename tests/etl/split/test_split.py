import csv
import re
from dataclasses import replace

import pytest

from crimeetl.etl.documents import Document, GivenValue, Page, Report, content_id
from crimeetl.etl.errors import EmptyDocument, UnreadableDocument
from crimeetl.etl.split import Split, SplitSettings, Taken, split, split_parts

PATH = "/reports/file.csv"


def table(text: str, media_type: str = "text/csv") -> Document:
    return Document(
        path=PATH,
        document_id="d",
        media_type=media_type,
        encoding="utf-8",
        has_byte_order_mark=False,
        size_bytes=len(text.encode("utf-8", "surrogatepass")),
        text=text,
    )


def json_lines(*lines: str) -> Document:
    return table("\n".join(lines), "application/jsonl")


def reports_by_place(document: Document, text_column: str | None = None) -> dict[int, str]:
    """The prose of each row: what the model reads."""
    result = split(document, SplitSettings(text_column=text_column))
    assert result.failures == ()
    return {report.place: report.text[: report.asked_chars] for report in result.reports}


def failures(result: Split) -> list[tuple[type, str]]:
    assert all(failure.path == PATH for _, failure in result.failures)
    return [(type(failure), failure.reason) for _, failure in result.failures]


@pytest.mark.parametrize("media_type", ["text/plain", "text/markdown", "text/html", "application/pdf"])
def test_a_document_that_is_no_table_is_one_report(media_type: str) -> None:
    text = "text,date\r\nA man fled.\r\n"
    report = Report(report_id=content_id("d", "0", text), document_id="d", place=0, text=text)
    assert split(table(text, media_type), SplitSettings(text_column="text")) == Split((report,), ())


def test_each_row_is_a_report_with_an_id_of_its_own() -> None:
    assert split(table("text\nA man fled.\nA man fled.\n")).reports == (
        Report(content_id("d", "0", "A man fled."), "d", 0, "A man fled.", document_char_start=5),
        Report(content_id("d", "1", "A man fled."), "d", 1, "A man fled.", document_char_start=17),
    )


def test_columns_beside_the_prose_are_kept_below_it_and_the_model_reads_the_prose_alone() -> None:
    result = split(table("case no,text,offense,beat\n24-001,A man fled. He ran off.,Theft,\n24-002,,Arson,7\n"))
    first, second = result.reports
    assert (first.text, first.asked_chars) == ("A man fled. He ran off.\n\ncase no: 24-001\noffense: Theft", 23)
    assert (second.text, second.asked_chars) == ("case no: 24-002\noffense: Arson\nbeat: 7", 0)
    assert [(value.entity_type, first.text[value.char_start : value.char_end]) for value in first.given] == [
        ("Case_Number", "24-001"),
        ("Crime_Type", "Theft"),
    ]


def test_what_a_column_is_told_to_hold_makes_another_report_of_the_same_text() -> None:
    document = table("name,thing\nAnn Lee,hammer\nBo Ray,knife\n")
    plain, told = (
        split(document, SplitSettings(types_of_headings=types)).reports[0] for types in ({}, {"thing": "Weapon_Type"})
    )
    assert (plain.text, plain.given) == ("name: Ann Lee\nthing: hammer", ())
    assert (told.text, told.given) == (plain.text, (GivenValue("Weapon_Type", 21, 27),))
    assert plain.report_id != told.report_id


def test_a_table_whose_columns_say_nothing_is_taken_with_doubt() -> None:
    taken = split(table("a,b\n1,2\n3,4\n")).taken_as
    assert taken is not None and not taken.is_sure
    assert taken.words == (
        "a table of 2 rows, a report from each; none of its columns says what it holds; name them with --map, "
        "or the one in prose with --text-column"
    )


def test_a_table_is_one_report_where_the_user_says_so() -> None:
    text = "case no,offense\n24-001,Theft\n24-002,Arson\n"
    assert [report.text for report in split(table(text), SplitSettings(as_rows=False)).reports] == [text]


def test_a_long_table_comes_in_parts() -> None:
    lines = "".join(f"24-{number:05},Theft\n" for number in range(17_000))
    parts = list(split_parts(table(f"case no,offense\n{lines}")))
    assert [len(part.reports) for part in parts] == [16_384, 616]
    assert [report.place for part in parts for report in part.reports] == list(range(17_000))


@pytest.mark.parametrize(
    ("text", "media_type", "starts"),
    [
        ('text,n\r\n"A\nb",1\r\n\r\nc,2\r\nd,3', "text/csv", [8, 19, 24]),
        ("\ufeffn\ttext\r1\tA\r2\tb", "text/tab-separated-values", [8, 12]),
        ('\n{"text": "A\u2028"}\r\n\n{"text": "b"}', "application/jsonl", [1, 18]),
    ],
)
def test_a_row_begins_where_it_does_in_the_file(text: str, media_type: str, starts: list[int]) -> None:
    assert [report.document_char_start for report in split(table(text, media_type)).reports] == starts


FIRST = "INCIDENT REPORT\nCase Number: 24-001\nOfficer: Ann Lee\n\nA man ran off with a bicycle and a hat."
SECOND = "INCIDENT REPORT\nCase Number: 24-002\nOfficer: Bo Ray\n\nTwo men ran off with a boat, north along the river."


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "text/markdown",
        "text/html",
        "message/rfc822",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ],
)
def test_several_reports_in_one_text_are_a_report_each_with_its_place(media_type: str) -> None:
    result = split(table(f"\n{FIRST}\n\n---------\n\n{SECOND}\n", media_type))
    assert result.failures == ()
    assert result.reports == (
        Report(content_id("d", "0", FIRST), "d", 0, FIRST, document_char_start=1),
        Report(content_id("d", "1", SECOND), "d", 1, SECOND, document_char_start=len(FIRST) + 14),
    )
    assert result.taken_as == Taken("2 reports, one after another", is_sure=True)


def test_a_report_knows_the_pages_that_it_stands_on() -> None:
    text = f"{FIRST}\n\n{SECOND}\n\nmore of it\n\n"
    second, more = len(FIRST) + 2, len(FIRST) + len(SECOND) + 4
    pages = (Page(1, 0), Page(2, second - 3), Page(3, more), Page(4, len(text)))
    result = split(replace(table(text, "application/pdf"), pages=pages))
    assert [(report.document_char_start, report.pages) for report in result.reports] == [
        (0, (Page(1, 0), Page(2, second - 3))),
        (second, (Page(2, 0), Page(3, more - second))),
    ]


def test_the_users_own_separator_parts_reports_of_any_kind() -> None:
    document = table("%%\none\n---\ntwo\n %% \n\nthree\n%%\n%%\n", "text/plain")
    result = split(document, SplitSettings(separator=re.compile("%+")))
    assert [(report.place, report.document_char_start, report.text) for report in result.reports] == [
        (0, 3, "one\n---\ntwo"),
        (1, 21, "three"),
    ]
    whole = split(table(f"{FIRST}\n\n{SECOND}", "text/plain"), SplitSettings(separator=re.compile("%+")))
    assert [report.text for report in whole.reports] == [f"{FIRST}\n\n{SECOND}"]


def test_a_document_of_separators_alone_is_empty() -> None:
    with pytest.raises(EmptyDocument) as failure:
        split(table("%%\n \n%%", "text/plain"), SplitSettings(separator=re.compile("%+")))
    assert failure.value.args == (PATH, "nothing stands between its separators; correct --separator")


def test_cells_keep_quoted_newlines_quotes_and_delimiters() -> None:
    text = 'id,report\r\n1,"At 23:15,\r\na ""man""\nfled. "\r\n2, Robbery\r\n'
    assert reports_by_place(table(text)) == {0: 'At 23:15,\r\na "man"\nfled. ', 1: " Robbery"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_among_the_others_in_the_text(delimiter: str) -> None:
    rows = [["id", "text"], ["1", "one; two, three| four\tfive"], ["2", "six, seven; eight"]]
    lines = [delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in rows]
    assert reports_by_place(table("\n".join(lines))) == {0: rows[1][1], 1: rows[2][1]}


def test_a_single_column_needs_no_delimiter() -> None:
    assert reports_by_place(table("narrative\nHe fled; she stayed.\nRobbery | arson\n")) == {
        0: "He fled; she stayed.",
        1: "Robbery | arson",
    }


def test_a_tab_separated_file_is_split_at_tabs_alone() -> None:
    assert reports_by_place(table("a;b,c\ttext\n1\tone, two\n", "text/tab-separated-values")) == {0: "one, two"}


def test_old_line_ends_separate_rows() -> None:
    assert reports_by_place(table("text\rone\rtwo")) == {0: "one", 1: "two"}


def test_a_cell_may_be_longer_than_the_csv_module_allows() -> None:
    before = csv.field_size_limit()
    text = "a man fled " * 20_000
    assert reports_by_place(table(f"id,text\n1,{text}\n")) == {0: text}
    assert csv.field_size_limit() == before


def test_the_text_column_is_the_one_asked_for() -> None:
    document = table("text,Witness Statement\none,two\n")
    assert reports_by_place(document, "Witness Statement") == {0: "two"}
    assert reports_by_place(document, "witness statement") == {0: "two"}


def test_the_text_column_is_else_the_first_known_name_in_any_case() -> None:
    assert reports_by_place(table("Summary, NARRATIVE ,id\nshort,long,1\n")) == {0: "long"}
    assert reports_by_place(json_lines('{"description": "short", "Text": "long"}')) == {0: "long"}


def test_of_two_columns_with_one_name_the_first_counts() -> None:
    assert reports_by_place(table("text,text\none,two\n")) == {0: "one"}


def test_a_missing_text_column_names_the_columns_there_are() -> None:
    for document in (table("id,story\n1,one\n"), json_lines('{"id": 1}', '{"story": "one"}')):
        with pytest.raises(UnreadableDocument) as failure:
            split(document, SplitSettings(text_column="tale"))
        reason = "it has no column tale; choose one of its columns with --text-column: id, story"
        assert failure.value.args == (PATH, reason)


def test_a_header_without_rows_is_an_empty_document() -> None:
    with pytest.raises(EmptyDocument) as failure:
        split(table("id,text\n\n"))
    assert failure.value.args == (PATH, "it has a header and no row; fill it or take it away")


def test_bad_csv_rows_fail_alone_and_keep_their_places() -> None:
    text = 'id,text\n1,one\n\n2,"  "\n3,"three\nmore"\n4\n5,five, and six\n6,six,\n7,"she said "stop""\n8,eight\n'
    result = split(table(text))
    assert [(report.place, report.text) for report in result.reports] == [
        (0, "one"),
        (2, "three\nmore"),
        (5, "six"),
        (7, "eight"),
    ]
    assert failures(result) == [
        (EmptyDocument, "line 4: the column text is empty; fill it or delete the line"),
        (EmptyDocument, "line 7: the column text is empty; fill it or delete the line"),
        (UnreadableDocument, "line 8: the row has 3 cells and the header 2; quote the cells and their delimiters"),
        (
            UnreadableDocument,
            "line 10: the row's quotation marks do not pair (',' expected after '\"'); double those inside a cell",
        ),
    ]


def test_a_quotation_mark_never_closed_fails_where_it_opens() -> None:
    result = split(table('id,text\n1,one\n2,"two\n3,three\n'))
    assert [report.text for report in result.reports] == ["one"]
    assert failures(result) == [
        (
            UnreadableDocument,
            "line 3: the row's quotation marks do not pair (unexpected end of data); double those inside a cell",
        )
    ]


def test_a_header_that_cannot_be_read_fails_the_document() -> None:
    with pytest.raises(UnreadableDocument) as failure:
        split(table('id,"text\n1,one\n'))
    assert failure.value.reason.startswith("line 1: the row's quotation marks do not pair")


def test_bad_json_lines_fail_alone_and_keep_their_places() -> None:
    document = json_lines(
        '{"text": "one"}\r',
        "",
        '{"text": "two"',
        '["three"]',
        '{"id": 4}',
        '{"text": 5}',
        '{"text": " \\n"}',
        '{"text": "seven \\ud800"}',
        "[" * 100_000,
        '{"text": "nine\u2028 \\ud83d\\ude00"}',
        "",
    )
    result = split(document)
    assert [(report.place, report.text) for report in result.reports] == [
        (0, "one"),
        (4, "5"),
        (8, "nine\u2028 😀"),
    ]
    assert failures(result)[:5] == [
        (
            UnreadableDocument,
            "line 3: it is not JSON (Expecting ',' delimiter, column 15); correct the line",
        ),
        (UnreadableDocument, "line 4: it is JSON but no object; write {...} with the report in one of its keys"),
        (EmptyDocument, "line 5: the column text is empty; fill it or delete the line"),
        (EmptyDocument, "line 7: the column text is empty; fill it or delete the line"),
        (UnreadableDocument, "line 8: the text holds half a surrogate pair; correct the line"),
    ]
    assert failures(result)[5][1].startswith("line 9: its JSON cannot be read (maximum recursion depth exceeded")


def test_lines_that_are_all_bad_are_failures_each() -> None:
    result = split(json_lines("x", "1"))
    assert result.reports == ()
    assert [reason.partition(":")[0] for _, reason in failures(result)] == ["line 1", "line 2"]


def test_a_key_may_be_missing_from_the_first_lines() -> None:
    result = split(json_lines('{"id": 1}', '{"id": 2, "text": "two"}'))
    assert [(report.place, report.text) for report in result.reports] == [(1, "two")]
    assert failures(result) == [(EmptyDocument, "line 1: the column text is empty; fill it or delete the line")]
