"""How well `crimeetl link` tells who and what is one, on made-up reports whose people, officers and places are known.

python tests/benchmarks/linking.py [--seeds 31 32 33 34 35] [--reports 2000] [--threshold 0.9]
python tests/benchmarks/linking.py --train

The reports come from the generator's own writers and noise, their gold values are stored as if a perfect model had
found them, and precision and recall count pairs of mentions. Other than in the generator's world people here live in a
town and grow older, places return, and names are hard: see ``Town``. ``--train`` estimates the probabilities of
``etl/link/people.json`` anew from a seed of their own.
"""

import argparse
import json
import random
import tempfile
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from faker.providers.person.en_US import Provider as Census

from crimeetl import sql
from crimeetl.etl.documents import Document, Report, content_id
from crimeetl.etl.link import people as link_people
from crimeetl.etl.link.linking import link_entities, linked_places, people_profiles, read_entities
from crimeetl.etl.link.training import trained_model
from crimeetl.etl.load import RunStart, load_batch, start_run
from crimeetl.etl.normalise import normalise
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import load_schema
from crimeetl.model.synthesise import STYLES
from crimeetl.model.synthesise.generator import gold_values
from crimeetl.model.synthesise.marked import Mark, Marked
from crimeetl.model.synthesise.noise import noisy
from crimeetl.model.synthesise.styles import HELD_OUT
from crimeetl.model.synthesise.vocabulary import Offence
from crimeetl.model.synthesise.world import ADULT, Business, City, Incident, Person, Place, World

INCIDENT = load_schema("incident")
MODEL = Path(__file__).parents[2] / "etl" / "link" / link_people.MODEL_FILE
TRAIN_SEED, TRAIN_REPORTS = 11, 4000
TOWNS, RESIDENTS, HOT_SPOTS, BUSINESSES = 12, 90, 25, 12  # the last three of each town
RESIDENT_SHARE, AT_HOME = 0.85, 0.9
COMMON_NAMES, SONS = 0.35, 0.01  # shares of the residents
MOST_COMMON = 60  # names: as many namesakes among a thousand people as among the many of a real city
TOLD_TWICE = 0.12  # of the incidents, in another style
SHORT_FORMS = {
    "Robert": "Bob Rob", "William": "Bill Will", "Richard": "Rick Dick", "James": "Jim Jimmy", "John": "Johnny Jack",
    "Michael": "Mike", "Thomas": "Tom", "Joseph": "Joe", "Daniel": "Dan Danny", "Matthew": "Matt", "Anthony": "Tony",
    "Christopher": "Chris", "Edward": "Ed", "Charles": "Charlie Chuck", "Elizabeth": "Liz Beth", "Jennifer": "Jen",
    "Patricia": "Pat Patty", "Margaret": "Maggie", "Susan": "Sue", "Katherine": "Kathy", "Rebecca": "Becky",
    "Samantha": "Sam", "Kimberly": "Kim", "Deborah": "Debbie", "Steven": "Steve", "David": "Dave", "Kenneth": "Ken",
}  # fmt: skip
STREET_WORDS = {
    "N.": "North N", "North": "N. N", "S.": "South S", "East": "E E.", "E": "East", "West": "W W.", "NW": "Northwest",
    "Street": "St St.", "St": "Street", "St.": "Street St", "Avenue": "Ave Ave.", "Ave": "Avenue", "Ave.": "Avenue Ave",
    "Road": "Rd Rd.", "Rd": "Road", "Rd.": "Road", "Drive": "Dr Dr.", "Dr": "Drive", "Dr.": "Drive", "Lane": "Ln",
    "Ln": "Lane", "Court": "Ct", "Ct": "Court", "Boulevard": "Blvd Blvd.", "Blvd": "Boulevard", "Blvd.": "Boulevard",
    "Place": "Pl", "Pl": "Place", "Parkway": "Pkwy", "Pkwy": "Parkway", "Highway": "Hwy",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Resident:
    """Someone who lives in a town."""

    person: Person
    birth: datetime
    second_email: str


class Town(World):
    """Towns whose people return, older each time, at home or away, under names as hard as real ones.

    One person is written with middle name, middle initial or neither, inverted or in capitals as the style has it, by
    a short form or an initial, with a slip of the pen, with one of two family names; and plays two parts at times.
    Different people have one name: a third have a name from the top of the census, and one in a hundred is a son
    named like his father in the same town.
    """

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.towns = self.cities[:TOWNS]
        self.at = datetime(2008, 1, 1)
        self.residents: dict[str, list[Resident]] = {}
        for town in self.towns:
            for number, officer in enumerate(town.officers):  # no agency gives a badge out twice
                officer.badge += str(number)
            neighbours: list[Resident] = []
            for _ in range(RESIDENTS):
                neighbours.append(self._resident(neighbours))
            self.residents[town.name] = neighbours
        self.hot_spots = {town.name: [self._spot(town) for _ in range(HOT_SPOTS)] for town in self.towns}
        self.businesses: dict[str, list[Business]] = {}
        for town in self.towns:
            self.town = town
            self.businesses[town.name] = [super(Town, self)._business(town) for _ in range(BUSINESSES)]

    def incident(self) -> Incident:
        self.town = self.rng.choice(self.towns)
        self.cities = [self.town]
        incident = super().incident()
        if incident.business and incident.victims and incident.victims[0].age >= ADULT and self.rng.random() < 0.4:
            incident.business = replace(incident.business, people={"owner": incident.victims[0]})
        return incident

    def _moment(self, offence: Offence) -> datetime:
        self.at = super()._moment(offence)
        return self.at

    def _resident(self, neighbours: Sequence[Resident]) -> Resident:
        rng = self.rng
        person = self._new_person(0)
        born = datetime(2018, 1, 1) - timedelta(days=rng.randrange(12 * 365, 70 * 365))
        fathers = [one for one in neighbours if one.person.sex == "m" and one.birth.year < 1975]
        kind = rng.random()
        if kind < COMMON_NAMES:
            givens = Census.first_names_female if person.sex == "f" else Census.first_names_male
            person.first, person.last = (self._common(names) for names in (givens, Census.last_names))
        elif kind < COMMON_NAMES + SONS and fathers:
            father = rng.choice(fathers)
            person.sex, person.first, person.last = "m", father.person.first, father.person.last
            person.last += rng.choice(("", " Jr."))
            born = father.birth + timedelta(days=rng.randrange(20 * 365, 36 * 365))
        return Resident(person, born, f"{person.first[0].lower()}{rng.randrange(100, 9999)}@mail.example")

    def _common(self, names: Mapping[str, float]) -> str:
        common = sorted(names, key=lambda name: -names[name])[:MOST_COMMON]
        return self.rng.choices(common, [names[name] for name in common])[0]

    def _person(self, *, least_age: int = 0) -> Person:
        rng = self.rng
        for _ in range(20):
            if rng.random() >= RESIDENT_SHARE:
                break
            town = self.town if rng.random() < AT_HOME else rng.choice(self.towns)
            resident = rng.choice(self.residents[town.name])
            age = int((self.at - resident.birth).days // 365.25)
            if age < max(least_age, 1) or resident.person.identity in self._present:
                continue
            self._present.add(resident.person.identity)
            person = replace(resident.person, age=age)
            if rng.random() < 0.15:
                person.email = resident.second_email
            return self._written(person)
        return super()._new_person(least_age)

    def _written(self, person: Person) -> Person:
        """Someone under the name that one report has for them."""
        rng = self.rng
        if rng.random() < 0.4:
            person.middle = ""
        if "-" in person.last and rng.random() < 0.25:
            person.last = rng.choice(person.last.split("-"))
        if rng.random() < 0.5:
            person.last = person.last.removesuffix(" Jr.")
        if rng.random() < 0.06:
            person.first = f"{person.first[0]}."
        elif person.first in SHORT_FORMS and rng.random() < 0.25:
            person.first = rng.choice(SHORT_FORMS[person.first].split())
        elif rng.random() < 0.06:
            part = rng.choice(("first", "last"))
            setattr(person, part, self._slip(getattr(person, part)))
        return person

    def _slip(self, name: str) -> str:
        """A letter doubled, dropped, or swapped with the next, not the first and not in "Jr."."""
        rng = self.rng
        bare = name.removesuffix(" Jr.")
        if len(bare) < 5:
            return name
        at = rng.randrange(1, len(bare) - 1)
        changed = rng.choice((bare[at] * 2, "", bare[at + 1] + bare[at]))
        rest = bare[at + 2 :] if len(changed) == 2 and changed[0] != changed[1] else bare[at + 1 :]
        return bare[:at] + changed + rest + name[len(bare) :]

    def _spot(self, city: City) -> tuple[str, int, str, str]:
        rng = self.rng
        street, other = rng.sample(city.streets, 2)
        kind = rng.choices(("house", "block", "crossing"), (5, 3, 2))[0]
        return kind, rng.randrange(2, 9999) if kind == "house" else rng.randrange(1, 60) * 100, street, other

    def _place(self, city: City, business: Business | None) -> Place:
        rng = self.rng
        kind, number, street, other = rng.choice(self.hot_spots[city.name]) if rng.random() < 0.6 else self._spot(city)
        written = self._street_as_written(street)
        if kind == "house":
            unit = rng.choice(("", "", "", ", Apt. 4", " #12", ", Unit B"))
            return Place(f"place-{city.name}-{number}-{street}", f"{number} {written}{unit}", written, False)
        if kind == "block":
            text = f"{number} {rng.choice(('block', 'Block', 'blk'))} of {written}"
            return Place(f"place-{city.name}-block-{number}-{street}", text, written, True)
        sides = [written, self._street_as_written(other)]
        rng.shuffle(sides)
        text = f"{sides[0]} {rng.choice(('and', '&', 'at'))} {sides[1]}"
        return Place(f"place-{city.name}-crossing-{'-'.join(sorted((street, other)))}", text, written, False)

    def _street_as_written(self, street: str) -> str:
        rng = self.rng
        words = [rng.choice([word, *STREET_WORDS.get(word, "").split()]) for word in street.split()]
        return " ".join(words)

    def _business(self, city: City) -> Business:
        if self.rng.random() < 0.6:
            business = self.rng.choice(self.businesses[city.name])
            fresh = super()._business(city)
            return replace(business, people=fresh.people)
        return super()._business(city)


def made_up(count: int, seed: int) -> Iterator[Marked]:
    """Reports with their marks, from both the generator's styles and those held out from training it."""
    styles = list((STYLES | HELD_OUT).values())
    town = Town(random.Random(f"{seed} town"))
    number = 0
    while number < count:
        incident = town.incident()
        rng = random.Random(f"{seed} report {number}")
        for style in rng.sample(styles, 2 if rng.random() < TOLD_TWICE else 1):
            yield noisy(style(incident, rng), rng)
            number += 1


def store(database: Path, reports: Iterable[Marked]) -> dict[str, str]:
    """Stores gold values as a perfect model's.

    Returns:
        Who or what each mention names, by the mention's id; "" where that is not known.
    """
    run = start_run(database, RunStart(model_digest="gold", model_name="gold", schema=INCIDENT, settings={}))
    truth: dict[tuple[str, str, int], str] = {}
    documents, extractions = [], []
    for number, marked in enumerate(reports):
        text = marked.text
        document_id = content_id(str(number), text)
        documents.append(Document(f"/r/{number}.txt", document_id, "text/plain", "utf-8", False, len(text), text))
        report = Report(content_id(document_id, "0"), document_id, 0, text)
        named = {(name, mark.start): _named(mark) for mark in marked.marks for name in mark.entity_types}
        answers = []
        for entity_type in INCIDENT.types:
            mentions = []
            for ordinal, value in enumerate(gold_values(marked, entity_type.name)):
                best = {"value": value, "start": None, "end": None} if isinstance(value, str) else value
                best = best["alternatives"][0] if "alternatives" in best else best
                mentions.append(Mention(best["value"], best["start"], best["end"], 1.0))
                truth[report.report_id, entity_type.name, ordinal] = named.get((entity_type.name, best["start"]), "")
            answers.append(Answer(entity_type.name, tuple(mentions), 1.0, False))
        extractions.append((report, Extraction(tuple(answers), 1, 1, 1)))
    load_batch(
        run,
        documents=documents,
        splits={report.document_id: [report.report_id] for report, _ in extractions},
        reports=[],
        extractions=[
            (report, found, normalise(found, run.extraction_id(report), INCIDENT)) for report, found in extractions
        ],
        failures=[],
    )
    with sql.connect_read_only(database) as con:
        mentions_of = (
            "select mention_id, report_id, entity_type, ordinal from mention join extraction using (extraction_id)"
        )
        rows = sql.fetch(con, mentions_of)
    return {mention_id: truth[report_id, name, ordinal] for mention_id, report_id, name, ordinal in rows}


def _named(mark: Mark) -> str:
    """Whom or what a mention names; "" for an age and the like, which name nobody."""
    identity, _, aspect = mark.key.rpartition(":")
    return identity if aspect in ("name", "badge", "place") else ""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of mentions that are one: in truth, as found, and both."""

    true: int
    found: int
    right: int

    def __add__(self, other: "Pairs") -> "Pairs":
        return Pairs(self.true + other.true, self.found + other.found, self.right + other.right)

    def __str__(self) -> str:
        precision, recall = self.right / max(self.found, 1), self.right / max(self.true, 1)
        return f"precision {precision:.4f} ({self.right} of {self.found} pairs), recall {recall:.4f} (of {self.true})"


def pairs(truth: Mapping[str, Hashable], found: Mapping[str, Hashable]) -> Pairs:
    """Counts pairs of the entities whose truth is known."""

    def count(groups: Iterable[Hashable]) -> int:
        return sum(n * (n - 1) // 2 for n in Counter(groups).values())

    return Pairs(
        count(truth.values()),
        count(found[entity] for entity in truth),
        count((identity, found[entity]) for entity, identity in truth.items()),
    )


def identities(database: Path, kind: str, truth: Mapping[str, str]) -> dict[str, str]:
    """Who or what each entity of a kind is, where that is known."""
    with sql.connect_read_only(database) as con:
        rows = sql.fetch(con, f"select {kind}_id, mention_id from {kind}")
    return {entity_id: truth[mention_id] for entity_id, mention_id in rows if truth[mention_id]}


def train() -> None:
    """Estimates the model's probabilities from profiles whose people are known, and writes them beside the code."""
    with tempfile.TemporaryDirectory() as scratch:
        database = Path(scratch) / "train.duckdb"
        known = identities(database, "person", store(database, made_up(TRAIN_REPORTS, TRAIN_SEED)))
        with sql.connect_read_only(database) as con:
            entities = read_entities(con)
    profiles, _ = people_profiles(entities, linked_places(entities))
    labels = [known.get(profile.profile_id, profile.profile_id) for profile in profiles]
    settings = trained_model(profiles, labels, seed=TRAIN_SEED)
    MODEL.write_text(json.dumps(settings, indent=2) + "\n", "utf-8")
    print(f"{len(profiles)} profiles of {len(set(labels))} people; wrote {MODEL}")


def measure(seed: int, count: int, threshold: float) -> dict[str, Pairs]:
    """Counts pairs of each kind; of people whose name another has too; and by equal names alone, for comparison."""
    with tempfile.TemporaryDirectory() as scratch:
        database = Path(scratch) / "measure.duckdb"
        truth = store(database, made_up(count, seed))
        known = {kind: identities(database, kind, truth) for kind in ("person", "officer", "location")}
        with sql.connect_read_only(database) as con:
            entities = read_entities(con)
    found = link_entities(entities, threshold=threshold)
    people = known["person"]
    names = {person.person_id: person.name for person in entities.people}
    bearers: dict[tuple[str | None, str | None], set[str]] = {}
    for person_id, identity in people.items():
        name = names[person_id]
        if name.given and name.family:
            bearers.setdefault((name.given, name.family), set()).add(identity)
    shared = {identity for bearer in bearers.values() if len(bearer) > 1 for identity in bearer}
    namesakes = {person_id: identity for person_id, identity in people.items() if identity in shared}
    return {kind: pairs(known[kind], found[kind].resolved) for kind in known} | {
        f"{len(shared)} namesakes": pairs(namesakes, found["person"].resolved),
        "equal names": pairs(people, names),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[31, 32, 33, 34, 35])
    parser.add_argument("--reports", type=int, default=2000, help="for each seed")
    parser.add_argument("--threshold", type=float, default=0.9)
    parser.add_argument("--train", action="store_true")
    asked = parser.parse_args()
    if asked.train:
        train()
        return
    total: dict[str, Pairs] = {}
    for seed in asked.seeds:
        for kind, counted in measure(seed, asked.reports, asked.threshold).items():
            print(f"seed {seed} {kind:14}{counted}")
            kind = kind.lstrip("0123456789 ")
            total[kind] = total.get(kind, Pairs(0, 0, 0)) + counted
    for kind, counted in total.items():
        print(f"all     {kind:14}{counted}")


if __name__ == "__main__":
    main()
