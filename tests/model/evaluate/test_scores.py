"""Scores: counted by hand on hand-made gold and answers."""

import json
from pathlib import Path

import pytest

from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.output import write_frame
from crimeetl.model.evaluate import evaluation_table, mistake_table
from crimeetl.model.evaluate.comparing import compare, comparison_table
from crimeetl.model.evaluate.matching import MEASURES, match
from crimeetl.model.evaluate.mistakes import Mistake, around
from crimeetl.model.evaluate.scores import Counts, Evaluation, score
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.labels import GoldMention, LabelledReport
from crimeetl.model.schema import EntitySchema, EntityType

NAME = EntityType("Name", "Name", "span", (), True, "text")
AGE = EntityType("Age", "Age", "span", (), True, "age")
RANGE = EntityType("Range", "Range", "choice", ("Child", "Adult"), True, "text")
SCHEMA = EntitySchema("mine", (NAME, AGE, RANGE))
TEXT = "Officer Jonathan Smith met Ann Lee. Ann ran; status: Not provided. Bo, 35."
EMPTY = {"loss": 0.5, "token_accuracy": 0.9, "perplexity": 1.6487}


def gold(*values: str | tuple[str, int] | list[str | tuple[str, int]]) -> tuple[tuple[GoldMention, ...], ...]:
    """Values as text or (text, start); a list holds alternatives."""

    def mention(way: str | tuple[str, int]) -> GoldMention:
        if isinstance(way, str):
            return GoldMention(way, None, None)
        value, start = way
        return GoldMention(value, start, start + len(value))

    return tuple(tuple(mention(way) for way in (value if isinstance(value, list) else [value])) for value in values)


def given(*values: str | tuple[str, int]) -> tuple[Mention, ...]:
    """Values at their first place in TEXT, at a start of their own, or nowhere (-1: derived)."""
    mentions = []
    for value in values:
        text, start = (value, TEXT.index(value)) if isinstance(value, str) else value
        place = (None, None) if start == -1 else (start, start + len(text))
        mentions.append(Mention(text, *place, 0.5))
    return tuple(mentions)


def report(**golds: tuple[tuple[GoldMention, ...], ...]) -> LabelledReport:
    return LabelledReport("r", TEXT, golds)


def extraction(*mentions: tuple[Mention, ...], schema: EntitySchema = SCHEMA, is_cut: bool = False) -> Extraction:
    answers = [Answer(t.name, m, 0.5, is_cut) for t, m in zip(schema.types, mentions, strict=True)]
    return Extraction(tuple(answers), 10, 5, 1)


def scored(*pairs: tuple[LabelledReport, Extraction], schema: EntitySchema = SCHEMA) -> Evaluation:
    reports, extractions = zip(*pairs, strict=True)
    return score(
        reports, extractions, schema=schema, source="r.jsonl", model="tiny", seconds_a_report=1.25, forced=EMPTY
    )


def counts(evaluation: Evaluation, name: str | None = None) -> dict[str, list[tuple[int, int, int]]]:
    """Right, predicted and gold by reading, in the order exact, fuzzy, approximate, overlap."""
    by_reading = evaluation.overall if name is None else evaluation.by_type[name]
    return {
        reading: [(round((s.recall or 0) * s.gold), s.predicted, s.gold) for s in by_measure.values()]
        for reading, by_measure in by_reading.items()
    }


# ---- matching


@pytest.mark.parametrize(
    ("golds", "mentions", "exact", "fuzzy", "approximate", "overlap"),
    [
        (gold("Ann Lee"), given("Ann Lee"), True, True, True, True),
        (
            gold("Lee Ann"),
            given("Ann Lee"),
            False,
            True,
            False,
            False,
        ),  # its words in another order; nowhere in the text
        (gold("ann lee"), given("Ann Lee"), False, False, True, False),
        (gold("Jonathan Smith"), given("Officer Jonathan Smith"), False, False, True, True),  # ratio 77.8
        (gold("Jonathan Smith"), given("Jonathan Smit"), False, True, True, True),  # ratio 96.3
        (gold("Ann"), given("Ann Lee"), False, False, True, True),
        (gold(("Ann", 36)), given("Ann Lee"), False, False, True, False),  # the second Ann
        (gold(("Ann", 36)), given(("Ann", 27)), True, True, True, False),
        (gold("Ann"), given(("Ann", 36)), True, True, True, True),  # without offsets: any of its places
        (gold(("Ann Lee", 27)), given(("Lee", 31)), False, False, True, True),
        (gold(("Ann Lee", 27)), given((". Ann", 34)), False, False, False, False),  # they touch
        (gold("Adult"), given(("Adult", -1)), True, True, True, True),
        (gold("Child"), given(("Adult", -1)), False, False, False, False),
        (gold(["Zoe", "Bo"]), given("Bo"), True, True, True, True),
        (gold([("Ann", 36), ("Ann Lee", 27)]), given("Lee"), False, False, True, True),
    ],
)
def test_a_value_matches_by_each_measure(
    golds: tuple[tuple[GoldMention, ...], ...],
    mentions: tuple[Mention, ...],
    exact: bool,
    fuzzy: bool,
    approximate: bool,
    overlap: bool,
) -> None:
    found = [match(TEXT, golds, mentions, measure) == [(0, 0)] for measure in MEASURES]
    assert found == [exact, fuzzy, approximate, overlap]


def test_each_value_is_in_one_pair_at_most() -> None:
    assert match(TEXT, gold("Ann"), given("Ann", ("Ann", 36)), "exact") == [(0, 0)]
    assert match(TEXT, gold("Ann", "Ann"), given("Ann"), "exact") == [(0, 0)]
    assert match(TEXT, gold("Ann", "Ann", "Bo"), given("Bo", "Ann", ("Ann", 36)), "exact") == [(0, 1), (1, 2), (2, 0)]


def test_the_best_pairs_are_taken_first() -> None:
    golds = gold("Jonathan Smit", "Jonathan Smith")
    assert match(TEXT, golds, given("Jonathan Smith"), "fuzzy") == [(1, 0)]
    # "Officer Jonathan" shares eight characters with the second gold value and seven with the first.
    golds = gold(("Officer", 0), ("Jonathan Smith", 8))
    assert match(TEXT, golds, given("Officer Jonathan", "Smith"), "overlap") == [(1, 0)]


def test_counts_give_precision_recall_and_f1() -> None:
    found = Counts(right=3, wrong=1, missed=3)
    assert (found.precision, found.recall, found.f1) == (0.75, 0.5, 0.6)
    assert (Counts(0, 2, 0).precision, Counts(0, 2, 0).recall, Counts(0, 2, 0).f1) == (0.0, None, 0.0)
    assert (Counts(0, 0, 2).precision, Counts(0, 0, 2).recall, Counts(0, 0, 2).f1) == (None, 0.0, 0.0)
    assert (Counts().precision, Counts().recall, Counts().f1) == (None, None, None)


# ---- scoring


def test_values_are_counted_right_wrong_and_missed() -> None:
    evaluation = scored(
        (
            report(Name=gold("Jonathan Smith", "Ann Lee", "Bo"), Age=gold("35"), Range=gold("Adult")),
            extraction(given("Jonathan Smit", "Ann Lee", "ran"), given(), given(("Adult", -1))),
        ),
        (
            report(Name=gold(), Age=gold("35"), Range=gold()),
            extraction(given("Ann"), given("35"), given(("Child", -1))),
        ),
    )
    assert counts(evaluation, "Name")["as_stated"] == [(1, 4, 3), (2, 4, 3), (2, 4, 3), (2, 4, 3)]
    assert counts(evaluation, "Age")["as_stated"] == [(1, 1, 2)] * 4
    assert counts(evaluation, "Range")["as_stated"] == [(1, 2, 1)] * 4
    assert counts(evaluation)["as_stated"] == [(3, 7, 6), (4, 7, 6), (4, 7, 6), (4, 7, 6)]
    fuzzy = evaluation.overall["as_stated"]["fuzzy"]
    assert (fuzzy.precision, fuzzy.recall) == (4 / 7, 4 / 6)
    assert fuzzy.f1 == pytest.approx(8 / 13)
    assert (evaluation.reports, evaluation.questions, evaluation.values) == (2, 6, 7)
    assert (evaluation.model, evaluation.schema, evaluation.seconds_a_report) == ("tiny", "mine", 1.25)
    assert (evaluation.loss, evaluation.token_accuracy, evaluation.perplexity) == (0.5, 0.9, 1.6487)


def test_values_that_say_nothing_is_stated_are_left_out_of_the_second_reading_on_both_sides() -> None:
    evaluation = scored(
        (
            report(Name=gold("Not provided", "Bo"), Age=gold("N/A"), Range=gold()),
            extraction(given("Bo", "Ann"), given("Not provided"), given()),
        ),
    )
    assert counts(evaluation, "Name") == {"as_stated": [(1, 2, 2)] * 4, "sentinels_empty": [(1, 2, 1)] * 4}
    assert counts(evaluation, "Age") == {"as_stated": [(0, 1, 1)] * 4, "sentinels_empty": [(0, 0, 0)] * 4}


def test_a_gold_value_is_a_sentinel_only_where_all_its_alternatives_are() -> None:
    evaluation = scored((report(Name=gold(["Unknown", "Bo"], ["None", "N/A"])), extraction(given("Bo"), (), ())))
    assert counts(evaluation, "Name") == {"as_stated": [(1, 1, 2)] * 4, "sentinels_empty": [(1, 1, 1)] * 4}


def test_a_type_that_a_report_does_not_label_does_not_count_there() -> None:
    evaluation = scored(
        (report(Age=gold("35")), extraction(given("Ann"), given("35"), given(("Adult", -1)))),
        (report(Name=gold("Bo")), extraction(given("Bo"), given("35"), given())),
    )
    assert (evaluation.questions, evaluation.values) == (2, 2)
    assert counts(evaluation)["as_stated"] == [(2, 2, 2)] * 4
    assert evaluation.overall["as_stated"]["exact"].f1 == 1.0


def test_a_set_is_exact_when_each_value_is_there_once_in_any_order() -> None:
    def set_exact(golds: tuple[tuple[GoldMention, ...], ...], mentions: tuple[Mention, ...]) -> float:
        return scored((report(Name=golds), extraction(mentions, (), ()))).set_exact

    assert set_exact(gold(), given()) == 1
    assert set_exact(gold("Ann", "Bo"), given("Bo", "Ann")) == 1
    assert set_exact(gold(["Zoe", "Bo"]), given("Bo")) == 1
    assert set_exact(gold("Ann", "Ann"), given("Ann", ("Ann", 36))) == 1
    assert set_exact(gold("Ann", "Ann"), given("Ann")) == 0
    assert set_exact(gold("Ann"), given("Ann", ("Ann", 36))) == 0
    assert set_exact(gold("Ann"), given("Bo")) == 0
    assert set_exact(gold(), given("Bo")) == 0


def test_empty_answers_cut_answers_and_offsets_are_shares_of_their_own() -> None:
    evaluation = scored(
        (report(Name=gold(), Age=gold()), extraction(given("Ann"), given(), given())),
        (
            report(Name=gold("Bo"), Range=gold()),
            extraction(given(("Bo", 2)), given("35"), given(("Adult", -1)), is_cut=True),
        ),
    )
    assert evaluation.questions == 4
    assert evaluation.empty_accuracy == 1 / 3
    assert evaluation.valid_json == 0.5
    assert evaluation.grounded == 0.5  # of "Ann" and "Bo"; "35" was not asked for, "Adult" is derived
    assert evaluation.set_exact == 0.5


def test_shares_of_nothing_are_none() -> None:
    evaluation = score(
        [report(Name=gold("Bo"))],
        [extraction((), (), ())],
        schema=SCHEMA,
        source="r.jsonl",
        model="m",
        seconds_a_report=0.0,
        forced={},
    )
    assert evaluation.reliability is None
    assert (evaluation.empty_accuracy, evaluation.grounded) == (None, None)
    assert (evaluation.loss, evaluation.token_accuracy, evaluation.perplexity) == (None, None, None)
    name = evaluation.by_type["Name"]["as_stated"]["exact"]
    assert (name.precision, name.recall, name.f1, name.f1_low, name.f1_high) == (None, 0.0, 0.0, 0.0, 0.0)
    age = evaluation.by_type["Age"]["as_stated"]["exact"]
    assert (age.precision, age.recall, age.f1, age.f1_low, age.f1_high, age.gold, age.predicted) == (
        *(None,) * 5, 0, 0,
    )  # fmt: skip


def test_the_interval_is_the_same_each_time_and_holds_the_score() -> None:
    right = (report(Name=gold("Bo")), extraction(given("Bo"), (), ()))
    wrong = (report(Name=gold("Bo")), extraction(given("Ann"), (), ()))
    evaluation = scored(*[right] * 6, *[wrong] * 4)
    again = scored(*[right] * 6, *[wrong] * 4)
    assert again == evaluation
    exact = evaluation.overall["as_stated"]["exact"]
    assert exact.f1 == pytest.approx(0.6)
    # A resample's F1 is the share of right reports in it: binomial(10, 0.6), whose 2.5 and 97.5 % points are 3 and 9.
    assert (exact.f1_low, exact.f1_high) == (pytest.approx(0.3), pytest.approx(0.9))
    certain = scored(*[right] * 6).overall["as_stated"]["exact"]
    assert (certain.f1, certain.f1_low, certain.f1_high) == (1.0, 1.0, 1.0)


def test_the_table_has_a_line_a_type_and_a_dash_where_there_is_nothing() -> None:
    evaluation = scored(
        (report(Name=gold("Bo", "Ann"), Age=gold()), extraction(given("Bo"), given(), given())),
    )
    title, gap, head, names, *lines = evaluation_table(evaluation).split("\n")
    assert (title, gap) == ("r.jsonl: tiny, schema mine", "")
    assert head.split() == ["as", "stated", "without", "sentinels"]
    heads = [
        "type",
        "gold",
        "given",
        "precision",
        "recall",
        "F1",
        "fuzzy",
        "exact",
        "approx.",
        "overlap",
        "F1",
        "fuzzy",
    ]
    assert names.split() == heads
    f1 = ["0.667", "(0.667-0.667)"]
    assert lines[0].split() == ["Name", "2", "1", "1.000", "0.500", *f1, "0.667", "0.667", "0.667", *f1]
    assert lines[1].split() == ["Age", "0", "0", "-", "-", "-", "-", "-", "-", "-"]
    assert lines[2].split() == ["Range", "0", "0", "-", "-", "-", "-", "-", "-", "-"]
    assert lines[3].split() == ["all", "2", "1", "1.000", "0.500", *f1, "0.667", "0.667", "0.667", *f1]
    assert lines[4:] == [
        "",
        "fuzzy: token_sort_ratio of at least 85; in brackets the 95 % interval, bootstrapped over reports;",
        "approx.: one contains the other; without sentinels: 'Not provided' and the like count as empty",
        "",
        "1 reports, 2 questions, 1 values, 1.25 s a report",
        "sets exact 0.500, empty answers right 1.000, valid JSON 1.000, values at their offsets 1.000",
        "gold answers: token accuracy 0.900, loss 0.500, perplexity 1.649",
        "",
        "confidence: expected calibration error 0.500 (0.500-0.500) over 1 values",
        "  confidence   0.5-0.6",
        "  values             1",
        "  stated          0.50",
        "  right           1.00",
        "  90% right: --min-confidence 0.500 keeps 100.0% of the values, 100.0% of the right ones",
        "  95% right: --min-confidence 0.500 keeps 100.0% of the values, 100.0% of the right ones",
        "  99% right: --min-confidence 0.500 keeps 100.0% of the values, 100.0% of the right ones",
    ]
    assert len({len(line) for line in (names, *lines[:4])}) == 1


def test_the_json_form_holds_all_figures() -> None:
    evaluation = scored((report(Name=gold("Bo"), Age=gold()), extraction(given("Bo"), given(), given())))
    stored = json.loads(json.dumps(evaluation.figures()))
    assert list(stored) == [
        name for name in Evaluation.__dataclass_fields__ if name not in ("report_counts", "mistakes")
    ]
    assert stored["by_type"]["Name"]["as_stated"]["exact"] == {
        "precision": 1.0, "recall": 1.0, "f1": 1.0, "f1_low": 1.0, "f1_high": 1.0, "gold": 1, "predicted": 1,
    }  # fmt: skip
    assert stored["by_type"]["Age"]["sentinels_empty"]["overlap"]["f1"] is None
    assert stored["empty_accuracy"] == 1.0
    assert stored["grounded"] == 1.0


# ---- mistakes


def test_each_mistake_is_listed_once_with_the_text_around_it() -> None:
    evaluation = scored(
        (
            report(Name=gold("Jonathan Smith", ("Ann", 36), "Zoe"), Age=gold("35"), Range=gold()),
            extraction(given("Officer Jonathan Smith", "Ann Lee", "Bo"), given("35"), given(("Adult", -1))),
        )
    )
    rows = [
        (m.entity_type, m.kind, m.labelled, m.given, m.confidence, m.char_start, m.char_end)
        for m in evaluation.mistakes
    ]
    assert rows == [
        ("Name", "part", "Jonathan Smith", "Officer Jonathan Smith", 0.5, 0, 22),
        ("Name", "wrong", None, "Ann Lee", 0.5, 27, 34),
        ("Name", "wrong", None, "Bo", 0.5, 67, 69),
        ("Name", "missed", "Ann", None, None, 36, 39),
        ("Name", "missed", "Zoe", None, None, None, None),
        ("Range", "wrong", None, "Adult", 0.5, None, None),
    ]
    assert {(m.source, m.report_id) for m in evaluation.mistakes} == {("r.jsonl", "r")}
    assert [m.context for m in evaluation.mistakes[3:]] == [TEXT, "", ""]
    assert around("a\n\n" * 30 + "Bo" + " b" * 60, 90, 92) == f"... {'a ' * 20}Bo{' b' * 30} ..."


def test_two_values_of_which_one_label_holds_a_part_are_one_part_and_one_wrong() -> None:
    evaluation = scored((report(Name=gold(("Ann Lee", 27))), extraction(given("Ann", "Lee"), (), ())))
    assert [(m.kind, m.labelled, m.given) for m in evaluation.mistakes] == [
        ("part", "Ann Lee", "Ann"),
        ("wrong", None, "Lee"),
    ]


def test_mistakes_are_written_as_a_table_that_no_spreadsheet_runs(tmp_path: Path) -> None:
    mistake = Mistake("r.jsonl", "7", "Name", "wrong", None, "=1+1", 0.25, 3, 7, 'of "=1+1" a')
    path = tmp_path / "mistakes.csv"
    write_frame(mistake_table([mistake]), "csv", path)
    head = "source,report_id,entity_type,kind,labelled,given,confidence,char_start,char_end,context\n"
    assert path.read_text("utf-8") == head + """r.jsonl,7,Name,wrong,,'=1+1,0.25,3,7,"of ""=1+1"" a"\n"""
    assert path.stat().st_mode & 0o777 == 0o600
    write_frame(mistake_table([]), "csv", path)
    assert path.read_text("utf-8") == head
    with pytest.raises(
        WrongUsage,
        match=r"^cannot write .*mistakes\.csv/m\.csv: Not a directory; name another file, or make room for it$",
    ):
        write_frame(mistake_table([]), "csv", path / "m.csv")


def test_an_adapter_is_compared_with_another_on_the_same_reports() -> None:
    right = (report(Name=gold("Bo")), extraction(given("Bo"), (), ()))
    wrong = (report(Name=gold("Bo")), extraction(given("Ann"), (), ()))
    better, worse = scored(*[right] * 10), scored(*[right] * 6, *[wrong] * 4)
    found = compare(better, worse)
    assert list(found) == list(MEASURES)
    # In a draw of ten reports the gain is the share of the four that the worse one misses: binomial(10, 0.4) / 10.
    assert found["exact"].f1 == pytest.approx(0.4)
    assert (found["exact"].low, found["exact"].high) == (pytest.approx(0.1), pytest.approx(0.7))
    assert found["exact"].better == pytest.approx(1 - 0.6**10, abs=0.01)
    assert compare(worse, better)["exact"].f1 == pytest.approx(-0.4)
    same = compare(worse, worse)["exact"]
    assert (same.f1, same.low, same.high, same.better) == (0.0, 0.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="cannot compare scores of 10 reports with those of 1"):
        compare(better, scored(right))
    table = comparison_table({"r.jsonl": found}).split("\n")
    assert table[0].split() == ["F1", "gained", *MEASURES]
    assert table[1].split()[:5] == ["r.jsonl", "+0.400", "(+0.100", "to", "+0.700)"]
