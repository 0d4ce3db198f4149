"""Names of people: in the order in which they are spoken, and in parts; None where that is not certain."""

import re
from dataclasses import dataclass
from functools import lru_cache

from crimeetl.etl.normalise.codes import CODE_LEAD, CODE_WORD
from crimeetl.etl.normalise.text import LONGEST_VALUE_CHARS, plain, remembered, words
from crimeetl.model.sentinels import is_sentinel

TITLES = frozenset(
    words(
        "officer officers ofc ofcr off po pc detective det sergeant sgt lieutenant lt captain capt chief deputy dep "
        "corporal cpl trooper tpr inspector insp agent sheriff constable patrolman patrolwoman investigator inv "
        "commander cmdr superintendent supt colonel col police mr mrs ms miss mx dr prof professor rev reverend hon "
        "owner manager ceo victim witness suspect store business complainant reporting"
    )
)

GENERIC_WORDS = TITLES | frozenset(
    words(
        "a an the one two three four unidentified unknown unnamed another other adult male female man men woman women "
        "boy girl boys girls juvenile juveniles teen teens teenager teenagers child children person persons people "
        "individual individuals homeowner homeowners resident residents employee employees clerk cashier customer "
        "neighbor neighbors driver passenger pedestrian bystander bystanders victims witnesses suspects subject "
        "subjects caller young elderly several multiple"
    )
)

NAME_SUFFIXES = {"jr": "Jr.", "sr": "Sr.", "ii": "II", "iii": "III", "iv": "IV", "esq": "Esq.", "md": "MD"}

COMPANY_WORDS = frozenset(words("inc llc ltd co corp company corporation llp lp plc"))

NAME_PARTICLES = frozenset(words("de la las los del der van von den di da dos du el al bin ibn st mac"))

NAME_TAIL_CODE = re.compile(  # digits after a comma, a bracket or a word such as "badge", or three at least
    rf"(?:\s*[,;(/]\s*(?:age[sd]?\b:?\s*)?{CODE_LEAD}|\s+(?:age[sd]?\b:?\s*|{CODE_WORD})+|\s+(?=[a-z]?[0-9]{{3}}))"
    r"[a-z]{0,2}-?[0-9]+(?:\s*years? old)?\)?$",
    re.IGNORECASE,
)

BRACKETED_ROLE = re.compile(rf"\s*\((?:(?:{'|'.join(sorted(TITLES))})\b[ .]*)+\)", re.IGNORECASE)

MOST_GIVEN_NAMES = 3


@lru_cache(maxsize=4096)  # a value is read for its mention and again for its row
@remembered
def parse_person(value: str) -> str | None:
    """A name as people write it, given names first, without rank, role, badge or age.

    "SMITH, JOHN A." and "Officer John A. Smith, Badge #4521" are both "John A. Smith". Words that name nobody, such
    as "unidentified man", and values that name several have no reading.
    """
    text = " ".join(value.split())
    if len(text) > LONGEST_VALUE_CHARS or is_sentinel(text):
        return None
    text = BRACKETED_ROLE.sub("", NAME_TAIL_CODE.sub("", text))
    name = _joined_name([part for part in map(_untitled, re.split("[,;]", text)) if part])
    words = [plain(word) for word in name.split()]
    is_several = "and" in words or "&" in name.split()
    if is_several or not any(char.isalpha() for char in name) or GENERIC_WORDS.issuperset(words):
        return None
    return _cased_name(name)


def _untitled(part: str) -> str:
    """Part of a name without the ranks, titles and roles that lead it."""
    words = part.strip(" :*\"'#").split()
    while words and (plain(words[0]) in TITLES or not plain(words[0])):
        words.pop(0)
    return " ".join(words)


def _joined_name(parts: list[str]) -> str:
    """The parts between commas in speaking order."""
    suffixes = [NAME_SUFFIXES[plain(part)] for part in parts[1:] if plain(part) in NAME_SUFFIXES]
    names = parts[:1] + [part for part in parts[1:] if plain(part) not in NAME_SUFFIXES]
    if len(names) == 2 and _is_surname(names[0]) and _is_given_name(names[1]):
        family, *inner = _split_suffix(names[0])
        return " ".join([names[1], family, *inner, *suffixes])
    return ", ".join(names) if not suffixes else " ".join([", ".join(names), *suffixes])


def _split_suffix(surname: str) -> list[str]:
    words = surname.split()
    if len(words) > 1 and plain(words[-1]) in NAME_SUFFIXES:
        return [" ".join(words[:-1]), NAME_SUFFIXES[plain(words[-1])]]
    return [surname]


def _is_surname(text: str) -> bool:
    """One word, but for particles ("De La Cruz") and suffixes ("Smith Jr.")."""
    words = [plain(word) for word in text.split()]
    return len([word for word in words if word not in NAME_PARTICLES and word not in NAME_SUFFIXES]) == 1


def _is_given_name(text: str) -> bool:
    words = [plain(word) for word in text.split()]
    return len(words) <= MOST_GIVEN_NAMES and all(word.isalpha() and word not in COMPANY_WORDS for word in words)


def _cased_name(name: str) -> str:
    """Capitals or small letters throughout become ordinary spelling; mixed case is left as it is."""
    if not (name.isupper() or name.islower()):
        return name
    return " ".join(_cased_word(word) for word in name.split())


def _cased_word(word: str) -> str:
    if plain(word) in {"ii", "iii", "iv", "llc", "llp", "plc", "md"}:
        return word.upper()
    cased = re.sub(r"[^\W\d_]+", lambda letters: letters.group().capitalize(), word)
    cased = re.sub(r"\bMc([a-z])(?=[a-z]{2})", lambda letter: "Mc" + letter.group(1).upper(), cased)
    return re.sub(r"(['’])S\b", r"\1s", cased)


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


@remembered
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
