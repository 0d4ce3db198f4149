"""What an ingest would do: the same as it then does, and nothing is written."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crimeetl.etl.ingest import ingest
from crimeetl.etl.plan import STATES, FilePlan, Plan, plan
from crimeetl.etl.readers import find_paths
from crimeetl.etl.reading import Task
from crimeetl.etl.settings import IngestSettings, ReadingSettings
from crimeetl.etl.split import SplitSettings
from crimeetl.model.extraction import Answer, Extraction
from crimeetl.model.schema import EntitySchema, EntityType

SCHEMA = EntitySchema("mine", (EntityType("Name", "Name", "span", (), True, "text"),))


class Silent:
    """Finds nothing, in ten tokens a word."""

    def batches(self, reports: Iterable[tuple[Task, str]]) -> Iterator[list[tuple[Task, Extraction]]]:
        for task, text in reports:
            yield [(task, Extraction((Answer("Name", (), 0.5, False),), 10 * len(text.split()), 1, 1))]


def words(text: str) -> int:
    return 10 * len(text.split())


@pytest.fixture
def settings(tmp_path: Path) -> IngestSettings:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "a.txt").write_text("Ann Lee")
    (folder / "b.csv").write_text("text\nBo Ray ran\nCy\n")
    return IngestSettings(
        arguments=(str(folder),),
        database=tmp_path / "crime.duckdb",
        schema=SCHEMA,
        model_digest="m",
        model_name="silent",
    )


def planned(settings: IngestSettings) -> Plan:
    return plan(settings, find_paths(settings.arguments), words)


def states(found: Plan) -> dict[str, tuple[str, int]]:
    return {Path(file.path).name: (file.state, file.reports) for file in found.files}


def done(settings: IngestSettings) -> int:
    return ingest(settings, find_paths(settings.arguments), Silent).reports  # type: ignore[arg-type]


def test_before_the_first_run_all_is_new_and_nothing_is_written(settings: IngestSettings) -> None:
    found = planned(settings)
    assert states(found) == {"a.txt": ("new", 1), "b.csv": ("new", 2)}
    assert (found.reports, found.tokens, found.seconds) == (3, 60, None)
    assert not settings.database.exists()
    assert done(settings) == 3


def test_what_is_done_what_changed_what_is_new_and_what_fails_are_told_apart(settings: IngestSettings) -> None:
    done(settings)
    folder = Path(settings.arguments[0])
    (folder / "a.txt").write_text("Ann Lee left")
    (folder / "c.txt").write_text("Dee")
    (folder / "d.txt").write_text("")
    before = settings.database.read_bytes()
    found = planned(settings)
    assert states(found) == {
        "a.txt": ("changed", 1),
        "b.csv": ("unchanged", 0),
        "c.txt": ("new", 1),
        "d.txt": ("failed", 0),
    }
    assert found.files[3] == FilePlan(str(folder / "d.txt"), "failed", 0, ("it is empty; fill it or take it away",))
    assert (found.reports, found.tokens) == (2, 40)
    assert [found.count(state) for state in STATES] == [1, 1, 0, 1, 1, 0]
    assert settings.database.read_bytes() == before
    assert done(settings) == 2
    assert planned(settings).reports == 0


def test_a_file_that_is_gone_is_listed(settings: IngestSettings) -> None:
    done(settings)
    folder = Path(settings.arguments[0])
    (folder / "b.csv").rename(folder / "z.csv")
    assert states(planned(settings)) == {"a.txt": ("unchanged", 0), "z.csv": ("new", 0), "b.csv": ("missing", 0)}


def test_another_model_or_force_makes_known_files_pending(settings: IngestSettings) -> None:
    done(settings)
    for other in (replace(settings, model_digest="n"), replace(settings, is_forced=True)):
        found = planned(other)
        assert states(found) == {"a.txt": ("pending", 1), "b.csv": ("pending", 2)}
        assert found.reports == 3
    limited = planned(replace(settings, model_digest="n", limit=2))
    assert (limited.reports, limited.tokens) == (2, 50)


def test_a_copy_is_extracted_once(settings: IngestSettings) -> None:
    folder = Path(settings.arguments[0])
    (folder / "copy.txt").write_text("Ann Lee")
    found = planned(settings)
    assert states(found)["copy.txt"] == ("new", 1)
    assert found.reports == 3 == done(settings)


def test_the_time_is_that_of_earlier_runs_of_the_same_model(settings: IngestSettings) -> None:
    done(settings)
    (Path(settings.arguments[0]) / "c.txt").write_text("Dee Foe")
    again = planned(settings)
    assert again.seconds is not None
    assert 0 < again.seconds < 60
    assert planned(replace(settings, model_digest="n")).seconds is None


def test_a_row_that_cannot_be_used_is_told_beside_those_that_can(settings: IngestSettings) -> None:
    (Path(settings.arguments[0]) / "b.csv").write_text("id,text\n1,Bo Ray ran\n2,\n")
    file = planned(settings).files[1]
    assert (file.state, file.reports) == ("new", 1)
    assert file.reasons == ("line 3: the column text is empty; fill it or delete the line",)


def test_every_row_that_cannot_be_used_is_told(settings: IngestSettings) -> None:
    (Path(settings.arguments[0]) / "b.csv").write_text("id,text\n1,\n2,Bo Ray ran\n3,\n")
    file = planned(settings).files[1]
    told = "the column text is empty; fill it or delete the line"
    assert file.reasons == (f"line 2: {told}", f"line 4: {told}")
    assert file.reason == f"line 2: {told}; line 4: {told}"


def test_options_that_fit_no_file_are_told_by_a_plan_and_by_an_ingest(settings: IngestSettings) -> None:
    folder = Path(settings.arguments[0])
    asked = SplitSettings(types_of_headings={"TEXT": "", "Nature": "Name", "Day": ""}, as_rows=True)
    told = replace(settings, reading=ReadingSettings(split=asked))
    expected = (
        "--map: no table has a column Nature, Day; --dry-run shows the headings that there are",
        f"--rows: no rows or entries were found in 1 file (the first: {folder}/a.txt)",
    )
    assert planned(told).remarks == expected
    assert ingest(told, find_paths(told.arguments), Silent).remarks == expected  # type: ignore[arg-type]
    assert planned(settings).remarks == ()
