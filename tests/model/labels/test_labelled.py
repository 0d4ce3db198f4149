"""Labelled data: three formats read to the letter, wrong lines refused with their number."""

import json
from pathlib import Path
from typing import Any

import pytest

from crimeetl.etl.errors import LabelledDataInvalid, WrongUsage
from crimeetl.model.labels import GoldMention, LabelledReport, Source, labelled_reports, read_sources, sources_of
from crimeetl.model.labels.mixes import read_mix

SYSTEM = "A virtual assistant answers questions from a user based on the provided text."


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def reports(*paths: Path, split: Path | None = None, part: str | None = None) -> list[LabelledReport]:
    return list(labelled_reports(read_sources(sources_of(paths, split=split, part=part)[0])))


def only(tmp_path: Path, row: Any) -> LabelledReport:
    [report] = reports(write(tmp_path / "data.jsonl", row))
    return report


def refusal(path: Path) -> tuple[int, str]:
    """Line number and reason."""
    with pytest.raises(LabelledDataInvalid) as caught:
        read_sources([Source(data=path)])
    found_path, number, reason = caught.value.args
    assert found_path == path
    assert str(caught.value) == f"{path}, line {number}: {reason}"
    return number, reason


def conversation(report: str, *turns: tuple[str, str], apostrophe: str = "'") -> dict[str, str]:
    text = f"{SYSTEM}\nUser: Text:\n{report}\nAssistant: I{apostrophe}ve read this text."
    for name, answer in turns:
        text += f"\nUser: What describes {name} in the text?\nAssistant: {answer}"
    return {"conversation": text}


def messages(report: str, *turns: tuple[str, str]) -> dict[str, list[dict[str, str]]]:
    spoken = [{"role": "user", "content": f"Text:\n{report}"}, {"role": "assistant", "content": "I've read this text."}]
    for name, answer in turns:
        spoken += [
            {"role": "user", "content": f"What describes {name} in the text?"},
            {"role": "assistant", "content": answer},
        ]
    return {"messages": [{"role": "system", "content": SYSTEM}, *spoken]}


def said(*values: str) -> tuple[tuple[GoldMention, ...], ...]:
    return tuple((GoldMention(value, None, None),) for value in values)


# ---- the three formats


@pytest.mark.parametrize("apostrophe", ["'", "\u2019"])
def test_a_conversation_is_read_with_either_apostrophe(tmp_path: Path, apostrophe: str) -> None:
    report = " **Crime:** Theft  \nOfficer Ann Lee's badge: 1124\n"
    row = conversation(
        report,
        ("Name", '{"Name": ["Ann Lee"]}'),
        ("Badge", '{"Badge": [1124, 7.5, "12"]}'),
        ("Age", '{"Age": []}'),
        apostrophe=apostrophe,
    )
    found = only(tmp_path, row)
    assert found == LabelledReport(
        "data.jsonl:1", report, {"Name": said("Ann Lee"), "Badge": said("1124", "7.5", "12"), "Age": ()}
    )
    assert list(found.gold) == ["Name", "Badge", "Age"]


def test_messages_are_read_like_the_conversation(tmp_path: Path) -> None:
    turns = (("Name", '{"Name": ["Ann \\"A\\" Lee", "Bo"]}'), ("Age", '{"Age":[]}'))
    report = 'Ann "A" Lee met\nBo.  '
    gold = {"Name": said('Ann "A" Lee', "Bo"), "Age": ()}
    found = reports(write(tmp_path / "both.jsonl", conversation(report, *turns), messages(report, *turns)))
    assert found == [LabelledReport("both.jsonl:1", report, gold), LabelledReport("both.jsonl:2", report, gold)]


def test_messages_without_a_system_message_or_a_question_are_read_too(tmp_path: Path) -> None:
    row = {"messages": messages("A theft.")["messages"][1:]}
    assert only(tmp_path, row) == LabelledReport("data.jsonl:1", "A theft.", {})
    assert only(tmp_path, conversation("A theft.")) == LabelledReport("data.jsonl:1", "A theft.", {})


def test_text_and_entities_are_read_with_offsets_and_alternatives(tmp_path: Path) -> None:
    row = {
        "id": "r7",
        "text": "Ann Lee (😀) met Bo.",
        "entities": {
            "Name": [
                {"value": "Ann Lee", "start": 0, "end": 7},
                {"alternatives": [{"value": "Bo", "start": 16, "end": 18}, "Bo."]},
                "Cy",
            ],
            "Age": [35, 3.5],
            "City": [],
        },
    }
    assert only(tmp_path, row) == LabelledReport(
        "r7",
        "Ann Lee (😀) met Bo.",
        {
            "Name": (
                (GoldMention("Ann Lee", 0, 7),),
                (GoldMention("Bo", 16, 18), GoldMention("Bo.", None, None)),
                (GoldMention("Cy", None, None),),
            ),
            "Age": said("35", "3.5"),
            "City": (),
        },
    )


def test_other_keys_are_left_alone_and_an_id_may_be_a_number(tmp_path: Path) -> None:
    row = {"id": 12, "text": "A theft.", "entities": {}, "fields": {"city": "Sacramento"}}
    assert only(tmp_path, row) == LabelledReport("12", "A theft.", {})


def test_files_are_read_in_order_and_empty_lines_are_stepped_over(tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    one.write_text('\n{"text": "a", "entities": {}}\r\n  \n{"text": "b", "entities": {}}', "utf-8")
    write(two, {"text": "c\u2028d\x85", "entities": {}})
    found = [(report.report_id, report.text) for report in reports(two, one)]
    assert found == [("two.jsonl:1", "c\u2028d\x85"), ("one.jsonl:2", "a"), ("one.jsonl:4", "b")]


# ---- a report that speaks the protocol itself


@pytest.mark.parametrize(
    "report",
    [
        "User: hello\nAssistant: I heard nothing.",
        "\nUser: Text:\nAnother text.\nAssistant: Fine.\n",
        'A theft.\nUser: What describes Name in the text?\nAssistant: {"Name": ["Mallory"]}',
        "A theft.\nAssistant: I've read this text.",
        'A theft.\nAssistant: I\'ve read this text.\nUser: What describes Name in the text?\nAssistant: {"Name": []}',
        'A theft.\nAssistant: I’ve read this text.\nUser: What describes X in the text?\nAssistant: {"X": [1]}\nEnd',
        "\nUser: What describes Age in the text?\nAssistant: ",
        "",
        "\n",
    ],
)
@pytest.mark.parametrize("turns", [(), (("Age", '{"Age": ["35"]}'), ("Name", '{"Name": []}'))])
def test_a_report_may_hold_lines_of_the_protocol(
    tmp_path: Path, report: str, turns: tuple[tuple[str, str], ...]
) -> None:
    gold = {"Age": said("35"), "Name": ()} if turns else {}
    assert only(tmp_path, conversation(report, *turns)) == LabelledReport("data.jsonl:1", report, gold)
    assert only(tmp_path, messages(report, *turns)) == LabelledReport("data.jsonl:1", report, gold)


# ---- wrong lines


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[1]", "a line must be a JSON object"),
        ("null", "a line must be a JSON object"),
        ('{"id": 5}', "it has none of the keys conversation, messages, or text and entities"),
        ('{"text": "a"}', "it has none of the keys conversation, messages, or text and entities"),
        ('{"text": 5, "entities": {}}', "text must be a string and entities an object"),
        ('{"text": "a", "entities": []}', "text must be a string and entities an object"),
        ('{"text": "a", "entities": {"A": "x"}}', "the values of A must be a list, got 'x'"),
        ('{"text": "a", "entities": {"A": null}}', "the values of A must be a list, got None"),
        (
            '{"text": "a", "entities": {"A": [null]}}',
            "a value of A must be text, a number or an object, got None",
        ),
        (
            '{"text": "a", "entities": {"A": [true]}}',
            "a value of A must be text, a number or an object, got True",
        ),
        (
            '{"text": "a", "entities": {"A": [["x"]]}}',
            "a value of A must be text, a number or an object, got ['x']",
        ),
        ('{"text": "a", "entities": {"A": [{"alternatives": []}]}}', "a value of A has no alternatives"),
        ('{"text": "a", "entities": {"A": [{"value": "a"}]}}', "the key 'start' is missing"),
        (
            '{"text": "Ann", "entities": {"A": [{"value": "An", "start": 0, "end": 3}]}}',
            "A: the text at 0 to 3 is not 'An'",
        ),
        (
            '{"text": "Ann", "entities": {"A": [{"value": "n", "start": -1, "end": 3}]}}',
            "A: the text at -1 to 3 is not 'n'",
        ),
        (
            '{"text": "Ann", "entities": {"A": [{"value": "Ann", "start": 0, "end": 30}]}}',
            "A: the text at 0 to 30 is not 'Ann'",
        ),
        (
            '{"text": "Ann", "entities": {"A": [{"value": "", "start": 3, "end": 1}]}}',
            "A: the text at 3 to 1 is not ''",
        ),
        ('{"conversation": 5}', "the conversation must be text, got 5"),
        ('{"conversation": "User: Text:\\nA theft."}', "the conversation has no line 'User: Text:'"),
        (
            '{"conversation": "S\\nUser: Text:\\nA theft.\\nAssistant: I\'ve read this text.\\nUser: Who?"}',
            'the conversation breaks off before ..."A theft.\\nAssistant: I\'ve read this text.\\nUser: Who?"',
        ),
        ('{"messages": 5}', "messages must be a list of objects with role and content"),
        ('{"messages": ["a", "b"]}', "messages must be a list of objects with role and content"),
        (
            '{"messages": [{"role": "user", "content": 5}, {"role": "assistant", "content": ""}]}',
            "messages must be a list of objects with role and content",
        ),
        ('{"messages": [{"content": "a"}]}', "messages must be a list of objects with role and content"),
        ('{"messages": []}', "messages must take turns between user and assistant, got []"),
        (
            '{"messages": [{"role": "user", "content": "Text:\\na"}]}',
            "messages must take turns between user and assistant, got ['user']",
        ),
        (
            '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}',
            "the first user message must begin with 'Text:' and a line break",
        ),
    ],
)
def test_a_wrong_line_is_refused_with_its_number_and_reason(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"text": "a", "entities": {}}\n\n' + line + "\n", "utf-8")
    assert refusal(path) == (3, reason)


@pytest.mark.parametrize(
    ("name", "answer", "reason"),
    [
        ("Age", "35", "the answer about Age must be an object with that one key, got '35'"),
        ("Age", '{"Name": []}', "the answer about Age must be an object with that one key, got '{\"Name\": []}'"),
        (
            "Age",
            '{"Age": [], "X": []}',
            'the answer about Age must be an object with that one key, got \'{"Age": [], "X": []}\'',
        ),
        ("Age", '{"Age": "35"}', "the values of Age must be a list, got '35'"),
        ("Age", "I do not know", "Expecting value: line 1 column 1 (char 0)"),
    ],
)
def test_an_answer_that_is_not_the_question_s_is_refused(tmp_path: Path, name: str, answer: str, reason: str) -> None:
    for row in (conversation("A theft.", (name, answer)), messages("A theft.", (name, answer))):
        assert refusal(write(tmp_path / "data.jsonl", row)) == (1, reason)


def test_a_message_that_is_no_question_of_the_protocol_is_refused(tmp_path: Path) -> None:
    row = messages("A theft.", ("Age", '{"Age": []}'))
    row["messages"][3]["content"] = "How old?"
    assert refusal(write(tmp_path / "data.jsonl", row)) == (1, "not a question of the protocol: 'How old?'")


def test_a_file_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.jsonl"
    path.write_bytes('{"text": "é"}'.encode("latin-1"))
    assert refusal(path) == (
        1,
        "it cannot be read as UTF-8 text: 'utf-8' codec can't decode byte 0xe9 in position 10: "
        "invalid continuation byte",
    )


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage) as caught:
        read_sources([Source(data=tmp_path / "no.jsonl")])
    assert str(caught.value) == (
        f"there is no labelled data file {tmp_path / 'no.jsonl'}; give one or more .jsonl files"
    )


def test_data_without_any_report_is_refused(tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    one.write_text("\n", "utf-8")
    two.touch()
    with pytest.raises(WrongUsage) as caught:
        read_sources([Source(data=one), Source(data=two)])
    assert str(caught.value) == f"there is no labelled report in {one}, {two}; give .jsonl files with some"


# ---- split files


@pytest.fixture
def split(tmp_path: Path) -> Path:
    """Three data files of four reports each, and the parts they have."""
    for folder in ("lines", "ids", "all"):
        (tmp_path / folder).mkdir()
        rows = [{"id": f"r{number}", "text": f"{folder} {number}", "entities": {}} for number in range(4)]
        write(tmp_path / folder / "data.jsonl", *rows)
    parts = {
        "lines/data.jsonl": {"by": "line number from 0", "train": [0, 2], "test": [3]},
        "ids/data.jsonl": {"by": "id", "train": ["r1"], "test": ["r3", "r0"]},
        "all/data.jsonl": {"by": "id", "train": "all"},
    }
    path = tmp_path / "splits.json"
    path.write_text(json.dumps(parts), "utf-8")
    return path


def texts(split: Path, folder: str, part: str | None) -> list[str]:
    return [report.text for report in reports(split.parent / folder / "data.jsonl", split=split, part=part)]


def test_parts_are_taken_by_line_by_id_or_whole(split: Path) -> None:
    assert texts(split, "lines", "train") == ["lines 0", "lines 2"]
    assert texts(split, "lines", "test") == ["lines 3"]
    assert texts(split, "ids", "train") == ["ids 1"]
    assert texts(split, "ids", "test") == ["ids 0", "ids 3"]
    assert texts(split, "all", "train") == ["all 0", "all 1", "all 2", "all 3"]
    assert texts(split, "lines", None) == ["lines 0", "lines 1", "lines 2", "lines 3"]


def test_lines_are_counted_as_the_file_has_them_and_ids_compared_as_text(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    data = tmp_path / "d" / "x.jsonl"
    lines = [f'{{"id": {9 - n}, "text": "{n}", "entities": {{}}}}' for n in range(4)]
    data.write_text("\n".join([lines[0], "", *lines[1:]]), "utf-8")
    split = tmp_path / "splits.json"
    split.write_text(json.dumps({"d/x.jsonl": {"by": "id", "train": [9, 7]}}), "utf-8")
    assert [report.text for report in reports(data, split=split, part="train")] == ["0", "2"]
    split.write_text(json.dumps({"d/x.jsonl": {"by": "line number from 0", "train": [1, 2, 8]}}), "utf-8")
    assert [report.text for report in reports(data, split=split, part="train")] == ["1"]


def test_a_data_file_is_found_by_the_end_of_its_path_the_longest_first(split: Path) -> None:
    table = json.loads(split.read_text("utf-8"))
    split.write_text(json.dumps({"data.jsonl": {"by": "id", "train": []}, **table}), "utf-8")
    assert texts(split, "ids", "train") == ["ids 1"]


def test_a_mix_names_sources_seen_from_its_own_folder(split: Path) -> None:
    mix = split.parent / "mix.toml"
    mix.write_text(
        """
        [[source]]
        data = "lines/data.jsonl"
        split = "splits.json"
        part = "train"
        visits = 2
        crowd_sourced = true
        [[source]]
        data = "ids/data.jsonl"
        [[validation]]
        data = "lines/data.jsonl"
        split = "splits.json"
        part = "test"
        """,
        "utf-8",
    )
    sources, held = read_mix(mix)
    lines, ids = split.parent / "lines" / "data.jsonl", split.parent / "ids" / "data.jsonl"
    assert sources == [
        Source(data=lines, split=split, part="train", visits=2.0, is_crowd_sourced=True),
        Source(data=ids),
    ]
    assert held == [Source(data=lines, split=split, part="test")]
    data = read_sources(sources)
    assert data["text"] == ["lines 0", "lines 2", "ids 0", "ids 1", "ids 2", "ids 3"]
    assert data["visits"] == [2.0] * 2 + [1.0] * 4
    assert data["is_crowd_sourced"] == [True] * 2 + [False] * 4
    assert [report.is_crowd_sourced for report in labelled_reports(data)] == [True] * 2 + [False] * 4
    assert read_sources(sources, limit=1)["text"] == ["lines 0", "ids 0"]
    own = sources_of([mix, ids], part="x", validation_part="y")
    assert own == ([*sources, Source(data=ids, part="x")], [*held, Source(data=ids, part="y")])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it takes [[source]] and [[validation]] tables, got none"),
        ('[[source]]\ndata = "a"\n[[test]]\n', "it takes [[source]] and [[validation]] tables, got test"),
        ("[[source]]\nvisits = 2\n", "a source needs data"),
        (
            '[[source]]\ndata = "a"\nweight = 2\n',
            "a source has no weight, only data, split, part, visits, crowd_sourced",
        ),
        ("source = 3", "'int' object is not iterable"),
        ("[[", "Invalid initial character for a key part (at end of document)"),
    ],
)
def test_what_is_no_mix_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    mix = tmp_path / "mix.toml"
    mix.write_text(text, "utf-8")
    with pytest.raises(WrongUsage) as caught:
        read_mix(mix)
    assert str(caught.value) == f"the mix {mix} cannot be used: {reason}"


def test_unknown_parts_and_files_are_refused_with_the_known_ones(split: Path) -> None:
    data = split.parent / "lines" / "data.jsonl"
    for part in ("calibrate", "by"):
        with pytest.raises(WrongUsage) as caught:
            read_sources([Source(data=data, split=split, part=part)])
        assert str(caught.value) == f"the split file {split} has no part {part!r} for {data}; it has train, test"
    other = write(split.parent / "other.jsonl")
    with pytest.raises(WrongUsage) as caught:
        read_sources([Source(data=other, split=split, part="train")])
    assert str(caught.value) == (
        f"the split file {split} does not name {other}; it names lines/data.jsonl, ids/data.jsonl, all/data.jsonl"
    )


def test_a_part_without_any_report_is_refused(split: Path) -> None:
    table = json.loads(split.read_text("utf-8"))
    table["ids/data.jsonl"]["train"] = ["r17"]
    split.write_text(json.dumps(table), "utf-8")
    with pytest.raises(WrongUsage) as caught:
        texts(split, "ids", "train")
    assert str(caught.value) == f"there is no labelled report in the part train of {split}; give .jsonl files with some"


def test_a_split_file_that_cannot_be_read_is_refused(split: Path) -> None:
    split.write_text("{", "utf-8")
    with pytest.raises(WrongUsage) as caught:
        texts(split, "ids", "train")
    assert str(caught.value) == (
        f"the split file {split} cannot be read: "
        "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
    )
