"""The page: one file that needs and runs nothing, with every text as it is."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import lxml.html
import pytest
from stored import store_answers

from crimeetl import sql
from crimeetl.etl.output.page import write_page
from crimeetl.model.schema import load_schema

INCIDENT = load_schema("incident")
HOSTILE = "<script>alert(1)</script><img src=x onerror=y> \"'</style>&amp; \u202e Ann Lee\x00"
PATH = '/r/<b onclick="x">.txt'
TEXT = f"{HOSTILE}\nTheft by Ray Doe on March 4, 2025 at 14:30."


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("page") / "crime.duckdb"
    values = {
        "Crime_Type": ["Theft"],
        "Suspect_Name": ["Ray Doe"],
        "Victim_Name": [HOSTILE[:-1]],
        "Crime_Summary": ["Theft by Ray Doe on March 4, 2025 at 14:30."],
        "Crime_Date": ["March 4, 2025"],
        "Crime_Time": ["14:30"],
    }
    rest = {(f"/r/{number:04}.txt", f"Burglary {number}"): {"Crime_Type": ["Burglary"]} for number in range(1000)}
    store_answers(database, INCIDENT, {(PATH, TEXT): values, **rest, ("/r/z.txt", "y" * 20_003): {}})
    return database


def page_of(database: Path, folder: Path, *, most_reports: int = 2000) -> tuple[str, lxml.html.HtmlElement]:
    with sql.connect_read_only(database) as con:
        write_page(con, folder / "report.html", most_reports=most_reports)
    text = (folder / "report.html").read_text("utf-8")
    return text, lxml.html.document_fromstring(text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(database: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, lxml.html.HtmlElement]:
    return page_of(database, tmp_path_factory.mktemp("written"))


def test_the_page_runs_nothing_and_asks_for_nothing(page: tuple[str, lxml.html.HtmlElement]) -> None:
    text, tree = page
    assert {"script", "img", "b", "link", "iframe", "object", "form", "a"} & {node.tag for node in tree.iter()} == set()
    attributes = {name for node in tree.iter() for name in node.attrib}
    assert {name for name in attributes if name.startswith("on")} | attributes & {"src", "href", "style"} == set()
    [style] = re.findall(r"<style>(.*?)</style>", text, re.S)
    assert "url(" not in style
    assert "@import" not in style
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    assert tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content") == [
        f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"
    ]


def test_a_report_is_shown_with_all_its_text_and_its_values_marked(page: tuple[str, lxml.html.HtmlElement]) -> None:
    _, tree = page
    [report] = [one for one in tree.find_class("report") if "onclick" in one.text_content()]
    assert report.find(".//header/p").text_content() == PATH
    [shown] = report.find_class("text")
    assert shown.text_content() == TEXT.replace("\x00", "␀")
    marks = {mark.text_content(): (mark.get("title"), mark.get("data-type")) for mark in shown.iter("mark")}
    assert marks["Ray Doe"] == ("Crime_Summary, Suspect_Name", "Suspect_Name")
    assert marks[" by "] == ("Crime_Summary", None)
    assert marks["."] == ("Crime_Summary", "Crime_Summary")
    assert marks[HOSTILE[:-1]] == ("Victim_Name", "Victim_Name")
    cells = [[cell.text_content().strip() for cell in row] for row in report.iter("tr")]
    assert ["Crime_Date", "March 4, 2025 (2025-03-04)", "50 %"] in cells
    legend = [one.text_content().strip() for one in tree.xpath("//ul[@aria-label='what the colours mean']/li")]
    assert legend == ["Crime_Date", "Crime_Summary", "Crime_Time", "Crime_Type", "Suspect_Name", "Victim_Name"]


def test_the_head_and_the_charts_count_all_reports(page: tuple[str, lxml.html.HtmlElement]) -> None:
    _, tree = page
    assert tree.find_class("head")[0].text_content() == "1,002 files, 1,002 reports, 1,006 values"
    charts = {
        figure.find(".//h3").text_content(): [
            (row[0].text_content(), row[2].text_content()) for row in figure.iter("tr") if row[2].text_content() != "0"
        ]
        for figure in tree.iter("figure")
    }
    assert charts == {
        "Crimes by type": [("burglary", "1,000"), ("theft", "1")],
        "Crimes by month": [("2025-03", "1")],
        "Crimes by weekday": [("Tuesday", "1")],
        "Crimes by hour": [("14", "1")],
        "Values by type, and how sure they are": [
            ("Crime_Type", "1,001"),
            *((name, "1") for name in ("Crime_Date", "Crime_Summary", "Crime_Time", "Suspect_Name", "Victim_Name")),
        ],
    }
    assert "1 of 1,001 crimes state their day." in tree.text_content()


def test_reports_and_characters_that_are_left_out_are_told(database: Path, tmp_path: Path) -> None:
    text, tree = page_of(database, tmp_path)
    assert (len(tree.find_class("report")), "left out" in tree.find_class("report")[0].text_content()) == (1002, False)
    assert tree.find_class("report")[-1].text_content().count("y" * 20_000) == 1
    assert "3 characters more are left out." in text
    text, tree = page_of(database, tmp_path, most_reports=3)
    assert len(tree.find_class("report")) == 3
    assert tree.find_class("head")[0].text_content() == "1,002 files, 1,002 reports, 1,006 values"
    said = "The first 3 of 1,002 reports. All of them: crimeetl export --format html --reports 1002"
    assert said in tree.text_content()


def test_a_database_without_a_report_makes_a_page(tmp_path: Path) -> None:
    store_answers(tmp_path / "none.duckdb", INCIDENT, {})
    _, tree = page_of(tmp_path / "none.duckdb", tmp_path)
    assert tree.find_class("head")[0].text_content() == "0 files, 0 reports, 0 values"
    assert list(tree.iter("figure")) == []
