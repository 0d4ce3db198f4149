"""Filled-in forms: fields in some order, each with one of its usual labels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from crimeetl.model.synthesise.compose import Plan, paragraphs, sentences
from crimeetl.model.synthesise.marked import Marked, Writer, capital
from crimeetl.model.synthesise.mentions import ARTICLE
from crimeetl.model.synthesise.story import Story
from crimeetl.model.synthesise.vocabulary import cases
from crimeetl.model.synthesise.world import Person

IN_FORM: Plan = (
    ("dispatched", 0, 1),
    ("contact", 0, 2),
    ("told", 1, 1),
    ("act_more", 0, 2),
    ("described", 0, 1),
    ("witnessed", 0, 1),
    ("collected", 0, 1),
    ("aside", 0, 2),
    ("closing", 0, 2),
)
LABELS = {
    "case": "Case Number|Case No.|Incident #|Report Number|File No.|Case ID|Event Number|Report #|Case",
    "crime": "Offense|Incident Type|Nature of Incident|Classification|Charge|Type of Crime|Offense Description|Type",
    "date": "Date|Date of Occurrence|Incident Date|Occurred On|Date of Offense|Date Occurred|Day",
    "time": "Time|Time of Occurrence|Incident Time|Time Occurred|Time of Offense",
    "moment": "Date/Time|Date and Time|When|Occurred|Date & Time of Incident|Occurrence",
    "reported": "Reported|Date Reported|Date/Time Reported|Report Date|Entered|Time of Report|Dispatched",
    "place": "Location|Address|Incident Location|Where|Place of Occurrence|Scene|Location of Offense|Premises",
    "city": "City|Jurisdiction|Municipality|Town/City",
    "officer": "Reporting Officer|Officer|R/O|Investigating Officer|Prepared By|Submitted by|Officer in Charge|Author",
    "badge": "Badge|Badge No.|ID #|Officer ID|Badge Number|Employee No.|Shield",
    "supervisor": "Approved By|Supervisor|Reviewed By|Watch Commander",
    "victim": "Victim|Victim Name|Complainant|Name of Victim|Injured Party|Victim's Name|Reporting Person/Victim",
    "victim_age": "Victim Age|Age|Age of Victim|Vic. Age",
    "victim_race": "Victim Race|Race|Victim Race/Ethnicity",
    "home": "Victim Address|Home Address|Residence|Address of Victim",
    "phone": "Phone|Contact Number|Telephone|Victim Phone",
    "email": "Email|E-mail|Victim Email|Contact Email|E-mail Address",
    "owner": "Owner|Business Owner|Proprietor|Owner Name",
    "manager": "Manager|Store Manager|Manager on Duty|General Manager",
    "ceo": "CEO|Chief Executive|CEO/President|Chief Executive Officer",
    "suspect": "Suspect|Suspect Name|Name of Suspect|Offender|Arrestee|Accused|Suspect/Arrestee",
    "suspect_age": "Suspect Age|Age of Suspect|Offender Age|Susp. Age",
    "suspect_race": "Suspect Race|Race of Suspect|Offender Race",
    "look": "Suspect Description|Description|Description of Suspect|Physical Description|Offender Description",
    "witness": "Witness|Witnesses|Witness Name|Name of Witness|Witness(es)|Witness Information",
    "evidence": "Evidence|Evidence Collected|Items Recovered|Evidence/Property|Physical Evidence|Exhibits",
    "weapon": "Weapon|Weapon Used|Weapon/Tool|Force/Weapon|Weapon Type",
    "shots": "Shots Fired|Rounds Fired|No. of Shots",
    "vehicle": "Vehicle|Vehicle Description|Suspect Vehicle|Veh. Info|Vehicle Involved",
    "stolen": "Property Stolen|Stolen Property|Items Taken|Property Taken|Loss|Property",
    "summary": "Summary|Synopsis|Brief|Brief Description|Incident Summary|Nutshell|Short Summary",
    "status": "Status|Case Status|Disposition|Current Status|Case Disposition",
    "narrative": "Narrative|Details|Officer's Narrative|Details of Incident|Circumstances|Remarks|Statement of Facts",
}
TYPE_OF_FIELD = {
    "case": "Case_Number",
    "city": "City",
    "victim": "Victim_Name",
    "victim_age": "Victim_Age",
    "victim_race": "Victim_Race",
    "email": "Victim_Email",
    "owner": "Victim_Owner",
    "manager": "Victim_Manager",
    "ceo": "Victim_CEO",
    "suspect": "Suspect_Name",
    "suspect_age": "Suspect_Age",
    "suspect_race": "Suspect_Race",
    "look": "Suspect_Description",
    "witness": "Witness_Name",
    "evidence": "Evidence_Type",
    "weapon": "Weapon_Type",
    "shots": "Shots_Fired",
    "vehicle": "Vehicle_Description",
    "stolen": "Property_Stolen",
    "place": "Location",
    "time": "Crime_Time",
}
ALWAYS = ("crime", "place", "officer")
OFTEN = ("case", "badge", "victim", "status", "suspect", "look", "witness", "evidence", "summary")
SOMETIMES = (
    "city",
    "supervisor",
    "victim_age",
    "victim_race",
    "home",
    "phone",
    "email",
    "owner",
    "manager",
    "ceo",
    "suspect_age",
    "suspect_race",
    "weapon",
    "vehicle",
    "stolen",
    "reported",
    "shots",
)
ORDER = (
    "case",
    "crime",
    "date",
    "time",
    "moment",
    "reported",
    "place",
    "city",
    "officer",
    "badge",
    "supervisor",
    "summary",
    "victim",
    "victim_age",
    "victim_race",
    "home",
    "phone",
    "email",
    "owner",
    "manager",
    "ceo",
    "suspect",
    "suspect_age",
    "suspect_race",
    "look",
    "witness",
    "vehicle",
    "weapon",
    "shots",
    "stolen",
    "evidence",
    "narrative",
    "status",
)


@dataclass(frozen=True, slots=True)
class FormField:
    """A label and what stands behind it."""

    label: str
    value: Marked


def form_fields(story: Story, *, share: float, has_narrative: bool | None = None) -> list[FormField]:
    """The fields of one form, filled from the facts; what is not known is left out or says so in words.

    Args:
        share: of the optional fields, how many the form has.
        has_narrative: whether one field tells what happened; three forms in four where None.
    """
    rng = story.rng
    names = list(ALWAYS)
    names += [n for n in OFTEN if rng.random() < 0.85 * share + 0.1] + [
        n for n in SOMETIMES if rng.random() < 0.5 * share
    ]
    names += ["moment"] if rng.random() < 0.5 else ["date", "time"]
    if has_narrative is None:
        has_narrative = rng.random() < 0.75
    names += ["narrative"] if has_narrative else []
    order = list(ORDER)
    if rng.random() < 0.3:  # an unusual form: blocks of fields change places
        cut = rng.randrange(5, len(order) - 5)
        order = order[cut:] + order[:cut]
    fields = []
    labels = {name: rng.choice(LABELS[name].split("|")) for name in order}
    for name in (n for n in order if n in names):
        value = story.writer.apart(partial(_write_field, story, name))
        if not value.text:
            is_told = name == "suspect_age" and story.incident.suspects  # as an estimate, in the description
            if name not in TYPE_OF_FIELD or is_told or rng.random() < 0.35:
                continue
            value = story.writer.apart(partial(_write_sentinel, TYPE_OF_FIELD[name]))
        label = labels[name]
        fields.append(FormField(label, value))
    return fields


def _write_sentinel(entity_type: str, writer: Writer) -> None:
    writer.mark(writer.rng.choice(cases.SENTINEL_WORDS), [entity_type], f"{entity_type}:not stated")


def _write_field(story: Story, name: str, _: Writer) -> None:
    """One field's value; nothing where the facts do not give it."""
    _write_of_the_case(story, name)
    _write_of_victims(story, name)
    _write_of_others(story, name)
    _write_of_things(story, name)


def _write_of_the_case(story: Story, name: str) -> None:
    i, w, rng = story.incident, story.writer, story.rng
    if name == "case":
        w.mark(i.case_number, ["Case_Number"], "case")
    elif name == "crime":
        story.crime(rng.choice(i.offence.titles))
    elif name == "date":
        story.day(is_field=True)
    elif name == "time":
        story.moment(is_field=True)
    elif name == "moment":
        story.day()
        w.write(rng.choice((", at ", " at ", ", ", " ", " / ", " - ")))
        story.moment(is_field=i.until is not None)
    elif name == "reported":
        w.write(f"{story.date(i.reported)}{rng.choice((' ', ', ', ' at '))}{story.clock(i.reported)}")
    elif name == "place":
        story.place(is_field=True)
    elif name == "city":
        w.mark(i.city.name, ["City"], "city")
    elif name == "summary":
        w.expand("{synopsis}")
    elif name == "status":
        story.status(is_field=True)
    elif name == "narrative":
        w.append(paragraphs(sentences(story, IN_FORM), rng, most=6, between="\n"))


def _write_of_victims(story: Story, name: str) -> None:
    """Of a business where no person is the victim; people whom the voice does not name stay out of forms."""
    i, w, rng = story.incident, story.writer, story.rng
    victim = i.victims[0] if i.victims and story.voice.are_victims_named else None
    if name == "victim" and victim:
        _listed(story, i.victims, _introducer(story), _between_names(story))
    elif name == "victim" and i.business and not i.victims:
        w.mark(i.business.name, ["Victim_Name"], f"{i.business.identity}:name")
    elif name == "victim_age" and victim:
        story.age(victim)
    elif name == "victim_race" and victim:
        story.race(victim, capital(rng.choice(victim.race)))
    elif name == "home" and victim:
        w.write(victim.home)
    elif name == "phone" and victim:
        w.expand("{phone}")
    elif name == "email" and victim:
        w.mark(victim.email, ["Victim_Email"], f"{victim.identity}:email")
    elif name == "email" and i.business:
        w.mark(i.business.email, ["Victim_Email"], f"{i.business.identity}:email")
    elif name in ("owner", "manager", "ceo") and i.business and name in i.business.people:
        story.full_name(i.business.people[name])


def _write_of_others(story: Story, name: str) -> None:
    i, w, rng = story.incident, story.writer, story.rng
    named = [s for s in i.suspects if s.is_named]
    if name == "officer":
        _listed(story, i.officers[: rng.choice((1, 1, len(i.officers)))], story.officer, ", ")
    elif name == "badge":
        story.badge(i.officers[0])
    elif name == "supervisor":
        w.expand("{speaker}")
    elif name == "suspect" and named:
        _listed(story, [s.person for s in named], story.full_name, rng.choice(("; ", " and ")))
    elif name == "suspect_age" and named:
        story.age(named[0].person)
    elif name == "suspect_race" and i.suspects:
        story.race(i.suspects[0].person, capital(rng.choice(i.suspects[0].person.race)))
    elif name == "look" and i.suspects:
        for n, suspect in enumerate(i.suspects[:2]):
            w.write("; " if n else "")
            story.description(suspect, is_field=True)
    elif name == "witness" and i.witnesses:
        _listed(story, i.witnesses, story.full_name, _between_names(story))


def _write_of_things(story: Story, name: str) -> None:
    i = story.incident
    if name == "evidence" and i.evidence:
        _things(story, i.evidence, "Evidence_Type")
    elif name == "stolen" and i.stolen:
        _things(story, i.stolen, "Property_Stolen")
    elif name == "weapon" and i.weapon:
        _things(story, [i.weapon], "Weapon_Type")
    elif name == "vehicle" and i.vehicle:
        _things(story, [i.vehicle], "Vehicle_Description")
    elif name == "shots" and i.shots:
        story.shot_count()


def _between_names(story: Story) -> str:
    """What keeps names apart: no comma where "Lee, Ann" has one."""
    return story.rng.choice(("; ", ", ", " and ")) if story.voice.names == "full" else "; "


def _introducer(story: Story) -> Callable[[Person], None]:
    return story.introduce if story.rng.random() < 0.5 else story.full_name


def _listed(story: Story, people: Sequence[Person], write: Callable[[Person], None], between: str) -> None:
    for n, person in enumerate(people):
        story.writer.write(between if n else "")
        write(person)


def _things(story: Story, things: Sequence[str], entity_type: str) -> None:
    """Things behind a label: a list, with or without its articles."""
    w, rng = story.writer, story.rng
    between = rng.choice((", ", ", ", "; ", " and "))
    keeps_article = rng.random() < 0.6
    for n, thing in enumerate(things):
        w.write(between if n else "")
        start = w.length
        article = ARTICLE.match(thing)
        text = thing[article.end() :] if article and not keeps_article else thing
        text = capital(text) if n == 0 and rng.random() < 0.7 else text
        key = f"{entity_type}:{thing}"
        if article and keeps_article:
            w.write(text[: article.end()])
            w.mark(text[article.end() :], [entity_type], key)
            w.mark_from(start, [entity_type], key, 1)
        else:
            w.mark(text, [entity_type], key)
