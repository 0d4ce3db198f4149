"""A model over labelled reports: what it gave is scored, and fits its thresholds and confidences."""

from pathlib import Path

import pytest
from datasets import Dataset, concatenate_datasets

from crimeetl.etl.errors import WrongUsage
from crimeetl.model.base import BaseOptions
from crimeetl.model.evaluate import calibrate, evaluate, labelled_schema
from crimeetl.model.extract import Extractor, choose_model
from crimeetl.model.labels.datasets import COLUMNS
from crimeetl.model.schema import EntitySchema, EntityType, load_schema

NAME = EntityType("Name", "Name", "span", (), True, "text")
AGE = EntityType("Age", "Age", "span", (), True, "age")
RANGE = EntityType("Range", "Range", "choice", ("Child", "Adult"), True, "text")
SCHEMA = EntitySchema("mine", (NAME, AGE, RANGE))
TEXT = "Officer Jonathan Smith met Ann Lee. Ann ran; status: Not provided. Bo, 35."


def labelled(*golds: dict[str, list[str]], source: str = "r.jsonl") -> Dataset:
    rows = [
        {
            "report_id": f"r{number}",
            "source": source,
            "visits": 1.0,
            "is_crowd_sourced": False,
            "text": TEXT,
            "gold": [
                {"entity_type": name, "values": [[{"value": value, "start": None, "end": None}] for value in values]}
                for name, values in entities.items()
            ],
        }
        for number, entities in enumerate(golds)
    ]
    return Dataset.from_list(rows, features=COLUMNS)


def extractor(base_folder: Path, schema: EntitySchema) -> Extractor:
    choice = choose_model(
        BaseOptions(name=str(base_folder), device="cpu", quantization="none", dtype="fp32", cache=base_folder), None
    )
    return Extractor(choice, schema)


def test_only_types_that_the_data_labels_are_asked() -> None:
    schema = load_schema("crime")
    data = labelled({"Victim_Age": ["35"], "Zip": []}, {"Location": [], "Victim_Age": []})
    asked = labelled_schema(schema, data)
    assert asked.name == "crime"
    assert [t.name for t in asked.types] == ["Location", "Victim_Age"]
    assert labelled_schema(schema, labelled({"Zip": ["1"]}, {})).types == ()


def test_evaluating_a_model_scores_its_own_extractions(base_folder: Path) -> None:
    tiny = extractor(base_folder, SCHEMA)
    [found] = tiny.extract([TEXT])
    own = {answer.entity_type: [m.value for m in answer.mentions] for answer in found.answers}
    assert any(own.values())
    [right] = evaluate(tiny, labelled(own, own))
    assert (right.reports, right.questions) == (2, 6)
    assert right.set_exact == right.valid_json == right.grounded == 1.0
    assert right.overall["as_stated"]["exact"].f1 == 1.0
    assert right.model == f"{base_folder} (cpu, fp32, not quantised)"
    assert right.loss is not None and right.loss > 0
    [wrong] = evaluate(tiny, labelled({"Name": ["Zoe"], "Age": ["Zoe"], "Range": []}))
    assert wrong.set_exact <= 1 / 3
    assert wrong.overall["as_stated"]["exact"].recall == 0.0


def test_data_that_labels_no_type_of_the_schema_is_refused(base_folder: Path) -> None:
    data = labelled({"Zip": ["1"]})
    with pytest.raises(WrongUsage) as caught:
        evaluate(extractor(base_folder, labelled_schema(SCHEMA, data)), data)
    assert str(caught.value) == "nothing to score: no report labels a type of the schema mine; give another --schema"


def test_calibrating_counts_the_values_given_and_those_right(base_folder: Path) -> None:
    tiny = extractor(base_folder, SCHEMA)
    [found] = tiny.extract([TEXT])
    own = {answer.entity_type: [m.value for m in answer.mentions] for answer in found.answers}
    count = sum(map(len, own.values()))
    assert count >= 2
    first = next(name for name, values in own.items() if values)
    presence, calibration = calibrate(tiny, labelled(own, own | {first: []}, {}))
    assert (calibration.value_count, calibration.right_count) == (2 * count, 2 * count - len(own[first]))
    assert list(presence.by_type) == [entity_type.name for entity_type in SCHEMA.types]
    assert tiny.least_presence == [None] * len(SCHEMA.types)  # the extractor is left as it was
    assert tiny.extract([TEXT]) == [found]


def test_calibrating_on_reports_that_answer_nothing_is_refused(base_folder: Path) -> None:
    data = labelled({}).map(lambda _: {"text": "", "gold": []}, features=COLUMNS)
    with pytest.raises(ValueError) as caught:
        calibrate(extractor(base_folder, EntitySchema("mine", (NAME, AGE))), data)
    assert str(caught.value) == "no answer to fit a presence threshold on"


def test_several_sources_are_scored_each_with_its_own_types_and_all_together(base_folder: Path) -> None:
    tiny = extractor(base_folder, SCHEMA)
    data = concatenate_datasets(
        [labelled({"Name": ["Bo"], "Age": ["35"]}), labelled({"Range": []}, {"Range": ["Adult"]}, source="s.jsonl")]
    )
    one, other, both = evaluate(tiny, data)
    assert [e.source for e in (one, other, both)] == ["r.jsonl", "s.jsonl", "all"]
    assert [e.reports for e in (one, other, both)] == [1, 2, 3]
    assert [list(e.by_type) for e in (one, other, both)] == [["Name", "Age"], ["Range"], ["Name", "Age", "Range"]]
    assert both.questions == one.questions + other.questions == 4
    assert both.report_counts.tolist() == [*one.report_counts.tolist(), *other.report_counts.tolist()]
    assert one.loss is not None and other.loss is not None and both.loss is not None
    assert min(one.loss, other.loss) < both.loss < max(one.loss, other.loss)
