"""What headings mean, as shipped and as users have it."""

from pathlib import Path

import pytest

from crimeetl.etl.columns import map_columns, read_synonyms, shipped_synonyms
from crimeetl.etl.columns.synonyms import heading_key
from crimeetl.etl.errors import WrongUsage
from crimeetl.model.schema import load_schema


@pytest.mark.parametrize(
    "heading",
    [
        "Date Occurred",
        "DATE_OCCURED",
        "occ_dt",
        "occDate",
        "OccurredDate",
        "dateoccurred",
        "Date of Occurrence",
        "occdate",
    ],
)
def test_a_heading_may_be_written_in_any_habit(heading: str) -> None:
    assert heading_key(heading, shipped_synonyms()) == {"date", "occurred"}


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Case #", {"case", "number"}),
        ("CASE#", {"case", "number"}),
        ("Officer(s)", {"officer"}),
        ("blocksizedAddress", {"block", "address"}),
        ("properties.offense", {"offense"}),
        ("Victim's Age", {"victim", "age"}),
        ("Rept'd", {"reported"}),
        ("xylophone", {"xylophone"}),
        ("%", set()),
    ],
)
def test_a_heading_is_taken_apart_into_words(heading: str, words: set[str]) -> None:
    assert heading_key(heading, shipped_synonyms()) == words


def test_all_types_that_are_shipped_have_headings() -> None:
    named = {meaning.entity_type for found in shipped_synonyms().meanings.values() for meaning in found}
    assert named == {entity_type.name for entity_type in load_schema("incident").types}


def types(path: Path, heading: str, *cells: str) -> tuple[str, ...]:
    return map_columns([heading], [[cell] for cell in cells], synonyms=read_synonyms(path)).columns[0].types


def test_a_users_headings_go_before_the_shipped_ones(tmp_path: Path) -> None:
    path = tmp_path / "headings.toml"
    path.write_text(
        '[words]\nthing = ["thng"]\n[Crime_Type]\nheadings = ["taken thing", "state"]\n'
        '[Truck]\nheadings = ["vehicle"]\n'
        '[nothing]\nheadings = ["offense"]\n'
    )
    assert types(path, "Thng_Taken", "bicycle", "camera") == ("Crime_Type",)
    assert types(path, "State", "robbery", "arson") == ("Crime_Type",)
    assert types(path, "Vehicle", "blue van", "red car") == ("Truck",)
    assert types(path, "Offense", "robbery", "arson") == ()
    assert types(path, "Address", "1 Elm St", "2 Oak St") == ("Location",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a", "{path} is no TOML (Expected ']' at the end of a table declaration (at end of document)); correct it"),
        ('Nature = "Crime_Type"', '{path}: Nature stands outside a part; write [Crime_Type] and headings = ["Nature"]'),
        (
            '[Crime_Type]\nheading = ["a"]',
            "{path}: [Crime_Type] has heading; it may have ends, headings, of_arrests, parts, parts_of_arrests",
        ),
        (
            '[Crime_Type]\nheadings = "a"',
            '{path}: [Crime_Type] headings is no list of texts; write it as ["one", "another"]',
        ),
        ("[words]\ndate = 1", '{path}: [words] date is no list of texts; write it as ["one", "another"]'),
        ("[Location]\nparts = 1", "{path}: [Location] parts is no list; write a list of lists of headings"),
    ],
)
def test_mistakes_of_a_users_file_are_said(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "headings.toml"
    path.write_text(text)
    with pytest.raises(WrongUsage) as failure:
        read_synonyms(path)
    assert str(failure.value) == message.format(path=path)


def test_a_users_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match=r"cannot be read as UTF-8 text .*; correct the path or save it so"):
        read_synonyms(tmp_path / "none.toml")
