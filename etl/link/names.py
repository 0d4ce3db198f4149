"""Names as they are compared when people and officers are linked: folded, in parts, and which of them exclude which."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import JaroWinkler

from crimeetl.etl.normalise import NAME_PARTICLES, plain

SIMILAR = 0.88  # Jaro-Winkler; as in the levels of people.json
GIVEN_NAMES = frozenset(("al", "mac"))  # that are particles too
RACES = {
    word: code
    for code, words in {
        "W": "w white caucasian anglo",
        "B": "b black african africanamerican",
        "H": "h hispanic latino latina",
        "A": "a asian oriental",
        "I": "i indian americanindian nativeamerican",
        "P": "p pacificislander",
    }.items()
    for word in words.split()
}
SHORT_FORMS = {
    name: frozenset(short.split())
    for name, short in {
        "alexander": "alex al", "andrew": "andy drew", "anthony": "tony", "benjamin": "ben benny",
        "catherine": "cathy kate katie", "charles": "charlie chuck chas", "christopher": "chris",
        "daniel": "dan danny", "david": "dave davey", "deborah": "deb debbie debra", "donald": "don donnie",
        "edward": "ed eddie ted", "elizabeth": "liz beth betty lizzie", "frederick": "fred freddie",
        "gregory": "greg", "james": "jim jimmy jamie", "jeffrey": "jeff", "jennifer": "jen jenny",
        "jessica": "jess jessie", "john": "johnny jack jon", "jonathan": "jon", "joseph": "joe joey",
        "joshua": "josh", "katherine": "kathy kate katie kathryn", "kenneth": "ken kenny", "kimberly": "kim",
        "lawrence": "larry", "margaret": "maggie peggy meg", "matthew": "matt", "michael": "mike mikey mick",
        "nicholas": "nick nicky", "pamela": "pam", "patricia": "pat patty trish", "patrick": "pat paddy",
        "peter": "pete", "phillip": "phil philip", "rebecca": "becky becca", "richard": "rick ricky dick rich",
        "robert": "bob bobby rob robbie", "ronald": "ron ronnie", "samantha": "sam", "samuel": "sam sammy",
        "stephen": "steve steven", "susan": "sue susie", "theodore": "ted teddy", "thomas": "tom tommy",
        "timothy": "tim timmy", "victoria": "vicky vicki", "vincent": "vince", "walter": "walt wally",
        "william": "bill billy will willie", "zachary": "zach zack",
    }.items()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A name's parts in small letters without accents; None for what is not stated."""

    given: str | None = None  # None too where only an initial is stated
    initial: str | None = None
    middle: str | None = None  # one letter where only that is stated
    family: str | None = None
    suffix: str | None = None
    whole: str | None = None  # of a company, or of what could not be taken apart; then the other parts are None

    @property
    def given_names(self) -> frozenset[str]:
        """The given name and those that it may be short for."""
        return frozenset() if self.given is None else _long_forms(self.given)


def person_name(verbatim: str | None, normalised: str | None, parts: Mapping[str, str | None]) -> Name:
    """A name to compare; an empty one for words that name nobody, such as "the clerk".

    Args:
        parts: given_name, middle_names, family_name and name_suffix, as ``person`` has them.
    """
    if verbatim is None or verbatim == verbatim.lower() or (normalised is None and "&" not in verbatim):
        return Name()
    family = parts["family_name"]
    if family is None:
        return Name(whole=folded(normalised or verbatim) or None)
    given, is_initial = _given(parts["given_name"] or "")
    if given in NAME_PARTICLES - GIVEN_NAMES:  # "Sergeant Van Dyke" gives no given name
        given = ""
    middle = next((word for word in (parts["middle_names"] or "").split() if word[0].isalnum()), "")  # no "Nickname"
    middle, is_middle_initial = _given(middle)
    return Name(
        given=None if is_initial else given or None,
        initial=given[:1] or None,
        middle=(middle[:1] if is_middle_initial else middle) or None,
        family=_surname(family) or None,
        suffix=parts["name_suffix"],
    )


def folded(text: str) -> str:
    """Small letters and digits without accents, single spaces; "O'Brien-Lee" is "obrien lee"."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.replace("-", " ")) if not unicodedata.combining(c))
    words = [plain(word).replace("_", "") for word in bare.split()]
    return " ".join(word for word in words if word)


def race_code(value: str | None) -> str | None:
    """A race in the one way that can be compared: codes and adjectives of one are equal, others stay words."""
    words = folded(value or "").replace(" ", "")
    return RACES.get(words, words) or None


def _surname(family: str) -> str:
    """A family name folded, without particles: "De La Cruz" is "cruz"."""
    words = folded(family).split()
    return " ".join([word for word in words if word not in NAME_PARTICLES] or words)


def _given(word: str) -> tuple[str, bool]:
    """A given name folded, and whether it is no more than initials, such as "J." or "J.R."."""
    name = folded(word)
    return name, len(name) < 2 or "." in word


@cache
def _long_forms(given: str) -> frozenset[str]:
    """A given name and those that it may be short for."""
    return frozenset({given, *(name for name, short in SHORT_FORMS.items() if given in short)})


def names_exclude(one: Name, other: Name) -> bool:
    """Whether two names cannot be one person's; a part that one of them does not state excludes nothing."""
    if one.family and other.family and not _families_agree(one.family, other.family):
        return True
    if one.suffix and other.suffix and one.suffix != other.suffix:
        return True
    if one.middle and other.middle and one.middle[0] != other.middle[0]:
        return True
    if one.given and other.given:
        return not (one.given_names & other.given_names or similar(one.given, other.given))
    if one.initial and other.initial:
        return _initials(one).isdisjoint(_initials(other))
    return False


def _initials(name: Name) -> set[str]:
    """Of the given name and those that it may be short for."""
    return {given[0] for given in name.given_names} or {name.initial or ""}


def _families_agree(one: str, other: str) -> bool:
    """Equal but for a slip, or one of two names, as in "Lee" and "Lee-Ray"."""
    return similar(one, other) or not set(one.split()).isdisjoint(other.split())


def similar(one: str, other: str) -> bool:
    """Equal but for a slip, by the measure of the linkage model."""
    return JaroWinkler.normalized_similarity(one, other) >= SIMILAR


def merged_name(names: Sequence[Name]) -> Name:
    """The parts of all, each from the first that has it."""
    return Name(
        given=next((name.given for name in names if name.given), None),
        initial=next((name.initial for name in names if name.initial), None),
        middle=max((name.middle for name in names if name.middle), key=len, default=None),
        family=next((name.family for name in names if name.family), None),
        suffix=next((name.suffix for name in names if name.suffix), None),
        whole=None if any(name.family for name in names) else names[0].whole,
    )
