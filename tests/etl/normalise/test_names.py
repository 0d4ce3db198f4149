"""Names in parts: given, middle and family names and suffixes, or nothing where it is not certain."""

import pytest

from crimeetl.etl.normalise.names import NameParts, name_parts, parse_person

NAMES = [
    ("John Smith", NameParts("John", None, "Smith")),
    ("SMITH, JOHN A.", NameParts("John", "A.", "Smith")),
    ("Officer John Smith, Badge #4521", NameParts("John", None, "Smith")),
    ("Mary Ann van der Berg", NameParts("Mary", "Ann", "van der Berg")),
    ("Maria De La Cruz", NameParts("Maria", None, "De La Cruz")),
    ("De La Cruz, Maria", NameParts("Maria", None, "De La Cruz")),
    ("Martin Luther King Jr.", NameParts("Martin", "Luther", "King", "Jr.")),
    ("John Smith III", NameParts("John", None, "Smith", "III")),
    ("Mary-Kate O'Brien", NameParts("Mary-Kate", None, "O'Brien")),
    ("Officer Smith", NameParts(None, None, "Smith")),
    ("Sgt. Lee", NameParts(None, None, "Lee")),
    ("Mr. Lee", NameParts(None, None, "Lee")),
    ("Lee", None),
    ("Maria", None),
    ("Acme Supply Inc.", None),
    ("First Second Third Fourth Fifth Sixth", None),
]


@pytest.mark.parametrize(("value", "parts"), NAMES)
def test_a_name_is_taken_apart_or_left_whole(value: str, parts: NameParts | None) -> None:
    name = parse_person(value)
    assert name is not None
    assert name_parts(name, value) == parts
