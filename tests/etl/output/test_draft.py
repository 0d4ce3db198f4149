"""Drafts: what a database answers, as labelled reports that training reads."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from stored import store_answers

from crimeetl.etl.cli import cli
from crimeetl.etl.output import draft_labels
from crimeetl.model.labels import Source, labelled_reports, read_sources
from crimeetl.model.schema import EntitySchema
from crimeetl.model.schema.files import parse_schema

TOML = """
name = "traffic"

[[type]]
name = "Driver_Name"

[[type]]
name = "Injury_Level"
kind = "choice"
choices = ["None", "Serious"]
"""
TRAFFIC = parse_schema(TOML, source="traffic.toml")
DRIVER = EntitySchema("drivers", TRAFFIC.types[:1])
ANN, BO = "Ann Lee drove. Cy Dow walked. “Ouch”", "Bo Ray stood."


@pytest.fixture
def database(tmp_path: Path) -> Path:
    database = tmp_path / "crime.duckdb"
    store_answers(
        database,
        TRAFFIC,
        {
            ("/r/1.txt", ANN): {"Driver_Name": ["Cy Dow", "Ann Lee"], "Injury_Level": ["Serious"]},
            ("/r/2.csv", ANN): {"Driver_Name": ["Ann Lee"]},
            ("/r/2.csv", BO): {},
        },
    )
    return database


TYPES = [entity_type.name for entity_type in TRAFFIC.types]
FIRST = {
    "id": "/r/1.txt#0",
    "text": ANN,
    "entities": {"Driver_Name": ["Cy Dow", "Ann Lee"], "Injury_Level": ["Serious"]},
}
SECOND = {"id": "/r/2.csv#0", "text": ANN, "entities": {"Driver_Name": ["Ann Lee"], "Injury_Level": []}}
THIRD = {"id": "/r/2.csv#1", "text": BO, "entities": {"Driver_Name": [], "Injury_Level": []}}


def test_every_report_is_given_with_its_answers_in_the_order_of_the_types(database: Path) -> None:
    assert draft_labels(database, TYPES) == [FIRST, SECOND, THIRD]
    assert draft_labels(database, TYPES, limit=2) == [FIRST, SECOND]
    [first, *_] = draft_labels(database, TYPES[::-1])
    assert list(first["entities"]) == TYPES[::-1]
    assert draft_labels(database, ["Zip"]) == []


def test_a_question_that_was_not_asked_is_left_out_and_the_newest_answer_counts(
    database: Path,
) -> None:
    store_answers(database, DRIVER, {("/r/1.txt", ANN): {"Driver_Name": ["Ann Lee"]}, ("/r/3.txt", BO): {}})
    first, *_, fourth = draft_labels(database, TYPES)
    assert first == FIRST | {"entities": {"Driver_Name": ["Ann Lee"], "Injury_Level": ["Serious"]}}
    assert fourth == {"id": "/r/3.txt#0", "text": BO, "entities": {"Driver_Name": []}}


def test_copies_of_a_file_are_given_once(database: Path) -> None:
    store_answers(database, TRAFFIC, {("/a/copy.txt", ANN): {"Driver_Name": ["Cy Dow"]}, ("/r/9.txt", ANN): {}})
    assert [report["id"] for report in draft_labels(database, TYPES)] == ["/a/copy.txt#0", "/r/2.csv#0", "/r/2.csv#1"]


def test_the_command_writes_what_training_reads_and_never_over_corrections(database: Path, tmp_path: Path) -> None:
    schema, out = tmp_path / "traffic.toml", tmp_path / "labelled.jsonl"
    schema.write_text(TOML, "utf-8")
    command = ["draft", "--db", str(database), "--schema", str(schema), "--out", str(out)]
    done = CliRunner().invoke(cli, command)
    assert (done.exit_code, done.output) == (
        0,
        f"3 reports written to {out}; correct their values, then: crimeetl train {out} --schema {schema}\n",
    )
    assert [json.loads(line) for line in out.read_text("utf-8").splitlines()] == [FIRST, SECOND, THIRD]
    read = list(labelled_reports(read_sources([Source(data=out)])))
    assert [(report.report_id, report.text) for report in read] == [
        (r["id"], r["text"]) for r in (FIRST, SECOND, THIRD)
    ]
    assert [[way.value for way in ways] for ways in read[0].gold["Driver_Name"]] == [["Cy Dow"], ["Ann Lee"]]
    again = CliRunner().invoke(cli, command)
    assert (again.exit_code, again.output) == (
        2,
        f"Error: {out} exists; name another file, so that nothing is overwritten\n",
    )


def test_a_database_without_answers_for_the_schema_is_told(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "labelled.jsonl"
    refused = CliRunner().invoke(cli, ["draft", "--db", str(database), "--out", str(out)])
    assert (refused.exit_code, refused.output) == (
        2,
        f"Error: {database} has no answers for the schema crime; run crimeetl ingest --schema crime\n",
    )
    assert not out.exists()
    nowhere = CliRunner().invoke(
        cli, ["draft", "--db", str(database.with_name("none.duckdb")), "--out", str(tmp_path / "no" / "out.jsonl")]
    )
    assert "there is no such file; run `crimeetl ingest` first" in nowhere.output
