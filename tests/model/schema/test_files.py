"""Entity schemas: the two that are built in, and every mistake of one's own at once."""

from pathlib import Path

import pytest

from crimeetl.etl.errors import SchemaInvalid
from crimeetl.model.schema import EntitySchema, EntityType, load_schema
from crimeetl.model.schema.files import parse_schema

CRIME = [
    "Location",
    "Officer_BadgeNumber",
    "Officer_Name",
    "Victim_Name",
    "Victim_Age",
    "Victim_AgeRange",
    "Victim_Owner",
    "Victim_Manager",
    "Victim_CEO",
    "Victim_Email",
    "Crime_Time",
    "Crime_Type",
    "Crime_Summary",
    "Crime_Date",
    "Crime_Status",
    "Evidence_Type",
    "Witness_Name",
    "Suspect_Description",
]
INCIDENT = [
    *CRIME,
    "Suspect_Name",
    "Suspect_Age",
    "Suspect_Race",
    "Victim_Race",
    "City",
    "Time_Of_Day",
    "Weapon_Type",
    "Shots_Fired",
    "Vehicle_Description",
    "Property_Stolen",
    "Case_Number",
]
AGE_RANGES = ("Child", "Teenager", "Young Adult", "Adult", "Senior")
TRAFFIC = 'name = "traffic"\n[[type]]\nname = "Driver_Name"\n[[type]]\nname = "Speed"\nkind = "integer"\n'


def problems(toml_text: str) -> list[str]:
    with pytest.raises(SchemaInvalid) as caught:
        parse_schema(toml_text, source="mine.toml")
    head, *lines = str(caught.value).split("\n  - ")
    assert head == "mine.toml is not a usable entity schema; correct these and run again:"
    return lines


def type_problems(table: str) -> list[str]:
    """Of the one type of a schema, without the label that names it."""
    found = problems(f'name = "x"\n[[type]]\n{table}')
    label = found[0].partition(": ")[0]
    assert all(problem.startswith(f"{label}: ") for problem in found)
    return [problem.removeprefix(f"{label}: ") for problem in found]


def test_crime_holds_the_18_types_of_the_reference_in_its_order() -> None:
    schema = load_schema("crime")
    assert schema.name == "crime"
    assert [t.name for t in schema.types] == CRIME


def test_incident_holds_those_and_then_11_more() -> None:
    schema = load_schema("incident")
    assert schema.name == "incident"
    assert [t.name for t in schema.types] == INCIDENT
    assert schema.types[:18] == load_schema("crime").types


def test_the_age_range_alone_is_chosen_and_two_types_alone_hold_one_value() -> None:
    types = load_schema("incident").types
    assert [(t.name, t.choices) for t in types if t.kind != "span"] == [("Victim_AgeRange", AGE_RANGES)]
    assert [t.name for t in types if not t.is_multiple] == ["Crime_Summary", "Crime_Status"]
    assert all(t.question == t.name for t in types)


def test_built_in_types_are_normalised_by_what_they_are() -> None:
    normalised = {t.name: t.normaliser for t in load_schema("incident").types if t.normaliser != "text"}
    assert normalised == {
        "Officer_BadgeNumber": "badge",
        "Officer_Name": "person",
        "Victim_Name": "person",
        "Victim_Age": "age",
        "Victim_Owner": "person",
        "Victim_Manager": "person",
        "Victim_CEO": "person",
        "Victim_Email": "email",
        "Crime_Time": "time",
        "Crime_Date": "date",
        "Crime_Status": "status",
        "Witness_Name": "person",
        "Suspect_Name": "person",
        "Suspect_Age": "age",
        "Shots_Fired": "integer",
    }


def test_a_schema_of_one_s_own_is_read_with_its_defaults(tmp_path: Path) -> None:
    path = tmp_path / "traffic.toml"
    path.write_text(
        TRAFFIC + '[[type]]\nname = "Fault"\nquestion = "who is at fault"\nkind = "choice"\n'
        'choices = ["Driver", "Other"]\nmultiple = false\nnormalise = "status"\n',
        "utf-8",
    )
    assert load_schema(str(path)) == EntitySchema(
        "traffic",
        (
            EntityType("Driver_Name", "Driver_Name", "span", (), True, "text"),
            EntityType("Speed", "Speed", "integer", (), True, "text"),
            EntityType("Fault", "who is at fault", "choice", ("Driver", "Other"), False, "status"),
        ),
    )
    assert load_schema(str(path)).by_name["Speed"].kind == "integer"


def test_all_mistakes_are_told_at_once() -> None:
    text = """
nam = "x"
[[type]]
name = "1st"
kinds = "span"
[[type]]
name = "Fine"
[[type]]
name = "Fault"
kind = "pick"
normalise = "names"
multiple = "yes"
[[type]]
kind = "choice"
choices = ["Adult", "Adult"]
[[type]]
name = "FINE"
"""
    assert problems(text) == [
        "unknown key 'nam'; a schema has name, extends and type",
        "name must be a word of letters, digits and underscores, got None",
        "type 1st: unknown key 'kinds'; known are name, question, description, kind, choices, multiple, normalise",
        "type 1st: name must be letters, digits and underscores and begin with a letter, got '1st'",
        "type Fault: kind must be one of span, integer, choice, got 'pick'",
        "type Fault: multiple must be true or false, got 'yes'",
        "type Fault: normalise must be one of text, person, age, date, time, badge, email, status, integer, "
        "got 'names'",
        "type 4: name must be letters, digits and underscores and begin with a letter, got None",
        "type 4: kind choice needs at least two different choices",
        "more than one type has the column name fine",
    ]


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("name = 5", "name must be letters, digits and underscores and begin with a letter, got 5"),
        ('name = "Größe"', "name must be letters, digits and underscores and begin with a letter, got 'Größe'"),
        ('name = "A b"', "name must be letters, digits and underscores and begin with a letter, got 'A b'"),
        ('name = "A\\n"', "name must be letters, digits and underscores and begin with a letter, got 'A\\n'"),
        ('name = "A"\nquestion = " "', "question must be words, got ' '"),
        ('name = "A"\nquestion = 3', "question must be words, got 3"),
        ('name = "A"\nkind = ["span"]', "kind must be one of span, integer, choice, got ['span']"),
        ('name = "A"\nkind = "choice"', "kind choice needs at least two different choices"),
        ('name = "A"\nkind = "choice"\nchoices = ["B"]', "kind choice needs at least two different choices"),
        ('name = "A"\nkind = "choice"\nchoices = "BC"', "choices must be a list of words, got 'BC'"),
        ('name = "A"\nkind = "choice"\nchoices = ["B", " "]', "choices must be a list of words, got ['B', ' ']"),
        ('name = "A"\nkind = "choice"\nchoices = ["B", 2]', "choices must be a list of words, got ['B', 2]"),
        ('name = "A"\nchoices = ["B", "C"]', "choices belong to kind choice, not to kind span"),
        ('name = "A"\nkind = "integer"\nchoices = ["1", "2"]', "choices belong to kind choice, not to kind integer"),
        ('name = "A"\nmultiple = 1', "multiple must be true or false, got 1"),
        (
            'name = "A"\nnormalise = "Person"',
            "normalise must be one of text, person, age, date, time, badge, email, status, integer, got 'Person'",
        ),
    ],
)
def test_each_mistake_of_a_type_has_its_reason(table: str, reason: str) -> None:
    assert type_problems(table) == [reason]


@pytest.mark.parametrize("rest", ["", "type = []", 'type = "Location"', "type = [1]", '[type]\nname = "Location"'])
def test_a_schema_without_types_is_refused(rest: str) -> None:
    assert problems(f'name = "x"\n{rest}') == ["it needs at least one [[type]] table"]


@pytest.mark.parametrize("name", ["7", '"two words"', '""', '["x"]'])
def test_a_schema_s_own_name_must_be_a_word(name: str) -> None:
    [problem] = problems(f'name = {name}\n[[type]]\nname = "A"')
    assert problem.startswith("name must be a word of letters, digits and underscores, got ")


def test_what_is_no_toml_is_refused_with_its_place() -> None:
    assert problems("name = traffic") == ["it is not TOML: Invalid value (at line 1, column 8)"]


def test_a_missing_file_is_refused_with_the_built_in_names(tmp_path: Path) -> None:
    missing = str(tmp_path / "no.toml")
    with pytest.raises(SchemaInvalid) as caught:
        load_schema(missing)
    assert caught.value.args == (missing, ["there is no such file, and the built-in schemas are crime, incident"])


def test_a_file_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('name = "é"'.encode("latin-1"))
    with pytest.raises(SchemaInvalid) as caught:
        load_schema(str(path))
    assert caught.value.args[1] == [
        "it cannot be read as UTF-8 text: 'utf-8' codec can't decode byte 0xe9 in position 8: invalid continuation byte"
    ]


def write_schema(path: Path, types: str, *, extends: str) -> str:
    tables = "".join(f'[[type]]\nname = "{name}"\n' for name in types.split())
    path.write_text(f'name = "{path.stem}"\nextends = "{extends}"\n{tables}', "utf-8")
    return str(path)


def test_a_schema_may_extend_a_built_in_one_or_another_file(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    write_schema(tmp_path / "mine.toml", "Driver Injury", extends="incident")
    further = write_schema(tmp_path / "inner" / "more.toml", "Road", extends="../mine.toml")
    found = load_schema(further)
    assert found.name == "more"
    assert [entity_type.name for entity_type in found.types] == [*INCIDENT, "Driver", "Injury", "Road"]
    assert found.types[: len(INCIDENT)] == load_schema("incident").types


def test_a_schema_from_text_extends_what_it_is_given() -> None:
    asked = []

    def load(name: str) -> EntitySchema:
        asked.append(name)
        return parse_schema(TRAFFIC, source=name)

    found = parse_schema('name = "x"\nextends = "roads"\n[[type]]\nname = "Road"', source="x", load=load)
    assert [entity_type.name for entity_type in found.types] == ["Driver_Name", "Speed", "Road"]
    assert asked == ["roads"]


@pytest.mark.parametrize(
    ("extends", "problem"),
    [
        ("one.toml", "extends one.toml: that leads back to the same file"),
        ("./inner/../one.toml", "extends ./inner/../one.toml: that leads back to the same file"),
        ("two.toml", "extends two.toml: extends one.toml: that leads back to the same file"),
        ("none.toml", "extends none.toml: there is no such file, and the built-in schemas are crime, incident"),
        ("inner", "extends inner: there is no such file, and the built-in schemas are crime, incident"),
        ("broken.toml", "extends broken.toml: it needs at least one [[type]] table"),
        (" ", "extends must be crime, incident or the path of a schema file, got ' '"),
        ("crime", "type LOCATION: the schema that it extends has the column name location"),
    ],
)
def test_a_schema_that_cannot_be_extended_is_told(tmp_path: Path, extends: str, problem: str) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "broken.toml").write_text('name = "broken"\n', "utf-8")
    write_schema(tmp_path / "two.toml", "Road", extends="one.toml")
    one = write_schema(tmp_path / "one.toml", "LOCATION", extends=extends)
    with pytest.raises(SchemaInvalid) as caught:
        load_schema(one)
    assert caught.value.args == (one, [problem])


def test_the_mistakes_of_both_schemas_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "first.toml").write_text('name = "1"\nkind = "x"\n[[type]]\nname = "A"\nmultiple = 1\n', "utf-8")
    second = write_schema(tmp_path / "second.toml", "Road Road 1st", extends="first.toml")
    with pytest.raises(SchemaInvalid) as caught:
        load_schema(second)
    assert caught.value.args == (
        second,
        [
            "extends first.toml: unknown key 'kind'; a schema has name, extends and type",
            "extends first.toml: name must be a word of letters, digits and underscores, got '1'",
            "extends first.toml: type A: multiple must be true or false, got 1",
            "type 1st: name must be letters, digits and underscores and begin with a letter, got '1st'",
            "more than one type has the column name road",
        ],
    )
