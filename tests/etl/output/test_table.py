"""Tables on a terminal: fitted to its width, in full elsewhere."""

import io
from pathlib import Path

import polars
import pytest

from crimeetl.etl.output import write_frame
from crimeetl.etl.output.table import fitted_table, screen_width

FOLDER = Path("/desk/case")
MENTIONS = polars.DataFrame(
    {
        "path": ["/desk/case/reports/night_watch.txt", "/other/a.txt"],
        "report_id": ["0123456789abcdef" * 2, "f" * 32],
        "confidence": [0.98765432, 1 / 3],
        "value": ["Officer Ann Lee of the harbour station", None],
        "empty_column": [None, None],
        "reports_done": [1, 20],
    },
    schema_overrides={"empty_column": polars.String},
)


def fitted(frame: polars.DataFrame, width: int) -> tuple[list[str], list[str]]:
    text, left_out = fitted_table(frame, width=width, folder=FOLDER, is_coloured=False)
    return text.splitlines(), list(left_out)


def test_what_fits_is_whole_with_paths_from_the_current_folder() -> None:
    lines, left_out = fitted(MENTIONS.select("path", "confidence", "value"), 100)
    assert left_out == []
    assert lines == [
        "path                     confidence  value",
        "-----------------------  ----------  --------------------------------------",
        "reports/night_watch.txt      0.9877  Officer Ann Lee of the harbour station",
        "/other/a.txt                 0.3333",
        "2 rows",
    ]


def test_long_texts_give_way_and_paths_keep_their_end_and_headings_break() -> None:
    lines, left_out = fitted(MENTIONS.select("path", "confidence", "value", "reports_done"), 54)
    assert left_out == []
    assert lines == [
        "                                              reports_",
        "path             confidence  value                done",
        "---------------  ----------  ---------------  --------",
        "…ight_watch.txt      0.9877  Officer Ann Le…         1",
        "/other/a.txt         0.3333                         20",
        "2 rows",
    ]


@pytest.mark.parametrize(
    ("width", "left_out"),
    [
        (140, []),
        (119, ["report_id"]),
        (60, ["report_id"]),
        (54, ["report_id", "empty_column"]),
        (30, ["report_id", "value", "empty_column", "reports_done"]),
        (5, ["report_id", "confidence", "value", "empty_column", "reports_done"]),
    ],
)
def test_ids_are_left_out_first_then_empty_columns_then_those_on_the_right(width: int, left_out: list[str]) -> None:
    lines, named = fitted(MENTIONS, width)
    assert named == left_out
    assert max(map(screen_width, lines[:-1])) <= width


@pytest.mark.parametrize("width", range(8, 60))
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    frame = polars.DataFrame(
        {"name": ["東京" * 20, "Zoe\u0301" * 9], "a_long_heading": [1, 2], "list": [["x" * 50], []]}
    )
    lines, _ = fitted(frame, width)
    assert max(map(screen_width, lines[:-1])) <= width


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def a_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard output that is a terminal of 60 columns from now on."""
    shown = Terminal()
    monkeypatch.setattr("sys.stdout", shown)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return shown


def test_a_terminal_gets_a_fitted_table_and_a_word_on_what_is_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = a_terminal(monkeypatch)
    write_frame(MENTIONS, "table")
    assert "\x1b[1mpath " in terminal.getvalue()
    assert capsys.readouterr().err == "left out to fit 60 columns: report_id; --wide shows all\n"
    monkeypatch.setenv("NO_COLOR", "1")
    write_frame(MENTIONS.select("reports_done"), "table")
    assert terminal.getvalue().endswith("reports_done\n------------\n           1\n          20\n2 rows\n")
    assert capsys.readouterr().err == ""


def test_an_id_that_comes_first_stays_where_there_is_room() -> None:
    runs = MENTIONS.select("report_id", "value", "reports_done")
    assert fitted(runs, 70)[1] == []
    assert fitted(runs, 50)[1] == ["report_id"]


def test_wide_and_piped_tables_are_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = a_terminal(monkeypatch)
    write_frame(MENTIONS, "table", is_wide=True)
    piped = io.StringIO()
    monkeypatch.setattr("sys.stdout", piped)
    write_frame(MENTIONS, "table")
    write_frame(MENTIONS, "table", tmp_path / "table.txt")
    whole = (tmp_path / "table.txt").read_text("utf-8")
    assert terminal.getvalue() == piped.getvalue() == whole
    assert "0123456789abcdef" * 2 in whole
    assert "/desk/case/reports/night_watch.txt" in whole
    assert "\x1b" not in whole
    assert capsys.readouterr().err == ""


def test_names_and_values_cannot_steer_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = a_terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    hostile = "red\x1b[31m\u202e"
    write_frame(polars.DataFrame({"a": [hostile * 9], hostile: [hostile * 9], f"{hostile}{'x' * 70}": ["y"]}), "table")
    errors = capsys.readouterr().err
    assert errors.startswith("left out to fit 60 columns: red [31m xxx")
    assert not set(terminal.getvalue() + errors) & set("\x1b\u202e")
