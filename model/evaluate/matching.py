"""Which predicted value is which gold value, by measure."""

from collections.abc import Sequence

from rapidfuzz.fuzz import token_sort_ratio

from crimeetl.model.decode import occurrences, report_words
from crimeetl.model.extraction import Mention
from crimeetl.model.labels import GoldMention

MEASURES = ("exact", "fuzzy", "approximate", "overlap")
FUZZY_LEAST = 85.0
Gold = Sequence[Sequence[GoldMention]]  # values, each with its alternatives


def match(text: str, gold: Gold, mentions: Sequence[Mention], measure: str) -> list[tuple[int, int]]:
    """Pairs of gold value and mention that count as the same; each stands in one pair at most, best pairs first.

    Args:
        measure: one of MEASURES.
    """
    candidates = [
        (-likeness, i, j)
        for i, ways in enumerate(gold)
        for j, mention in enumerate(mentions)
        if (likeness := max(_likeness(text, way, mention, measure) for way in ways)) > 0
    ]
    pairs: list[tuple[int, int]] = []
    for _, i, j in sorted(candidates):
        if all(i != other_i and j != other_j for other_i, other_j in pairs):
            pairs.append((i, j))
    return pairs


def _likeness(text: str, gold: GoldMention, mention: Mention, measure: str) -> float:
    """How well they match, 0 where they do not."""
    if measure == "exact":
        return float(gold.value == mention.value)
    if measure == "fuzzy":
        ratio = token_sort_ratio(gold.value, mention.value)
        return ratio if ratio >= FUZZY_LEAST else 0.0
    if measure == "approximate":
        shorter, longer = sorted((gold.value.casefold(), mention.value.casefold()), key=len)
        return len(shorter) / len(longer) if shorter and shorter in longer else 0.0
    if mention.char_start is None or mention.char_end is None:
        return float(gold.value == mention.value)
    spans = spans_of(text, gold)
    return float(max((min(end, mention.char_end) - max(start, mention.char_start) for start, end in spans), default=0))


def spans_of(text: str, gold: GoldMention) -> list[tuple[int, int]]:
    """Where it is labelled; all its occurrences where the data gives no offsets."""
    if gold.char_start is not None and gold.char_end is not None:
        return [(gold.char_start, gold.char_end)]
    return [(start, start + len(gold.value)) for start in occurrences(report_words(text), gold.value)]
