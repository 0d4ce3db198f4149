"""Badge numbers, e-mail addresses and the states of a case."""

import re

from crimeetl.etl.normalise.text import bare, remembered

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


@remembered
def parse_badge(value: str) -> str | None:
    """A badge's code without "Badge #", leading zeros kept, letters in capitals."""
    matched = BADGE.fullmatch(bare(value))
    return matched["code"].upper() if matched else None


def parse_email(value: str) -> str | None:
    """A valid address in lower case."""
    matched = EMAIL.fullmatch(bare(value).strip("<>"))
    return matched["address"] if matched and ".." not in matched["address"] else None


@remembered
def parse_status(value: str) -> str | None:
    """The state of a case in one of eight words, of which the table ``offense`` has the list."""
    words = re.sub(r"[^a-z]+", " ", bare(value)).strip()
    return STATUSES.get(words.removeprefix("status "))
