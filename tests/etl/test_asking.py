from pathlib import Path

import pytest

from crimeetl.etl.asking import answered, asked_text, asked_types, must_be_asked
from crimeetl.etl.documents import GivenValue, Report
from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.split import SplitSettings
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import load_schema

CRIME = load_schema("crime")
TEXT = "A man ran off.\n\nOffense: Theft\nDate: 1/2/24\nTo: 1/4/24\nAge group: old"


def report(*given: tuple[str, str], asked_chars: int | None = None, text: str = TEXT) -> Report:
    values = tuple(GivenValue(name, text.index(value), text.index(value) + len(value)) for name, value in given)
    return Report("r", "d", 0, text, given=values, asked_chars=asked_chars)


def names(asked: Report) -> list[str]:
    return [entity_type.name for entity_type in asked_types(asked, CRIME)]


def test_the_model_reads_a_report_without_columns_whole_and_is_asked_everything() -> None:
    assert asked_text(report()) == TEXT
    assert names(report()) == [entity_type.name for entity_type in CRIME.types]


def test_the_model_is_not_asked_what_a_column_gives() -> None:
    asked = report(("Crime_Type", "Theft"), ("Crime_Date", "1/2/24"), asked_chars=14)
    assert asked_text(asked) == "A man ran off."
    assert set(names(report())) - set(names(asked)) == {"Crime_Type", "Crime_Date"}


def test_without_prose_there_is_nothing_to_ask() -> None:
    assert asked_types(report(("Crime_Type", "Theft"), asked_chars=0), CRIME) == ()


def test_a_type_that_the_schema_does_not_know_is_left_to_those_that_do() -> None:
    assert "Case_Number" not in CRIME.by_name
    assert names(report(("Case_Number", "Theft"))) == names(report())


def test_a_choice_takes_only_what_its_choices_name() -> None:
    assert "Victim_AgeRange" in names(report(("Victim_AgeRange", "old")))
    text = "Age group: Senior"
    assert "Victim_AgeRange" not in names(report(("Victim_AgeRange", "Senior"), text=text))


def test_of_a_type_with_one_value_the_first_counts_and_others_keep_all() -> None:
    asked = report(
        ("Crime_Date", "1/2/24"), ("Crime_Date", "1/4/24"), ("Crime_Status", "old"), ("Crime_Status", "Theft")
    )
    given = {answer.entity_type: answer for answer in answered(asked, CRIME, None).answers}
    assert given["Crime_Date"] == Answer(
        "Crime_Date",
        (Mention("1/2/24", 37, 43, None, "column"), Mention("1/4/24", 48, 54, None, "column")),
        None,
        is_cut=False,
    )
    assert [mention.value for mention in given["Crime_Status"].mentions] == ["old"]


def test_answers_of_column_and_model_stand_in_the_order_of_the_schema() -> None:
    by_model = Answer("Location", (Mention("A man", 0, 5, 0.5),), 0.75, is_cut=False)
    found = Extraction((by_model,), report_tokens=7, answer_tokens=3, window_count=1)
    by_column = Answer("Crime_Type", (Mention("Theft", 25, 30, None, "column"),), None, is_cut=False)
    whole = answered(report(("Crime_Type", "Theft")), CRIME, found)
    assert whole == Extraction((by_model, by_column), report_tokens=7, answer_tokens=3, window_count=1)


def test_types_that_the_schema_does_not_have_are_wrong_usage_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="--map names Mood, which the schema crime does not ask for; name one of its"):
        must_be_asked(SplitSettings(types_of_headings={"a": "Mood", "b": "", "c": "Crime_Type"}), CRIME)
    headings = tmp_path / "headings.toml"
    headings.write_text('[Case_Number]\nheadings = ["Ref"]\n')  # of another shipped schema
    must_be_asked(SplitSettings(headings=headings), CRIME)
    headings.write_text('[Crime_Typ]\nheadings = ["Kind"]\n')
    with pytest.raises(WrongUsage, match=r"have \[Crime_Typ\], which is no type of the schema crime; correct it, or"):
        must_be_asked(SplitSettings(headings=headings), CRIME)
    headings.write_text("x = [")
    with pytest.raises(WrongUsage, match="is no TOML"):
        must_be_asked(SplitSettings(headings=headings), CRIME)
