"""Reports longer than the model should read at once: overlapping windows, and their answers as one.

report    |----------------------------------------|
windows   |------------------|
                       |------------------|            each begins and ends between paragraphs if it can,
                                    |---------------|  else sentences, else words
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import EntitySchema, EntityType

# Where a window may end, best first: after a blank line, a line, a sentence, a word.
BREAKS = tuple(re.compile(pattern) for pattern in (r"\n\s*\n", r"\n", r"[.!?][\"')\]]*\s+", r"\s+"))


def split_windows(
    text: str, token_spans: Sequence[tuple[int, int]], *, window_tokens: int, overlap_tokens: int
) -> list[tuple[int, int]]:
    """Cuts a text into windows of at most ``window_tokens`` tokens.

    Args:
        token_spans: [T], half-open character offsets of each token in the text, ascending.
        overlap_tokens: about so many tokens stand in two neighbouring windows.

    Returns:
        half-open character offsets; every character is in a window, and neighbours overlap.
    """
    windows, first = [], 0
    while len(token_spans) - first > window_tokens:
        start = 0 if first == 0 else token_spans[first][0]
        last = first + window_tokens
        least = token_spans[first + (window_tokens + overlap_tokens) // 2][0]
        end = _last_break(text, least, token_spans[last][0])
        windows.append((start, end))
        after = next(i for i in range(first, last + 1) if token_spans[i][1] >= end)
        back = token_spans[max(first + 1, after - overlap_tokens)][0]
        resume = _last_break(text, back, token_spans[max(first + 1, after - overlap_tokens // 2)][0])
        first = next(i for i in range(first + 1, last + 1) if token_spans[i][1] > resume)
    windows.append((0 if first == 0 else token_spans[first][0], len(text)))
    return windows


def _last_break(text: str, least: int, most: int) -> int:
    """The best place to cut in [least, most]; ``most`` itself where there is no white space at all."""
    for pattern in BREAKS:
        ends = [match.end() for match in pattern.finditer(text, least, most)]
        if ends:
            return ends[-1]
    return most


def merge_windows(schema: EntitySchema, windows: Sequence[tuple[int, Extraction]]) -> Extraction:
    """The answers of a report's windows as one, offsets counted from the report's start.

    A value found in two overlapping windows is one value. Of two overlapping but different ones the more confident
    stays. A single-valued type keeps its most confident value, a derived choice the window's most sure of it.

    Args:
        windows: each window's start offset and extraction.
    """
    if len(windows) == 1:
        return windows[0][1]
    answers = []
    for number, entity_type in enumerate(schema.types):
        parts = [(start, extraction.answers[number]) for start, extraction in windows]
        answers.append(_merge_answers(entity_type, parts))
    return Extraction(
        answers=tuple(answers),
        report_tokens=sum(extraction.report_tokens for _, extraction in windows),
        answer_tokens=sum(extraction.answer_tokens for _, extraction in windows),
        window_count=len(windows),
    )


def _merge_answers(entity_type: EntityType, parts: Sequence[tuple[int, Answer]]) -> Answer:
    surest = max((answer for _, answer in parts), key=lambda answer: answer.presence or 0.0)
    presence = surest.presence
    is_cut = any(answer.is_cut for _, answer in parts)
    if entity_type.kind == "choice":
        return Answer(entity_type.name, surest.mentions, presence, is_cut)
    shifted = [_shift(mention, start) for start, answer in parts for mention in answer.mentions]
    kept: list[Mention] = []
    for mention in sorted(shifted, key=_by_confidence):
        if not any(_overlap(mention, other) for other in kept):
            kept.append(mention)
    if not entity_type.is_multiple:
        kept = kept[:1]
    return Answer(entity_type.name, tuple(sorted(kept, key=lambda m: (m.char_start, m.char_end))), presence, is_cut)


def _by_confidence(mention: Mention) -> tuple[float, int, int]:
    confidence = 0.0 if mention.confidence is None else mention.confidence
    assert mention.char_start is not None and mention.char_end is not None
    return (-confidence, mention.char_start - mention.char_end, mention.char_start)


def _shift(mention: Mention, start: int) -> Mention:
    assert mention.char_start is not None and mention.char_end is not None
    return replace(mention, char_start=mention.char_start + start, char_end=mention.char_end + start)


def _overlap(one: Mention, other: Mention) -> bool:
    assert one.char_start is not None and one.char_end is not None
    assert other.char_start is not None and other.char_end is not None
    return one.char_start < other.char_end and other.char_start < one.char_end
