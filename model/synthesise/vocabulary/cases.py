"""Words for a case: how it stands, how it was told and when it was, what is said where nothing is."""

STATUSES_OPEN = (
    "Under Investigation|Open|Active|Ongoing|Pending|Open - Under Investigation|Pending further investigation|"
    "Active investigation|Forwarded to detectives|Assigned to Investigations|Suspended|Inactive|"
    "Suspended - no leads|Referred to Criminal Investigations|Pending lab results|Awaiting follow-up|Continued"
).split("|")
STATUSES_CLOSED = (
    "Closed|Cleared by Arrest|Cleared|Closed by arrest|Cleared - arrest|Closed - cleared by arrest|"
    "Arrest made|Suspect in custody|Referred to prosecutor|Charges filed|Submitted to the District Attorney"
).split("|")
STATUSES_NARRATED_OPEN = (
    "under investigation|under investigation|ongoing|still under investigation|open|active|an open investigation|"
    "pending|suspended pending new leads|inactive|being investigated by detectives"
).split("|")
STATUSES_NARRATED_CLOSED = "closed|cleared by arrest|closed with an arrest|cleared|considered closed".split("|")
SENTINEL_WORDS = (
    "Not provided|None identified|N/A|Unknown|None|Not available|Unk|None reported|Not applicable|Not released|"
    "None at this time|Undetermined|Not stated|TBD|None known|Withheld|n/a|NONE|UNKNOWN|None listed"
).split("|")
CHANNELS = (
    "News 8",
    "the Daily Ledger",
    "Channel 4",
    "the Tribune",
    "the Courier",
    "Action 11",
    "KXRN",
    "WBLT",
    "the Herald",
)
# Crimes that take no article.
UNCOUNTED = {
    "vandalism",
    "graffiti",
    "property damage",
    "criminal mischief",
    "criminal damage",
    "shoplifting",
    "larceny",
    "identity theft",
    "breaking and entering",
    "harassment",
    "disorderly conduct",
    "drug possession",
    "stalking",
    "arson",
    "check fraud",
    "credit card fraud",
    "domestic violence",
    "menacing",
    "fraud",
    "forgery",
    "larceny from auto",
}
ABOUT = ("at about", "around", "at approximately", "shortly after", "just before", "at", "about", "just after")
