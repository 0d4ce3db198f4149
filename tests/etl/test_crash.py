"""A run that is killed, wherever: the database is whole, and the next run ends as if nothing had happened."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from crimeetl import sql

POINTS = ("run started", "batch answered", "rows inserted", "batch stored", "run ending")
VALUES = (
    "select path, place, entity_type, ordinal, value, char_start, char_end, normalised, confidence, is_stated "
    "from v_mention order by all",
    "select columns(* exclude (report_id)) from v_report order by all",
    "select path, place, role, ordinal, name, given_name, family_name from v_person order by all",
    "select path, place, ordinal, address, street, city from v_location order by all",
    "select path, place, stage, error, message from v_failure order by all",
)
HOLD = """
import sys, time, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
print("held", flush=True)
time.sleep(60)
"""
Crash = Callable[..., int]
Rows = list[list[tuple[object, ...]]]  # of each of VALUES


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the ingests of this module said on standard error."""
    return tmp_path_factory.mktemp("errors") / "errors.txt"


@pytest.fixture(scope="module")
def crash(base_folder: Path, adapter_folder: Path, errors: Path) -> Iterator[Crash]:
    """Runs an ingest that dies at a point or after some seconds; gives its exit status."""
    script = Path(__file__).parents[1] / "support" / "crashing_ingest.py"
    command = [sys.executable, "-P", str(script)]
    with (
        errors.open("w") as file,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file, text=True) as server,
    ):
        assert server.stdin is not None
        assert server.stdout is not None

        def run(folder: Path, database: Path, *, point: str | None = None, seconds: float | None = None) -> int:
            assert server.stdin is not None
            assert server.stdout is not None
            job = {"folder": str(folder), "database": str(database), "point": point, "seconds": seconds}
            server.stdin.write(json.dumps({**job, "base": str(base_folder), "adapter": str(adapter_folder)}) + "\n")
            server.stdin.flush()
            return int(server.stdout.readline())

        yield run
        server.stdin.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports in files and rows, and a file that fails."""
    made = tmp_path_factory.mktemp("reports")
    names = ("Ann Lee", "Bo Ray", "Cy Fox", "Di Orr", "Ed Poe")
    for n in range(14):
        (made / f"{n:02}.txt").write_text(f"Victim {names[n % 5]} was seen {n} times at {100 + n} Oak Street.")
    rows = [f'"{name} at 5 Elm Road, case {n}"' for n, name in enumerate(names)]
    (made / "rows.csv").write_text("\n".join(["text", *rows]))
    (made / "empty.txt").write_text("")
    return made


@pytest.fixture(scope="module")
def undisturbed(crash: Crash, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """What a run leaves that nothing disturbs."""
    database = tmp_path_factory.mktemp("undisturbed") / "crime.duckdb"
    assert crash(folder, database) == 0
    found = shown(database)
    assert len({path for path, *_ in found[0]}) > 5
    assert len(found[1]) == 19
    assert [row[2:4] for row in found[4]] == [("read", "EmptyDocument")]
    return found


def shown(database: Path) -> Rows:
    with sql.connect_read_only(database) as con:
        return [sql.fetch(con, query) for query in VALUES]


def assert_sound(database: Path) -> None:
    """It opens, and no check complains; a database that was never begun is no file at all."""
    if not database.exists():
        return
    with sql.connect(database) as con:
        assert {name: frame.rows() for name, frame in sql.run_checks(con).items() if frame.height} == {}


def statuses(database: Path) -> list[str]:
    with sql.connect_read_only(database) as con:
        return [status for (status,) in sql.fetch(con, "select status from run order by run_id")]


@pytest.mark.parametrize("point", POINTS)
def test_a_run_killed_at_a_named_point_loses_nothing_that_was_stored(
    crash: Crash, folder: Path, tmp_path: Path, undisturbed: Rows, point: str
) -> None:
    database = tmp_path / "crime.duckdb"
    assert crash(folder, database, point=point) == -signal.SIGKILL
    assert_sound(database)
    kept = shown(database)[0]
    assert set(kept) <= set(undisturbed[0])
    assert bool(kept) == (point in ("rows inserted", "batch stored", "run ending", "batch answered"))
    assert crash(folder, database) == 0
    assert_sound(database)
    assert statuses(database) == ["interrupted", "done"]
    assert shown(database) == undisturbed


@pytest.mark.slow
def test_a_run_killed_at_fifty_random_moments_loses_nothing_that_was_stored(
    crash: Crash, folder: Path, tmp_path: Path, undisturbed: Rows
) -> None:
    chance = random.Random(5)
    started = time.monotonic()
    assert crash(folder, tmp_path / "timed.duckdb") == 0
    whole_seconds = time.monotonic() - started
    killed = 0
    for number in range(50):
        database = tmp_path / f"{number}.duckdb"
        killed += crash(folder, database, seconds=chance.uniform(0, whole_seconds)) == -signal.SIGKILL
        assert_sound(database)
        assert crash(folder, database) == 0
        assert_sound(database)
        assert shown(database) == undisturbed
    assert killed >= 40  # the others had ended before


def test_a_full_disk_is_told_and_what_was_stored_stays(
    crash: Crash, folder: Path, tmp_path: Path, undisturbed: Rows, errors: Path
) -> None:
    database = tmp_path / "crime.duckdb"
    assert crash(folder, database, point="disk full") == 1
    assert "make room on its disk, and run again: what was stored before stays" in errors.read_text().splitlines()[-1]
    assert_sound(database)
    kept = shown(database)[0]
    assert kept
    assert set(kept) < set(undisturbed[0])
    assert crash(folder, database) == 0
    assert shown(database) == undisturbed


def test_a_reader_that_dies_lets_go_of_the_database(
    crash: Crash, folder: Path, tmp_path: Path, undisturbed: Rows
) -> None:
    database = tmp_path / "crime.duckdb"
    assert crash(folder, database, point="batch stored") == -signal.SIGKILL
    with subprocess.Popen([sys.executable, "-c", HOLD, str(database)], stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "held\n"
        with pytest.raises(duckdb.IOException, match="lock"):
            duckdb.connect(database)
        reader.kill()
    assert crash(folder, database) == 0
    assert shown(database) == undisturbed
