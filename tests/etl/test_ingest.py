"""The whole path with a small extractor of rules: what is stored, what is skipped, what fails and what survives."""

import codecs
import io
import json
import os
import random
import re
import sys
import threading
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
import polars
import pytest
from duckdb import DuckDBPyConnection

from crimeetl import sql
from crimeetl.etl import ingest as pipeline
from crimeetl.etl import reading, storing
from crimeetl.etl.documents import Document
from crimeetl.etl.errors import BaseUnavailable, DatabaseUnusable, ExtractionFailed
from crimeetl.etl.ingest import Summary, ingest
from crimeetl.etl.load import Run, batch
from crimeetl.etl.readers import DocumentReader, find_paths, gone_paths
from crimeetl.etl.reading import CHUNK_REPORTS, Task
from crimeetl.etl.settings import IngestSettings, ReadingSettings
from crimeetl.etl.split import SplitSettings
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import load_schema

CRIME = load_schema("crime")
RULES = {
    "Officer_Name": r"(?<=Officer )[A-Z]\w+ [A-Z]\w+",
    "Victim_Name": r"(?<=victim )[A-Z]\w+ [A-Z]\w+",
    "Crime_Type": r"\b(?:theft|arson|robbery)\b",
}
UNANSWERABLE = "GIBBERISH"
REFUSAL = "the grammar cannot hold it; shorten the report"
VALUES = "select path, place, entity_type, ordinal, value, char_start, char_end, normalised from v_mention order by all"
FAILURES = "select path, place, stage, error, message from document_failure order by all"


@dataclass
class RuleExtractor:
    """Answers by rules, two reports at a time, in an order of its own; may be told to break after some batches."""

    breaks_after: int | None = None  # batches
    error: type[BaseException] = KeyboardInterrupt
    texts: list[str] = field(default_factory=list)  # of the reports asked about, in the order asked
    times_opened: int = 0

    def open(self) -> "RuleExtractor":
        self.times_opened += 1
        return self

    def batches(
        self, reports: Iterable[tuple[Task, str]]
    ) -> Iterator[list[tuple[Task, Extraction | ExtractionFailed]]]:
        waiting = list(reports)
        self.texts += [text for _, text in waiting]
        random.Random(7).shuffle(waiting)
        for number, start in enumerate(range(0, len(waiting), 2)):
            if number == self.breaks_after:
                raise self.error
            yield [(task, answered(text)) for task, text in waiting[start : start + 2]]


def answered(text: str) -> Extraction | ExtractionFailed:
    if UNANSWERABLE in text:
        return ExtractionFailed("report", REFUSAL)
    answers = []
    for entity_type in CRIME.types:
        found = re.finditer(RULES.get(entity_type.name, r"(?!)"), text)
        mentions = [Mention(match.group(), match.start(), match.end(), 0.9) for match in found]
        if entity_type.name == "Victim_AgeRange" and "adult" in text:
            mentions = [Mention("Adult", None, None, 0.8)]
        answers.append(Answer(entity_type.name, tuple(mentions), 0.5, False))
    return Extraction(tuple(answers), report_tokens=len(text.split()), answer_tokens=1, window_count=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for reports; the database stands beside it."""
    made = tmp_path / "reports"
    made.mkdir()
    return made


def write(path: Path, content: str | bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path.as_posix()


def run(folder: Path, extractor: RuleExtractor | None = None, **settings: object) -> Summary:
    """Ingest a folder into the database beside it, with one model unless told otherwise."""
    chosen = {"arguments": (str(folder),), "model_digest": "model-a", "model_name": "rules"} | settings
    extractor = extractor or RuleExtractor()
    asked = IngestSettings(database=folder.parent / "crime.duckdb", schema=CRIME, **chosen)  # type: ignore[arg-type]
    return ingest(asked, find_paths(asked.arguments), extractor.open)


def counts(summary: Summary) -> tuple[int, int, int, int]:
    return summary.reports, summary.values, summary.skipped, summary.failed


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with sql.connect_read_only(folder.parent / "crime.duckdb") as con:
        return sql.fetch(con, query)


def assert_sound(folder: Path) -> None:
    with sql.connect_read_only(folder.parent / "crime.duckdb") as con:
        assert {name: frame.rows() for name, frame in sql.run_checks(con).items() if frame.height} == {}


def pdf_bytes(line: str) -> bytes:
    """A PDF of one page; an empty line makes it an image without text."""
    shown = b"BT /F1 12 Tf 72 720 Td (%s) Tj ET" % line.encode() if line else b"0.5 g 100 100 200 200 re f"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[4 0 R]/Count 1>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 5 0 R/Resources<</Font<</F1 3 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown),
    ]
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(out),
    )


def word_bytes(line: str) -> bytes:
    word = docx.Document()
    word.add_paragraph(line)
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def write_every_format(folder: Path) -> None:
    write(folder / "a.txt", "Officer Ann Lee saw a theft.\n")
    write(folder / "b.md", "# Officer Bob Ray\n\nadult victim Cy Fox\n")
    write(folder / "c.html", "<html><body><h1>Arson</h1><p>Officer <b>Dan Poe</b> saw arson</p></body></html>")
    write(folder / "d.pdf", pdf_bytes("Officer Eve Kim saw robbery"))
    write(folder / "e.docx", word_bytes("Officer Fay Orr"))
    write(folder / "f.eml", "Subject: Officer Gus Ito\nFrom: desk@example.org\n\nvictim Hal Day\n")
    write(folder / "g.csv", "id,text\n1,Officer Ida Sun\n2,nothing\n3,Officer Jim Tod\n")
    write(folder / "sub" / "h.jsonl", '{"text": "Officer Kay Uhl"}\n{"text": "Officer Lou Vail, theft, theft"}\n')


def test_a_folder_with_every_format_becomes_rows_with_exact_offsets(folder: Path) -> None:
    write_every_format(folder)
    extractor = RuleExtractor()
    summary = run(folder, extractor)
    assert counts(summary) == (11, 18, 0, 0)
    assert not summary.is_interrupted
    assert extractor.times_opened == 1
    officer, victim, crime = "Officer_Name", "Victim_Name", "Crime_Type"
    assert rows(folder, VALUES) == [
        (f"{folder}/{name}", place, entity_type, ordinal, value, start, end, normalised)
        for name, place, entity_type, ordinal, value, start, end, normalised in [
            ("a.txt", 0, crime, 0, "theft", 22, 27, "theft"),
            ("a.txt", 0, officer, 0, "Ann Lee", 8, 15, "Ann Lee"),
            ("b.md", 0, officer, 0, "Bob Ray", 10, 17, "Bob Ray"),
            ("b.md", 0, "Victim_AgeRange", 0, "Adult", None, None, "Adult"),
            ("b.md", 0, victim, 0, "Cy Fox", 32, 38, "Cy Fox"),
            ("c.html", 0, crime, 0, "arson", 27, 32, "arson"),
            ("c.html", 0, officer, 0, "Dan Poe", 15, 22, "Dan Poe"),
            ("d.pdf", 0, crime, 0, "robbery", 20, 27, "robbery"),
            ("d.pdf", 0, officer, 0, "Eve Kim", 8, 15, "Eve Kim"),
            ("e.docx", 0, officer, 0, "Fay Orr", 8, 15, "Fay Orr"),
            ("f.eml", 0, officer, 0, "Gus Ito", 17, 24, "Gus Ito"),
            ("f.eml", 0, victim, 0, "Hal Day", 56, 63, "Hal Day"),
            ("g.csv", 0, officer, 0, "Ida Sun", 8, 15, "Ida Sun"),
            ("g.csv", 2, officer, 0, "Jim Tod", 8, 15, "Jim Tod"),
            ("sub/h.jsonl", 0, officer, 0, "Kay Uhl", 8, 15, "Kay Uhl"),
            ("sub/h.jsonl", 1, crime, 0, "theft", 18, 23, "theft"),
            ("sub/h.jsonl", 1, crime, 1, "theft", 25, 30, "theft"),
            ("sub/h.jsonl", 1, officer, 0, "Lou Vail", 8, 16, "Lou Vail"),
        ]
    ]
    assert rows(folder, "select count(*), count(distinct path) from v_report") == [(11, 8)]
    assert rows(folder, "select status, reports_done, mentions, skipped, failed from run") == [("done", 11, 18, 0, 0)]
    assert_sound(folder)


def test_text_formats_reach_the_database_unchanged(folder: Path) -> None:
    expected = {
        "bom.txt": (codecs.BOM_UTF8, "Caf\u00e9 theft\r\n", "utf-8"),
        "cp1252.md": (b"", "Officer\u2019s caf\u00e9\r\n\r\n  two  spaces\t\r", "cp1252"),
        "crlf.txt": (b"", "\r\n At 23:15 \r\nOfficer L\u00f3pez\n\n\n", "utf-8"),
        "wide.log": (codecs.BOM_UTF16_LE, "robbery \U0001f693\n", "utf-16-le"),
    }
    for name, (mark, text, encoding) in expected.items():
        write(folder / name, mark + text.encode(encoding))
    run(folder)
    query = (
        "select path, text, encoding, has_byte_order_mark from v_current_report "
        "join report using (report_id) join document on report.document_id = document.document_id order by path"
    )
    assert rows(folder, query) == [
        (f"{folder}/{name}", text, encoding, mark != b"") for name, (mark, text, encoding) in expected.items()
    ]


def test_a_second_run_does_nothing_and_opens_no_model(folder: Path) -> None:
    write_every_format(folder)
    run(folder)
    tables = "select path, seen_at, run_id from document_version order by all", "from mention order by all"
    before = [rows(folder, query) for query in tables]
    extractor = RuleExtractor()
    summary = run(folder, extractor)
    assert counts(summary) == (0, 0, 11, 0)
    assert extractor.times_opened == 0
    assert [rows(folder, query) for query in tables] == before
    assert rows(folder, "select status, reports_done, skipped from run order by run_id") == [
        ("done", 11, 0),
        ("done", 0, 11),
    ]


def test_another_model_or_schema_does_all_again(folder: Path) -> None:
    write(folder / "a.txt", "Officer Ann Lee")
    run(folder)
    assert counts(run(folder, model_digest="model-b")) == (1, 1, 0, 0)
    assert counts(run(folder, model_digest="model-b")) == (0, 0, 1, 0)
    assert counts(run(folder)) == (0, 0, 1, 0)


def test_force_does_all_again_and_only_the_newest_answers_are_shown(folder: Path) -> None:
    write(folder / "a.txt", "Officer Ann Lee saw a theft.")
    first = run(folder)
    shown = rows(folder, VALUES)
    second = run(folder, is_forced=True)
    assert counts(second) == (1, 2, 0, 0)
    assert rows(folder, VALUES) == shown
    assert rows(folder, "select distinct run_id from v_mention") == [(second.run_id,)]
    assert rows(folder, "select run_id, count(*) from extraction group by all order by all") == [
        (first.run_id, 1),
        (second.run_id, 1),
    ]
    assert_sound(folder)


def test_of_a_changed_file_the_new_content_alone_is_shown_and_the_old_one_is_known_when_it_returns(
    folder: Path,
) -> None:
    path = write(folder / "a.txt", "Officer Ann Lee")
    write(folder / "b.txt", "Officer Cy Fox")
    run(folder)
    write(folder / "a.txt", "Now Officer Bob Ray")
    extractor = RuleExtractor()
    assert counts(run(folder, extractor)) == (1, 1, 1, 0)
    assert extractor.texts == ["Now Officer Bob Ray"]
    query = f"select value, char_start from v_mention where path = '{path}'"
    assert rows(folder, query) == [("Bob Ray", 12)]
    write(folder / "a.txt", "Officer Ann Lee")
    assert counts(run(folder)) == (0, 0, 2, 0)
    assert rows(folder, query) == [("Ann Lee", 8)]
    assert_sound(folder)


def test_the_same_content_at_two_paths_is_extracted_once_and_shown_twice(folder: Path) -> None:
    for name in ("a.txt", "b.txt", "later.txt"):
        write(folder / name, "Officer Ann Lee")
    (folder / "later.txt").rename(folder.parent / "later.txt")
    extractor = RuleExtractor()
    assert counts(run(folder, extractor)) == (1, 1, 1, 0)
    (folder.parent / "later.txt").rename(folder / "later.txt")
    assert counts(run(folder, extractor)) == (0, 0, 3, 0)
    assert extractor.texts == ["Officer Ann Lee"]
    assert rows(folder, "select path, value from v_mention order by all") == [
        (f"{folder}/{name}", "Ann Lee") for name in ("a.txt", "b.txt", "later.txt")
    ]
    assert rows(folder, "select count(*) from extraction") == [(1,)]


def test_what_cannot_be_answered_at_one_path_fails_at_each_path_that_holds_a_copy_of_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK_REPORTS", 2)
    for name in ("a.txt", "b.txt", "d.txt"):
        write(folder / name, UNANSWERABLE)
    write(folder / "c.txt", "Officer Ann Lee")
    extractor = RuleExtractor()
    assert counts(run(folder, extractor)) == (1, 1, 0, 3)
    assert extractor.texts.count(UNANSWERABLE) == 1
    assert rows(folder, FAILURES) == [
        (f"{folder}/{name}", 0, "extract", "ExtractionFailed", REFUSAL) for name in ("a.txt", "b.txt", "d.txt")
    ]


def write_every_failure(folder: Path) -> dict[str, str]:
    """Files that fail in every way; the path of each by its name."""
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    made = {
        "bad.docx": b"PK\x03\x04 rubbish",
        "broken.pdf": b"%PDF-1.7 rubbish",
        "empty.txt": b"",
        "gibberish.txt": UNANSWERABLE.encode(),
        "headless.csv": b'id,"name\n1,Ann\n',
        "rows.csv": b'text,n\nOfficer Ann Lee,1\n  ,2\n"Officer Bob Ray",3,4\n"Officer "Cy" Fox",5\nOfficer Dan Poe,\n',
        "rows.jsonl": b'{"text": "Officer Eve Kim"}\n{"text": \n{"text": " "}\n',
        "scan.pdf": pdf_bytes(""),
        "table.pages": b"PK\x03\x04",
    }
    return {name: write(folder / name, content) for name, content in made.items()}


def test_every_kind_of_failure_is_a_row_and_the_rest_is_done(folder: Path) -> None:
    path = write_every_failure(folder)
    write(folder / "good.txt", "Officer Ann Lee")
    summary = run(folder)
    assert counts(summary) == (4, 4, 0, 13)
    assert rows(folder, FAILURES) == [
        (
            path["bad.docx"],
            None,
            "read",
            "UnreadableDocument",
            "its reader broke (BadZipFile: File is not a zip file); open it in its own program and save it again",
        ),
        (
            path["broken.pdf"],
            None,
            "read",
            "UnreadableDocument",
            "it is damaged (Failed to load document (PDFium: Data format error).); open it and print it to a new PDF",
        ),
        (path["empty.txt"], None, "read", "EmptyDocument", "it is empty; fill it or take it away"),
        (path["gibberish.txt"], 0, "extract", "ExtractionFailed", REFUSAL),
        (
            f"{folder}/gone.txt",
            None,
            "read",
            "UnreadableDocument",
            "it cannot be opened (No such file or directory); check that it is there and that you may read it",
        ),
        (
            path["headless.csv"],
            None,
            "split",
            "UnreadableDocument",
            "line 1: the row's quotation marks do not pair (unexpected end of data); double those inside a cell",
        ),
        (
            path["rows.csv"],
            1,
            "split",
            "EmptyDocument",
            "line 3: the column text is empty; fill it or delete the line",
        ),
        (
            path["rows.csv"],
            2,
            "split",
            "UnreadableDocument",
            "line 4: the row has 3 cells and the header 2; quote the cells and their delimiters",
        ),
        (
            path["rows.csv"],
            3,
            "split",
            "UnreadableDocument",
            "line 5: the row's quotation marks do not pair (',' expected after '\"'); double those inside a cell",
        ),
        (
            path["rows.jsonl"],
            1,
            "split",
            "UnreadableDocument",
            "line 2: it is not JSON (Expecting value, column 10); correct the line",
        ),
        (
            path["rows.jsonl"],
            2,
            "split",
            "EmptyDocument",
            "line 3: the column text is empty; fill it or delete the line",
        ),
        (
            path["scan.pdf"],
            None,
            "read",
            "NeedsOcr",
            "its only page holds no text, so it is probably a scan; run OCR over it and read the result",
        ),
        (
            path["table.pages"],
            None,
            "read",
            "UnknownFormat",
            "no reader knows this kind of file; convert it to one of "
            ".txt .text .log .md .markdown .html .htm .pdf .docx .doc .pptx .ppt .epub .mht .mhtml .eml .csv .tsv "
            ".json .jsonl .ndjson .odt .rtf .msg .png .jpg .tif .zip .mbox .xlsx .xlsm .xlsb .xls .ods .parquet",
        ),
    ]
    assert rows(folder, "select path, place, value from v_mention order by all") == [
        (f"{folder}/good.txt", 0, "Ann Lee"),
        (path["rows.csv"], 0, "Ann Lee"),
        (path["rows.csv"], 4, "Dan Poe"),
        (path["rows.jsonl"], 0, "Eve Kim"),
    ]
    assert rows(folder, "select status, reports_done, failed from run") == [("done", 4, 13)]
    assert rows(folder, "select failed from v_run") == [(13,)]
    assert_sound(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_a_failure(folder: Path) -> None:
    path = write(folder / "a.txt", "Officer Ann Lee")
    Path(path).chmod(0)
    assert counts(run(folder)) == (0, 0, 0, 1)
    reason = "it cannot be opened (Permission denied); check that it is there and that you may read it"
    assert rows(folder, FAILURES) == [(path, None, "read", "UnreadableDocument", reason)]


def test_failures_are_repeated_until_they_are_repaired(folder: Path) -> None:
    path = write_every_failure(folder)
    run(folder)
    extractor = RuleExtractor()
    assert counts(run(folder, extractor)) == (0, 0, 3, 13)
    assert extractor.texts == [UNANSWERABLE]
    still_failing = "select path, place, run_id from v_failure order by all"
    assert len(rows(folder, still_failing)) == 13

    Path(folder / "gone.txt").unlink()
    for name in ("bad.docx", "broken.pdf", "headless.csv", "scan.pdf", "table.pages"):
        Path(path[name]).unlink()
        write(folder / name, b"" if name == "headless.csv" else word_bytes(f"Officer Gus {name[:3].title()}"))
    write(folder / "gone.txt", "Officer Hal Day")
    write(folder / "empty.txt", "Officer Ida Sun")
    write(folder / "gibberish.txt", "Officer Jim Tod")
    write(folder / "rows.csv", "text\nOfficer Ann Lee\n")
    write(folder / "rows.jsonl", '{"text": "Officer Eve Kim"}\n')
    summary = run(folder)
    assert counts(summary) == (9, 9, 0, 1)
    assert rows(folder, still_failing) == [(path["headless.csv"], None, summary.run_id)]
    assert rows(folder, "select count(*) from document_failure") == [(27,)]
    assert rows(folder, "select path, place, value from v_mention order by all") == [
        (f"{folder}/{name}", 0, value)
        for name, value in [
            ("bad.docx", "Gus Bad"),
            ("broken.pdf", "Gus Bro"),
            ("empty.txt", "Ida Sun"),
            ("gibberish.txt", "Jim Tod"),
            ("gone.txt", "Hal Day"),
            ("rows.csv", "Ann Lee"),
            ("rows.jsonl", "Eve Kim"),
            ("scan.pdf", "Gus Sca"),
            ("table.pages", "Gus Tab"),
        ]
    ]
    assert_sound(folder)


def write_officers(folder: Path, count: int) -> None:
    for number in range(count):
        write(folder / f"{number:04}.txt", f"Officer Ann N{number:04}")


def test_an_interrupt_in_the_second_batch_keeps_the_first_and_the_next_run_does_only_the_rest(folder: Path) -> None:
    write_officers(folder, 7)
    write(folder / "z.txt", "")
    undisturbed = folder.parent / "undisturbed" / "reports"
    undisturbed.parent.mkdir()
    undisturbed.symlink_to(folder, target_is_directory=True)
    run(undisturbed)
    expected = rows(undisturbed, VALUES)
    assert len(expected) == 7

    broken = RuleExtractor(breaks_after=1)
    summary = run(folder, broken)
    assert summary.is_interrupted
    assert counts(summary) == (2, 2, 0, 1)
    assert rows(folder, "select status, reports_done, mentions, failed, ended_at is null from run") == [
        ("interrupted", 2, 2, 1, False)
    ]
    done = rows(folder, "select value from v_mention")
    assert len(done) == 2
    assert rows(folder, "select count(*) from v_report") == [(7,)]
    assert_sound(folder)

    extractor = RuleExtractor()
    summary = run(folder, extractor)
    assert counts(summary) == (5, 5, 2, 1)
    assert {f"Officer {name}" for (name,) in done}.isdisjoint(extractor.texts)
    assert len(extractor.texts) == 5
    assert rows(folder, VALUES) == expected
    assert rows(folder, "select path from v_failure") == [(f"{folder}/z.txt",)]
    assert_sound(folder)


def test_an_interrupt_while_reading_keeps_what_was_stored(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_officers(folder, 5)
    monkeypatch.setattr(reading, "CHUNK_REPORTS", 2)
    read = DocumentReader.read

    def interrupted(reader: DocumentReader, path: str) -> Document:
        if path.endswith("0004.txt"):
            raise KeyboardInterrupt
        return read(reader, path)

    monkeypatch.setattr(DocumentReader, "read", interrupted)
    summary = run(folder)
    assert (summary.is_interrupted, *counts(summary)) == (True, 4, 4, 0, 0)
    monkeypatch.undo()
    assert counts(run(folder)) == (1, 1, 4, 0)


def test_an_interrupt_that_breaks_off_the_storing_of_a_batch_does_not_lose_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "MOST_WAITING", 1)  # each batch in a transaction of its own
    load = storing.load_batch
    broken: list[bool] = []

    def broken_once(run: Run, **parts: Any) -> None:
        if not broken:
            broken.append(True)
            raise KeyboardInterrupt  # as polars does in the thread that stores, whichever thread is told
        load(run, **parts)

    monkeypatch.setattr(storing, "load_batch", broken_once)
    write_officers(folder, 5)
    summary = run(folder)
    assert (summary.is_interrupted, *counts(summary)) == (True, 4, 4, 0, 0)  # and the batch that was answered meanwhile
    assert rows(folder, "select count(*) from v_mention") == [(4,)]
    assert_sound(folder)
    assert counts(run(folder)) == (1, 1, 4, 0)


def test_an_interrupt_that_duckdb_reports_as_its_own_error_is_an_interrupt_and_its_batch_is_stored(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "MOST_WAITING", 1)  # each batch in a transaction of its own
    write_officers(folder, 5)
    insert, inserted = batch.insert_frames, []

    def insert_until_interrupted(
        con: DuckDBPyConnection, statement: str, frames: Mapping[str, polars.DataFrame]
    ) -> None:
        insert(con, statement, frames)
        inserted.append(statement)
        if len(inserted) == 2:
            raise RuntimeError("Query interrupted")  # what DuckDB 2.0 makes of Ctrl-C

    monkeypatch.setattr(batch, "insert_frames", insert_until_interrupted)
    summary = run(folder)
    assert (summary.is_interrupted, *counts(summary)) == (True, 4, 4, 0, 0)
    assert rows(folder, "select status, reports_done from run") == [("interrupted", 4)]
    assert rows(folder, "select count(*) from extraction") == [(4,)]
    monkeypatch.undo()
    assert counts(run(folder)) == (1, 1, 4, 0)
    assert_sound(folder)


def test_an_error_in_the_extractor_marks_the_run_failed_and_is_raised(folder: Path) -> None:
    write_officers(folder, 5)
    with pytest.raises(ZeroDivisionError):
        run(folder, RuleExtractor(breaks_after=2, error=ZeroDivisionError))
    assert rows(folder, "select status, reports_done, mentions from run") == [("failed", 4, 4)]
    assert counts(run(folder)) == (1, 1, 4, 0)
    assert rows(folder, "select count(*) from v_mention") == [(5,)]
    assert_sound(folder)


def test_a_model_that_cannot_be_opened_marks_the_run_failed(folder: Path) -> None:
    write(folder / "a.txt", "Officer Ann Lee")
    database = folder.parent / "crime.duckdb"
    settings = IngestSettings(
        arguments=(str(folder),), database=database, schema=CRIME, model_digest="m", model_name="rules"
    )

    def unavailable() -> RuleExtractor:
        raise BaseUnavailable("base", "it is not here; fetch it")

    with pytest.raises(BaseUnavailable):
        ingest(settings, find_paths([str(folder)]), unavailable)
    assert rows(folder, "select status, reports_done from run") == [("failed", 0)]


def test_a_limit_extracts_so_many_new_reports_and_the_next_run_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK_REPORTS", 2)
    write_officers(folder, 6)
    for expected in ((3, 3, 0, 0), (3, 3, 3, 0), (0, 0, 6, 0)):
        assert counts(run(folder, limit=3)) == expected
    assert rows(folder, "select count(*) from v_mention") == [(6,)]


def test_the_chosen_column_of_a_table_holds_the_reports(folder: Path) -> None:
    lines = [{"text": "Officer Ann Lee", "Note": f"Officer Bob {name}"} for name in ("Ray", "Fox")]
    write(folder / "a.jsonl", "\n".join(map(json.dumps, lines)))
    run(folder, reading=ReadingSettings(split=SplitSettings(text_column="note")))
    assert rows(folder, "select place, value from v_mention order by all") == [(0, "Bob Ray"), (1, "Bob Fox")]


def test_standard_input_is_a_report_at_the_path_dash(folder: Path) -> None:
    database = folder.parent / "crime.duckdb"
    settings = IngestSettings(arguments=("-",), database=database, schema=CRIME, model_digest="m", model_name="rules")
    summary = ingest(
        settings, ["-"], RuleExtractor().open, standard_input=io.BytesIO(b"\xef\xbb\xbfOfficer Ann Lee\r\n")
    )
    assert counts(summary) == (1, 1, 0, 0)
    assert rows(folder, VALUES) == [("-", 0, "Officer_Name", 0, "Ann Lee", 8, 15, "Ann Lee")]
    assert rows(folder, "select text from report") == [("Officer Ann Lee\r\n",)]


def test_of_a_thousand_files_no_more_than_three_chunks_are_held_at_a_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "MOST_WAITING", 1)
    write_officers(folder, 1000)
    held, most_held = 0, 0
    read = DocumentReader.read
    load_batch = storing.load_batch

    def counted_read(reader: DocumentReader, path: str) -> Document:
        nonlocal held, most_held
        held += 1
        most_held = max(most_held, held)
        return read(reader, path)

    def counted_load(*args: object, documents: Sequence[Document], **rest: object) -> None:
        nonlocal held
        held -= len(documents)
        load_batch(*args, documents=documents, **rest)  # type: ignore[arg-type]

    @dataclass
    class Counting(RuleExtractor):
        asked: list[int] = field(default_factory=list)

        def batches(
            self, reports: Iterable[tuple[Task, str]]
        ) -> Iterator[list[tuple[Task, Extraction | ExtractionFailed]]]:
            waiting = list(reports)
            self.asked.append(len(waiting))
            yield [(task, answered(text)) for task, text in waiting]

    monkeypatch.setattr(DocumentReader, "read", counted_read)
    monkeypatch.setattr(storing, "load_batch", counted_load)
    extractor = Counting()
    assert counts(run(folder, extractor)) == (1000, 1000, 0, 0)
    # One that is being read, one that is being answered, one that is being stored.
    assert CHUNK_REPORTS < most_held <= 3 * CHUNK_REPORTS
    assert held == 0
    assert extractor.asked == [CHUNK_REPORTS] * 15 + [40]
    assert extractor.times_opened == 1


def test_while_a_batch_is_answered_the_next_chunk_is_read_and_the_batch_before_is_stored(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_officers(folder, 4)
    monkeypatch.setattr(reading, "CHUNK_REPORTS", 2)
    read_ahead, stored_behind = threading.Event(), threading.Event()
    read, load_batch = DocumentReader.read, storing.load_batch

    def signalling_read(reader: DocumentReader, path: str) -> Document:
        document = read(reader, path)
        if path.endswith("0003.txt"):
            read_ahead.set()
        return document

    def signalling_load(*args: object, **rest: object) -> None:
        load_batch(*args, **rest)  # type: ignore[arg-type]
        stored_behind.set()

    class Waiting(RuleExtractor):
        def batches(
            self, reports: Iterable[tuple[Task, str]]
        ) -> Iterator[list[tuple[Task, Extraction | ExtractionFailed]]]:
            for task, text in reports:
                yield [(task, answered(text))]
                # The first report of the chunk is given away, the second is being answered.
                assert read_ahead.wait(timeout=30)
                assert stored_behind.wait(timeout=30)

    monkeypatch.setattr(DocumentReader, "read", signalling_read)
    monkeypatch.setattr(storing, "load_batch", signalling_load)
    assert counts(run(folder, Waiting())) == (4, 4, 0, 0)
    assert_sound(folder)


def test_what_breaks_while_it_is_stored_ends_the_run_and_the_next_one_does_the_rest(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "MOST_WAITING", 1)  # each batch in a transaction of its own
    write_officers(folder, 6)
    load_batch, calls = storing.load_batch, []

    def breaking(*args: object, **rest: object) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise DatabaseUnusable(folder.parent / "crime.duckdb", "it is gone")
        load_batch(*args, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "load_batch", breaking)
    with pytest.raises(DatabaseUnusable, match="it is gone"):
        run(folder)
    assert len(calls) == 2
    assert rows(folder, "select status, reports_done, mentions from run") == [("failed", 2, 2)]
    monkeypatch.undo()
    assert counts(run(folder)) == (4, 4, 2, 0)
    assert_sound(folder)


def test_failures_are_stored_before_many_of_them_wait(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(CHUNK_REPORTS + 2):
        write(folder / f"{number:04}.txt", "")
    stored = []
    load_batch = storing.load_batch

    def counted(*args: object, failures: Sequence[object], **rest: object) -> None:
        stored.append(len(failures))
        load_batch(*args, failures=failures, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "load_batch", counted)
    assert counts(run(folder)) == (0, 0, 0, CHUNK_REPORTS + 2)
    assert stored == [CHUNK_REPORTS, 2]


def test_what_is_finished_while_a_batch_is_stored_is_stored_together(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_officers(folder, 10)  # five batches of two
    load_batch, stored, finished = storing.load_batch, [], threading.Event()

    def slow(*args: object, extractions: Sequence[object], **rest: object) -> None:
        if not stored:
            assert finished.wait(timeout=30)
        stored.append(len(extractions))
        load_batch(*args, extractions=extractions, **rest)  # type: ignore[arg-type]

    class Telling(RuleExtractor):
        def batches(
            self, reports: Iterable[tuple[Task, str]]
        ) -> Iterator[list[tuple[Task, Extraction | ExtractionFailed]]]:
            yield from super().batches(reports)
            finished.set()

    monkeypatch.setattr(storing, "load_batch", slow)
    assert counts(run(folder, Telling())) == (10, 10, 0, 0)
    assert stored == [2, 8]
    assert_sound(folder)


def test_the_model_waits_where_too_much_is_not_stored_yet(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_officers(folder, 10)
    stored, load_batch = [], storing.load_batch

    def counted(*args: object, extractions: Sequence[object], **rest: object) -> None:
        stored.append(len(extractions))
        load_batch(*args, extractions=extractions, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "load_batch", counted)
    monkeypatch.setattr(storing, "MOST_WAITING_CHARS", 1)
    assert counts(run(folder)) == (10, 10, 0, 0)
    assert sum(stored) == 10
    assert max(stored) <= 4  # one that waits, and one that was being answered


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_progress_bar_ends_at_the_number_of_reports(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_every_failure(folder)
    write_every_format(folder)
    write(folder / "copy.txt", "Officer Ann Lee saw a theft.\n")
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    assert counts(run(folder)) == (14, 21, 1, 13)
    assert re.search(r"ingest: 100%.*\b28/28 \[00:\d\d<00:00, .*report/s\]", shown.getvalue())


def test_without_a_terminal_there_is_no_progress_bar(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder / "a.txt", "Officer Ann Lee")
    run(folder)
    assert capsys.readouterr() == ("", "")


# ---- files that are gone


def shown(folder: Path) -> list[str]:
    return [Path(str(path)).name for (path,) in rows(folder, "select path from v_report order by path")]


def test_a_file_that_is_gone_is_shown_until_it_is_pruned_and_again_when_it_is_back(folder: Path) -> None:
    kept, gone = write(folder / "a.txt", "Officer Ann Lee"), write(folder / "in" / "b.txt", "Officer Bo Ray")
    run(folder)
    Path(gone).unlink()
    assert run(folder).missing == 0
    assert shown(folder) == ["a.txt", "b.txt"]
    pruned = run(folder, is_pruned=True)
    assert (counts(pruned), pruned.missing) == ((0, 0, 1, 0), 1)
    assert shown(folder) == ["a.txt"]
    assert rows(folder, "select path from v_mention") == [(kept,)]
    assert rows(folder, "select path from document_missing") == [(gone,)]
    assert run(folder, is_pruned=True).missing == 0
    write(folder / "in" / "b.txt", "Officer Bo Ray")
    assert counts(run(folder)) == (0, 0, 2, 0)  # its answers are kept
    assert shown(folder) == ["a.txt", "b.txt"]
    assert_sound(folder)


def test_a_renamed_file_keeps_its_answers_and_pruning_takes_away_the_old_name(folder: Path) -> None:
    write(folder / "a.txt", "Officer Ann Lee")
    run(folder)
    (folder / "a.txt").rename(folder / "z.txt")
    extractor = RuleExtractor()
    assert counts(run(folder, extractor, is_pruned=True)) == (0, 0, 1, 0)
    assert extractor.texts == []
    assert shown(folder) == ["z.txt"]
    assert rows(folder, "select count(*) from document") == [(1,)]


def test_pruning_takes_a_failure_away_and_leaves_what_lies_elsewhere(folder: Path) -> None:
    write(folder / "empty.txt", "")
    elsewhere = write(folder.parent / "other" / "c.txt", "Officer Cy Fox")
    run(folder, arguments=(str(folder), elsewhere))
    (folder / "empty.txt").unlink()
    Path(elsewhere).unlink()
    write(folder / "a.txt", "Officer Ann Lee")
    assert run(folder, is_pruned=True).missing == 1
    assert rows(folder, "select path from v_failure") == []
    assert shown(folder) == ["c.txt", "a.txt"]


def test_an_emptied_folder_can_be_pruned(folder: Path) -> None:
    write(folder / "a.txt", "Officer Ann Lee")
    run(folder)
    (folder / "a.txt").unlink()
    asked = IngestSettings(
        database=folder.parent / "crime.duckdb",
        schema=CRIME,
        arguments=(str(folder),),
        model_digest="model-a",
        model_name="rules",
        is_pruned=True,
    )
    assert ingest(asked, find_paths(asked.arguments, may_be_empty=True), RuleExtractor().open).missing == 1
    assert shown(folder) == []


def test_nothing_counts_as_gone_in_a_folder_that_cannot_be_looked_into(folder: Path) -> None:
    known = [f"{folder}/closed/a.txt", f"{folder}/b.txt", f"{folder}/c.zip!/d.txt", f"{folder}x/e.txt"]
    (folder / "closed").mkdir()
    closed = [f"{folder}/closed"]
    assert gone_paths(known, [str(folder)], closed, closed) == [f"{folder}/b.txt", f"{folder}/c.zip!/d.txt"]
    assert gone_paths(known, [str(folder)], [], []) == [f"{folder}/b.txt", f"{folder}/c.zip!/d.txt", known[0]]
    assert gone_paths(known, [f"{folder}/closed"], [], []) == [known[0]]
    assert gone_paths(known, ["-"], [], []) == []


def test_a_file_that_an_archive_no_longer_holds_is_gone_but_not_while_the_archive_cannot_be_unpacked(
    folder: Path,
) -> None:
    def write_zip(*names: str) -> None:
        with zipfile.ZipFile(folder / "week.zip", "w") as archive:
            for name in names:
                archive.writestr(name, f"Officer Ann {name.title()}")

    write_zip("lee", "ray")
    run(folder)
    assert shown(folder) == ["lee", "ray"]
    write(folder / "week.zip", "PK\x03\x04 no archive")
    assert run(folder, is_pruned=True).missing == 0
    write_zip("ray", "fox")
    summary = run(folder, is_pruned=True)
    assert (*counts(summary), summary.missing) == (1, 1, 1, 0, 1)
    assert shown(folder) == ["fox", "ray"]
    assert run(folder, is_pruned=True).missing == 0


# ---- what one file must not do to the others


def test_a_link_to_a_file_outside_the_folder_is_a_failure_unless_links_are_followed(folder: Path) -> None:
    outside = write(folder.parent / "secret" / "s.txt", "Officer Sid Key")
    write(folder / "a.txt", "Officer Ann Lee")
    (folder / "b.txt").symlink_to(outside)
    (folder / "in").mkdir()
    (folder / "in" / "c.txt").symlink_to(folder / "a.txt")
    assert counts(run(folder)) == (1, 1, 0, 1)
    assert rows(folder, "select path, error, message from v_failure") == [
        (
            f"{folder}/b.txt",
            "UnreadableDocument",
            "it is a link to a file outside the folder; give that file itself, or --follow-links",
        )
    ]
    assert counts(run(folder, arguments=(str(folder), outside))) == (1, 1, 1, 0)  # as the user named it
    assert counts(run(folder, reading=ReadingSettings(follows_links=True), is_forced=True)) == (2, 2, 0, 0)
    assert rows(folder, "select path from v_failure") == []


def test_a_report_longer_than_any_is_a_failure_and_long_ones_wait_for_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "LATE_CHARS", 40)
    write(folder / "a.txt", "Officer Ann Lee " + "and a long story " * 3)
    write(folder / "b.jsonl", json.dumps({"text": "Officer Bo Ray"}) + "\n" + json.dumps({"text": "x" * 101}))
    write(folder / "c.txt", "Officer Cy Fox")
    write(folder / "d.txt", "Officer Ann Lee " + "and a long story " * 3)  # a copy
    extractor = RuleExtractor()
    assert counts(run(folder, extractor, reading=ReadingSettings(most_report_chars=100))) == (3, 3, 1, 1)
    assert [text.split()[1] for text in extractor.texts] == ["Bo", "Cy", "Ann"]
    assert rows(folder, "select path, place, stage, message from v_failure") == [
        (
            f"{folder}/b.jsonl",
            1,
            "split",
            "it holds 101 characters, more than 100; cut it, or raise --max-report-chars",
        )
    ]
    assert rows(folder, "select path, value from v_mention order by all") == [
        (f"{folder}/a.txt", "Ann Lee"),
        (f"{folder}/b.jsonl", "Bo Ray"),
        (f"{folder}/c.txt", "Cy Fox"),
        (f"{folder}/d.txt", "Ann Lee"),
    ]
    assert_sound(folder)
