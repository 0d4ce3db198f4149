"""Entity schemas as TOML files::

name = "traffic"
extends = "crime"             # optional: a schema whose types come first, built in or a path seen from this file

[[type]]
name = "Driver_Name"          # letters, digits and underscores; what answers and tables call it
question = "Driver_Name"      # the words that ask for it; the name unless given
description = "who drove"     # what it means, in a few words; nothing unless given
kind = "span"                 # span: copied from the report; integer: copied, digits only; choice: one of a list
choices = ["Adult", "Minor"]  # for kind = "choice" alone
multiple = true               # whether an answer may hold several values; true unless given
normalise = "person"          # one of NORMALISERS; "text" unless given
"""

import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import cast

from crimeetl.etl.errors import SchemaInvalid
from crimeetl.model.schema.types import KINDS, NAME, NORMALISERS, EntitySchema, EntityType, Kind, Normaliser

BUILT_IN = ("crime", "incident")


def load_schema(name_or_path: str, *, extended_by: tuple[Path, ...] = ()) -> EntitySchema:
    """A built-in schema by its name, or one from a TOML file.

    Args:
        extended_by: the files that need its types, each extended by the one before.

    Raises:
        SchemaInvalid: with all mistakes at once, of the file and of those that it extends.
    """
    if name_or_path in BUILT_IN:
        text = (resources.files("crimeetl.model.schema") / f"{name_or_path}.toml").read_text("utf-8")
        return parse_schema(text, source=name_or_path)
    path = Path(name_or_path)
    if not path.is_file():
        raise SchemaInvalid(
            name_or_path, [f"there is no such file, and the built-in schemas are {', '.join(BUILT_IN)}"]
        )
    if path.resolve() in extended_by:
        raise SchemaInvalid(name_or_path, ["that leads back to the same file"])
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SchemaInvalid(name_or_path, [f"it cannot be read as UTF-8 text: {error}"]) from error

    def load_seen_from_here(extends: str) -> EntitySchema:
        named = extends if extends in BUILT_IN else str(path.parent / extends)
        return load_schema(named, extended_by=(*extended_by, path.resolve()))

    return parse_schema(text, source=name_or_path, load=load_seen_from_here)


def parse_schema(toml_text: str, *, source: str, load: Callable[[str], EntitySchema] = load_schema) -> EntitySchema:
    """A schema from TOML text.

    Args:
        source: names it in errors.
        load: gives the schema that this one extends, from its name or path as written.

    Raises:
        SchemaInvalid: with all mistakes at once, those of the schema that it extends among them.
    """
    try:
        table = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as error:
        raise SchemaInvalid(source, [f"it is not TOML: {error}"]) from error
    known = ("name", "extends", "type")
    problems = [f"unknown key {key!r}; a schema has name, extends and type" for key in table if key not in known]
    name = table.get("name")
    if not (isinstance(name, str) and NAME.fullmatch(name)):
        problems.append(f"name must be a word of letters, digits and underscores, got {name!r}")
    inherited = _inherited_types(table.get("extends"), load, problems)
    rows = table.get("type")
    if not (isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows)):
        raise SchemaInvalid(source, [*problems, "it needs at least one [[type]] table"])
    own = _own_types(rows, problems)
    problems += _repeated_columns(inherited, own)
    if problems:
        raise SchemaInvalid(source, problems)
    return EntitySchema(name=cast(str, name), types=(*inherited, *own))


def _inherited_types(
    extends: object, load: Callable[[str], EntitySchema], problems: list[str]
) -> tuple[EntityType, ...]:
    """The types of the schema that another extends; what is wrong with it is added to the problems."""
    if extends is None:
        return ()
    if not (isinstance(extends, str) and extends.strip()):
        problems.append(f"extends must be {', '.join(BUILT_IN)} or the path of a schema file, got {extends!r}")
        return ()
    try:
        return load(extends).types
    except SchemaInvalid as error:
        _, found = error.args
        problems += [f"extends {extends}: {problem}" for problem in found]
        return ()


def _own_types(rows: list[dict[str, object]], problems: list[str]) -> list[EntityType]:
    """The types of a schema's own tables; what is wrong with the others is added to the problems."""
    types = []
    for number, row in enumerate(rows, start=1):
        found = _type_problems(row)
        problems += [f"type {row.get('name', number)}: {problem}" for problem in found]
        if not found:
            types.append(_entity_type(row))
    return types


def _repeated_columns(inherited: tuple[EntityType, ...], own: list[EntityType]) -> list[str]:
    taken = {entity_type.column for entity_type in inherited}
    columns = [entity_type.column for entity_type in own]
    return [
        *(
            f"type {t.name}: the schema that it extends has the column name {t.column}"
            for t in own
            if t.column in taken
        ),
        *(
            f"more than one type has the column name {column}"
            for column in sorted({column for column in columns if columns.count(column) > 1})
        ),
    ]


def _type_problems(row: dict[str, object]) -> list[str]:
    allowed = ("name", "question", "description", "kind", "choices", "multiple", "normalise")
    problems = [f"unknown key {key!r}; known are {', '.join(allowed)}" for key in row if key not in allowed]
    name, question = row.get("name"), row.get("question", "x")
    if not (isinstance(name, str) and NAME.fullmatch(name)):
        problems.append(f"name must be letters, digits and underscores and begin with a letter, got {name!r}")
    if not (isinstance(question, str) and question.strip()):
        problems.append(f"question must be words, got {question!r}")
    description = row.get("description", "x")
    if not (isinstance(description, str) and description.strip() and len(description.splitlines()) == 1):
        problems.append(f"description must be words on one line, got {description!r}")
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
        description=cast(str, row.get("description", "")).strip(),
    )
