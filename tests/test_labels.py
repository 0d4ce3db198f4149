"""The example reports and their labels agree to the character, so either can be trusted to measure the other."""

import json
from pathlib import Path

import pytest

from crimeetl.etl.asking import asked_text
from crimeetl.etl.readers import DocumentReader
from crimeetl.etl.split import split
from crimeetl.model.schema import load_schema

REPORTS = Path(__file__).parent / "reports"
LABELS = Path(__file__).parent / "labels" / "reports.jsonl"
FORMATS = {".txt", ".md", ".html", ".pdf", ".docx", ".eml", ".csv", ".jsonl"}
WITH_ROWS = {".csv", ".jsonl"}


def report_paths() -> list[Path]:
    return sorted(path for path in REPORTS.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def labelled() -> list[dict]:
    return [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]


def test_there_are_24_files_or_more_in_all_eight_formats() -> None:
    paths = report_paths()
    assert len(paths) >= 24
    assert {path.suffix for path in paths} == FORMATS


def test_the_labels_hold_every_report_exactly_as_it_is_read(labelled: list[dict]) -> None:
    as_read = {}
    with DocumentReader() as reader:
        for path in report_paths():
            name = path.relative_to(REPORTS).as_posix()
            outcome = split(reader.read(str(path)))
            assert outcome.failures == ()
            for report in outcome.reports:
                as_read[f"{name}#{report.place}" if path.suffix in WITH_ROWS else name] = asked_text(report)
    assert len({row["id"] for row in labelled}) == len(labelled)
    assert {row["id"]: row["text"] for row in labelled} == as_read


def test_every_label_lists_the_types_in_the_order_of_the_schema(labelled: list[dict]) -> None:
    names = [entity_type.name for entity_type in load_schema("crime").types]
    assert [row["id"] for row in labelled if list(row["entities"]) != names] == []


def test_every_span_equals_its_value_and_cuts_no_word(labelled: list[dict]) -> None:
    wrong = []
    for row in labelled:
        text = row["text"]
        for name, values in row["entities"].items():
            for span in (value for value in values if isinstance(value, dict)):
                start, end = span["start"], span["end"]
                starts_inside = text[:start][-1:].isalnum() and text[start].isalnum()
                ends_inside = text[end - 1].isalnum() and text[end:][:1].isalnum()
                if text[start:end] != span["value"] or starts_inside or ends_inside:
                    wrong.append((row["id"], name, span))
    assert wrong == []


def test_only_choices_are_plain_strings_and_each_is_one_of_its_list(labelled: list[dict]) -> None:
    by_name = load_schema("crime").by_name
    for row in labelled:
        for name, values in row["entities"].items():
            if by_name[name].kind == "choice":
                assert set(values) <= set(by_name[name].choices), row["id"]
            else:
                assert all(set(value) == {"value", "start", "end"} for value in values), row["id"]


def test_a_stated_age_has_an_age_range_and_no_type_has_more_values_than_it_may(labelled: list[dict]) -> None:
    by_name = load_schema("crime").by_name
    for row in labelled:
        entities = row["entities"]
        assert len(entities["Victim_AgeRange"]) == len(entities["Victim_Age"]), row["id"]
        assert all(len(values) <= 1 for name, values in entities.items() if not by_name[name].is_multiple), row["id"]


def test_every_type_and_every_age_range_is_stated_somewhere(labelled: list[dict]) -> None:
    schema = load_schema("crime")
    stated = {name for row in labelled for name, values in row["entities"].items() if values}
    assert stated == {entity_type.name for entity_type in schema.types}
    ranges = {value for row in labelled for value in row["entities"]["Victim_AgeRange"]}
    assert ranges == set(schema.by_name["Victim_AgeRange"].choices)
