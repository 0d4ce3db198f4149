"""What the functions for notebooks refuse before the model is looked at."""

from pathlib import Path

import pytest

from crimeetl.etl import ingest_reports
from crimeetl.etl.errors import DatabaseUnusable, WrongUsage


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def looked_at(*_: object, **__: object) -> None:
        raise AssertionError("the model was looked at")

    monkeypatch.setattr("crimeetl.model.extract.choose_model", looked_at)


def test_a_file_that_is_no_database_is_refused_first(tmp_path: Path) -> None:
    report, junk = tmp_path / "a.txt", tmp_path / "notes.duckdb"
    report.write_text("Officer John Smith responded.", "utf-8")
    junk.write_text("These are notes.", "utf-8")
    with pytest.raises(DatabaseUnusable):
        ingest_reports(report, junk)
    assert junk.read_text("utf-8") == "These are notes."


def test_a_folder_without_files_is_refused_first(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(WrongUsage):
        ingest_reports(tmp_path / "empty", tmp_path / "made.duckdb")
    assert not (tmp_path / "made.duckdb").exists()
