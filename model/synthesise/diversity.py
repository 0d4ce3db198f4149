"""How different generated reports are: figures that fall when a generator repeats itself.

Source: distinct n-grams as in Li et al., A diversity-promoting objective function, 2016.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from crimeetl.model.synthesise.generator import SynthesisedReport

NGRAM = 4
NEAREST_AMONG = 400  # reports that each is compared with: all pairs of more would take minutes


@dataclass(frozen=True, slots=True)
class Diversity:
    """Figures over a set of reports; all between 0 and 1."""

    reports: int
    distinct_ngrams: float  # different word 4-grams of skeletons, as a share of all
    nearest_similarity: float  # mean over reports of the greatest Jaccard similarity of 4-grams with another
    unique_skeletons: float  # share of reports whose wording, values masked, no other report has

    def __str__(self) -> str:
        return (
            f"{self.reports} reports: distinct 4-grams {self.distinct_ngrams:.3f}, similarity to the nearest report "
            f"{self.nearest_similarity:.3f}, unique skeletons {self.unique_skeletons:.3f}"
        )


def diversity(reports: Sequence[SynthesisedReport]) -> Diversity:
    """Measures reports with their values masked, so that names and numbers do not count as variety."""
    skeletons = [skeleton(report) for report in reports]
    grams = [_ngrams(text.split()) for text in skeletons]
    total = sum(len(one) for one in grams)
    sets = [set(one) for one in grams[:NEAREST_AMONG]]
    nearest = [max((_jaccard(a, b) for j, b in enumerate(sets) if i != j), default=0.0) for i, a in enumerate(sets)]
    return Diversity(
        reports=len(reports),
        distinct_ngrams=len({gram for one in grams for gram in one}) / total if total else 0.0,
        nearest_similarity=sum(nearest) / len(nearest) if nearest else 0.0,
        unique_skeletons=list(Counter(skeletons).values()).count(1) / len(skeletons) if skeletons else 0.0,
    )


def skeleton(report: SynthesisedReport) -> str:
    """A report's words with each planted value, name and number replaced by a mark."""
    spans = [(way["start"], way["end"]) for values in report.entities.values() for way in _ways(values)]
    spans += [(row["start"], row["end"]) for row in report.identities]
    chars = list(report.text)
    for start, end in spans:
        chars[start:end] = ["\0"] * (end - start)
    masked = re.sub("\0+", " § ", "".join(chars))
    return " ".join(re.sub(r"\d+", "#", masked).lower().split())


def _ways(values: Sequence[object]) -> list[dict[str, int]]:
    found: list[dict[str, int]] = []
    for value in values:
        if isinstance(value, dict):
            found += value.get("alternatives", [value])
    return found


def _ngrams(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(tokens[i : i + NGRAM]) for i in range(max(1, len(tokens) - NGRAM + 1))]


def _jaccard(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if one or other else 0.0
