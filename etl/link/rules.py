"""The rules by which linking reads a report's text, as patterns that its statements are given (RE2's dialect)."""

# A badge is that of the name right before it: between them stand at most two words that announce a code.
#     Officer Ann Lee, Badge #0042     Sgt. Ray (star no. 7)     but not: Officer Ann Lee and Officer Ray, 42
BADGE_GAP_CHARS = 30
BADGE_GAP = r"[^a-z]*(?:(?:badge|shield|star|id|serial|number|num|no)[^a-z]*){0,2}"

# The police agency that a text names first: up to five capitalised words and what makes them an agency.
#     Port Maren Police Department     BRENNOCK COUNTY POLICE DEPT     Port Maren PD     Brennock County Sheriff's
AGENCY = (
    r"(?:[A-Z][a-zA-Z.'’-]*[ \n]+){1,5}"
    r"(?:Police (?:Dept|Department)|POLICE (?:DEPT|DEPARTMENT)|PD|S(?i:heriff['’]?s))\b"
)

# The year that a case number begins with, where a report has no date: in four digits, or in two before a hyphen.
#     2024-00123     PM-2024-123     202400123     24-00123
CASE_NUMBER_YEAR = r"^(?:[A-Z]{1,3}-)?(19[5-9][0-9]|20[0-4][0-9])(?:-[0-9]+|[0-9]{5,})$"
CASE_NUMBER_SHORT_YEAR = r"^([0-4][0-9])-[0-9]{3,}$"
