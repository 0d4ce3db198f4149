"""Loading: what a batch stores, what it leaves alone, and that it stores all or nothing."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import duckdb
import pytest
from stored import extraction_of, store

from crimeetl import sql
from crimeetl.etl.documents import Document, Failure, Report, content_id
from crimeetl.etl.load import Run, RunCounts, RunStart, abandoned_runs, finish_run, finished_reports, runs, start_run
from crimeetl.model.extraction import Answer, Extraction
from crimeetl.model.schema import EntitySchema, load_schema
from crimeetl.model.schema.files import parse_schema

INCIDENT = load_schema("incident")
CRIME = load_schema("crime")
COUNTS = RunCounts(reports_done=1, mentions=2, skipped=3, failed=4)
TEXT = "Theft by SMITH, JOHN at 9 Oak Street on 03/04/2025, 2315 hours. Officer Ann Lee, Badge #0042. Witness: N/A"
VALUES = {
    "Crime_Type": ["Theft"],
    "Victim_Name": ["SMITH, JOHN"],
    "Location": ["9 Oak Street"],
    "Crime_Date": ["03/04/2025"],
    "Crime_Time": ["2315 hours"],
    "Officer_Name": ["Officer Ann Lee"],
    "Officer_BadgeNumber": ["0042"],
    "Witness_Name": ["N/A"],
}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "crime.duckdb"


def a_document(path: str, text: str) -> Document:
    return Document(path, content_id(text), "text/plain", "utf-8", False, len(text), text)


def a_report(document: Document, place: int = 0, text: str | None = None) -> Report:
    text = document.text if text is None else text
    return Report(content_id(document.document_id, str(place), text), document.document_id, place, text)


def begin(database: Path, *, schema: EntitySchema = CRIME, model: str = "model-a") -> Run:
    start = RunStart(model_digest=model, model_name="a tiny model", schema=schema, settings={"batch": 4})
    return start_run(database, start)


def load(
    database: Path,
    run: Run,
    documents: Sequence[Document],
    *,
    values: Mapping[str, Sequence[str]] | None = None,
    failures: Sequence[Failure] = (),
    extract: bool = True,
) -> None:
    reports = [a_report(document) for document in documents]
    extractions = [(report, extraction_of(run.schema, report.text, values or {})) for report in reports]
    store(
        run,
        documents=documents,
        reports=reports,
        extractions=extractions if extract else [],
        failures=failures,
    )


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with sql.connect_read_only(database) as con:
        return sql.fetch(con, query)


def row_counts(database: Path) -> dict[str, int]:
    with sql.connect_read_only(database) as con:
        tables = [name for (name,) in sql.fetch(con, "select table_name from duckdb_tables()")]
        return {name: con.table(name).count("*").fetchall()[0][0] for name in tables}


def assert_sound(database: Path) -> None:
    with sql.connect_read_only(database) as con:
        assert {name: frame.rows() for name, frame in sql.run_checks(con).items() if frame.height} == {}


def test_a_batch_stores_every_value_with_its_span_and_its_normalised_form(database: Path) -> None:
    run = begin(database)
    load(database, run, [a_document("/r/a.txt", TEXT)], values=VALUES)
    found = rows(
        database,
        "select path, run_id, entity_type, ordinal, value, char_start, char_end, normalised, confidence, place, "
        "schema_name, is_stated from v_mention order by char_start",
    )
    expected = [
        ("Crime_Type", "Theft", 0, 5, "Theft", True),
        ("Victim_Name", "SMITH, JOHN", 9, 20, "John Smith", True),
        ("Location", "9 Oak Street", 24, 36, "9 Oak Street", True),
        ("Crime_Date", "03/04/2025", 40, 50, "2025-03-04", True),
        ("Crime_Time", "2315 hours", 52, 62, "23:15", True),
        ("Officer_Name", "Officer Ann Lee", 64, 79, "Ann Lee", True),
        ("Officer_BadgeNumber", "0042", 88, 92, "0042", True),
        ("Witness_Name", "N/A", 103, 106, None, False),
    ]
    assert found == [
        ("/r/a.txt", run.run_id, name, 0, value, start, end, normalised, 0.5, 0, "crime", is_stated)
        for name, value, start, end, normalised, is_stated in expected
    ]
    assert_sound(database)


def test_a_batch_fills_the_normalised_tables(database: Path) -> None:
    load(database, begin(database), [a_document("/r/a.txt", TEXT)], values=VALUES)
    assert rows(database, "select role, name, normalised_name, age, path from v_person") == [
        ("victim", "SMITH, JOHN", "John Smith", None, "/r/a.txt")
    ]
    assert rows(database, "select name, normalised_name, badge_number from v_officer") == [
        ("Officer Ann Lee", "Ann Lee", "0042")
    ]
    assert rows(database, "select type, normalised_type, occurred_on, occurred_at, status from v_offense") == [
        ("Theft", "theft", date(2025, 3, 4), time(23, 15), None)
    ]
    assert rows(database, "select address, city from v_location") == [("9 Oak Street", None)]


def test_v_report_has_a_column_for_every_built_in_type_in_order(database: Path) -> None:
    begin(database)
    found = rows(database, "select column_name, column_type from (describe v_report)")
    typed = [(t.column, "VARCHAR[]" if t.is_multiple else "VARCHAR") for t in INCIDENT.types]
    position = [("page", "INTEGER"), ("document_char_start", "BIGINT")]
    assert found == [("path", "VARCHAR"), ("report_id", "VARCHAR"), ("place", "INTEGER"), *typed, *position]


def test_v_mention_begins_with_its_public_columns(database: Path) -> None:
    begin(database)
    found = [name for (name,) in rows(database, "select column_name from (describe v_mention)")]
    assert " ".join(found[:11]) == (
        "path document_id report_id run_id entity_type ordinal value char_start char_end normalised confidence"
    )


def test_v_report_shows_values_as_written_and_a_row_for_a_report_with_none(database: Path) -> None:
    run = begin(database)
    load(database, run, [a_document("/r/a.txt", TEXT)], values={**VALUES, "Crime_Summary": ["Theft by SMITH"]})
    load(database, run, [a_document("/r/b.txt", "Nothing happened.")])
    assert rows(
        database,
        "select path, place, victim_name, witness_name, crime_summary, victim_age, city from v_report order by path",
    ) == [
        ("/r/a.txt", 0, ["SMITH, JOHN"], ["N/A"], "Theft by SMITH", None, None),
        ("/r/b.txt", 0, None, None, None, None, None),
    ]


def test_each_type_of_v_report_comes_from_the_newest_extraction_that_asked_for_it(database: Path) -> None:
    document = a_document("/r/a.txt", "Ann Lee met Bob Ray in Reno.")
    load(
        database,
        begin(database, schema=INCIDENT),
        [document],
        values={"Victim_Name": ["Ann Lee"], "City": ["Reno"]},
    )
    load(database, begin(database), [document], values={"Victim_Name": ["Bob Ray"]})
    assert rows(database, "select victim_name, city from v_report") == [(["Bob Ray"], ["Reno"])]
    assert rows(database, "select name from v_person") == [("Bob Ray",)]
    assert rows(database, "select city from v_location") == [("Reno",)]
    assert rows(database, "select schema_name, value from v_mention order by all") == [
        ("crime", "Bob Ray"),
        ("incident", "Ann Lee"),
        ("incident", "Reno"),
    ]
    assert_sound(database)


def test_loading_a_batch_twice_adds_nothing(database: Path) -> None:
    run = begin(database)
    failure = Failure("/r/x.pdf", None, "read", "NeedsOcr", "it holds pages and no text")
    for _ in range(2):
        load(database, run, [a_document("/r/a.txt", TEXT)], values=VALUES, failures=[failure])
        counts = row_counts(database)
        assert counts["mention"] == 8
        assert (counts["document"], counts["document_version"], counts["report"]) == (1, 1, 1)
        assert (counts["extraction"], counts["answer"], counts["document_failure"]) == (1, 18, 1)
        assert (counts["person"], counts["officer"], counts["offense"], counts["location"]) == (1, 1, 1, 1)
    assert_sound(database)


def test_a_batch_may_repeat_its_own_rows(database: Path) -> None:
    document = a_document("/r/a.txt", TEXT)
    report, extraction = a_report(document), extraction_of(CRIME, TEXT, VALUES)
    failure = Failure("/r/a.txt", 1, "extract", "ExtractionFailed", "no")
    store(
        begin(database),
        documents=[document, document],
        reports=[report, report],
        extractions=[(report, extraction), (report, extraction)],
        failures=[failure, failure],
    )
    counts = row_counts(database)
    assert [counts[name] for name in ("document", "document_version", "report", "extraction", "mention")] == [
        1,
        1,
        1,
        1,
        8,
    ]
    assert counts["document_failure"] == 1
    assert_sound(database)


def test_a_second_run_makes_a_new_extraction_and_the_views_show_it_alone(database: Path) -> None:
    document = a_document("/r/a.txt", TEXT)
    load(database, begin(database), [document], values=VALUES)
    newer = begin(database)
    load(database, newer, [document], values={"Victim_Name": ["JOHN"]})
    assert rows(database, "select run_id, value from v_mention") == [(newer.run_id, "JOHN")]
    assert rows(database, "select name from v_person") == [("JOHN",)]
    counts = row_counts(database)
    assert (counts["document"], counts["document_version"], counts["report"], counts["extraction"]) == (1, 1, 1, 2)
    assert_sound(database)


def test_the_same_content_at_two_paths_is_two_rows(database: Path) -> None:
    load(database, begin(database), [a_document("/r/a.txt", TEXT), a_document("/r/b.txt", TEXT)], values=VALUES)
    assert rows(database, "select path, victim_name from v_report order by path") == [
        ("/r/a.txt", ["SMITH, JOHN"]),
        ("/r/b.txt", ["SMITH, JOHN"]),
    ]
    assert rows(database, "select path, name from v_person order by path") == [
        ("/r/a.txt", "SMITH, JOHN"),
        ("/r/b.txt", "SMITH, JOHN"),
    ]
    counts = row_counts(database)
    assert (counts["document"], counts["report"], counts["extraction"], counts["mention"]) == (1, 1, 1, 8)


def test_content_that_comes_back_is_a_third_version(database: Path) -> None:
    for text in ("A Lee", "B Ray", "B Ray", "A Lee"):
        load(database, begin(database), [a_document("/r/a.txt", text)], values={"Victim_Name": [text]})
    versions = "select document_id from document_version order by run_id"
    assert rows(database, versions) == [(content_id(text),) for text in ("A Lee", "B Ray", "A Lee")]
    assert rows(database, "select value from v_mention") == [("A Lee",)]
    assert row_counts(database)["document"] == 2


def test_a_document_whose_reports_were_skipped_becomes_the_newest_version(database: Path) -> None:
    load(database, begin(database), [a_document("/r/a.txt", "A Lee")], values={"Victim_Name": ["A Lee"]})
    load(database, begin(database), [a_document("/r/b.txt", "A Lee")], extract=False)
    assert rows(database, "select path, value from v_mention order by path") == [
        ("/r/a.txt", "A Lee"),
        ("/r/b.txt", "A Lee"),
    ]


def test_a_batch_that_fails_midway_leaves_no_row(database: Path) -> None:
    run = begin(database)
    before = row_counts(database)
    document = a_document("/r/a.txt", TEXT)
    impossible = Extraction((Answer("Location", (), 2.0, False),), 1, 1, 1)  # a presence above 1
    with pytest.raises(duckdb.ConstraintException):
        store(
            run,
            documents=[document],
            reports=[a_report(document)],
            extractions=[(a_report(document), impossible)],
            failures=[Failure("/r/b.txt", None, "read", "UnknownFormat", "no reader knows it")],
        )
    assert row_counts(database) == before
    load(database, run, [document], values=VALUES)
    assert_sound(database)


def test_a_batch_for_an_unknown_run_stores_nothing(database: Path) -> None:
    unknown = replace(begin(database), run_id="no-such-run")
    with pytest.raises(AssertionError, match=f"run no-such-run is not in {database}"):
        load(database, unknown, [a_document("/r/a.txt", TEXT)])
    assert row_counts(database)["document"] == 0


def test_finished_reports_are_those_of_the_model_and_the_schema(database: Path) -> None:
    documents = [a_document("/r/a.txt", "A Lee"), a_document("/r/b.txt", "B Ray")]
    ids = [a_report(document).report_id for document in documents]
    load(database, begin(database), documents[:1])
    load(database, begin(database), documents[1:], extract=False)
    found = finished_reports(database, ids, model_digest="model-a", schema_digest=CRIME.digest)
    assert found == {ids[0]}
    assert finished_reports(database, ids[1:], model_digest="model-a", schema_digest=CRIME.digest) == set()
    assert finished_reports(database, ids, model_digest="model-b", schema_digest=CRIME.digest) == set()
    assert finished_reports(database, ids, model_digest="model-a", schema_digest=INCIDENT.digest) == set()
    assert finished_reports(database, [], model_digest="model-a", schema_digest=CRIME.digest) == set()


def test_offsets_hold_in_texts_with_emoji_nul_and_lone_surrogates(database: Path) -> None:
    text = "👮🏽‍♀️ saw\x00 Zoë\ud800 Ñandú 👨‍👩‍👧 at 東京 ﬁn e\u0301nd"
    values = {
        "Victim_Name": ["Zoë\ud800 Ñandú"],
        "Location": ["東京"],
        "Evidence_Type": ["👨‍👩‍👧", "saw\x00", "e\u0301nd"],
    }
    load(database, begin(database), [a_document("/r/\udcff.txt", text)], values=values)
    assert_sound(database)
    assert rows(database, "select path, value, char_start from v_mention order by char_start") == [
        ("/r/\\udcff.txt", "saw\x00", 6),
        ("/r/\\udcff.txt", "Zoë\ufffd Ñandú", 11),
        ("/r/\\udcff.txt", "👨‍👩‍👧", 22),
        ("/r/\\udcff.txt", "東京", 31),
        ("/r/\\udcff.txt", "e\u0301nd", 37),
    ]


def test_the_spans_check_catches_a_planted_bad_span(database: Path) -> None:
    load(database, begin(database), [a_document("/r/a.txt", TEXT)], values={"Victim_Name": ["SMITH, JOHN"]})
    with sql.connect(database) as con:
        con.execute("update mention set char_start = char_start + 1, char_end = char_end + 1")
        complaints = {name: frame.height for name, frame in sql.run_checks(con).items() if frame.height}
        assert complaints == {"spans_match_text": 1}


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        ("update mention set char_end = 9999", "spans_inside_text"),
        ("update mention set char_start = null", "spans_inside_text"),
        ("delete from mention where entity_type = 'Location'", "answers_count_mentions"),
        ("update mention set ordinal = 5", "answers_count_mentions"),
        ("delete from answer where entity_type = 'Location'", "mentions_belong"),
        ("delete from answer where entity_type = 'Victim_CEO'", "answers_are_complete"),
        ("delete from report", "extractions_have_reports"),
        ("delete from document", "reports_have_documents"),
        ("delete from run", "runs_exist"),
        ("insert into mention from mention", "ids_are_unique"),
        ("update person set mention_id = 'x'", "rows_have_mentions"),
        ("update mention set is_stated = false", "rows_have_mentions"),
        ("update run set ended_at = started_at", "run_times_ordered"),
        ("update extraction set extracted_at = '2001-01-01'", "run_times_ordered"),
    ],
)
def test_every_check_catches_planted_damage(database: Path, damage: str, check: str) -> None:
    load(database, begin(database), [a_document("/r/a.txt", TEXT)], values=VALUES)
    assert_sound(database)
    with sql.connect(database) as con:
        con.execute(damage)
        assert sql.run_checks(con)[check].height > 0


def test_a_choice_value_has_no_span_and_is_sound(database: Path) -> None:
    load(database, begin(database), [a_document("/r/a.txt", TEXT)], values={"Victim_AgeRange": ["Adult"]})
    assert rows(database, "select value, char_start, char_end from v_mention") == [("Adult", None, None)]
    assert rows(database, "select age_range, name from v_person") == [("Adult", None)]
    assert_sound(database)


def test_types_of_a_users_own_schema_stay_in_mention_alone(database: Path) -> None:
    schema = parse_schema('name = "traffic"\n[[type]]\nname = "Driver_Name"\nnormalise = "person"', source="t")
    load(
        database,
        begin(database, schema=schema),
        [a_document("/r/a.txt", "RAY, BOB")],
        values={"Driver_Name": ["RAY, BOB"]},
    )
    assert rows(database, "select entity_type, normalised, schema_name from v_mention") == [
        ("Driver_Name", "Bob Ray", "traffic")
    ]
    assert row_counts(database)["person"] == 0
    assert_sound(database)


def test_a_run_is_recorded_from_start_to_end(database: Path) -> None:
    run = begin(database)
    now = "select status, ended_at is null, model_digest, model_name, schema_name, settings, process_id from v_run"
    assert rows(database, now) == [
        ("running", True, "model-a", "a tiny model", "crime", '{"batch": 4}', os.getpid()),
    ]
    load(database, run, [a_document("/r/a.txt", TEXT)], values=VALUES)
    finish_run(run, "done", COUNTS)
    assert rows(database, "select status, reports_done, mentions, skipped, failed from run") == [("done", 1, 2, 3, 4)]
    assert rows(database, "select status, reports_done, mentions, skipped, failed from v_run") == [("done", 1, 8, 3, 0)]
    assert_sound(database)


def test_run_ids_sort_by_time(database: Path) -> None:
    started = [begin(database).run_id for _ in range(5)]
    assert started == sorted(started)


def test_a_run_begins_after_every_other_even_when_the_clock_was_set_back(database: Path) -> None:
    first = begin(database)
    with sql.connect(database) as con:
        con.execute("update run set started_at = '2190-01-01', run_id = '21900101T000000000000-aaaaaa'")
    second = begin(database)
    assert first.run_id < second.run_id
    assert second.run_id.startswith("21900101T000000000001-")
    load(database, second, [a_document("/r/a.txt", TEXT)], values=VALUES)
    finish_run(second, "done", COUNTS)
    assert rows(database, "select status from run order by run_id") == [("interrupted",), ("done",)]


def test_a_run_whose_process_is_gone_becomes_interrupted_when_the_next_begins(database: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    alive = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        ids = {name: begin(database).run_id for name in ("gone", "alive", "elsewhere")}
        with sql.connect(database) as con:
            con.execute("update run set status = 'running', ended_at = null")
            for name, process_id in (("gone", gone.pid), ("alive", alive.pid), ("elsewhere", gone.pid)):
                con.execute("update run set process_id = ? where run_id = ?", [process_id, ids[name]])
            con.execute("update run set host_name = 'elsewhere' where run_id = ?", [ids["elsewhere"]])
        begin(database)
    finally:
        alive.communicate(b"\n")
    assert rows(database, "select status, host_name, ended_at is null from v_run order by run_id") == [
        ("interrupted", socket.gethostname(), False),
        ("running", socket.gethostname(), True),
        ("running", "elsewhere", True),
        ("running", socket.gethostname(), True),
    ]


def test_a_run_waits_for_another_process_that_extracts_the_same_files(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rival = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    start = RunStart(model_digest="m", model_name="tiny", schema=CRIME, settings={"roots": ["/r/in"]})
    first = start_run(database, start)
    with sql.connect(database) as con:
        con.execute("update run set process_id = ?", [rival.pid])
    told: list[str] = []

    def sleep(seconds: float) -> None:
        assert told == [f"process {rival.pid} is extracting the same files into {database}; waiting for it to end"]
        rival.communicate(b"\n")

    monkeypatch.setattr(runs.time, "sleep", sleep)
    second = start_run(database, replace(start, settings={"roots": ["/r"]}), tell=told.append)
    assert len(told) == 1
    assert rows(database, "select run_id, status from run order by run_id") == [
        (first.run_id, "interrupted"),
        (second.run_id, "running"),
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"settings": {"roots": ["/r/inner", "/q"]}},
        {"settings": {}},
        {"model_digest": "another"},
        {"schema": INCIDENT},
    ],
)
def test_a_run_does_not_wait_for_one_that_does_something_else(database: Path, other: dict[str, object]) -> None:
    rival = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        start = RunStart(model_digest="m", model_name="tiny", schema=CRIME, settings={"roots": ["/r/in"]})
        start_run(database, start)
        with sql.connect(database) as con:
            con.execute("update run set process_id = ?", [rival.pid])
        told: list[str] = []
        start_run(database, replace(start, **other), tell=told.append)  # type: ignore[arg-type]
        assert told == []
    finally:
        rival.communicate(b"\n")


def test_a_run_whose_process_is_gone_is_known_as_abandoned_before_the_next_begins(database: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead, alive = begin(database), begin(database)
    with sql.connect(database) as con:
        con.execute("update run set status = 'running', ended_at = null")
        con.execute("update run set process_id = ? where run_id = ?", [gone.pid, dead.run_id])
        con.execute("update run set process_id = ? where run_id = ?", [os.getppid(), alive.run_id])
    assert abandoned_runs(database) == {dead.run_id}
    assert rows(database, "select distinct status from run") == [("running",)]


def test_a_failure_stands_until_its_file_can_be_read(database: Path) -> None:
    failure = Failure("/r/a.txt", None, "read", "UnreadableDocument", "permission denied")
    document = a_document("/r/a.txt", "A Lee")
    load(database, begin(database), [document])
    load(database, begin(database), [], failures=[failure])
    load(database, begin(database), [a_document("/r/other.txt", "B Ray")])
    failing = "select path, place, stage, error, message from v_failure"
    assert rows(database, failing) == [("/r/a.txt", None, "read", "UnreadableDocument", "permission denied")]
    load(database, begin(database), [document], extract=False)
    assert rows(database, failing) == []


def test_a_failure_of_one_report_stands_until_that_report_has_answers(database: Path) -> None:
    document = a_document("/r/a.txt", "A Lee")
    failure = Failure("/r/a.txt", 0, "extract", "ExtractionFailed", "no answer")
    failing = "select path, place, error from v_failure"
    for _ in range(2):
        load(database, begin(database), [document], failures=[failure], extract=False)
        assert rows(database, failing) == [("/r/a.txt", 0, "ExtractionFailed")]
    load(database, begin(database), [document])
    assert rows(database, failing) == []
    assert row_counts(database)["document_failure"] == 2


def test_reports_of_one_file_keep_their_places(database: Path) -> None:
    document = a_document("/r/a.csv", "A Lee\nB Ray\n")
    reports = [a_report(document, 0, "A Lee"), a_report(document, 1, "B Ray")]
    store(
        begin(database),
        documents=[document],
        reports=reports,
        extractions=[(r, extraction_of(CRIME, r.text, {"Victim_Name": [r.text]})) for r in reports],
        failures=[],
    )
    assert rows(database, "select place, victim_name from v_report order by place") == [(0, ["A Lee"]), (1, ["B Ray"])]
    assert rows(database, "select place, name from v_person order by place") == [(0, "A Lee"), (1, "B Ray")]
