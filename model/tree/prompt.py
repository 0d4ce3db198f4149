"""What a base model sees, as token ids.

The pieces come from the base's own chat template; the report and the questions are encoded apart from it, so that
control tokens written in a report stay plain text.

Read as a tree, everything before a type's own words is the prefix that all questions share; from there to where the
model begins to choose is the branch's question, and the rest is its answer. An answer begins at `` [``, because
tokenizers have single tokens for `` ["`` and `` []``.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from crimeetl.model.schema import EntityType
from crimeetl.model.tree.asking import ANSWER_MARK, QUESTION_MARK, REPORT_MARK, Asking

FIXED_DATE = "26 Jul 2024"  # for templates that print today's date: an adapter must meet the same words every day


@dataclass(frozen=True)
class PromptTemplate:
    """One base's chat template in one way of asking, cut where the report, the question and the answer stand."""

    tokenizer: Any
    asking: Asking
    head_ids: tuple[int, ...]  # before the report
    bridge_ids: tuple[int, ...]  # from the end of the report to where a type's own words begin
    turn_ids: tuple[int, ...]  # from the end of the question to the start of the answer
    end_id: int  # the token that ends a turn
    digest: str  # 32 hex digits over the pieces' text and the wording

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
        """A branch up to where the model begins to choose."""
        words = self._plain_ids(self.asking.question_text(entity_type))
        return [*words, *self.turn_ids, *self._plain_ids(self.asking.start_text(entity_type))]

    def answer_ids(self, values: Sequence[str]) -> list[int]:
        """A whole answer after its start, with the end of the turn where that is learned."""
        answer = self._plain_ids(self.asking.answer_text(values))
        return [*answer, self.end_id] if self.asking.ends_turn else answer

    def _plain_ids(self, text: str) -> list[int]:
        encoded = self.tokenizer(text, add_special_tokens=False, split_special_tokens=True)
        return list(encoded["input_ids"])


def prompt_template(tokenizer: Any, asking: Asking) -> PromptTemplate:
    """Cuts a tokenizer's chat template into the pieces of a way of asking.

    Raises:
        ValueError: the tokenizer has no chat template, or one that refuses, drops or changes a message.
    """
    if not tokenizer.chat_template:
        raise ValueError("its tokenizer has no chat template")
    messages = [{"role": role, "content": content} for role, content in asking.messages]
    try:
        rendered = tokenizer.apply_chat_template(messages, tokenize=False, date_string=FIXED_DATE)
    except TemplateError as error:  # such as a template without a system role
        raise ValueError(f"its chat template refuses the conversation: {error}") from error
    pieces, rest = [], rendered
    for mark in (REPORT_MARK, QUESTION_MARK, ANSWER_MARK):
        if any(mark in content for _, content in asking.messages):
            piece, found, rest = rest.partition(mark)
            if not found:
                raise ValueError(f"its chat template does not keep a message as it is: {piece[-80:]!r}")
            pieces.append(piece)
    if not all(content in rendered for _, content in asking.messages):
        raise ValueError("its chat template drops the system or the assistant message")
    if not rest:
        raise ValueError("its chat template does not end an answer")
    head, bridge, *turn = pieces

    def encode(text: str) -> tuple[int, ...]:
        return tuple(tokenizer(text, add_special_tokens=False)["input_ids"])

    digest = hashlib.sha256(json.dumps([*pieces, rest, asking.digested]).encode()).hexdigest()[:32]
    return PromptTemplate(
        tokenizer, asking, encode(head), encode(bridge), encode("".join(turn)), encode(rest)[0], digest
    )
