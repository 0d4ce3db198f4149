"""Teaching: what people corrected is learned and nothing else, and the adapter of before stays where it is better."""

import random
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny import in_fp32

from crimeetl.etl.errors import TrainingInterrupted, WrongUsage
from crimeetl.model.extract import read_card
from crimeetl.model.labels import exchanged, labelled_reports, values_of
from crimeetl.model.schema import EntitySchema, EntityType, load_schema
from crimeetl.model.train import Recipe, TeachSettings, lesson, teach, teaching
from crimeetl.model.train.teaching import Judgement, TeachResult

NAME = EntityType("Name", "Name", "span", (), True, "text")
AGE = EntityType("Age", "Age", "span", (), True, "age")
CITY = EntityType("City", "City", "span", (), True, "text")
SCHEMA = EntitySchema("mine", (NAME, AGE, CITY))
REVIEWED: list[dict[str, Any]] = [
    {"id": "a#0", "text": "Ann Lee, 35, ran.", "entities": {"Name": ["Ann Lee"], "Age": ["35"]}},
    {"id": "b#0", "text": "Bo Day slept.", "entities": {"Name": [{"value": "Bo Day", "start": 0, "end": 6}]}},
    {"id": "c#0", "text": "Two men of 40 left.", "entities": {"Name": [], "Age": ["40"]}},
    {"id": "d#0", "text": "Cy Fox lost a bag.", "entities": {"Name": ["Cy Fox"]}},
    {"id": "e#0", "text": "Di Orr, 61, fell.", "entities": {"Name": ["Di Orr"], "Age": ["61"]}},
    {"id": "f#0", "text": "Nobody saw it.", "entities": {"Name": [], "Age": []}},
]
QUICK = Recipe(epochs=1, learning_rate=1e-3, accumulation=1, warmup_steps=0, log_steps=1)


def silent(_: str) -> None:
    pass


def counts(*rows: tuple[int, int, int]) -> np.ndarray[Any, Any]:
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


@pytest.fixture
def settings(base_folder: Path, adapter_folder: Path, tmp_path: Path) -> TeachSettings:
    adapter = tmp_path / "before"
    shutil.copytree(adapter_folder, adapter)
    return TeachSettings(
        schema=SCHEMA,
        base=in_fp32(str(base_folder), tmp_path / "cache"),
        adapter=adapter,
        output=tmp_path / "out" / "taught",
        recipe=QUICK,
        visits=2,
    )


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# ---- what is taught


def test_types_that_nobody_looked_at_are_not_asked_and_those_looked_at_in_vain_are_empty(
    settings: TeachSettings, tmp_path: Path
) -> None:
    parts = lesson.lesson_of(settings, REVIEWED, tmp_path)
    found = {
        report.report_id: {name: [ways[0].value for ways in values] for name, values in report.gold.items()}
        for part in (parts.learned, parts.judged)
        for report in labelled_reports(part)
    }
    assert found == {
        "a#0": {"Name": ["Ann Lee"], "Age": ["35"]},
        "b#0": {"Name": ["Bo Day"]},
        "c#0": {"Name": [], "Age": ["40"]},
        "d#0": {"Name": ["Cy Fox"]},
        "e#0": {"Name": ["Di Orr"], "Age": ["61"]},
        "f#0": {"Name": [], "Age": []},
    }


def test_a_fifth_is_held_at_least_two_and_the_rest_is_visited_again(settings: TeachSettings, tmp_path: Path) -> None:
    parts = lesson.lesson_of(settings, REVIEWED, tmp_path)
    assert (parts.reviewed, parts.held, len(parts.learned), len(parts.judged)) == (6, 2, 8, 2)
    assert set(parts.learned["report_id"]) | set(parts.judged["report_id"]) == {row["id"] for row in REVIEWED}
    assert parts.learned["report_id"][:4] == parts.learned["report_id"][4:]
    many = [{**REVIEWED[0], "id": f"{i}", "text": f"Ann Lee, 35, ran {i} miles."} for i in range(40)]
    assert lesson.lesson_of(settings, many, tmp_path).held == 8


def test_most_reports_that_are_held_stay_held_as_more_are_reviewed(settings: TeachSettings, tmp_path: Path) -> None:
    many = [{**REVIEWED[0], "id": f"{i}", "text": f"Ann Lee, 35, ran {i} miles."} for i in range(48)]
    before = set(lesson.lesson_of(settings, many[:24], tmp_path).judged["report_id"])
    after = set(lesson.lesson_of(settings, many, tmp_path).judged["report_id"])
    assert len(before & after) >= len(before) - 2


@pytest.mark.parametrize("count", [0, 4])
def test_too_few_reports_are_refused_with_how_many_more_are_needed(
    settings: TeachSettings, tmp_path: Path, count: int
) -> None:
    copies = [*REVIEWED[:count], *REVIEWED[:count]]  # copies of a text are one
    with pytest.raises(WrongUsage) as caught:
        teach(settings, copies, tell=silent)
    assert str(caught.value) == (
        f"{count} different reports are reviewed and 5 are needed to learn from; "
        f"review {5 - count} more, with crimeetl review"
    )
    assert not settings.output.exists()


def test_made_up_reports_are_of_the_types_that_mean_the_same_as_the_generator_has_it() -> None:
    known = load_schema("incident").by_name
    other = replace(known["Weapon_Type"], description="what the attackers carried")
    mixed = EntitySchema("mine", (known["City"], other, NAME))
    rows = lesson.made_up_rows(mixed, 3, seed=1)
    assert [row["entities"].keys() for row in rows] == [{"City"}] * 3
    assert rows == lesson.made_up_rows(mixed, 3, seed=1)
    assert lesson.made_up_rows(SCHEMA, 3, seed=1) == []


def test_made_up_reports_state_every_type_that_they_can() -> None:
    schema = load_schema("incident")
    rows = lesson.made_up_rows(schema, 40, seed=1)
    assert len({row["id"] for row in rows}) == 40
    stated = {name: sum(bool(row["entities"][name]) for row in rows) for name in schema.by_name}
    assert min(stated.values()) >= 4


def test_made_up_reports_have_their_share_of_the_visits_and_others_judge(
    settings: TeachSettings, tmp_path: Path
) -> None:
    schema = EntitySchema("mine", (NAME, load_schema("incident").by_name["City"]))
    asked = replace(settings, schema=schema, visits=6, replay_share=0.5, judging_reports=5)
    parts = lesson.lesson_of(asked, REVIEWED, tmp_path)
    assert parts.replayed == 24  # as many as the visits to the four that are learned from
    assert parts.learned["source"] == ["reviewed.jsonl"] * 24 + ["made-up.jsonl"] * 24
    assert parts.judged["source"] == ["reviewed.jsonl"] * 2 + ["made-up.jsonl"] * 5
    assert set(parts.learned["text"]).isdisjoint(parts.judged["text"])


# ---- other values in their places


def test_values_are_exchanged_for_others_of_their_types_and_stand_where_they_say() -> None:
    row = {
        "id": "a#0",
        "text": "Name: Ann Lee  City: Hexley",
        "entities": {
            "Name": [{"value": "Ann Lee", "start": 6, "end": 13}],
            "City": [{"value": "Hexley", "start": 21, "end": 27}],
            "Age": [],
        },
    }
    others = {"Name": ["Bartholomew Day"], "City": ["Wem"]}
    made = [exchanged(row, others, SCHEMA, random.Random(seed)) for seed in range(40)]
    assert {one["text"] for one in made} == {
        "Name: Ann Lee  City: Hexley",
        "Name: Bartholomew Day  City: Hexley",
        "Name: Ann Lee  City: Wem",
        "Name: Bartholomew Day  City: Wem",
    }
    for one in made:
        assert one["entities"]["Age"] == []
        for name in ("Name", "City"):
            [value] = one["entities"][name]
            assert one["text"][value["start"] : value["end"]] == value["value"]
            assert value["value"] in (*others[name], row["text"][row["entities"][name][0]["start"] :][:7].strip())


def test_values_that_cannot_be_exchanged_stay() -> None:
    group = EntityType("Group", "Group", "choice", ("Adult", "Senior"), True, "text")
    schema = EntitySchema("mine", (NAME, AGE, CITY, group))
    text = "Ann Lee, 35, of Port Wem. Ann Lee fell. Bo Day saw it."
    row = {
        "id": "a#0",
        "text": text,
        "entities": {
            "Name": [{"value": "Ann Lee", "start": 0, "end": 7}, "Bo Day"],  # twice in the text; without a place
            "Age": [{"value": "35", "start": 9, "end": 11}],  # what the group follows from
            "City": [
                {"value": "Port Wem", "start": 16, "end": 24},
                {"value": "Wem", "start": 21, "end": 24},
            ],  # overlap
            "Group": ["Adult"],
        },
    }
    others = {"Name": ["Cy Fox"], "Age": ["9"], "City": ["Hexley"], "Group": ["Senior"]}
    assert all(exchanged(row, others, schema, random.Random(seed)) == row for seed in range(20))
    assert values_of([row], schema) == {"Name": ["Ann Lee"], "Age": ["35"], "City": ["Port Wem", "Wem"], "Group": []}


# ---- kept, or not


@pytest.mark.parametrize(
    ("held", "made_up", "said"),
    [
        (((5, 5, 5), (8, 2, 2)), ((90, 10, 10), (90, 10, 10)), None),
        (((5, 5, 5), (5, 5, 5)), ((0, 0, 0), (0, 0, 0)), None),
        (
            ((8, 2, 2), (7, 3, 3)),
            ((9, 1, 1), (9, 1, 1)),
            "it would answer the reviewed reports that it did not learn from worse: F1 -0.100",
        ),
        (
            ((5, 5, 5), (8, 2, 2)),
            ((90, 10, 10), (80, 20, 20)),
            "it would forget what it knew of other reports: F1 -0.100",
        ),
        (((5, 5, 5), (8, 2, 2)), ((1000, 10, 10), (995, 15, 15)), None),  # surely a loss, and a small one
    ],
)
def test_a_worse_adapter_is_refused(held: Any, made_up: Any, said: str | None) -> None:
    judged = [Judgement(counts(*[before] * 4), counts(*[after] * 4)) for before, after in (held, made_up)]
    assert teaching.refused(*judged) == said


def test_a_loss_that_may_be_luck_is_no_reason() -> None:
    held = Judgement(counts((5, 5, 5)), counts((8, 2, 2)))
    before, after = counts((9, 1, 1), (5, 5, 5), (9, 1, 1)), counts((5, 5, 5), (8, 2, 2), (9, 1, 1))
    assert Judgement(before, after).gain < -0.01
    assert teaching.refused(held, Judgement(before, after)) is None


def test_without_made_up_reports_nothing_is_said_of_them() -> None:
    none, held = counts(), Judgement(counts((5, 5, 5)), counts((8, 2, 2)))
    assert teaching.refused(held, Judgement(none, none)) is None
    result = TeachResult(Path("taught"), 12, 3, 0, held, Judgement(none, none), None, 90.0)
    assert result.summary().splitlines() == [
        "taught on 9 of 12 reviewed reports, judged by the other 3",
        "  those 3",
        "    before  5 of 10 values found, 5 wrong ones given (F1 0.50)",
        "    now     8 of 10 values found, 2 wrong ones given (F1 0.80)",
        "in 1.5 min",
    ]


# ---- a whole teaching


def test_the_new_adapter_is_a_whole_folder_whose_card_says_it_was_taught(settings: TeachSettings) -> None:
    told: list[str] = []
    before = bytes_of(settings.adapter)
    result = teach(settings, REVIEWED, tell=told.append)
    assert result.refusal is None
    assert [path.name for path in settings.output.parent.iterdir()] == ["taught"]
    assert sorted(bytes_of(settings.output)) == [
        "adapter_config.json",
        "adapter_model.safetensors",
        "card.json",
        "training.jsonl",
    ]
    assert bytes_of(settings.adapter) == before
    old, card = read_card(settings.adapter), read_card(settings.output)
    assert card.training["taught"] == {
        "from": "before",
        "reviewed_reports": 6,
        "held_reports": 2,
        "made_up_reports": 0,
    }
    assert (card.entity_types, card.asking) == (old.entity_types, old.asking)
    assert card.calibration is not None
    assert card.presence is not None
    assert told[0] == "6 reviewed reports: 4 to learn from and 2 to judge by, with 0 made-up ones beside them"
    assert re.fullmatch(r"step 1 of 8, \d+\.\d min left", told[1])
    assert told[-1] == "judging what was learned" or told[-1].endswith("; confidences are computed as before")


def test_an_adapter_that_is_taught_in_its_own_place_is_replaced(settings: TeachSettings) -> None:
    before = bytes_of(settings.adapter)
    teach(replace(settings, output=settings.adapter), REVIEWED, tell=silent)
    after = bytes_of(settings.adapter)
    assert after["adapter_model.safetensors"] != before["adapter_model.safetensors"]
    assert read_card(settings.adapter).training["taught"]["reviewed_reports"] == 6
    assert [path.name for path in settings.adapter.parent.glob(".before*")] == []


def test_a_worse_adapter_leaves_everything_as_it_was(settings: TeachSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teaching, "refused", lambda held, made_up: "it is worse")
    before = bytes_of(settings.adapter)
    for output in (settings.output, settings.adapter):
        assert teach(replace(settings, output=output), REVIEWED, tell=silent).refusal == "it is worse"
    assert bytes_of(settings.adapter) == before
    assert list(settings.output.parent.iterdir()) == []


@pytest.mark.parametrize("at", ["6 reviewed", "step 1 ", "judging"])
def test_ctrl_c_leaves_the_adapter_of_before(settings: TeachSettings, at: str) -> None:
    before = bytes_of(settings.adapter)

    def interrupted(line: str) -> None:
        if line.startswith(at):
            raise KeyboardInterrupt

    with pytest.raises(TrainingInterrupted, match="nothing was changed, and the same command begins again"):
        teach(replace(settings, output=settings.adapter), REVIEWED, tell=interrupted)
    assert bytes_of(settings.adapter) == before
    assert [path.name for path in settings.adapter.parent.glob(".before*")] == []


def test_a_folder_that_cannot_take_its_place_leaves_the_old_one(tmp_path: Path) -> None:
    output = tmp_path / "taught"
    output.mkdir()
    (output / "card.json").write_text("{}", "utf-8")
    with pytest.raises(FileNotFoundError):
        teaching._put(tmp_path / "missing", output, tmp_path)
    assert bytes_of(output) == {"card.json": b"{}"}


def test_only_the_adapter_that_is_gone_on_from_may_be_replaced(settings: TeachSettings) -> None:
    settings.output.mkdir(parents=True)
    with pytest.raises(WrongUsage) as caught:
        teach(settings, REVIEWED, tell=silent)
    assert str(caught.value) == f"{settings.output} already holds something else; name another --output"
    (settings.output / "adapter_model.safetensors").touch()
    with pytest.raises(WrongUsage) as caught:
        teach(settings, REVIEWED, tell=silent)
    assert str(caught.value) == (
        f"{settings.output} already holds an adapter; --adapter {settings.output} goes on from it, or name "
        "another --output"
    )
