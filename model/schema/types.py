"""Entity types and schemas: what to look for, how to ask for it and what an answer may be."""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

Kind = Literal["span", "integer", "choice"]
Normaliser = Literal["text", "person", "age", "date", "time", "badge", "email", "status", "integer"]
KINDS: tuple[str, ...] = get_args(Kind)
NORMALISERS: tuple[str, ...] = get_args(Normaliser)
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class EntityType:
    """One thing to look for in a report."""

    name: str
    question: str
    kind: Kind
    choices: tuple[str, ...]  # empty unless kind is "choice"
    is_multiple: bool
    normaliser: Normaliser
    description: str = ""  # what it means, for a model that does not know it by name

    @property
    def column(self) -> str:
        """The name in snake_case, as the views spell it: ``Officer_BadgeNumber`` is ``officer_badge_number``."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", self.name).lower()

    @property
    def words(self) -> str:
        """What a line of a list would call it: the question's own words, or ``Officer badge number``."""
        return self.column.replace("_", " ").capitalize() if self.question == self.name else self.question


@dataclass(frozen=True)
class EntitySchema:
    """Named entity types, in the order in which they are asked."""

    name: str
    types: tuple[EntityType, ...]

    @cached_property
    def by_name(self) -> dict[str, EntityType]:
        """The types, each under its name."""
        return {entity_type.name: entity_type for entity_type in self.types}

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each type stands among the others, by name."""
        return {entity_type.name: place for place, entity_type in enumerate(self.types)}

    @cached_property
    def digest(self) -> str:
        """32 hex digits over everything that changes an answer; comments and layout of the file do not."""
        canonical = [
            [t.name, t.question, t.kind, list(t.choices), t.is_multiple, t.normaliser, *filter(None, [t.description])]
            for t in self.types
        ]
        return hashlib.sha256(json.dumps([self.name, canonical]).encode()).hexdigest()[:32]
