"""Questions: named ones on real-looking rows, strangers' SQL behind a seal, and every output format."""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import polars
import pytest
from stored import begin, store, store_answers

from crimeetl import sql
from crimeetl.etl.documents import Document, Failure, Report, content_id
from crimeetl.etl.errors import DatabaseUnusable, QueryFailed, WrongUsage
from crimeetl.etl.link import link
from crimeetl.etl.load import RunCounts, finish_run
from crimeetl.etl.output import named_queries, run_query, write_frame
from crimeetl.etl.output.formats import Format
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import load_schema

INCIDENT = load_schema("incident")
REPORTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "/r/1.txt": {
        "Crime_Type": ["Theft"],
        "Crime_Date": ["September 30, 2025"],
        "Crime_Time": ["14:30"],
        "Crime_Status": ["Under Investigation"],
        "Crime_Summary": ["A laptop was stolen."],
        "Officer_Name": ["Officer John Smith"],
        "Officer_BadgeNumber": ["4521"],
        "Victim_Name": ["THOMPSON, SARAH"],
        "Victim_Age": ["34"],
        "Location": ["456 Oak Street, Rivertown"],
        "Evidence_Type": ["Fingerprints", "CCTV footage"],
        "Witness_Name": ["None identified"],
        "Case_Number": ["22-1"],
    },
    "/r/2.txt": {
        "Crime_Type": ["theft", "Burglary"],
        "Crime_Date": ["10/01/2025"],
        "Crime_Time": ["2:45 PM"],
        "Crime_Status": ["Closed"],
        "Officer_Name": ["OFFICER JOHN SMITH"],
        "Officer_BadgeNumber": ["4521"],
        "Victim_Name": ["Sarah Thompson", "Timmy Lee"],
        "Victim_Age": ["34 years old", "12"],
        "Location": ["456 oak street, Rivertown"],
        "Evidence_Type": ["fingerprints"],
        "Witness_Name": ["Ann Chen"],
    },
    "/r/3.txt": {
        "Crime_Date": ["soon"],
        "Officer_Name": ["Deputy Lee"],
        "Victim_AgeRange": ["Senior"],
        "Crime_Status": ["Open"],
        "Witness_Name": ["N/A"],
    },
}


def an_extraction(values: Mapping[str, Sequence[str]], text: str, confidence: float) -> Extraction:
    answers = []
    for entity_type in INCIDENT.types:
        mentions = []
        for value in values.get(entity_type.name, ()):
            start = text.index(value) if entity_type.kind != "choice" else None
            mentions.append(Mention(value, start, None if start is None else start + len(value), confidence))
        answers.append(Answer(entity_type.name, tuple(mentions), 0.5, entity_type.name == "City" and confidence < 0.5))
    return Extraction(tuple(answers), 10, 5, 1)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("query") / "crime.duckdb"
    run = begin(database, INCIDENT)
    documents, extractions = [], []
    for path, values in REPORTS.items():
        text = "\n".join(value for several in values.values() for value in several)
        document = Document(path, content_id(text), "text/plain", "utf-8", False, len(text), text)
        report = Report(content_id(document.document_id, "0", text), document.document_id, 0, text)
        documents.append(document)
        extractions.append((report, an_extraction(values, text, 0.25 if path == "/r/3.txt" else 0.75)))
    store(
        run,
        documents=documents,
        extractions=extractions,
        failures=[Failure("/r/4.pdf", None, "read", "NeedsOcr", "it holds pages and no text")],
    )
    finish_run(run, "done", RunCounts(reports_done=3, mentions=1, skipped=2, failed=1))
    return database


ANSWERS = {
    "offenses_by_type_and_month": [
        ("burglary", "2025-10", 1),
        ("theft", "2025-10", 1),
        ("theft", "2025-09", 1),
        ("not stated", None, 1),
    ],
    "offenses_by_hour": [(14, 3, ["burglary", "theft"])],
    "reports_by_officer": [("John Smith", ["4521"], 2), ("Lee", [], 1)],
    "repeat_victims": [("Sarah Thompson", 2, [34], ["/r/1.txt", "/r/2.txt"])],
    "evidence_by_offense": [
        ("theft", "fingerprints", 2),
        ("burglary", "fingerprints", 1),
        ("theft", "cctv footage", 1),
    ],
    "open_cases": [
        (
            date(2025, 9, 30),
            "22-1",
            "Theft",
            "under_investigation",
            "A laptop was stolen.",
            ["Officer John Smith"],
            "/r/1.txt",
            0,
        ),
        (None, None, None, "open", None, ["Deputy Lee"], "/r/3.txt", 0),
    ],
    "busiest_locations": [("456 Oak Street, Rivertown", None, 2)],
    "victims_by_age_group": [("Child", 1, 12, 12), ("Adult", 2, 34, 34), ("Senior", 1, None, None)],
    "low_confidence_values": [
        (0.25, "Crime_Date", "soon", "/r/3.txt", 0, 0, 4),
        (0.25, "Crime_Status", "Open", "/r/3.txt", 0, 23, 27),
        (0.25, "Officer_Name", "Deputy Lee", "/r/3.txt", 0, 5, 15),
        (0.25, "Victim_AgeRange", "Senior", "/r/3.txt", 0, None, None),
        (0.25, "Witness_Name", "N/A", "/r/3.txt", 0, 28, 31),
    ],
    "cut_answers": [("/r/3.txt", 0, "City", 0)],
    "offenses_by_type": [("theft", 2, 2), ("burglary", 1, 1), ("not stated", 1, 1)],
    "offenses_by_month": [("2025-09", 1), ("2025-10", 2)],
    "offenses_by_weekday": [(2, "Tuesday", 1), (3, "Wednesday", 2)],
    "recurring_people": [],  # before linking
    "corrections": [],  # before any review
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_named_query_answers_its_question(database: Path, name: str) -> None:
    assert run_query(database, name).rows() == ANSWERS[name]


def test_not_stated_counts_sentinels_as_nothing(database: Path) -> None:
    found = {row[0]: row[1:] for row in run_query(database, "not_stated").rows()}
    assert len(found) == 29
    assert found["Witness_Name"] == (3, 2, 0.667)
    assert found["Crime_Status"] == (3, 0, 0.0)
    assert found["City"] == (3, 3, 1.0)


def test_values_are_counted_by_how_sure_they_are(database: Path) -> None:
    found = {row[0]: row[1:] for row in run_query(database, "values_by_type").rows()}
    assert found["Crime_Status"] == (3, 3, 0, 2, 1, 0)  # of 0.75, 0.75 and 0.25
    assert found["Witness_Name"] == (1, 1, 0, 1, 0, 0)  # "None identified" and "N/A" are none
    assert "City" not in found


def test_people_who_recur_are_found_by_linking(tmp_path: Path) -> None:
    database = tmp_path / "crime.duckdb"
    values = {
        "/r/1.txt": {"Victim_Name": ["Sarah Thompson"], "Victim_Email": ["s@example.org"], "Victim_Age": ["34"]},
        "/r/2.txt": {"Victim_Name": ["THOMPSON, SARAH"], "Victim_Email": ["s@example.org"], "Victim_Age": ["35"]},
        "/r/3.txt": {"Victim_Name": ["Timmy Lee"]},
    }
    texts = {path: "; ".join(value for several in of.values() for value in several) for path, of in values.items()}
    store_answers(database, INCIDENT, {(path, texts[path]): of for path, of in values.items()})
    link(database, threshold=0.9)
    [found] = run_query(database, "recurring_people").rows()
    assert found[:5] == ("Sarah Thompson", 2, ["victim"], [34, 35], ["/r/1.txt", "/r/2.txt"])


def test_failures_and_runs_are_listed(database: Path) -> None:
    assert run_query(database, "failures").drop("failed_at").rows() == [
        ("/r/4.pdf", None, "read", "NeedsOcr", "it holds pages and no text")
    ]
    columns = ["status", "reports_done", "mentions", "skipped", "failed", "schema_name", "model_name"]
    assert run_query(database, "latest_runs").select(columns).rows() == [("done", 3, 33, 2, 1, "incident", "tiny")]


def test_every_named_query_has_help_and_an_expected_answer() -> None:
    assert named_queries().keys() == ANSWERS.keys() | {
        "not_stated",
        "failures",
        "latest_runs",
        "values_by_type",
    }
    assert named_queries()["failures"] == "What could not be read or extracted and still fails, by file."


def test_a_query_may_be_sql_and_limited(database: Path) -> None:
    query = "select path from v_report order by path desc"
    assert run_query(database, query).rows() == [("/r/3.txt",), ("/r/2.txt",), ("/r/1.txt",)]
    assert run_query(database, query, limit=2).rows() == [("/r/3.txt",), ("/r/2.txt",)]
    assert run_query(database, "from v_report where path = 'none'").rows() == []


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from '/etc/passwd'",
        "from glob('/etc/*')",
        "attach '{folder}/other.duckdb' as other",
        "attach ':memory:' as other",
        "copy run to '{folder}/out.csv'",
        "copy (select 1) to '{folder}/out.parquet' (format parquet)",
        "export database '{folder}/out'",
        "install httpfs",
        "load httpfs",
        "select * from read_csv('https://example.org/x.csv')",
        "set threads = 1",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "reset enable_external_access",
        "select 1; set enable_external_access = true",
        "insert into run from run",
        "update run set status = 'done'",
        "delete from run",
        "drop view v_report",
        "create table x (a integer)",
        "select * from frame_of_the_caller",
        "create secret s (type s3)",
    ],
)
def test_a_query_reaches_and_changes_nothing_but_what_it_may(database: Path, tmp_path: Path, query: str) -> None:
    frame_of_the_caller = polars.DataFrame({"secret": [1]})
    with pytest.raises(QueryFailed) as caught:
        run_query(database, query.format(folder=tmp_path))
    assert str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    assert frame_of_the_caller.height == 1


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("select path from v_nothing", "Table with name v_nothing does not exist! Did you mean"),
        ("select 'open", "unterminated string literal"),
        ("", "the query selects nothing; write one that begins with `select` or `from`"),
        ("openc_ases", "there is no query named openc_ases; those that come with crimeetl are busiest_locations, "),
        ("select interval 1 day as days", "a column has a type that cannot be shown; cast it to varchar"),
        ("select 1 / 'x'::integer", "Could not convert string 'x' to INT32"),
    ],
)
def test_a_refused_query_says_why_in_one_line(database: Path, query: str, reason: str) -> None:
    with pytest.raises(QueryFailed) as caught:
        run_query(database, query)
    assert str(caught.value).startswith(reason)
    assert "\n" not in str(caught.value)


def test_a_query_needs_a_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="run `crimeetl ingest` first"):
        run_query(tmp_path / "none.duckdb", "select 1")


def test_queries_leave_the_database_to_writers(database: Path) -> None:
    run_query(database, "select 1")
    with sql.connect(database, patience_seconds=0) as con:
        assert {frame.height for frame in sql.run_checks(con).values()} == {0}


FRAME = polars.DataFrame(
    {
        "count": [1, 20],
        "name": ['Zoë, "Z"', None],
        "on": [date(2025, 9, 30), None],
        "at": [time(14, 30), None],
        "seen": [datetime(2025, 9, 30, 14, 30, 5), None],
        "values": [["a", "b; c"], []],
        "open": [True, None],
        "ratio": [0.5, float("nan")],
        "pair": [{"x": date(2025, 1, 2)}, None],
        "amount": [Decimal("1.50"), None],
    },
    schema_overrides={"amount": polars.Decimal(10, 2)},
)


def written(capsys: pytest.CaptureFixture[str], frame: polars.DataFrame, output_format: Format) -> str:
    write_frame(frame, output_format)
    return capsys.readouterr().out


def test_csv_joins_lists_and_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    assert written(capsys, FRAME, "csv") == (
        "count,name,on,at,seen,values,open,ratio,pair,amount\n"
        '1,"Zoë, ""Z""",2025-09-30,14:30:00,2025-09-30 14:30:05,a; b; c,true,0.5,"{""x"": ""2025-01-02""}",1.50\n'
        "20,,,,,,,nan,,\n"
    )


def test_json_is_a_list_of_objects_with_iso_dates(capsys: pytest.CaptureFixture[str]) -> None:
    text = written(capsys, FRAME, "json")
    assert "Zoë" in text
    assert json.loads(text) == [
        {
            "count": 1,
            "name": 'Zoë, "Z"',
            "on": "2025-09-30",
            "at": "14:30:00",
            "seen": "2025-09-30T14:30:05",
            "values": ["a", "b; c"],
            "open": True,
            "ratio": 0.5,
            "pair": {"x": "2025-01-02"},
            "amount": 1.5,
        },
        dict.fromkeys(FRAME.columns) | {"count": 20, "values": []},
    ]
    assert written(capsys, FRAME.clear(), "json") == "[]\n"


def test_a_table_aligns_what_people_read(capsys: pytest.CaptureFixture[str]) -> None:
    frame = polars.DataFrame({"name": ["Zoe\u0301", "東京", None], "n": [1, 20, 300], "list": [["a", "b"], [], ["c"]]})
    assert written(capsys, frame, "table") == (
        "name    n  list\n----  ---  ----\nZoe\u0301     1  a; b\n東京   20\n      300  c\n3 rows\n"
    )
    assert written(capsys, frame.head(1).select("n"), "table") == "n\n-\n1\n1 row\n"
    assert written(capsys, frame.clear().select("n"), "table") == "n\n-\n0 rows\n"


def test_a_table_shows_all_rows_on_one_line_each_without_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "red\x1b[31m\nline\u202eover" + "x" * 200
    lines = written(capsys, polars.DataFrame({"text": [hostile] * 500}), "table").splitlines()
    assert len(lines) == 503
    assert lines[2].startswith("red [31m line overxxx")
    assert (len(lines[2]), lines[2][-1]) == (80, "…")
    wide = written(capsys, polars.DataFrame({"text": ["東" * 90]}), "table").splitlines()
    assert wide[2] == "東" * 39 + "…"


def test_a_file_gets_what_standard_output_would(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for output_format in ("table", "csv", "json"):
        path = tmp_path / f"out.{output_format}"
        write_frame(FRAME, output_format, path)
        assert path.read_bytes().decode() == written(capsys, FRAME, output_format)
    path = tmp_path / "out.parquet"
    write_frame(FRAME.drop("ratio"), "parquet", path)
    assert polars.read_parquet(io.BytesIO(path.read_bytes())).equals(FRAME.drop("ratio"))
    assert capsys.readouterr().out == ""


def test_parquet_needs_a_file_and_a_file_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="name a file to write it to with --output"):
        write_frame(FRAME, "parquet")
    for output_format in ("csv", "parquet"):
        with pytest.raises(WrongUsage, match=r"cannot write .*out: No such file or directory"):
            write_frame(FRAME, output_format, tmp_path / "no" / "out")


def test_csv_guards_text_that_a_spreadsheet_would_run_and_leaves_numbers_alone(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = run_query(database, "select '=1+1' as a, ['@x', 'y'] as b, -5 as c, '-' as d, '- y' as e, 'x=1' as f")
    expected = "a,b,c,d,e,f\n'=1+1,'@x; y,-5,-,'- y,x=1\n"
    write_frame(frame, "csv")
    assert capsys.readouterr().out == expected
    write_frame(frame, "csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == expected
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o600
