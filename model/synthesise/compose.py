"""Sentences by a plan, and their joining into paragraphs."""

import random
from collections.abc import Sequence
from functools import partial

from crimeetl.model.synthesise.marked import Marked, Writer
from crimeetl.model.synthesise.story import Story
from crimeetl.model.synthesise.vocabulary import RULES

Plan = Sequence[tuple[str, int, int]]  # rule, least and most sentences
LONG = 2.0


def sentences(story: Story, plan: Plan, *, length: float = 1.0) -> list[Marked]:
    """Whole sentences by a plan; what the facts cannot fill is left out, and only long reports repeat themselves."""
    writer, found = story.writer, []
    for rule, least, most in plan:
        count = story.rng.randint(least, most)
        count = max(least, round(count * length)) if most > 1 else count
        for _ in range(count):
            if not (writer.fresh(rule) or (length > LONG and any(map(writer.can, RULES[rule])))):
                break
            found.append(_sentence(writer.apart(partial(Writer.rule, name=rule))))
    return [sentence for sentence in found if sentence.text]


def _sentence(marked: Marked) -> Marked:
    text = marked.text
    ends = text.endswith((".", "!", "?", '"')) or not text
    return (marked if ends else Marked(text + ".", marked.marks)).capitalised()


def join(parts: Sequence[Marked], between: str) -> Marked:
    """Texts put together, their marks shifted."""
    writer = Writer(random.Random(0), {})
    for i, part in enumerate(parts):
        if i:
            writer.write(between)
        writer.append(part)
    return writer.done()


def paragraphs(found: Sequence[Marked], rng: random.Random, *, most: int, between: str = "\n\n") -> Marked:
    """Sentences in paragraphs of 1 to ``most``."""
    groups, at = [], 0
    while at < len(found):
        size = rng.randint(1, most)
        groups.append(join(found[at : at + size], " "))
        at += size
    return join(groups, between)
