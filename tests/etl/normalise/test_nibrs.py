"""Crime types as NIBRS codes: what police and press write, the FBI's own names, silence where words are not certain."""

import csv
from pathlib import Path

import duckdb
import pytest

from crimeetl import sql
from crimeetl.etl.normalise.nibrs import code_patterns, parse_offense

CODES = Path(__file__).parents[3].parent / "shared" / "data" / "nibrs_offenses.csv"
WORDINGS = [
    ("Theft", "23H"),
    ("Petty theft", "23H"),
    ("Theft - Petty", "23H"),
    ("LARCENY", "23H"),
    ("Larceny-theft", "23H"),
    ("theft of a bicycle", "23H"),
    ("Package theft", "23H"),
    ("Shoplifting", "23C"),
    ("Purse snatching", "23B"),
    ("pickpocketing", "23A"),
    ("theft from a building", "23D"),
    ("vehicle burglary", "23F"),
    ("burglary from a motor vehicle", "23F"),
    ("theft from auto", "23F"),
    ("car break-in", "23F"),
    ("theft of catalytic converter", "23G"),
    ("Grand Theft Auto", "240"),
    ("Stolen Vehicle – Arrest", "240"),
    ("motor vehicle theft", "240"),
    ("auto theft", "240"),
    ("Burglary", "220"),
    ("Attempted Residential Burglary", "220"),
    ("Burglary of a habitation", "220"),
    ("breaking and entering", "220"),
    ("second-degree burglary", "220"),
    ("Robbery - Arrest", "120"),
    ("armed robbery", "120"),
    ("Home Invasion Robbery", "120"),
    ("carjacking", "120"),
    ("attempted carjacking", "120"),
    ("Vandalism", "290"),
    ("Criminal Mischief (felony)", "290"),
    ("graffiti", "290"),
    ("arson of a dwelling", "200"),
    ("felony assault", "13A"),
    ("assault with a deadly weapon", "13A"),
    ("Aggravated Assault with a Deadly Weapon", "13A"),
    ("attempted murder", "13A"),
    ("Attempted first-degree murder", "13A"),
    ("murder (attempted)", "13A"),
    ("simple assault", "13B"),
    ("domestic battery", "13B"),
    ("criminal threats", "13C"),
    ("stalking", "13C"),
    ("second-degree murder", "09A"),
    ("Murder, first degree", "09A"),
    ("Homicide Investigation", "09A"),
    ("vehicular homicide", "09B"),
    ("kidnapping", "100"),
    ("rape", "11A"),
    ("identity theft", "26F"),
    ("wire fraud", "26E"),
    ("credit card fraud", "26B"),
    ("Insurance Fraud", "26A"),
    ("ransomware attack", "26G"),
    ("embezzlement", "270"),
    ("counterfeit money", "250"),
    ("Possession of a Controlled Substance", "35A"),
    ("possession of methamphetamine for sale", "35A"),
    ("drug paraphernalia", "35B"),
    ("Felon in possession of a firearm", "520"),
    ("Weapons violation", "520"),
    ("possession of stolen property", "280"),
    ("DUI", "90D"),
    ("driving under the influence of alcohol", "90D"),
    ("public intoxication", "90E"),
    ("disorderly conduct", "90C"),
    ("trespassing", "90J"),
    ("resisting arrest", "90Z"),
    ("Assault", None),
    ("Fraud", None),
    ("sexual assault", None),
    ("Robbery and assault", None),
    ("Theft/Burglary", None),
    ("hit and run", None),
    ("Warrant", None),
    ("shots fired", None),
    ("a theft was reported by the victim at the store", None),
    ("murder mystery dinner", None),
    ("", None),
    ("investigation", None),
    ("theft " * 100, None),
]


@pytest.mark.parametrize(("value", "code"), WORDINGS)
def test_a_crime_type_has_the_code_that_its_words_name_or_none(value: str, code: str | None) -> None:
    assert parse_offense(value) == code
    assert parse_offense(f"  {value.upper()}. ") == code


def stored_codes() -> list[tuple[str, str, str, str]]:
    with duckdb.connect() as con:
        for migration in sql.statements("migrations").values():
            con.execute(migration.text)
        return con.sql("select nibrs_code, name, nibrs_group, crime_against from nibrs_offense").fetchall()


@pytest.mark.parametrize(("code", "name"), [row[:2] for row in stored_codes()])
def test_the_fbi_s_own_name_of_a_code_has_that_code(code: str, name: str) -> None:
    assert parse_offense(name) == code


def test_every_code_has_wordings_and_every_wording_a_code() -> None:
    assert set(code_patterns()) == {row[0] for row in stored_codes()}
    assert len(code_patterns()) == 62


def test_the_codes_are_those_of_the_fbi() -> None:
    if not CODES.is_file():
        pytest.skip(f"{CODES.name} is not here")
    with CODES.open(newline="", encoding="utf-8") as file:
        published = [(row["code"], row["name"], row["group"], row["crime_against"]) for row in csv.DictReader(file)]
    assert stored_codes() == published
