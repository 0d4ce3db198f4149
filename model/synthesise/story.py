"""Every slot that the templates of offences and phrases may name, filled from an incident's facts."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from crimeetl.model.synthesise.marked import Marked, Writer
from crimeetl.model.synthesise.mentions import SHORT, VAGUE, Mentions
from crimeetl.model.synthesise.vocabulary import cases, persons, places, things
from crimeetl.model.synthesise.voices import Voice, part_of_day
from crimeetl.model.synthesise.world import Incident, Person, Suspect

Write = Callable[[Writer], None]
# How often a report tells a thing, at least and at most, where its style has room.
LIMITS = {
    "act": (1, 2),
    "stolen_np": (1, 2),
    "evidence_np": (1, 1),
    "a_weapon": (1, 2),
    "a_vehicle": (1, 2),
    "description": (1, 1),
    "description_2": (1, 1),
    "witness": (1, 3),
    "witness_2": (1, 1),
    "victim_named": (1, 1),
    "victim_2": (1, 2),
    "victim_3": (1, 1),
    "suspect_2": (1, 2),
    "suspect_named": (1, 3),
    "victim_email": (1, 1),
    "status": (1, 1),
    "case": (1, 2),
    "shots_np": (1, 2),
    "bystander": (1, 2),
    "owner_np": (1, 2),
    "manager_np": (1, 2),
    "ceo_np": (1, 1),
    "synopsis": (1, 1),
    "scene": (1, 1),
}


def _text(value: str) -> Write:
    return lambda writer: writer.write(value)


class Story(Mentions):
    """Registers an incident's slots with a writer; styles then expand templates, or write mentions themselves."""

    def __init__(self, incident: Incident, voice: Voice, writer: Writer) -> None:
        super().__init__(incident, voice, writer)
        self._now = incident.reported
        self._register()
        self._register_facts()
        self._retire_act()
        for name, (fewest, most) in LIMITS.items():
            if name in writer.context:
                self._limit(name, self.rng.randint(fewest, most))

    def _limit(self, name: str, times: int) -> None:
        """Takes a slot away once it was written so many times: a report says most things once."""
        write, left = self.writer.context[name], [times]

        def counted(writer: Writer) -> None:
            left[0] -= 1
            if left[0] == 0:
                del writer.context[name]
                self._retire_act()
            write(writer)

        self.writer.context[name] = counted

    def _retire_act(self) -> None:
        if not self._acts():
            self.writer.context.pop("act", None)

    def _register(self) -> None:
        """Every slot that the facts fill, in an order that keeps a seed's reports the same."""
        self._register_agency()
        self._register_when_and_where()
        self._register_crime()
        self._register_asides()
        self._register_officers()
        self._register_business()
        self._register_victims()
        self._register_suspects()
        self._register_witnesses()
        self._register_things()
        self._register_shots()

    def _add(self, name: str, write: Write) -> None:
        self.writer.context[name] = write

    def _register_agency(self) -> None:
        add, rng, city = self._add, self.rng, self.incident.city
        add("officers", _text("deputies" if city.is_sheriff else rng.choice(("officers", "officers", "police"))))
        add("officers_noun", _text("deputies" if city.is_sheriff else "officers"))
        add("police", _text("deputies" if city.is_sheriff else "police"))
        add("agency", _text(city.agency))
        add("agency_short", _text(city.agency_short))
        add("state", _text(city.state[0]))
        add("city", lambda w: w.mark(city.name, ["City"], "city"))
        add("city_capitals", lambda w: w.mark(city.name.upper(), ["City"], "city"))
        add("state_short", _text(city.state[2]))

    def _register_when_and_where(self) -> None:
        add, rng, i = self._add, self.rng, self.incident
        add("place", lambda _: self.place())
        add("at_place", lambda _: self.at_place())
        add("to_place", lambda _: self.to_place())
        add("place_blunt", self._place_blunt)
        add("time", lambda _: self.moment())
        add("about_time", self._about_time)
        add("date", lambda _: self.day())
        add("on_date", self._on_date)
        add("weekday", lambda w: w.mark(f"{i.when:%A}", ["Crime_Date"], "crime:date", SHORT))
        add("part_of_day", lambda w: w.mark(part_of_day(i.when), ["Time_Of_Day"], "crime:part"))
        add("year", _text(str(i.when.year)))
        add("reported_time", lambda w: w.write(self.clock(i.reported)))
        add("reported_date", lambda w: w.write(self.date(i.reported)))
        add("later_time", lambda w: w.write(self._later_time()))
        add("later_date", lambda w: w.write(self.date(i.reported + timedelta(days=rng.randrange(1, 40)))))
        add("later_weekday", lambda w: w.write(f"{i.reported + timedelta(days=rng.randrange(1, 6)):%A}"))
        add("earlier_date", lambda w: w.write(self.date(i.when - timedelta(days=rng.randrange(2, 900)))))

    def _register_crime(self) -> None:
        add, rng, i = self._add, self.rng, self.incident
        add("crime", lambda _: self.crime(rng.choice(i.offence.nouns)))
        add("a_crime", self._a_crime)
        add("title", lambda _: self.crime(rng.choice(i.offence.titles)))
        add("status", lambda _: self.status(is_field=False))
        add("case", lambda w: w.mark(i.case_number, ["Case_Number"], "case"))
        add("scene", lambda w: None)  # writes nothing, and only once: no two sentences tell when and where
        add("act", lambda w: w.expand(rng.choice(self._acts())))
        add("synopsis", self._synopsis)

    def _register_asides(self) -> None:
        add, rng, city = self._add, self.rng, self.incident.city
        add("body", lambda w: w.write(rng.choice(persons.BODY_PARTS)))
        namesake = rng.choice((city.name, rng.choice(places.STREET_STEMS), "Mercy"))
        add("hospital", _text(f"{namesake} {rng.choice(places.HOSPITALS)}"))
        add("phone", _text(f"{rng.choice(('555', '(555) 555', '800-555'))}-{rng.randrange(1000, 9999)}"))
        add("channel", _text(rng.choice(cases.CHANNELS)))
        add("number", lambda w: w.write(str(rng.randrange(2, 40))))
        add("number_th", lambda w: w.write(places.ordinal(rng.randrange(2, 40))))
        add("street_other", lambda w: w.write(rng.choice(city.streets)))

    def _register_officers(self) -> None:
        add, officers = self._add, self.incident.officers
        add("officer", lambda _: self.officer(officers[0]))
        add("i", self._narrator)
        add("me", _text("me") if self.voice.is_first_person else self._narrator)
        add("speaker", lambda _: self._speaker())
        if len(officers) > 1:
            add("officer_2", lambda _: self.officer(officers[1]))
        if len(officers) > 2:
            add("officer_3", lambda _: self.officer(officers[2]))

    def _register_business(self) -> None:
        business = self.incident.business
        if business is None:
            words = ("a convenience store", "a gas station", "a store", "the business", "a shop")
            self._add("business_np", _text(self.rng.choice(words)))
            return
        types = ["Victim_Name"] if not self.incident.victims else []
        self._add("business_np", lambda w: w.mark(business.name, types, f"{business.identity}:name"))
        for part, person in business.people.items():
            self._add(f"{part}_np", partial(self._named_person, person))

    def _register_witnesses(self) -> None:
        add, bystander, witnesses = self._add, self.incident.bystander, self.incident.witnesses
        add("bystander", partial(self._named_person, bystander))
        add("bystander_job", _text(bystander.job))
        if witnesses:
            add("witness", partial(self._named_person, witnesses[0]))
            add("witness_job", _text(witnesses[0].job))
        if len(witnesses) > 1:
            add("witness_2", partial(self._named_person, witnesses[1]))

    def _register_things(self) -> None:
        add, i = self._add, self.incident
        if i.stolen:
            add("stolen_np", lambda _: self.items(i.stolen, "Property_Stolen"))
            add("stolen_plain", lambda _: self.items(i.stolen, "Property_Stolen"))
            add("stolen_were", _text(things.were(i.stolen)))
        if i.evidence:
            add("evidence_np", lambda _: self.items(i.evidence, "Evidence_Type"))
            add("evidence_were", _text(things.were(i.evidence)))
        if i.weapon:
            add("a_weapon", lambda _: self.article(i.weapon, "Weapon_Type"))
            add("weapon", lambda w: w.mark(i.weapon, ["Weapon_Type"], f"Weapon_Type:{i.weapon}"))
        if i.vehicle:
            add("a_vehicle", lambda _: self.article(i.vehicle, "Vehicle_Description"))

    def _register_shots(self) -> None:
        add, rng = self._add, self.rng
        if self.incident.shots:
            add("shots_np", self._shots)
            add("wounds_np", self._wounds)
            add("times", self._times)
        else:
            add("shots_np", _text(rng.choice(("shots", "gunshots"))))
            add("wounds_np", _text("apparent gunshot wounds"))
            add("times", _text(rng.choice(("in the back", "during the confrontation", "in front of a store"))))

    def _register_facts(self) -> None:
        """Slots that write nothing: a sentence that names one is written only where the fact holds."""
        i = self.incident
        harm = i.offence.harm if i.victims else ""
        facts = {
            "is_exact": i.until is None,
            "is_seen": bool(i.suspects),
            "is_shooting": bool(i.shots),
            "is_getaway": bool(i.suspects) and not i.offence.is_about_vehicle,
            "is_alive": i.offence.harm != "dead" and bool(i.victims or i.business),
            "is_hurt": harm == "hurt",
            "is_dead": harm == "dead",
            "is_violent": harm != "",
            "is_arrested": bool(i.suspects) and i.suspects[0].is_arrested,
            "is_sought": bool(i.suspects) and not i.suspects[0].is_arrested,
        }
        for name in (name for name, holds in facts.items() if holds):
            self._add(name, lambda _: None)

    def _register_victims(self) -> None:
        add, i, rng, named = self._add, self.incident, self.rng, self.voice.are_victims_named
        if not i.victims:
            if i.business:
                clerk = rng.choice(("the clerk", "the cashier"))
                add("victim_np", lambda w: w.write(clerk))
                add("victim_met", lambda w: w.write(clerk))
            return
        victim = i.victims[0]
        add("victim_np", lambda _: self.refer(victim, is_named=named, role="victim"))
        if named or self.voice.identifies_later:
            add("victim_named", lambda _: self._identified(victim))
        add("victim_full", lambda _: self.full_name(victim))
        add("victim_met", lambda _: self._victim_met(victim))
        add("victim_anonymous", lambda _: self._unnamed(victim))
        add("victim_him", lambda w: w.write("her" if victim.sex == "f" else "him"))
        add("victim_his", lambda w: w.write(self.his(victim)))
        add("victim_he", lambda w: w.write("she" if victim.sex == "f" else "he"))
        add("victim_man", lambda w: w.write(self.man(victim)))
        add("victim_man_a", lambda w: w.write(f"a {self.man(victim)}"))
        add("victim_home", lambda w: w.write(victim.home))
        add("victim_email", lambda w: w.mark(victim.email, ["Victim_Email"], f"{victim.identity}:email"))
        add("victim_age", lambda _: self.age(victim))
        if len(i.victims) > 1:
            add("victim_2", lambda _: self.refer(i.victims[1], is_named=named, role="second victim"))
        if len(i.victims) > 2:
            add("victim_3", lambda _: self.refer(i.victims[2], is_named=named, role="third victim"))

    def _victim_met(self, victim: Person) -> None:
        """Said to be the victim, where nothing has told so yet."""
        is_told = victim.identity in self._known or not self.voice.are_victims_named
        self.writer.write("" if is_told else "the victim, ")
        self.refer(victim, is_named=self.voice.are_victims_named, role="victim")
        self.writer.write("" if is_told else ",")

    def _unnamed(self, victim: Person) -> None:
        if not self.voice.are_victims_named:
            self._known.add(victim.identity)
        self.anonymous(victim)

    def _identified(self, victim: Person) -> None:
        """By the whole name, and known by it from there on."""
        self._known.add(victim.identity)
        self._named.add(victim.identity)
        self.introduce(victim)

    def _register_suspects(self) -> None:
        add, i, rng = self._add, self.incident, self.rng
        if not i.suspects:
            add(
                "suspect_np",
                lambda w: w.write(rng.choice(("an unknown person", "someone", "an unknown suspect", "a person"))),
            )
            add("suspects_words", lambda w: w.write("An unknown person"))
            return
        first = i.suspects[0]
        add("suspect_np", lambda _: self._suspect_np(first))
        add("suspect_he", lambda w: w.write("she" if first.person.sex == "f" else "he"))
        add("suspect_his", lambda w: w.write(self.his(first.person)))
        one = "A suspect" if first.is_named else "An unknown suspect"
        add("suspects_words", lambda w: w.write((one, "Two people", "Three people")[len(i.suspects) - 1]))
        add("description", lambda _: self._described(first))
        if first.is_named:
            add("suspect_named", lambda _: self._suspect_np(first))
            add("suspect_full", lambda _: self.full_name(first.person))
        if len(i.suspects) > 1:
            add("suspect_2", lambda _: self._suspect_np(i.suspects[1]))
            add("description_2", lambda _: self._described(i.suspects[1]))
        if len(i.suspects) > 2:
            add("suspect_3", lambda _: self._suspect_np(i.suspects[2]))

    def _named_person(self, person: Person, _: Writer) -> None:
        self.refer(person, is_named=True, role="")

    def _suspect_np(self, suspect: Suspect) -> None:
        if suspect.is_named:
            self.refer(suspect.person, is_named=True, role="suspect")
        elif suspect.person.identity in self._known:
            self.writer.write(self.rng.choice(("the suspect", f"the {self.man(suspect.person)}")))
        else:
            self._known.add(suspect.person.identity)
            sex = self.man(suspect.person)
            self.writer.write(
                self.rng.choice(
                    (f"an unknown {sex}", f"a {sex}", "a suspect", "an unidentified suspect", f"a masked {sex}")
                )
            )

    def _described(self, suspect: Suspect) -> None:
        """With the article that goes before."""
        marked = self.writer.apart(lambda _: self.description(suspect))
        self.writer.write("an " if re.match(r"[AEIaei]", marked.text) else "a ")
        self.writer.append(marked)

    def _place_blunt(self, w: Writer) -> None:
        place = self.incident.place
        if place.blunt == "area":
            w.write("the area")
        else:
            w.write("the " if "block" in place.blunt.lower() else "")
            w.mark(place.blunt, ["Location"], f"{place.identity}:place", VAGUE)

    def _about_time(self, w: Writer) -> None:
        if self.incident.until is None:
            w.write(f"{self.rng.choice(cases.ABOUT)} ")
            self.moment()
        else:
            w.write(self.rng.choice(("sometime ", "")))
            self.moment()

    def _on_date(self, w: Writer) -> None:
        start = w.length
        word = self.rng.choice(("on ", "on ", "on ", "on or about "))
        w.write(word)
        self.day()
        if word == "on or about ":
            w.mark_from(start, ["Crime_Date"], "crime:date", 1)

    def _a_crime(self, w: Writer) -> None:
        noun = self.rng.choice(self.incident.offence.nouns)
        if noun not in cases.UNCOUNTED:
            w.write("an " if noun[0] in "aeiou" else "a ")
        self.crime(noun)

    def _acts(self) -> list[str]:
        """Templates that can still tell what happened: as it was seen, or as it was found where nobody saw it."""
        offence, can = self.incident.offence, self.writer.can
        found = [] if self.incident.suspects else list(filter(can, offence.findings))
        return found or list(filter(can, offence.acts))

    def _synopsis(self, w: Writer) -> None:
        start = w.length
        able = [t for t in self.incident.offence.synopses if w.can(t)]
        template = self.rng.choice(able or ["{title} reported [at|near] {place_blunt}."])
        told = w.apart(lambda w: w.expand(template)).capitalised()
        w.append(Marked(told.text[:-1], told.marks) if told.text.endswith("..") else told)  # "near Pine St.."
        w.mark_from(start, ["Crime_Summary"], "crime:summary")

    def _narrator(self, w: Writer) -> None:
        if self.voice.is_first_person:
            w.write("I")
        else:
            self.officer(self.incident.officers[0])

    def _speaker(self) -> None:
        speaker = self.incident.speaker
        if speaker.identity in self._known:
            self.name(speaker, speaker.last, SHORT)
            return
        self._known.add(speaker.identity)
        self.ranked(speaker, speaker.full)

    def _shots(self, w: Writer) -> None:
        shots = self.incident.shots
        w.mark(shots, ["Shots_Fired"], "shots")
        w.write(f" {'shot' if shots == 'one' else self.rng.choice(('shots', 'shots', 'rounds', 'gunshots'))}")

    def _wounds(self, w: Writer) -> None:
        self.shot_count()
        w.write(f" gunshot wound{'' if self.incident.shots == 'one' else 's'}")

    def _later_time(self) -> str:
        """Some minutes after the last such time."""
        self._now += timedelta(minutes=self.rng.randrange(5, 90))
        return self.clock(self._now)

    def _times(self, w: Writer) -> None:
        shots = self.incident.shots
        text = {"one": "once", "two": self.rng.choice(("twice", "two times")), "dozens of": "multiple times"}.get(shots)
        w.mark(text or f"{shots} times", ["Shots_Fired"], "shots")
