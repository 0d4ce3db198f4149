"""What teaching gives: twelve corrected reports of a layout that no training saw, scored on the 23 others.

python tests/benchmarks/teaching.py [--layout boxes] [--keep build/taught]

Draws three forms with words and layouts of their own, reads them as an ingest does, and teaches the shipped adapter
each. The labels are what was drawn. With the labelled files of ``test.toml`` in place, what teaching costs there too:

  crimeetl evaluate tests/benchmarks/test.toml --schema incident --adapter build/taught/boxes --against shipped
"""

import argparse
import io
import json
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from crimeetl.etl.readers import DocumentReader
from crimeetl.etl.split import split
from crimeetl.model.base import DEFAULT_BASE, BaseOptions, default_cache
from crimeetl.model.schema import EntitySchema, load_schema

if TYPE_CHECKING:
    from crimeetl.model.extract import ModelChoice

REPORTS, TAUGHT = 35, 12
GIVEN = ("Odalys", "Tobiah", "Kestrel", "Marguerita", "Ifeanyi", "Soren", "Wilhelmina", "Zebedee", "Anneliese", "Rafiq")
FAMILY = ("Quillfeather", "Okonjo", "Vandersloot", "Prudhomme", "Achterberg", "Mbeki", "Thistlewood", "Ruzicka", "Ng")
RANKS = ("PO", "Cpl.", "Inv.", "Tpr.")
STREETS = ("Larkspur Close", "Quarry Bend", "Saltmarsh Way", "Foundry Row", "Windlass Court", "Tannery Hill")
CITIES = ("Hexley", "Dunmorrow", "Port Saffron", "Kittering Falls", "Upper Wem")
OFFENCES = (
    ("23F", "Theft from motor vehicle"),
    ("13B", "Simple assault"),
    ("220", "Breaking and entering"),
    ("290", "Criminal damage"),
    ("120", "Strong-arm robbery"),
    ("26A", "False pretences"),
)
# Those below in halves: what is taught draws from the first, what is scored from the second.
WEAPONS = ("tyre iron", "box cutter", "starter pistol", "length of chain", "claw hammer", "broken bottle")
VEHICLES = ("teal Saab 900", "rust Isuzu flatbed", "cream Opel Kadett", "two-tone Jensen", "plum Skoda", "grey Lada")
GOODS = ("cordless drill", "silver locket", "oboe", "chainsaw", "coin album", "road bicycle", "laptop bag", "pipes")
EVIDENCE = ("boot cast", "glass shards", "latent lifts", "blood swab", "CCTV disc", "cigarette end")
LOOKS = (
    "tall, lean, ginger beard",
    "short, wearing a lime anorak",
    "heavy build, shaved head",
    "slim, tattoo of a heron on neck",
    "stooped, in a boiler suit",
    "broad, with braided hair",
)
STATES = ("Pending review", "Cleared by arrest", "Inactive", "Referred to DA", "Unfounded")
RACES = ("W", "B", "A", "H")
WHO = ("The caretaker", "A passer-by", "The complainant", "A bus driver", "The tenant upstairs", "A night porter")
SAID = ("reported that", "told units that", "stated that", "noticed that", "rang to say that")
HAPPENED = (
    "the side gate had been forced",
    "two men were shouting",
    "a pane had been put through",
    "goods were carried off",
    "somebody had been pushed to the ground",
    "paint was thrown over the shutters",
    "a cheque had been refused",
    "threats were made by telephone",
    "the till stood open",
    "a dog would not stop barking",
)
WHERE = ("by the workshop", "near the bus stop", "behind the bakery", "on the landing", "at the depot", "in the yard")
ENDINGS = ("Photographs were taken.", "Nothing else was disturbed.", "A canvass gave no more.", "")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
AGE_RANGES = ((12, "Child"), (17, "Teenager"), (30, "Young Adult"), (64, "Adult"), (200, "Senior"))


@dataclass(slots=True)
class Person:
    """Somebody in a form."""

    name: str
    age: str
    race: str


@dataclass(slots=True)
class Facts:
    """What one form states; an empty text is an empty box."""

    case: str
    date: str
    time: str
    code: str
    offence: str
    place: str
    city: str
    officer: str
    badge: str
    victims: list[Person]
    suspects: list[Person]
    witness: str
    look: str
    weapon: str
    vehicle: str
    goods: list[str]
    evidence: str
    state: str
    story: str
    email: str
    shown: dict[str, list[str]] = field(default_factory=dict)  # type -> values, in the order drawn


def facts_of(rng: random.Random, *, is_taught: bool) -> Facts:
    def of_half(words: tuple[str, ...]) -> tuple[str, ...]:
        return words[: len(words) // 2] if is_taught else words[len(words) // 2 :]

    def maybe(value: str, chance: float = 0.6) -> str:
        return value if rng.random() < chance else ""

    def name() -> str:
        given, family = rng.choice(GIVEN), rng.choice(FAMILY)
        ways = (f"{given} {family}", f"{family.upper()}, {given}", f"{family}, {given} {rng.choice('JKQ')}.")
        return rng.choice(ways)

    def people(most: int) -> list[Person]:
        count = rng.randint(0 if most > 1 else 1, most)
        return [
            Person(name(), maybe(str(rng.randint(9, 88)), 0.8), maybe(rng.choice(RACES), 0.7)) for _ in range(count)
        ]

    def sentence() -> str:
        return " ".join(map(rng.choice, (WHO, SAID, HAPPENED, WHERE))) + "."

    code, offence = rng.choice(OFFENCES)
    day, month, year = rng.randint(1, 28), rng.choice(MONTHS), rng.randint(2017, 2025)
    hour, minute = rng.randint(0, 23), rng.randint(0, 59)
    return Facts(
        case=f"{rng.choice('KTX')}{rng.randint(10, 99)}/{rng.randint(1000, 9999)}",
        date=f"{day:02} {month} {year}",
        time=maybe(f"{hour:02}.{minute:02} hrs", 0.9),
        code=code,
        offence=offence,
        place=f"{rng.randint(2, 399)} {rng.choice(STREETS)}",
        city=rng.choice(CITIES),
        officer=f"{rng.choice(RANKS)} {rng.choice('ABDGL')}. {rng.choice(FAMILY)}",
        badge=f"{rng.choice('RSU')}-{rng.randint(100, 999)}",
        victims=people(1) if rng.random() < 0.6 else people(2),
        suspects=people(2),
        witness=maybe(name(), 0.4),
        look=maybe(rng.choice(of_half(LOOKS)), 0.5),
        weapon=maybe(rng.choice(of_half(WEAPONS)), 0.4),
        vehicle=maybe(rng.choice(of_half(VEHICLES)), 0.4),
        goods=rng.sample(of_half(GOODS), rng.randint(0, 3)),
        evidence=maybe(rng.choice(of_half(EVIDENCE)), 0.4),
        state=rng.choice(STATES),
        story=" ".join(filter(None, (sentence(), sentence(), rng.choice(ENDINGS)))),
        email=maybe(f"{rng.choice(GIVEN).lower()}{rng.randint(1, 99)}@{rng.choice(['corvid', 'pomelo'])}.example", 0.3),
    )


class Sheet:
    """A page that notes which values of which type it was given."""

    def __init__(self, facts: Facts) -> None:
        self.made, self.facts = io.BytesIO(), facts
        self.canvas = Canvas(self.made, pagesize=(612, 792))

    def put(self, x: float, y: float, text: str, *entity_types: str, size: float = 10) -> None:
        self.canvas.setFont("Helvetica", size)
        self.canvas.drawString(x, y, text)
        self.note(text, *entity_types)

    def note(self, text: str, *entity_types: str) -> None:
        for name in entity_types if text else ():
            self.facts.shown.setdefault(name, []).append(text)
            if name == "Victim_Age":
                self.note(next(group for most, group in AGE_RANGES if int(text) <= most), "Victim_AgeRange")

    def story(self, x: float, y: float, width: float) -> None:
        for number, line in enumerate(simpleSplit(self.facts.story, "Helvetica", 10, width)):
            self.put(x, y - 13 * number, line)
        self.note(self.facts.story, "Crime_Summary")

    def done(self) -> bytes:
        self.canvas.save()
        return self.made.getvalue()


def boxes(facts: Facts) -> bytes:
    """Values above rules, their captions in small print below, as on a ticket."""
    sheet = Sheet(facts)
    sheet.put(200, 760, "DUNMORROW CONSTABULARY  Form 7-B", size=13)

    def box(x: float, y: float, caption: str, text: str, *entity_types: str) -> None:
        sheet.put(x, y, text, *entity_types)
        sheet.canvas.line(x, y - 3, x + 150, y - 3)
        sheet.put(x, y - 11, caption, size=6)

    victim = facts.victims[0] if facts.victims else Person("", "", "")
    suspect = facts.suspects[0] if facts.suspects else Person("", "", "")
    box(40, 725, "INC. REF.", facts.case, "Case_Number")
    box(220, 725, "OCCURRED ON", facts.date, "Crime_Date")
    box(400, 725, "AT (24H)", facts.time, "Crime_Time")
    box(40, 690, "NATURE", facts.offence, "Crime_Type")
    box(220, 690, "WHERE", facts.place, "Location")
    box(400, 690, "MUNICIPALITY", facts.city, "City")
    box(40, 655, "INJURED PARTY", victim.name, "Victim_Name")
    box(220, 655, "YRS", victim.age, "Victim_Age")
    box(400, 655, "CONTACT (ELECTRONIC)", facts.email, "Victim_Email")
    box(40, 620, "PERSON OF INTEREST", suspect.name, "Suspect_Name")
    box(220, 620, "YRS", suspect.age, "Suspect_Age")
    box(400, 620, "APPEARANCE OF P.O.I.", facts.look, "Suspect_Description")
    box(40, 585, "IMPLEMENT", facts.weapon, "Weapon_Type")
    box(220, 585, "CONVEYANCE", facts.vehicle, "Vehicle_Description")
    box(400, 585, "TAKEN", "; ".join(facts.goods))
    for goods in facts.goods:
        sheet.note(goods, "Property_Stolen")
    box(40, 550, "OBSERVED BY", facts.witness, "Witness_Name")
    box(220, 550, "RECOVERED FOR LAB", facts.evidence, "Evidence_Type")
    box(400, 550, "STANDING", facts.state, "Crime_Status")
    box(40, 515, "SUBMITTED", facts.officer, "Officer_Name")
    box(220, 515, "SHIELD", facts.badge, "Officer_BadgeNumber")
    sheet.story(40, 480, 520)
    sheet.put(40, 440, "SYNOPSIS", size=6)
    return sheet.done()


def codes(facts: Facts) -> bytes:
    """Two columns of numbered fields with codes, and what the codes mean at the foot."""
    sheet = Sheet(facts)
    sheet.put(40, 765, "COUNTY OF WEM / CRIME RETURN CR-19", size=12)
    left, right = [730.0], [730.0]

    def numbered(column: list[float], number: str, caption: str, text: str, *entity_types: str) -> None:
        x = 40 if column is left else 320
        sheet.put(x, column[0], f"{number}. {caption}", size=8)
        sheet.put(x + 110, column[0], text, *entity_types)
        column[0] -= 18

    numbered(left, "1", "Return no.", facts.case, "Case_Number")
    numbered(left, "2", "Code", facts.code)
    numbered(left, "3", "Descr.", facts.offence, "Crime_Type")
    numbered(left, "4", "Date", facts.date, "Crime_Date")
    numbered(left, "5", "Hour", facts.time, "Crime_Time")
    numbered(left, "6", "Scene", facts.place, "Location")
    numbered(left, "7", "Twp/City", facts.city, "City")
    numbered(left, "8", "Disp.", facts.state, "Crime_Status")
    numbered(left, "9", "Ofcr", facts.officer, "Officer_Name")
    numbered(left, "10", "Ofcr ID", facts.badge, "Officer_BadgeNumber")
    for place, victim in enumerate(facts.victims, start=1):
        numbered(right, f"20.{place}", "V name", victim.name, "Victim_Name")
        numbered(right, f"21.{place}", "V age", victim.age, "Victim_Age")
        numbered(right, f"22.{place}", "V race", victim.race, "Victim_Race")
    for place, suspect in enumerate(facts.suspects, start=1):
        numbered(right, f"30.{place}", "S name", suspect.name, "Suspect_Name")
        numbered(right, f"31.{place}", "S age", suspect.age, "Suspect_Age")
        numbered(right, f"32.{place}", "S race", suspect.race, "Suspect_Race")
    numbered(right, "33", "S looks", facts.look, "Suspect_Description")
    numbered(right, "40", "Weap.", facts.weapon, "Weapon_Type")
    numbered(right, "41", "Veh.", facts.vehicle, "Vehicle_Description")
    bottom = min(left[0], right[0])
    sheet.put(40, bottom - 10, "50. Remarks", size=8)
    sheet.story(40, bottom - 26, 520)
    legend = "Race: W white, B black, A Asian, H Hispanic.  Code: 23F, 13B, 220, 290, 120, 26A as in the manual."
    sheet.put(40, bottom - 80, legend, size=7)
    return sheet.done()


def tables(facts: Facts) -> bytes:
    """A head line, then ruled tables of persons and of things, a row each."""
    sheet = Sheet(facts)
    sheet.put(40, 765, "Kittering Falls Police Bureau", size=12)
    head = [(40, facts.case, "Case_Number"), (130, facts.date, "Crime_Date"), (240, facts.time, "Crime_Time")]
    head += [(330, facts.offence, "Crime_Type"), (480, facts.state, "Crime_Status")]
    place = [(40, facts.place, "Location"), (240, facts.city, "City")]
    place += [(330, facts.officer, "Officer_Name"), (480, facts.badge, "Officer_BadgeNumber")]
    people = [("VIC", "Victim", person) for person in facts.victims]
    people += [("SUS", "Suspect", person) for person in facts.suspects]
    y = 735.0

    def row(cells: Sequence[tuple[float, str, str]], *, size: float = 10) -> None:
        nonlocal y
        for x, text, name in cells:
            sheet.put(x, y, text, *([name] if name else []), size=size)
        y -= 18

    def heading(*cells: tuple[float, str]) -> None:
        row([(x, text, "") for x, text in cells], size=8)

    heading((40, "FILE"), (130, "DAY"), (240, "CLOCK"), (330, "CLASS"), (480, "STAGE"))
    row(head)
    heading((40, "SITE"), (240, "TOWN"), (330, "BY"), (480, "NO."))
    row(place)
    y -= 10
    heading((40, "ROLE"), (90, "PERSON"), (300, "AGE"), (350, "R"), (400, "MAIL"))
    for at, (role, kind, person) in enumerate(people):
        email = facts.email if at == 0 and kind == "Victim" else ""
        cells = [(40, role, ""), (90, person.name, f"{kind}_Name"), (300, person.age, f"{kind}_Age")]
        row([*cells, (350, person.race, f"{kind}_Race"), (400, email, "Victim_Email")])
    if facts.witness:
        row([(40, "WIT", ""), (90, facts.witness, "Witness_Name")])
    y -= 10
    heading((40, "LINE"), (90, "ITEM"), (300, "HOW"))
    things = [(goods, "taken", "Property_Stolen") for goods in facts.goods]
    things += [(facts.weapon, "used", "Weapon_Type"), (facts.vehicle, "involved", "Vehicle_Description")]
    things += [(facts.evidence, "held", "Evidence_Type")]
    for number, (text, how, name) in enumerate([thing for thing in things if thing[0]], start=1):
        row([(40, str(number), ""), (90, text, name), (300, how, "")])
    y -= 10
    sheet.story(40, y, 520)
    return sheet.done()


LAYOUTS: dict[str, Callable[[Facts], bytes]] = {"boxes": boxes, "codes": codes, "tables": tables}


def drawn(layout: str, types: list[str], folder: Path) -> Iterator[dict[str, Any]]:
    """So many forms of a layout as labelled data, with the text that an ingest reads."""
    with DocumentReader(io.BytesIO()) as reader:
        for number in range(REPORTS):
            facts = facts_of(random.Random(f"teaching {layout} {number}"), is_taught=number < TAUGHT)
            path = folder / f"{layout}-{number:02}.pdf"
            path.write_bytes(LAYOUTS[layout](facts))
            reports = [report for part in [split(reader.read(str(path)))] for report in part.reports]
            assert len(reports) == 1, f"{path.name} was read as {len(reports)} reports"
            text = reports[0].text
            gold = {name: [found(text, name, value) for value in facts.shown.get(name, [])] for name in types}
            yield {"id": path.name, "text": text, "entities": gold}


def found(text: str, entity_type: str, value: str) -> Any:
    """A value where it stands in the text, whatever its line breaks."""
    if entity_type == "Victim_AgeRange":
        return value
    pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, value.split())) + r"(?!\w)"
    match = re.search(pattern, text)
    assert match, f"{entity_type} {value!r} was not read: {text}"
    return {"value": match.group(), "start": match.start(), "end": match.end()}


def main() -> None:
    # Not above: what reads PDFs is a process of its own that imports this file, and its memory is bounded.
    from crimeetl.model.extract import adapter_folder, choose_model
    from crimeetl.model.train import TeachSettings, teach

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layout", choices=list(LAYOUTS), action="append", help="all unless given; repeatable")
    parser.add_argument("--keep", type=Path, help="a folder to keep the taught adapters in")
    asked = parser.parse_args()
    schema = load_schema("incident")
    base = BaseOptions(name=DEFAULT_BASE, device="auto", quantization="auto", dtype="auto", cache=default_cache())
    shipped = adapter_folder("shipped", DEFAULT_BASE)
    assert shipped is not None
    with tempfile.TemporaryDirectory() as scratch:
        for layout in asked.layout or LAYOUTS:
            rows = list(drawn(layout, list(schema.by_name), Path(scratch)))
            output = (asked.keep or Path(scratch)) / layout
            began = time.monotonic()
            settings = TeachSettings(schema=schema, base=base, adapter=shipped, output=output)
            taught = teach(settings, rows[:TAUGHT], tell=lambda line: print(f"  {line}", flush=True))
            print(f"{layout}: {time.monotonic() - began:.0f} s\n{taught.summary()}\n{taught.refusal or 'kept'}")
            for name, adapter in (("before", shipped), ("taught", output)):
                if adapter.exists():
                    print(f"  {name}: {scored(choose_model(base, adapter), schema, rows[TAUGHT:], Path(scratch))}")


def scored(choice: "ModelChoice", schema: EntitySchema, rows: list[dict[str, Any]], scratch: Path) -> str:
    """What a model gives on forms, for people."""
    from crimeetl.model.evaluate import evaluate
    from crimeetl.model.labels import Source, read_sources

    file = scratch / "scored.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    [found] = evaluate(choice.extractor(schema), read_sources([Source(data=file)]))
    f1, sure = found.overall["as_stated"]["fuzzy"], found.reliability
    error = "-" if sure is None else f"{sure.error:.3f} ({sure.error_low:.3f} to {sure.error_high:.3f})"
    return (
        f"F1 {f1.f1:.3f} ({f1.f1_low:.3f} to {f1.f1_high:.3f}) on {found.reports} forms, calibration error {error}, "
        f"{found.seconds_a_report:.2f} s a form"
    )


if __name__ == "__main__":
    main()
