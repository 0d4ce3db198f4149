"""Places as house number, street, block or crossing, city and state; None where the words read in more than one way.

    456 Oak St Apt 3, Rivertown, OH     house number, street, unit, city, state
    1200 block of N Main Street         block, street
    corner of 5th & Main St             street, crossing
    Rite Aid, 456 Oak Street            landmark, house number, street

A street is known by its last word ("Street", "Ave"), by its number ("5th", "Highway 99"), or by standing at a crossing.
"Near", "behind" and the like name another place than the one meant, so they have no reading.
"""

import re
from dataclasses import dataclass

from crimeetl.etl.normalise.text import remembered

LONGEST_PLACE_CHARS = 160

SUFFIXES = {
    spelling: suffix
    for suffix, spellings in {
        "Alley": "alley aly",
        "Avenue": "avenue ave av",
        "Boulevard": "boulevard blvd boul bl",
        "Bypass": "bypass byp",
        "Circle": "circle cir",
        "Close": "close",
        "Court": "court ct",
        "Cove": "cove cv",
        "Crescent": "crescent cres",
        "Crossing": "crossing xing",
        "Drive": "drive dr drv",
        "Expressway": "expressway expy",
        "Freeway": "freeway fwy",
        "Highway": "highway hwy",
        "Hill": "hill",
        "Lane": "lane ln",
        "Loop": "loop",
        "Mall": "mall",
        "Park": "park",
        "Parkway": "parkway pkwy pky",
        "Path": "path",
        "Pike": "pike",
        "Place": "place pl",
        "Plaza": "plaza plz",
        "Ridge": "ridge rdg",
        "Road": "road rd",
        "Row": "row",
        "Run": "run",
        "Square": "square sq",
        "Street": "street str st",
        "Terrace": "terrace ter terr",
        "Trail": "trail trl",
        "Turnpike": "turnpike tpke",
        "Walk": "walk",
        "Way": "way wy",
    }.items()
    for spelling in spellings.split()
}
WEAK_SUFFIXES = frozenset(("Hill", "Mall", "Park", "Path", "Place", "Plaza", "Ridge", "Row", "Run", "Square", "Walk"))
"""Words that also end the names of landmarks: a street only behind a house number or "block of"."""
DIRECTIONS = {
    **{word.lower(): word for word in ("North", "South", "East", "West")},
    **{"n": "North", "s": "South", "e": "East", "w": "West"},
    **{"northeast": "Northeast", "northwest": "Northwest", "southeast": "Southeast", "southwest": "Southwest"},
    **{"ne": "Northeast", "nw": "Northwest", "se": "Southeast", "sw": "Southwest"},
}
STATES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "florida": "FL", "georgia": "GA", "hawaii": "HI", "idaho": "ID",
    "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY", "louisiana": "LA",
    "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN", "mississippi": "MS",
    "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH", "new jersey": "NJ",
    "new mexico": "NM", "new york": "NY", "north carolina": "NC", "north dakota": "ND", "ohio": "OH", "oklahoma": "OK",
    "oregon": "OR", "pennsylvania": "PA", "rhode island": "RI", "south carolina": "SC", "south dakota": "SD",
    "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT", "virginia": "VA", "washington": "WA",
    "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY", "district of columbia": "DC",
}  # fmt: skip
STATE_CODES = frozenset(STATES.values())
CITY_OR_STATE = frozenset(("new york", "washington"))

ORDINAL = r"[0-9]+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
NUMBERED = re.compile(
    rf"(?:{ORDINAL})|(?:i|us|sr|cr|fm|interstate|highway|hwy|route|rt|rte|state route|state highway|us highway"
    r"|us route|county road|county route)[- ]?[0-9]{1,4}[a-z]?(?: (?:north|south|east|west)(?:bound)?| [nsew]b)?"
    r"|broadway|(?:avenue|avenida) of the [a-z]+|avenue [a-z]",
    re.IGNORECASE,
)
NO_STREET_WORDS = frozenset(
    ("of", "the", "in", "at", "on", "to", "from", "and", "or", "a", "an", "lot", "front", "side")
)
STREET_WORD = re.compile(r"[^\W_][\w.'’-]*")
MOST_STREET_WORDS = 6
BLOCK = re.compile(
    r"(?:the )?(?P<block>[0-9]{1,5}0|0)[ -]*(?:hundred )?(?:block|blk\.?)(?: of| on)? (?P<street>.+)", re.I
)
HOUSE = re.compile(r"(?P<number>[0-9]{1,6}(?:-[0-9]{1,4})?(?: ?1/2)?[a-z]?) (?P<street>.+)", re.I)
CROSSING_LEAD = re.compile(r"(?:the )?(?:corner|intersection|junction) of (?:the )?", re.I)
CROSSING = re.compile(r"\s*(?:/|&|@)\s*|\s+(?:and|at)\s+", re.I)
UNIT = re.compile(
    r"(?:#|(?:apt|apartment|unit|suite|ste|room|rm|lot|space|spc|floor|fl)\b\.? ?#?) ?(?P<unit>[a-z0-9-]{1,6})", re.I
)
UNIT_TAIL = re.compile(rf",?\s+{UNIT.pattern}$", re.I)
POSTAL_CODE = re.compile(r"\s*\b(?P<code>[0-9]{5})(?:-[0-9]{4})?$")
LEAD = re.compile(r"(?:at|in|on|inside|outside|in front of|address:?|location:?)\s+(?:the\s+(?=[0-9]))?", re.I)
INEXACT = re.compile(
    r"(?:near|nearby|behind|around|close to|by|across from|between|outside of|off|along|toward)\b", re.I
)
CITY = re.compile(r"[^\W\d_][^\W\d_.'’ -]*(?:[ .'’-]+[^\W\d_]+){0,4}")


@dataclass(frozen=True, slots=True)
class Place:
    """The parts of a place that its words state; streets in full spelling."""

    house_number: str | None = None
    street: str | None = None
    unit: str | None = None
    block: int | None = None
    crossing: str | None = None  # the other street
    landmark: str | None = None
    city: str | None = None
    state: str | None = None  # two letters
    postal_code: str | None = None


@remembered
def parse_place(value: str) -> Place | None:
    """A place's parts, or None where they are not certain: at least a street is needed."""
    text = " ".join(value.split()).strip(" .,;:()")
    if len(text) > LONGEST_PLACE_CHARS or INEXACT.match(text):
        return None
    text = LEAD.sub("", text, count=1) if LEAD.match(text) else text
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        return None
    found: dict[str, str | None] = {}
    if len(parts) > 1:
        parts = _area(parts, found)
    units = [i for i, part in enumerate(parts) if i and UNIT.fullmatch(part)]
    if units:
        found["unit"] = UNIT.fullmatch(parts.pop(units[0]))["unit"]  # type: ignore[index]
    street = _street_parts(parts[0])
    if street is None and len(parts) == 2:
        street = _street_parts(parts[1])
        if street is not None:
            found["landmark"] = parts.pop(0)
    if street is None or len(parts) != 1:
        return None
    return Place(**{**found, **street})  # type: ignore[arg-type]


def _area(parts: list[str], found: dict[str, str | None]) -> list[str]:
    """Takes postal code, state and city off the end, as far as they are there."""
    *rest, last = parts
    if matched := POSTAL_CODE.search(last):
        found["postal_code"] = matched["code"]
        last = last[: matched.start()].strip()
    words = last.split()
    name = last.lower()
    if last in STATE_CODES or (name in STATES and (name not in CITY_OR_STATE or len(rest) > 1)):
        found["state"] = last if last in STATE_CODES else STATES[name]
        *rest, last = rest if len(rest) > 1 else [*rest, ""]
    elif len(words) > 1 and words[-1] in STATE_CODES:
        found["state"] = words[-1]
        last = " ".join(words[:-1])
    if not last:
        return rest
    is_street = _street_parts(last) is not None or UNIT.fullmatch(last) is not None
    is_certain = last.lower() not in CITY_OR_STATE or "state" in found
    if rest and CITY.fullmatch(last) and not is_street and is_certain:
        found["city"] = last
        return rest
    return [*rest, last]


def _street_parts(text: str) -> dict[str, str | int | None] | None:
    found: dict[str, str | int | None] = {}
    if matched := UNIT_TAIL.search(text):
        found["unit"] = matched["unit"]
        text = text[: matched.start()]
    if matched := BLOCK.fullmatch(text):
        street = _street(matched["street"], is_sure=True)
        return None if street is None else {**found, "block": int(matched["block"]), "street": street}
    if (matched := HOUSE.fullmatch(text)) and (street := _street(matched["street"], is_sure=True)) is not None:
        return {**found, "house_number": matched["number"].upper(), "street": street}
    lead = CROSSING_LEAD.match(text)
    sides = CROSSING.split(text[lead.end() :] if lead else text)
    if len(sides) == 2:
        one, other = (_street(side, is_sure=False) or (_bare_street(side) if lead else None) for side in sides)
        if one is None and other is not None:
            one = _bare_street(sides[0])
        if other is None and one is not None:
            other = _bare_street(sides[1])
        return None if one is None or other is None else {**found, "street": one, "crossing": other}
    street = _street(text, is_sure=False)
    return None if street is None else {**found, "street": street}


def _street(text: str, *, is_sure: bool) -> str | None:
    """A street in full spelling: "N Oak St." is "North Oak Street"."""
    words = text.replace(".", " ").split()
    if not words or len(words) > MOST_STREET_WORDS or not all(STREET_WORD.fullmatch(word) for word in words):
        return None
    if NUMBERED.fullmatch(" ".join(words)):
        return " ".join(_cased(words))
    if any(word.lower() in NO_STREET_WORDS for word in words) or any(word.isdigit() for word in words[1:-1]):
        return None
    before = after = ""
    direction = words[0].lower()
    if len(words) > 1 and direction in DIRECTIONS:
        before, words = DIRECTIONS[direction], words[1:]
    if len(words) > 1 and words[-1].lower() in DIRECTIONS:
        after, words = DIRECTIONS[words[-1].lower()], words[:-1]
    suffix = SUFFIXES.get(words[-1].lower(), "")
    if suffix and len(words) > 1 and (is_sure or suffix not in WEAK_SUFFIXES) and words[0].lower() != "the":
        named = [*_cased(words[:-1]), suffix]
    elif NUMBERED.fullmatch(" ".join(words)):
        named = _cased(words)
    elif suffix and len(words) == 1 and before:  # "North Street" and "N Street" are names
        named, before = [before if len(direction) > 1 else direction.upper(), suffix], ""
    else:
        return None
    return " ".join(filter(None, [before, *named, after]))


def _bare_street(text: str) -> str | None:
    """One side of a crossing whose suffix is left out: "5th" or "Main"."""
    words = text.replace(".", " ").split()
    is_name = 0 < len(words) <= 3 and all(STREET_WORD.fullmatch(word) for word in words) and words[0].lower() != "the"
    return " ".join(_cased(words)) if is_name and (words[0][0].isupper() or words[0][0].isdigit()) else None


def _cased(words: list[str]) -> list[str]:
    """Capitals or small letters throughout become ordinary spelling."""
    text = " ".join(words)
    if not (text.isupper() or text.islower()):
        return words
    return [
        word.lower() if word[0].isdigit() else word.capitalize() if len(word) > 2 else word.upper() for word in words
    ]
