"""The database: creating it, refusing what is not ours, and that every statement runs."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pytest

from crimeetl import sql
from crimeetl.etl.errors import DatabaseUnusable
from crimeetl.sql import migrating

HOLD = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "crime.duckdb"


@contextmanager
def held_by_another_process(database: Path) -> Iterator[subprocess.Popen[str]]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    try:
        yield holder
    finally:
        holder.communicate("\n")


def refusal(database: Path, *, read_only: bool = False) -> str:
    with pytest.raises(DatabaseUnusable) as caught:
        if read_only:
            with sql.connect_read_only(database, patience_seconds=0):
                pass
        else:
            with sql.connect(database, patience_seconds=0):
                pass
    return str(caught.value).removeprefix(f"cannot use the database {database}: ")


@pytest.mark.parametrize(
    ("folder", "name"), [(folder, name) for folder in ("queries", "checks") for name in sql.statements(folder)]
)
def test_every_query_and_check_runs_on_an_empty_database(database: Path, folder: sql.Folder, name: str) -> None:
    with sql.connect(database) as con:
        assert con.sql(sql.statement(folder, name)).pl().rows() == []


def test_every_view_is_created_and_reads(database: Path) -> None:
    with sql.connect(database) as con:
        for name in sql.statements("views"):
            assert con.table(name).fetchall() == []


@pytest.mark.parametrize("folder", ["migrations", "views", "queries", "checks", "statements"])
def test_every_file_says_first_what_it_is_for(folder: sql.Folder) -> None:
    found = sql.statements(folder)
    assert found
    assert {name: s.purpose for name, s in found.items() if not re.match(r"[A-Z].{5,}\.$", s.purpose)} == {}


def test_every_keyword_is_in_lower_case() -> None:
    keywords = re.compile(r"\b(?:SELECT|FROM|WHERE|JOIN|GROUP|ORDER|INSERT|CREATE|UPDATE|AND|OR|AS)\b")
    for folder in ("migrations", "views", "queries", "checks", "statements"):
        for name, found in sql.statements(folder).items():
            code = re.sub(r"--.*", "", found.text)
            assert not keywords.search(code), f"{folder}/{name}.sql"


def test_views_are_named_like_their_files_and_queries_are_ten_at_least() -> None:
    for name, view in sql.statements("views").items():
        assert name.startswith("v_")
        assert f"create or replace view {name} as\n" in view.text
    assert len(sql.statements("queries")) >= 10


def test_a_new_database_is_for_its_owner_alone(database: Path) -> None:
    with sql.connect(database) as con:
        con.execute("create table big as select range as n from range(1000)")
        modes = {path.name: path.stat().st_mode & 0o777 for path in database.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert modes.keys() >= {"crime.duckdb"}


def test_opening_again_changes_nothing(database: Path) -> None:
    for _ in range(2):
        with sql.connect(database) as con:
            assert sql.fetch(con, "select version, name from schema_migration") == [
                (1, "0001_tables"),
                (2, "0002_typed_entities"),
                (3, "0003_pseudonyms"),
                (4, "0004_report_position"),
                (5, "0005_missing_documents"),
                (6, "0006_links"),
                (7, "0007_sources"),
                (8, "0008_reviews"),
            ]
            assert sql.fetch(con, "select count(*) from view_set") == [(1,)]


def test_views_are_created_anew_when_they_changed(database: Path) -> None:
    with sql.connect(database) as con:
        con.execute("create or replace view v_run as select 1 as stale")
        con.execute("update view_set set sha256 = 'of an older build'")
    with sql.connect(database) as con:
        assert "run_id" in con.table("v_run").columns
        assert sql.fetch(con, "select count(*) from view_set") == [(2,)]


def test_a_migration_that_fails_leaves_no_trace(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = sql.statements("migrations")["0001_tables"]
    broken = sql.Statement("0002_broken", "create table fine (a integer);\ncreate table run (b integer);")

    def with_broken(folder: sql.Folder) -> dict[str, sql.Statement]:
        return {first.name: first, broken.name: broken} if folder == "migrations" else dict(original(folder))

    original = sql.statements
    monkeypatch.setattr(migrating, "statements", with_broken)
    with pytest.raises(duckdb.CatalogException), sql.connect(database):
        pass
    with duckdb.connect(database) as con:
        assert con.sql("select version from schema_migration").fetchall() == [(1,)]
        assert con.sql("select table_name from duckdb_tables() where table_name = 'fine'").fetchall() == []


def test_a_transaction_is_rolled_back_on_any_error(database: Path) -> None:
    with sql.connect(database) as con:
        with pytest.raises(KeyboardInterrupt), sql.transaction(con):
            con.execute("insert into view_set values ('x', now()::timestamp)")
            raise KeyboardInterrupt
        with pytest.raises(duckdb.ConversionException, match="not a number"), sql.transaction(con):
            con.execute("insert into view_set values ('x', now()::timestamp)")
            con.execute("select 'not a number'::integer")
        with sql.transaction(con):
            assert sql.fetch(con, "select count(*) from view_set") == [(1,)]


def test_a_database_that_another_process_holds_names_that_process(database: Path) -> None:
    with sql.connect(database):
        pass
    with held_by_another_process(database) as holder:
        for read_only in (False, True):
            reason = refusal(database, read_only=read_only)
            assert re.fullmatch(
                rf"process {holder.pid} \(.*python.*\) has it open; "
                "close that program or wait for it to end, and run again",
                reason,
            )


def test_opening_waits_for_another_process_to_let_go(database: Path) -> None:
    with sql.connect(database):
        pass
    sleeper = HOLD.replace("input()", "import time; time.sleep(0.5)")
    holder = subprocess.Popen([sys.executable, "-c", sleeper, str(database)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    started = time.monotonic()
    with sql.connect(database, patience_seconds=30):
        assert time.monotonic() - started > 0.2
    holder.communicate()


def test_a_database_of_a_newer_crimeetl_is_refused(database: Path) -> None:
    with sql.connect(database) as con:
        con.execute("insert into schema_migration values (99, '0099_more', 'x', now()::timestamp)")
    assert refusal(database) == "a newer crimeetl wrote it; upgrade crimeetl"
    assert refusal(database, read_only=True) == "a newer crimeetl wrote it; upgrade crimeetl"


def test_a_database_with_other_tables_of_ours_is_refused(database: Path) -> None:
    with sql.connect(database) as con:
        con.execute("update schema_migration set sha256 = 'x'")
    assert refusal(database) == "a build of crimeetl with other tables wrote it; ingest into a new file"


def test_a_database_of_an_older_crimeetl_is_not_read_before_it_is_migrated(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sql.connect(database):
        pass
    original = sql.statements
    added = {"0099_more": sql.Statement("0099_more", "create table more (a integer);")}
    monkeypatch.setattr(
        migrating, "statements", lambda folder: original(folder) | (added if folder == "migrations" else {})
    )
    assert refusal(database, read_only=True) == (
        "an older crimeetl wrote it; run `crimeetl migrate` to bring it up to date"
    )
    known = len(original("migrations"))
    assert [applied_at is None for *_, applied_at in sql.migrations(database)] == [False] * known + [True]
    sql.migrate(database)
    listed = sql.migrations(database)
    assert [(number, migration.name) for number, migration, _ in listed][-1] == (known + 1, "0099_more")
    assert all(applied_at is not None for *_, applied_at in listed)
    with sql.connect(database) as con:
        assert con.table("more").fetchall() == []
    with sql.connect_read_only(database) as con:
        assert sql.fetch(con, "select max(version) from schema_migration") == [(len(original("migrations")) + 1,)]


def test_a_database_of_the_first_tables_is_upgraded_with_its_data(database: Path) -> None:
    first = sql.statements("migrations")["0001_tables"]
    values = "'%s', 'e1', 0, 'Burglary', 'burglary', null, '2025-03-04', null, null, null, null, null, null, 'm1', []"
    with duckdb.connect(database) as con:
        con.execute(first.text)
        con.execute(
            "insert into schema_migration values (1, ?, ?, '2026-01-01'::timestamp)", [first.name, first.sha256]
        )
        con.execute(f"insert into offense values ({values % 'o1'}), ({values % 'o2'})")
    with sql.connect(database) as con:
        assert sql.fetch(con, "select offense_id, type, occurred_on, nibrs_code, occurred_from from offense") == [
            ("o1", "Burglary", date(2025, 3, 4), None, None),
            ("o2", "Burglary", date(2025, 3, 4), None, None),
        ]
        assert sql.fetch(con, "select count(*) from nibrs_offense") == [(62,)]
        assert "nibrs_name" in con.table("v_offense").columns


@pytest.mark.parametrize(
    "statement",
    [
        "create table run (a integer)",
        "create view v_report as select 1 as a",
        "create table schema_migration (version varchar)",
        "create schema other; create table other.t (a integer)",
    ],
)
def test_a_duckdb_file_of_another_program_is_refused_and_left_alone(database: Path, statement: str) -> None:
    with duckdb.connect(database) as con:
        con.execute(statement)
    before = database.read_bytes()
    for read_only in (False, True):
        assert refusal(database, read_only=read_only) == (
            "it is a DuckDB file of another program; name another with --db"
        )
    assert database.read_bytes() == before


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("Theft on Oak Street\n" * 1000)
    empty = tmp_path / "empty.duckdb"
    empty.touch()
    assert refusal(text) == "it is not a DuckDB file; name another with --db"
    assert refusal(text, read_only=True) == "it is not a DuckDB file; name another with --db"
    assert refusal(empty) == "it is an empty file; delete it and run again"
    assert refusal(tmp_path) == "it is a folder; name a file with --db"
    assert refusal(tmp_path / "no" / "x.duckdb") == f"the folder {tmp_path / 'no'} does not exist; create it first"


def test_reading_a_database_that_is_not_there_says_what_to_run(tmp_path: Path) -> None:
    missing = tmp_path / "x.duckdb"
    assert refusal(missing, read_only=True) == (
        "there is no such file; run `crimeetl ingest` first, or name another with --db"
    )
    assert not missing.exists()
    duckdb.connect(missing).close()
    assert refusal(missing, read_only=True) == "it is empty; run `crimeetl ingest` first"


def test_extensions_are_never_fetched(database: Path) -> None:
    with sql.connect(database) as con:
        settings = (
            "select current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions')"
        )
        assert sql.fetch(con, settings) == [(False, False)]


def test_a_database_whose_writer_was_killed_is_still_read(database: Path) -> None:
    with sql.connect(database):
        pass
    crash = (
        "import os, sys; from pathlib import Path; from crimeetl import sql\n"
        "with sql.connect(Path(sys.argv[1])) as con:\n"
        "    con.execute(\"insert into view_set values ('kept', now()::timestamp)\")\n"
        "    con.begin(); con.execute(\"insert into view_set values ('lost', now()::timestamp)\")\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-P", "-c", crash, str(database)], check=False)
    assert {path.stat().st_mode & 0o777 for path in database.parent.iterdir()} == {0o600}
    with sql.connect_read_only(database) as con:
        assert sql.fetch(con, "select sha256 from view_set where sha256 in ('kept', 'lost')") == [("kept",)]


def test_a_file_that_could_not_be_used_is_refused_before_other_work(database: Path, tmp_path: Path) -> None:
    def told(path: Path) -> str:
        with pytest.raises(DatabaseUnusable) as caught:
            sql.must_be_usable(path)
        return str(caught.value).removeprefix(f"cannot use the database {path}: ")

    sql.must_be_usable(database)
    assert not database.exists()
    with sql.connect(database):
        pass
    sql.must_be_usable(database)
    (tmp_path / "a.txt").write_text("Officer Ann Lee")
    assert told(tmp_path / "a.txt") == "it is not a DuckDB file; name another with --db"
    assert told(tmp_path) == "it is a folder; name a file with --db"
    nowhere = tmp_path / "nowhere"
    assert told(nowhere / "crime.duckdb") == f"the folder {nowhere} does not exist; create it first"
