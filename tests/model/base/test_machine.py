"""What a machine can do is found out once, and told apart from what another can."""

import json
from pathlib import Path

import pytest

from crimeetl.model.base import machine
from crimeetl.model.base.remembered import MOST_ENTRIES, Remembered

FOUND = machine.Machine(has_cuda=False, has_cuda_bf16=False, has_bf16=True, int8_gain=1.5)


def test_what_was_found_is_kept_from_run_to_run(tmp_path: Path) -> None:
    found = []

    def find() -> str:
        found.append(1)
        return "value"

    file = tmp_path / "new" / "kept.json"
    assert Remembered(file).get("key", find) == Remembered(file).get("key", find) == "value"
    assert len(found) == 1
    assert json.loads(file.read_text("utf-8")) == {"key": "value"}
    assert [path.name for path in file.parent.iterdir()] == ["kept.json"]


@pytest.mark.parametrize("content", ["", "{", "[1]", '"text"'])
def test_a_damaged_file_is_found_anew(content: str, tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    file.write_text(content, "utf-8")
    assert Remembered(file).get("key", lambda: 7) == 7
    assert json.loads(file.read_text("utf-8")) == {"key": 7}


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert Remembered(tmp_path / "file" / "kept.json").get("key", lambda: 7) == 7


def test_the_oldest_entries_go_first(tmp_path: Path) -> None:
    kept = Remembered(tmp_path / "kept.json")
    for number in range(MOST_ENTRIES + 2):
        assert kept.get(str(number), lambda number=number: number) == number
    known = json.loads(kept.file.read_text("utf-8"))
    assert (len(known), min(map(int, known))) == (MOST_ENTRIES, 2)


def test_a_machine_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def find() -> machine.Machine:
        asked.append(1)
        return FOUND

    monkeypatch.setattr(machine, "find_machine", find)
    assert machine.this_machine(tmp_path) == machine.this_machine(tmp_path) == FOUND
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")  # may change what it can do
    assert machine.this_machine(tmp_path) == FOUND
    assert len(asked) == 2


def test_floating_point_numbers_are_those_that_the_processor_has() -> None:
    assert FOUND.cpu_dtype == "bf16"
    assert machine.Machine(has_cuda=True, has_cuda_bf16=True, has_bf16=False, int8_gain=0).cpu_dtype == "fp32"
