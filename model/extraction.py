"""What the extractor says about one report. Free of torch, so that loading rows never imports it."""

from dataclasses import dataclass
from typing import Literal

Source = Literal["model", "column", "review"]
"""Where a value comes from: the model's answer, a cell whose heading says what it holds, or a person."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One extracted value.

    ``report[char_start:char_end] == value`` for every copied value; both offsets are None for a choice value,
    which is derived and not copied.
    """

    value: str
    char_start: int | None  # half-open, in code points
    char_end: int | None
    confidence: float | None  # 0..1, calibrated, 1 of a person's; None of a column's, and without calibration
    source: Source = "model"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question: no mention means the report does not state it."""

    entity_type: str
    mentions: tuple[Mention, ...]  # in the order given
    presence: float | None  # 0..1: the model's probability, before any threshold, of a value; None if it was not asked
    is_cut: bool  # the token limit ended this answer; values after the last whole one may be missing


@dataclass(frozen=True, slots=True)
class Extraction:
    """The answers for one report, in the order of the schema's types: all of them, where the model was asked."""

    answers: tuple[Answer, ...]
    report_tokens: int  # of the report alone
    answer_tokens: int  # that the model had to choose, forced ones not counted
    window_count: int  # 1 unless the report was longer than the model's window
