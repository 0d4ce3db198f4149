"""An incident's facts as marked words: how a report names people, places, moments and things."""

import random
import re
from collections.abc import Sequence
from datetime import datetime

from crimeetl.model.synthesise.marked import Writer, capital
from crimeetl.model.synthesise.vocabulary import cases
from crimeetl.model.synthesise.voices import CLOCKS, DATES, NUMBER_WORDS, Voice
from crimeetl.model.synthesise.world import Incident, Person, Suspect

ARTICLE = re.compile(r"(?:an?|the) ", re.IGNORECASE)
VAGUE, SHORT = 3, 2  # ranks of a mention that is not the answer where a fuller one stands


def _article(number: int) -> str:
    return "an " if str(number).startswith("8") or number in (11, 18) else "a "


class Mentions:
    """Writes people, places, moments and things, each marked as what it is in the incident.

    Every method appends to the writer.
    """

    def __init__(self, incident: Incident, voice: Voice, writer: Writer) -> None:
        self.incident, self.voice, self.writer = incident, voice, writer
        self.rng: random.Random = writer.rng
        self._known: set[str] = set()  # people who were introduced
        self._named: set[str] = set()  # of them, those named late
        self._has_place = False

    # What a person is called.

    def roles(self, person: Person) -> dict[str, list[str]]:
        """The types of a person's name, age and race."""
        incident = self.incident
        found: dict[str, list[str]] = {"name": [], "age": [], "race": []}
        parts = (
            ("Victim", any(p is person for p in incident.victims)),
            ("Suspect", any(s.person is person for s in incident.suspects)),
        )
        for role, holds in parts:
            if holds:
                found["name"].append(f"{role}_Name")
                found["age"].append(f"{role}_Age")
                found["race"].append(f"{role}_Race")
        if any(p is person for p in incident.witnesses):
            found["name"].append("Witness_Name")
        if any(p is person for p in (*incident.officers, incident.speaker)):
            found["name"].append("Officer_Name")
        for part, holder in (incident.business.people if incident.business else {}).items():
            if holder is person:
                found["name"].append({"owner": "Victim_Owner", "manager": "Victim_Manager", "ceo": "Victim_CEO"}[part])
        return found

    def name(self, person: Person, text: str, rank: int = 0) -> None:
        """A mention by name."""
        self.writer.mark(text, self.roles(person)["name"], f"{person.identity}:name", rank)

    def full_name(self, person: Person) -> None:
        """A person's whole name, as this report writes names."""
        p, rng = person, self.rng
        middle = p.middle if rng.random() < 0.5 else (f"{p.middle[0]}." if p.middle else "")
        if self.voice.names != "full":
            text = f"{p.last}, {p.first}{f' {middle}' if middle else ''}"
            self.name(p, text.upper() if self.voice.names == "capitals" else text)
            return
        inner = f' "{p.nickname}" ' if p.nickname else f" {middle} " if middle else " "
        self.name(p, f"{p.first}{inner}{p.last}")

    def age(self, person: Person, *, in_words: bool = False) -> None:
        """A person's age alone."""
        text = NUMBER_WORDS[person.age] if in_words and person.age <= 12 else str(person.age)
        self.writer.mark(text, self.roles(person)["age"], f"{person.identity}:age")

    def race(self, person: Person, text: str | None = None) -> None:
        """A person's race, as an adjective unless given."""
        types = self.roles(person)["race"]
        self.writer.mark(text or person.race[1], types, f"{person.identity}:race")

    def man(self, person: Person) -> str:
        """The noun for a person's sex and age."""
        if person.age < 13:
            return "girl" if person.sex == "f" else "boy"
        if person.age < 18:
            return self.rng.choice(("teen", "teenager", "girl" if person.sex == "f" else "boy"))
        return "woman" if person.sex == "f" else "man"

    def aged(self, person: Person) -> None:
        """ "34-year-old", the number alone marked."""
        hyphen = self.rng.choice(("-year-old",) * 8 + (" year old", " year-old", "-year old", " y/o", "yo"))
        self.age(person, in_words=hyphen == "-year-old" and self.rng.random() < 0.3)
        self.writer.write(hyphen)

    def anonymous(self, person: Person) -> None:
        """ "a 34-year-old man": someone not named."""
        w, rng = self.writer, self.rng
        is_aged = self.voice.has_ages and rng.random() < 0.8
        if is_aged and person.age >= 20 and rng.random() < 0.12:
            w.write(f"a {self.man(person)} in {self.his(person)} ")
            w.mark(f"{person.age // 10 * 10}s", self.roles(person)["age"], f"{person.identity}:age")
            return
        if is_aged:
            w.write(_article(person.age))
            self.aged(person)
            w.write(" ")
        else:
            w.write("a ")
        if self.voice.has_races and rng.random() < 0.6:
            self.race(person)
            w.write(" ")
        w.write(self.man(person) if rng.random() < 0.8 else ("female" if person.sex == "f" else "male"))

    def introduce(self, person: Person) -> None:
        """The first mention by name, with age and the like as this report gives them."""
        w, rng, voice = self.writer, self.rng, self.voice
        has_age = voice.has_ages and bool(self.roles(person)["age"] or rng.random() < 0.3)
        forms = ["plain"]
        if has_age and voice.names == "full":
            forms += ["comma", "comma", "before", "of", "apposition"]
        if has_age and (voice.has_codes or voice.names != "full"):
            forms += ["code", "code", "parenthesis"]
        form = rng.choice(forms)
        if form == "before":
            self.aged(person)
            w.write(" ")
        self.full_name(person)
        if form == "comma":
            w.write(", ")
            self.age(person)
            w.write(",")
        elif form == "of":
            w.write(", ")
            self.age(person)
            w.write(", of ")
            if rng.random() < 0.5:
                w.mark(self.incident.city.name, ["City"], "city", VAGUE)
            else:
                w.write(person.home)
            w.write(",")
        elif form == "apposition":
            w.write(f", {_article(person.age)}")
            self.aged(person)
            w.write(" ")
            if voice.has_races and rng.random() < 0.7:
                self.race(person)
                w.write(" ")
            w.write(f"{self.man(person)},")
        elif form == "code":
            w.write(" (")
            self.race(person, person.race[2])
            w.write(f"/{person.sex.upper()}{rng.choice((', ', '/', ' '))}")
            self.age(person)
            w.write(")")
        elif form == "parenthesis":
            w.write(" (")
            self.age(person)
            w.write(")")

    def refer(self, person: Person, *, is_named: bool, role: str) -> None:
        """A person as the subject or object of a sentence.

        Args:
            role: what to call them instead, once they are known; empty where only the name will do.
        """
        is_known = person.identity in self._known
        self._known.add(person.identity)
        if not is_known:
            if is_named:
                self.introduce(person)
            else:
                self.anonymous(person)
            return
        later = self.voice.later if self.rng.random() < 0.75 else "role"
        is_named = is_named or person.identity in self._named
        if not is_named or (later == "role" and role):
            self.writer.write(self.rng.choice((f"the {role}", f"the {role}", f"the {self.man(person)}")))
        elif later == "titled" and person.age >= 18:
            self.name(person, f"{'Ms.' if person.sex == 'f' else 'Mr.'} {person.last}", SHORT)
        else:
            text = person.last.upper() if self.voice.names == "capitals" else person.last
            self.name(person, text, SHORT)

    def officer(self, person: Person) -> None:
        """An officer with rank, the first time often with the badge."""
        w, rng = self.writer, self.rng
        is_known = person.identity in self._known
        self._known.add(person.identity)
        if is_known and rng.random() < 0.8:
            self.name(person, f"{person.rank} {person.last}", SHORT)
            return
        initial = f"{person.first[0]}. {person.last}"
        self.ranked(person, rng.choice((person.full, person.full, initial, person.last)))
        if self.voice.has_badges and not is_known and rng.random() < 0.6:
            before, after = rng.choice(
                ((" #", ""), (" (#", ")"), (", badge number ", ","), (" (Badge ", ")"), (" / ", ""))
            )
            w.write(before)
            self.badge(person)
            w.write(after)

    def ranked(self, person: Person, text: str) -> None:
        """A name behind its rank: the answer with it, acceptable without."""
        start, short = self.writer.length, text == person.last
        self.writer.write(f"{person.rank} ")
        self.name(person, text, SHORT if short else 1)
        self.writer.mark_from(start, self.roles(person)["name"], f"{person.identity}:name", 1 if short else 0)

    def badge(self, person: Person) -> None:
        """An officer's badge number."""
        w = self.writer
        is_one = any(p is person for p in self.incident.officers)
        w.mark(person.badge, ["Officer_BadgeNumber"] if is_one else [], f"{person.identity}:badge")

    @staticmethod
    def his(person: Person) -> str:
        return "her" if person.sex == "f" else "his"

    # Things.

    def item(self, text: str, entity_type: str) -> None:
        """A thing, its article left out of the mark."""
        article = ARTICLE.match(text)
        start = article.end() if article else 0
        self.writer.write(text[:start])
        self.writer.mark(text[start:], [entity_type], f"{entity_type}:{text}")

    def items(self, things: Sequence[str], entity_type: str) -> None:
        """Things as a list in a sentence."""
        for i, thing in enumerate(things):
            if i:
                last = i == len(things) - 1
                self.writer.write(" and " if last and len(things) == 2 else ", and " if last else ", ")
            self.item(thing, entity_type)

    def article(self, text: str, entity_type: str) -> None:
        """A thing with the indefinite article put before it."""
        w = self.writer
        if text.startswith("pair of"):
            w.write("a ")
        elif re.match(r"[aeiou]|AR-|AK-|8|11|18|SUV|Acura|Infiniti", text, re.IGNORECASE if text[:1].isalpha() else 0):
            w.write("a " if text.lower().startswith(("u-", "uni", "one")) else "an ")
        else:
            w.write("a ")
        w.mark(text, [entity_type], f"{entity_type}:{text}")

    def place(self, *, is_field: bool = False) -> None:
        """Where it happened; as a field with the city."""
        w, place, city, rng = self.writer, self.incident.place, self.incident.city, self.rng
        key = f"{place.identity}:place"
        if not is_field:
            rank = 0 if not self._has_place else 1
            w.mark(place.street, ["Location"], key, rank)
            self._has_place = True
            return
        self._has_place = True
        start = w.length
        w.write(place.street)
        form = rng.choice(("city", "city", "state", "zip", "none"))
        if form != "none":
            w.write(", ")
            w.mark(city.name, ["City"], "city")
            if form == "state":
                w.write(f", {rng.choice(city.state[:2])}")
            if form == "zip":
                w.write(f", {city.state[1]} {city.postal_code}")
        w.mark_from(start, ["Location"], key, 0)

    def to_place(self) -> None:
        """ "to the 1400 block of Alder Street"."""
        self.writer.write("to the " if self.incident.place.takes_article else "to ")
        self.place()

    def at_place(self) -> None:
        """ "in the 1400 block of Alder Street"."""
        place = self.incident.place
        street = place.street.lower()
        if " block of" in street or " blk of" in street:
            self.writer.write("in the ")
        elif place.takes_article:
            on = ("on the ",) if street.endswith("side") else ("at the ", "at the ", "in the ", "near the ")
            self.writer.write(self.rng.choice(on))
        elif street[:1].isdigit() or street.startswith("unit "):
            self.writer.write("at ")
        elif street.startswith(("interstate", "state route")):
            self.writer.write("on ")
        else:
            self.writer.write(self.rng.choice(("at ", "near ", "at ")))
        self.place()

    def moment(self, *, is_field: bool = False) -> None:
        """The time of the crime, or the range it falls into."""
        w, incident = self.writer, self.incident
        first = self.clock(incident.when)
        if incident.until is None:
            w.mark(first, ["Crime_Time"], "crime:time")
            return
        start, word = w.length, self.rng.choice(("between", "from", "between")) if not is_field else ""
        inner = f" {self.rng.choice(('-', 'to', '–'))} " if is_field else " and " if word == "between" else " to "
        if is_field and self.rng.random() < 0.4:
            inner = inner.strip() if inner.strip() != "to" else inner
        w.write(f"{word} " if word else "")
        bare = first.split(" h")[0]
        inside = w.length
        w.write(f"{bare if self.rng.random() < 0.7 else first}{inner}{self.clock(incident.until)}")
        w.mark_from(inside, ["Crime_Time"], "crime:time", 1 if word else 0)
        if word:
            w.mark_from(start, ["Crime_Time"], "crime:time", 0)

    def day(self, *, is_field: bool = False) -> None:
        """The date of the crime, or the two days it falls between."""
        w, incident = self.writer, self.incident
        text = self.date(incident.when)
        if is_field and incident.until is not None and incident.until.date() != incident.when.date():
            text += f" {self.rng.choice(('-', 'to'))} {self.date(incident.until)}"
        w.mark(text, ["Crime_Date"], "crime:date")

    def clock(self, moment: datetime) -> str:
        """A moment, as this report writes times."""
        return CLOCKS[self.voice.clock](moment)

    def date(self, moment: datetime) -> str:
        """A day, as this report writes dates."""
        return DATES[self.voice.date](moment)

    def crime(self, text: str) -> None:
        """What kind of crime it is."""
        self.writer.mark(text, ["Crime_Type"], "crime:type")

    def shot_count(self) -> None:
        """How many shots, by itself or before wounds."""
        self.writer.mark(self.incident.shots.replace("dozens of", "multiple"), ["Shots_Fired"], "shots")

    def status(self, *, is_field: bool) -> None:
        """How the case stands."""
        closed = self.incident.is_closed
        if is_field:
            pool = cases.STATUSES_CLOSED if closed else cases.STATUSES_OPEN
        else:
            pool = cases.STATUSES_NARRATED_CLOSED if closed else cases.STATUSES_NARRATED_OPEN
        self.writer.mark(self.rng.choice(pool), ["Crime_Status"], "crime:status", 0 if is_field else 1)

    def description(self, suspect: Suspect, *, is_field: bool = False) -> None:
        """What a suspect looks like, without a leading article."""
        w, rng, look, person = self.writer, self.rng, suspect.appearance, suspect.person
        start = w.length
        sex = "female" if person.sex == "f" else "male"
        man = "woman" if person.sex == "f" else "man"
        if rng.random() < 0.75:
            at = w.length
            race = person.race[1]
            w.write(capital(race) if is_field else race)
            types = [t for t in self.roles(person)["race"] if t == "Suspect_Race"]
            w.mark_from(at, types, f"{person.identity}:race")
            w.write(f" {sex if is_field or rng.random() < 0.6 else man}")
        else:
            w.write(sex.capitalize() if is_field else sex if rng.random() < 0.5 else man)
        if not suspect.is_named and rng.random() < 0.5:
            types = ["Suspect_Age"]
            key, low = f"{person.identity}:age", person.age // 10 * 10
            form = rng.choice(("in", "range", "approx", "late"))
            if form == "in" and low >= 20:
                w.write(f"{',' if is_field else ''} in {self.his(person)} ")
                w.mark(f"{low}s", types, key)
            elif form == "late" and low >= 20:
                w.write(f"{',' if is_field else ''} in {self.his(person)} ")
                w.mark(f"{rng.choice(('early', 'mid', 'late'))}{rng.choice((' ', '-'))}{low}s", types, key)
            elif form == "range":
                w.write(", ")
                w.mark(f"{person.age}{rng.choice((' to ', '-', ' - '))}{person.age + 5}", types, key)
                w.write(rng.choice((" years old", " years of age", "")))
            else:
                w.write(f", {rng.choice(('approximately', 'about', 'around'))} ")
                w.mark(str(person.age), types, key)
                w.write(" years old")
        is_vague = look.height.startswith(("about", "between"))
        details = [
            look.height if is_vague or rng.random() < 0.5 else f"approximately {look.height}",
            f"{rng.choice(('about ', ''))}{look.weight}",
        ]
        details += [f"{look.build} build", f"with {look.hair}"]
        for detail in details:
            if rng.random() < 0.45:
                w.write(f", {detail}")
        if rng.random() < 0.8:
            wearing = rng.choice(("wearing", "wearing", "dressed in", "last seen wearing"))
            extra = look.extra if look.extra.endswith("s") else f"a {look.extra}"
            top = f"{'an' if look.top[0] in 'aeiou' else 'a'} {look.top}"
            clothes = rng.choice((top, f"{top} and {look.bottom}", f"{top}, {look.bottom} and {extra}"))
            w.write(f"{rng.choice((', ', ' '))}{wearing} {clothes}")
        if w.length > start:
            w.mark_from(start, ["Suspect_Description"], f"{person.identity}:look", 0)
