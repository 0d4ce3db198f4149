"""Entity schemas as TOML files::

name = "traffic"
extends = "crime"             # optional: its types come first; a built-in schema, or a path seen from this file

[[type]]
name = "Driver_Name"          # letters, digits and underscores; what answers and tables call it
question = "Driver_Name"      # the words after "What describes"; the name unless given
kind = "span"                 # span: copied from the report; integer: copied, digits only; choice: one of a list
choices = ["Adult", "Minor"]  # for kind = "choice" alone
multiple = true               # whether an answer may hold several values; true unless given
normalise = "person"          # one of NORMALISERS; "text" unless given
"""

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
    return _load(name_or_path, extended_by=())


def _load(name_or_path: str, *, extended_by: tuple[str, ...]) -> EntitySchema:
    if name_or_path in BUILT_IN:
        text = (resources.files("crimeetl.model.schema") / f"{name_or_path}.toml").read_text("utf-8")
        return parse_schema(text, source=name_or_path)
    path = Path(name_or_path)
    if not path.is_file():
        raise SchemaInvalid(
            name_or_path, [f"there is no such file, and the built-in schemas are {', '.join(BUILT_IN)}"]
        )
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SchemaInvalid(name_or_path, [f"it cannot be read as UTF-8 text: {error}"]) from error
    return parse_schema(text, source=name_or_path, folder=path.parent, extended_by=extended_by)


def parse_schema(
    toml_text: str, *, source: str, folder: Path = Path(), extended_by: tuple[str, ...] = ()
) -> EntitySchema:
    """A schema from TOML text.

    Args:
        source: names it in errors.
        folder: where the file stands, from which the path of a schema that it extends is seen.
        extended_by: the files through which it was reached, each extending the next.

    Raises:
        SchemaInvalid: with all mistakes at once; those of a schema that it extends are told first, by themselves.
    """
    try:
        table = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as error:
        raise SchemaInvalid(source, [f"it is not TOML: {error}"]) from error
    known = {"name", "extends", "type"}
    problems = [f"unknown key {key!r}; a schema has name, extends and type" for key in table if key not in known]
    name = table.get("name")
    if not (isinstance(name, str) and NAME.fullmatch(name)):
        problems.append(f"name must be a word of letters, digits and underscores, got {name!r}")
    types = list(_extended(table.get("extends"), source, folder, extended_by, problems))
    rows = table.get("type")
    if not (isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows)):
        raise SchemaInvalid(source, [*problems, "it needs at least one [[type]] table"])
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


def _extended(
    extends: object, source: str, folder: Path, extended_by: tuple[str, ...], problems: list[str]
) -> tuple[EntityType, ...]:
    """The types of the schema that another extends; what is wrong with naming it is added to the problems."""
    if extends is None:
        return ()
    if not (isinstance(extends, str) and extends.strip()):
        problems.append(f"extends must be {', '.join(BUILT_IN)} or the path of a schema file, got {extends!r}")
        return ()
    named = extends if extends in BUILT_IN else str((folder / extends).resolve())
    through = (*extended_by, str(Path(source).resolve()))
    if named in through:
        problems.append(f"extends {extends}, which in turn extends this file")
        return ()
    return _load(named, extended_by=through).types


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
