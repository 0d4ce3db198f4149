"""Where reports begin and end: cut where several stand, never cut in two."""

import re
from pathlib import Path

import pytest

from crimeetl.etl.readers import DocumentReader, find_paths
from crimeetl.etl.split import split
from crimeetl.etl.split.boundaries import report_spans
from crimeetl.model.schema import load_schema
from crimeetl.model.synthesise import STYLES, synthesise

NARRATIVE = "A man in a red coat ran out of the shop with a bag and got into a grey van."
# A form with a title and a number, as in police systems; a list of labels in bold, without any number.
NUMBERED = """HARBOR POLICE

Case Number: {number}
Date: 2024-03-{number:02}
Officer: Ann Lee

Narrative: {narrative}"""
BOLD = """**Crime Type:** Theft
**Date and Time:** March {number}, 2024
**Location:** {number} Oak Street
**Reporting Officer:** Officer Ann Lee
**Summary:** {narrative}
**Status:** Open"""
ENTRY = "Incident #{number}\nAt 23:{number:02} {narrative}"
TITLED = "FOR IMMEDIATE RELEASE\n\nOn March {number}, 2024, {narrative}"


def texts(text: str, **settings: object) -> list[str]:
    return [text[start:end] for start, end in report_spans(text, **settings)]  # type: ignore[arg-type]


def filled(form: str, *numbers: int) -> list[str]:
    return [form.format(number=number, narrative=NARRATIVE) for number in numbers]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("form", "separator"),
    [
        (form, separator)
        for form in (NUMBERED, BOLD)
        for separator in ("\n\n", "\n-----\n", "\n\n=========\n\n", "\n* * * * *\n", "\n_____\n\n_____\n", "\f")
    ]
    + [(ENTRY, separator) for separator in ("\n\n", "\n-----\n", "\f")]
    + [(TITLED, "\n\n* * *\n\n")],
)
def test_reports_of_one_kind_are_parted(form: str, separator: str, line_end: str) -> None:
    reports = [report.replace("\n", line_end) for report in filled(form, 11, 12, 13)]
    assert texts(separator.replace("\n", line_end).join(reports)) == reports
    assert texts(f"\n----\n{reports[0]}{separator}{reports[1]}{separator}\n\n=====\n") == reports[:2]


def test_spans_are_those_of_the_first_and_last_line_that_say_something() -> None:
    one, two = filled(ENTRY, 11, 12)
    assert report_spans(f"\n  {one} \n\n------\n\n{two}\n\n") == [
        (1, len(one) + 3),
        (len(one) + 14, len(one + two) + 14),
    ]
    assert report_spans(f"\n  {one} \n\n") == [(0, len(one) + 6)]
    assert report_spans("") == [(0, 0)]


def test_a_heading_above_all_reports_stays_with_the_first() -> None:
    one, two = filled(ENTRY, 11, 12)
    assert texts(f"WEEKLY BLOTTER\n\n{one}\n\n{two}") == [f"WEEKLY BLOTTER\n\n{one}", two]
    mail = "Subject: Watch log\nDate: Mon, 4 Mar 2024\nFrom: desk@example.org\n\n"
    assert texts(f"{mail}{one}\n\n{two}") == [mail + one, two]


def test_a_report_that_goes_on_after_a_separator_stays_whole() -> None:
    one, two = filled(NUMBERED, 11, 12)
    longer = f"{one}\n-----\nWitness: Cy Fox\nStatement: {NARRATIVE}\n-----\nWitness: Di Poe\nStatement: {NARRATIVE}"
    assert texts(longer) == [longer]
    assert texts(f"{longer}\n-----\n{two}") == [longer, two]


ONE_REPORT = {
    "sections between rules": "\n\n-----\n\n".join(
        f"{title}\n\n{NARRATIVE}" for title in ("REPORT", "Victim", "Suspect")
    ),
    "a markdown page": "\n\n---\n\n".join(
        f"{title}\n\n{NARRATIVE}" for title in ("# Theft", "## Victim", "## Suspect")
    ),
    "a page's head that repeats": "\f".join([filled(NUMBERED, 11)[0]] * 3),
    "a letterhead on each page": "\f".join(f"HARBOR POLICE\n\n{NARRATIVE} {page}" for page in "abc"),
    "other cases in a list": f"{filled(NUMBERED, 11)[0]}\n\nRelated:\nCase Number: 12\nCase Number: 13\n",
    "another case told of": f"{filled(NUMBERED, 11)[0]}\n\nCase Number: 12 is alike: {NARRATIVE}",
    "a number with a full stop": f"Report No. 24-1.\n{NARRATIVE}\n\nReport No. 24-1\n{NARRATIVE}",
    "numbers far down": f"{NARRATIVE * 6}\n\nCase Number: 11\n{NARRATIVE}\n\nCase Number: 12\n{NARRATIVE}",
    "people on a form": "\n\n".join(f"Name: {name}\nAge: 35\nStatement: {NARRATIVE}" for name in ("Ann", "Bo", "Cy")),
    "entries too short to be reports": "Case: 1\nTheft\n\nCase: 2\nArson\n\nCase: 3\nTheft",
    "pages counted once": f"Page 1 of 2\n{NARRATIVE}\nPage 2 of 2\n{NARRATIVE}",
    "a page that is missing": f"Page 1 of 3\n{NARRATIVE}\nPage 3 of 3\n{NARRATIVE}\nPage 1 of 1\n{NARRATIVE}",
    "attachments of one case": f"Case No. 7\n{NARRATIVE}\nPage 1 of 1\fCase No. 7\n{NARRATIVE}\nPage 1 of 1",
}


@pytest.mark.parametrize("text", ONE_REPORT.values(), ids=ONE_REPORT)
def test_one_report_stays_one(text: str) -> None:
    assert texts(text) == [text]


def test_where_pages_are_counted_anew_a_report_begins() -> None:
    head = f"Page 1 of 2\n{NARRATIVE}\nPage 2 of 2\n{NARRATIVE}", f"Page 1 of 1\n{NARRATIVE}"
    assert texts("\n".join(head)) == list(head)
    foot = f"{NARRATIVE}\n- page 1/2 -\n{NARRATIVE}\n- page 2/2 -", f"{NARRATIVE}\n- page 1/1 -"
    assert texts("\n".join(foot)) == list(foot)
    pages = (
        f"Harbor Police\nPage 1 of 2\n{NARRATIVE}\fHarbor Police\nPage 2 of 2\n{NARRATIVE}",
        f"x\nPage 1 of 1\n{NARRATIVE}",
    )
    assert texts("\f".join(pages)) == list(pages)


def test_pages_given_by_the_reader_are_pages() -> None:
    one, two = filled(BOLD, 11, 12)
    assert texts(f"{one}\n{two}") == [f"{one}\n{two}"]
    assert texts(f"{one}\n{two}", page_starts=[0, len(one) + 1]) == [one, two]


def test_a_separator_of_the_users_is_the_only_one() -> None:
    one, two = filled(NUMBERED, 11, 12)
    assert texts(f"{one}\n\n{two}", separator=re.compile("%%")) == [f"{one}\n\n{two}"]
    assert texts("a\n %% \n\nb\n%%c\n%%\n", separator=re.compile("%%")) == ["a", "b\n%%c"]
    assert texts("%%\n\n%%", separator=re.compile("%%")) == []


def test_each_example_but_the_tables_is_one_report() -> None:
    with DocumentReader() as reader:
        documents = [reader.read(path) for path in find_paths([str(Path(__file__).parents[2] / "reports")])]
    counts = {Path(document.path).name: len(split(document).reports) for document in documents}
    assert {name: count for name, count in counts.items() if count > 1} == {"campus.jsonl": 5, "week_37.csv": 8}
    assert len(counts) == 30


def test_made_up_reports_of_every_style_stay_whole() -> None:
    for style in STYLES:
        for report in synthesise(8, seed=5, schema=load_schema("incident"), styles=(style,)):
            assert report_spans(report.text) == [(0, len(report.text))], style


@pytest.mark.parametrize(
    "unit", ["-----\n", "\n", "\f", " \t", "Case Number: 1\n\n", "Page 1 of 1\n", "a:\n\n", "- ", "#"]
)
def test_a_megabyte_of_anything_is_looked_through_in_seconds(unit: str) -> None:
    text = f"Case Number: 0\n{unit * (1024 * 1024 // len(unit))}"
    assert report_spans(text) == [(0, len(text))]
