"""What a line begins with, as kinds of numbers and words: the shape by which entries are known (pure)."""

import re

from crimeetl.etl.split.kinds import BARE_TIME, DATE, DAYS, ID, TIME, identifiers

MOST_HEADING_CHARS = 80
LOOKED_AT_CHARS = 200  # of a line
MARK = re.compile(r"[ \t]*(?:[•●▪■*–—-][ \t]+|\#{1,6}[ ]|\*\*)?")
BETWEEN = re.compile(r"[\s:;,|/–—.*()-]*")
NUMBER_LABEL = re.compile(
    r"(?:(?:case|incident|report|event|call|cr|dr|ir|cad)[ ]?)?(?:(?:no|number|num)\b\.?|\#)?[ ]?:?[ ]?", re.I
)
LISTED = re.compile(r"\(?\d{1,3}[.)](?=\s)")
OPENER = re.compile(r"(?:On|At|About|Around|Between)[ ](?:about[ ]|approximately[ ])?", re.I)
CAPITALISED = re.compile(
    r"""[A-Z][\w.'’/&-]*,?[ ]+(?:-[ ]+)?
    (?:(?:\(?[A-Z][\w.'’/&-]*\)?|and|or|of|in|to|by|from|with|on),?[ ]+(?:-[ ]+)?){0,8}""",
    re.X,
)
HEADING = re.compile(r"\#{1,6}[ ]+\S.*|\*\*[^*]+\*\*:?|[^a-z.]*[A-Z]{3}[^a-z.:]*")
DAY = re.compile(rf"{DAYS}\b,?", re.I)
RUN_IN = re.compile(r"(\*\*[^*\n]{3,60}\*\*|[A-Z][A-Z /&'’,-]{3,50})[ ]*[—–:-][ ]+\S")


def entry_key(line: str) -> str:
    """The kinds of what a line begins with: D a date, T a time, I a number of a case, N a number in a list, W words.

    H is a heading alone in its line, with its mark, R one that prose follows, O prose that begins with a moment.
    """
    text = line[:LOOKED_AT_CHARS]
    mark = MARK.match(text)
    position = mark.end() if mark else 0
    key = _moments_and_numbers(text, position)
    if key:
        return key
    if opener := OPENER.match(text, position):
        return "O" if _moments_and_numbers(text, opener.end()) else ""
    words = CAPITALISED.match(text, position)
    if words and (after := _moments_and_numbers(text, words.end())) and set("DI") & set(after):
        return "W" + after[0]
    if len(line) <= MOST_HEADING_CHARS and HEADING.fullmatch(text.strip()):
        return "H" + text[: mark.end() if mark else 0].strip()
    return "R" if RUN_IN.match(text) else ""


def _moments_and_numbers(text: str, position: int) -> str:
    key = ""
    while len(key) < 4:
        if between := BETWEEN.match(text, position):
            position = between.end()
        if listed := LISTED.match(text, position):
            key, position = key + "N", listed.end()
            continue
        if (day := DAY.match(text, position)) and (dated := BETWEEN.match(text, day.end())):
            position = dated.end()
        label = NUMBER_LABEL.match(text, position)
        numbered = label.end() if label else position
        if match := DATE.match(text, position):
            kind = "D"
        elif match := TIME.match(text, position) or BARE_TIME.match(text, position):
            kind = "T"
        elif (match := ID.match(text, numbered)) and (identifiers(match[0]) or numbered > position):
            kind = "I"
        else:
            return key
        if kind in key:
            return key
        key, position = key + kind, match.end()
    return key
