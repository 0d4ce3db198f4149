"""Reports that stand in two parts of the data."""

import re
from collections import Counter
from collections.abc import Sequence

SHINGLE_WORDS = 5
NEAR_DUPLICATE = 0.5  # Jaccard similarity of word 5-grams at and above which two reports are one


def near_duplicates(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of reports of two splits that are the same report, or nearly.

    Returns:
        index pairs whose word 5-grams have a Jaccard similarity of at least NEAR_DUPLICATE.
    """
    shingled = [_shingles(text) for text in one]
    places: dict[tuple[str, ...], list[int]] = {}
    for i, shingles in enumerate(shingled):
        for shingle in shingles:
            places.setdefault(shingle, []).append(i)
    pairs = []
    for j, text in enumerate(other):
        shingles = _shingles(text)
        shared = Counter(i for shingle in shingles for i in places.get(shingle, ()))
        pairs += [
            (i, j)
            for i, count in sorted(shared.items())
            if count >= NEAR_DUPLICATE * (len(shingled[i]) + len(shingles) - count)
        ]
    return pairs


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + SHINGLE_WORDS]) for i in range(max(1, len(words) - SHINGLE_WORDS + 1))}
