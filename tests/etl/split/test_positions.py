"""Several reports in one document: which they are, on which page and where in the text they begin."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from crimeetl import sql
from crimeetl.etl.cli import cli
from crimeetl.etl.ingest import Summary, ingest
from crimeetl.etl.readers import find_paths
from crimeetl.etl.reading import Task
from crimeetl.etl.settings import IngestSettings, ReadingSettings
from crimeetl.etl.split import SplitSettings
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import EntitySchema, EntityType

NAME = EntityType("Name", "Name", "span", (), True, "text")
NARRATIVE = "A man ran out of the shop with a bag"
CURRENT = """
    select report.place, v_current_report.page, v_current_report.document_char_start, text
    from v_current_report join report using (report_id) order by all
"""


class Officers:
    """Finds "Ann" or "Bo"."""

    def batches(self, reports: Iterable[tuple[Task, str]]) -> Iterator[list[tuple[Task, Extraction]]]:
        for task, text in reports:
            found = [Mention(name[0], *name.span(), 0.9) for name in re.finditer("Ann|Bo", text)]
            yield [(task, Extraction((Answer("Name", tuple(found), 0.5, False),), 3, 1, 1))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "reports"
    made.mkdir()
    return made


def run(folder: Path, separator: str | None = None, text_column: str | None = None) -> Summary:
    settings = IngestSettings(
        arguments=(str(folder),),
        database=folder.parent / "crime.duckdb",
        schema=EntitySchema("mine", (NAME,)),
        model_digest="m",
        model_name="rules",
        reading=ReadingSettings(
            split=SplitSettings(separator=None if separator is None else re.compile(separator), text_column=text_column)
        ),
    )
    return ingest(settings, find_paths(settings.arguments), Officers)  # type: ignore[arg-type]


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with sql.connect_read_only(folder.parent / "crime.duckdb") as con:
        assert {name: frame.rows() for name, frame in sql.run_checks(con).items() if frame.height} == {}
        return sql.fetch(con, query)


def pdf_bytes(*pages: list[str]) -> bytes:
    kids = b" ".join(b"%d 0 R" % (4 + 2 * index) for index in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for index, lines in enumerate(pages):
        shown = b"BT /F1 12 Tf 72 720 Td %s ET" % b" 0 -14 Td ".join(b"(%s) Tj" % line.encode() for line in lines)
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
            % (5 + 2 * index),
            b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown),
        ]
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def test_each_report_of_a_pdf_knows_its_pages_and_so_do_its_values(folder: Path) -> None:
    ann = "Case Number: 24-001\nOfficer: Ann"
    bo = "Case Number: 24-002\nOfficer: Bo"
    pages = [[*ann.splitlines(), NARRATIVE], ["and a hat."], [*bo.splitlines(), NARRATIVE], ["by Ann"]]
    (folder / "a.pdf").write_bytes(pdf_bytes(*pages))
    assert run(folder).reports == 2
    texts = [f"{ann}\n{NARRATIVE}\n\nand a hat.", f"{bo}\n{NARRATIVE}\n\nby Ann"]
    second = len(texts[0]) + 2
    assert rows(folder, CURRENT) == [(0, 1, 0, texts[0]), (1, 3, second, texts[1])]
    assert rows(folder, "select place, page, document_char_start from v_report order by all") == [
        (0, 1, 0),
        (1, 3, second),
    ]
    query = """
        select report.place, report_page.page, report_page.char_start, is_ocr
        from report_page join report using (report_id) order by all
    """
    assert rows(folder, query) == [
        (0, 1, 0, False),
        (0, 2, texts[0].index("and a hat"), False),
        (1, 3, 0, False),
        (1, 4, texts[1].index("by Ann"), False),
    ]
    values = "select place, value, char_start, page from v_mention order by all"
    assert rows(folder, values) == [
        (0, "Ann", texts[0].index("Ann"), 1),
        (1, "Ann", texts[1].index("Ann"), 4),
        (1, "Bo", texts[1].index("Bo"), 3),
    ]


def test_formats_without_pages_have_none(folder: Path) -> None:
    (folder / "a.txt").write_text("Ann")
    (folder / "b.csv").write_text("n,text\n1,Bo\n2,Ann\n")
    run(folder)
    assert rows(folder, CURRENT) == [(0, None, 0, "Ann"), (0, None, 7, "Bo"), (1, None, 12, "Ann")]
    assert rows(folder, "select distinct page from v_mention") == [(None,)]
    assert rows(folder, "select count(*) from report_page") == [(0,)]


def test_the_newest_split_is_shown_whatever_was_split_before(folder: Path) -> None:
    (folder / "a.txt").write_text("Ann\n%%\nBo\n%%\nAnn")
    whole = [(0, None, 0, "Ann\n%%\nBo\n%%\nAnn")]
    parts = [(0, None, 0, "Ann"), (1, None, 7, "Bo"), (2, None, 13, "Ann")]
    for separator, expected in ((None, whole), ("%%", parts), (None, whole), ("%%", parts), ("%%", parts)):
        run(folder, separator)
        assert rows(folder, CURRENT) == expected
        assert rows(folder, "select count(*) from v_mention") == [(3,)]
    assert rows(folder, "select len(report_ids) from document_split order by run_id") == [(1,), (3,), (1,), (3,)]
    assert rows(folder, "select count(*) from extraction") == [(4,)]


def test_the_newest_column_is_shown_whatever_was_read_before(folder: Path) -> None:
    (folder / "a.csv").write_text("text,note\nAnn,Bo\nBo,\n")
    shown = "select place, value from v_mention order by all"
    run(folder)
    assert rows(folder, shown) == [(0, "Ann"), (1, "Bo")]
    run(folder, text_column="note")
    assert rows(folder, shown) == [(0, "Bo")]
    run(folder)
    assert rows(folder, shown) == [(0, "Ann"), (1, "Bo")]


def test_the_command_line_takes_a_separator_and_refuses_a_broken_one(folder: Path) -> None:
    (folder / "a.txt").write_text("Ann\n%%\nBo\n")
    for command in ("ingest", "extract"):
        refused = CliRunner().invoke(cli, [command, str(folder / "a.txt"), "--separator", "(%"])
        assert refused.exit_code == 2
        assert "'(%' is no regular expression: missing ), unterminated subpattern" in refused.stderr


def test_what_was_stored_before_positions_were_is_kept_as_it_was_shown() -> None:
    con = duckdb.connect()
    migrations = sql.statements("migrations")
    for name in sorted(migrations)[:3]:
        con.execute(migrations[name].text)
    con.execute("""
        insert into document values
            ('p', 'application/pdf', null, false, 9, 'run1'),
            ('t', 'text/plain', 'utf-8', false, 9, 'run1'),
            ('c', 'text/csv', 'utf-8', false, 9, 'run1');
        insert into report values
            ('p0', 'p', 0, 'x', 'run1'),
            ('t0', 't', 0, 'x', 'run1'),
            ('c0', 'c', 0, 'x', 'run1'),
            ('c1', 'c', 1, 'x', 'run1'),
            ('c0new', 'c', 0, 'y', 'run2');
    """)
    con.execute(migrations["0004_report_position"].text)
    assert con.sql("select report_id, document_char_start, page from report order by all").fetchall() == [
        ("c0", None, None),
        ("c0new", None, None),
        ("c1", None, None),
        ("p0", 0, 1),
        ("t0", 0, None),
    ]
    assert con.sql("select document_id, report_ids, run_id from document_split order by all").fetchall() == [
        ("c", ["c0new", "c1"], "run2"),
        ("p", ["p0"], "run1"),
        ("t", ["t0"], "run1"),
    ]
