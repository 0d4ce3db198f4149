"""Crime types as FBI NIBRS offence codes; None unless the words name one code and no other.

A crime type is read whole: its core must be one of the wordings below, round which only words may stand that change
nothing ("attempted", "felony", "investigation"). So "assault" has no code, which may be aggravated (13A) or simple
(13B), nor have two crimes in one value. The wordings stand in ``nibrs.toml``, the codes' names in
the table ``nibrs_offense``.

Source: FBI, National Incident-Based Reporting System User Manual: what belongs to which code (carjacking is robbery,
a break into a car is theft from it, attempted murder is aggravated assault). The wordings are the project's own.
"""

import re
import tomllib
from functools import cache
from importlib import resources

from crimeetl.etl.normalise.text import remembered

LONGEST_TYPE_CHARS = 120
BEFORE = (
    r"attempted|attempt|att|alleged|suspected|possible|probable|apparent|reported|report of|investigation of"
    r"|suspicion of|one count of|\d+ counts? of|felony|misdemeanor"
    r"|(?:first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th)[- ]degree"
)
AFTER = (
    r"investigation|incident|report|case|call|offense|charges?|arrest|in progress|just occurred|suspect|attempt"
    r"|attempted|felony|misdemeanor|in the (?:first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th) degree"
    r"|(?:first|second|third|1st|2nd|3rd)[- ]degree|\d+(?:st|nd|rd|th) degree|class [a-f]|\(multiple\)"
)
# A record system's code before the words: "[INC] 26B", "240 - ".
CODE_LEAD = re.compile(r"^\s*(?:\[[A-Z]{2,4}\]\s*(?:[0-9]{2,3}[A-Z]?\s+)?|[0-9][0-9A-Z.()/-]{0,20}\s+-\s+)")
BEFORE_PATTERN = re.compile(rf"(?:{BEFORE})\b[ :-]*")
AFTER_PATTERN = re.compile(rf"[ ,:-]*(?:\((?:{AFTER})\)|(?<![a-z])(?:{AFTER}))$")


@remembered
def parse_offense(value: str) -> str | None:
    """The NIBRS code that a crime type names: "Attempted Residential Burglary" is 220, "assault" is None."""
    text = " ".join(
        CODE_LEAD.sub("", value, count=1).lower().translate({0x2013: "-", 0x2014: "-", 0x2019: "'"}).split()
    ).strip(" .,;:*\"'")
    if not text or len(text) > LONGEST_TYPE_CHARS:
        return None
    for reading in _readings(text):
        codes = [code for code, pattern in code_patterns().items() if pattern.fullmatch(reading)]
        if codes:
            return codes[0] if len(codes) == 1 else None
    return None


@cache
def code_patterns() -> dict[str, re.Pattern[str]]:
    """What a crime type must match whole to have a code, by code."""
    file = tomllib.loads((resources.files("crimeetl.etl.normalise") / "nibrs.toml").read_text("utf-8"))
    words = file["words"]

    def filled(wording: str) -> str:
        return re.sub(r"\{([a-z]+)\}", lambda name: words[name[1]], wording)

    return {code: re.compile("|".join(map(filled, wordings))) for code, wordings in file["wordings"].items()}


def _readings(text: str) -> list[str]:
    """The text whole, and with the words that change nothing taken off one by one."""
    readings = [text]
    while True:
        bare = BEFORE_PATTERN.sub("", text, count=1) if BEFORE_PATTERN.match(text) else AFTER_PATTERN.sub("", text)
        if bare == text or not bare:
            return readings
        text = bare.strip(" ,:-")
        readings.append(text)
