"""Pages around a report that state no crime: rules, notices, council news, what a long document is mostly made of.

A model that has only seen reports takes the names, dates and places of such pages for a report's own.
"""

import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial

from crimeetl.model.synthesise.marked import Marked, Writer
from crimeetl.model.synthesise.vocabulary import persons, places

ALONE_SHARE = 0.15  # pages without any report
CUT_SHARE = 0.3  # pages that begin or end inside the report, as a window of a long document does
LEAST_WORDS, MOST_WORDS = 60, 1400  # as much as a window of a long document holds
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# Kinds of page: the sentences of one come from one rule.
RULES: Mapping[str, tuple[str, ...]] = {
    "order": (
        "[It is the policy of this agency|Policy requires] that [employees|all personnel|sworn members] [submit|file|complete] [required|the appropriate] [paperwork|documentation] [within {small} days|before going off duty|as soon as practical]",
        "{number_dot} [Personnel|Employees|Officers] [shall|will|must] [notify|inform] [the watch commander|a supervisor|the duty desk] [whenever|any time] [equipment is damaged|a vehicle is towed|overtime is needed]",
        "{number_dot} [Purpose|Scope|Definitions|Responsibilities|Exceptions]. This [section|chapter|directive] [explains|sets out|describes] how [records|vehicles|radios|keys|uniforms] are [issued|kept|inspected|returned]",
        "[This directive|General Order {small}.{small}|Chapter {small}] [replaces|supersedes|amends] the version [dated|of] {date}",
        "[Effective|Revised|Reviewed] {date}[ by the Office of {office}|]",
        "Failure to [comply|follow this order] may [result in|lead to] [discipline|retraining|corrective action]",
        "[A report of theft, assault or robbery|A burglary report|Any crime report] is [classified by|entered under] the [code|category] that [fits best|the manual lists] [and checked by records staff|]",
        "[Victims|Victims and witnesses] [are to be|should be] [told of|given information about] [available services|their right to a copy|how to reach the records unit]",
        "[Suspects in custody|Prisoners] are [searched|transported|seat-belted] [according to|as laid down in] [section|chapter] {small}",
        "[Firearms|Knives, firearms and ammunition|Found property] [turned in|brought to the counter] [are|will be] [tagged|logged|stored] [separately|in the vault|by the evidence custodian]",
        "[The completed form|The original] [stays|remains] [in the file|with records] [for {small} years|until it is purged]",
        "[Drills|Inspections|Audits] [will take place|are held] [each {weekday}|every {small} weeks|in the first week of the quarter]",
        "[Patrol cars|Marked units|Radios] [are checked|must be inspected] [at the start of a shift|at roll call|before use]",
    ),
    "form": (
        "Instructions: [print clearly|use black ink|type or print] [and sign on the last page|and answer all questions|]",
        "[Box|Item|Field] {small}[:| -] [enter|write|give] [the full name|the last name first|date and time|the street address|age and sex|the badge number] [of each person|as shown on the license|if known|]",
        "[If unknown|If none|If not applicable], [leave blank|enter N/A|write NONE|draw a line]",
        "[Check|Tick|Mark] one: ( ) [Open|Active|Felony] ( ) [Closed|Inactive|Misdemeanor] ( ) [Unfounded|Other]",
        "Form [{small}-{number}|PD-{number}|{number}A] ([rev.|revised] {date})",
        "Page {small} of {small}",
        "[For office use only|Do not write below this line|Office use]: ________________",
        "Signature: ____________________   Date: ____________",
        "[Suspect|Victim|Witness|Officer|Vehicle|Weapon] [information|details|description]: see [continuation sheet|page {small}|attachment]",
        "[Example|Sample]: [Last, First, Middle|mm/dd/yyyy|0000 to 2359 hours|Main St and 1st Ave]",
        "[Send|Mail|Return] [the form|this page] to [the Records Division|Central Records], {number} {street}, or [fax|call] {phone}",
    ),
    "council": (
        "[Council member|Mayor|Commissioner|Alderman] {person} [moved|proposed|voted] to [approve|table|amend] [the budget|the minutes|item {small}|the paving contract]",
        "The [motion|resolution|ordinance] [passed|carried|failed] {small} to {small}",
        "[The board|The council|The commission] [will meet again|next meets] [on {weekday}|{date}] at [7 p.m.|6:30 p.m.|noon] [in the council chambers|at {number} {street}|at the community center]",
        "[Residents|Neighbors|Several speakers] [complained about|asked about|spoke on] [speeding on {street}|street lights|parking near {street}|noise|crime downtown]",
        "[City manager|Clerk|Budget officer] {person} [said|reported] [revenue rose {small} percent|the project is on schedule|bids open {date}|{number} permits were issued]",
        "[Work|Construction|Repaving] on {street} [starts|will begin|is expected to end] [{date}|next {weekday}|in {small} weeks]",
        "[The library|The pool|The senior center] [is closed|will be closed|extends its hours] [on {weekday}|through {date}|for repairs]",
        "[Overall crime|Property crime|The number of calls] [fell|rose|was down] {small} percent [from last year|in the past quarter|since {year}], [the annual summary shows|according to statistics]",
        "[The department|The agency] [has|is hiring for] {small} [vacancies|open positions], {person} of [human resources|the personnel office] [said|added]",
        "The [grant|contract|lease] of ${number},000 [pays for|covers] [new radios|a roof|body armor|playground equipment]",
    ),
    "events": (
        "[The {family} family|{person} of {street}] [invites|welcomes] [friends|neighbors|everyone] to [a pancake breakfast|a yard sale|a block party] [on {weekday}|{date}][ from 9 a.m. to noon|]",
        "[{person}, {age}, and {person}|{person} and {person}] [were married|celebrated {small} years of marriage|opened a bakery] [{date}|on {weekday}|last month]",
        "[{person}|Coach {person}] [scored {small} points|led the team|pitched {small} innings] as [the Falcons|the Eagles|the home side] [beat|lost to] [the visitors|their rivals] [{small}-{small}|on {weekday}]",
        "[Weather|Forecast]: [sunny|rain|windy|snow], [high near {small}|low around {small}], [clearing by {weekday}|more to come]",
        "[Tickets cost|Admission is|Entry costs] ${small}; call {phone}[ or visit the box office at {number} {street}|]",
        "[The farmers market|The book fair|The museum] [opens|returns] [at 8 a.m.|{date}] [on {street}|in the old depot]",
        "{person}, {age}, [a retired teacher|a volunteer|who grew up on {street}], [was honored|died peacefully|was elected president of the garden club] [{date}|on {weekday}]",
        "[For sale|Wanted|Lost and found|Free]: [a {year} pickup, runs well|a set of tools|a gray cat|two bicycles], {phone}",
        "[Students|Volunteers] [collected|planted] {number} [cans of food|trees|coats] [for the shelter|along {street}|]",
    ),
    "web": (
        "[Home|About us|News|Careers|Contact|Subscribe] | [Sign in|Search|Archive|Newsletter] | [Weather|Sports|Opinion|Obituaries]",
        "[Copyright|(c)] {year} [All rights reserved|No part may be reproduced without permission]",
        "[Related|Read more|Most read|Trending]: [City budget debate goes on|{person} wins {small}th title|Five hikes near town|Road closures this week]",
        "[By using this site you agree to|This site uses] [our terms of use|cookies|tracking technologies]",
        "[Share|Tweet|Print|Email] this [story|page|article]",
        "[Posted|Updated|Last updated]: {date}",
        "[Have a news tip?|Questions?|Corrections?] [Write to the newsroom|Call {phone}|Reach our editor {person}]",
        "[An arrest|A charge] is not a conviction; [those charged are considered innocent unless a court decides otherwise|the courts decide on guilt]",
        "[Sign up|Register] for [alerts|our daily digest|breaking news] [and never miss a story|]",
    ),
    "guidance": (
        "[Lock|Close] [doors and windows|your car|sheds and garages] [even when you are home|at night|before you travel]",
        "[To report|If you see] [a crime in progress|anything unusual|a break-in], call [911|{phone}|the non-emergency line]",
        "[Keep|Make] [a list|photographs] of [serial numbers|jewelry|electronics] [and store it safely|for your insurer]",
        "[Scammers|Callers] may [pretend to be|say they are from] [the tax office|a utility|a bank]; [hang up|never give your PIN|ask for a call-back number]",
        "[A good description|A useful statement] [covers|includes] [height, build and clothing|the direction of travel|make, color and plate of a vehicle]",
        "[Neighborhood Watch|The citizens academy|Coffee with a Cop] [meets|takes place] [on {weekday}s at 7 p.m.|{date}] at {number} {street}",
        "[Leave|Turn on] [a light|the porch light|a radio] [when you go out|on a timer]",
        "[Bicycles|Tools|Packages] are [stolen|taken] most often [in summer|between noon and 6 p.m.|from open garages]",
        "[Ask for|Request] [a free home security survey|engraving|a speaker] at {phone}",
    ),
}


def surround(marked: Marked, rng: random.Random) -> Marked:
    """A report within such pages, cut at its edge at times; or, at times, the pages alone."""
    most = rng.randint(LEAST_WORDS, MOST_WORDS)
    before = round(most * rng.random())
    writer = Writer(rng, RULES)
    _register(writer)
    _write_pages(writer, before)
    first = writer.length
    if rng.random() >= ALONE_SHARE:
        writer.append(marked)
        writer.write(rng.choice(("\n\n", "\n\n\n", "\n")))
    last = writer.length
    _write_pages(writer, most - before)
    written = writer.done()
    if last > first and rng.random() < CUT_SHARE:
        written = _cut(written, first, last, rng)
    return written


def _write_pages(writer: Writer, count: int) -> None:
    """At least so many words."""
    rng, written = writer.rng, 0
    while written < count:
        kind, between = rng.choice(list(RULES)), rng.choice((" ", " ", "\n"))
        sentences = [writer.apart(partial(Writer.rule, name=kind)) for _ in range(rng.randint(2, 7))]
        text = between.join(_ended(sentence.text) for sentence in sentences) + "\n\n"
        written += len(text.split())
        writer.write(text)


def _ended(text: str) -> str:
    """As a sentence, where it is one."""
    return text if text[-1] in "_|.]" else f"{text}."


def _cut(written: Marked, first: int, last: int, rng: random.Random) -> Marked:
    """Without what stands before, or after, a break within [first, last] that is in no value."""
    inside = {i for mark in written.marks for i in range(mark.start + 1, mark.end)}
    breaks = [i + 1 for i in range(first, last) if written.text[i] in "\n " and not inside & {i, i + 1}]
    at = rng.choice(breaks or [last])
    keep = range(at, len(written.text)) if rng.random() < 0.5 else range(at)
    kept = tuple(mark for mark in written.marks if mark.start in keep and mark.end - 1 in keep)
    return Marked(written.text, kept).substitute([c if i in keep else "" for i, c in enumerate(written.text)])


def _register(writer: Writer) -> None:
    rng = writer.rng

    def add(name: str, draw: Callable[[], str]) -> None:
        writer.context[name] = lambda w: w.write(draw())

    add("small", lambda: str(rng.randint(2, 30)))
    add("number", lambda: str(rng.randint(100, 4999)))
    add("number_dot", lambda: f"{rng.randint(1, 40)}.{rng.choice(('', '1', '2', '3', '4'))}".rstrip("."))
    add("age", lambda: str(rng.randint(19, 92)))
    add("year", lambda: str(rng.randint(1998, 2025)))
    add("weekday", lambda: rng.choice(WEEKDAYS))
    add("date", lambda: _date(rng))
    add("phone", lambda: f"555-{rng.randint(1000, 9999)}")
    add("street", lambda: f"{rng.choice(places.STREET_STEMS)} {rng.choice(places.STREET_KINDS)}")
    add("family", lambda: rng.choice(persons.last_names("en_US")))
    add("person", lambda: _person(rng))
    add("office", lambda: rng.choice(("Professional Standards", "the Chief", "Compliance", "Administration")))


def _person(rng: random.Random) -> str:
    locale = rng.choice(persons.NAME_LOCALES)
    return f"{rng.choice(persons.first_names('en_US', rng.choice('fm')))} {rng.choice(persons.last_names(locale))}"


def _date(rng: random.Random) -> str:
    day = date(2012, 1, 1) + timedelta(days=rng.randrange(5000))
    return rng.choice(
        (
            f"{day:%B} {day.day}, {day.year}",
            f"{day:%m/%d/%Y}",
            f"{day:%m/%d/%y}",
            f"{day:%b}. {day.day}",
            f"{day:%B} {day.day}",
        )
    )
