"""Exports: a file a table, harmless csv, and pseudonyms that tell nobody."""

import json
import zipfile
from datetime import datetime
from pathlib import Path

import duckdb
import openpyxl
import polars
import pytest
from click.testing import CliRunner
from stored import store_answers

from crimeetl import sql
from crimeetl.etl.cli import cli
from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.output import export, export_page, export_tables, workbook
from crimeetl.etl.output.export import TABLES
from crimeetl.etl.output.formats import TABLE_FORMATS, TableFormat
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
FILE_A_TABLE = tuple(name for name in TABLE_FORMATS if name != "xlsx")
SECRETS = ("smith", "lee", "0451", "24-017", "example.org", "12 oak", "/r/")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("export") / "crime.duckdb"
    store_answers(database, INCIDENT, {(path, TEXTS[path]): values for path, values in VALUES.items()})
    return database


@pytest.mark.parametrize("output_format", FILE_A_TABLE)
def test_every_table_is_a_file_of_its_own_with_all_its_rows(
    database: Path, tmp_path: Path, output_format: TableFormat
) -> None:
    folder = tmp_path / "tables"
    rows = export_tables(database, folder, output_format).rows
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
    for output_format in FILE_A_TABLE:
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


@pytest.mark.parametrize("output_format", FILE_A_TABLE)
def test_a_pseudonymous_export_tells_nobody_and_keeps_who_is_the_same(
    database: Path, tmp_path: Path, output_format: TableFormat
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
    page = tmp_path / "page"
    asked = ["export", "--db", str(database), "--format", "html", "--out"]
    done = CliRunner().invoke(cli, [*asked, str(page)])
    assert (done.exit_code, done.output) == (0, f"a page with 2 of 2 reports written to {page}/report.html\n")
    done = CliRunner().invoke(cli, [*asked, str(tmp_path / "one"), "--reports", "1"])
    said = f"a page with 1 of 2 reports written to {tmp_path}/one/report.html; --reports 2 writes all\n"
    assert (done.exit_code, done.output) == (0, said)
    refused = CliRunner().invoke(cli, ["export", "--db", str(database), "--reports", "1", "--out", str(tmp_path / "x")])
    assert (refused.exit_code, refused.stderr) == (
        2,
        "Error: --reports is for --format html; tables hold all reports\n",
    )


def sheets(path: Path) -> dict[str, list[tuple[object, ...]]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in openpyxl.load_workbook(path).worksheets}


def test_a_workbook_has_a_sheet_a_table_with_typed_cells(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    exported = export_tables(database, folder, "xlsx")
    assert exported.remarks == ()
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
        "schema.json": 0o600,
        "tables.xlsx": 0o600,
    }
    found = sheets(folder / "tables.xlsx")
    assert {name: len(rows) - 1 for name, rows in found.items()} == exported.rows
    described = json.loads((folder / "schema.json").read_text("utf-8"))
    assert found.keys() == described.keys()
    for name, table in described.items():
        assert (table["file"], table["sheet"], table["cut_cells"]) == ("tables.xlsx", name, 0)
        assert found[name][0] == tuple(column["name"] for column in table["columns"])
    mentions = polars.DataFrame(found["mention"][1:], schema=list(map(str, found["mention"][0])), orient="row")
    assert {"=1+1", "@home", "0451"} <= set(mentions["value"])
    assert mentions.filter(value="0451")["char_start"].to_list() == [TEXTS["/r/smith-john.txt"].index("0451")]
    started = found["run"][0].index("started_at")
    assert isinstance(found["run"][1][started], datetime)


def test_equal_databases_make_equal_workbooks_and_pages(database: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        export_tables(database, tmp_path / name / "tables", "xlsx")
        export_page(database, tmp_path / name / "page")
    for file in ("tables/tables.xlsx", "tables/schema.json", "page/report.html"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_pseudonymous_workbook_holds_what_the_csv_files_hold(database: Path, tmp_path: Path) -> None:
    export_tables(database, tmp_path / "xlsx", "xlsx", is_pseudonymous=True)
    export_tables(database, tmp_path / "csv", "csv", is_pseudonymous=True)
    found = sheets(tmp_path / "xlsx" / "tables.xlsx")
    assert found.keys() == {"mention", "person", "offense", "location"}
    for name, rows in found.items():
        csv = polars.read_csv(tmp_path / "csv" / f"{name}.csv", infer_schema=False)
        assert (list(rows[0]), len(rows) - 1) == (csv.columns, csv.height)
    with zipfile.ZipFile(tmp_path / "xlsx" / "tables.xlsx") as archive:
        everything = " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist()).lower()
    assert [secret for secret in SECRETS if secret in everything] == []


def test_a_pseudonymous_page_tells_nobody(database: Path, tmp_path: Path) -> None:
    export_page(database, tmp_path / "page", is_pseudonymous=True)
    page = (tmp_path / "page" / "report.html").read_text("utf-8")
    said = page.split("</style>")[1].lower()
    assert [secret for secret in SECRETS if secret in said] == []
    assert "person-" in said
    assert "oak street" in said  # as in the table of such an export: the street, without its number


def test_a_page_is_one_file_for_its_owner_alone_and_overwrites_nothing(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "page"
    assert export_page(database, folder) == (2, 2)
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {"report.html": 0o600}
    with pytest.raises(WrongUsage, match="exists; name a folder that does not"):
        export_page(database, folder)


def test_what_excel_cannot_hold_is_cut_and_said(tmp_path: Path) -> None:
    database, text = tmp_path / "long.duckdb", "x" * 40_000
    store_answers(database, INCIDENT, {("/r/1.txt", text): {"Crime_Summary": [text]}})
    exported = export_tables(database, tmp_path / "tables", "xlsx")
    cut = {"report": 1, "mention": 2, "offense": 1}  # a value and what it was read as
    assert exported.remarks == tuple(
        f"in {name}, cells cut to the 32,767 characters that Excel holds: {count}; --format csv has them in full"
        for name, count in cut.items()
    )
    asked = ["export", "--db", str(database), "--format", "xlsx", "--out", str(tmp_path / "again")]
    assert CliRunner().invoke(cli, asked).stderr == "".join(f"notice: {remark}\n" for remark in exported.remarks)


def test_a_table_too_long_for_a_sheet_leaves_nothing_behind(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 13)
    with pytest.raises(WrongUsage) as caught:
        export_tables(database, tmp_path / "tables", "xlsx")
    sentence = "mention has 13 rows, and a sheet of Excel at most 13 with its heading; use --format csv or parquet"
    assert str(caught.value) == sentence
    assert list(tmp_path.iterdir()) == []


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
