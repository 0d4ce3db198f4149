"""Which people are one: within a report by rule, across reports by splink's Fellegi-Sunter model.

    mentions ── same report ──▶ profiles ── splink ──▶ pairs, weighed ── strongest first ──▶ clusters

Within a report a name that fits just one of its people is that person: "Mr. Smith" is John Smith where no other Smith
stands, whatever part each plays. Across reports a name alone is weak, the weaker the more common it is: age and date,
city, e-mail, race, a shared case number or place must speak for it. A surname alone never links two reports.

The model's probabilities are in ``people.json``, which ``training.py`` makes from made-up reports whose people are
known. Two profiles are never put together, however strong a chain of others between them is, when
they stand side by side in one report or their names or years of birth exclude each other.
"""

import contextlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import combinations
from typing import TYPE_CHECKING, Any

import duckdb
import polars
from duckdb import DuckDBPyConnection

from crimeetl import sql
from crimeetl.etl.link.clusters import Clusters, Link, by_key, gather
from crimeetl.etl.link.names import Name, folded, merged_name, names_exclude

if TYPE_CHECKING:
    from splink import Linker

MODEL_FILE = "people.json"
MOST_YEARS_APART = 3  # of birth, as two reports have it: a birthday between them, and a slip
MOST_AGES_APART = 20  # where a report has no date: few archives are longer
LEAST_CROWD = 1000  # profiles: a few reports are still a sample of a whole town
CLEAR_LEAD = 3.0  # in match weight, of the better of two people who cannot be one
LEAST_OTHERS = 1.0  # other reports in which a person stands, in the mean, before any link is known
NAME_SAMPLE = 1000  # so many names of the database weigh as much as the census
RARE_SHARE = 1e-4  # of people, for a name that the census list does not have
CENSUS_COVERAGE = 0.4  # of people, by the family names of the census list, whose shares add up to 1


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What a report says of where and when, for all that stands in it."""

    report_id: str
    agency: str | None
    cities: tuple[str, ...]
    year: int | None
    case_numbers: tuple[str, ...]

    @property
    def city(self) -> str | None:
        """The one that it names, if it names no other."""
        return self.cities[0] if len(self.cities) == 1 else None


@dataclass(frozen=True, slots=True)
class PersonMention:
    """A row of ``person``, as far as it tells who someone is."""

    person_id: str
    report_id: str
    role: str
    name: Name
    age: int | None
    race: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as one report has them, from all their mentions in it."""

    profile_id: str  # the least of its mentions' ids
    report: ReportFacts
    name: Name
    age: int | None
    race: str | None
    email: str | None
    places: tuple[str, ...]

    @property
    def birth_year(self) -> int | None:
        return None if self.age is None or self.report.year is None else self.report.year - self.age


def profiles_of(
    mentions: Iterable[PersonMention], reports: Mapping[str, ReportFacts], places: Mapping[str, Sequence[str]]
) -> tuple[list[Profile], list[Link]]:
    """Puts together the mentions of each report that are one person.

    Args:
        places: the ids of each report's exact places, resolved.

    Returns:
        The profiles in the order of their ids, and a link from each profile's id to each further mention.
    """
    profiles, links = [], []
    for report_id, present in by_key(mentions, lambda mention: mention.report_id).items():
        groups, doubtful = gather(sorted(present, key=_fullness), _is_one_of)
        for group in [*groups, *([mention] for mention in doubtful)]:
            ids = sorted(mention.person_id for mention in group)
            profiles.append(
                Profile(
                    profile_id=ids[0],
                    report=reports[report_id],
                    name=merged_name([mention.name for mention in group]),
                    age=_first(mention.age for mention in group),
                    race=_first(mention.race for mention in group),
                    email=_first(mention.email for mention in group),
                    places=tuple(places.get(report_id, ())),
                )
            )
            links += [Link(ids[0], other, "same report") for other in ids[1:]]
    return sorted(profiles, key=lambda profile: profile.profile_id), links


def link_people(profiles: Sequence[Profile], *, threshold: float) -> list[Link]:
    """The links between profiles of different reports, from the strongest to the weakest.

    They are found twice: the second time with what the first has told of how often people return.

    Args:
        threshold: the least probability, between 0 and 1, that two are one.
    """
    links, others = _link_people(profiles, threshold, LEAST_OTHERS)
    return links if others <= LEAST_OTHERS else _link_people(profiles, threshold, others)[0]


def _link_people(profiles: Sequence[Profile], threshold: float, others: float) -> tuple[list[Link], float]:
    """The links, given in how many other reports a person stands in the mean; and in how many by these links."""
    by_id = {profile.profile_id: profile for profile in profiles}
    clusters = Clusters(by_id, lambda one, other: exclude_each_other(by_id[one], by_id[other]))
    scored = score_pairs(profiles, threshold=threshold, others=others)
    links = [link for link in _beyond_doubt(scored, by_id) if clusters.join(link)]
    sizes = Counter(clusters.resolved().values()).values()
    return links, sum(size * (size - 1) for size in sizes) / max(len(profiles), 1)


def _beyond_doubt(links: Sequence[Link], by_id: Mapping[str, Profile]) -> list[Link]:
    """Leaves out the links of a profile that may be either of two people, but for those that are clearly stronger."""
    ends: dict[str, list[tuple[str, float]]] = {}
    for link in links:
        ends.setdefault(link.left_id, []).append((link.right_id, link.match_weight or 0))
        ends.setdefault(link.right_id, []).append((link.left_id, link.match_weight or 0))
    doubts = {
        profile_id: max(
            (
                min(weight, rival_weight)
                for (other, weight), (rival, rival_weight) in combinations(neighbours, 2)
                if exclude_each_other(by_id[other], by_id[rival])
            ),
            default=-math.inf,
        )
        for profile_id, neighbours in ends.items()
    }
    return [
        link
        for link in links
        if (link.match_weight or 0) > max(doubts[link.left_id], doubts[link.right_id]) + CLEAR_LEAD
    ]


def exclude_each_other(one: Profile, other: Profile) -> bool:
    """Whether two profiles cannot be one person, whatever else speaks for it."""
    if one.report.report_id == other.report.report_id or names_exclude(one.name, other.name):
        return True
    if one.name.suffix != other.name.suffix and (one.birth_year is None or other.birth_year is None):
        return True  # father and son, unless their ages tell
    if one.age is None or other.age is None:
        return False
    if one.birth_year is None or other.birth_year is None:
        return abs(one.age - other.age) > MOST_AGES_APART
    return abs(one.birth_year - other.birth_year) > MOST_YEARS_APART


def score_pairs(profiles: Sequence[Profile], *, threshold: float, others: float) -> list[Link]:
    """What the model says of pairs of profiles, the likeliest first; those below the threshold are left out."""
    if len(profiles) < 2:
        return []
    with contextlib.closing(duckdb.connect(config=sql.NO_DOWNLOADS)) as con:  # where splink leaves its tables
        linker = open_linker(con, profiles, others=others)
        scored = linker.inference.predict(threshold_match_probability=threshold, warning_mode="never")
        pairs = scored.as_duckdbpyrelation().project("profile_id_l, profile_id_r, match_weight").fetchall()
    links = [Link(min(left, right), max(left, right), "model", round(weight, 2)) for left, right, weight in pairs]
    return sorted(links, key=lambda link: (-(link.match_weight or 0), link.left_id, link.right_id))


@cache
def model() -> dict[str, Any]:
    """The pre-trained model: splink's settings with the probabilities of each level."""
    text = (resources.files("crimeetl.etl.link") / MODEL_FILE).read_text("utf-8")
    settings: dict[str, Any] = json.loads(text)
    return settings


def open_linker(
    con: DuckDBPyConnection, profiles: Sequence[Profile], *, others: float, labels: Sequence[str] | None = None
) -> "Linker":
    """splink with the model, over profiles.

    Args:
        con: a database of its own; splink leaves tables there.
        others: in how many other reports a person stands, in the mean; with the number of profiles this is the chance
            that two of them are one before anything is compared.
        labels: who each profile is, to train with, as column ``identity``.
    """
    from splink import DuckDBAPI, Linker

    frame = _frame(profiles)
    if labels is not None:
        frame = frame.with_columns(polars.Series("identity", labels))
    database = DuckDBAPI(con)
    prior = others / max(len(profiles), LEAST_CROWD)
    settings = {**model(), "probability_two_random_records_match": prior}
    linker = Linker(database.register(frame.to_arrow()), settings, log_level=None)
    for column, shares in {**name_shares([one.name for one in profiles]), "city": city_shares(profiles)}.items():
        rows = polars.DataFrame({column: list(shares), f"tf_{column}": list(shares.values())})
        linker.table_management.register_term_frequency_lookup(database.register(rows.to_arrow()), column)
    return linker


def name_shares(names: Sequence[Name]) -> dict[str, dict[str, float]]:
    """What share of people has each given and each family name, by census and database together.

    A name counts once with each other name that it stands with, so that someone who stands in many reports does not
    make their own name a common one.
    """
    pairs = sorted({(name.given, name.family) for name in names if name.given and name.family})
    shares = {}
    for column, census, present in (
        ("given", _census_given(), Counter(given for given, _ in pairs)),
        ("family", _census_family(), Counter(family for _, family in pairs)),
    ):
        known = sorted({value for name in names if (value := getattr(name, column))})
        shares[column] = {
            name: (present[name] + NAME_SAMPLE * census.get(name, RARE_SHARE)) / (len(pairs) + NAME_SAMPLE)
            for name in known
        }
    return shares


def city_shares(profiles: Sequence[Profile]) -> dict[str, float]:
    """What share of the people with a city have this one: where there is but one city, it speaks for nobody."""
    cities = Counter(profile.report.city for profile in profiles if profile.report.city)
    return {city: count / cities.total() for city, count in sorted(cities.items())}


@cache
def _census_family() -> dict[str, float]:
    from faker.providers.person.en_US import Provider

    return {folded(name): share * CENSUS_COVERAGE for name, share in Provider.last_names.items()}


@cache
def _census_given() -> dict[str, float]:
    from faker.providers.person.en_US import Provider

    shares: Counter[str] = Counter()
    for names in (Provider.first_names_female, Provider.first_names_male):
        for name, share in names.items():
            shares[folded(name)] += share / 2
    return dict(shares)


def _frame(profiles: Sequence[Profile]) -> polars.DataFrame:
    """The model's columns; a single word may be a company or someone's surname and is left out."""
    texts, integers, lists = polars.String(), polars.Int32(), polars.List(polars.String())
    schema: dict[str, polars.DataType] = {
        "profile_id": texts, "given": texts, "given_names": lists, "initial": texts, "middle": texts, "family": texts,
        "suffix": texts, "whole": texts, "age": integers, "year": integers, "race": texts, "email": texts,
        "city": texts, "case_numbers": lists, "places": lists,
    }  # fmt: skip
    rows = [
        (
            profile.profile_id,
            profile.name.given,
            sorted(profile.name.given_names),
            profile.name.initial,
            profile.name.middle,
            profile.name.family,
            profile.name.suffix,
            profile.name.whole if " " in (profile.name.whole or "") else None,
            profile.age,
            profile.report.year,
            profile.race,
            profile.email,
            profile.report.city,
            list(profile.report.case_numbers),
            list(profile.places),
        )
        for profile in profiles
    ]
    return polars.DataFrame(rows, schema=schema, orient="row")


def _fullness(mention: PersonMention) -> tuple[int, int, str]:
    """Sorts those first whose name says most."""
    name = mention.name
    parts = [part for part in (name.given, name.initial, name.middle, name.family, name.suffix) if part]
    return -len(parts), -sum(map(len, parts)), mention.person_id


def _are_one(one: PersonMention, other: PersonMention) -> bool:
    """Whether two mentions of one report may be one person, as far as names, parts played and ages tell."""
    if one.age is not None and other.age is not None and abs(one.age - other.age) > 1:
        return False
    left, right = one.name, other.name
    if left.whole or right.whole:
        return left.whole == right.whole or _is_part(left.whole, right) or _is_part(right.whole, left)
    if not left.family or not right.family or names_exclude(left, right):
        return False
    is_surname_alone = left.initial is None or right.initial is None
    return not (is_surname_alone and {one.role, other.role} == {"victim", "suspect"})


def _is_one_of(mention: PersonMention, others: Sequence[PersonMention]) -> bool:
    return all(_are_one(mention, other) for other in others)


def _is_part(word: str | None, name: Name) -> bool:
    return word is not None and word in (name.given, name.family)


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)
