"""One value of a report as a date, a time, a number, a name or a code; None unless it reads in one way only.

Formats are matched whole and strictly. Parsers that guess turn "03/04/2025 at 2315 hours" into a day of another
year; here a value that is not understood to its last character has no reading, and the verbatim value stays.
"""

import re
from datetime import date, time
from functools import lru_cache

from crimeetl.model.sentinels import is_sentinel


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LONGEST_VALUE_CHARS = 120  # no date, age, name or code is longer; keeps the trials below cheap
CENTURY_PIVOT = 50  # 49 is 2049, 50 is 1950

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
DATE_LEAD = re.compile(
    r"(?:(?:date|dated|on or about|on)\b:?\s*)?(?:(?:mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b\.?,?\s*)?(?:the\s+)?"
)
DATE_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>[0-9]{4})(?P<separator>[-/.])(?P<month>[0-9]{1,2})(?P=separator)(?P<day>[0-9]{1,2})",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        r"(?P<name>[a-z]+)\.?[ -]?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?:,\s*|[ -])(?P<year>[0-9]{4}|'[0-9]{2})",
        r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?: of)?[ -]?(?P<name>[a-z]+)\.?,?[ -]?(?P<year>[0-9]{4}|'?[0-9]{2})",
        r"(?P<first>[0-9]{1,2})(?P<separator>[-/.])(?P<second>[0-9]{1,2})(?P=separator)(?P<year>[0-9]{4}|[0-9]{2})",
    )
)
MOMENT_JOINT = re.compile(r",?\s+(?:at|on|@)\s+|,\s*|\s+(?:-\s+)?|(?<=[0-9])t(?=[0-9])")

TIME_LEAD = re.compile(r"(?:(?:at|about|around|approximately|approx|circa|roughly|time)\b[.:]?\s*|[@~]\s*)*")
TIME_TAIL = re.compile(r"\s*\(?(?:(?:[ecmp][sd]?t|ak[sd]?t|hst)|local(?: time)?)\)?$")
TWELVE_HOURS = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2}))?(?::[0-5][0-9])?\s*"
    r"(?:(?P<half>[ap])\.?\s?m\.?|in the (?P<part>morning|afternoon|evening))"
)
FULL_DAY = re.compile(r"(?P<hour>[0-9]{2}):?(?P<minute>[0-9]{2})(?::[0-5][0-9])?")
FULL_DAY_HOURS = re.compile(r"(?P<hour>[0-9]{1,2}?)[:.]?(?P<minute>[0-9]{2})(?::[0-5][0-9])?\s?(?:hours|hrs|hr|h)\.?")
FIXED_TIMES = {
    spelling: moment
    for moment, spellings in (
        (time(12), ("noon", "12 noon", "12:00 noon", "12noon", "midday")),
        (time(0), ("midnight", "12 midnight", "12:00 midnight", "24:00", "2400", "2400 hours", "2400 hrs")),
    )
    for spelling in spellings
}

UNITS = {
    word: number
    for number, word in enumerate(
        _words(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        )
    )
}
TENS = {
    word: 10 * number
    for number, word in enumerate(_words("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)
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

CODE_WORD = r"(?:(?:badge|shield|star|id|serial|number|num|nos?|nr)\b[.:]?\s*|no\.?(?=[0-9])|[#:]\s*)"
CODE_LEAD = f"{CODE_WORD}*"
BADGE = re.compile(rf"(?:(?:officer|police|his|her|the)\s+)?{CODE_LEAD}(?P<code>[a-z]{{0,3}}-?[0-9]{{1,8}}[a-z]?)")
EMAIL = re.compile(r"(?:mailto:)?(?P<address>[a-z0-9][a-z0-9._%+'-]*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})")

STATUSES = {
    spelling: status
    for status, spellings in {
        "open": "open|active|case open|open case|open active|active case|pending|case pending|case remains open",
        "under_investigation": (
            "under investigation|under active investigation|ongoing|ongoing investigation|active investigation"
            "|open investigation|investigation ongoing|investigation is ongoing|investigation continues|investigating"
            "|still under investigation|currently under investigation|investigation pending|pending investigation"
            "|pending further investigation|open under investigation|being investigated|in progress"
            "|under ongoing investigation|investigation in progress|remains under investigation"
        ),
        "suspended": (
            "suspended|inactive|cold|cold case|case suspended|suspended pending further leads|no further leads"
        ),
        "referred": (
            "referred|referred to prosecutor|referred to the prosecutor|referred to district attorney"
            "|referred to the district attorney|referred to detectives|forwarded to detectives|pending prosecution"
        ),
        "closed": "closed|case closed|cleared|case cleared|resolved|solved|completed|concluded|closed resolved",
        "cleared_by_arrest": (
            "cleared by arrest|closed by arrest|closed arrest|cleared arrest|cleared arrest made|closed arrest made"
            "|arrest made|arrests made|suspect arrested|suspect in custody|suspects arrested|case closed by arrest"
            "|cleared by adult arrest|cleared by juvenile arrest"
        ),
        "cleared_exceptionally": (
            "cleared exceptionally|exceptionally cleared|exceptional clearance|cleared by exceptional means"
            "|closed exceptionally"
        ),
        "unfounded": "unfounded|closed unfounded|case unfounded",
    }.items()
    for spelling in spellings.split("|")
}

TITLES = frozenset(
    _words(
        "officer officers ofc ofcr off po pc detective det sergeant sgt lieutenant lt captain capt chief deputy dep "
        "corporal cpl trooper tpr inspector insp agent sheriff constable patrolman patrolwoman investigator inv "
        "commander cmdr superintendent supt colonel col police mr mrs ms miss mx dr prof professor rev reverend hon "
        "owner manager ceo victim witness suspect store business complainant reporting"
    )
)
GENERIC_WORDS = TITLES | frozenset(
    _words(
        "a an the one two three four unidentified unknown unnamed another other adult male female man men woman women "
        "boy girl boys girls juvenile juveniles teen teens teenager teenagers child children person persons people "
        "individual individuals homeowner homeowners resident residents employee employees clerk cashier customer "
        "neighbor neighbors driver passenger pedestrian bystander bystanders victims witnesses suspects subject "
        "subjects caller young elderly several multiple"
    )
)
NAME_SUFFIXES = {"jr": "Jr.", "sr": "Sr.", "ii": "II", "iii": "III", "iv": "IV", "esq": "Esq.", "md": "MD"}
COMPANY_WORDS = frozenset(_words("inc llc ltd co corp company corporation llp lp plc"))
NAME_PARTICLES = frozenset(_words("de la las los del der van von den di da dos du el al bin ibn st mac"))
NAME_TAIL_CODE = re.compile(  # digits after a comma, a bracket or a word such as "badge", or three at least
    rf"(?:\s*[,;(/]\s*(?:age[sd]?\b:?\s*)?{CODE_LEAD}|\s+(?:age[sd]?\b:?\s*|{CODE_WORD})+|\s+(?=[a-z]?[0-9]{{3}}))"
    r"[a-z]{0,2}-?[0-9]+(?:\s*years? old)?\)?$",
    re.IGNORECASE,
)
BRACKETED_ROLE = re.compile(rf"\s*\((?:(?:{'|'.join(sorted(TITLES))})\b[ .]*)+\)", re.IGNORECASE)
MOST_GIVEN_NAMES = 3


def parse_date(value: str) -> date | None:
    """The day that a value names, whether or not it names a time too.

    Numbers alone are read month first, as in the United States: 03/04/2025 is March 4. Day first holds where only
    that is possible (25/12/2025), and for dots, which both customs use, nothing holds unless only one is possible.
    Years of two digits lie between 1950 and 2049.
    """
    text = folded(value)
    return _date(text) or _moment(text)[0]


def parse_time(value: str) -> time | None:
    """The minute of the day that a value names, "approximately" or not; seconds are dropped.

    Twelve-hour times need their half of the day: "2:30" may be either and has no reading, "02:30" has.
    """
    text = folded(value)
    found = _time(text)
    return _moment(text)[1] if found is None else found


def parse_age(value: str) -> int | None:
    """Full years: "34", "34-year-old man", "thirty-four years old"; "18 months" is 1. Estimates have no reading."""
    matched = AGE.fullmatch(folded(value))
    if not matched:
        return None
    number = _number(matched["number"])
    if number is None:
        return None
    years = number // AGE_UNITS_A_YEAR[(matched["unit"] or "y")[0]]
    return years if years <= OLDEST_YEARS else None


def parse_integer(value: str) -> int | None:
    """A count in digits or words, with what is counted when that is shots: "six", "12", "two shots", "twice"."""
    text = folded(value)
    if ONE_SHOT.fullmatch(text):
        return 1
    matched = COUNT.fullmatch(text)
    if not matched:
        return None
    return COUNT_WORDS.get(matched["number"], _number(matched["number"].replace(",", "")))


def parse_badge(value: str) -> str | None:
    """A badge's code without "Badge #", leading zeros kept, letters in capitals."""
    matched = BADGE.fullmatch(folded(value))
    return matched["code"].upper() if matched else None


def parse_email(value: str) -> str | None:
    """A valid address in lower case."""
    matched = EMAIL.fullmatch(folded(value).strip("<>"))
    return matched["address"] if matched and ".." not in matched["address"] else None


def parse_status(value: str) -> str | None:
    """The state of a case in one of eight words, of which the table ``offense`` has the list."""
    words = re.sub(r"[^a-z]+", " ", folded(value)).strip()
    return STATUSES.get(words.removeprefix("status "))


@lru_cache(maxsize=4096)  # a value is read for its mention and again for its row
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


def folded(value: str) -> str:
    """Lower case, straight apostrophes and hyphens, single spaces, no punctuation round it; "" when too long."""
    text = " ".join(value.translate({0x2019: "'", 0x2018: "'", 0x2010: "-", 0x2011: "-", 0x2013: "-"}).split())
    return text.lower().strip(" ,;:.!?*()[]\"'") if len(text) <= LONGEST_VALUE_CHARS else ""


def _date(text: str) -> date | None:
    lead = DATE_LEAD.match(text)
    bare = text[lead.end() :] if lead else text
    for form in DATE_FORMS:
        if matched := form.fullmatch(bare):
            return _date_of(matched.groupdict())
    return None


def _date_of(parts: dict[str, str | None]) -> date | None:
    year = _year(parts["year"] or "")
    if "first" in parts:
        month, day = _month_and_day(int(parts["first"] or 0), int(parts["second"] or 0), parts["separator"] == ".")
    else:
        month = MONTHS.get(parts["name"] or "", 0) if "name" in parts else int(parts["month"] or 0)
        day = int(parts["day"] or 0)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(digits: str) -> int:
    """A year between 1900 and 2099; 0, which no date has, for others."""
    number = int(digits.lstrip("'"))
    if len(digits.lstrip("'")) == 2:
        return number + (2000 if number < CENTURY_PIVOT else 1900)
    return number if 1900 <= number <= 2099 else 0


def _month_and_day(first: int, second: int, is_dotted: bool) -> tuple[int, int]:
    if first > 12:
        return second, first
    if is_dotted and second <= 12 and first != second:
        return 0, 0
    return first, second


def _time(text: str) -> time | None:
    lead = TIME_LEAD.match(text)
    bare = TIME_TAIL.sub("", text[lead.end() :] if lead else text)
    if bare in FIXED_TIMES:
        return FIXED_TIMES[bare]
    if matched := TWELVE_HOURS.fullmatch(bare):
        half = matched["half"] or ("a" if matched["part"] == "morning" else "p")
        return _twelve_hour_time(int(matched["hour"]), matched["minute"], half)
    if matched := FULL_DAY.fullmatch(bare) or FULL_DAY_HOURS.fullmatch(bare):
        return _clock(int(matched["hour"]), int(matched["minute"]))
    return None


def _twelve_hour_time(hour: int, minute: str | None, half: str) -> time | None:
    """Also "14:30 PM", which says the same twice; not "14:30 AM", which contradicts itself."""
    if 1 <= hour <= 12:
        return _clock(hour % 12 + (12 if half == "p" else 0), int(minute or 0))
    return _clock(hour, int(minute)) if hour > 12 and half == "p" and minute else None


def _clock(hour: int, minute: int) -> time | None:
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _moment(text: str) -> tuple[date, time] | tuple[None, None]:
    """A date and a time that stand together, in either order."""
    for joint in MOMENT_JOINT.finditer(text):
        before, after = text[: joint.start()], text[joint.end() :]
        for day_text, time_text in ((before, after), (after, before)):
            day, moment = _date(day_text), _time(time_text)
            if day is not None and moment is not None:
                return day, moment
    return None, None


def _number(text: str) -> int | None:
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


def plain(word: str) -> str:
    return re.sub(r"[^\w]", "", word).casefold()


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
