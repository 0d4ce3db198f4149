"""Normalising: what each kind of value becomes, and which values share a row."""

import random
import time as clock
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time

import pytest

from crimeetl.etl.documents import content_id
from crimeetl.etl.normalise import NormalisedRows, normalise
from crimeetl.etl.normalise.moments import with_year
from crimeetl.etl.normalise.values import NORMALISE, normalise_value
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import load_schema
from crimeetl.model.schema.types import NORMALISERS
from crimeetl.model.sentinels import is_sentinel

DATES = [
    ("September 30, 2025", "2025-09-30"),
    ("Sept. 30, 2025", "2025-09-30"),
    ("SEP 30 2025", "2025-09-30"),
    ("September 30,2025", "2025-09-30"),
    ("Tuesday, September 30th, 2025", "2025-09-30"),
    ("on or about September 30, 2025", "2025-09-30"),
    ("30 September 2025", "2025-09-30"),
    ("the 30th of September, 2025", "2025-09-30"),
    ("30SEP25", "2025-09-30"),
    ("30-Sep-2025", "2025-09-30"),
    ("2025-09-30", "2025-09-30"),
    ("2025/9/30", "2025-09-30"),
    ("20250930", "2025-09-30"),
    ("09/30/2025", "2025-09-30"),
    ("9-30-25", "2025-09-30"),
    ("03/04/2025", "2025-03-04"),
    ("25/12/2025", "2025-12-25"),
    ("25.12.2025", "2025-12-25"),
    ("03.04.2025", None),
    ("04.04.2025", "2025-04-04"),
    ("12/31/49", "2049-12-31"),
    ("12/31/50", "1950-12-31"),
    ("February 29, 2024", "2024-02-29"),
    ("February 29, 2025", None),
    ("13/13/2025", None),
    ("00/10/2025", None),
    ("March 4, 0099", None),
    ("March 4", None),
    ("March 4-6, 2025", None),
    ("last Friday", None),
    ("2025", None),
    ("03/04/2025 at 2315 hours", "2025-03-04"),
    ("September 30, 2025, at approximately 2:30 p.m.", "2025-09-30"),
    ("2025-09-30T14:30:05", "2025-09-30"),
    ("14:30 on September 30, 2025", "2025-09-30"),
    ("September 30, 2025 at the bar", None),
]
TIMES = [
    ("14:30", "14:30"),
    ("14:30:59", "14:30"),
    ("1430", "14:30"),
    ("0019", "00:19"),
    ("at 2315 hours", "23:15"),
    ("2315 hrs", "23:15"),
    ("2315hrs.", "23:15"),
    ("9:45 hours", "09:45"),
    ("2:30 PM", "14:30"),
    ("2:30 p.m.", "14:30"),
    ("2:30p.m", "14:30"),
    ("8.30pm", "20:30"),
    ("2 am", "02:00"),
    ("12 a.m.", "00:00"),
    ("12:05 PM", "12:05"),
    ("14:30 PM", "14:30"),
    ("14:30 AM", None),
    ("7:20 p.m. EST", "19:20"),
    ("2:30 in the afternoon", "14:30"),
    ("10 in the morning", "10:00"),
    ("noon", "12:00"),
    ("12 noon", "12:00"),
    ("Midnight", "00:00"),
    ("2400 hours", "00:00"),
    ("approximately 14:00", "14:00"),
    ("at about 9 p.m.", "21:00"),
    ("~ 14:00", "14:00"),
    ("September 30, 2025 at 14:00", "14:00"),
    ("02:30", "02:30"),
    ("2:30", None),
    ("2", None),
    ("25:00", None),
    ("14:61", None),
    ("0 pm", None),
    ("between 2 and 3 p.m.", None),
    ("14:00-15:00", None),
    ("14:00Z", None),
    ("just after midnight", None),
    ("evening", None),
]
AGES = [
    ("34", "34"),
    ("34-year-old", "34"),
    ("34‐year‐old", "34"),
    ("a 34-year-old man", "34"),
    ("34 years old", "34"),
    ("34 yrs. old", "34"),
    ("34 y/o", "34"),
    ("34yo", "34"),
    ("34 YOA", "34"),
    ("Age: 34", "34"),
    ("aged 34", "34"),
    ("40-year", "40"),
    ("thirty-four years old", "34"),
    ("Nineteen", "19"),
    ("one hundred and two", "102"),
    ("18 months old", "1"),
    ("six-month-old", "0"),
    ("3 weeks", "0"),
    ("0", "0"),
    ("120", "120"),
    ("121", None),
    ("mid-30s", None),
    ("20-25", None),
    ("approximately 30", None),
    ("infant", None),
    ("thirty-ten", None),
]
BADGES = [
    ("4521", "4521"),
    ("#4521", "4521"),
    ("Badge 4521", "4521"),
    ("Badge #0042", "0042"),
    ("Badge No. 0042", "0042"),
    ("badge number: 7", "7"),
    ("(ID# 123)", "123"),
    ("b-4521", "B-4521"),
    ("No.12", "12"),
    ("4521 4522", None),
    ("Smith", None),
    ("#", None),
]
EMAILS = [
    ("John.Doe@Example.COM", "john.doe@example.com"),
    ("<a@b.co>", "a@b.co"),
    ("mailto:x+y@mail.example.org", "x+y@mail.example.org"),
    ("a@b.com.", "a@b.com"),
    ("a@b", None),
    ("a..b@c.com", None),
    ("a b@c.com", None),
    ("a@-b.com", None),
]
STATUSES = [
    ("Under Investigation", "under_investigation"),
    ("Open - Under Investigation", "under_investigation"),
    ("investigation is ongoing.", "under_investigation"),
    ("Open", "open"),
    ("ACTIVE", "open"),
    ("Closed", "closed"),
    ("Case closed", "closed"),
    ("Cleared by Arrest", "cleared_by_arrest"),
    ("Closed/Arrest", "cleared_by_arrest"),
    ("Cleared - Exceptionally", "cleared_exceptionally"),
    ("Exceptionally cleared", "cleared_exceptionally"),
    ("Inactive", "suspended"),
    ("Unfounded", "unfounded"),
    ("Referred to the District Attorney", "referred"),
    ("not open", None),
    ("the officer went home", None),
]
PEOPLE = [
    ("Officer John Smith", "John Smith"),
    ("  John \n Smith ", "John Smith"),
    ("SMITH, JOHN A.", "John A. Smith"),
    ("Smith, John, Jr.", "John Smith Jr."),
    ("Smith Jr., John", "John Smith Jr."),
    ("John Smith, Jr.", "John Smith Jr."),
    ("JOHN SMITH III", "John Smith III"),
    ("DE LA CRUZ, JUAN", "Juan De La Cruz"),
    ("MCDONALD, RONALD", "Ronald McDonald"),
    ("O'BRIEN, MARY-ANN", "Mary-Ann O'Brien"),
    ("ÉMILE ZOLA", "Émile Zola"),
    ("SARAH'S BOOKS", "Sarah's Books"),
    ("john smith", "John Smith"),
    ("Det. Sgt. A. Jones #4521", "A. Jones"),
    ("Officer John Smith, Badge #4521", "John Smith"),
    ("Officer Smith (Badge No. 0012)", "Smith"),
    ("Officer Smith 4521", "Smith"),
    ("John Smith, 34", "John Smith"),
    ("Sarah Thompson, Owner", "Sarah Thompson"),
    ("Sarah Thompson (Manager)", "Sarah Thompson"),
    ("Owner: Sarah Thompson", "Sarah Thompson"),
    ("Mr. Robert Paul", "Robert Paul"),
    ("Rivertown Electronics", "Rivertown Electronics"),
    ("Acme, Inc.", "Acme, Inc."),
    ("Studio 54", "Studio 54"),
    ('William "Billy" Mitchell II', 'William "Billy" Mitchell II'),
    ("Maria (Mary) Lopez", "Maria (Mary) Lopez"),
    ("Officer", None),
    ("an unidentified man", None),
    ("Officers Smith and Jones", None),
    ("4521", None),
]
INTEGERS = [
    ("6", "6"),
    ("six", "6"),
    ("two shots", "2"),
    ("30 rounds", "30"),
    ("twice", "2"),
    ("shot twice", "2"),
    ("three times", "3"),
    ("a gunshot", "1"),
    ("1,200", "1200"),
    ("one hundred and five", "105"),
    ("several", None),
    ("five to 10", None),
    ("two dozen", None),
    ("-5", None),
    ("at least six", None),
    ("2.5", None),
]
TEXTS = [("  a\t b\n", "a b"), ("Theft", "Theft"), ("🔫", "🔫")]
TABLE = [
    (normaliser, value, expected)
    for normaliser, pairs in {
        "date": DATES,
        "time": TIMES,
        "age": AGES,
        "badge": BADGES,
        "email": EMAILS,
        "status": STATUSES,
        "person": PEOPLE,
        "integer": INTEGERS,
        "text": TEXTS,
    }.items()
    for value, expected in pairs
]


@pytest.mark.parametrize(("normaliser", "value", "expected"), TABLE)
def test_a_value_is_normalised_or_left_without_a_reading(normaliser: str, value: str, expected: str | None) -> None:
    assert normalise_value(value, normaliser) == expected


def test_every_normaliser_of_a_schema_is_known() -> None:
    assert tuple(NORMALISE) == NORMALISERS


@pytest.mark.parametrize(
    "value",
    [
        "N/A",
        "n/a.",
        "Not provided",
        "NOT PROVIDED.",
        "None identified",
        "Unknown",
        "none",
        "Not applicable",
        "--",
        "",
        "?",
    ],
)
@pytest.mark.parametrize("normaliser", NORMALISERS)
def test_a_value_that_says_nothing_is_stated_normalises_to_nothing(normaliser: str, value: str) -> None:
    assert is_sentinel(value)
    assert normalise_value(value, normaliser) is None


@pytest.mark.parametrize(
    "value", ["Unknown male in a red cap", "None Street", "Noneya", "No weapon but a knife", "Nadia", "0", "🔫", "$"]
)
def test_a_value_that_only_contains_such_a_word_is_stated(value: str) -> None:
    assert not is_sentinel(value)


def test_no_value_makes_a_normaliser_raise_or_stall() -> None:
    dice = random.Random(7)
    pieces = [
        *"0123456789/-.:,#()@ '\n\t\x00aAzZpm",
        *("٣", "²", "Ⅷ", "½", "İ", "ß", "\ud800", "\u202e", "👮🏽‍♀️", "東京", "e\u0301", "\ufeff"),
        *("september", "30", "2025", "99", "hours", "p.m.", "at", "noon", "year", "old", "badge", "thirty", "hundred"),
        *("smith", "JOHN", "jr", "and", "officer", "a@b.co", "shots", "under investigation", "cleared"),
    ]
    values = ["".join(dice.choices(pieces, k=dice.randint(0, 40))) for _ in range(3000)]
    values += ["a" * 100_000, "1" * 100_000, " " * 100_000, "a-" * 59, "no" * 60, "#" * 120, "1 " * 60, ", a" * 40]
    started = clock.monotonic()
    for value in values:
        for normaliser in NORMALISERS:
            normalised = normalise_value(value, normaliser)
            assert normalised is None or normalised
            assert normalised is None or normaliser == "text" or len(normalised) <= len(value) + 20
    assert clock.monotonic() - started < 30


INCIDENT = load_schema("incident")


def rows_of(values: Mapping[str, Sequence[str]]) -> NormalisedRows:
    answers = [
        Answer(name, tuple(Mention(value, 0, len(value), None) for value in several), 0.5, False)
        for name, several in values.items()
    ]
    return normalise(Extraction(tuple(answers), 1, 1, 1), "x", INCIDENT)


def test_ages_belong_to_victims_by_order_when_there_are_as_many() -> None:
    people = rows_of({"Victim_Name": ["Ann Lee", "Bob Ray"], "Victim_Age": ["34", "5 years old"]}).people
    assert [(p.role, p.ordinal, p.name, p.age) for p in people] == [
        ("victim", 0, "Ann Lee", 34),
        ("victim", 1, "Bob Ray", 5),
    ]
    assert people[1].mention_id == content_id("x", "Victim_Name", "1")
    assert people[1].other_mention_ids == (content_id("x", "Victim_Age", "1"),)


def test_ages_are_null_when_their_number_is_not_that_of_the_names() -> None:
    people = rows_of(
        {"Victim_Name": ["Ann Lee", "Bob Ray"], "Victim_Age": ["34"], "Victim_Race": ["white", "Asian"]}
    ).people
    assert [(p.name, p.age, p.race) for p in people] == [("Ann Lee", None, "white"), ("Bob Ray", None, "Asian")]


def test_a_place_that_states_nothing_still_counts_when_values_are_paired() -> None:
    people = rows_of({"Victim_Name": ["Ann Lee", "Bob Ray"], "Victim_Age": ["Not provided", "34"]}).people
    assert [(p.name, p.age) for p in people] == [("Ann Lee", None), ("Bob Ray", 34)]


def test_people_without_a_name_are_rows_of_their_own() -> None:
    people = rows_of({"Victim_Name": ["N/A"], "Victim_Age": ["19", "20"], "Victim_Race": ["white"]}).people
    assert [(p.name, p.normalised_name, p.age, p.race) for p in people] == [
        (None, None, 19, None),
        (None, None, 20, None),
    ]
    assert people[0].mention_id == content_id("x", "Victim_Age", "0")


def test_every_role_has_its_people() -> None:
    people = rows_of(
        {
            "Victim_Owner": ["Ann Lee"],
            "Victim_Manager": ["Bob Ray"],
            "Victim_CEO": ["N/A"],
            "Witness_Name": ["None identified"],
            "Suspect_Name": ["SLY, SAM"],
            "Suspect_Age": ["41"],
            "Suspect_Race": ["white"],
        }
    ).people
    assert [(p.role, p.normalised_name, p.age, p.race) for p in people] == [
        ("owner", "Ann Lee", None, None),
        ("manager", "Bob Ray", None, None),
        ("suspect", "Sam Sly", 41, "white"),
    ]


def test_officers_are_paired_with_badges_when_there_are_as_many() -> None:
    officers = rows_of({"Officer_BadgeNumber": ["Badge #07", "#8"], "Officer_Name": ["Sgt. Lee", "Ray"]}).officers
    assert [(o.ordinal, o.name, o.normalised_name, o.badge_number) for o in officers] == [
        (0, "Sgt. Lee", "Lee", "07"),
        (1, "Ray", "Ray", "8"),
    ]


def test_officers_and_badges_stay_apart_when_their_numbers_differ() -> None:
    officers = rows_of({"Officer_BadgeNumber": ["07"], "Officer_Name": ["Sgt. Lee", "Ray"]}).officers
    assert [(o.ordinal, o.normalised_name, o.badge_number) for o in officers] == [
        (0, "Lee", None),
        (1, "Ray", None),
        (2, None, "07"),
    ]
    assert len({o.officer_id for o in officers}) == 3


def test_what_a_report_says_once_holds_for_all_its_offenses() -> None:
    offenses = rows_of(
        {
            "Crime_Time": ["2315 hours"],
            "Crime_Type": ["Theft", "Simple  ASSAULT"],
            "Crime_Summary": ["A fight."],
            "Crime_Date": ["03/04/2025", "March 4, 2025"],
            "Crime_Status": ["Under Investigation"],
            "Case_Number": ["22-1", "22-2", "22-3"],
            "Shots_Fired": ["two", "five"],
            "Time_Of_Day": ["night"],
        }
    ).offenses
    assert [(o.ordinal, o.type, o.normalised_type, o.shots_fired) for o in offenses] == [
        (0, "Theft", "theft", 2),
        (1, "Simple  ASSAULT", "simple assault", 5),
    ]
    for offense in offenses:
        assert (offense.occurred_on, offense.occurred_at) == (date(2025, 3, 4), time(23, 15))
        assert (offense.status, offense.status_text) == ("under_investigation", "Under Investigation")
        assert (offense.summary, offense.time_of_day, offense.case_number) == ("A fight.", "night", None)


def test_a_report_without_a_type_of_crime_has_one_offense() -> None:
    offenses = rows_of(
        {"Crime_Type": ["Unknown"], "Crime_Date": ["May 1, 2020"], "Crime_Status": ["gone fishing"]}
    ).offenses
    assert [(o.type, o.occurred_on, o.status, o.status_text) for o in offenses] == [
        (None, date(2020, 5, 1), None, "gone fishing")
    ]


def test_two_dates_for_one_offense_leave_it_without_a_date() -> None:
    offenses = rows_of({"Crime_Type": ["Theft"], "Crime_Date": ["May 1, 2020", "May 2, 2020"]}).offenses
    assert [(o.type, o.occurred_on) for o in offenses] == [("Theft", None)]


def test_one_city_holds_for_all_locations() -> None:
    both = rows_of({"Location": ["9 Oak St", "N/A", "1 Elm St"], "City": ["Reno"]}).locations
    assert [(p.address, p.city) for p in both] == [("9 Oak St", "Reno"), ("1 Elm St", "Reno")]
    assert [(p.address, p.city) for p in rows_of({"City": ["Reno", "Elko"]}).locations] == [
        (None, "Reno"),
        (None, "Elko"),
    ]


def test_things_are_described_as_written_and_sentinels_are_no_things() -> None:
    descriptions = rows_of({"Evidence_Type": ["a  knife", "None", "CCTV"], "Weapon_Type": ["knife"]}).descriptions
    assert {table: [row.description for row in rows] for table, rows in descriptions.items()} == {
        "evidence": ["a  knife", "CCTV"],
        "weapon": ["knife"],
    }


def test_a_report_that_states_nothing_makes_no_rows() -> None:
    found = rows_of({"Victim_Name": ["N/A"], "Location": ["Not provided"], "Crime_Type": []})
    assert replace(found, mentions=()) == rows_of({})
    assert [(mention.value, mention.normalised, mention.is_stated) for mention in found.mentions] == [
        ("N/A", None, False),
        ("Not provided", None, False),
    ]


@pytest.mark.parametrize(
    ("value", "dated"),
    [
        ("01/15", "01/15/2024"),
        ("01/15 0930", "01/15/2024 0930"),
        ("Jan 15, 9:30 AM", "Jan 15 2024, 9:30 AM"),
        ("Mon. 15 Jan", "Mon. 15 Jan 2024"),
        ("01/15 - 01/17", "01/15/2024 - 01/17/2024"),
        ("01/15/2023", "01/15/2023"),
        ("Jan 15 2023", "Jan 15 2023"),
        ("01/15/23", "01/15/23"),
        ("9:30 AM", "9:30 AM"),
    ],
)
def test_a_date_without_a_year_takes_the_one_that_the_title_states(value: str, dated: str) -> None:
    assert with_year(value, 2024) == dated
    assert with_year(value, None) == value
