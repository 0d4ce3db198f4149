"""Bulletins whose entries begin with lines of one shape; reports that have such lines and are one."""

import pytest

from crimeetl.etl.split.boundaries import report_spans
from crimeetl.etl.split.entries import SpanContext, entry_spans, span_contexts

# Each text as it stands, parted by a line of % where an entry begins or ends.
LISTS = {
    "time, kind, number of ten digits": (
        """HARBOR POLICE DEPARTMENT
Daily Bulletin, Monday January 15, 2024

0315 Theft 2400012345
A bike was taken from a yard in the 100 block of Elm St.

0840 Burglary 2400012346
The rear door of 20 Oak Ave was forced. Nothing is missing.

2210 Assault 2400012350
Two men fought outside 75 Pine Dr.""",
        [
            """0315 Theft 2400012345
A bike was taken from a yard in the 100 block of Elm St.""",
            """0840 Burglary 2400012346
The rear door of 20 Oak Ave was forced. Nothing is missing.""",
            """2210 Assault 2400012350
Two men fought outside 75 Pine Dr.""",
        ],
    ),
    "number, offence, statute; a page ends in an entry": (
        """POL405 RUN DATE: 8/14/2014      PAGE 1
PRESS RELEASE 1874

X14-00060 BATTERY           720-5/12-3.2
  LOCATION: 1500 BLOCK OF ELM ST
  OCCURRED: 8/11/2014 19:00

X14-00059 THEFT-RETAIL      720-5/16-25
  LOCATION: 100 BLOCK OF OAK RD
\fPOL405 RUN DATE: 8/14/2014      PAGE 2
PRESS RELEASE 1874

  OCCURRED: 8/13/2014 9:45
  OFFICER: ROE

X14-00058 BURGLARY          720-5/19-1
  LOCATION: 300 BLOCK OF PINE DR
  OCCURRED: 8/12/2014 3:15""",
        [
            """X14-00060 BATTERY           720-5/12-3.2
  LOCATION: 1500 BLOCK OF ELM ST
  OCCURRED: 8/11/2014 19:00""",
            """X14-00059 THEFT-RETAIL      720-5/16-25
  LOCATION: 100 BLOCK OF OAK RD
\fPOL405 RUN DATE: 8/14/2014      PAGE 2
PRESS RELEASE 1874

  OCCURRED: 8/13/2014 9:45
  OFFICER: ROE""",
            """X14-00058 BURGLARY          720-5/19-1
  LOCATION: 300 BLOCK OF PINE DR
  OCCURRED: 8/12/2014 3:15""",
        ],
    ),
    "bullets with dates": (
        """Police Blotter

• 01/15 Theft reported in the 100 block of Elm St. A bike was taken.
• 01/15 Burglary at 20 Oak Ave. A window was broken.
• 01/16 Assault at 75 Pine Dr. One man was arrested.""",
        [
            "• 01/15 Theft reported in the 100 block of Elm St. A bike was taken.",
            "• 01/15 Burglary at 20 Oak Ave. A window was broken.",
            "• 01/16 Assault at 75 Pine Dr. One man was arrested.",
        ],
    ),
    "lines without blank lines between": (
        """Calls for service
01/15/2024 03:15 Theft, 100 Elm St
01/15/2024 08:40 Burglary, 20 Oak Ave, see
report by Officer Roe
01/16/2024 22:10 Assault, 75 Pine Dr""",
        [
            "01/15/2024 03:15 Theft, 100 Elm St",
            """01/15/2024 08:40 Burglary, 20 Oak Ave, see
report by Officer Roe""",
            "01/16/2024 22:10 Assault, 75 Pine Dr",
        ],
    ),
    "times under days": (
        """Weekly police log

Monday, January 15
3:15 a.m. A theft was reported at 100 Elm Street.
8:40 a.m. A burglary was reported at 20 Oak Avenue.
Tuesday, January 16
10:10 p.m. An assault was reported at 75 Pine Drive.""",
        [
            "3:15 a.m. A theft was reported at 100 Elm Street.",
            "8:40 a.m. A burglary was reported at 20 Oak Avenue.",
            "10:10 p.m. An assault was reported at 75 Pine Drive.",
        ],
    ),
    "numbers alone in a line": (
        """24-00123
Theft, 100 Elm St, 01/15/2024
A bike was taken.

24-00124
Burglary, 20 Oak Ave, 01/15/2024
A window was broken.

24-00127
Assault, 75 Pine Dr, 01/16/2024
Two men fought.""",
        [
            """24-00123
Theft, 100 Elm St, 01/15/2024
A bike was taken.""",
            """24-00124
Burglary, 20 Oak Ave, 01/15/2024
A window was broken.""",
            """24-00127
Assault, 75 Pine Dr, 01/16/2024
Two men fought.""",
        ],
    ),
    "number in the second line": (
        """Theft
Case 24-00123, 01/15/2024 0315
A bike was taken at 100 Elm St.

Burglary
Case 24-00124, 01/15/2024 0840
A window was broken at 20 Oak Ave.

Assault
Case 24-00127, 01/16/2024 2210
Two men fought at 75 Pine Dr.""",
        [
            """Theft
Case 24-00123, 01/15/2024 0315
A bike was taken at 100 Elm St.""",
            """Burglary
Case 24-00124, 01/15/2024 0840
A window was broken at 20 Oak Ave.""",
            """Assault
Case 24-00127, 01/16/2024 2210
Two men fought at 75 Pine Dr.""",
        ],
    ),
    "headings in capitals": (
        """POLICE BLOTTER

THEFT
A bike was taken on January 15 in the 100 block of Elm Street.

BURGLARY
Someone broke a window at 20 Oak Avenue on January 15.

ASSAULT
Two men fought at 75 Pine Drive on January 16. One was arrested.""",
        [
            """THEFT
A bike was taken on January 15 in the 100 block of Elm Street.""",
            """BURGLARY
Someone broke a window at 20 Oak Avenue on January 15.""",
            """ASSAULT
Two men fought at 75 Pine Drive on January 16. One was arrested.""",
        ],
    ),
    "headings in capitals without a title": (
        """BIKE THEFT

A bike was taken on January 15 in the 100 block of Elm Street.

HOUSE BURGLARY

Someone broke a window at 20 Oak Avenue on January 15.

ASSAULT AT A BAR

Two men fought at 75 Pine Drive on January 16. One was arrested.""",
        [
            """BIKE THEFT

A bike was taken on January 15 in the 100 block of Elm Street.""",
            """HOUSE BURGLARY

Someone broke a window at 20 Oak Avenue on January 15.""",
            """ASSAULT AT A BAR

Two men fought at 75 Pine Drive on January 16. One was arrested.""",
        ],
    ),
    "markdown headings": (
        """# Weekly crime bulletin

## Theft on Elm Street

A bike was taken on January 15 from 100 Elm Street.

## Burglary on Oak Avenue

Someone broke a window at 20 Oak Avenue on January 15.

## Assault on Pine Drive

Two men fought at 75 Pine Drive on January 16.""",
        [
            """## Theft on Elm Street

A bike was taken on January 15 from 100 Elm Street.""",
            """## Burglary on Oak Avenue

Someone broke a window at 20 Oak Avenue on January 15.""",
            """## Assault on Pine Drive

Two men fought at 75 Pine Drive on January 16.""",
        ],
    ),
    "bold headings": (
        """**Theft, 100 block of Elm Street**
A bike was taken on January 15.

**Burglary, 20 Oak Avenue**
Someone broke a window on January 15.

**Assault, 75 Pine Drive**
Two men fought on January 16.""",
        [
            """**Theft, 100 block of Elm Street**
A bike was taken on January 15.""",
            """**Burglary, 20 Oak Avenue**
Someone broke a window on January 15.""",
            """**Assault, 75 Pine Drive**
Two men fought on January 16.""",
        ],
    ),
    "bold run-in headings": (
        """Police Blotter

**Theft** – A bike was taken on January 15 from 100 Elm Street.

**Burglary** – Someone broke a window at 20 Oak Avenue on January 15.

**Assault** – Two men fought at 75 Pine Drive on January 16.""",
        [
            "**Theft** – A bike was taken on January 15 from 100 Elm Street.",
            "**Burglary** – Someone broke a window at 20 Oak Avenue on January 15.",
            "**Assault** – Two men fought at 75 Pine Drive on January 16.",
        ],
    ),
    "kinds in capitals before a colon": (
        """Weekly police briefs

THEFT: A bike was taken on Jan. 15 from 100 Elm Street.

BURGLARY: Someone broke a window at 20 Oak Avenue on Jan. 15.

ASSAULT: Two men fought at 75 Pine Drive on Jan. 16.""",
        [
            "THEFT: A bike was taken on Jan. 15 from 100 Elm Street.",
            "BURGLARY: Someone broke a window at 20 Oak Avenue on Jan. 15.",
            "ASSAULT: Two men fought at 75 Pine Drive on Jan. 16.",
        ],
    ),
    "names first": (
        """Arrests

MUSTER, MAX A 07/13/1996 Arrested 01/15/2024 at 100 Elm St for theft.

MODEL, ERIKA B 02/02/1988 Arrested 01/15/2024 at 20 Oak Ave for burglary.

POE, BO 03/15/1990 Arrested 01/16/2024 at 75 Pine Dr for assault.""",
        [
            "MUSTER, MAX A 07/13/1996 Arrested 01/15/2024 at 100 Elm St for theft.",
            "MODEL, ERIKA B 02/02/1988 Arrested 01/15/2024 at 20 Oak Ave for burglary.",
            "POE, BO 03/15/1990 Arrested 01/16/2024 at 75 Pine Dr for assault.",
        ],
    ),
    "short forms": (
        """Offense: Theft
Location: 100 Elm St
Date: 01/15/2024

Offense: Burglary
Location: 20 Oak Ave
Date: 01/15/2024

Offense: Assault
Location: 75 Pine Dr
Date: 01/16/2024""",
        [
            """Offense: Theft
Location: 100 Elm St
Date: 01/15/2024""",
            """Offense: Burglary
Location: 20 Oak Ave
Date: 01/15/2024""",
            """Offense: Assault
Location: 75 Pine Dr
Date: 01/16/2024""",
        ],
    ),
    "numbered entries of a log": (
        """Daily crime log for January 15, 2024

1. Theft, 0315 hours, 100 Elm St. A bike was taken.

2. Burglary, 0840 hours, 20 Oak Ave. A window was broken at 0840 hours.

3. Assault, 10:10 p.m., 75 Pine Dr. Two men fought.""",
        [
            "1. Theft, 0315 hours, 100 Elm St. A bike was taken.",
            "2. Burglary, 0840 hours, 20 Oak Ave. A window was broken at 0840 hours.",
            "3. Assault, 10:10 p.m., 75 Pine Dr. Two men fought.",
        ],
    ),
    "paragraphs that begin with a moment": (
        """Police Blotter

On January 15 at 3:15 a.m., officers took a report of a theft at 100 Elm Street.

On January 15 at 8:40 a.m., officers took a report of a burglary at 20 Oak Avenue.

On January 16 at 10:10 p.m., officers arrested a man for assault at 75 Pine Drive.""",
        [
            "On January 15 at 3:15 a.m., officers took a report of a theft at 100 Elm Street.",
            "On January 15 at 8:40 a.m., officers took a report of a burglary at 20 Oak Avenue.",
            "On January 16 at 10:10 p.m., officers arrested a man for assault at 75 Pine Drive.",
        ],
    ),
    "between rules": (
        """Incidents of the week
24-00123 01/15/2024 Theft at 100 Elm St
A bike was taken.
-----
24-00124 01/15/2024 Burglary at 20 Oak Ave
A window was broken.
-----
24-00127 01/16/2024 Assault at 75 Pine Dr
Two men fought.""",
        [
            """24-00123 01/15/2024 Theft at 100 Elm St
A bike was taken.""",
            """24-00124 01/15/2024 Burglary at 20 Oak Ave
A window was broken.""",
            """24-00127 01/16/2024 Assault at 75 Pine Dr
Two men fought.""",
        ],
    ),
    "hash numbers": (
        """#2400123 - Theft - 100 Elm St - 01/15/2024
A bike was taken.

#2400124 - Burglary - 20 Oak Ave - 01/15/2024
A window was broken.""",
        [
            """#2400123 - Theft - 100 Elm St - 01/15/2024
A bike was taken.""",
            """#2400124 - Burglary - 20 Oak Ave - 01/15/2024
A window was broken.""",
        ],
    ),
    "times alone, in a titled log": (
        """HARBOR POLICE DISPATCH LOG 01/15/2024

0315 100 Elm St, theft of a bike.

0840 20 Oak Ave, burglary.

2210 75 Pine Dr, assault.""",
        [
            "0315 100 Elm St, theft of a bike.",
            "0840 20 Oak Ave, burglary.",
            "2210 75 Pine Dr, assault.",
        ],
    ),
}
ONE_REPORT = {
    "a long narrative with times at line starts": """INCIDENT NARRATIVE

At 2315 hours I was dispatched to 100 Elm St on a burglary in progress.

At 2322 hours I arrived and saw a broken window at the rear of the house.

At 2340 hours the owner, Ann Lee, told me that a television had been stolen.

At 0015 hours I cleared the scene.""",
    "a chronology of one investigation": """Detective's notes, burglary at 100 Elm St

01/15/2024 Spoke with the victim about the burglary. She lives at 100 Elm St.

01/16/2024 Went to the pawn shop at 20 Oak Ave. The stolen ring was there.

01/17/2024 Arrested Max Muster at 75 Pine Dr for burglary.

01/18/2024 Sent the file to the prosecutor at 1 Court Sq.""",
    "a CAD narrative inside one incident": """CAD INCIDENT 2024-00123
Nature: BURGLARY IN PROGRESS
Address: 100 ELM ST

23:15:02 CALL RECEIVED FROM ANN LEE
23:15:40 UNIT 12 DISPATCHED
23:22:11 UNIT 12 ON SCENE AT 100 ELM ST
23:40:00 UNIT 14 BACKUP, SUSPECT FLED TO 20 OAK AVE
00:15:30 CLEARED, BURGLARY REPORT TAKEN""",
    "a call log of one incident": """EVENT LOG
01/15/2024 23:15:02 Burglary in progress reported at 100 Elm St
01/15/2024 23:15:40 Unit 12 dispatched to 100 Elm St
01/15/2024 23:22:11 Unit 12 arrived at 100 Elm St
01/15/2024 23:40:00 Unit 14 backup for burglary
01/16/2024 00:15:30 Cleared, burglary report taken""",
    "a property list": """Theft from a shed at 100 Elm St on 01/15/2024. The owner found the door open in the morning.

Item   Description        Serial     Value
1      Mountain bike      AB123456   $400
2      Chain saw          CD789012   $250
3      Cordless drill     EF345678   $120

The items were entered into NCIC as stolen.""",
    "an evidence log": """EVIDENCE LOG

Item #   Description       Date/Time Collected   Location Found   Officer
1        Knife             01/15/2024 0315       100 Elm St       Roe
2        Phone             01/15/2024 0320       100 Elm St       Roe
3        Jacket            01/16/2024 0900       20 Oak Ave       Poe""",
    "a witness list": """Robbery at 20 Oak Ave on 01/15/2024

Name           DOB          Role      Address        Phone
Ann Lee        02/02/1988   Victim    100 Elm St     555-0101
Bo Roe         07/13/1996   Witness   20 Oak Ave     555-0102
Cy Fox         03/15/1990   Witness   75 Pine Dr     555-0103

All three were interviewed at the scene.""",
    "numbered paragraphs of an affidavit": """AFFIDAVIT IN SUPPORT OF AN ARREST WARRANT

1. Your affiant is an officer of the Harbor Police and has been one since January 5, 2010.

2. On January 15, 2024 at 2315 hours a robbery took place at 100 Elm Street.

3. On January 16, 2024 the victim, Ann Lee, named Max Muster as the robber at 20 Oak Avenue.

4. On January 17, 2024 Max Muster was seen at 75 Pine Drive with the stolen purse.""",
    "a list of statutes": """The suspect was charged with the following offenses:

18-3-402 Sexual assault
18-4-203 Second degree burglary
18-4-401 Theft
18-8-103 Resisting arrest""",
    "a form": """OFFENSE REPORT
Case Number: 24-00123        Date: 01/15/2024
Offense: Burglary            Time: 0315
Location: 100 Elm St         Beat: 4
Victim: Ann Lee              DOB: 02/02/1988
Suspect: Max Muster          DOB: 07/13/1996
Officer: Roe                 Badge: 123""",
    "an e-mail thread": """From: Ann Lee
Sent: Monday, January 15, 2024 3:15 PM
To: Harbor Police
Subject: Theft at 100 Elm St

My bike was stolen from 100 Elm St this morning.

From: Harbor Police
Sent: Tuesday, January 16, 2024 9:00 AM
To: Ann Lee
Subject: RE: Theft at 100 Elm St

Thank you. A report of the theft at 100 Elm St was taken.

From: Ann Lee
Sent: Wednesday, January 17, 2024 9:30 AM
To: Harbor Police
Subject: RE: Theft at 100 Elm St

I found it at 20 Oak Ave. It had not been stolen after all.""",
    "an arrest report with a table of charges": """ARREST REPORT
Arrestee: Max Muster, 1112 W Elm St
Arrested: 01/15/2024 0315 at 20 Oak Ave by Officer Roe

Charge                   Statute      Date         Court
Burglary                 18-4-203     01/15/2024   District
Theft                    18-4-401     01/15/2024   District
Resisting arrest         18-8-103     01/15/2024   County

Muster was taken to the county jail without incident.""",
    "a news story with dates": """Two men held after a string of burglaries

On Monday, January 15, 2024, a house in the 100 block of Elm Street was broken into and a television was stolen.

On Tuesday, January 16, a neighbor saw two men carry a television into a house at 20 Oak Avenue and called the police.

Police arrested both men on Wednesday. They are charged with burglary and theft.""",
    "a news story whose paragraphs all begin with a date": """Man charged in three robberies

On January 15, 2024, a man robbed a store in the 100 block of Elm Street.

On January 16, 2024, the same man robbed a bank at 20 Oak Avenue.

On January 17, 2024, he was arrested at 75 Pine Drive.""",
    "sections in capitals": """INCIDENT

On 01/15/2024 a theft took place at 100 Elm St.

VICTIM

Ann Lee of 20 Oak Ave was robbed of her purse.

SUSPECT

Max Muster of 75 Pine Dr was arrested at 0315.

EVIDENCE

The stolen purse was found at 75 Pine Dr on 01/16/2024.""",
    "a criminal history in a report": """Case Number: 24-00123
Max Muster was arrested on 01/15/2024 for the burglary at 100 Elm St.

Prior arrests:
Arrest Date   Offense     Agency          Disposition
03/01/2019    Theft       Harbor Police   Convicted
07/09/2020    Burglary    Harbor Police   Dismissed
11/20/2022    Assault     County Sheriff  Convicted""",
    "a markdown form": """| Field | Value |
|---|---|
| Case number | 24-00123 |
| Date | 01/15/2024 |
| Location | 100 Elm St |
| Offense | Burglary |""",
    "a table of one row": """Daily Crime Log
Case      Date         Offense    Location
24-001    01/15/2024   Theft      100 Elm St""",
    "an officer's narrative with items": """Narrative:

1) I arrived at 100 Elm St at 0315 and spoke with Ann Lee about the burglary.

2) I photographed the door at 0330.

3) I left at 0400 for 20 Oak Ave to look for the stolen car.""",
    "a chain of custody": """Item 1, knife, found at 100 Elm St

Date/Time          Released by    Received by    Purpose
01/15/2024 0315    Roe            Locker 4       Storage
01/16/2024 0900    Locker 4       Poe            Laboratory
01/20/2024 1300    Poe            Locker 4       Storage""",
    "three numbers of other cases": """The suspect of the burglary at 100 Elm St is also named in these reports:

24-00101 Theft
24-00102 Theft
24-00103 Burglary

He was arrested on 01/15/2024 at 20 Oak Ave and taken to jail. 
The officers found two stolen phones in his car, and a bag of tools.
He said that the tools were his own and that he had found the phones in a park on the day before.""",
    "offenses of one incident": """Incident Number: 24-00123
Offense: Burglary
Location: 100 Elm St
Date: 01/15/2024

Offense: Theft
Location: 100 Elm St
Date: 01/15/2024

Offense: Assault
Location: 100 Elm St
Date: 01/15/2024""",
}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize(("text", "entries"), LISTS.values(), ids=LISTS)
def test_each_entry_of_a_bulletin_is_a_report(text: str, entries: list[str], line_end: str) -> None:
    bulletin = text.replace("\n", line_end)
    assert [bulletin[start:end].replace("\r\n", "\n") for start, end in report_spans(bulletin)] == entries


@pytest.mark.parametrize("text", ONE_REPORT.values(), ids=ONE_REPORT)
def test_a_report_that_has_lines_of_one_shape_stays_whole(text: str) -> None:
    assert report_spans(text) == [(0, len(text))]
    assert entry_spans(text) == []


def test_the_line_above_the_entries_of_a_day_and_the_year_of_the_title_belong_to_them() -> None:
    text = LISTS["times under days"][0].replace("Weekly police log", "Police log of 2024")
    assert span_contexts(text, report_spans(text)) == [
        SpanContext("Monday, January 15", 2024),
        SpanContext("Monday, January 15", 2024),
        SpanContext("Tuesday, January 16", 2024),
    ]
    assert span_contexts("A man ran.", [(0, 10)]) == [SpanContext(None, None)]


def test_heads_and_feet_of_pages_end_no_entry() -> None:
    pages = [
        "Harbor Police\nDaily log\n2400123 01/15/2024 Theft at 100 Elm St\n2400124 01/15/2024 Burglary\nPage 1 of 3",
        "Harbor Police\nDaily log\nat 20 Oak Ave\n2400125 01/16/2024 Assault at 75 Pine Dr\nPage 2 of 3",
        "Harbor Police\nDaily log\n2400126 01/16/2024 Fraud at 9 Oak Ave\nPage 3 of 3",
    ]
    text = "\n".join(pages)
    starts = [0, len(pages[0]) + 1, len(pages[0]) + len(pages[1]) + 2]
    assert [text[slice(*span)] for span in report_spans(text, page_starts=starts)] == [
        "2400123 01/15/2024 Theft at 100 Elm St",
        "2400124 01/15/2024 Burglary\nPage 1 of 3\nHarbor Police\nDaily log\nat 20 Oak Ave",
        "2400125 01/16/2024 Assault at 75 Pine Dr",
        "2400126 01/16/2024 Fraud at 9 Oak Ave",
    ]


def test_the_user_settles_what_is_an_entry() -> None:
    chronology = ONE_REPORT["a chronology of one investigation"]
    assert [chronology[start : start + 10] for start, _ in report_spans(chronology, as_rows=True)] == [
        "01/15/2024",
        "01/16/2024",
        "01/17/2024",
        "01/18/2024",
    ]
    bulletin, _ = LISTS["bullets with dates"]
    assert report_spans(bulletin, as_rows=False) == [(0, len(bulletin))]


@pytest.mark.parametrize(
    "unit",
    [
        "01/15/2024 0315 Theft 2400012345\n",
        "1. ",
        "24-001 ",
        "JAN ",
        "THEFT\n\n",
        "Case: ",
        "(",
        "1/1/1",
        "A, ",
        "**a",
        "a  b\n",
    ],
)
def test_a_megabyte_of_anything_is_looked_through(unit: str) -> None:
    text = unit * (1024 * 1024 // len(unit))
    assert all(0 <= start < end <= len(text) for start, end in entry_spans(text))
