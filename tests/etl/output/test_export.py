"""Exports: a file a table, harmless csv, and pseudonyms that tell nobody."""

import json
from pathlib import Path

import duckdb
import polars
import pytest
from click.testing import CliRunner
from stored import store_answers

from crimeetl import sql
from crimeetl.etl.cli import cli
from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.output import EXPORT_FORMATS, export, export_tables
from crimeetl.etl.output.export import TABLES
from crimeetl.etl.output.formats import ExportFormat
from crimeetl.etl.output.frames import harmless
from crimeetl.model.schema import load_schema

INCIDENT = load_schema("incident")
TEXTS = {
    "/r/smith-john.txt": "Officer Ann Lee, badge 0451, met JOHN SMITH (34), j.smith@example.org, at 12 Oak Street. "
    "24-017. Theft. =1+1",
    "/r/2.txt": "Ann Lee met Smith, John again. Theft. @home",
}
VALUES = {
    "/r/smith-john.txt": {
        "Officer_Name": ["Officer Ann Lee"],
        "Officer_BadgeNumber": ["0451"],
        "Victim_Name": ["JOHN SMITH"],
        "Victim_Age": ["34"],
        "Victim_Email": ["j.smith@example.org"],
        "Case_Number": ["24-017"],
        "Location": ["12 Oak Street"],
        "Crime_Type": ["Theft"],
        "Crime_Summary": ["=1+1"],
    },
    "/r/2.txt": {
        "Officer_Name": ["Ann Lee"],
        "Victim_Name": ["Smith, John"],
        "Crime_Type": ["Theft"],
        "Evidence_Type": ["@home"],
    },
}
SECRETS = ("smith", "lee", "0451", "24-017", "example.org", "12 oak", "/r/")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("export") / "crime.duckdb"
    store_answers(database, INCIDENT, {(path, TEXTS[path]): values for path, values in VALUES.items()})
    return database


@pytest.mark.parametrize("output_format", EXPORT_FORMATS)
def test_every_table_is_a_file_of_its_own_with_all_its_rows(
    database: Path, tmp_path: Path, output_format: ExportFormat
) -> None:
    folder = tmp_path / "tables"
    rows = export_tables(database, folder, output_format)
    assert rows.keys() == TABLES.keys()
    assert (rows["report"], rows["mention"], rows["person"], rows["officer"], rows["failure"]) == (2, 13, 2, 2, 0)
    described = json.loads((folder / "schema.json").read_text("utf-8"))
    assert described.keys() == rows.keys()
    assert {path.name for path in folder.iterdir()} == {"schema.json"} | {d["file"] for d in described.values()}
    for name, count in rows.items():
        table = described[name]
        assert table["rows"] == count
        with duckdb.connect() as con:
            if count:
                read = con.sql(f"select * from '{folder / table['file']}'")
                assert (read.columns, read.shape[0]) == ([column["name"] for column in table["columns"]], count)
    assert described["officer"]["holds"] == "The police officers of the reports that are there now."
    assert {column["name"]: column["type"] for column in described["person"]["columns"]}["age"] == "INTEGER"


def test_files_are_for_their_owner_alone_and_nothing_is_overwritten(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    export_tables(database, folder, "parquet")
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    with pytest.raises(WrongUsage) as caught:
        export_tables(database, folder, "csv")
    assert str(caught.value) == f"{folder} exists; name a folder that does not, so that nothing is overwritten"


def test_parquet_and_json_lines_hold_values_as_the_report_has_them_and_csv_no_formula(
    database: Path, tmp_path: Path
) -> None:
    for output_format in EXPORT_FORMATS:
        export_tables(database, tmp_path / output_format, output_format)  # type: ignore[arg-type]
    values = polars.read_parquet(tmp_path / "parquet" / "mention.parquet")["value"].to_list()
    assert {"=1+1", "@home", "0451"} <= set(values)
    assert polars.read_ndjson(tmp_path / "jsonl" / "mention.jsonl")["value"].to_list() == values
    cells = polars.read_csv(tmp_path / "csv" / "mention.csv", infer_schema=False)["value"].to_list()
    assert cells == [{"=1+1": "'=1+1", "@home": "'@home"}.get(value, value) for value in values]
    reports = polars.read_csv(tmp_path / "csv" / "report.csv", infer_schema=False).sort("path")
    assert reports["evidence_type"].to_list() == ["'@home", None]
    assert reports["crime_summary"].to_list() == [None, "'=1+1"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    frame = polars.DataFrame({"a": [text, "x" + text, None]})
    assert frame.select(harmless(polars.col("a")))["a"].to_list() == ["'" + text, "x" + text, None]


@pytest.mark.parametrize("output_format", EXPORT_FORMATS)
def test_a_pseudonymous_export_tells_nobody_and_keeps_who_is_the_same(
    database: Path, tmp_path: Path, output_format: ExportFormat
) -> None:
    folder = tmp_path / "tables"
    export_tables(database, folder, output_format, is_pseudonymous=True)
    with duckdb.connect() as con:
        tables = {path.stem: con.sql(f"select * from '{path}'").pl() for path in folder.glob(f"*.{output_format}")}
    assert tables.keys() == {"mention", "person", "offense", "location"}
    everything = " ".join(str(frame.to_dict(as_series=False)) for frame in tables.values()).lower()
    assert [secret for secret in SECRETS if secret in everything] == []
    people = tables["person"].sort("role", "pseudonym")
    assert people["role"].to_list() == ["officer", "officer", "victim", "victim"]
    assert people["pseudonym"].n_unique() == 2
    mentions = tables["mention"]
    victims = mentions.filter(polars.col("entity_type") == "Victim_Name")["pseudonymous_value"].to_list()
    assert victims == people.filter(polars.col("role") == "victim")["pseudonym"].to_list()
    shown = dict(zip(mentions["entity_type"], mentions["pseudonymous_value"], strict=True))
    assert (shown["Crime_Type"], str(shown["Victim_Age"]), shown["Crime_Summary"]) == ("Theft", "34", None)
    assert [str(shown[name]).split("-")[0] for name in ("Officer_BadgeNumber", "Victim_Email", "Case_Number")] == [
        "badge",
        "email",
        "case",
    ]


def test_pseudonyms_are_those_of_one_database(database: Path, tmp_path: Path) -> None:
    with sql.connect(database) as con:
        [(secret,)] = sql.fetch(con, "select secret from pseudonym_secret")
        [before] = sql.fetch(con, "select distinct pseudonym from v_pseudonymous_person where role = 'victim'")
    with sql.connect(database) as con:
        assert sql.fetch(con, "select secret from pseudonym_secret") == [(secret,)]
        [after] = sql.fetch(con, "select distinct pseudonym from v_pseudonymous_person where role = 'victim'")
    assert before == after
    assert len(secret) == 64
    with sql.connect(tmp_path / "other.duckdb") as con:
        assert sql.fetch(con, "select secret from pseudonym_secret") != [(secret,)]


def test_the_command_says_what_it_wrote(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    done = CliRunner().invoke(cli, ["export", "--db", str(database), "--out", str(folder), "--pseudonyms"])
    assert (done.exit_code, done.output) == (0, f"4 tables, 20 rows written to {folder}\n")


def test_an_export_that_breaks_leaves_nothing_behind(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def full(frame: polars.DataFrame, path: Path, output_format: str) -> None:
        written.append(path)
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        path.write_text("half")

    monkeypatch.setattr(export, "_write", full)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(WrongUsage) as caught:
        export_tables(database, tmp_path / "tables", "csv")
    reason = "No space left on device; name another folder, or make room for it"
    assert str(caught.value) == f"cannot write to {tmp_path / 'tables'}: {reason}"
    assert sorted(tmp_path.iterdir()) == before
