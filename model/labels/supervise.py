"""What a labelled report teaches: its gold answers as copies of the report, or nothing where they are no copies.

A gold value that is no run of whole word chunks of its report is snapped to one where case, white space, punctuation
or a cut word explains the difference. Otherwise the whole branch is left out of the loss and counted; it never becomes
an empty answer, which would teach the model to say "not stated".

Crowd-sourced labels are read with doubt: a report without any label was skipped rather than read, and an empty answer
that the report contradicts (no Crime_Time, but a clock time in the text) is left out of the loss.
"""

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from datasets import Dataset

from crimeetl.model.decode import AnswerGrammar, ReportWords, occurrences, report_words
from crimeetl.model.labels.datasets import labelled_reports
from crimeetl.model.labels.reports import GoldMention, LabelledReport
from crimeetl.model.schema import EntitySchema, EntityType
from crimeetl.model.tree import PromptTemplate

# By a type's name or its normaliser: what stands in a report that states one.
CONTRADICTIONS = {
    "time": re.compile(r"\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b|\b\d{4} hours|\b\d{1,2}:\d\d\b", re.IGNORECASE),
    "age": re.compile(r"\b\d{1,2}[- ]years?[- ]old|, \d\d, ", re.IGNORECASE),
    "Time_Of_Day": re.compile(r"\b(?:night|morning|afternoon|evening|midnight|noon)\b", re.IGNORECASE),
    "Weapon_Type": re.compile(r"\b(?:handgun|pistol|rifle|shotgun|revolver|firearm|knife)s?\b", re.IGNORECASE),
    "Shots_Fired": re.compile(r"\b(?:\w+ times|(?:multiple|several|\w+) (?:gun)?shots)\b", re.IGNORECASE),
}
OUTER = " \t\r\n.,;:!?*\"'()"
ALIKE = ("'\u2018\u2019", '"\u201c\u201d', "-\u2010\u2011\u2012\u2013\u2014\u2015")
QUOTES = {mark: f"[{marks}]" for marks in ALIKE for mark in marks}


@dataclass(slots=True)
class DataCheck:
    """What was found in labelled data before training on it."""

    reports: int = 0
    answers: int = 0  # learned
    empty_answers: int = 0  # of them, "not stated"
    snapped_values: int = 0
    left_out: Counter[str] = field(default_factory=Counter)  # type -> answers with a value that is no copy
    refused: Counter[str] = field(default_factory=Counter)  # type -> answers that the grammar would not allow
    unknown_types: Counter[str] = field(default_factory=Counter)  # labelled, but not in the schema
    unasked_types: tuple[str, ...] = ()  # in the schema, but nowhere labelled
    longest_tokens: int = 0  # of a whole tree
    doubted: Counter[str] = field(
        default_factory=Counter
    )  # type -> crowd-sourced empty answers that the text contradicts
    without_labels: int = 0  # crowd-sourced reports; left out
    too_long: list[str] = field(default_factory=list)  # ids of reports that exceed the model's context; left out
    total_tokens: int = 0

    def figures(self) -> dict[str, Any]:
        """As plain JSON values."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in plain.items()}


def training_rows(
    labelled: Dataset,
    schema: EntitySchema,
    template: PromptTemplate,
    grammar: AnswerGrammar,
    *,
    most_tokens: int,
    described_share: float = 1.0,
) -> tuple[Dataset, DataCheck]:
    """The token ids to train on, one row a report, and what the data check found.

    Args:
        most_tokens: a report whose tree is longer is left out.
        described_share: so many of the questions carry their type's description, drawn by chance.

    Columns: ``prefix_ids`` i64[P], ``question_ids`` and ``answer_ids`` lists of i64[.], ``entity_types``, ``visits``.
    """
    check, empty = DataCheck(), template.answer_ids([])
    rows = []
    for report, visits in zip(labelled_reports(labelled), labelled["visits"], strict=True):
        if report.is_crowd_sourced and not any(report.gold.values()):
            check.without_labels += 1
            continue
        row, snapped = _training_row(report, schema, template, grammar, check, described_share)
        tokens = len(row["prefix_ids"]) + sum(map(len, row["question_ids"])) + sum(map(len, row["answer_ids"]))
        if tokens > most_tokens:
            check.too_long.append(report.report_id)
        elif row["answer_ids"]:
            rows.append({**row, "visits": visits})
            check.reports += 1
            check.answers += len(row["answer_ids"])
            check.empty_answers += row["answer_ids"].count(empty)
            check.snapped_values += snapped
            check.longest_tokens = max(check.longest_tokens, tokens)
            check.total_tokens += tokens
    learned = {name for row in rows for name in row["entity_types"]}
    check.unasked_types = tuple(t.name for t in schema.types if t.name not in learned)
    return Dataset.from_list(rows), check


def _training_row(
    report: LabelledReport,
    schema: EntitySchema,
    template: PromptTemplate,
    grammar: AnswerGrammar,
    check: DataCheck,
    described_share: float,
) -> tuple[dict[str, Any], int]:
    """A report's row, and how many of its values were snapped."""
    chance = random.Random(report.report_id)
    words = report_words(report.text)
    names, questions, answers = [], [], []
    snapped = 0
    check.unknown_types.update(name for name in report.gold if name not in schema.by_name)
    asked = [entity_type for entity_type in schema.types if entity_type.name in report.gold]
    for entity_type, matcher in zip(asked, grammar.matchers(words, asked), strict=True):
        gold = report.gold[entity_type.name]
        if not gold and report.is_crowd_sourced and contradicts_empty(report.text, entity_type):
            check.doubted[entity_type.name] += 1
            continue
        values = [_trainable(words, entity_type, alternatives) for alternatives in gold]
        if any(value is None for value in values):
            check.left_out[entity_type.name] += 1
            continue
        kept = _as_often_as_stated(words, entity_type, [value for value in values if value is not None])
        answer_ids = template.answer_ids(kept)
        if grammar.refusal(matcher, answer_ids) is not None:
            check.refused[entity_type.name] += 1
            continue
        snapped += sum(value not in {m.value for m in ways} for value, ways in zip(values, gold, strict=True))
        names.append(entity_type.name)
        is_described = chance.random() < described_share
        questions.append(template.question_ids(entity_type if is_described else replace(entity_type, description="")))
        answers.append(answer_ids)
    row = {
        "prefix_ids": template.prefix_ids(template.report_ids(report.text)),
        "question_ids": questions,
        "answer_ids": answers,
        "entity_types": names,
    }
    return row, snapped


def contradicts_empty(text: str, entity_type: EntityType) -> bool:
    """Whether a text plainly holds something of a type's kind, so that an empty label is doubtful."""
    pattern = CONTRADICTIONS.get(entity_type.name) or CONTRADICTIONS.get(entity_type.normaliser)
    return pattern is not None and pattern.search(text) is not None


def _trainable(words: ReportWords, entity_type: EntityType, alternatives: Sequence[GoldMention]) -> str | None:
    """The first acceptable mention as the report has it; None where none is a copy of it."""
    if entity_type.kind == "choice":
        return next((m.value for m in alternatives if m.value in entity_type.choices), None)
    return next((found for m in alternatives if (found := snap(words, m)) is not None), None)


def snap(words: ReportWords, gold: GoldMention) -> str | None:
    """A gold value as whole word chunks of the report, or None.

    Tried in turn: its own offsets widened to whole chunks, the value as it stands, and the value with case, white
    space, kinds of quotes and outer punctuation left open.
    """
    if gold.char_start is not None and gold.char_end is not None:
        return _widen(words, gold.char_start, gold.char_end)
    value = gold.value.strip()
    if value and occurrences(words, value):
        return value
    for core in filter(None, (value, value.strip(OUTER))):
        pattern = "".join(r"\s+" if part.isspace() else QUOTES.get(part, re.escape(part)) for part in _units(core))
        for match in re.finditer(pattern, words.text, re.IGNORECASE):
            if match.start() in words.starts and match.end() in words.ends:
                return match.group()
    return None


def _units(text: str) -> list[str]:
    return re.findall(r"\s+|.", text)


def _widen(words: ReportWords, start: int, end: int) -> str | None:
    text = words.text
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return None
    while start not in words.starts:
        start -= 1
    while end not in words.ends:
        end += 1
    return text[start:end]


def _as_often_as_stated(words: ReportWords, entity_type: EntityType, values: list[str]) -> list[str]:
    """Drops repeats beyond the places where a value stands: decoding could not give them."""
    if entity_type.kind == "choice":
        return values
    given: Counter[str] = Counter()
    kept = []
    for value in values:
        given[value] += 1
        if given[value] <= len(occurrences(words, value)):
            kept.append(value)
    return kept
