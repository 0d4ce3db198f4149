"""What changed between two runs."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from stored import store_answers

from crimeetl.etl.cli import cli
from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.output import diff_runs
from crimeetl.model.schema.files import parse_schema

SCHEMA = parse_schema('name = "mine"\n[[type]]\nname = "Name"\n[[type]]\nname = "City"\n', source="mine.toml")
ANN, BO, CY = "Ann Lee met Bo in Salem.", "Bo Ray, Salem", "Cy"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "crime.duckdb"


def test_answers_that_differ_are_shown_with_both_runs_values(database: Path) -> None:
    first = store_answers(
        database,
        SCHEMA,
        {
            ("/r/1.txt", ANN): {"Name": ["Ann Lee", "Bo"], "City": ["Salem"]},
            ("/r/2.csv", BO): {"Name": ["Bo"]},
            ("/r/2.csv", CY): {"Name": ["Cy"]},
        },
    )
    second = store_answers(
        database,
        SCHEMA,
        {
            ("/r/1.txt", ANN): {"Name": ["Bo", "Ann Lee"]},
            ("/r/2.csv", BO): {"Name": ["Bo Ray"]},
            ("/r/2.csv", CY): {"Name": ["Cy"]},
            ("/r/3.txt", CY): {"Name": ["Cy"]},
        },
        model="n",
    )
    found = diff_runs(database, first, second)
    assert (found.reports, found.answers) == (3, 6)
    assert found.changed.rows() == [
        ("/r/1.txt", 0, "City", ["Salem"], []),
        ("/r/2.csv", 0, "Name", ["Bo"], ["Bo Ray"]),
    ]
    assert diff_runs(database, second, first).changed["first_run"].to_list() == [[], ["Bo Ray"]]
    assert diff_runs(database, "previous", "last").changed.equals(found.changed)
    assert diff_runs(database, first, first).changed.height == 0


def test_a_file_under_several_paths_is_compared_once(database: Path) -> None:
    for model, name in (("m", "Ann Lee"), ("n", "Bo")):
        store_answers(
            database, SCHEMA, {("/b.txt", ANN): {"Name": [name]}, ("/a.txt", ANN): {"Name": [name]}}, model=model
        )
    assert diff_runs(database, "previous", "last").changed.rows() == [("/a.txt", 0, "Name", ["Ann Lee"], ["Bo"])]


def test_a_run_is_named_by_the_beginning_of_its_id(database: Path) -> None:
    first = store_answers(database, SCHEMA, {("/1", ANN): {}})
    assert diff_runs(database, first[:-2], first).first == first
    with pytest.raises(WrongUsage) as caught:
        diff_runs(database, "1999", first)
    assert str(caught.value) == f"there is no run 1999; the newest are {first} (crimeetl query latest_runs)"
    with pytest.raises(WrongUsage) as caught:
        diff_runs(database, "previous", "last")
    assert str(caught.value) == f"there is no run previous; the newest are {first} (crimeetl query latest_runs)"
    second = store_answers(database, SCHEMA, {("/1", ANN): {}}, model="n")
    with pytest.raises(WrongUsage) as caught:
        diff_runs(database, "2", "last")
    assert str(caught.value).startswith(f"several runs begin with 2; the newest are {second}, {first} ")


def test_the_command_prints_the_rows_and_says_how_many(database: Path) -> None:
    first = store_answers(database, SCHEMA, {("/1", ANN): {"Name": ["Bo"]}})
    second = store_answers(database, SCHEMA, {("/1", ANN): {}}, model="n")
    done = CliRunner().invoke(cli, ["diff", "--db", str(database), "--format", "csv"])
    assert done.exit_code == 0
    assert done.stdout == "path,place,entity_type,first_run,second_run\n/1,0,Name,Bo,\n"
    assert done.stderr == (f"{first} and {second}: 1 of 2 answers differ, in 1 reports that both extracted\n")
