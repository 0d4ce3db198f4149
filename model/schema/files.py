"""Entity schemas as files."""

import tomllib
from importlib import resources
from pathlib import Path
from typing import cast

from crimeetl.etl.errors import SchemaInvalid
from crimeetl.model.schema.types import KINDS, NAME, NORMALISERS, EntitySchema, EntityType, Kind, Normaliser

BUILT_IN = ("crime", "incident")


def load_schema(name_or_path: str) -> EntitySchema:
    """A built-in schema by its name, or one from a TOML file.

    Raises:
        SchemaInvalid: with all the file's mistakes at once.
    """
    if name_or_path in BUILT_IN:
        text = (resources.files("crimeetl.model.schema") / f"{name_or_path}.toml").read_text("utf-8")
    else:
        path = Path(name_or_path)
        if not path.is_file():
            raise SchemaInvalid(
                name_or_path, [f"there is no such file, and the built-in schemas are {', '.join(BUILT_IN)}"]
            )
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SchemaInvalid(name_or_path, [f"it cannot be read as UTF-8 text: {error}"]) from error
    return parse_schema(text, source=name_or_path)


def parse_schema(toml_text: str, *, source: str) -> EntitySchema:
    """A schema from TOML text; ``source`` names it in errors.

    Raises:
        SchemaInvalid: with all mistakes at once.
    """
    try:
        table = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as error:
        raise SchemaInvalid(source, [f"it is not TOML: {error}"]) from error
    problems = [f"unknown key {key!r}; a schema has name and type" for key in table if key not in {"name", "type"}]
    name = table.get("name")
    if not (isinstance(name, str) and NAME.fullmatch(name)):
        problems.append(f"name must be a word of letters, digits and underscores, got {name!r}")
    rows = table.get("type")
    if not (isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows)):
        raise SchemaInvalid(source, [*problems, "it needs at least one [[type]] table"])
    types = []
    for number, row in enumerate(rows, start=1):
        label = f"type {row.get('name', number)}"
        found = _type_problems(row)
        problems += [f"{label}: {problem}" for problem in found]
        if not found:
            types.append(_entity_type(row))
    columns = [entity_type.column for entity_type in types]
    repeated = sorted({column for column in columns if columns.count(column) > 1})
    problems += [f"more than one type has the column name {column}" for column in repeated]
    if problems:
        raise SchemaInvalid(source, problems)
    return EntitySchema(name=cast(str, name), types=tuple(types))


def _type_problems(row: dict[str, object]) -> list[str]:
    allowed = ("name", "question", "kind", "choices", "multiple", "normalise")
    problems = [f"unknown key {key!r}; known are {', '.join(allowed)}" for key in row if key not in allowed]
    name, question = row.get("name"), row.get("question", "x")
    if not (isinstance(name, str) and NAME.fullmatch(name)):
        problems.append(f"name must be letters, digits and underscores and begin with a letter, got {name!r}")
    if not (isinstance(question, str) and question.strip()):
        problems.append(f"question must be words, got {question!r}")
    kind, choices = row.get("kind", "span"), row.get("choices", [])
    if kind not in KINDS:
        problems.append(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    if not (isinstance(choices, list) and all(isinstance(c, str) and c.strip() for c in choices)):
        problems.append(f"choices must be a list of words, got {choices!r}")
    elif kind == "choice" and len(set(choices)) < 2:
        problems.append("kind choice needs at least two different choices")
    elif kind != "choice" and choices:
        problems.append(f"choices belong to kind choice, not to kind {kind}")
    if not isinstance(row.get("multiple", True), bool):
        problems.append(f"multiple must be true or false, got {row['multiple']!r}")
    if row.get("normalise", "text") not in NORMALISERS:
        problems.append(f"normalise must be one of {', '.join(NORMALISERS)}, got {row['normalise']!r}")
    return problems


def _entity_type(row: dict[str, object]) -> EntityType:
    name = cast(str, row["name"])
    return EntityType(
        name=name,
        question=cast(str, row.get("question", name)),
        kind=cast(Kind, row.get("kind", "span")),
        choices=tuple(cast(list[str], row.get("choices", []))),
        is_multiple=cast(bool, row.get("multiple", True)),
        normaliser=cast(Normaliser, row.get("normalise", "text")),
    )
