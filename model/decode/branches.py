"""One question under way: what has been chosen for it so far, and the answer that comes of it."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from crimeetl.model.decode.grammar import ReportWords

STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
BEGUN = re.compile(r'(?:[^"\\]|\\u[0-9a-fA-F]{4}|\\[^u])+')  # a string's inside, up to where no escape is half done


@dataclass(frozen=True, slots=True)
class DecodedValue:
    """One value as the model gave it, with what its confidence is computed from (natural logarithms, unmasked)."""

    value: str
    mean_log_probability: float  # of the tokens that the model chose for it
    least_log_probability: float
    close_log_probability: float  # of the token that ended it: the choice between one more value and none


@dataclass(frozen=True, slots=True)
class DecodedAnswer:
    """One question's answer."""

    values: tuple[DecodedValue, ...]
    presence: float  # 0..1, the probability of some value against none, before the grammar's mask
    is_cut: bool  # it was not whole when it ended: the token limit came first
    chosen_tokens: int  # steps that this branch took part in


@dataclass(slots=True)
class LiveBranch:
    row: int
    number: int  # 1..Q, its branch id
    matcher: Any
    words: ReportWords
    may_repeat: bool
    least_presence: float | None
    position: int  # of the next token to feed
    at: int = 0  # the row of the step's logits that the next choice is made from
    pending: list[int] = field(default_factory=list)  # tokens to feed in the next block
    draft: list[int] = field(default_factory=list)  # tokens fed after them on trial, and not yet chosen
    drafted: int = 0  # how many were, in the block before
    open_value: str | None = None  # the value that is being given, as far as it goes
    is_between: bool = False  # one value is given and another will be
    is_finished: bool = False
    is_whole: bool = False  # the grammar has nothing more to add
    pieces: list[tuple[bytes, float | None]] = field(default_factory=list)  # bytes, log probability (None: forced)
    answer_tokens: int = 0
    chosen_tokens: int = 0
    presence: float | None = None  # None until a token decides between some value and none
    value_count: int = 0
    is_repeating: bool = False


def look_back(branch: LiveBranch) -> list[str]:
    """The whole values so far; notes what the branch is in the midst of."""
    text = b"".join(piece for piece, _ in branch.pieces).decode("utf-8", "replace")
    matches = list(STRING.finditer(text))
    rest = text[matches[-1].end() if matches else 0 :]
    begun = rest.partition('"')[2]
    is_sound = BEGUN.fullmatch(begun) and "\ufffd" not in begun  # not half a letter
    branch.open_value = json.loads(f'"{begun}"') if is_sound else None
    branch.is_between = rest == ","
    return [json.loads(match.group()) for match in matches]


def answer_of(branch: LiveBranch) -> DecodedAnswer:
    """The whole values of a finished branch, each with the log probabilities of its own tokens."""
    text = b"".join(piece for piece, _ in branch.pieces).decode("utf-8", "replace")
    matches = list(STRING.finditer(text))
    if branch.is_repeating:
        matches.pop()
    values = []
    for match in matches:
        start, end = (len(text[:offset].encode()) for offset in match.span())
        inside = _log_probabilities(branch, start + 1, end - 1)
        close = _log_probabilities(branch, end - 1, end)
        values.append(
            DecodedValue(
                value=json.loads(match.group()),
                mean_log_probability=sum(inside) / len(inside) if inside else 0.0,
                least_log_probability=min(inside, default=0.0),
                close_log_probability=close[0] if close else 0.0,
            )
        )
    is_cut = not (branch.is_whole or branch.is_repeating)
    return DecodedAnswer(tuple(values), branch.presence or 0.0, is_cut, branch.chosen_tokens)


def _log_probabilities(branch: LiveBranch, start: int, end: int) -> list[float]:
    """Of each chosen token that covers some of the answer's bytes [start, end); forced tokens have none."""
    found, at = [], 0
    for piece, log_probability in branch.pieces:
        if log_probability is not None and at < end and at + len(piece) > start:
            found.append(log_probability)
        at += len(piece)
    return found
