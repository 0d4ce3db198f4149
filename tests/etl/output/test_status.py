"""How things stand: counted in the database, for one model and schema."""

from pathlib import Path

from stored import begin, store, store_answers

from crimeetl import sql
from crimeetl.etl.documents import Document, Failure, Report, content_id
from crimeetl.etl.load import RunCounts, finish_run
from crimeetl.etl.output import status
from crimeetl.model.schema import EntitySchema, EntityType

SCHEMA = EntitySchema("mine", (EntityType("Name", "Name", "span", (), True, "text"),))


def test_the_newest_run_counts_and_what_it_left_is_pending(tmp_path: Path) -> None:
    database = tmp_path / "crime.duckdb"
    store_answers(database, SCHEMA, {("/r/a.txt", "Ann"): {"Name": ["Ann"]}, ("/r/b.txt", "no one"): {}}, model="one")
    newest = begin(database, SCHEMA, model="two")
    document = Document("/r/c.txt", content_id("Cy"), "text/plain", "utf-8", False, 2, "Cy")
    store(
        newest,
        documents=[document],
        reports=[Report(content_id(document.document_id, "0", "Cy"), document.document_id, 0, "Cy")],
        failures=[
            Failure("/r/d.txt", None, "read", "EmptyDocument", "it is empty"),
            Failure("/r/e.txt", None, "read", "EmptyDocument", "it is empty"),
            Failure("/r/c.txt", 1, "split", "UnreadableDocument", "line 3"),
        ],
    )
    finish_run(newest, "interrupted", RunCounts(reports_done=0, mentions=0, skipped=0, failed=3))
    found = status(database)
    assert (found.files, found.reports, found.answered, found.pending, found.mentions) == (3, 3, 0, 3, 1)
    assert found.failures == 3
    assert found.failures_by_error.rows() == [("read", "EmptyDocument", 2), ("split", "UnreadableDocument", 1)]
    assert found.runs["status"].to_list() == ["interrupted", "done"]


def test_a_database_whose_runs_are_whole_has_nothing_to_do(tmp_path: Path) -> None:
    database = tmp_path / "crime.duckdb"
    store_answers(database, SCHEMA, {("/r/a.txt", "Ann"): {"Name": ["Ann"]}})
    found = status(database)
    assert (found.reports, found.answered, found.pending, found.failures) == (1, 1, 0, 0)
    assert found.failures_by_error.is_empty()


def test_a_run_whose_process_is_gone_is_shown_as_interrupted(tmp_path: Path) -> None:
    database = tmp_path / "crime.duckdb"
    gone, working = begin(database, SCHEMA), begin(database, SCHEMA)
    with sql.connect(database) as con:
        con.execute("update run set status = 'running', ended_at = null")
    found = status(database, abandoned={gone.run_id})
    assert found.runs.select("run_id", "status").rows() == [(working.run_id, "running"), (gone.run_id, "interrupted")]
