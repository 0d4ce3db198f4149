"""What labelled reports teach: copies of the report, or nothing; and one report is never in two splits."""

from collections import Counter
from typing import Any

import pytest
from datasets import Dataset
from transformers import PreTrainedTokenizerFast

from crimeetl.model.decode import AnswerGrammar, report_words
from crimeetl.model.labels import DataCheck, GoldMention, near_duplicates, training_rows
from crimeetl.model.labels.datasets import COLUMNS
from crimeetl.model.labels.supervise import contradicts_empty, snap
from crimeetl.model.schema import EntitySchema, EntityType, load_schema
from crimeetl.model.tree import CONVERSATION, PromptTemplate, prompt_template

NAME = EntityType("Name", "Name", "span", (), True, "text")
AGE = EntityType("Age", "how old", "integer", (), True, "age")
SUMMARY = EntityType("Summary", "Summary", "span", (), False, "text")
RANGE = EntityType("Range", "Range", "choice", ("Child", "Adult"), True, "text")
SCHEMA = EntitySchema("mine", (NAME, AGE, SUMMARY, RANGE))
REPORT = "Officer ANN  LEE, 35, met “Bo” Day\nand O’Neil-Smith (35) at 5pm. Ann ran."


def labelled(*reports: tuple[str, dict[str, list[Any]]], is_crowd_sourced: bool = False) -> Dataset:
    """Reports with values, each a text, a (value, start, end), or a list of such as alternatives."""

    def mention(way: Any) -> dict[str, Any]:
        value, start, end = way if isinstance(way, tuple) else (way, None, None)
        return {"value": value, "start": start, "end": end}

    rows = []
    for number, (text, gold) in enumerate(reports):
        entries = [
            {
                "entity_type": name,
                "values": [[mention(way) for way in (v if isinstance(v, list) else [v])] for v in values],
            }
            for name, values in gold.items()
        ]
        facts = {"source": "data.jsonl", "visits": 1.0, "is_crowd_sourced": is_crowd_sourced}
        rows.append({"report_id": f"r{number}", "text": text, "gold": entries, **facts})
    return Dataset.from_list(rows, features=COLUMNS)


@pytest.fixture(params=["byte_tokenizer", "merging_tokenizer"])
def both(request: pytest.FixtureRequest) -> tuple[PromptTemplate, AnswerGrammar]:
    tokenizer: PreTrainedTokenizerFast = request.getfixturevalue(request.param)
    template = prompt_template(tokenizer, CONVERSATION)
    return template, AnswerGrammar(template, vocabulary_size=len(tokenizer))


def taught(
    both: tuple[PromptTemplate, AnswerGrammar],
    *reports: tuple[str, dict[str, list[Any]]],
    most_tokens: int = 9999,
    is_crowd_sourced: bool = False,
) -> tuple[list[dict[str, str]], DataCheck]:
    """Each report's answers as they are learned, by type; and the check."""
    template, grammar = both
    rows, check = training_rows(
        labelled(*reports, is_crowd_sourced=is_crowd_sourced), SCHEMA, template, grammar, most_tokens=most_tokens
    )
    answers = []
    for row in rows:
        assert all(ids[-1] == template.end_id for ids in row["answer_ids"])
        texts = [template.tokenizer.decode(ids[:-1]) for ids in row["answer_ids"]]
        answers.append(dict(zip(row["entity_types"], texts, strict=True)))
    return answers, check


def check_of(**figures: Any) -> dict[str, Any]:
    empty = DataCheck().figures()
    assert figures.keys() <= empty.keys()
    return empty | figures


# ---- snapping


@pytest.mark.parametrize(
    ("value", "snapped"),
    [
        ("Ann", "Ann"),
        ("ANN  LEE", "ANN  LEE"),
        ("Ann Lee", "ANN  LEE"),  # case and white space
        ("ann\nlee", "ANN  LEE"),
        ("Bo", "Bo"),
        ('"Bo" Day', "“Bo” Day"),  # kinds of quotes
        ("Day and", "Day\nand"),
        ("O'Neil-Smith", "O’Neil-Smith"),
        ("O‘Neil–Smith", "O’Neil-Smith"),
        ("o'neil\u2011smith", "O’Neil-Smith"),
        ("Ann Lee.", "ANN  LEE"),  # outer punctuation
        (" (35) ", "(35)"),
        ("[35]", None),
        ("*(35)*", "35"),
        ("'met'", "met"),
        ("5", "5"),
        ("An", None),  # part of a word
        ("Le", None),
        ("Bo Day", None),  # a mark inside is missing
        ("Ann met", None),
        ("Zoe", None),
        ("Not provided", None),
        ("", None),
        (" ; ", None),
        (".*", None),  # no pattern
        ("A.n", None),
    ],
)
def test_a_value_is_snapped_to_the_report_s_own_wording(value: str, snapped: str | None) -> None:
    assert snap(report_words(REPORT), GoldMention(value, None, None)) == snapped


@pytest.mark.parametrize(
    ("start", "end", "snapped"),
    [
        (8, 11, "ANN"),
        (9, 10, "ANN"),  # inside a word: widened to all of it
        (9, 14, "ANN  LEE"),
        (10, 16, "ANN  LEE"),
        (7, 12, "ANN"),  # white space at the edges: left out
        (7, 8, None),
        (16, 16, None),
        (16, 17, ","),
        (0, 4, "Officer"),
        (len(REPORT) - 2, len(REPORT), "ran."),
    ],
)
def test_offsets_are_widened_to_whole_words(start: int, end: int, snapped: str | None) -> None:
    gold = GoldMention(REPORT[start:end], start, end)
    assert snap(report_words(REPORT), gold) == snapped


def test_of_the_same_word_in_two_cases_the_exact_one_is_taken_and_else_the_first() -> None:
    words = report_words("ann Ann ANN")
    assert snap(words, GoldMention("ANN", None, None)) == "ANN"
    assert snap(words, GoldMention("aNN", None, None)) == "ann"


# ---- what is learned


def test_answers_are_learned_in_the_schema_s_order_with_their_exact_tokens(
    template: PromptTemplate, grammar: AnswerGrammar
) -> None:
    gold = {"Age": ["35"], "Name": ["Ann", "ANN  LEE"]}
    rows, check = training_rows(labelled((REPORT, gold)), SCHEMA, template, grammar, most_tokens=9999)
    decode = template.tokenizer.decode
    head, bridge, turn = decode(template.head_ids), decode(template.bridge_ids), decode(template.turn_ids)

    def plain(text: str) -> list[int]:
        return template.tokenizer(text, add_special_tokens=False)["input_ids"]

    [row] = rows
    assert row == {
        "prefix_ids": plain(head + REPORT + bridge),
        "question_ids": [
            plain(f' Name in the text?{turn}{{"Name":'),
            plain(f' how old in the text?{turn}{{"Age":'),
        ],
        "answer_ids": [
            [*plain(' ["Ann", "ANN  LEE"]}'), template.end_id],
            [*plain(' ["35"]}'), template.end_id],
        ],
        "entity_types": ["Name", "Age"],
        "visits": 1.0,
    }
    tokens = len(row["prefix_ids"]) + sum(len(ids) for name in ("question_ids", "answer_ids") for ids in row[name])
    assert check.figures() == check_of(
        reports=1, answers=2, unasked_types=("Summary", "Range"), longest_tokens=tokens, total_tokens=tokens
    )


def test_a_value_that_is_no_copy_leaves_its_answer_out_and_never_makes_it_empty(
    both: tuple[PromptTemplate, AnswerGrammar],
) -> None:
    answers, check = taught(
        both,
        (REPORT, {"Name": ["Ann", "Zoe"], "Summary": [], "Range": ["Senior"]}),
        (REPORT, {"Name": ["Not provided"], "Range": ["Adult", "Adult"]}),
    )
    assert answers == [{"Summary": " []}"}, {"Range": ' ["Adult", "Adult"]}'}]
    assert (check.reports, check.answers, check.empty_answers, check.snapped_values) == (2, 2, 1, 0)
    assert check.left_out == Counter({"Name": 2, "Range": 1})
    assert check.unasked_types == ("Name", "Age")


def test_a_report_that_teaches_nothing_is_no_row(both: tuple[PromptTemplate, AnswerGrammar]) -> None:
    answers, check = taught(both, (REPORT, {"Name": ["Zoe"]}), (REPORT, {}), (REPORT, {"Age": []}))
    assert answers == [{"Age": " []}"}]
    assert (check.reports, check.answers, check.empty_answers) == (1, 1, 1)
    answers, check = taught(both, (REPORT, {"Name": ["Zoe"]}))
    assert answers == []
    assert check.figures() == check_of(left_out={"Name": 1}, unasked_types=("Name", "Age", "Summary", "Range"))


def test_snapped_values_are_counted(both: tuple[PromptTemplate, AnswerGrammar]) -> None:
    answers, check = taught(both, (REPORT, {"Name": ["ann lee", "Ann", ("nn", 66, 68), ["Zoe", "officer"]]}))
    assert REPORT[66:68] == "nn"
    assert answers == [{"Name": ' ["ANN  LEE", "Ann", "Officer"]}'}]  # the one Ann was given twice
    assert check.snapped_values == 3


def test_the_first_alternative_that_is_a_copy_is_learned(both: tuple[PromptTemplate, AnswerGrammar]) -> None:
    answers, check = taught(both, (REPORT, {"Name": [["Zoe", "Bo", "Ann"], ["ANN LEE", "Ann"]]}))
    assert answers == [{"Name": ' ["Bo", "ANN  LEE"]}'}]
    assert check.snapped_values == 1


def test_what_the_grammar_would_refuse_is_left_out_and_counted(both: tuple[PromptTemplate, AnswerGrammar]) -> None:
    answers, check = taught(
        both,
        (REPORT, {"Summary": ["Ann", "Bo"], "Age": ["35, met"], "Name": ["Ann"]}),
        (REPORT, {"Age": ["Ann"]}),
    )
    assert answers == [{"Name": ' ["Ann"]}'}]
    assert check.refused == Counter({"Summary": 1, "Age": 2})
    assert check.left_out == Counter()
    assert check.snapped_values == 0


def test_repeats_beyond_the_places_where_a_value_stands_are_dropped(both: tuple[PromptTemplate, AnswerGrammar]) -> None:
    answers, _ = taught(both, (REPORT, {"Age": ["35", "35", "35"], "Name": ["Ann", "Bo", "Ann", "Bo", "Day"]}))
    assert answers == [{"Name": ' ["Ann", "Bo", "Day"]}', "Age": ' ["35", "35"]}'}]


def test_types_that_the_schema_does_not_have_are_counted_and_not_learned(
    both: tuple[PromptTemplate, AnswerGrammar],
) -> None:
    answers, check = taught(
        both, (REPORT, {"City": ["Ann"], "Name": ["Ann"], "Zip": []}), (REPORT, {"City": [], "Name": []})
    )
    assert answers == [{"Name": ' ["Ann"]}'}, {"Name": " []}"}]
    assert check.unknown_types == Counter({"City": 2, "Zip": 1})
    assert check.unasked_types == ("Age", "Summary", "Range")


def test_a_report_too_long_for_the_base_is_left_out_whole_and_named(
    both: tuple[PromptTemplate, AnswerGrammar],
) -> None:
    short, long = ("Ann ran.", {"Name": ["Ann"]}), (REPORT * 3, {"Name": ["bo", "Ann"], "Age": []})
    _, check = taught(both, short)
    exact = check.longest_tokens
    answers, check = taught(both, long, short, most_tokens=exact)
    assert answers == [{"Name": ' ["Ann"]}'}]
    assert check.figures() == check_of(
        reports=1,
        answers=1,
        unasked_types=("Age", "Summary", "Range"),
        longest_tokens=exact,
        too_long=["r0"],
        total_tokens=exact,
    )
    assert taught(both, short, most_tokens=exact - 1)[1].too_long == ["r0"]


# ---- crowd-sourced labels


def test_crowd_sourced_reports_without_any_label_are_left_out_and_counted(
    both: tuple[PromptTemplate, AnswerGrammar],
) -> None:
    reports = [("Ann ran.", {"Name": [], "Age": []}), ("Bo ran.", {"Name": ["Bo"], "Range": []})]
    answers, check = taught(both, *reports, is_crowd_sourced=True)
    assert answers == [{"Name": ' ["Bo"]}', "Range": " []}"}]
    assert (check.reports, check.without_labels, check.doubted) == (1, 1, Counter())
    answers, check = taught(both, *reports)
    assert (len(answers), check.without_labels) == (2, 0)


def test_crowd_sourced_empty_answers_that_the_text_contradicts_are_left_out(
    both: tuple[PromptTemplate, AnswerGrammar],
) -> None:
    reports = [("Bo, a 36-year-old man, ran.", {"Name": ["Bo"], "Age": []}), ("Bo ran.", {"Name": ["Bo"], "Age": []})]
    answers, check = taught(both, *reports, is_crowd_sourced=True)
    assert answers == [{"Name": ' ["Bo"]}'}, {"Name": ' ["Bo"]}', "Age": " []}"}]
    assert check.doubted == Counter({"Age": 1})
    answers, check = taught(both, *reports)
    assert [list(answer) for answer in answers] == [["Name", "Age"]] * 2


@pytest.mark.parametrize(
    ("name", "text", "is_doubtful"),
    [
        ("Crime_Time", "It happened around 9:40 p.m. on Elm Street.", True),
        ("Crime_Time", "Units arrived at 2140 hours.", True),
        ("Crime_Time", "The call came at 21:40.", True),
        ("Crime_Time", "It happened on Elm Street, 9 blocks away.", False),
        ("Victim_Age", "A 36-year-old man was hurt.", True),
        ("Suspect_Age", "Ann Lee, 41, was arrested.", True),
        ("Victim_Age", "A man was hurt at 36 Elm Street.", False),
        ("Time_Of_Day", "Police came late Tuesday night.", True),
        ("Time_Of_Day", "Police came on Tuesday.", False),
        ("Weapon_Type", "He had two handguns.", True),
        ("Weapon_Type", "He had nothing.", False),
        ("Shots_Fired", "He was hit several times.", True),
        ("Shots_Fired", "Neighbors heard two gunshots.", True),
        ("Shots_Fired", "He was hit.", False),
        ("Victim_Name", "Ann Lee, 41, was hit several times at 9 p.m.", False),
    ],
)
def test_what_contradicts_an_empty_label(name: str, text: str, is_doubtful: bool) -> None:
    assert contradicts_empty(text, load_schema("incident").by_name[name]) is is_doubtful


# ---- near duplicates

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
TEXT = " ".join(WORDS)  # 8 word 5-grams


@pytest.mark.parametrize(
    ("one", "other", "is_pair"),
    [
        (TEXT, TEXT, True),
        (TEXT, f"  {TEXT.upper()}!\n", True),
        (TEXT, TEXT + " thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty", True),  # 8 of 16
        (TEXT, TEXT + " thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty more", False),
        (TEXT, " ".join(WORDS[:8]), True),  # 4 of 8
        (TEXT, " ".join(WORDS[:7]), False),  # 3 of 8
        (TEXT, " ".join(WORDS[::-1]), False),
        ("Theft.", "theft", True),  # shorter than a 5-gram: all its words are one
        ("A theft.", "The theft.", False),
        ("", "", True),
        ("", "Theft.", False),
    ],
)
def test_reports_are_one_from_half_their_word_5_grams(one: str, other: str, is_pair: bool) -> None:
    assert near_duplicates([one], [other]) == ([(0, 0)] if is_pair else [])
    assert near_duplicates([other], [one]) == ([(0, 0)] if is_pair else [])


def test_all_pairs_are_found() -> None:
    assert near_duplicates([TEXT, "Arson.", TEXT], ["Theft.", TEXT, "arson"]) == [(0, 1), (2, 1), (1, 2)]
    assert near_duplicates([], [TEXT]) == near_duplicates([TEXT], []) == []
