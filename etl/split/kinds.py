"""What words and values of crime reports tell: a moment, a number, a place, what happened (pure)."""

import re

MONTHS = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|ember|tember|ober)?\.?"
DAYS = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?"
DATE = re.compile(
    rf"""(?<![\w/.-])(?:
      \d{{1,2}}[/-]\d{{1,2}}[/-](?:\d{{4}}|\d{{2}})
    | \d{{4}}-\d{{2}}-\d{{2}}
    | (?:0?[1-9]|1[0-2])/(?:0[1-9]|[12]\d|3[01]|[1-9])
    | {MONTHS}[ ]\d{{1,2}}(?:st|nd|rd|th)?(?:,?[ ]\d{{4}})?
    | \d{{1,2}}[ ]{MONTHS}(?:[ ]\d{{4}})?
    )(?![\w/-])""",
    re.I | re.X,
)
TIME = re.compile(
    r"""(?<![\w:.])(?:
      (?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?:[ ]?[ap]\.?m\b\.?)?
    | (?:[01]\d|2[0-4])[0-5]\d(?=[ ]?(?:hrs|hours|h)\b)(?:[ ]?(?:hrs|hours|h)\b\.?)
    | 1?\d[ ]?[ap]\.?m\b\.?
    )""",
    re.I | re.X,
)
BARE_TIME = re.compile(r"(?<!\S)(?:[01]\d|2[0-3])[0-5]\d(?![^\s.,:;]|[.,:;]\S)(?![ ]+(?:block|blk)\b)", re.I)
ID = re.compile(r"(?<![\w/$.-])(?:[A-Z]{1,6}[ -]?)?\d{1,12}(?:[-/]?[A-Z]{0,4}-?\d{1,12}){0,3}[A-Z]?(?![\w/]|[-.]\d)")
LEAST_ID_DIGITS = 5
OFFENCE = re.compile(
    r"""\b(?:thef|steal|stole|larcen|shoplift|burgl|robb|assault|batter|vandal|mischief|arson|fraud|forg|embezzl|homicid
    |murder|shoot|shots|stab|weapon|firearm|narcotic|drug|marijuana|controlled|dui|dwi|owi|drunk|intox|trespass|harass
    |stalk|menac|threat|disturb|disorder|domestic|kidnap|abduct|rape|sex|indecen|prostitut|warrant|accident|crash
    |collision|hit[ ]and[ ]run|traffic[ ]stop|suspicious|missing|welfare|alarm|overdose|runaway|counterfeit|identity
    |damage|graffiti|break-in|prowl|arrest|citation|cited|violation|probation|obstruct|resist|fight|noise|lost[ ]prop
    |found[ ]prop|medical|animal|fire|juvenile|carjack|extort|bribe|scam|hazard|abandoned|recovered|complain|possession
    |speeding|reckless|nuisance|loiter|curfew|disput|ordinance|misconduct|littering|dumping|gun|assist|check)""",
    re.I | re.X,
)
PLACE = re.compile(
    r"""\b(?:blocks?[ ]of|blk\b|\d{1,6}[ ](?:[NSEW]\.?[ ])?[A-Z0-9][\w.]*
    |[A-Z][\w.]*[ ](?:st|street|ave?|avenue|rd|road|dr|drive|blvd|boulevard|ln|lane|ct|court|wy|way|pl|place|hwy|highway
    |pkwy|cir|circle|ter|terrace|sq|square|lot|hall|park|plaza|center|library|building|apartments?))\b""",
    re.I | re.X,
)
LIST_TITLE = re.compile(
    r"""\b(?:blotter|bulletin|round-?up|police[ ]beat|cfs|press[ ]releases?|arrests|bookings|incidents|crimes
    |calls|(?:daily|weekly|monthly|media)[ ](?:\w+[ ])?reports?|(?:crime|arrest|incident)[ ](?:summary|summaries|list)
    |(?:police|crime|incident)[ ](?:reports|briefs|notes)|(?:police|weekly|daily)[ ](?:summary|activity|roster)
    |(?<!evidence[ ])(?<!property[ ])(?<!custody[ ])(?<!case[ ])(?<!interview[ ])(?<!radio[ ])(?<!cad[ ])(?<!event[ ])
    (?<!contact[ ])(?<!investigation[ ])(?<!investigative[ ])(?<!activity[ ])logs?)\b""",
    re.I | re.X,
)
# A number that all the text is about.
WITHIN_A_REPORT = re.compile(
    r"(?:^|\n)[^\w\n]{0,4}(?:case|incident|report|complaint)[ ]?(?:number|num|no\.?|#)[ ]?[:#]?[ ]{0,4}\w*\d", re.I
)
FOOTER = re.compile(
    r"""[\W_]*(?:page\b.{0,10}\d|pg\.?[ ]?\d|printed\b|print[ ]date|run[ ]date
    |(?:grand|sub)?[ -]?totals?(?:[ ](?:incidents|records|calls|arrests|cases|entries|number|count|rows|for)\b.*
    |[ ]*[:#=|-]?[ ]*\d+[ ]*$)|end[ ]of\b|generated\b
    |report[ ](?:is[ ]based|generated|printed)|this[ ]report[ ]was|number[ ]of[ ](?:incidents|records|calls|arrests)
    |\d+[ ](?:records?|incidents?|calls|rows|arrests)\b)""",
    re.I | re.X,
)
CONTINUED = re.compile(r"[(\[]?\b(?:cont(?:inued|inues|['’]?d|\.))[)\]]?", re.I)
YEAR = re.compile(r"(?<![\w$#-])(?:19|20)\d\d(?![\w-])|(?<=[/-])(?:19|20)\d\d(?!\d)")

# What a heading says that its column holds.
HEADINGS = {
    "not an incident": re.compile(
        r"\b(?:items?|qty|quantity|serial|make|model|brand|colou?r|evidence|exhibit|property|article|vin|plate|owner"
        r"|role|relationship|phone|involvement|unit cost|released|received by|custody)\b"
    ),
    "person": re.compile(
        r"\b(?:dob|birth|born|age|sex|race|r s|gender|height|weight|name|names|victim|suspect|arrestee)\b"
    ),
    "moment": re.compile(
        r"\b(?:date|dates|time|times|datetime|dt|dttm|when|occ|occurred|occured|reported|rptd|received|dispatched|day|from)\b"
    ),
    "number": re.compile(
        r"\b(?:case|incident|event|report|cr|cad|ccn|call|log|ir|rd|dr|complaint|control|ref|reference|arrest|booking"
        r"|file|record|agency)\b.*\b(?:no|num|number|nbr|id|number s)\b"
        r"|^(?:id|no|num|number|ccn|case|nbr)$|#"
    ),
    "nature": re.compile(
        r"\b(?:nature|offen[cs]es?|charges?|crimes?|type|classification|description|desc|definition|violation|statute"
        r"|ucr|nibrs|category|call|incident|complaint|problem|synopsis|summary|narrative|details)\b"
    ),
    "place": re.compile(
        r"\b(?:location|address|street|xstreet|block|place|where|city|beat|district|area|building|premises?|intersection)\b"
    ),
    "status": re.compile(r"\b(?:dispo|disposition|status|outcome|result|cleared|officers?|deputy)\b"),
    "event": re.compile(r"\b(?:action|activity|comments?|remarks?|entry|unit|event|notes?)\b"),
}


def heading_kinds(heading: str) -> set[str]:
    """What a heading says that its column holds; "Date of Birth" is no moment of an incident."""
    spelled = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    words = re.sub(r"[^\w#]+|_", " ", spelled).casefold().strip()
    kinds = {kind for kind, pattern in HEADINGS.items() if pattern.search(words)}
    if "person" in kinds and re.search(r"\b(?:dob|birth|born)\b", words):
        kinds -= {"moment"}
    if "number" in kinds or "moment" in kinds:
        kinds -= {"nature"}
    return kinds


def has_moment(text: str) -> bool:
    return bool(DATE.search(text) or TIME.search(text))


def identifiers(text: str) -> list[str]:
    """The numbers of cases and the like in a text: no dates, times, years or statutes of one number."""
    found = []
    for match in ID.finditer(text):
        value = match[0]
        digits = sum(map(str.isdigit, value))
        is_short = digits < LEAST_ID_DIGITS and not (digits >= 4 and re.search(r"\d-\d|[A-Z]-?\d", value))
        if not is_short and not DATE.fullmatch(value) and not TIME.fullmatch(value):
            found.append(value)
    return found


def stated_year(titles: str) -> int | None:
    """The year that titles state; None where they state none or several."""
    years = {int(year) for year in YEAR.findall(titles)}
    return years.pop() if len(years) == 1 else None


def shape(line: str) -> str:
    """What two lines of a page's head have in common: all but their numbers."""
    return re.sub(r"\d+", "9", " ".join(line.split())).casefold()
