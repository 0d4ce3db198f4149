"""House styles: how a report is laid out and in what voice it speaks.

Each is a function that writes one report. ``HELD_OUT`` are never part of training data: they measure what a model does
with a layout that it has not seen.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from crimeetl.model.synthesise import layouts
from crimeetl.model.synthesise.compose import Plan, join, paragraphs, sentences
from crimeetl.model.synthesise.forms import form_fields
from crimeetl.model.synthesise.marked import Marked, Writer
from crimeetl.model.synthesise.story import Story
from crimeetl.model.synthesise.vocabulary import RULES
from crimeetl.model.synthesise.voices import Voice
from crimeetl.model.synthesise.world import Incident

MILITARY = ("2140 hours", "2140 hrs", "2140", "21:40", "21:40 hours")
CIVIL = ("9:40 p.m.", "9:40 p.m.", "9:40 p.m.", "9:40 PM", "9:40pm")
NUMERIC_DATES = ("03/03/2024", "3/3/24", "2024-03-03", "03-Mar-2024", "March 3, 2024", "3 March 2024")
NEWS_DATES = ("March 3", "Mar. 3", "March 3, 2024", "Tuesday, March 3", "March 3rd")

FIRST_PERSON: Plan = (
    ("dispatched", 1, 1),
    ("call", 0, 2),
    ("contact", 1, 2),
    ("told", 1, 2),
    ("act_more", 0, 3),
    ("described", 0, 2),
    ("witnessed", 0, 2),
    ("collected", 0, 2),
    ("aside", 0, 3),
    ("closing", 1, 4),
)
PRESS: Plan = (
    ("lead", 1, 1),
    ("news_detail", 1, 4),
    ("news_people", 1, 3),
    ("collected", 0, 1),
    ("news_aside", 0, 2),
    ("appeal", 1, 3),
)
NEWS: Plan = (("lead", 1, 1), ("news_detail", 2, 5), ("news_people", 1, 5), ("news_aside", 1, 4), ("appeal", 0, 2))
FOLLOW_UP: Plan = (
    ("contact", 0, 1),
    ("told", 0, 1),
    ("described", 0, 1),
    ("witnessed", 0, 2),
    ("collected", 1, 2),
    ("aside", 1, 3),
    ("closing", 1, 2),
)


WriteStyle = Callable[[Incident, random.Random], Marked]


def _officer_voice(rng: random.Random, *, is_first_person: bool) -> Voice:
    return Voice(
        clock=rng.choice(MILITARY + CIVIL[:2]),
        date=rng.choice((*NUMERIC_DATES, "March 3, 2024", "Tuesday, March 3, 2024")),
        is_first_person=is_first_person,
        names=rng.choice(("full", "full", "full", "inverted", "capitals")),
        later=rng.choice(("last", "titled", "role")),
        has_races=rng.random() < 0.6,
        has_codes=rng.random() < 0.5,
        has_ages=rng.random() < 0.8,
    )


def _news_voice(rng: random.Random) -> Voice:
    return Voice(
        clock=rng.choice(CIVIL),
        date=rng.choice(NEWS_DATES),
        are_victims_named=rng.random() < 0.5,
        identifies_later=rng.random() < 0.6,
        later=rng.choice(("last", "last", "titled")),
        has_badges=False,
        has_races=rng.random() < 0.25,
    )


# Forms.


def markdown_form(incident: Incident, rng: random.Random) -> Marked:
    story = Story(incident, _form_voice(rng), Writer(rng, RULES))
    w = story.writer
    bold = rng.choice(("**{}:** ", "**{}**: ", "- **{}:** ", "### {}\n", "* {}: "))
    if rng.random() < 0.5:
        w.write(rng.choice(("# Incident Report\n\n", "## POLICE REPORT\n\n", f"# {incident.city.agency}\n\n")))
    for field in form_fields(story, share=rng.uniform(0.5, 1.0)):
        w.write(bold.format(field.label))
        w.append(field.value)
        w.write("\n\n" if bold.startswith("###") else rng.choice(("\n", "  \n")))
    return w.done()


def plain_form(incident: Incident, rng: random.Random) -> Marked:
    story = Story(incident, _form_voice(rng), Writer(rng, RULES))
    w = story.writer
    is_upper, width = rng.random() < 0.5, rng.choice((0, 0, 22, 28))
    dot, colon = rng.choice((" ", ".")), rng.choice((": ", ":", " - ", ": "))
    if rng.random() < 0.6:
        w.write(
            f"{incident.city.agency.upper()}\n{rng.choice(('INCIDENT REPORT', 'OFFENSE REPORT', 'CRIME REPORT'))}\n\n"
        )
    numbered = rng.random() < 0.15
    in_columns = width == 0 and rng.random() < 0.25
    for n, field in enumerate(form_fields(story, share=rng.uniform(0.4, 1.0)), start=1):
        label = field.label.upper() if is_upper else field.label
        w.write(f"{n}. " if numbered else "")
        w.write(label + dot * (width - len(label)) + " " if width > len(label) else label + colon)
        w.append(field.value)
        w.write("    " if in_columns and len(field.value.text) < 30 and n % 2 else "\n")
    return w.done()


def table(incident: Incident, rng: random.Random) -> Marked:
    story = Story(incident, _form_voice(rng), Writer(rng, RULES))
    w = story.writer
    sep = rng.choice(("| {} | ", "{}\t", "{} | ", "| {} | "))
    end = " |\n" if sep.startswith("|") else "\n"
    if sep.startswith("|"):
        w.write("| Field | Entry |\n|---|---|\n")
    for field in form_fields(story, share=rng.uniform(0.5, 1.0)):
        w.write(sep.format(field.label))
        w.append(_flat(field.value))
        w.write(end)
    return w.done()


def _flat(value: Marked) -> Marked:
    return value.substitute([" " if c == "\n" else c for c in value.text])


def _form_voice(rng: random.Random) -> Voice:
    return replace(_officer_voice(rng, is_first_person=rng.random() < 0.3), has_badges=rng.random() < 0.7)


# Narratives.


def first_person_narrative(incident: Incident, rng: random.Random) -> Marked:
    return _narrative(incident, rng, _officer_voice(rng, is_first_person=True))


def third_person_narrative(incident: Incident, rng: random.Random) -> Marked:
    return _narrative(incident, rng, _officer_voice(rng, is_first_person=False))


def _narrative(incident: Incident, rng: random.Random, voice: Voice) -> Marked:
    story = Story(incident, voice, Writer(rng, RULES))
    w = story.writer
    if rng.random() < 0.4:
        w.expand("[NARRATIVE|Narrative:|{agency}|Officer's report|Case {case}|{title}]\n[\n|]")
    length = rng.choices((0.6, 1.0, 1.6, 6.0), (25, 45, 25, 5))[0]
    w.append(paragraphs(sentences(story, FIRST_PERSON, length=length), rng, most=rng.choice((3, 6, 20))))
    if rng.random() < 0.35:
        w.write("\n\n")
        w.expand("[Respectfully submitted,|Signed,|By|Reporting:] ")
        signature = w.apart(lambda _: story.officer(incident.officers[0]))
        w.append(signature)
        if rng.random() < 0.5 and not any(mark.key.endswith(":badge") for mark in signature.marks):
            w.write(", #")
            story.badge(incident.officers[0])
    return w.done()


def press_release(incident: Incident, rng: random.Random) -> Marked:
    story = Story(incident, _news_voice(rng), Writer(rng, RULES))
    w = story.writer
    w.expand("[FOR IMMEDIATE RELEASE\n\n|PRESS RELEASE\n|NEWS RELEASE – {agency}\n\n|{agency}\nMedia Release\n\n|]")
    w.expand("[Date: {reported_date}\n|Contact: {speaker}, {phone}\n|Released {reported_date} at {reported_time}\n|]")
    w.expand("[Re: {title}\n\n|Subject: {title} – Case {case}\n\n|{Headline}\n\n|]")
    w.expand("[{city_capitals}, {state_short} – |{city}, {state} - |]")
    w.append(paragraphs(sentences(story, PRESS), rng, most=4))
    if rng.random() < 0.3:
        w.write("\n\n###")
    return w.done()


def news_story(incident: Incident, rng: random.Random) -> Marked:
    story = Story(incident, _news_voice(rng), Writer(rng, RULES))
    w = story.writer
    if rng.random() < 0.7:
        w.append(w.apart(lambda w: w.rule("headline")).capitalised())
        w.expand("[ - {channel}| \\ {channel}|]")
        gap = rng.choice(("\n", "\n\n", "", " ", ""))
        w.write(gap or ("" if w.done().text[-1:].islower() else " "))  # a glued headline must not grow a name
    if rng.random() < 0.6:
        w.expand("{city_capitals}[, {state_short} [(AP) |({channel}) |]— | -- | ({channel}) - | – ]")
    length = rng.choices((0.6, 1.0, 1.5, 4.0), (25, 50, 22, 3))[0]
    most, between = rng.choice(((2, "\n\n"), (3, "\n"), (30, " "), (30, " ")))
    w.append(paragraphs(sentences(story, NEWS, length=length), rng, most=most, between=between))
    return w.done()


def blotter_entry(incident: Incident, rng: random.Random) -> Marked:
    voice = replace(_news_voice(rng), clock=rng.choice(CIVIL + MILITARY), date=rng.choice(NEWS_DATES + NUMERIC_DATES))
    story = Story(incident, voice, Writer(rng, RULES))
    w = story.writer
    w.rule("blotter")
    for _ in range(rng.choice((0, 0, 1, 2))):
        w.write(" ")
        w.rule("blotter_more")
    return w.done()


def dispatch_log(incident: Incident, rng: random.Random) -> Marked:
    voice = replace(_officer_voice(rng, is_first_person=False), clock=rng.choice(("21:40", "2140")), names="full")
    story = Story(incident, voice, Writer(rng, RULES))
    w, moment = story.writer, incident.reported
    w.expand("[EVENT {case}|CAD {case}|Incident: {case}|Call {case}]\n")
    w.expand("[TYPE|NATURE|Call type]: {title}\n")
    w.expand("[LOC|LOCATION|Addr]: ")
    story.place(is_field=True)
    w.write("\n")
    w.expand("[[OCCURRED|OCC]: {date} {time}\n|]")
    notes = [*sentences(story, (("told", 1, 1), ("act_more", 0, 2), ("described", 0, 2), ("witnessed", 0, 1)))]
    notes += sentences(story, (("collected", 0, 1), ("aside", 0, 2), ("closing", 1, 2)))
    fixed = ("CALL RECEIVED", "UNIT DISPATCHED", "ON SCENE", "CODE 4", "UNIT CLEAR", "EN ROUTE", "SUPERVISOR NOTIFIED")
    for n, note in enumerate(notes):
        moment += timedelta(minutes=rng.randint(0, 9), seconds=rng.randint(0, 59))
        stamp = f"{moment:%H:%M:%S}" if n % 2 else f"{moment:%H:%M}"
        if rng.random() < 0.5:
            w.write(f"{stamp} {rng.choice(fixed)}\n")
        w.write(f"{stamp} {rng.choice(('', '', 'RP: ', 'U12: ', 'DISP - '))}")
        w.append(note)
        w.write("\n")
    marked = w.done()
    return marked.upper() if rng.random() < 0.5 else marked


def supplementary_report(incident: Incident, rng: random.Random) -> Marked:
    story = Story(incident, _officer_voice(rng, is_first_person=rng.random() < 0.7), Writer(rng, RULES))
    w = story.writer
    w.expand("[SUPPLEMENT|Supplemental Report|SUPPLEMENTARY REPORT|Follow-up Report][ #{number}|]\n")
    w.expand("[Original case|Reference|Case]: {case}\n[Offense: {title}\n|]")
    w.expand("[Date of original report: {reported_date}\n|][Synopsis: {synopsis}\n|]")
    w.expand("[Author|By|Detective]: ")
    story.officer(incident.officers[0])
    w.write("\n\n")
    w.expand(
        "[On {later_date} {i} [followed up on {a_crime} that occurred {at_place} {on_date}|continued this case]. |]"
    )
    w.append(paragraphs(sentences(story, FOLLOW_UP), rng, most=5))
    return w.done()


# Layouts drawn at random.


def mixed(incident: Incident, rng: random.Random) -> Marked:
    return layouts.mixed(_any_story(incident, rng))


def email(incident: Incident, rng: random.Random) -> Marked:
    return layouts.email(_any_story(incident, rng))


def record(incident: Incident, rng: random.Random) -> Marked:
    return layouts.record(Story(incident, _form_voice(rng), Writer(rng, RULES)))


def post(incident: Incident, rng: random.Random) -> Marked:
    return layouts.post(Story(incident, _news_voice(rng), Writer(rng, RULES)))


def interview(incident: Incident, rng: random.Random) -> Marked:
    voice = replace(_officer_voice(rng, is_first_person=False), clock=rng.choice(CIVIL))
    return layouts.interview(Story(incident, voice, Writer(rng, RULES)))


def _any_story(incident: Incident, rng: random.Random) -> Story:
    is_first_person = rng.random() < 0.4
    voice = rng.choice((_officer_voice(rng, is_first_person=is_first_person), _form_voice(rng), _news_voice(rng)))
    return Story(incident, voice, Writer(rng, RULES))


# Never trained on.


def affidavit(incident: Incident, rng: random.Random) -> Marked:
    voice = replace(
        _officer_voice(rng, is_first_person=False),
        clock=rng.choice(CIVIL),
        names="full",
        later="titled",
        date=rng.choice(("March 3, 2024", "Tuesday, March 3, 2024")),
    )
    story = Story(incident, voice, Writer(rng, RULES))
    w = story.writer
    w.expand("[AFFIDAVIT OF PROBABLE CAUSE|COMPLAINT – STATEMENT OF PROBABLE CAUSE]\n")
    w.expand("[State of {state}|{state}, City of {city}]\n")
    w.expand("[Docket|Agency case] no. {case}[; charge: {title}|]\n\n")
    w.expand("[Your affiant|The undersigned], ")
    story.officer(incident.officers[0])
    w.expand(" of the {agency}, being duly sworn, states:\n\n")
    plan = (
        ("dispatched", 1, 1),
        ("told", 1, 1),
        ("contact", 0, 1),
        ("act_more", 0, 2),
        ("described", 0, 1),
        ("witnessed", 0, 2),
        ("collected", 0, 1),
        ("closing", 0, 1),
    )
    for n, sentence in enumerate(sentences(story, plan), start=1):
        w.write(f"{n}. ")
        w.append(sentence)
        w.write("\n")
    return w.done()


def bulletin(incident: Incident, rng: random.Random) -> Marked:
    story = Story(incident, replace(_news_voice(rng), clock=rng.choice(CIVIL + MILITARY)), Writer(rng, RULES))
    w = story.writer
    w.expand("[*** BOLO ***|ATTEMPT TO LOCATE|COMMUNITY ALERT|CRIME ALERT] [{agency_short}|{agency}]\n\n")
    w.expand("WHAT: {title}\nWHEN: {date}, {time}\nWHERE: ")
    story.place(is_field=True)
    w.write("\n\n")
    w.append(
        join(sentences(story, (("told", 1, 1), ("act_more", 0, 2), ("described", 0, 1), ("news_people", 0, 2))), " ")
    )
    w.expand("\n\n[IF SEEN|Information?] [Call|Contact] {speaker} [at|,] {phone}[, ref. {case}|].")
    return w.done()


STYLES: dict[str, WriteStyle] = {
    style.__name__: style
    for style in (
        markdown_form,
        plain_form,
        table,
        first_person_narrative,
        third_person_narrative,
        press_release,
        news_story,
        blotter_entry,
        dispatch_log,
        supplementary_report,
        mixed,
        email,
        record,
        post,
        interview,
    )
}
HELD_OUT: dict[str, WriteStyle] = {style.__name__: style for style in (affidavit, bulletin)}
