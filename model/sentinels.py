"""Words that fill a form's field only to say that nothing is stated there."""

import unicodedata
from functools import lru_cache

# Casefolded, punctuation taken out and white space folded: "N/A" stands here as "n a".
SENTINELS = frozenset(
    {
        "",
        "n a",
        "na",
        "nil",
        "no data",
        "no information",
        "no information available",
        "no information provided",
        "no suspect",
        "no suspects",
        "no suspects identified",
        "no victim",
        "no victims",
        "no witness",
        "no witnesses",
        "no witnesses identified",
        "none",
        "none at this time",
        "none available",
        "none collected",
        "none found",
        "none given",
        "none identified",
        "none identified at this time",
        "none known",
        "none listed",
        "none noted",
        "none provided",
        "none recorded",
        "none recovered",
        "none reported",
        "none stated",
        "none yet",
        "not applicable",
        "not available",
        "not determined",
        "not disclosed",
        "not given",
        "not identified",
        "not identified at this time",
        "not known",
        "not listed",
        "not mentioned",
        "not noted",
        "not provided",
        "not recorded",
        "not released",
        "not reported",
        "not specified",
        "not stated",
        "not yet determined",
        "not yet identified",
        "nothing",
        "null",
        "redacted",
        "tba",
        "tbd",
        "to be determined",
        "unavailable",
        "undetermined",
        "undisclosed",
        "unidentified",
        "unk",
        "unknown",
        "unknown at this time",
        "unnamed",
        "unreported",
        "unspecified",
        "withheld",
    }
)


@lru_cache(maxsize=4096)  # each value is asked about by several tables
def is_sentinel(value: str) -> bool:
    """Whether the whole value says that nothing is stated, such as "N/A", "Not provided." or "none identified".

    A value that only contains such a word ("Unknown male in a red cap") says something and is no sentinel; one of
    nothing but punctuation and white space is one.
    """
    spaced = "".join(" " if unicodedata.category(char)[0] in "PZC" else char for char in value)
    return " ".join(spaced.casefold().split()) in SENTINELS
