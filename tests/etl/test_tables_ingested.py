"""Tables in files of any kind, through the whole path: a row a report, what headings say without the model."""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

import polars
import pytest
from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from crimeetl import sql
from crimeetl.etl.ingest import Summary, ingest
from crimeetl.etl.readers import find_paths
from crimeetl.etl.reading import Task
from crimeetl.etl.settings import IngestSettings, ReadingSettings
from crimeetl.etl.split import SplitSettings
from crimeetl.etl.split import rows as split_rows
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import EntitySchema, load_schema

INCIDENT = load_schema("incident")
HEADINGS = ["Case #", "Occurred", "Nature", "Location", "Disposition"]
ROWS = [
    ["24-0001", "01/15 0930", "Theft", "100 Elm St", "Open"],
    ["24-0002", "01/16 2210", "Burglary", "20 Oak Ave", "Closed"],
    ["24-0003", "01/17 0315", "Arson", "75 Pine Dr", "Open"],
]
VALUES = "select place, entity_type, value, normalised, source from v_mention order by all"
GIVEN = [
    (place, entity_type, value, normalised, "column")
    for place, entity_type, value, normalised in sorted(
        (place, *found)
        for place, (number, moment, nature, street, status) in enumerate(ROWS)
        for found in [
            ("Case_Number", number, number),
            ("Crime_Date", moment[:5], f"2024-{moment[:2]}-{moment[3:5]}"),
            ("Crime_Status", status, status.lower()),
            ("Crime_Time", moment[6:], f"{moment[6:8]}:{moment[8:]}"),
            ("Crime_Type", nature, nature),
            ("Location", street, street),
        ]
    )
]


@dataclass
class Names:
    """Finds "Ann Lee" as an officer, of whatever it is asked."""

    schema: EntitySchema = INCIDENT
    asked: list[tuple[str, int]] = field(default_factory=list)  # each text, and of how many types

    def asking(self, schema: EntitySchema) -> "Names":
        return Names(schema, self.asked)

    def batches(self, reports: Iterable[tuple[Task, str]]) -> Iterator[list[tuple[Task, Extraction]]]:
        for task, text in reports:
            self.asked.append((text, len(self.schema.types)))
            yield [(task, Extraction(tuple(self.answers(text)), len(text.split()), 1, 1))]

    def answers(self, text: str) -> Iterator[Answer]:
        for entity_type in self.schema.types:
            start = text.find("Ann Lee") if entity_type.name == "Officer_Name" else -1
            yield Answer(
                entity_type.name, (Mention("Ann Lee", start, start + 7, 0.5),) if start >= 0 else (), 0.5, False
            )


def never_opened() -> Names:
    raise AssertionError("there is nothing to ask the model")


def run(file: Path, extractor: Names | None = None, **said: object) -> Summary:
    settings = IngestSettings(
        arguments=(str(file),),
        database=file.parent / "crime.duckdb",
        schema=INCIDENT,
        model_digest="m",
        model_name="names",
        reading=ReadingSettings(split=SplitSettings(**said)),  # type: ignore[arg-type]
    )
    opened = never_opened if extractor is None else lambda: extractor
    return ingest(settings, find_paths(settings.arguments), opened)


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    with sql.connect_read_only(file.parent / "crime.duckdb") as con:
        assert {name: frame.rows() for name, frame in sql.run_checks(con).items() if frame.height} == {}
        found: list[tuple[object, ...]] = con.sql(query).fetchall()
    return found


def workbook_bytes(table: Sequence[Sequence[str]]) -> bytes:
    import openpyxl

    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Incident log - January 2024"])
    for row in table:
        book.active.append(row)
    book.save(made)
    return made.getvalue()


def pdf_bytes(table: Sequence[Sequence[str]]) -> bytes:
    made = io.BytesIO()
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
    title = Paragraph("Incident log - January 2024", getSampleStyleSheet()["Normal"])
    SimpleDocTemplate(made, pagesize=(612, 792)).build([title, Table(table, style=style)])
    return made.getvalue()


def word_bytes(table: Sequence[Sequence[str]]) -> bytes:
    import docx

    document, made = docx.Document(), io.BytesIO()
    document.add_paragraph("Incident log - January 2024")
    drawn = document.add_table(len(table), len(table[0]))
    for number, row in enumerate(table):
        for cell, text in zip(drawn.rows[number].cells, row, strict=True):
            cell.text = text
    document.save(made)
    return made.getvalue()


def fixed_width(table: Sequence[Sequence[str]]) -> bytes:
    lines = ["Incident log - January 2024", "", *("".join(f"{cell:<16}" for cell in row).rstrip() for row in table)]
    return "\n".join(lines).encode()


def markdown(table: Sequence[Sequence[str]]) -> bytes:
    head, *body = ("| " + " | ".join(row) + " |" for row in table)
    return "\n".join(["# Incident log - January 2024", "", head, "|---" * len(HEADINGS) + "|", *body]).encode()


def web_page(table: Sequence[Sequence[str]]) -> bytes:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in table)
    return f"<h1>Incident log - January 2024</h1><table>{body}</table>".encode()


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("log.xlsx", workbook_bytes),
        ("log.pdf", pdf_bytes),
        ("log.docx", word_bytes),
        ("log.txt", fixed_width),
        ("log.md", markdown),
        ("log.html", web_page),
    ],
)
def test_a_log_gives_the_same_values_in_whatever_file_it_comes(tmp_path: Path, name: str, made: object) -> None:
    file = tmp_path / name
    file.write_bytes(made([HEADINGS, *ROWS]))  # type: ignore[operator]
    summary = run(file)
    assert (summary.reports, summary.failed, summary.remarks) == (3, 0, ())
    assert rows(file, VALUES) == GIVEN
    text = "Case #: 24-0001\nOccurred: 01/15 0930\nNature: Theft\nLocation: 100 Elm St\nDisposition: Open"
    [(first,), *_] = rows(file, "select text from report order by place")
    assert str(first).removesuffix("Incident log - January 2024").rstrip("# \n") == text
    assert rows(file, "select distinct occurred_on, occurred_at from v_offense order by all")[0] == (
        date(2024, 1, 15),
        time(9, 30),
    )


def test_each_value_of_a_drawn_table_has_its_box_on_the_page(tmp_path: Path) -> None:
    file = tmp_path / "log.pdf"
    file.write_bytes(pdf_bytes([HEADINGS, *ROWS]))
    run(file)
    boxes = rows(
        file, "select place, value, page, left_points, right_points, top_points, bottom_points from v_mention_box"
    )
    found = {(place, value): box for place, value, *box in boxes}
    assert found.keys() == {(place, value) for place, _, value, _, _ in GIVEN}
    assert {page for page, *_ in found.values()} == {1}
    places = [found[0, value] for value in ("24-0001", "01/15", "0930", "Theft", "100 Elm St", "Open")]
    assert all(left < right for _, left, right, _, _ in places)
    assert [left for _, left, *_ in places] == sorted(left for _, left, *_ in places)
    tops = [found[place, status][3] for place, status in ((0, "24-0001"), (1, "24-0002"), (2, "24-0003"))]
    assert tops == sorted(tops) and len(set(tops)) == 3


def test_the_model_is_asked_for_the_rest_where_there_is_prose(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(
        "case no,offense,narrative\n"
        '24-1,Theft,"Officer Ann Lee spoke with the owner, who said that a man had run off with the bicycle."\n'
        "24-2,Arson,\n"
    )
    extractor = Names()
    summary = run(file, extractor)
    assert (summary.reports, summary.values) == (2, 5)
    prose = "Officer Ann Lee spoke with the owner, who said that a man had run off with the bicycle."
    assert extractor.asked == [(prose, len(INCIDENT.types) - 2)]
    assert rows(file, "select place, entity_type, value, source, confidence from v_mention order by all") == [
        (0, "Case_Number", "24-1", "column", None),
        (0, "Crime_Type", "Theft", "column", None),
        (0, "Officer_Name", "Ann Lee", "model", 0.5),
        (1, "Case_Number", "24-2", "column", None),
        (1, "Crime_Type", "Arson", "column", None),
    ]


def test_what_the_user_says_of_a_column_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("case no,thing\n24-1,hammer\n24-2,knife\n")
    assert run(file).values == 2
    again = run(file, types_of_headings={"thing": "Weapon_Type"})
    assert (again.reports, again.skipped) == (2, 0)
    assert rows(file, "select place, value from v_mention where entity_type = 'Weapon_Type' order by all") == [
        (0, "hammer"),
        (1, "knife"),
    ]
    assert run(file, types_of_headings={"thing": "Weapon_Type"}).skipped == 2


def test_a_table_of_many_rows_is_stored_in_parts_and_found_done_again(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    count = 20_000
    lines = "".join(f"24-{number:05},Theft,{number % 28 + 1}/1/2024\n" for number in range(count))
    file.write_text(f"case no,offense,date occurred\n{lines}")
    summary = run(file)
    assert (summary.reports, summary.failed) == (count, 0)
    assert rows(file, "select count(*), count(distinct report_id) from v_report") == [(count, count)]
    assert rows(file, "select len(report_ids) from document_split") == [(count,)]
    assert (run(file).reports, run(file).skipped) == (0, count)


def test_json_and_parquet_hold_a_report_in_each_row(tmp_path: Path) -> None:
    objects = [dict(zip(HEADINGS, row, strict=True)) for row in ROWS]
    (tmp_path / "log.json").write_text(json.dumps({"bookings": objects}))
    polars.DataFrame(objects).write_parquet(tmp_path / "log.parquet")
    for name in ("log.json", "log.parquet"):
        run(tmp_path / name)
    query = (
        "select path.parse_filename() as file, count(*), count(distinct place) from v_mention group by all order by all"
    )
    assert sorted(rows(tmp_path / "log.json", query)) == [("log.json", 18, 3), ("rows.jsonl", 18, 3)]


def test_unusual_text_and_doubtful_tables_are_said_at_the_end(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "a.txt").write_text(
        "Am 03.02.2025 gegen 21.30 Uhr raubten zwei Maenner in der Musterstrasse einem Mann das Mobiltelefon. "
        "Die Polizei nahm den Mann fest und brachte ihn auf die Wache."
    )
    (folder / "b.csv").write_text("a,b\n1,2\n3,4\n")
    summary = run(folder, Names())
    assert summary.remarks == (
        f"{folder}/b.csv: taken for a table of 2 rows, a report from each; none of its columns says what it holds; "
        "name them with --map, or the one in prose with --text-column",
        f"1 report: not in English, German it seems (the first: {folder}/a.txt, place 0)",
    )


def test_what_nobody_foresaw_costs_one_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "a.csv").write_text("case no,offense\n24-1,Theft\n")
    (folder / "b.txt").write_text("Officer Ann Lee spoke with the owner.")

    def broken(*args: object, **options: object) -> None:
        raise ZeroDivisionError("no such table")

    monkeypatch.setattr(split_rows, "raw_table", broken)
    summary = run(folder, Names())
    assert (summary.reports, summary.failed) == (1, 1)
    assert rows(folder, "select error, message from v_failure") == [
        (
            "UnreadableDocument",
            "it could not be parted (ZeroDivisionError: no such table); report it, or give it as plain text",
        )
    ]


def test_of_many_doubtful_files_twenty_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for number in range(23):
        (folder / f"{number:02}.csv").write_text(f"a,b\n{number},2\n3,4\n")
    remarks = run(folder).remarks
    assert len(remarks) == 21
    assert remarks[-1] == "3 remarks more; --dry-run says them all"
