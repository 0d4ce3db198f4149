"""The conversation a base model sees, as token ids.

The pieces come from the base's own chat template; the report and the questions are encoded apart from it, so that
control tokens written in a report stay plain text. The protocol is UniversalNER's:

    system     A virtual assistant answers questions from a user based on the provided text.
    user       Text:
               <report>
    assistant  I've read this text.
    user       What describes <words> in the text?
    assistant  {"<Type>": ["...", ...]}

Read as a tree, everything up to "What describes" is the prefix that all questions share; " <words> in the text?" to
``{"<Type>":`` is the branch's question, and the rest is its answer. The answer begins at `` [``, because tokenizers
have single tokens for `` ["`` and `` []``.

Source: Zhou et al., UniversalNER, 2023, section 3.2.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from crimeetl.model.schema import EntityType

SYSTEM = "A virtual assistant answers questions from a user based on the provided text."
TEXT_TURN = "Text:\n"
READ_TURN = "I've read this text."
QUESTION_START = "What describes"
QUESTION_END = " in the text?"
FIXED_DATE = "26 Jul 2024"  # for templates that print today's date: an adapter must meet the same words every day
# Stand-ins that no template changes and no template contains.
REPORT_MARK, QUESTION_MARK, ANSWER_MARK = "\u2402REPORT\u2403", "\u2402QUESTION\u2403", "\u2402ANSWER\u2403"


@dataclass(frozen=True)
class PromptTemplate:
    """One base's chat template, cut where the report, the question and the answer stand."""

    tokenizer: Any
    head_ids: tuple[int, ...]  # before the report
    bridge_ids: tuple[int, ...]  # from the end of the report to the end of "What describes"
    turn_ids: tuple[int, ...]  # from the end of the question to the start of the answer
    end_id: int  # the token that ends an answer
    digest: str  # 32 hex digits over the pieces' text and the protocol's words

    @property
    def fixed_tokens(self) -> int:
        """How many tokens stand around a report in the prefix."""
        return len(self.head_ids) + len(self.bridge_ids)

    def report_ids(self, report: str) -> list[int]:
        """The report as plain text tokens: none of them is a control token."""
        return self._plain_ids(report)

    def prefix_ids(self, report_ids: Sequence[int]) -> list[int]:
        """Everything that all branches of one report share."""
        return [*self.head_ids, *report_ids, *self.bridge_ids]

    def question_ids(self, entity_type: EntityType) -> list[int]:
        """A branch up to where the model begins to choose: its question and ``{"<Type>":``."""
        words = self._plain_ids(f" {entity_type.question}{QUESTION_END}")
        forced = self._plain_ids(f"{{{json.dumps(entity_type.name)}:")
        return [*words, *self.turn_ids, *forced]

    def answer_ids(self, values: Sequence[str]) -> list[int]:
        """A whole answer after ``{"<Type>":``, its end token included."""
        return [*self._plain_ids(answer_text(values)), self.end_id]

    def _plain_ids(self, text: str) -> list[int]:
        encoded = self.tokenizer(text, add_special_tokens=False, split_special_tokens=True)
        return list(encoded["input_ids"])


def answer_text(values: Sequence[str]) -> str:
    """What the model writes after ``{"<Type>":``: ``' ["Ann Lee", "Bo Day"]}'``."""
    return f" {json.dumps(list(values), ensure_ascii=False)}}}"


def prompt_template(tokenizer: Any) -> PromptTemplate:
    """Cuts a tokenizer's chat template into the pieces of the protocol.

    Raises:
        ValueError: the tokenizer has no chat template, or one that refuses, drops or changes a message.
    """
    if not tokenizer.chat_template:
        raise ValueError("its tokenizer has no chat template")
    messages = [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": TEXT_TURN + REPORT_MARK},
        {"role": "assistant", "content": READ_TURN},
        {"role": "user", "content": f"{QUESTION_START}{QUESTION_MARK}"},
        {"role": "assistant", "content": ANSWER_MARK},
    ]
    try:
        rendered = tokenizer.apply_chat_template(messages, tokenize=False, date_string=FIXED_DATE)
    except TemplateError as error:  # such as a template without a system role
        raise ValueError(f"its chat template refuses the conversation: {error}") from error
    pieces = []
    for mark in (REPORT_MARK, QUESTION_MARK, ANSWER_MARK):
        piece, found, rendered = rendered.partition(mark)
        if not found:
            raise ValueError(f"its chat template does not keep a message as it is: {piece[-80:]!r}")
        pieces.append(piece)
    if SYSTEM not in pieces[0] or READ_TURN not in pieces[1]:
        raise ValueError("its chat template drops the system or the assistant message")
    if not rendered:
        raise ValueError("its chat template does not end an answer")
    head, bridge, turn = pieces

    def encode(text: str) -> tuple[int, ...]:
        return tuple(tokenizer(text, add_special_tokens=False)["input_ids"])

    digest = hashlib.sha256(json.dumps([*pieces, rendered, QUESTION_END]).encode()).hexdigest()[:32]
    return PromptTemplate(tokenizer, encode(head), encode(bridge), encode(turn), encode(rendered)[0], digest)
