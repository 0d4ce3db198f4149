"""Entity types and schemas: what views call a type, and what adapters and databases know a schema by."""

import pytest

from crimeetl.model.schema import EntityType, load_schema
from crimeetl.model.schema.files import parse_schema

TRAFFIC = 'name = "traffic"\n[[type]]\nname = "Driver_Name"\n[[type]]\nname = "Speed"\nkind = "integer"\n'


def test_columns_are_names_in_snake_case() -> None:
    columns = {t.name: t.column for t in load_schema("incident").types}
    assert len(columns) == 29
    assert columns == {name: name.lower() for name in columns} | {
        "Officer_BadgeNumber": "officer_badge_number",
        "Victim_AgeRange": "victim_age_range",
    }
    spelled = ["Age", "VIN", "Victim_CEOName", "plateNumber", "A1Road", "Road_A1", "already_snake"]
    assert [EntityType(n, n, "span", (), True, "text").column for n in spelled] == [
        "age", "vin", "victim_ceoname", "plate_number", "a1_road", "road_a1", "already_snake",
    ]  # fmt: skip


def test_the_built_in_schemas_are_what_adapters_and_databases_know_them_by() -> None:
    assert load_schema("crime").digest == "b76c93373862b87e33619886f12234d8"
    assert load_schema("incident").digest == "28d003e47794b16b9b42ee6dea34d4ce"


def test_the_digest_ignores_layout_and_comments() -> None:
    laid_out = (
        "# Types of ours.\n" + TRAFFIC.replace("\n", "\n\n").replace(" = ", "   =   ") + "# The end.\nmultiple = true\n"
    )
    assert laid_out != TRAFFIC
    digest = parse_schema(TRAFFIC, source="a").digest
    assert parse_schema(laid_out, source="b").digest == digest
    assert len(digest) == 32
    assert int(digest, 16) > 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "traffic"', 'name = "roads"'),
        ("Driver_Name", "Driver"),
        ('"Speed"\n', '"Speed"\nquestion = "speed"\n'),
        ('kind = "integer"', 'kind = "span"'),
        ('kind = "integer"', 'kind = "integer"\nmultiple = false'),
        ('kind = "integer"', 'kind = "integer"\nnormalise = "integer"'),
        ('kind = "integer"', 'kind = "choice"\nchoices = ["1", "2"]'),
    ],
)
def test_the_digest_changes_with_whatever_changes_an_answer(old: str, new: str) -> None:
    assert old in TRAFFIC
    changed = parse_schema(TRAFFIC.replace(old, new), source="b")
    assert changed.digest != parse_schema(TRAFFIC, source="a").digest


def test_the_digest_changes_with_the_order_of_types_and_choices() -> None:
    swapped = 'name = "traffic"\n[[type]]\nname = "Speed"\nkind = "integer"\n[[type]]\nname = "Driver_Name"\n'
    choice = 'name = "x"\n[[type]]\nname = "A"\nkind = "choice"\nchoices = {}\n'
    texts = [TRAFFIC, swapped, choice.format('["B", "C"]'), choice.format('["C", "B"]')]
    assert len({parse_schema(text, source="x").digest for text in texts}) == 4
