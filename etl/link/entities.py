"""What linking reads: the current entities as they are compared, and what their reports say of where and when."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from duckdb import DuckDBPyConnection
from rapidfuzz.distance import DamerauLevenshtein

from crimeetl import sql
from crimeetl.etl.link import rules
from crimeetl.etl.link.names import Name, folded, person_name, race_code
from crimeetl.etl.link.officers import Identity, OfficerMention
from crimeetl.etl.link.people import PersonMention, ReportFacts
from crimeetl.etl.link.places import PlaceMention

EntityRow = Mapping[str, Any]  # of a person, an officer, a place or a report, by column
SLIP_RATIO = 20  # a name that is so much rarer than one spelt much like it is that name with a slip
POLICE = re.compile(r" (?:police .*|pd)$")  # of a folded agency; what is before it is a city


@dataclass(frozen=True, slots=True)
class Entities:
    """What the current reports mention, each kind in the order of its ids."""

    people: Sequence[PersonMention]
    officers: Sequence[OfficerMention]
    places: Sequence[PlaceMention]
    reports: Mapping[str, ReportFacts]  # by report_id


@dataclass(frozen=True, slots=True)
class EntityRows:
    """The same as the database has it."""

    people: Sequence[EntityRow]
    officers: Sequence[EntityRow]
    locations: Sequence[EntityRow]
    reports: Sequence[EntityRow]

    def entities(self, reports: Mapping[str, ReportFacts]) -> Entities:
        """The entities, where and when their reports say."""
        return Entities(
            people=[_person(row) for row in self.people],
            officers=[_officer(row, reports[row["report_id"]]) for row in self.officers],
            places=[_place(row, reports[row["report_id"]]) for row in self.locations],
            reports=reports,
        )


def read_rows(con: DuckDBPyConnection) -> EntityRows:
    """Reads all that linking needs."""
    gap = {"badge_gap": rules.BADGE_GAP, "badge_gap_chars": rules.BADGE_GAP_CHARS}
    named = {
        "agency": rules.AGENCY,
        "case_number_year": rules.CASE_NUMBER_YEAR,
        "case_number_short_year": rules.CASE_NUMBER_SHORT_YEAR,
    }
    return EntityRows(
        people=_rows(con, "link_people"),
        officers=_rows(con, "link_officers", gap),
        locations=_rows(con, "link_locations"),
        reports=_rows(con, "link_reports", named),
    )


def _rows(con: DuckDBPyConnection, statement: str, parameters: Mapping[str, object] | None = None) -> list[EntityRow]:
    found: list[EntityRow] = con.sql(sql.statement("statements", statement), params=parameters).pl().to_dicts()
    return found


def facts_of(rows: Sequence[EntityRow]) -> dict[str, ReportFacts]:
    """Each report's facts; the city of a police department counts as one that the report names."""
    agencies = [folded(row["agency"] or "").removeprefix("the ") for row in rows]
    stated = [[folded(name) for name in row["cities"] or ()] for row in rows]
    names = Counter(chain.from_iterable(stated))
    names.update(POLICE.sub("", agency) for agency in agencies)
    usual = usual_spellings(names)
    facts = {}
    for row, agency, cities in zip(rows, agencies, stated, strict=True):
        named = usual[_shortened(POLICE.sub("", agency), names)] if agency else None
        present = {usual[city] for city in cities} | ({named} if named and POLICE.search(agency) else set())
        numbers = {folded(number) for number in row["case_numbers"] or ()}
        facts[row["report_id"]] = ReportFacts(
            report_id=row["report_id"],
            agency=named,
            cities=tuple(sorted(present - {""})),
            year=row["year"],
            case_numbers=tuple(sorted(numbers - {""})),
        )
    return facts


def usual_spellings(names: Mapping[str, int]) -> dict[str, str]:
    """Each name of an agency or city as it is spelt elsewhere, if it is a slip of one that is named far more often.

    Args:
        names: in how many reports each stands.
    """
    common = [name for name in names if name and names[name] >= SLIP_RATIO]
    usual = {name: name for name in names}
    for name, count in names.items():
        better = [one for one in common if names[one] >= SLIP_RATIO * count and is_slip(one, name)]
        usual[name] = max(better, key=lambda one: (names[one], one), default=name)
    return usual


def is_slip(one: str, other: str) -> bool:
    """Whether two long enough names differ by one letter, or two swapped."""
    return len(other) > 5 and DamerauLevenshtein.distance(one, other, score_cutoff=1) == 1


def _shortened(name: str, names: Mapping[str, int]) -> str:
    """A name without the words that stood before it by chance, as in "Respectfully Officer Lee Port Maren"."""
    words = name.split()
    ends = [" ".join(words[start:]) for start in range(len(words))]
    return max((end for end in ends if end in names), key=lambda end: (names[end], -len(end)), default=name)


def _name(row: EntityRow) -> Name:
    return person_name(row["name"], row["normalised_name"], row)


def _person(row: EntityRow) -> PersonMention:
    return PersonMention(
        person_id=row["person_id"],
        report_id=row["report_id"],
        role=row["role"],
        name=_name(row),
        age=row["age"],
        race=race_code(row["race"]),
        email=row["email"],
    )


def _officer(row: EntityRow, report: ReportFacts) -> OfficerMention:
    badge = folded(row["badge_number"] or "").replace(" ", "") or None
    name = _name(row)
    if name.whole and " " not in name.whole:
        name = Name(family=name.whole)
    return OfficerMention(row["officer_id"], row["report_id"], Identity(report.agency, report.cities, badge, name))


def _place(row: EntityRow, report: ReportFacts) -> PlaceMention:
    own = folded(row["city"] or "")
    cities = [city for city in report.cities if not own or city == own or is_slip(city, own)]
    street, crossing = (folded(row[part] or "") or None for part in ("street", "crossing"))
    is_name = street is None and row["address"] is not None and row["address"] != row["address"].lower()
    return PlaceMention(
        location_id=row["location_id"],
        report_id=row["report_id"],
        house_number=row["house_number"],
        block=row["block"],
        street=street,
        crossing=crossing,
        name=folded(row["address"]) or None if is_name else None,
        city=cities[0] if len(cities) == 1 else None,
        state=row["state"],
    )
