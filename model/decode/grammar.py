r"""What an answer may say: whole words of the report, copied, as JSON.

One grammar serves all span questions of a report. It admits `` ["Ann Lee", "Bo Day"]`` where each value is a run of
the report's own word chunks, JSON-escaped, that neither begins nor ends with white space. A chunk is

    Officer|␣|O|'|Malley|,|␣|badge|␣|#|4521        a word, a number, one space, one mark
    Times|Jassely|␣|19|yo                          and glued words come apart

Choice questions admit their choices alone; integer questions admit the report's numbers.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import llguidance
import llguidance.hf

from crimeetl.model.schema import EntityType
from crimeetl.model.tree import PromptTemplate

# One unit of a JSON string that is not white space: a plain character, or an escape other than \n \r \t \f \b.
_SOLID = r'([^\s\\"]|\\["\\\/u])'
_ANY = r"([^\\]|\\.)"
VALUE_SHAPE = f"/{_SOLID}({_ANY}*{_SOLID})?/"
MAX_CHOICES = 16  # a choice may repeat, once for each victim, but not for ever


@dataclass(frozen=True, slots=True)
class ReportWords:
    """A report cut into the chunks that values are made of; their concatenation is the report."""

    text: str
    chunks: tuple[str, ...]
    starts: frozenset[int]  # character offsets at which a chunk begins
    ends: frozenset[int]


def report_words(text: str) -> ReportWords:
    """Cuts a report into word chunks."""
    boundaries = sorted({0, *(i for i in range(1, len(text)) if _is_boundary(text[i - 1], text[i])), len(text)})
    chunks = tuple(text[a:b] for a, b in pairwise(boundaries))
    return ReportWords(text, chunks, frozenset(boundaries[:-1]), frozenset(boundaries[1:]))


def _is_boundary(left: str, right: str) -> bool:
    """Whether a value may begin or end between two neighbouring characters."""
    if unicodedata.category(right).startswith("M") or right == "\u200d":
        return False  # a combining mark stays with its letter
    left_class, right_class = _character_class(left), _character_class(right)
    if left_class == right_class:
        return left_class in {"mark", "ideograph"}
    # A capital and the small letters after it are one word: "Malley", not "M" and "alley".
    return not (left_class == "upper" and right_class == "lower")


def _character_class(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Lo":
        return "ideograph" if not character.isascii() and ord(character) >= 0x2E80 else "lower"
    if category in {"Lu", "Lt"}:
        return "upper"
    if category.startswith(("L", "M")) or character == "\u200d":
        return "lower"
    if category.startswith("N"):
        return "digit"
    return "mark"


def occurrences(words: ReportWords, value: str) -> list[int]:
    """Where a value stands in the report as whole chunks: its start offsets, ascending, overlaps included."""
    found, start = [], words.text.find(value)
    while start >= 0:
        if start in words.starts and start + len(value) in words.ends:
            found.append(start)
        start = words.text.find(value, start + 1)
    return found


class AnswerGrammar:
    """Compiles answers' grammars for one template; build it once, it takes about a second."""

    def __init__(self, template: PromptTemplate, *, vocabulary_size: int) -> None:
        """Reads the tokenizer's vocabulary.

        Args:
            vocabulary_size: of the model's logits, which may be wider than the tokenizer.
        """
        self.end_id, self.closing = template.end_id, template.asking.closing
        self.tokenizer = llguidance.hf.from_tokenizer(
            template.tokenizer, n_vocab=vocabulary_size, eos_token=self.end_id
        )

    def matchers(self, words: ReportWords, entity_types: Iterable[EntityType]) -> list[Any]:
        """One fresh llguidance matcher a question; questions alike in kind share one compilation."""
        compiled: dict[Any, Any] = {}
        matchers = []
        for entity_type in entity_types:
            alike = (entity_type.kind, entity_type.is_multiple, tuple(entity_type.choices or ()))
            if alike not in compiled:
                source = answer_grammar(words.chunks, entity_type, closing=self.closing)
                compiled[alike] = llguidance.LLMatcher(self.tokenizer, source, log_level=0)
                if compiled[alike].is_error():
                    raise ValueError(f"no grammar for {entity_type.name}: {compiled[alike].get_error()}")
            matchers.append(compiled[alike].deep_copy())
        return matchers

    def refusal(self, matcher: Any, answer_ids: Sequence[int]) -> str | None:
        """Where a matcher's grammar refuses a whole answer, end token included; None where it admits it."""
        admitted = matcher.validate_tokens(list(answer_ids))
        if admitted == len(answer_ids):
            return None
        return f"after {self.tokenizer.decode_str(list(answer_ids[:admitted]))!r}"


def answer_grammar(chunks: Sequence[str], entity_type: EntityType, *, closing: str) -> str:
    """The Lark grammar of one question's answer, from `` [`` to what closes it."""
    value = _value_rule(chunks, entity_type)
    if value is None:
        return f'start: " [{closing}"'
    if entity_type.kind == "choice" and entity_type.is_multiple:
        items = f'(value (", " value){{0,{MAX_CHOICES - 1}}})?'
    elif entity_type.is_multiple:
        items = '(value (", " value)*)?'
    else:
        items = "value?"
    return f'start: " [" {items} "{closing}"\nvalue: "\\"" VALUE "\\""\nVALUE: {value}\n'


def _value_rule(chunks: Sequence[str], entity_type: EntityType) -> str | None:
    if entity_type.kind == "choice":
        return " | ".join(json.dumps(_escape(choice)) for choice in entity_type.choices)
    if entity_type.kind == "integer":
        numbers = sorted({chunk for chunk in chunks if re.fullmatch("[0-9]+", chunk)})
        return " | ".join(json.dumps(number) for number in numbers) or None
    if not any(chunk.strip() for chunk in chunks):
        return None
    escaped = json.dumps({"substring_chunks": [_escape(chunk) for chunk in chunks]}, ensure_ascii=False)
    return f"( %regex {escaped} ) & {VALUE_SHAPE}"


def _escape(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]
