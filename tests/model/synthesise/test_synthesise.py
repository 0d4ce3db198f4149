"""Made-up reports: what a template writes, where the marks end up, and that text, gold and facts agree."""

import json
import random
import re
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crimeetl.etl.cli import cli
from crimeetl.etl.errors import WrongUsage
from crimeetl.model.decode import occurrences, report_words
from crimeetl.model.labels import Source, labelled_reports, read_sources
from crimeetl.model.schema import load_schema
from crimeetl.model.schema.files import parse_schema
from crimeetl.model.sentinels import is_sentinel
from crimeetl.model.synthesise import STYLES, diversity, noise, synthesise
from crimeetl.model.synthesise.compose import sentences
from crimeetl.model.synthesise.diversity import Diversity, skeleton
from crimeetl.model.synthesise.generator import SynthesisedReport, gold_values
from crimeetl.model.synthesise.marked import Mark, Marked, Writer, parse_template, slots
from crimeetl.model.synthesise.story import Story
from crimeetl.model.synthesise.styles import HELD_OUT
from crimeetl.model.synthesise.vocabulary import OFFENCES, RULES, cases, persons, surround
from crimeetl.model.synthesise.voices import Voice
from crimeetl.model.synthesise.world import World

INCIDENT = load_schema("incident")
SHARED = Path(__file__).parents[4] / "shared" / "data"
REAL = ("special_detective/train.jsonl", "gvdb/dev.jsonl")
PEOPLE = ("Victim_Name", "Suspect_Name", "Witness_Name", "Officer_Name")
VOICES = (
    Voice(clock="2140 hours", date="03/03/2024"),
    Voice(clock="9:40pm", date="March 3", is_first_person=True, names="inverted", later="titled", has_codes=True),
    Voice(clock="21:40", date="3 March 2024", are_victims_named=False, identifies_later=True, has_races=True),
    Voice(clock="9:40 p.m.", date="Mar. 3", are_victims_named=False, has_ages=False, has_badges=False, later="role"),
)


@pytest.fixture(scope="module")
def reports() -> list[SynthesisedReport]:
    """Of every style, also those that are held out."""
    return list(synthesise(360, seed=5, schema=INCIDENT, styles=[*STYLES, *HELD_OUT]))


def stories(count: int) -> list[Story]:
    """As many incidents, each told in every voice."""
    world = World(random.Random("incidents"))
    incidents = [world.incident() for _ in range(count)]
    rngs = map(random.Random, range(count * len(VOICES)))
    return [Story(incident, voice, Writer(next(rngs), RULES)) for incident in incidents for voice in VOICES]


def writer(seed: int = 0, **rules: tuple[str, ...]) -> Writer:
    """One that can write {ann} and the rules."""
    made = Writer(random.Random(seed), rules)
    made.context["ann"] = lambda w: w.mark("ann Lee", ["Victim_Name"], "ann:name")
    return made


def marked(text: str, *spans: tuple[int, int]) -> Marked:
    return Marked(text, tuple(Mark(start, end, ("Name",), f"{start}") for start, end in spans))


def spans(of: Marked) -> list[tuple[int, int]]:
    return [(mark.start, mark.end) for mark in of.marks]


def ways(value: Any) -> list[Any]:
    """All acceptable mentions of a gold value; none of a choice."""
    return value.get("alternatives", [value]) if isinstance(value, dict) else []


def mentions(report: SynthesisedReport, *entity_types: str) -> list[dict[str, Any]]:
    return [way for name in entity_types or report.entities for value in report.entities[name] for way in ways(value)]


# ---- the template language


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ("", {""}), ("a plain, one.", {"a plain, one."}), ("a|b", {"a|b"}), ("[a|b] c", {"a c", "b c"}),
        ("x[ a|]", {"x a", "x"}), ("[a|[b|[c|d]e]f]", {"a", "bf", "cef", "def"}), ("[[]]", {""}),
        ("met {ann}", {"met ann Lee"}), ("{Ann} ran", {"Ann Lee ran"}), ("{greeting}", {"hello", "hi ann Lee"}),
        ("{Greeting}!", {"Hello!", "Hi ann Lee!"}), ("[{nobody}|x]", {"x"}), ("[{silent}|x] y", {"x y"}),
        ("[{nobody} [a|b]|{Nobody}|[x|y]]", {"x", "y"}),
    ],
)  # fmt: skip
def test_a_template_writes_each_of_its_choices_but_none_with_an_unknown_name(template: str, texts: set[str]) -> None:
    found = set()
    for seed in range(60):
        written = writer(seed, greeting=("hello", "hi {ann}"), silent=("{nobody}", "to {nobody}"))
        assert written.can(template)
        written.expand(template)
        found.add(written.done().text)
    assert found == texts


@pytest.mark.parametrize("template", ["{nobody}", "{Nobody}", "a {silent}", "[{nobody}|{silent}]", "{ann} [{nobody}]"])
def test_what_cannot_be_written_is_known_before(template: str) -> None:
    written = writer(silent=("{nobody}", "to {nobody}"), one=(template,))
    assert not written.can(template)
    assert not written.rule("one")
    assert written.done() == Marked("")


@pytest.mark.parametrize(
    ("templates", "reason"),
    [
        ("[a x[a|b [[a]", "a bracket is left open in {!r}"),
        ("a] [a]]", "brackets do not pair in {!r}"),
        ("{a a} {} {a{b}}", "braces do not pair in {!r}"),
    ],
)
def test_brackets_and_braces_that_do_not_pair_are_refused(templates: str, reason: str) -> None:
    for template in templates.split():
        with pytest.raises(ValueError) as caught:
            parse_template(template)
        assert str(caught.value) == reason.format(template)


def test_a_rule_repeats_a_template_only_when_all_were_used() -> None:
    written = writer(one=("a", "b", "c", "{nobody}"))
    assert sorted(written.fresh("one")) == ["a", "b", "c"]
    for _ in range(3):
        assert written.rule("one")
    assert (sorted(written.done().text), written.fresh("one")) == (["a", "b", "c"], [])
    assert written.rule("one")
    assert written.done().text[3:] in {"a", "b", "c"}


def test_marks_stand_where_they_were_written() -> None:
    written = writer()
    written.expand("{Ann} and {ann}")
    written.mark_from(4, ["City"], "rest", 2)
    written.append(marked(" Bo", (1, 3)))
    found = written.done()
    assert (found.text, spans(found)) == ("Ann Lee and ann Lee Bo", [(0, 7), (12, 19), (4, 19), (20, 22)])
    assert found.marks[0] == Mark(0, 7, ("Victim_Name",), "ann:name")
    assert found.marks[2] == Mark(4, 19, ("City",), "rest", 2)


def test_text_written_apart_leaves_the_writer_untouched() -> None:
    def fail(written: Writer) -> None:
        written.write("half")
        raise OSError

    written = writer()
    written.expand("saw {ann}")
    before = written.done()
    taken = written.apart(lambda w: w.expand("it was {ann}"))
    assert (taken.text, spans(taken)) == ("it was ann Lee", [(7, 14)])
    with pytest.raises(OSError):
        written.apart(fail)
    assert (written.done(), written.length) == (before, 11)


@pytest.mark.parametrize(
    ("replacements", "places"),
    [
        (["a", "b", " ", "c", "d"], [(0, 2), (3, 5)]), (["", "b", " ", "c", "d"], [(0, 1), (2, 4)]),
        (["a", "b", "", "c", "ddd"], [(0, 2), (2, 6)]), (["a", "b", " -- ", "c", "d"], [(0, 2), (6, 8)]),
        (["", "", " ", "c", "d"], [(0, 0), (1, 3)]),
    ],
)  # fmt: skip
def test_marks_follow_what_shrinks_grows_or_vanishes(replacements: list[str], places: list[tuple[int, int]]) -> None:
    assert marked("ab cd", (0, 2), (3, 5)).substitute(replacements) == Marked(
        "".join(replacements), tuple(Mark(*span, ("Name",), key) for span, key in zip(places, "03", strict=True))
    )


# ---- templates and facts


def test_every_name_in_a_template_is_known_and_every_template_can_be_written() -> None:
    told = stories(300)
    known = set(RULES).union(*(story.writer.context for story in told))
    by_offence = {offence.titles: {*offence.acts, *offence.findings, *offence.synopses} for offence in OFFENCES}
    named = {name for some in (*RULES.values(), *by_offence.values()) for one in some for name in slots(one)}
    assert sorted(name for name in named if name not in known and name[0].lower() + name[1:] not in known) == []
    unwritten = {template for templates in RULES.values() for template in templates}
    for story in told:
        unwritten = {template for template in unwritten if not story.writer.can(template)}
        own = by_offence[story.incident.offence.titles]
        own -= set(filter(story.writer.can, own))
    assert unwritten.union(*by_offence.values()) == set()


def test_the_dead_are_not_interviewed_and_the_living_not_mourned() -> None:
    plan = (("contact", 9, 9), ("told", 9, 9), ("closing", 9, 9), ("lead", 9, 9), ("news_people", 9, 9))
    dead = re.compile(r"found dead|died|is dead|coroner|(?:was|and) killed|person killed|dead person")
    alive = re.compile(r"interviewed|upset|waiting outside|rights card|victim (?:stated|told)|critical condition")
    for story in stories(60):
        text = " ".join(sentence.text for sentence in sentences(story, plan))
        pattern = alive if story.incident.offence.harm == "dead" else dead
        assert pattern.search(text) is None, text


def test_nobody_plays_two_parts_and_only_adults_hold_a_post() -> None:
    world = World(random.Random(1))
    for _ in range(300):
        incident = world.incident()
        posts = [*incident.witnesses, *incident.officers, incident.speaker, incident.bystander]
        posts += incident.business.people.values() if incident.business else []
        people = [*posts, *incident.victims, *(suspect.person for suspect in incident.suspects)]
        assert len({person.identity for person in people}) == len(people)
        assert min(person.age for person in posts) >= 18


def test_a_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    lines = [[one.as_json() for one in synthesise(40, seed=seed, schema=INCIDENT)] for seed in (3, 3, 4)]
    assert lines[0] == lines[1]
    assert not {json.loads(line)["text"] for line in lines[0]} & {json.loads(line)["text"] for line in lines[2]}
    assert [one.as_json() for one in synthesise(15, seed=3, schema=INCIDENT)] == lines[0][:15]


# ---- gold


def test_every_gold_value_stands_at_its_offsets_as_whole_words(reports: list[SynthesisedReport]) -> None:
    wrong = []
    for report in reports:
        cut = report_words(report.text)
        for way in [*mentions(report), *report.identities]:
            value, start, end = way["value"], way["start"], way["end"]
            is_there = value != "" and report.text[start:end] == value == value.strip()
            if not is_there or start not in occurrences(cut, value):
                wrong.append((report.report_id, way))
    assert wrong == []


def test_every_type_and_every_style_occurs(reports: list[SynthesisedReport]) -> None:
    stated = {name for report in reports for name, values in report.entities.items() if values}
    assert stated == set(INCIDENT.by_name)
    assert {report.style for report in reports} == {*STYLES, *HELD_OUT}
    assert (len(STYLES) >= 10, len(HELD_OUT) >= 2, STYLES.keys() & HELD_OUT.keys()) == (True, True, set())
    assert {report.style for report in synthesise(150, seed=1, schema=INCIDENT)} == set(STYLES)


def test_not_stated_is_said_in_known_words_and_never_beside_a_value(reports: list[SynthesisedReport]) -> None:
    assert [word for word in cases.SENTINEL_WORDS if not is_sentinel(word)] == []
    found = set()
    for report in reports:
        for name in report.entities:
            said = {is_sentinel(way["value"]) for way in mentions(report, name)}
            assert len(said) <= 1, (report.report_id, name)
            found |= {name} if True in said else set()
    assert len(found) >= 8
    assert "Crime_Summary" not in found


def mark(start: int, end: int, key: str, rank: int = 0, entity_type: str = "City") -> Mark:
    return Mark(start, end, (entity_type,), key, rank)


def way(value: str, start: int) -> dict[str, Any]:
    return {"value": value, "start": start, "end": start + len(value)}


@pytest.mark.parametrize(
    ("marks", "values"),
    [
        ([], []),
        ([mark(0, 2, "a")], [way("Ab", 0)]),
        ([mark(3, 5, "a"), mark(0, 2, "b")], [way("Ab", 0), way("Cd", 3)]),
        ([mark(0, 2, "a", 1), mark(3, 5, "a"), mark(6, 8, "a", 2)], [{"alternatives": [way("Cd", 3), way("Ab", 0)]}]),
        ([mark(0, 5, "a", 3), mark(6, 8, "a", 2)], [way("Ef", 6)]),
        ([mark(0, 2, "a", 3), mark(3, 5, "a", 3)], [{"alternatives": [way("Ab", 0), way("Cd", 3)]}]),
        ([mark(0, 2, "a", 1), mark(0, 2, "a")], [way("Ab", 0)]),
        ([mark(0, 2, "a"), mark(0, 5, "a", 1)], [{"alternatives": [way("Ab", 0), way("Ab Cd", 0)]}]),
        ([mark(4, 4, "a"), mark(0, 2, "b", 0, "Location")], []),
        ([mark(6, 8, "b"), mark(0, 5, "a", 1), mark(0, 2, "a", 2)], [way("Ab Cd", 0), way("Ef", 6)]),
    ],
)  # fmt: skip
def test_the_best_form_is_the_answer_and_those_nearly_as_good_alternatives(
    marks: list[Mark], values: list[Any]
) -> None:
    assert gold_values(Marked("Ab Cd Ef", tuple(marks)), "City") == values


@pytest.mark.parametrize(
    ("ages", "ranges"),
    [
        ("1 12 nine NINE", ["Child"]), ("13 17", ["Teenager"]), ("18 30 20s 2O", ["Young Adult"]),
        ("31 64 30s 3S 5Os", ["Adult"]), ("65 93 60S", ["Senior"]), ("threc N/A Withheld", []),
    ],
)  # fmt: skip
def test_an_age_range_follows_from_an_age_as_the_text_has_it(ages: str, ranges: list[str]) -> None:
    for age in ages.split():
        text = Marked(age, (mark(0, len(age), "ann:age", 0, "Victim_Age"),))
        assert gold_values(text, "Victim_AgeRange") == ranges, age


def test_each_victim_has_one_age_range() -> None:
    marks = (mark(3 * i, 3 * i + 2, key, 0, "Victim_Age") for i, key in enumerate("abccb"))
    text = Marked("17 40 xx 41 17", tuple(marks))
    assert gold_values(text, "Victim_AgeRange") == ["Teenager", "Adult", "Adult"]
    suspects = Marked("17", (mark(0, 2, "a", 0, "Suspect_Age"),))
    assert gold_values(suspects, "Victim_AgeRange") == []


def test_people_return_in_other_reports_under_other_spellings() -> None:
    spelled, seen = defaultdict(set), defaultdict(set)
    for report in synthesise(300, seed=1, schema=INCIDENT):
        for row in report.identities:
            assert sorted(row) == ["end", "identity", "start", "types", "value"]
            if row["identity"].startswith("person") and set(row["types"]) & set(PEOPLE):
                spelled[row["identity"]].add(" ".join(row["value"].split()))
                seen[row["identity"]].add(report.report_id)
    assert sum(len(seen[one]) > 1 and len(spelled[one]) > 1 for one in seen) >= 50


# ---- noise


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("a, b", "a, b"), ("a,, b", "a, b"), ("a,. B", "a. B"), ("a, , b", "a, b"), ("a  b", "a b"),
        ("a , b .", "a, b."), ("a.. B", "a. B"), ("a... b", "a... b"), ("a\n\n\n\nb", "a\n\nb"), ("a,\nb,\n", "a\nb\n"),
        ("| a, |", "| a |"),
    ],
)  # fmt: skip
def test_what_composing_leaves_behind_is_tidied_away(text: str, tidied: str) -> None:
    found = noise.tidy(Marked(f"{text} Lee", (mark(len(text) + 1, len(text) + 4, "lee"),)))
    assert (found.text, gold_values(found, "City")) == (f"{tidied} Lee", [way("Lee", len(tidied) + 1)])


def test_quotes_turn_typographic() -> None:
    curly = noise.curly_quotes(marked("\"I'm Al,\" ('x') \n\"5'4\"", (1, 4), (10, 11)), random.Random(0))
    assert (curly.text, spans(curly)) == ("“I’m Al,” (‘x’) \n“5’4”", [(1, 4), (10, 11)])


def test_lines_are_broken_at_one_of_four_widths_and_only_at_spaces() -> None:
    text = "a " * 199 + "a\n" + "x" * 100 + " yy"
    longest = set()
    for seed in range(40):
        found = noise.wrapped(marked(text, (0, 300)), random.Random(seed))
        assert found.text.replace("\n", " ") == text.replace("\n", " ")
        assert spans(found) == [(0, 300)]
        longest.add(max(map(len, found.text[:399].split("\n"))))
        assert found.text[399:] == "\n" + "x" * 100 + "\nyy"
    assert longest == {59, 67, 71, 79}


def test_typos_change_letters_of_words_outside_values_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "TYPO_RATE", 0.2)
    text = "The victim said that Lee Violet, 34, of 12 Birch Street called PD at 2140 hours"
    found = [noise.typos(marked(text, (21, 31), (40, 55)), random.Random(seed)) for seed in range(40)]
    values = [[one.text[start:end] for start, end in spans(one)] for one in found]
    assert values == [["Lee Violet", "12 Birch Street"]] * 40
    assert {re.sub("[a-z]", "", one.text) for one in found} == {re.sub("[a-z]", "", text)}
    assert len({one.text for one in found} - {text}) > 30
    assert {len(one.text) > len(text) for one in found} == {True, False}


def test_spaces_after_sentences_are_doubled_or_lost_but_not_in_values() -> None:
    text = "It ended. He left. He met Gus. Lee at 5. OK no. bye"
    found = {noise.spacing(marked(text, (26, 34)), random.Random(seed)).text for seed in range(200)}
    pairs = [(a, b) for wide in ("  ", "") for a in (wide, " ") for b in (wide, " ")]
    assert found == {f"It ended.{a}He left.{b}He met Gus. Lee at 5. OK no. bye" for a, b in pairs}


def test_scanned_characters_look_alike_but_glued_values_keep_their_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "OCR_RATE", 1.1)
    found = noise.ocr(marked("mIlk 50, 50yo xLee", (0, 4), (5, 7), (9, 11), (15, 18)), random.Random(0))
    assert (found.text, spans(found)) == ("rnl1k SO, S0yo xLcc", [(0, 5), (6, 8), (10, 12), (16, 19)])


@pytest.mark.parametrize(
    ("text", "span", "capitals"),
    [
        ("Ann Lee", (4, 7), "ANN LEE"), ("Straße", (0, 6), "STRAßE"), ("34yo", (0, 2), "34YO"),
        ("at largeLEE ran", (8, 11), "at largeLEE ran"),
    ],
)  # fmt: skip
def test_capitals_keep_lengths_and_the_bounds_of_values(text: str, span: tuple[int, int], capitals: str) -> None:
    assert noise.capitals(marked(text, span), random.Random(0)) == marked(capitals, span)


# ---- how different reports are


def test_a_skeleton_has_no_values_names_or_numbers() -> None:
    ages = {"alternatives": [way("34", 20), way("34yo", 20)]}
    entities = {"City": [way("Ashford", 11)], "Victim_Age": [ages], "Victim_AgeRange": ["Adult"]}
    one = SynthesisedReport("x", "table", "Lee went inAshford, 34yo 7pm", entities, [])
    assert skeleton(one) == "lee went in § , § #pm"
    other = SynthesisedReport("x", "table", "Lee ran 12 miles", {}, [{**way("Lee", 0), "identity": "p", "types": []}])
    assert skeleton(other) == "§ ran # miles"


@pytest.mark.parametrize(
    ("texts", "figures"),
    [
        ([], (0, 0.0, 0.0, 0.0)), (["a b c d"], (1, 1.0, 0.0, 1.0)),
        (["a b c d e", "a b c d e"], (2, 0.5, 1.0, 0.0)), (["a b c d e", "a b c d f"], (2, 0.75, 1 / 3, 1.0)),
        (["a b c d 5", "a b c d 6", "x y"], (3, 0.6, 2 / 3, 1 / 3)),
    ],
)  # fmt: skip
def test_diversity_falls_with_repeats(texts: list[str], figures: tuple[float, ...]) -> None:
    measured = diversity([SynthesisedReport("x", "table", text, {}, []) for text in texts])
    assert tuple(asdict(measured).values()) == pytest.approx(figures)
    assert str(Diversity(7, 0.5, 0.25, 1.0)) == (
        "7 reports: distinct 4-grams 0.500, similarity to the nearest report 0.250, unique skeletons 1.000"
    )


def test_300_reports_hardly_resemble_each_other() -> None:
    measured = diversity(list(synthesise(300, seed=1, schema=INCIDENT)))
    assert measured.unique_skeletons > 0.97
    assert measured.nearest_similarity < 0.2


# ---- real data


def person(value: str) -> str:
    """A name without case and rank, "Lee, Ann" turned round."""
    last, comma, first = value.partition(", ")
    ranks = {part.strip(".").lower() for rank in (*persons.RANKS, *persons.SPEAKER_RANKS) for part in rank.split()}
    parts = (f"{first} {last}" if comma else value).lower().split()
    return " ".join(part for part in parts if part.strip(".") not in ranks)


def test_no_real_name_or_address_is_made_up_again() -> None:
    if missing := [name for name in REAL if not (SHARED / name).is_file()]:
        pytest.skip(f"needs {', '.join(missing)} in {SHARED}")
    names, places = set(), set()
    for real in labelled_reports(read_sources([Source(data=SHARED / name) for name in REAL])):
        said = {name: [way.value for value in values for way in value] for name, values in real.gold.items()}
        names |= {person(value) for name in PEOPLE for value in said.get(name, []) if not is_sentinel(value)}
        places |= {value.split(",")[0].lower() for value in said.get("Location", [])}
    assert (len(names) > 300, len(places) > 200) == (True, True)
    made = list(synthesise(300, seed=1, schema=INCIDENT))
    made_names = {person(way["value"]) for one in made for way in mentions(one, *PEOPLE)}
    made_places = {way["value"].split(",")[0].lower() for one in made for way in mentions(one, "Location")}
    assert {name for name in made_names if " " in name} & names == set()
    assert {place for place in made_places if place[0].isdigit()} & places == set()


# ---- pages of other text around a report


@pytest.fixture(scope="module")
def surrounded() -> list[SynthesisedReport]:
    """The same reports as a share of 0 gives, each in pages of other text."""
    return list(synthesise(200, seed=6, schema=INCIDENT, surrounded_share=1.0))


def test_reports_that_are_not_surrounded_are_the_same_with_any_share() -> None:
    bare, some, all_of_them = (
        list(synthesise(60, seed=6, schema=INCIDENT, surrounded_share=share)) for share in (0.0, 0.3, 1.0)
    )
    assert bare == list(synthesise(60, seed=6, schema=INCIDENT))
    kinds = [(one == plain, one == full) for one, plain, full in zip(some, bare, all_of_them, strict=True)]
    assert set(kinds) == {(True, False), (False, True)}
    assert 8 <= kinds.count((False, True)) <= 28


def test_values_in_pages_of_other_text_stand_at_their_offsets(surrounded: list[SynthesisedReport]) -> None:
    for report in surrounded:
        words_of = report_words(report.text)
        for mention in mentions(report):
            assert report.text[mention["start"] : mention["end"]] == mention["value"]
            assert mention["start"] in occurrences(words_of, mention["value"])


def test_pages_are_long_and_some_state_nothing_and_some_begin_or_end_in_a_report(
    surrounded: list[SynthesisedReport],
) -> None:
    bare = list(synthesise(200, seed=6, schema=INCIDENT))
    lengths = sorted(len(report.text.split()) for report in surrounded)
    assert lengths[100] > 1.5 * sorted(len(report.text.split()) for report in bare)[100]
    assert lengths[-1] < 2500
    counts = [(len(mentions(one)), len(mentions(plain))) for one, plain in zip(surrounded, bare, strict=True)]
    assert 0.08 < sum(count == 0 for count, _ in counts) / 200 < 0.25  # pages alone
    assert 0.1 < sum(0 < count < whole for count, whole in counts) / 200 < 0.4  # cut
    assert all(count <= whole for count, whole in counts)


def test_pages_alone_mark_nothing() -> None:
    for seed in range(40):
        written = surround(Marked(""), random.Random(seed))
        assert written.marks == ()
        assert not re.search(r"[\[\]{}|]{2}|\{|\}", written.text)


# ---- wrong usage, and the command


def test_an_unknown_style_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(WrongUsage) as caught:
        list(synthesise(1, seed=1, schema=INCIDENT, styles=["table", "haiku", "ode"]))
    assert str(caught.value) == f"there is no style haiku, ode; there are {', '.join([*STYLES, *HELD_OUT])}"


def test_a_schema_is_asked_only_for_types_that_can_be_planted() -> None:
    toml = 'name = "traffic"\n[[type]]\nname = "Driver_Name"\n'
    with pytest.raises(WrongUsage) as caught:
        list(synthesise(1, seed=1, schema=parse_schema(toml, source="x")))
    told = "the generator knows none of the types of the schema traffic; it knows those of incident"
    assert str(caught.value) == told
    schema = parse_schema(toml + '[[type]]\nname = "City"\n', source="x")
    [one] = synthesise(1, seed=1, schema=schema)
    [same] = synthesise(1, seed=1, schema=INCIDENT)
    assert one.entities == {"City": same.entities["City"]}
    assert (one.text, one.identities) == (same.text, same.identities)


def test_the_command_writes_what_labelled_data_reads_back(tmp_path: Path) -> None:
    out = tmp_path / "made-up.jsonl"
    asked = ("--count", "12", "--seed", "3", "--schema", "crime", "--style", "table", "--style", "news_story")
    asked += ("--surrounded", "0.5")
    result = CliRunner().invoke(cli, ["synthesise", *asked, "--out", str(out)])
    styles = ["table", "news_story"]
    made = list(synthesise(12, seed=3, schema=load_schema("crime"), styles=styles, surrounded_share=0.5))
    assert (result.exit_code, result.output) == (0, f"{diversity(made)}; written to {out}\n")
    assert out.read_text("utf-8") == "".join(one.as_json() + "\n" for one in made)
    found = list(labelled_reports(read_sources([Source(data=out)])))
    assert [(one.report_id, one.text) for one in found] == [(one.report_id, one.text) for one in made]
    for read, one in zip(found, made, strict=True):
        assert list(read.gold) == list(one.entities)
        for name, values in one.entities.items():
            expected = [[(w["value"], w["start"], w["end"]) for w in ways(v)] or [(v, None, None)] for v in values]
            assert [[(m.value, m.char_start, m.char_end) for m in given] for given in read.gold[name]] == expected
