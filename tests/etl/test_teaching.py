"""Teaching from a database: which adapter it goes on from, and what the command says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from crimeetl import sql
from crimeetl.etl.cli import cli
from crimeetl.etl.load import RunCounts, RunStart, finish_run, start_run
from crimeetl.etl.review.store import REVIEW_MODEL
from crimeetl.etl.teaching import newest_adapter
from crimeetl.model.schema import load_schema
from crimeetl.model.train import TeachSettings
from crimeetl.model.train.teaching import Judgement, TeachResult


def run_of(database: Path, model: str, settings: Mapping[str, object]) -> None:
    start = RunStart(model_digest=model, model_name="tiny", schema=load_schema("crime"), settings=settings)
    run = start_run(database, start, tell=lambda line: None)
    finish_run(run, "done", RunCounts(reports_done=0, mentions=0, skipped=0, failed=0))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "crime.duckdb"
    with sql.connect(path):
        return path


def test_the_adapter_is_that_of_the_newest_run_of_a_model(database: Path) -> None:
    assert newest_adapter(database) is None
    run_of(database, "m", {"roots": []})  # from before it was recorded
    assert newest_adapter(database) is None
    run_of(database, "m", {"adapter": "shipped"})
    run_of(database, "n", {"adapter": "/a/taught"})
    run_of(database, REVIEW_MODEL, {})
    assert newest_adapter(database) == "/a/taught"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[TeachSettings]:
    """What the command asks of teaching, which here is refused where the output is named "worse"."""
    found: list[TeachSettings] = []

    def teach(settings: TeachSettings, labelled: list[dict[str, Any]], *, tell: Any) -> TeachResult:
        found.append(settings)
        assert labelled == [{"id": "a#0"}]
        judged = Judgement(np.array([[5, 5, 5]]), np.array([[8, 2, 2]]))
        refusal = "it is worse" if settings.output.name == "worse" else None
        return TeachResult(settings.output, 12, 3, 40, judged, judged, refusal, 60.0)

    monkeypatch.setattr("crimeetl.etl.review.reviewed_labels", lambda database, schema: [{"id": "a#0"}])
    monkeypatch.setattr("crimeetl.model.train.teach", teach)
    return found


def test_the_command_goes_on_from_the_adapter_of_the_newest_run(database: Path, asked: list[TeachSettings]) -> None:
    run_of(database, "m", {"adapter": "/a/taught"})
    done = CliRunner().invoke(cli, ["teach", "--db", str(database)])
    assert done.exit_code == 0, done.output
    [settings] = asked
    assert (settings.adapter, settings.output, settings.schema.name) == (Path("/a/taught"), Path("taught"), "crime")
    assert done.stdout.splitlines() == [
        "taught on 9 of 12 reviewed reports, judged by the other 3",
        "  those 3",
        "    before  5 of 10 values found, 5 wrong ones given (F1 0.50)",
        "    now     8 of 10 values found, 2 wrong ones given (F1 0.80)",
        "  made-up reports",
        "    before  5 of 10 values found, 5 wrong ones given (F1 0.50)",
        "    now     8 of 10 values found, 2 wrong ones given (F1 0.80)",
        "in 1.0 min",
        f"written to taught; use it with: crimeetl ingest ... --db {database} --schema crime --adapter taught",
    ]
    assert done.stderr == "going on from the adapter /a/taught\n"


def test_another_adapter_may_be_named_and_none_is_no_place_to_go_on_from(
    database: Path, asked: list[TeachSettings]
) -> None:
    run_of(database, "m", {"adapter": "none"})
    done = CliRunner().invoke(cli, ["teach", "--db", str(database)])
    assert done.exit_code == 2
    assert done.stderr.endswith(
        "there is no adapter to go on from; name one with --adapter, or train one: crimeetl train\n"
    )
    assert CliRunner().invoke(cli, ["teach", "--db", str(database), "--adapter", "/b"]).exit_code == 0
    assert [settings.adapter for settings in asked] == [Path("/b")]


def test_a_refusal_is_said_in_a_sentence(database: Path, asked: list[TeachSettings]) -> None:
    done = CliRunner().invoke(cli, ["teach", "--db", str(database), "--output", "worse"])
    assert done.exit_code == 1
    assert done.stderr.endswith(
        "the adapter of before stays in use, for it is worse; review more reports, then teach again\n"
    )
    assert asked[0].adapter.name == "smollm2-135m-instruct"  # the shipped one
