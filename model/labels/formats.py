"""The formats of labelled data."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crimeetl.etl.errors import LabelledDataInvalid
from crimeetl.model.labels.reports import GoldMention, LabelledReport
from crimeetl.model.tree import TEXT_TURN

QUESTION = re.compile(r"What describes (.+?) in the text\?", re.DOTALL)
READ = re.compile(r"\nAssistant: I['\u2019]ve read this text\.\Z")
LAST_QUESTION = re.compile(r"\nUser: What describes ([^\n]+?) in the text\?\nAssistant: ([^\n]*)\Z")


def read_labelled(path: Path) -> Iterator[tuple[int, LabelledReport]]:
    """Each line's report with its line number from 0.

    Raises:
        LabelledDataInvalid: a line is of none of the three formats.
    """
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise LabelledDataInvalid(path, 1, f"it cannot be read as UTF-8 text: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield number - 1, _parse(json.loads(line), default_id=f"{path.name}:{number}")
        except (ValueError, TypeError, KeyError) as error:
            reason = f"the key {error} is missing" if isinstance(error, KeyError) else str(error)
            raise LabelledDataInvalid(path, number, reason) from error


def _parse(row: Any, *, default_id: str) -> LabelledReport:
    if not isinstance(row, dict):
        raise ValueError("a line must be a JSON object")
    report_id = str(row.get("id", default_id))
    if "conversation" in row:
        text, turns = _conversation_turns(row["conversation"])
    elif "messages" in row:
        text, turns = _message_turns(row["messages"])
    elif "text" in row and "entities" in row:
        if not isinstance(row["text"], str) or not isinstance(row["entities"], dict):
            raise ValueError("text must be a string and entities an object")
        gold = {name: _gold_values(name, values, row["text"]) for name, values in row["entities"].items()}
        return LabelledReport(report_id, row["text"], gold)
    else:
        raise ValueError("it has none of the keys conversation, messages, or text and entities")
    return LabelledReport(report_id, text, {name: _answer_values(name, answer, text) for name, answer in turns})


def _conversation_turns(conversation: Any) -> tuple[str, list[tuple[str, str]]]:
    """Report and (type, answer) turns; read from the outside in, for a report may itself hold such lines."""
    if not isinstance(conversation, str):
        raise ValueError(f"the conversation must be text, got {conversation!r:.80}")
    _, found, rest = conversation.partition(f"\nUser: {TEXT_TURN}")
    if not found:
        raise ValueError("the conversation has no line 'User: Text:'")
    turns: list[tuple[str, str]] = []
    while not (read := READ.search(rest)):
        question = LAST_QUESTION.search(rest)
        if question is None:
            raise ValueError(f"the conversation breaks off before ...{rest[-60:]!r}")
        turns.insert(0, (question[1], question[2]))
        rest = rest[: question.start()]
    return rest[: read.start()], turns


def _message_turns(messages: Any) -> tuple[str, list[tuple[str, str]]]:
    if not isinstance(messages, list) or not all(
        isinstance(message, dict) and all(isinstance(message.get(key), str) for key in ("role", "content"))
        for message in messages
    ):
        raise ValueError("messages must be a list of objects with role and content")
    spoken = [message for message in messages if message["role"] != "system"]
    roles = [message["role"] for message in spoken]
    if len(spoken) < 2 or roles != ["user", "assistant"] * (len(spoken) // 2):
        raise ValueError(f"messages must take turns between user and assistant, got {roles}")
    contents = [message["content"] for message in spoken]
    if not contents[0].startswith(TEXT_TURN):
        raise ValueError("the first user message must begin with 'Text:' and a line break")
    turns = []
    for question, answer in zip(contents[2::2], contents[3::2], strict=True):
        match = QUESTION.fullmatch(question.strip())
        if match is None:
            raise ValueError(f"not a question of the protocol: {question[:80]!r}")
        turns.append((match[1], answer))
    return contents[0][len(TEXT_TURN) :], turns


def _answer_values(name: str, answer: str, text: str) -> tuple[tuple[GoldMention, ...], ...]:
    values = json.loads(answer)
    if not isinstance(values, dict) or list(values) != [name]:
        raise ValueError(f"the answer about {name} must be an object with that one key, got {answer[:80]!r}")
    return _gold_values(name, values[name], text)


def _gold_values(name: str, values: Any, text: str) -> tuple[tuple[GoldMention, ...], ...]:
    if not isinstance(values, list):
        raise ValueError(f"the values of {name} must be a list, got {values!r:.80}")
    gold = []
    for value in values:
        ways = value["alternatives"] if isinstance(value, dict) and "alternatives" in value else [value]
        if not ways:
            raise ValueError(f"a value of {name} has no alternatives")
        gold.append(tuple(_gold_mention(name, way, text) for way in ways))
    return tuple(gold)


def _gold_mention(name: str, value: Any, text: str) -> GoldMention:
    if isinstance(value, dict):
        mention, start, end = value["value"], value["start"], value["end"]
        if not 0 <= start <= end <= len(text) or text[start:end] != mention:
            raise ValueError(f"{name}: the text at {start} to {end} is not {mention!r}")
        return GoldMention(mention, start, end)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"a value of {name} must be text, a number or an object, got {value!r:.80}")
    return GoldMention(str(value), None, None)
