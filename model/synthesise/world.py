"""Made-up facts: people, places, agencies and what happened. A world keeps those that may return in another report."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from crimeetl.model.synthesise.vocabulary import OFFENCES, Offence, persons, places, things

FIRST_DAY, LAST_DAY = date(2008, 1, 1), date(2027, 12, 31)
RETURNING = 0.15  # how often a person of an earlier report comes back
ADULT, CITIES, OFFICERS_A_CITY, STREETS_A_CITY = 18, 40, 8, 14


@dataclass(slots=True)
class City:
    """A made-up city with its police and streets."""

    name: str
    state: tuple[str, str, str]  # name, postal code, as newspapers shorten it
    postal_code: str
    agency: str
    agency_short: str
    is_sheriff: bool
    officers: list["Person"] = field(default_factory=list)
    streets: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Place:
    """Where something happened, as one would write it without its city."""

    identity: str
    street: str
    blunt: str  # the same less exactly: for a second mention
    takes_article: bool


@dataclass(slots=True)
class Person:
    """Someone, whatever part they play."""

    identity: str
    sex: str  # f, m
    first: str
    middle: str
    last: str
    age: int
    race: tuple[str, str, str]  # adjective, adjective, code
    home: str
    nickname: str = ""
    rank: str = ""
    badge: str = ""
    email: str = ""
    job: str = ""

    @property
    def full(self) -> str:
        return f"{self.first} {self.last}"


@dataclass(slots=True)
class Business:
    """A shop or the like that is a victim, a place, or both."""

    identity: str
    name: str
    email: str
    people: dict[str, Person]  # owner, manager, ceo


@dataclass(slots=True)
class Appearance:
    """What was seen of a suspect."""

    height: str
    weight: str
    build: str
    hair: str
    top: str
    bottom: str
    extra: str


@dataclass(slots=True)
class Suspect:
    """Who did it, as far as the report knows."""

    person: Person
    is_named: bool
    is_arrested: bool
    appearance: Appearance


@dataclass(slots=True)
class Incident:
    """All facts of one report."""

    offence: Offence
    when: datetime
    until: datetime | None  # the end of a range, where the moment is not known
    reported: datetime
    city: City
    place: Place
    business: Business | None
    victims: list[Person]
    suspects: list[Suspect]
    witnesses: list[Person]
    officers: list[Person]
    speaker: Person
    stolen: list[str]
    evidence: list[str]
    weapon: str
    vehicle: str
    shots: str
    case_number: str
    is_closed: bool
    bystander: Person  # named, but none of the above


class World:
    """A seeded source of facts."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._count = 0
        self._known: list[Person] = []
        self._present: set[str] = set()  # in the incident that is being made up
        self.cities = [self._city() for _ in range(CITIES)]

    def incident(self) -> Incident:
        """The facts of one more report."""
        rng = self.rng
        offence = rng.choices(OFFENCES, [o.weight for o in OFFENCES])[0]
        city = rng.choice(self.cities)
        self._present.clear()
        when = self._moment(offence)
        until = when + timedelta(minutes=rng.randint(60, 700)) if rng.random() < offence.unseen * 0.5 else None
        business = self._business(city) if rng.random() < offence.business else None
        victims = [] if business and rng.random() < 0.6 else self._people(offence.victims)
        is_seen = rng.random() > offence.unseen
        suspects = [self._suspect() for _ in range(rng.choices((1, 2, 3), (72, 20, 8))[0])] if is_seen else []
        witnesses = [self._person(least_age=ADULT) for _ in range(rng.choices((0, 1, 2), (45, 40, 15))[0])]
        number = rng.choices((1, 2, 3), (60, 28, 12))[0]
        is_arrest = any(suspect.is_arrested for suspect in suspects)
        return Incident(
            offence=offence,
            when=when,
            until=until,
            reported=(until or when) + timedelta(minutes=rng.choice((2, 5, 9, 14, 31, 55, 130, 480, 1500))),
            city=city,
            place=self._place(city, business),
            business=business,
            victims=victims,
            suspects=suspects,
            witnesses=witnesses,
            officers=rng.sample(city.officers, number),
            speaker=self._ranked(
                self._new_person(ADULT),
                rng.choice(
                    [r for r in persons.SPEAKER_RANKS if ("Chief" not in r if city.is_sheriff else r != "Sheriff")]
                ),
            ),
            stolen=self._some(things.STOLEN, offence.stolen, (0.05, 0.45, 0.3, 0.2)) if offence.stolen else [],
            evidence=self._some(things.EVIDENCE, ("any", *offence.evidence), (0.3, 0.25, 0.25, 0.2)),
            weapon=self._weapon(offence) if is_seen or offence.weapons == ("gun",) else "",
            vehicle=self._vehicle() if offence.is_about_vehicle or rng.random() < 0.3 else "",
            shots=self._shots() if offence.shots and rng.random() < 0.75 else "",
            case_number=self._case_number(when),
            is_closed=is_arrest and rng.random() < 0.5,
            bystander=self._person(least_age=ADULT),
        )

    def _some(self, pools: dict[str, list[str]], names: tuple[str, ...], weights: tuple[float, ...]) -> list[str]:
        pool = [item for name in names for item in pools[name]]
        return self.rng.sample(pool, self.rng.choices(range(len(weights)), weights)[0])

    def _moment(self, offence: Offence) -> datetime:
        rng = self.rng
        day = FIRST_DAY + timedelta(days=rng.randrange((LAST_DAY - FIRST_DAY).days))
        hour = rng.choice((22, 23, 0, 1, 2, 3, 20, 21)) if rng.random() < offence.night else rng.randrange(24)
        minute = rng.choice((0, 15, 30, 45, 10, 20, 40, 50)) if rng.random() < 0.5 else rng.randrange(60)
        return datetime(day.year, day.month, day.day, hour, minute)

    def _city(self) -> City:
        rng = self.rng
        stem = rng.choice(places.CITY_STEMS) + rng.choice(places.CITY_ENDS)
        name = rng.choice(places.CITY_FRAMES).format(stem)
        is_sheriff = rng.random() < 0.25
        if is_sheriff:
            county = rng.choice((stem, rng.choice(persons.last_names("en_US"))))
            agency, short = f"{county} County Sheriff's Office", rng.choice((f"{county[0]}CSO", "Sheriff's Office"))
        else:
            agency = f"{name} Police Department"
            short = rng.choice(("".join(part[0] for part in name.split()) + "PD", f"{name} PD", f"{name} police"))
        state = rng.choice(places.STATES)
        city = City(name, state, f"{rng.randrange(10000, 99999)}", agency, short, is_sheriff)
        digits = rng.choice((2, 3, 3, 4, 4, 4, 5))
        for _ in range(OFFICERS_A_CITY):
            ranks = [r for r in persons.RANKS if is_sheriff or not r.startswith("Dep")]
            officer = self._ranked(self._new_person(ADULT), rng.choice(ranks))
            prefix = rng.choice(("", "", "", "", "D", "B-", "P"))
            officer.badge = prefix + str(rng.randrange(10 ** (digits - 1), 10**digits))
            city.officers.append(officer)
        while len(city.streets) < STREETS_A_CITY:
            street = self._street()
            if street not in city.streets:
                city.streets.append(street)
        return city

    def _ranked(self, person: Person, rank: str) -> Person:
        person.rank = rank
        return person

    def _street(self) -> str:
        rng = self.rng
        side = rng.choice(("",) * 6 + ("N. ", "S. ", "East ", "West ", "NW ", "North ", "E "))
        if rng.random() < 0.25:
            number = rng.randrange(2, 140)
            return f"{side}{places.ordinal(number)} {rng.choice(places.STREET_KINDS[:9])}"
        stem = rng.choice((rng.choice(places.STREET_STEMS), rng.choice(persons.last_names("en_US"))))
        return f"{side}{stem} {rng.choice(places.STREET_KINDS)}"

    def _place(self, city: City, business: Business | None) -> Place:
        rng = self.rng
        self._count += 1
        identity = f"place-{self._count}"
        number = rng.choice((rng.randrange(2, 999), rng.randrange(100, 9999), rng.randrange(1000, 19999)))
        street = rng.choice(city.streets)
        address = f"{number} {street}"
        block = f"{max(1, number // 100) * 100} {rng.choice(('block', 'block', 'Block', 'blk'))} of {street}"
        crossing = (
            f"{street} {rng.choice(('and', '&', 'at', 'and'))} {rng.choice([s for s in city.streets if s != street])}"
        )
        kind = rng.choices(("address", "block", "crossing", "landmark", "side"), (40, 22, 14, 20, 4))[0]
        if kind == "address":
            unit = rng.choice(("", "", "", ", Apt. 4", " #12", ", Unit B", f" Apt {rng.randrange(1, 400)}"))
            return Place(identity, address + unit, rng.choice((street, block)), False)
        if kind == "block":
            return Place(identity, block, street, True)
        if kind == "crossing":
            return Place(identity, crossing, street, False)
        if kind == "side":
            return Place(identity, rng.choice(places.SIDES), "area", True)
        frame = rng.choice(places.LANDMARKS)
        stem = rng.choice(
            (rng.choice(places.STREET_STEMS), rng.choice(places.CITY_STEMS) + rng.choice(places.CITY_ENDS))
        )
        name = frame.format(
            address=address,
            block=block,
            crossing=crossing,
            street=street,
            business=business.name if business else self._business_name(city),
            stem=stem,
            park=rng.choice(places.PARKS),
            school=rng.choice(places.SCHOOLS),
            estate=rng.choice(places.ESTATES),
            route=rng.randrange(4, 400),
            unit=rng.randrange(1, 60),
        )
        takes_article = (name[0].islower() and not name.startswith("unit")) or (
            frame.startswith("{stem}") and rng.random() < 0.3
        )
        return Place(identity, name, street if street in name else "area", takes_article)

    def _business_name(self, city: City) -> str:
        rng = self.rng
        return rng.choice(places.BUSINESSES).format(
            last=rng.choice(persons.last_names(rng.choice(persons.NAME_LOCALES))),
            trade=rng.choice(places.TRADES),
            venue=rng.choice(places.VENUES),
            stem=rng.choice(places.STREET_STEMS),
            kind=rng.choice(("Discount", "Family", "Custom", "Quality", "Street", "Express", "County")),
            city=city.name,
            adjective=rng.choice(places.ADJECTIVES),
        )

    def _business(self, city: City) -> Business:
        rng = self.rng
        self._count += 1
        name = self._business_name(city)
        people = {}
        for part, chance in (("owner", 0.45), ("manager", 0.4), ("ceo", 0.12)):
            if rng.random() < chance:
                people[part] = self._person(least_age=ADULT)
        slug = "".join(c for c in name.lower() if c.isalnum() and c.isascii())
        email = (
            f"{rng.choice(('info', 'office', 'contact', 'manager'))}@{slug}.{rng.choice(('com', 'net', 'biz', 'org'))}"
        )
        return Business(f"business-{self._count}", name, email, people)

    def _people(self, weights: tuple[int, ...]) -> list[Person]:
        return [self._person() for _ in range(self.rng.choices(range(len(weights)), weights)[0])]

    def _person(self, *, least_age: int = 0) -> Person:
        """A civilian, new or of an earlier report; nobody plays two parts in one incident."""
        person = self.rng.choice(self._known) if self._known and self.rng.random() < RETURNING else None
        if person is None or person.age < least_age or person.identity in self._present:
            person = self._new_person(least_age)
            self._known = [*self._known[-400:], person]
        self._present.add(person.identity)
        return person

    def _new_person(self, least_age: int) -> Person:
        rng = self.rng
        self._count += 1
        sex, locale = rng.choice("fm"), rng.choice(persons.NAME_LOCALES)
        first = rng.choice(persons.first_names(rng.choice((locale, "en_US")), sex))
        last = rng.choice(persons.last_names(locale))
        if rng.random() < 0.06:
            last += f"-{rng.choice(persons.last_names(locale))}"
        middle = rng.choice(persons.first_names("en_US", sex)) if rng.random() < 0.4 else ""
        ages = (rng.randrange(1, 13), rng.randrange(13, 20), rng.randrange(18, 45), rng.randrange(45, 94))
        age = rng.choices(ages[2:] if least_age else ages, (62, 26) if least_age else (2, 10, 62, 26))[0]
        slug = "".join(c for c in f"{first}{rng.choice(('.', '', '_'))}{last}".lower() if c.isascii() and c not in " '")
        host = rng.choice(
            ("example.com", "example.net", "example.org", "mail.example", "inbox.example", "post.example")
        )
        number = rng.choice(("", "", str(rng.randrange(1, 99))))
        return Person(
            identity=f"person-{self._count}",
            sex=sex,
            first=first,
            middle=middle,
            last=last,
            age=age,
            race=rng.choice(persons.RACES),
            home=f"{rng.randrange(10, 9999)} {self._street()}",
            nickname=rng.choice(persons.first_names("en_US", sex))[:5] if rng.random() < 0.04 else "",
            email=f"{slug}{number}@{host}",
            job=rng.choice(persons.JOBS),
        )

    def _suspect(self) -> Suspect:
        rng = self.rng
        is_named = rng.random() < 0.5
        feet, inches = rng.choice((4, 5, 5, 5, 5, 6)), rng.randrange(12)
        height = rng.choice(
            (
                f"{feet}'{inches}\"",
                f"{feet} feet {inches} inches tall",
                f"{feet}-foot-{inches}",
                f"{feet}’{inches}”",
                f"about {feet} feet tall",
                f"{feet}'{inches:02}",
                f"between {feet} feet and {feet}-foot-{max(inches, 1)}",
            )
        )
        person = self._person()
        while person.age < 12:
            person = self._person()
        beards = ("beard", "goatee", "mustache")
        marks = [m for m in persons.HAIR + persons.MARKS if person.sex == "m" or not m.endswith(beards)]
        return Suspect(
            person=person,
            is_named=is_named,
            is_arrested=is_named and rng.random() < 0.7,
            appearance=Appearance(
                height=height,
                weight=f"{rng.randrange(110, 290, 5)} {rng.choice(('pounds', 'lbs', 'lbs.'))}",
                build=rng.choice(persons.BUILDS),
                hair=rng.choice(marks),
                top=f"{rng.choice(persons.COLOURS)} {rng.choice(persons.TOPS)}",
                bottom=f"{rng.choice(persons.COLOURS)} {rng.choice(persons.BOTTOMS)}",
                extra=rng.choice(persons.EXTRAS),
            ),
        )

    def _weapon(self, offence: Offence) -> str:
        pools = {"gun": things.GUNS, "blade": things.BLADES, "club": things.CLUBS}
        return self.rng.choice(pools[self.rng.choice(offence.weapons)]) if offence.weapons else ""

    def _vehicle(self) -> str:
        rng = self.rng
        year = rng.choice(("", "", f"{rng.randrange(1994, 2027)} ", "older model "))
        colour = rng.choice(("silver", "gold", *persons.COLOURS))
        kind = rng.choice(things.CAR_MAKES if rng.random() < 0.7 else things.CAR_BODIES)
        order = (f"{colour} {year}{kind}", f"{year}{colour} {kind}", f"{colour} {kind}", kind)
        return rng.choice(order) + (f" {rng.choice(things.CAR_MARKS)}" if rng.random() < 0.15 else "")

    def _shots(self) -> str:
        rng = self.rng
        some = ("multiple", "several", "two", "three", "four", "five", "six", "eight", "a dozen", "at least five")
        return rng.choice((*some, "more than a dozen", "about 10", "one", "seven", "10", "14", "20", "dozens of"))

    def _case_number(self, when: datetime) -> str:
        rng, year = self.rng, when.year
        number = rng.randrange(100, 99999)
        return rng.choice(
            (
                f"{year % 100:02}-{number:06}",
                f"{year}-{number:05}",
                f"{year}{number:06}",
                f"{year % 100:02}{when.month:02}{when.day:02}-{number % 1000:03}",
                f"CR-{year}-{number:05}",
                f"{rng.choice('ABCDGHKLMPRST')}{year % 100:02}{number:05}",
                f"IR{number:06}",
                f"{number:05}-{year % 100:02}",
            )
        )
