"""How things stand: counted in the database, for one model and schema."""

from collections.abc import Callable
from pathlib import Path

from crimeetl.etl.documents import Document, Failure, Report, content_id
from crimeetl.etl.load import RunCounts, RunStart, finish_run, load_batch, start_run
from crimeetl.etl.output import status
from crimeetl.model.schema import EntitySchema, EntityType

SCHEMA = EntitySchema("mine", (EntityType("Name", "Name", "span", (), True, "text"),))


def test_the_newest_run_counts_and_what_it_left_is_pending(store_answers: Callable[..., str], tmp_path: Path) -> None:
    database = tmp_path / "crime.duckdb"
    store_answers(database, SCHEMA, {("/r/a.txt", "Ann"): {"Name": ["Ann"]}, ("/r/b.txt", "no one"): {}}, model="one")
    newest = start_run(database, RunStart(model_digest="two", model_name="tiny", schema=SCHEMA, settings={}))
    document = Document("/r/c.txt", content_id("Cy"), "text/plain", "utf-8", False, 2, "Cy")
    load_batch(
        database,
        newest,
        documents=[document],
        reports=[Report(content_id(document.document_id, "0", "Cy"), document.document_id, 0, "Cy")],
        extractions=[],
        failures=[
            Failure("/r/d.txt", None, "read", "EmptyDocument", "it is empty"),
            Failure("/r/e.txt", None, "read", "EmptyDocument", "it is empty"),
            Failure("/r/c.txt", 1, "split", "UnreadableDocument", "line 3"),
        ],
        schema=SCHEMA,
        model_digest="two",
    )
    finish_run(database, newest, "interrupted", RunCounts(reports_done=0, mentions=0, skipped=0, failed=3))
    found = status(database)
    assert (found.files, found.reports, found.answered, found.pending, found.mentions) == (3, 3, 0, 3, 1)
    assert found.failures == 3
    assert found.failures_by_error.rows() == [("read", "EmptyDocument", 2), ("split", "UnreadableDocument", 1)]
    assert found.runs["status"].to_list() == ["interrupted", "done"]


def test_a_database_whose_runs_are_whole_has_nothing_to_do(store_answers: Callable[..., str], tmp_path: Path) -> None:
    database = tmp_path / "crime.duckdb"
    store_answers(database, SCHEMA, {("/r/a.txt", "Ann"): {"Name": ["Ann"]}})
    found = status(database)
    assert (found.reports, found.answered, found.pending, found.failures) == (1, 1, 0, 0)
    assert found.failures_by_error.is_empty()
