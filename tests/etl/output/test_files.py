"""A file is there whole, for its owner alone, or not at all."""

from pathlib import Path

import pytest

from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.output import must_be_writable, new_file


def test_a_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("before")
    with new_file(path) as file:
        file.write(b"after")
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_breaks_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("before")
    with pytest.raises(ZeroDivisionError), new_file(path) as file:
        file.write(b"half")
        raise ZeroDivisionError
    with pytest.raises(WrongUsage) as caught, new_file(path):
        raise OSError(28, "No space left on device")
    assert str(caught.value) == (
        f"cannot write {path}: No space left on device; name another file, or make room for it"
    )
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_must_be_new_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("corrected")
    with pytest.raises(WrongUsage) as caught, new_file(path, may_exist=False):
        pass
    assert str(caught.value) == f"{path} exists; name another file, so that nothing is overwritten"


def test_what_is_no_file_is_written_to_as_it_is() -> None:
    with new_file(Path("/dev/null")) as file:
        file.write(b"gone")
    assert not Path("/dev/null").is_file()


def test_what_cannot_be_written_is_told_before_other_work(tmp_path: Path) -> None:
    must_be_writable(tmp_path / "new.csv")
    for path, reason in (
        (tmp_path, "it is a folder; name a file in it"),
        (tmp_path / "no" / "a.csv", f"there is no folder {tmp_path / 'no'}; make it first"),
    ):
        with pytest.raises(WrongUsage) as caught:
            must_be_writable(path)
        assert str(caught.value) == f"cannot write {path}: {reason}"
