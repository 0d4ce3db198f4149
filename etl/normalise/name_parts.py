"""A normalised name in parts: given name, middle names, family name and suffix; NULL where that is not certain."""

import re
from dataclasses import dataclass

from crimeetl.etl.normalise.values import COMPANY_WORDS, NAME_PARTICLES, NAME_SUFFIXES, plain

SUFFIXES = frozenset(NAME_SUFFIXES.values())
SURNAME_TITLE = re.compile(
    r"\s*(?:officer|ofc|ofcr|off|po|detective|det|sergeant|sgt|lieutenant|lt|captain|capt|chief|deputy|dep|corporal|cpl"
    r"|trooper|tpr|inspector|insp|agent|sheriff|constable|investigator|inv|mr|mrs|ms|miss|dr|prof|judge|rev)\b",
    re.IGNORECASE,
)
MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class NameParts:
    """A person's name; a part that the name does not state is None."""

    given_name: str | None = None
    middle_names: str | None = None
    family_name: str | None = None
    name_suffix: str | None = None


def name_parts(name: str, verbatim: str) -> NameParts | None:
    """Takes "Maria De La Cruz Jr." apart; None for companies, digits and what may be no person's name.

    Args:
        name: as ``parse_person`` gives it, given names first.
        verbatim: as the report has it; a title before it tells that a single word is the family name.
    """
    words = name.split()
    suffix = words.pop() if len(words) > 1 and words[-1] in SUFFIXES else None
    plain_words = [plain(word) for word in words]
    is_person = 0 < len(words) <= MOST_WORDS and all(word.isalpha() for word in plain_words)
    if not is_person or "," in name or COMPANY_WORDS.intersection(plain_words):
        return None
    if len(words) == 1:
        return NameParts(family_name=words[0], name_suffix=suffix) if SURNAME_TITLE.match(verbatim) else None
    start = len(words) - 1
    while start > 1 and plain_words[start - 1] in NAME_PARTICLES:
        start -= 1
    return NameParts(words[0], " ".join(words[1:start]) or None, " ".join(words[start:]), suffix)
