"""Layouts drawn at random, for reports that follow no usual form: what stands where, under which heading, behind which
mark. No two look alike, so a model that learns from them cannot lean on a layout.
"""

import json
import re
from collections.abc import Callable, Sequence
from functools import partial

from crimeetl.model.synthesise.compose import Plan, join, paragraphs, sentences
from crimeetl.model.synthesise.forms import FormField, form_fields
from crimeetl.model.synthesise.marked import Marked, Writer
from crimeetl.model.synthesise.story import Story
from crimeetl.model.synthesise.world import Person

BULLETS = ("- ", "* ", "• ", "– ", "> ", "o ", "(a) ", "1) ", "(1) ", "01. ", "§1 ", "# ")
HEADINGS = ("{}:", "{}", "## {}", "=== {} ===", "[{}]", "*{}*", "<< {} >>", "{}\n-----", "{} //", "Part: {}")
TOLD: tuple[Plan, ...] = (
    (("told", 1, 1), ("act_more", 0, 2), ("witnessed", 0, 2)),
    (("dispatched", 1, 1), ("contact", 0, 2), ("told", 1, 1), ("aside", 0, 1)),
    (("lead", 1, 1), ("news_detail", 0, 3), ("news_people", 0, 2)),
    (("news_detail", 1, 2), ("news_aside", 0, 2)),
)
ADDED: tuple[Plan, ...] = (
    (("described", 1, 1), ("act_more", 0, 1)),
    (("collected", 1, 2), ("aside", 0, 1)),
    (("witnessed", 1, 2), ("news_people", 0, 1)),
    (("aside", 1, 2), ("closing", 1, 2)),
    (("contact", 1, 2), ("call", 0, 2)),
    (("news_people", 1, 3), ("news_aside", 0, 2), ("appeal", 0, 1)),
)
TITLES = ("Background", "Case notes", "What happened", "Facts", "Overview", "Account", "Log", "Particulars", "Report")
MORE_TITLES = ("Further information", "Scene", "Follow-up", "Statements", "Investigation", "Other", "Update", "Actions")
ASKED_ACT = (
    "What happened?",
    "Can you tell me what happened?",
    "Tell me in your own words.",
    "Okay. Go on.",
    "And then?",
    "What did you see?",
)


def mixed(story: Story) -> Marked:
    """Fields, prose, lists and tables of people in some order, each behind a heading or none."""
    w, rng = story.writer, story.rng
    heading = rng.choice((None, *HEADINGS))
    parts: list[tuple[str, Callable[[Story], Marked]]] = [(rng.choice(TITLES), partial(_prose, plan=rng.choice(TOLD)))]
    parts += [(rng.choice(MORE_TITLES), partial(_prose, plan=plan)) for plan in rng.sample(ADDED, rng.randint(0, 2))]
    if story.voice.are_victims_named and rng.random() < 0.7:  # a form would say "none" of one named further down
        parts.append((rng.choice(("Details", "Data", "Header", "Key facts", "Summary sheet", "Record")), _fields))
    if rng.random() < 0.4:
        parts.append((rng.choice(("People", "Involved persons", "Names", "Parties", "Contacts")), _people))
    rng.shuffle(parts)
    is_upper = rng.random() < 0.4
    gap = rng.choice(("\n", "\n\n", "\n\n"))
    for number, (title, write) in enumerate(parts):
        body = write(story)
        if not body.text:
            continue
        w.write(gap if w.length else "")
        if heading is not None and rng.random() < 0.9:
            w.write(heading.format(title.upper() if is_upper else title))
            w.write(" " if heading == "{}:" and number and rng.random() < 0.4 else "\n")
        w.append(body)
    if rng.random() < 0.25:
        w.expand("\n\n[Entered by|Completed by|Taken by|Unit] ")
        story.officer(story.incident.officers[0])
    return w.done()


def _prose(story: Story, *, plan: Plan) -> Marked:
    """Sentences: run together, in paragraphs, or one a line behind a mark."""
    rng = story.rng
    found = sentences(story, plan, length=rng.choice((0.6, 1.0, 1.5)))
    if rng.random() < 0.65 or not found:
        return paragraphs(found, rng, most=rng.choice((2, 4, 20)), between=rng.choice(("\n\n", "\n")))
    bullet = rng.choice(BULLETS)
    lines = [join([Marked(_numbered(bullet, n)), sentence], "") for n, sentence in enumerate(found)]
    return join(lines, rng.choice(("\n", "\n", "\n\n")))


def _numbered(bullet: str, place: int) -> str:
    if "a" in bullet:
        return bullet.replace("a", chr(ord("a") + place % 26))
    return bullet.replace("1", str(place + 1))


def _fields(story: Story) -> Marked:
    """Some fields of a form behind labels of one kind, a line each or all in one."""
    rng = story.rng
    fields = form_fields(story, share=rng.uniform(0.2, 0.7), has_narrative=False)
    between = rng.choice(("\n", "\n", "\n", "; ", " | ", " / ", "   "))
    label = rng.choice(
        ("{}: ", "{} - ", "{} = ", "<{}> ", "[{}] ", "{}> ", "{}..... ", "{}:\n", "({}) ", "{}\t", "_{}_ ")
    )
    if between != "\n":
        label = label.replace("\n", " ")
    change = rng.choice((str, str.upper, str.lower, str))
    return join([join([Marked(label.format(change(f.label))), f.value], "") for f in fields], between)


def _people(story: Story) -> Marked:
    """Everyone in the case, each behind a word or a code for the part played."""
    i, rng = story.incident, story.rng
    words = rng.choice(
        (
            {"v": "Victim", "s": "Suspect", "w": "Witness", "o": "Officer"},
            {"v": "VIC", "s": "SUS", "w": "WIT", "o": "OFC"},
            {"v": "V-", "s": "S-", "w": "W-", "o": "R/O "},
            {"v": "Complainant", "s": "Person of interest", "w": "Also present (witness)", "o": "Investigator"},
            {"v": "Injured/complaining party", "s": "Offender", "w": "Witness statement from", "o": "Assigned to"},
        )
    )
    people: list[tuple[str, Person]] = []
    if story.voice.are_victims_named:
        people += [("v", person) for person in i.victims]
    people += [("s", suspect.person) for suspect in i.suspects if suspect.is_named]
    people += [("w", person) for person in i.witnesses]
    people += [("o", person) for person in i.officers]
    rng.shuffle(people)
    bullet = rng.choice(("", "", "- ", "* ", "• "))
    between, behind = rng.choice((("\n", ": "), ("\n", " - "), ("\n", " "), ("; ", ": "), (" | ", " = ")))
    counts = dict.fromkeys(words, 0)
    lines = []
    for part, person in people:
        counts[part] += 1
        word = words[part] + (str(counts[part]) if words[part].endswith("-") else "")

        def write(_: Writer, part: str = part, person: Person = person, word: str = word) -> None:
            story.writer.write(f"{bullet}{word}{'' if word.endswith(' ') and behind == ' ' else behind}")
            if part == "o":
                story.officer(person)
            else:
                rng.choice((story.introduce, story.full_name))(person)

        lines.append(story.writer.apart(write))
    return join(lines, between)


def email(story: Story) -> Marked:
    """A message from one desk to another."""
    w, rng = story.writer, story.rng
    w.expand("[From: {bystander}\n|From: records@{number}.example\n|]")
    w.expand("[To: [all watch commanders|command staff|day shift|city desk|detective bureau|distribution list]\n|]")
    w.expand("[[Sent|Date]: {reported_date}[ {reported_time}|]\n|]")
    w.expand("[Subject|Re|RE|SUBJ]: [{title}|{title}, {place_blunt}|Case {case}|Overnight|FYI: {title}]\n\n")
    w.expand("[All,\n\n|Good morning,\n\n|Lieutenant,\n|Team - |Hi,\n\n|Chief: |]")
    plan = (*rng.choice(TOLD), *rng.choice(ADDED))
    w.append(paragraphs(sentences(story, plan, length=rng.choice((0.6, 1.0, 1.5))), rng, most=rng.choice((2, 5))))
    w.expand("[\n\n[Thanks,|Respectfully,|V/r,|Regards,|--|Sent from my phone]\n|\n\n]")
    if rng.random() < 0.7:
        story.officer(story.incident.officers[0])
        w.expand("[\n{agency}|\n{phone}|]")
    return w.done()


def record(story: Story) -> Marked:
    """Fields as a program exports them: JSON, XML, YAML, key=value."""
    rng = story.rng
    fields = form_fields(story, share=rng.uniform(0.3, 1.0), has_narrative=rng.random() < 0.4)
    key = rng.choice((_snake, _camel, str, _snake))
    write = rng.choice((_json, _xml, _yaml, _pairs, _pairs))
    return write(story, [FormField(key(field.label), _one_line(field.value)) for field in fields])


def _one_line(value: Marked) -> Marked:
    return value.substitute(["/" if c == '"' else " " if c == "\n" else c for c in value.text])


def _snake(label: str) -> str:
    return re.sub(r"\W+", "_", label.lower()).strip("_")


def _camel(label: str) -> str:
    return "".join(word.capitalize() for word in re.findall(r"\w+", label))


def _json(story: Story, fields: Sequence[FormField]) -> Marked:
    between = story.rng.choice((",\n  ", ", ", ","))
    rows = [join([Marked(f"{json.dumps(f.label)}: "), Marked('"'), f.value, Marked('"')], "") for f in fields]
    return join([Marked("{" + between[1:]), join(rows, between), Marked("\n}" if "\n" in between else "}")], "")


def _xml(story: Story, fields: Sequence[FormField]) -> Marked:
    between = story.rng.choice(("\n", "\n  ", ""))
    rows = [join([Marked(f"<{(k := _snake(f.label))}>"), f.value, Marked(f"</{k}>")], "") for f in fields]
    return join([Marked("<report>"), *rows, Marked("</report>")], between)


def _yaml(story: Story, fields: Sequence[FormField]) -> Marked:
    start = story.rng.choice(("", "---\n", "incident:\n  "))
    rows = [join([Marked(f"{f.label}: "), f.value], "") for f in fields]
    return join([Marked(start), join(rows, "\n  " if start.endswith("  ") else "\n")], "")


def _pairs(story: Story, fields: Sequence[FormField]) -> Marked:
    rng = story.rng
    equals, between = rng.choice(("=", ": ", "=", " := ", "|")), rng.choice(("; ", "\n", " & ", "\t", " ~ "))
    return join([join([Marked(f"{f.label}{equals}"), f.value], "") for f in fields], between)


def post(story: Story) -> Marked:
    """A few lines for the public."""
    w, rng = story.writer, story.rng
    w.expand("[{agency_short}: |UPDATE: |ALERT – |#{number} |{agency}\n|]")
    plans: tuple[Plan, ...] = (
        (("lead", 1, 1), ("news_detail", 0, 1), ("appeal", 0, 1)),
        (("news_detail", 1, 2), ("news_people", 0, 1)),
        (("told", 1, 1), ("described", 0, 1), ("appeal", 0, 1)),
    )
    w.append(join(sentences(story, rng.choice(plans)), rng.choice((" ", "\n", " "))))
    w.expand("[ #{number}| [Call|Text] {phone}.|\n\n{city}, {state_short}| More to come.|]")
    return w.done()


def interview(story: Story) -> Marked:
    """Questions and answers."""
    w, rng, i = story.writer, story.rng, story.incident
    ask, answer = rng.choice(
        (("Q: ", "A: "), ("Q. ", "A. "), ("DET: ", "RP: "), ("Officer: ", "Caller: "), ("- ", "  "))
    )
    w.expand("[Interview|Statement|Recorded statement|Transcript][, case {case}|][, {reported_date}|]\n")
    w.expand("[Conducted by|Interviewer:|Present:|Before] ")
    story.officer(i.officers[0])
    w.write("\n\n")
    turns: list[tuple[str, Callable[[Writer], object]]] = [
        (rng.choice(("When was this?", "What day was it?", "And when?")), lambda w: w.expand("[{On_date}|{Date}].")),
        (rng.choice(("What time?", "About what time?")), lambda w: w.expand("[{About_time}|{Time}][, I think|].")),
        (rng.choice(("Where did it happen?", "Where were you?")), lambda w: w.expand("{At_place}[ in {city}|].")),
    ]
    told = [*sentences(story, rng.choice(TOLD[:2])), *sentences(story, rng.choice(ADDED), length=0.6)]
    turns += [(rng.choice(ASKED_ACT), partial(lambda w, sentence: w.append(sentence), sentence=s)) for s in told]
    if i.suspects and rng.random() < 0.6:
        turns.append(("What did they look like?", lambda w: w.rule("described")))
    if rng.random() < 0.4:
        rng.shuffle(turns)
    for question, write in turns:
        said = w.apart(write).capitalised()
        if said.text:
            w.write(f"{ask}{question}\n{answer}")
            w.append(said)
            w.write("\n")
    return w.done()
