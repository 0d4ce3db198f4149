"""Marks: a text in pieces that hold all of it, each covered by the same values from end to end."""

from typing import Any

import pytest

from crimeetl.etl.output.page.marks import Piece, pieces


def at(entity_type: str, start: int | None, end: int | None) -> dict[str, Any]:
    return {"entity_type": entity_type, "char_start": start, "char_end": end}


@pytest.mark.parametrize(
    ("mentions", "expected"),
    [
        ([], [Piece("abcdef", (), ())]),
        ([at("A", None, None)], [Piece("abcdef", (), ())]),
        ([at("A", 0, 6)], [Piece("abcdef", ("A",), ("A",))]),
        ([at("A", 1, 3)], [Piece("a", (), ()), Piece("bc", ("A",), ("A",)), Piece("def", (), ())]),
        (  # one within another: the longer is named first
            [at("B", 2, 4), at("A", 1, 6)],
            [
                Piece("a", (), ()),
                Piece("b", ("A",), ()),
                Piece("cd", ("A", "B"), ("B",)),
                Piece("ef", ("A",), ("A",)),
            ],
        ),
        (  # one over the end of another
            [at("A", 0, 4), at("B", 3, 6)],
            [Piece("abc", ("A",), ()), Piece("d", ("A", "B"), ("A",)), Piece("ef", ("B",), ("B",))],
        ),
        ([at("A", 0, 6), at("B", 0, 6)], [Piece("abcdef", ("A", "B"), ("B", "A"))]),
    ],
)
def test_a_text_is_parted_where_values_begin_or_end(mentions: list[dict[str, Any]], expected: list[Piece]) -> None:
    assert pieces("abcdef", mentions) == expected


def test_a_long_text_is_cut_and_a_value_over_the_cut_ends_with_it() -> None:
    found = pieces("abcdef", [at("A", 2, 6), at("B", 4, 5)], most_chars=4)
    assert found == [Piece("ab", (), ()), Piece("cd", ("A",), ("A",))]


def test_control_characters_are_shown_as_pictures_and_line_ends_are_kept() -> None:
    assert [piece.text for piece in pieces("a\x00b\x1b\x7f\t\r\n", [at("A", 1, 3)])] == ["a", "␀b", "␛␡\t\r\n"]
    assert pieces("", []) == []
