"""Ways of asking: how a report and its questions are put to a base, and how an answer is written.

An adapter is trained in one of them, which its card names. ``conversation`` is UniversalNER's protocol, which the
reference data set has and bases without an adapter understand best:

    system     A virtual assistant answers questions from a user based on the provided text.
    user       Text:
               <report>
    assistant  I've read this text.
    user       What describes <words> in the text?
    assistant  {"<Type>": ["...", ...]}

``compact`` asks by the first words of a line, and a question that nothing answers costs a quarter of the tokens:

    system     List what the report states, in its own words.
    user       <report>
    assistant  <words>: ["...", ...]

Source: Zhou et al., UniversalNER, 2023, section 3.2.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from crimeetl.model.schema import EntityType

# Stand-ins that no chat template changes and none contains.
REPORT_MARK, QUESTION_MARK, ANSWER_MARK = "\u2402REPORT\u2403", "\u2402QUESTION\u2403", "\u2402ANSWER\u2403"
TEXT_TURN = "Text:\n"
QUESTION_END = " in the text?"
LINE = "{words}{description}:"


@dataclass(frozen=True, slots=True)
class Asking:
    """One way of asking.

    ``question`` and ``start`` are formats over a type's ``question``, ``name``, ``words`` and ``description``, the last
    one in brackets after a space, or nothing.
    """

    name: str
    messages: tuple[tuple[str, str], ...]  # role and content, with the marks where the report and so on stand
    question: str  # what stands at the question's mark; nothing where the answer's turn begins before it
    start: str  # what an answer is forced to begin with
    closing: str  # what ends an answer after its last value
    ends_turn: bool  # whether the end of the turn is learned and read after an answer
    digested: str  # what a template's digest covers of the wording, besides the messages

    def question_text(self, entity_type: EntityType) -> str:
        """A type's own words, up to where the assistant's turn begins."""
        return _filled(self.question, entity_type)

    def start_text(self, entity_type: EntityType) -> str:
        """How the answer for a type begins, up to where the model begins to choose."""
        return _filled(self.start, entity_type)

    def answer_text(self, values: Sequence[str]) -> str:
        """What the model writes after its start: ``' ["Ann Lee", "Bo Day"]'``, and what closes it."""
        return f" {json.dumps(list(values), ensure_ascii=False)[:-1]}{self.closing}"


def _filled(form: str, entity_type: EntityType) -> str:
    description = f" ({entity_type.description})" if entity_type.description else ""
    return form.format(
        question=entity_type.question, name=entity_type.name, words=entity_type.words, description=description
    )


CONVERSATION = Asking(
    name="conversation",
    messages=(
        ("system", "A virtual assistant answers questions from a user based on the provided text."),
        ("user", TEXT_TURN + REPORT_MARK),
        ("assistant", "I've read this text."),
        ("user", f"What describes{QUESTION_MARK}"),
        ("assistant", ANSWER_MARK),
    ),
    question=" {question}" + QUESTION_END,
    start='{{"{name}":',
    closing="]}",
    ends_turn=True,
    digested=QUESTION_END,
)
COMPACT = Asking(
    name="compact",
    messages=(
        ("system", "List what the report states, in its own words."),
        ("user", REPORT_MARK),
        ("assistant", ANSWER_MARK),
    ),
    question="",
    start=LINE,
    closing="]",
    ends_turn=False,
    digested=LINE,
)
ASKINGS = {asking.name: asking for asking in (CONVERSATION, COMPACT)}
