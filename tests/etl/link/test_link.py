"""Linking: who is one within a report and across reports, who is not, and that the entities stay as they are."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from stored import store_answers

from crimeetl import sql
from crimeetl.etl.cli import cli
from crimeetl.etl.errors import DatabaseUnusable
from crimeetl.etl.link import link
from crimeetl.etl.link.clusters import Clusters, Link, gather
from crimeetl.etl.link.entities import usual_spellings
from crimeetl.etl.link.names import Name, folded, names_exclude, person_name, race_code
from crimeetl.etl.link.people import name_shares
from crimeetl.etl.normalise.names import name_parts, parse_person
from crimeetl.model.schema import load_schema

INCIDENT = load_schema("incident")
LEAST_WEIGHT = 3.17  # log2 of 0.9 to 0.1
Values = Mapping[str, Sequence[str]]
Store = Callable[..., None]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "crime.duckdb"


@pytest.fixture
def store(database: Path) -> Store:
    """Stores reports, each given as its values; the text is these one after another, or what "text" says."""

    def stored(*reports: Mapping[str, Sequence[str] | str], first: int = 1) -> None:
        found: dict[tuple[str, str], Values] = {}
        for number, report in enumerate(reports, start=first):
            values = {name: [given] if isinstance(given, str) else given for name, given in report.items()}
            [text] = values.pop("text", ["; ".join(value for column in values.values() for value in column)])
            found[f"/r/{number}.txt", text] = values
        store_answers(database, INCIDENT, found)

    return stored


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with sql.connect_read_only(database) as con:
        return sql.fetch(con, query)


def groups(database: Path, kind: str, column: str = "name") -> list[tuple[str, ...]]:
    """What is one: the spellings of each entity, by path."""
    query = (
        f"select list({column} order by path, ordinal) from v_{kind} "
        f"group by resolved_{kind}_id order by min(path), min(ordinal)"
    )
    return [tuple(spellings) for (spellings,) in rows(database, query)]


def links(database: Path) -> list[tuple[object, ...]]:
    return rows(database, "select kind, reason, count(*) from entity_link group by all order by all")


def assert_sound(database: Path) -> None:
    with sql.connect_read_only(database) as con:
        assert {name: frame.rows() for name, frame in sql.run_checks(con).items() if frame.height} == {}


def test_one_person_in_two_parts_of_a_report_is_one_by_rule(database: Path, store: Store) -> None:
    store({"Victim_Name": ["Mr. Smith", "Ann Lee"], "Victim_Owner": "John A. Smith", "Witness_Name": "SMITH, JOHN"})
    link(database, threshold=0.9)
    assert rows(database, "select role, name, resolved_name, report_count from v_person order by role, ordinal") == [
        ("owner", "John A. Smith", "John A. Smith", 1),
        ("victim", "Mr. Smith", "John A. Smith", 1),
        ("victim", "Ann Lee", "Ann Lee", 1),
        ("witness", "SMITH, JOHN", "John A. Smith", 1),
    ]
    assert rows(database, "select count(distinct resolved_person_id) from v_person") == [(2,)]
    assert rows(database, "select reason, match_weight from entity_link") == [("same report", None)] * 2
    assert_sound(database)


@pytest.mark.parametrize(
    "report",
    [
        {"Victim_Name": ["Mr. Smith"], "Witness_Name": ["John Smith", "Mary Smith"]},  # could be either
        {"Victim_Name": ["John Smith"], "Victim_Age": ["61"], "Suspect_Name": ["John Smith"], "Suspect_Age": ["34"]},
        {"Victim_Name": ["Mary Smith"], "Suspect_Name": ["Mr. Smith"]},  # a surname alone, on the other side
        {"Victim_Name": ["John A. Smith"], "Witness_Name": ["John B. Smith"]},
        {"Victim_Name": ["John Smith Jr."], "Witness_Name": ["John Smith Sr."]},
        {"Victim_Age": ["34", "35"]},  # nobody is named
    ],
)
def test_people_of_one_report_who_may_be_two_stay_apart(database: Path, store: Store, report: Values) -> None:
    store(report)
    link(database, threshold=0.9)
    [(people, resolved)] = rows(database, "select count(*), count(distinct resolved_person_id) from v_person")
    assert people == resolved > 1
    assert links(database) == []


def test_one_person_written_five_ways_in_five_reports_is_one(database: Path, store: Store) -> None:
    spellings = ["Robert Allen Hargrove", "HARGROVE, ROBERT A.", "Bob Hargrove", "R. Hargrove", "Robert Hargrave"]
    ages = [
        ("34", "01/05/2020"),
        ("35", "06/05/2021"),
        ("39", "01/07/2025"),
        ("36", "09/09/2022"),
        ("37", "12/02/2023"),
    ]
    store(
        *(
            {"Victim_Name": name, "Victim_Age": age, "Crime_Date": day, "City": "Reno", "Crime_Summary": f"{number}."}
            for number, (name, (age, day)) in enumerate(zip(spellings, ages, strict=True))
        )
    )
    link(database, threshold=0.9)
    assert groups(database, "person") == [tuple(spellings)]
    assert rows(database, "select distinct resolved_name, report_count from v_person") == [("Robert Allen Hargrove", 5)]
    reasons = rows(database, "select reason, min(match_weight) from entity_link where kind = 'person' group by all")
    assert [(reason, weight >= LEAST_WEIGHT) for reason, weight in reasons] == [("model", True)]  # type: ignore[operator]
    assert_sound(database)


def test_two_people_of_one_name_stay_apart_and_a_mention_that_fits_both_stays_alone(
    database: Path, store: Store
) -> None:
    store(
        {"Victim_Name": "Tom Hargrove", "Victim_Age": "61", "City": "Reno", "Crime_Date": "01/05/2020"},
        {"Victim_Name": "Thomas Hargrove", "Victim_Age": "63", "City": "Reno", "Crime_Date": "01/05/2022"},
        {"Victim_Name": "Thomas Hargrove", "Victim_Age": "30", "City": "Reno", "Crime_Date": "01/05/2022"},
        {"Victim_Name": "Hargrove, Thomas", "Victim_Age": "31", "City": "Reno", "Crime_Date": "01/05/2023"},
        {"Witness_Name": "Thomas Hargrove", "City": "Reno"},
    )
    link(database, threshold=0.9)
    assert groups(database, "person") == [
        ("Tom Hargrove", "Thomas Hargrove"),
        ("Thomas Hargrove", "Hargrove, Thomas"),
        ("Thomas Hargrove",),
    ]


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ({"Victim_Name": "John Smith"}, {"Victim_Name": "John Smith"}, False),  # a common name alone
        ({"Victim_Name": "John Smith", "City": "Reno"}, {"Victim_Name": "SMITH, JOHN", "City": "Reno"}, False),
        (
            {"Victim_Name": "John Smith", "Victim_Email": "js@x.org"},
            {"Victim_Name": "SMITH, JOHN", "Victim_Email": "JS@x.org"},
            True,
        ),
        ({"Victim_Name": "John Smith", "Case_Number": "24-017"}, {"Victim_Name": "SMITH, JOHN"}, False),
        (
            {"Victim_Name": "John Smith", "Case_Number": "24-017", "City": "Reno"},
            {"Victim_Name": "SMITH, JOHN", "Case_Number": "24-017", "City": "Reno"},
            True,
        ),
        ({"Victim_Name": "Ilja Quistgaard"}, {"Witness_Name": "Quistgaard, Ilja"}, True),  # a rare one
        ({"Victim_Name": "Mr. Quistgaard", "City": "Reno"}, {"Victim_Name": "Mr. Quistgaard", "City": "Reno"}, False),
        ({"Victim_Name": "Ilja Quistgaard"}, {"Victim_Name": "Ilja Quistgaard Jr."}, False),  # father and son
        ({"Victim_Name": "Ilja Quistgaard", "City": "Reno"}, {"Victim_Name": "Ina Quistgaard", "City": "Reno"}, False),
        ({"Victim_Name": "the clerk", "City": "Reno"}, {"Victim_Name": "the clerk", "City": "Reno"}, False),
        ({"Victim_Name": "Acme Tool Co.", "City": "Reno"}, {"Victim_Name": "ACME TOOL CO", "City": "Reno"}, True),
        ({"Victim_Name": "Acme Tool Co.", "City": "Reno"}, {"Victim_Name": "Acme Tool Co.", "City": "Elko"}, False),
    ],
)
def test_a_name_links_two_reports_as_far_as_it_is_rare_or_more_speaks_for_it(
    database: Path, store: Store, one: Values, other: Values, is_one: bool
) -> None:
    store({**one, "Crime_Summary": "One."}, {**other, "Crime_Summary": "Another."})
    link(database, threshold=0.9)
    assert rows(database, "select count(distinct resolved_person_id) = 1 from v_person") == [(is_one,)]


def test_officers_are_one_by_agency_and_badge_with_their_names_spellings(database: Path, store: Store) -> None:
    store(
        {"Officer_Name": "Officer Ann Lee", "Officer_BadgeNumber": "42", "City": "Reno"},
        {"Officer_Name": "Sgt. A. Lee", "Officer_BadgeNumber": "#42", "City": "RENO"},
        {
            "Officer_Name": "LEE, ANN",
            "Officer_BadgeNumber": "Badge 42",
            "text": "Reno Police Department. LEE, ANN, Badge 42",
        },
        {"Officer_Name": "Officer Ann Lee", "Officer_BadgeNumber": "42", "City": "Elko"},  # another agency
        {"Officer_Name": "Officer Bo Ray", "Officer_BadgeNumber": "42", "City": "Reno"},  # another name
        {"Officer_BadgeNumber": "43", "City": "Reno"},
        {"Officer_Name": "Officer Cy Poe", "Officer_BadgeNumber": "43"},  # no agency: the only officer 43
    )
    link(database, threshold=0.9)
    assert groups(database, "officer") == [
        ("Officer Ann Lee", "Sgt. A. Lee", "LEE, ANN"),
        ("Officer Ann Lee",),
        ("Officer Bo Ray",),
        (None, "Officer Cy Poe"),
    ]
    assert rows(database, "select distinct resolved_name, report_count from v_officer where path < '/r/4'") == [
        ("Ann Lee", 3)
    ]
    assert links(database) == [("officer", "badge", 3)]
    assert_sound(database)


def test_an_officer_without_a_badge_joins_by_name_only_where_one_officer_fits(database: Path, store: Store) -> None:
    store(
        {"Officer_Name": "Officer Ann Lee", "Officer_BadgeNumber": "42", "City": "Reno"},
        {"Officer_Name": "Officer Lee", "City": "Reno", "Crime_Summary": "One."},
        {"Officer_Name": "Officer Ann Lee", "Crime_Summary": "Two."},  # no agency, but a whole name
        {"Officer_Name": "Officer Lee", "Crime_Summary": "Three."},  # no agency
        {"Officer_Name": "Officer Bo Ray", "Officer_BadgeNumber": "7", "City": "Reno"},
        {"Officer_Name": "Officer Cy Ray", "Officer_BadgeNumber": "8", "City": "Reno"},
        {"Officer_Name": "Officer Ray", "City": "Reno", "Crime_Summary": "Four."},  # could be either
    )
    link(database, threshold=0.9)
    assert groups(database, "officer") == [
        ("Officer Ann Lee", "Officer Lee", "Officer Ann Lee"),
        ("Officer Lee",),
        ("Officer Bo Ray",),
        ("Officer Cy Ray",),
        ("Officer Ray",),
    ]


def test_a_badge_is_that_of_the_name_right_before_it(database: Path, store: Store) -> None:
    store(
        {
            "text": "Reno: Officer Bo Ray met Officer Ann Lee (Badge 42).",
            "Officer_Name": ["Officer Bo Ray", "Officer Ann Lee"],
            "Officer_BadgeNumber": "42",
            "City": "Reno",
        },
        {"Officer_Name": "A. Lee", "Officer_BadgeNumber": "42", "City": "Reno"},
    )
    link(database, threshold=0.9)
    query = (
        "select coalesce(name, badge_number) as shown, dense_rank() over (order by resolved_officer_id) from v_officer"
    )
    resolved = dict(rows(database, query))  # type: ignore[arg-type]
    assert len({resolved[shown] for shown in ("Officer Ann Lee", "42", "A. Lee")}) == 1
    assert resolved["Officer Bo Ray"] != resolved["42"]


def test_places_are_one_by_their_parts_in_one_city(database: Path, store: Store) -> None:
    store(
        {"Location": "12 N Oak St", "City": "Reno"},
        {"Location": "12 North Oak Street, Apt 3, Reno, NV"},
        {"Location": "12 N. OAK ST.", "Crime_Summary": "No city: the only such place."},
        {"Location": "14 N Oak St", "City": "Reno"},
        {"Location": "12 South Oak Street", "City": "Reno"},
        {"Location": "5th Ave & Main St", "City": "Reno"},
        {"Location": "corner of Main Street and 5th Avenue", "City": "Reno"},
        {"Location": "100 block of Main St", "City": "Reno"},
        {"Location": "100 block of Main St", "City": "Elko"},
        {"Location": "100 block of Main St", "Crime_Summary": "No city: could be either."},
        {"Location": "Rite Aid", "City": "Reno"},
        {"Location": "RITE AID", "City": "Reno"},
        {"Location": "a parking lot", "City": "Reno", "Crime_Summary": "One."},
        {"Location": "a parking lot", "City": "Reno", "Crime_Summary": "Two."},
    )
    link(database, threshold=0.9)
    found = [group for group in groups(database, "location", "address") if len(group) > 1]
    assert sorted(found) == [
        ("12 N Oak St", "12 North Oak Street, Apt 3, Reno, NV", "12 N. OAK ST."),
        ("5th Ave & Main St", "corner of Main Street and 5th Avenue"),
        ("Rite Aid", "RITE AID"),
    ]
    assert rows(database, "select resolved_address, report_count from v_location where path = '/r/1.txt'") == [
        ("12 North Oak Street, Apt 3, Reno, NV", 3)
    ]
    assert_sound(database)


def test_a_report_without_a_city_is_from_where_its_officers_are(database: Path, store: Store) -> None:
    officer = {"Officer_Name": "Officer Ann Lee", "Officer_BadgeNumber": "0042"}
    store(
        {**officer, "City": "Reno", "Location": "100 block of Main St"},
        {"City": "Elko", "Location": "100 block of Main St"},
        {**officer, "Location": "the 100 block of Main Street"},
    )
    link(database, threshold=0.9)
    assert groups(database, "location", "address") == [
        ("100 block of Main St", "the 100 block of Main Street"),
        ("100 block of Main St",),
    ]


REPORTS: tuple[Values, ...] = (
    {"Victim_Name": ["Ilja Quistgaard"], "Officer_Name": ["Ann Lee"], "Location": ["12 Oak St"], "City": ["Reno"]},
    {"Suspect_Name": ["QUISTGAARD, ILJA"], "Officer_Name": ["A. Lee"], "Location": ["12 Oak Street"], "City": ["Reno"]},
)


def everything(database: Path) -> dict[str, list[tuple[object, ...]]]:
    with sql.connect_read_only(database) as con:
        tables = [name for (name,) in sql.fetch(con, "select table_name from duckdb_tables() order by all")]
        return {name: con.table(name).order("all").fetchall() for name in tables}


def test_a_second_run_adds_nothing_and_the_entities_stay_as_they_are(database: Path, store: Store) -> None:
    store(*REPORTS)
    before = everything(database)
    first = link(database, threshold=0.9)
    after = everything(database)
    assert first.kinds == {
        "person": {"entities": 2, "resolved": 1, "links": 1},
        "officer": {"entities": 2, "resolved": 1, "links": 1},
        "location": {"entities": 2, "resolved": 1, "links": 1},
    }
    assert first.is_new
    link_tables = {"link_run", "entity_link", "resolved_entity"}
    assert {name: after[name] for name in after.keys() - link_tables} == {
        name: before[name] for name in before.keys() - link_tables
    }
    assert [len(after[name]) for name in sorted(link_tables)] == [3, 1, 6]
    second = link(database, threshold=0.9)
    assert (second.kinds, second.is_new) == (first.kinds, False)
    assert everything(database) == after


def test_the_newest_link_run_counts_and_what_came_later_stands_for_itself(database: Path, store: Store) -> None:
    store(*REPORTS)
    link(database, threshold=0.9)
    store({"Victim_Name": "Ilja Quistgaard", "City": "Reno"}, first=3)
    assert groups(database, "person") == [("Ilja Quistgaard", "QUISTGAARD, ILJA"), ("Ilja Quistgaard",)]
    assert link(database, threshold=0.9).is_new
    assert groups(database, "person") == [("Ilja Quistgaard", "QUISTGAARD, ILJA", "Ilja Quistgaard")]
    assert link(database, threshold=0.999999).is_new
    assert groups(database, "person") == [("Ilja Quistgaard",), ("QUISTGAARD, ILJA",), ("Ilja Quistgaard",)]
    assert rows(database, "select link_run_id, threshold from link_run order by all") == [
        (1, 0.9),
        (2, 0.9),
        (3, 0.999999),
    ]
    assert_sound(database)


def test_before_any_link_run_everything_stands_for_itself(database: Path, store: Store) -> None:
    store(*REPORTS)
    for kind, label in (("person", "name"), ("officer", "name"), ("location", "address")):
        own = f"select count(*) from v_{kind} where resolved_{kind}_id = {kind}_id and report_count = 1"
        assert rows(database, own) == [(2,)]
        assert rows(database, f"select count(*) from v_{kind} where resolved_{label} is null") == [(0,)]


def test_a_name_that_cannot_be_normalised_is_resolved_as_written(database: Path, store: Store) -> None:
    store({"Victim_Name": "Quill & Sons", "City": "Reno"}, {"Victim_Name": "QUILL & SONS", "City": "Reno"})
    link(database, threshold=0.9)
    assert rows(database, "select distinct normalised_name, resolved_name from v_person") == [(None, "QUILL & SONS")]


def test_one_content_at_two_paths_is_one_report(database: Path, store: Store) -> None:
    store(REPORTS[0], REPORTS[0], REPORTS[1])
    link(database, threshold=0.9)
    assert rows(database, "select path, report_count from v_person order by path") == [
        ("/r/1.txt", 2),
        ("/r/2.txt", 2),
        ("/r/3.txt", 2),
    ]


def test_a_database_without_entities_links_nothing(database: Path, store: Store) -> None:
    store({"text": "Nothing happened."})
    none = {"entities": 0, "resolved": 0, "links": 0}
    assert link(database, threshold=0.9).kinds == {"person": none, "officer": none, "location": none}
    assert_sound(database)


def test_a_missing_database_is_refused_and_not_made(database: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="there is no such file"):
        link(database, threshold=0.9)
    assert not database.exists()


def test_pseudonymous_people_keep_who_is_one_and_name_nobody(database: Path, store: Store) -> None:
    store(*REPORTS)
    link(database, threshold=0.9)
    query = "select role, pseudonym, resolved_person_id from v_pseudonymous_person order by role"
    found = rows(database, query)
    assert [role for role, *_ in found] == ["officer", "officer", "suspect", "victim"]
    assert found[0][2] == found[1][2] != found[2][2] == found[3][2]
    assert not any(name in str(found).lower() for name in ("quistgaard", "ilja", "lee"))
    with sql.connect_read_only(database) as con:
        assert con.table("v_pseudonymous_person").columns == [
            *("document_id", "report_id", "run_id", "person_id", "role", "ordinal"),
            *("pseudonym", "age", "age_range", "race", "resolved_person_id"),
        ]


@pytest.mark.parametrize(
    "damage",
    [
        "update entity_link set right_id = left_id where kind = 'person'",
        "update entity_link set right_id = 'x' where kind = 'officer'",
        "update entity_link set match_weight = null where reason = 'model'",
        "update entity_link set match_weight = 9 where reason = 'place'",
        "update resolved_entity set resolved_id = entity_id",
        "update resolved_entity set resolved_id = 'z'",
        "insert into resolved_entity from resolved_entity",
        "delete from entity_link",
        "delete from link_run",
        "delete from person",
    ],
)
def test_the_check_catches_planted_damage(database: Path, store: Store, damage: str) -> None:
    store(*REPORTS)
    link(database, threshold=0.9)
    assert_sound(database)
    with sql.connect(database) as con:
        con.execute(damage)
        assert sql.run_checks(con)["links_are_sound"].height > 0


def test_the_command_says_what_it_found(database: Path, store: Store) -> None:
    store(*REPORTS)
    run = ["link", "--db", str(database)]
    first = CliRunner().invoke(cli, run)
    assert (first.exit_code, first.stdout, first.stderr) == (
        0,
        "person    2 mentions, 1 after linking, 1 links\n"
        "officer   2 mentions, 1 after linking, 1 links\n"
        "location  2 mentions, 1 after linking, 1 links\n",
        "",
    )
    second = CliRunner().invoke(cli, run)
    assert (second.stdout, second.stderr) == (first.stdout, "the same as the last time; nothing was added\n")
    figures = {"entities": 2, "resolved": 1, "links": 1}
    assert json.loads(CliRunner().invoke(cli, [*run, "--json"]).stdout) == {
        "person": figures,
        "officer": figures,
        "location": figures,
        "is_new": False,
    }
    assert CliRunner().invoke(cli, [*run, "--threshold", "1"]).exit_code == 2


def name_of(verbatim: str) -> Name:
    normalised = parse_person(verbatim)
    parts = name_parts(normalised, verbatim) if normalised else None
    columns = ("given_name", "middle_names", "family_name", "name_suffix")
    return person_name(verbatim, normalised, {column: getattr(parts, column, None) for column in columns})


@pytest.mark.parametrize(
    ("verbatim", "name"),
    [
        ("SMITH, JOHN A.", Name("john", "j", "a", "smith")),
        ("J. Smith Jr.", Name(None, "j", None, "smith", "Jr.")),
        ("J.R. Smith", Name(None, "j", None, "smith")),
        ('Zoë "Zed" O\'Brien-Núñez', Name("zoe", "z", None, "obrien nunez")),
        ("Juan De La Cruz", Name("juan", "j", None, "cruz")),
        ("Sgt. Van Dyke", Name(None, None, None, "dyke")),
        ("Mr. Smith", Name(None, None, None, "smith")),
        ("Acme Tool, Inc.", Name(whole="acme tool inc")),
        ("Smith & Sons", Name(whole="smith sons")),
        ("Walmart", Name(whole="walmart")),
        ("the homeowner", Name()),
        ("a convenience store", Name()),
        ("Unknown", Name()),
    ],
)
def test_a_name_is_compared_in_small_parts(verbatim: str, name: Name) -> None:
    assert name_of(verbatim) == name


@pytest.mark.parametrize(
    ("one", "other", "excludes"),
    [
        ("John Smith", "J. Smith", False),
        ("John Smith", "Johnny Smith", False),
        ("Bob Smith", "Rob Smith", False),
        ("B. Smith", "Bob Smith", False),
        ("R. Smith", "Bob Smith", False),
        ("K. Smith", "Bob Smith", True),
        ("John Smith", "Jon Smyth", False),
        ("John Smith", "Jane Smith", True),
        ("John A. Smith", "John Allen Smith", False),
        ("John A. Smith", "John B. Smith", True),
        ("Ann Lee-Ray", "Ann Ray", False),
        ("Ann Lee", "Ann Ray", True),
        ("John Smith Jr.", "John Smith", False),
        ("John Smith Jr.", "John Smith Sr.", True),
    ],
)
def test_names_exclude_each_other_only_where_both_state_a_part(one: str, other: str, excludes: bool) -> None:
    assert names_exclude(name_of(one), name_of(other)) is excludes
    assert names_exclude(name_of(other), name_of(one)) is excludes


def test_common_names_are_common_and_one_person_in_many_reports_makes_none_so() -> None:
    often = [name_of("Ilja Quistgaard")] * 50
    shares = name_shares([*often, name_of("John Smith")])
    assert shares["family"]["smith"] == pytest.approx((1 + 1000 * 0.00868) / 1002, rel=0.01)
    assert shares["family"]["quistgaard"] == pytest.approx((1 + 1000 * 0.0001) / 1002)
    assert shares["given"]["john"] == pytest.approx((1 + 1000 * 0.01434) / 1002, rel=0.01)
    family = [name_of(f"{given} Quistgaard") for given in ("Ada", "Ben", "Cy", "Dora")]
    assert name_shares(family)["family"]["quistgaard"] == pytest.approx((4 + 0.1) / 1004)


def test_slips_in_cities_become_the_usual_spelling_and_other_cities_stay() -> None:
    names = {"port maren": 40, "port marren": 1, "port mraen": 2, "port haven": 1, "maren": 1, "porte maren": 3}
    assert usual_spellings(names) == {
        "port maren": "port maren",
        "port marren": "port maren",
        "port mraen": "port maren",
        "port haven": "port haven",
        "maren": "maren",
        "porte maren": "porte maren",  # too often for a slip
    }


def test_races_are_compared_by_code() -> None:
    assert [race_code(race) for race in ("White", "W", "African American", "B", "Hispanic", "Maori", None)] == [
        *("W", "W", "B", "B", "H", "maori", None)
    ]
    assert folded("  Él-Niño'S ") == "el ninos"


def test_links_join_clusters_but_for_those_in_conflict() -> None:
    clusters = Clusters("abcd", lambda one, other: {one, other} == {"a", "d"})
    assert [clusters.join(Link(*pair, "model")) for pair in ("ba", "cd", "bc", "ab")] == [True, True, False, True]
    assert clusters.resolved() == {"a": "a", "b": "a", "c": "c", "d": "c"}


def test_what_fits_several_groups_goes_to_none_unless_one_outweighs_the_rest() -> None:
    def starts_alike(word: str, others: Sequence[str]) -> bool:
        return all(word[0] == other[0] or "*" in (word, other) for other in others)

    assert gather(["ab", "ac", "b", "*"], starts_alike) == ([["ab", "ac"], ["b"]], ["*"])
    weights = {"ab": 3, "ac": 4, "b": 2, "*": 1}
    assert gather(["ab", "ac", "b", "*"], starts_alike, weight=weights.__getitem__) == ([["ab", "ac", "*"], ["b"]], [])
