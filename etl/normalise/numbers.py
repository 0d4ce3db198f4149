"""Ages and counts, in figures or words."""

import re

from crimeetl.etl.normalise.text import bare, remembered, words

UNITS = {
    word: number
    for number, word in enumerate(
        words(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        )
    )
}
TENS = {
    word: 10 * number
    for number, word in enumerate(words("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)
}
AGE = re.compile(
    r"(?:(?:age|aged|an?|the)\b:?\s*)*(?P<number>[0-9]{1,3}|[a-z]+(?:[ -][a-z]+){0,4}?)"
    r"(?:[ -]*(?P<unit>years?|yrs?|months?|mos?|weeks?|days?)\b\.?(?:[ -](?:old|of age))?"
    r"|[ -]*(?:y\.?/?o\.?|yoa|y/o/a))?"
    r"(?:[ -](?:man|woman|male|female|boy|girl|person|victim|suspect|teen|teenager|child|adult|juvenile|resident))?"
)
AGE_UNITS_A_YEAR = {"y": 1, "m": 12, "w": 52, "d": 365}
OLDEST_YEARS = 120
SHOTS = r"(?:gun)?shots?|rounds?|bullets?|times?"
COUNT = re.compile(
    rf"(?:(?:shot|fired|at)\s+)?(?P<number>[0-9]{{1,9}}|[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,2}}|"
    r"[a-z]+(?:[ -][a-z]+){0,4}?)"
    rf"(?:\s(?:{SHOTS}|shots fired|rounds fired))?"
)
COUNT_WORDS = {"once": 1, "twice": 2, "thrice": 3}
ONE_SHOT = re.compile(r"(?:an?|a single|single) (?:gun)?shot")


@remembered
def parse_age(value: str) -> int | None:
    """Full years: "34", "34-year-old man", "thirty-four years old"; "18 months" is 1. Estimates have no reading."""
    matched = AGE.fullmatch(bare(value))
    if not matched:
        return None
    number = number_of(matched["number"])
    if number is None:
        return None
    years = number // AGE_UNITS_A_YEAR[(matched["unit"] or "y")[0]]
    return years if years <= OLDEST_YEARS else None


@remembered
def parse_integer(value: str) -> int | None:
    """A count in digits or words, with what is counted when that is shots: "six", "12", "two shots", "twice"."""
    text = bare(value)
    if ONE_SHOT.fullmatch(text):
        return 1
    matched = COUNT.fullmatch(text)
    if not matched:
        return None
    return COUNT_WORDS.get(matched["number"], number_of(matched["number"].replace(",", "")))


def number_of(text: str) -> int | None:
    """A whole number below a thousand in words, or one in digits."""
    if text.isdecimal():
        return int(text)
    words = re.split(r"[ -]", text)
    hundreds = 0
    if len(words) >= 2 and words[1] == "hundred" and 1 <= UNITS.get(words[0], 0) <= 9:
        hundreds = 100 * UNITS[words[0]]
        words = words[3:] if words[2:3] == ["and"] and len(words) > 3 else words[2:]
        if not words:
            return hundreds
    if len(words) == 1 and words[0] in UNITS | TENS:
        return hundreds + (UNITS | TENS)[words[0]]
    if len(words) == 2 and words[0] in TENS and 1 <= UNITS.get(words[1], 0) <= 9:
        return hundreds + TENS[words[0]] + UNITS[words[1]]
    return None
