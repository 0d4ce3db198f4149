"""What the model is asked about a report: only what no column gives, and nothing where there is no prose.

report.given ────────────────────────────────────▶ Answers, source "column"
the other types, where there is prose ── model ──▶ Answers, source "model"
the other types, where there is none ────────────▶ no answer: nobody was asked
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol, Self, TypeVar

from crimeetl.etl.columns import read_synonyms, shipped_synonyms
from crimeetl.etl.documents import Report
from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.split import SplitSettings
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import EntitySchema, EntityType

Item = TypeVar("Item")
Asked = TypeVar("Asked", bound="CanAsk")


class CanAsk(Protocol):
    """What answers some questions, and may be asked others."""

    def asking(self, schema: EntitySchema) -> Self:
        """The same for other questions."""


class AnswersTexts(CanAsk, Protocol):
    """What is needed of an extractor to answer for some texts at once."""

    def extract(self, texts: Sequence[str]) -> list[Extraction]:
        """The extraction of each text, in order."""


def asked_text(report: Report) -> str:
    """What the model reads; empty where there is nothing to ask."""
    return report.text if report.asked_chars is None else report.text[: report.asked_chars]


def asked_types(report: Report, schema: EntitySchema) -> tuple[EntityType, ...]:
    """The types of which the model is asked; none where the report has no prose."""
    if not asked_text(report):
        return ()
    given = given_mentions(report, schema)
    return tuple(entity_type for entity_type in schema.types if entity_type.name not in given)


def by_questions(
    items: Iterable[Item], report_of: Callable[[Item], Report], schema: EntitySchema
) -> dict[tuple[EntityType, ...], list[Item]]:
    """Reports, or what has one, by the types of which the model is asked; those of which it is not asked under ()."""
    groups: dict[tuple[EntityType, ...], list[Item]] = {}
    for item in items:
        groups.setdefault(asked_types(report_of(item), schema), []).append(item)
    return groups


def asking(extractor: Asked, types: tuple[EntityType, ...], schema: EntitySchema) -> Asked:
    """An extractor of a schema's types, for some of them."""
    return extractor if types == schema.types else extractor.asking(replace(schema, types=types))


def given_mentions(report: Report, schema: EntitySchema) -> dict[str, tuple[Mention, ...]]:
    """What columns give of a schema's types, by type.

    Of a type that has one value the first counts, and of a choice nothing but what its choices name.
    """
    found: dict[str, list[Mention]] = {}
    for given in report.given:
        entity_type = schema.by_name.get(given.entity_type)
        value = report.text[given.char_start : given.char_end]
        if entity_type is None or (entity_type.kind == "choice" and value not in entity_type.choices):
            continue
        mentions = found.setdefault(entity_type.name, [])
        if entity_type.is_multiple or not mentions:
            mentions.append(Mention(value, given.char_start, given.char_end, None, "column"))
    return {name: tuple(mentions) for name, mentions in found.items()}


def answered(report: Report, schema: EntitySchema, found: Extraction | None) -> Extraction:
    """The answers about a report, in the order of the schema's types; none of a type that nobody was asked.

    Args:
        found: the model's, of ``asked_types``; None where it was not asked.
    """
    answers = {answer.entity_type: answer for answer in found.answers} if found else {}
    for name, mentions in given_mentions(report, schema).items():
        answers[name] = Answer(name, mentions, None, is_cut=False)
    return Extraction(
        answers=tuple(sorted(answers.values(), key=lambda answer: schema.places[answer.entity_type])),
        report_tokens=found.report_tokens if found else 0,
        answer_tokens=found.answer_tokens if found else 0,
        window_count=found.window_count if found else 1,
    )


def extract_all(
    reports: Sequence[Report], schema: EntitySchema, open_extractor: Callable[[], AnswersTexts]
) -> list[Extraction]:
    """The extraction of each report, in their order; the model is opened only if there is something to ask.

    Raises:
        ExtractionFailed: one of them cannot be answered.
    """
    groups = by_questions(range(len(reports)), reports.__getitem__, schema)
    found: dict[int, Extraction | None] = dict.fromkeys(groups.pop((), ()))
    opened = open_extractor() if groups else None
    for types, numbers in groups.items():
        assert opened is not None
        texts = [asked_text(reports[number]) for number in numbers]
        found |= zip(numbers, asking(opened, types, schema).extract(texts), strict=True)
    return [answered(report, schema, found[number]) for number, report in enumerate(reports)]


def must_be_asked(settings: SplitSettings, schema: EntitySchema) -> None:
    """Checks what the user says columns hold, before anything is read.

    Raises:
        WrongUsage: a type is none of the schema, or the file of headings cannot be used.
    """
    named = settings.types_of_headings.values()
    if unknown := [name for name in named if name and name not in schema.by_name]:
        known = ", ".join(schema.by_name)
        raise WrongUsage(
            f"--map names {', '.join(unknown)}, which the schema {schema.name} does not ask for; "
            f"name one of its types: {known}"
        )
    if settings.headings is not None:
        known_types = shipped_synonyms().types | schema.by_name.keys()
        if strange := sorted(read_synonyms(settings.headings).types - known_types):
            raise WrongUsage(
                f"the headings {settings.headings} have {', '.join(f'[{name}]' for name in strange)}, which is no type "
                f"of the schema {schema.name}; correct it, or give the --schema that has it"
            )
