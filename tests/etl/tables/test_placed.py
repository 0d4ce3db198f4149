"""Tables of words that stand at places on a page: columns found by where the words are, whatever the font."""

from hypothesis import given, settings
from hypothesis import strategies as st

from crimeetl.etl.tables import PlacedPiece, PlacedWord, placed_rows

BLANK = 2.0


def words(*cells: tuple[float, str], letter: float = 5.0) -> list[PlacedWord]:
    """The words of cells that begin at places, each letter as wide as the next."""
    placed = []
    for left, cell in cells:
        for word in cell.split():
            placed.append(PlacedWord(word, left, left + letter * len(word)))
            left += letter * len(word) + BLANK
    return placed


def texts(lines: list[list[PlacedWord]]) -> list[list[list[str]]]:
    def said(piece: PlacedPiece) -> str:
        return " ".join(word.text for word in lines[piece.line][piece.first_word : piece.end_word])

    return [[["\n".join(map(said, cell)) for cell in row] for row in table] for table in placed_rows(lines)]


def test_columns_are_where_words_stand_and_wrapped_cells_join_their_row() -> None:
    lines = [
        words((20, "RECEIVED"), (92, "NUMBER"), (170, "DEFINITION"), (300, "STREET")),
        words((20, "4/4/21"), (53, "6:47"), (92, "21023272"), (170, "FIRE"), (300, "SUNSET DR")),
        words((20, "4/4/21"), (53, "9:37"), (92, "21023293"), (170, "HIT AND RUN - NO INJURIES"), (300, "ELM WY")),
        words((170, "JUST OCCURRED")),
        [],
        words((300, "Page 1 of 6")),
        words((20, "4/4/21"), (50, "10:31"), (92, "21023302"), (170, "SHOOTING"), (300, "RIO CT")),
    ]
    assert texts(lines) == [
        [
            ["RECEIVED", "NUMBER", "DEFINITION", "STREET"],
            ["4/4/21 6:47", "21023272", "FIRE", "SUNSET DR"],
            ["4/4/21 9:37", "21023293", "HIT AND RUN - NO INJURIES\nJUST OCCURRED", "ELM WY"],
            ["4/4/21 10:31", "21023302", "SHOOTING", "RIO CT"],
        ]
    ]


def test_lines_of_prose_are_no_table() -> None:
    assert placed_rows([words((20, "A man ran away.")), words((20, "He was not found."))]) == []
    assert placed_rows([]) == placed_rows([[], []]) == []


WORDS = st.sampled_from(["Theft", "Elm", "24-001", "0315", "a", "of", "officer", "W"])
CELLS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


@given(
    table=st.integers(2, 7).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=2, max_size=12)
    ),
    letter=st.floats(3.0, 8.0),
    gap=st.floats(10.0, 40.0),
)
@settings(deadline=None, max_examples=150)
def test_any_table_placed_on_a_page_comes_back_cell_for_cell(table: list[list[str]], letter: float, gap: float) -> None:
    lefts = [20.0]
    for column in zip(*table, strict=True):
        lefts.append(lefts[-1] + gap + max(len(cell) for cell in column) * letter)
    lines = [words(*zip(lefts, row, strict=False), letter=letter) for row in table]
    assert texts(lines) == [table]
