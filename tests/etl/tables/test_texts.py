"""Tables drawn in text, in every style, come back cell for cell."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crimeetl.etl.tables import text_tables

LOG = [
    ["Case", "Date", "Offense", "Location"],
    ["24-001", "01/15/2024", "Theft", "100 Elm St"],
    ["24-002", "01/16/2024", "Hit and run", "20 N Oak Ave"],
    ["24-003", "01/17/2024", "", "75 Pine Dr"],
]


def cells(text: str) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in text_tables(text)]


def row_texts(text: str) -> list[str]:
    return [text[row.char_start : row.char_end] for table in text_tables(text) for row in table.rows]


def widths(rows: list[list[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def markdown(rows: list[list[str]]) -> str:
    head, *body = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body])


def bare_markdown(rows: list[list[str]]) -> str:
    head, *body = [" | ".join(row) for row in rows]
    return "\n".join([head, "|".join(["---"] * len(rows[0])), *body])


def joined(rows: list[list[str]]) -> str:
    return "\n".join(" | ".join(row) for row in rows)


def tabbed(rows: list[list[str]]) -> str:
    return "\n".join("\t".join(row) for row in rows)


def fixed(rows: list[list[str]], gap: int = 2) -> str:
    return "\n".join(
        (" " * gap).join(cell.ljust(width) for cell, width in zip(row, widths(rows), strict=True)).rstrip()
        for row in rows
    )


def right_aligned(rows: list[list[str]]) -> str:
    return "\n".join(
        "   ".join(cell.rjust(width) for cell, width in zip(row, widths(rows), strict=True)).rstrip() for row in rows
    )


def underlined(rows: list[list[str]]) -> str:
    head, *body = fixed(rows).split("\n")
    return "\n".join([head, "  ".join("-" * width for width in widths(rows)), *body])


def ruled(rows: list[list[str]]) -> str:
    head, *body = fixed(rows, gap=4).split("\n")
    return "\n".join([head, "=" * max(map(len, [head, *body])), *body, "-" * 40])


def double_spaced(rows: list[list[str]]) -> str:
    return fixed(rows, gap=3).replace("\n", "\n\n")


def boxed(rows: list[list[str]]) -> str:
    rule = "+" + "+".join("-" * (width + 2) for width in widths(rows)) + "+"
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths(rows), strict=True)) + " |"
        for row in rows
    ]
    return "\n".join([rule, lines[0], rule, *lines[1:], rule])


def boxed_each(rows: list[list[str]]) -> str:
    rule, head, _, *body, _ = boxed(rows).split("\n")
    return "\n".join([rule, head, *(part for line in body for part in (rule, line)), rule])


def drawn_box(rows: list[list[str]]) -> str:
    lines = boxed(rows).replace("|", "│").replace("-", "─").split("\n")
    ends = {0: "┌┬┐", 2: "├┼┤", len(lines) - 1: "└┴┘"}
    for number, (left, middle, right) in ends.items():
        lines[number] = left + lines[number][1:-1].replace("+", middle) + right
    return "\n".join(lines).replace("24─", "24-")


STYLES = [
    markdown,
    bare_markdown,
    joined,
    tabbed,
    fixed,
    right_aligned,
    underlined,
    ruled,
    double_spaced,
    boxed,
    boxed_each,
    drawn_box,
]

WORDS = st.sampled_from(
    [
        "Theft",
        "Elm",
        "Oak",
        "24-001",
        "01/15/2024",
        "0315",
        "a",
        "Burglary",
        "of",
        "officer",
        "St",
        "Roe",
        "J.",
        "9",
        "(b)",
    ]
)
CELLS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 7))
    heading = draw(st.lists(WORDS, min_size=width, max_size=width))
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=11))
    emptied = draw(st.sets(st.tuples(st.integers(0, len(rows) - 1), st.integers(1, width - 1)), max_size=3))
    for number, column in emptied:
        # A row keeps two cells at least: one alone is no row of a table that alignment shows.
        if width > 2 and sum(map(bool, rows[number])) > 2:
            rows[number][column] = ""
    return [heading, *rows]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__)
def test_a_log_in_any_style_comes_back_cell_for_cell(style, line_end: str) -> None:  # type: ignore[no-untyped-def]
    drawn = style(LOG)
    assert cells(drawn.replace("\n", line_end)) == [LOG]
    assert cells(f"HARBOR POLICE\nDaily log{line_end}{line_end}{drawn}\n\nA man ran away. He was not found.\n") == [LOG]
    assert row_texts(drawn) == [line for line in drawn.split("\n") if re.search("[A-Z]|24-", line)]


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__)
@given(table=tables())
@settings(deadline=None, max_examples=150)
def test_any_table_in_any_style_comes_back_cell_for_cell(style, table: list[list[str]]) -> None:  # type: ignore[no-untyped-def]
    if style is drawn_box:
        table = [[cell.replace("-", "") for cell in row] for row in table]
    assert cells(style(table)) == [table]


def test_cells_that_wrap_join_their_row() -> None:
    text = """Case     Officer    Description
24-001   Roe, J.    A bike was taken
         Poe, M.    from the yard.
24-002   Doe, R.    A window was broken."""
    assert cells(text) == [
        [
            ["Case", "Officer", "Description"],
            ["24-001", "Roe, J.\nPoe, M.", "A bike was taken\nfrom the yard."],
            ["24-002", "Doe, R.", "A window was broken."],
        ]
    ]
    assert row_texts(text)[1] == "24-001   Roe, J.    A bike was taken\n         Poe, M.    from the yard."


def test_rows_ruled_off_in_a_box_may_have_several_lines() -> None:
    text = """+------+------------+
| Case | Place      |
+------+------------+
| 1    | 100 Elm St |
|      | rear yard  |
+------+------------+
| 2    | 20 Oak Ave |
+------+------------+"""
    assert cells(text) == [[["Case", "Place"], ["1", "100 Elm St\nrear yard"], ["2", "20 Oak Ave"]]]


def test_a_bar_in_a_cell_is_escaped() -> None:
    assert cells("a\\|b | c\n1 | 2") == [[["a|b", "c"], ["1", "2"]]]


def test_prose_is_no_table() -> None:
    assert text_tables("A man ran away.  He was not found.\nOfficers looked for him.  They gave up.\n" * 9) == ()
    assert text_tables("") == ()


@pytest.mark.parametrize(
    "unit", ["a  b\n", "a | b\n", "|", "\t", "+--+--+\n|a|b|\n", "-----\n", "\n", "ab  " * 225 + "\n"]
)
def test_a_megabyte_of_anything_is_looked_through(unit: str) -> None:
    text = unit * (1024 * 1024 // len(unit))
    ends = [(row.char_start, row.char_end) for table in text_tables(text) for row in table.rows]
    assert ends == sorted(ends)
