"""Workbooks: what a cell can hold as it is, and what becomes text."""

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars
import pytest

from crimeetl.etl.output.export import TABLES
from crimeetl.etl.output.workbook import CUT, WorkbookFile


def written(tmp_path: Path, frame: polars.DataFrame) -> tuple[list[tuple[object, ...]], int]:
    """The rows as another program reads them, and how many cells were cut."""
    with WorkbookFile(tmp_path / "a.xlsx") as book:
        cut = book.write_sheet("table", frame)
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]
    return list(openpyxl.load_workbook(tmp_path / "a.xlsx")["table"].iter_rows(values_only=True)), cut


def test_values_keep_their_types(tmp_path: Path) -> None:
    frame = polars.DataFrame(
        {
            "count": [1, None],
            "ratio": [0.25, float("nan")],
            "amount": [Decimal("1.50"), None],
            "is_open": [True, False],
            "on": [date(2025, 9, 30), date(1899, 12, 31)],
            "at": [time(14, 30), None],
            "seen": [datetime(2025, 9, 30, 14, 30, 5), datetime(1850, 1, 2, 3, 4, 5)],
            "names": [["Ann", "Bo"], []],
            "big": [10**15 - 1, 10**15],
            "badge": ["0451", ""],
        }
    )
    (head, first, second), cut = written(tmp_path, frame)
    assert (head, cut) == (tuple(frame.columns), 0)
    assert first == (
        1,
        0.25,
        1.5,
        True,
        datetime(2025, 9, 30),
        time(14, 30),
        datetime(2025, 9, 30, 14, 30, 5),
        "Ann; Bo",
        10**15 - 1,
        "0451",
    )
    assert second == (
        None,
        None,
        None,
        False,
        "1899-12-31",
        None,
        "1850-01-02 03:04:05",
        None,
        "1000000000000000",
        None,
    )


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@x",
        '=HYPERLINK("http://x")',
        "http://example.org",
        "1e5",
        "{=1}",
        "_x0041_",
        "<b>&amp;",
        " a\tb\n c ",
    ],
)
def test_text_stays_the_text_that_it_is(tmp_path: Path, text: str) -> None:
    (_, (cell,)), _ = written(tmp_path, polars.DataFrame({"text": [text]}))
    assert openpyxl.utils.escape.unescape(str(cell)) == text
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["table"]
    assert (sheet["A2"].data_type, sheet["A2"].hyperlink) == ("s", None)
    assert bool(sheet["A2"].quotePrefix) == (text[0] in "=+-@")


def test_control_characters_do_not_break_the_file(tmp_path: Path) -> None:
    text = "".join(map(chr, range(1, 32))) + "\ufffe\uffff\x7f\u202e😀"
    (_, (cell,)), _ = written(tmp_path, polars.DataFrame({"text": [text]}))
    assert openpyxl.utils.escape.unescape(str(cell)).endswith("\x7f\u202e😀")


@pytest.mark.parametrize("char", ["x", "😀"])
def test_a_long_text_is_cut_where_excel_ends_and_says_so(tmp_path: Path, char: str) -> None:
    units = len(char.encode("utf-16-le")) // 2
    fits = char * (32_767 // units)
    (_, *cells), cut = written(tmp_path, polars.DataFrame({"text": [fits, fits + char, "short"]}))
    assert cut == 1
    assert cells[0] == (fits,)
    shown = str(cells[1][0])
    assert shown.endswith(char + CUT)
    assert 32_765 <= len(shown.encode("utf-16-le")) // 2 <= 32_767


def test_the_heading_stays_in_sight_and_columns_can_be_filtered(tmp_path: Path) -> None:
    written(tmp_path, polars.DataFrame({"a": [1], "b": [2]}))
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["table"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B2")


def test_names_of_tables_can_be_names_of_sheets() -> None:
    assert max(map(len, TABLES)) <= 31
