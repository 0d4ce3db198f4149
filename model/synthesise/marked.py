"""Text that remembers where its values stand, and the small template language it is composed with.

    [At|At about] {time}, [{officer}|I] [was|were] [dispatched|sent] to {place} [for|in reference to] {a_report}.

    [a|b|c]   one of them, at random; brackets nest, and an option may be empty
    {name}    what the context writes under that name, else one template of the rule of that name
    {Name}    the same with a capital first letter

An option or a template that needs a name which neither the context nor the rules can give is not chosen, so a sentence
about a weapon appears only where there is one.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

TOKEN = re.compile(r"[\[\]|]|\{[^{}]+\}|[^\[\]|{}]+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text that is a mention of something."""

    start: int
    end: int
    entity_types: tuple[str, ...]  # what it answers; none for a person or place that plays no part
    key: str  # mentions with the same key name the same thing
    rank: int = 0  # 0 is the form that a reader would give as the answer; higher ones are shorter or vaguer


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with its marks."""

    text: str
    marks: tuple[Mark, ...] = ()

    def substitute(self, replacements: Sequence[str]) -> "Marked":
        """Puts a string, empty or longer too, in the place of each character; the marks follow.

        Args:
            replacements: [len(text)].
        """
        new_at = [0]
        for replacement in replacements:
            new_at.append(new_at[-1] + len(replacement))
        marks = tuple(replace(mark, start=new_at[mark.start], end=new_at[mark.end]) for mark in self.marks)
        return Marked("".join(replacements), marks)

    def upper(self) -> "Marked":
        """All in capitals; characters that would grow are left as they are."""
        return self.substitute([c.upper() if len(c.upper()) == 1 else c for c in self.text])

    def capitalised(self) -> "Marked":
        """With a capital first letter."""
        return Marked(capital(self.text), self.marks)


def capital(text: str) -> str:
    """With a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class Slot:
    """A name to be written."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, each a sequence of nodes."""

    options: tuple[tuple["str | Slot | Choice", ...], ...]


@cache
def parse_template(template: str) -> tuple[str | Slot | Choice, ...]:
    """A template as nodes.

    Raises:
        ValueError: its brackets do not pair.
    """
    tokens = TOKEN.findall(template)
    if "".join(tokens) != template:
        raise ValueError(f"braces do not pair in {template!r}")
    nodes, rest = _sequence(tokens, 0, is_inside=False)
    if rest != len(tokens):
        raise ValueError(f"brackets do not pair in {template!r}")
    return nodes


def _sequence(tokens: Sequence[str], at: int, *, is_inside: bool) -> tuple[tuple["str | Slot | Choice", ...], int]:
    nodes: list[str | Slot | Choice] = []
    while at < len(tokens):
        token = tokens[at]
        if token == "[":
            options = []
            while True:
                option, at = _sequence(tokens, at + 1, is_inside=True)
                options.append(option)
                if at >= len(tokens):
                    raise ValueError(f"a bracket is left open in {''.join(tokens)!r}")
                if tokens[at] == "]":
                    break
            nodes.append(Choice(tuple(options)))
        elif token == "]" or (is_inside and token == "|"):
            return tuple(nodes), at
        else:
            nodes.append(Slot(token[1:-1]) if token[0] == "{" else token)
        at += 1
    return tuple(nodes), at


class Writer:
    """Appends text and marks; expands templates against a context.

    Args:
        rules: templates by the name under which others refer to them.
    """

    def __init__(self, rng: random.Random, rules: Mapping[str, Sequence[str]]) -> None:
        self.rng, self.rules = rng, rules
        self.context: dict[str, Callable[[Writer], None]] = {}
        self._parts: list[str] = []
        self._marks: list[Mark] = []
        self._length = 0
        self._used: set[tuple[str, str]] = set()

    def write(self, text: str) -> None:
        """Appends plain text."""
        self._parts.append(text)
        self._length += len(text)

    def mark(self, text: str, entity_types: Sequence[str], key: str, rank: int = 0) -> None:
        """Appends a mention."""
        start = self._length
        self.write(text)
        self.mark_from(start, entity_types, key, rank)

    def mark_from(self, start: int, entity_types: Sequence[str], key: str, rank: int = 0) -> None:
        """Marks all that was written since the offset ``start`` (see ``length``)."""
        self._marks.append(Mark(start, self._length, tuple(entity_types), key, rank))

    @property
    def length(self) -> int:
        """Characters written so far."""
        return self._length

    def append(self, marked: Marked) -> None:
        """Appends a text with its marks."""
        shift = self._length
        self.write(marked.text)
        self._marks += [replace(m, start=m.start + shift, end=m.end + shift) for m in marked.marks]

    def expand(self, template: str) -> None:
        """Appends one realisation of a template."""
        self._expand(parse_template(template))

    def rule(self, name: str) -> bool:
        """Appends one template of a rule, preferring those not used yet; False where none can be written."""
        able = [t for t in self.rules[name] if self.can(t)]
        if not able:
            return False
        template = self.rng.choice(self.fresh(name) or able)
        self._used.add((name, template))
        self.expand(template)
        return True

    def fresh(self, name: str) -> list[str]:
        """The templates of a rule that can be written and were not used yet."""
        return [t for t in self.rules[name] if (name, t) not in self._used and self.can(t)]

    def can(self, template: str) -> bool:
        """Whether every name that a template needs can be written."""
        return self._can(parse_template(template))

    def apart(self, write: Callable[["Writer"], object]) -> Marked:
        """What ``write`` appends, taken out again as a text of its own."""
        parts, marks, length = self._parts, self._marks, self._length
        self._parts, self._marks, self._length = [], [], 0
        try:
            write(self)
            return self.done()
        finally:
            self._parts, self._marks, self._length = parts, marks, length

    def done(self) -> Marked:
        """All that was written."""
        return Marked("".join(self._parts), tuple(self._marks))

    def _expand(self, nodes: Sequence["str | Slot | Choice"]) -> None:
        for node in nodes:
            if isinstance(node, str):
                self.write(node)
            elif isinstance(node, Choice):
                self._expand(self.rng.choice([option for option in node.options if self._can(option)]))
            else:
                self._write_slot(node.name)

    def _write_slot(self, name: str) -> None:
        if name in self.context:
            self.context[name](self)
        elif name in self.rules:
            self.rule(name)
        else:
            small = name[0].lower() + name[1:]
            if small == name:
                raise KeyError(name)
            self.append(self.apart(lambda _: self._write_slot(small)).capitalised())

    def _can(self, nodes: Sequence["str | Slot | Choice"]) -> bool:
        return all(map(self._can_node, nodes))

    def _can_node(self, node: "str | Slot | Choice") -> bool:
        if isinstance(node, str):
            return True
        if isinstance(node, Choice):
            return any(map(self._can, node.options))
        if node.name in self.context:
            return True
        if node.name in self.rules:
            return any(map(self.can, self.rules[node.name]))
        small = node.name[0].lower() + node.name[1:]
        return small != node.name and self._can_node(Slot(small))


def slots(template: str) -> Iterator[str]:
    """All names that a template refers to."""
    for node in parse_template(template):
        yield from _slots(node)


def _slots(node: "str | Slot | Choice") -> Iterator[str]:
    if isinstance(node, Slot):
        yield node.name
    elif isinstance(node, Choice):
        for option in node.options:
            for inner in option:
                yield from _slots(inner)
