"""Tables that are lists of incidents: each row apart, with what belongs to it; tables inside a report stay there."""

import pytest

from crimeetl.etl.documents import Cell, Document, Page, Row, Table
from crimeetl.etl.split.incidents import IncidentRows, incident_rows

ROWS = [
    ("24-001", "01/15/2024", "Theft", "100 Elm St"),
    ("24-002", "01/16/2024", "Burglary", "20 Oak Ave"),
    ("24-003", "01/17/2024", "Assault", "75 Pine Dr"),
]
HEADINGS = ("Case", "Date", "Offense", "Location")


def document(text: str, tables: tuple[Table, ...] = (), page_starts: tuple[int, ...] = ()) -> Document:
    return Document(
        path="/reports/log.txt",
        document_id="d",
        media_type="text/plain",
        encoding="utf-8",
        has_byte_order_mark=False,
        size_bytes=len(text),
        text=text,
        pages=tuple(Page(number, start) for number, start in enumerate(page_starts, start=1)),
        tables=tables,
    )


def listed(text: str, *, as_rows: bool | None = None) -> IncidentRows:
    [rows] = incident_rows(document(text), as_rows=as_rows)
    return rows


def cells(rows: IncidentRows) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in row.cells) for row in rows.rows]


FIXED = """Case     Date         Offense    Location
24-001   01/15/2024   Theft      100 Elm St
24-002   01/16/2024   Burglary   20 Oak Ave
24-003   01/17/2024   Assault    75 Pine Dr"""
LISTS = {
    "aligned": FIXED,
    "aligned, below titles": f"HARBOR POLICE DEPARTMENT\n\n{FIXED}",
    "aligned, blank lines between": FIXED.replace("\n", "\n\n"),
    "a markdown table": """| Case | Date | Offense | Location |
|---|---|---|---|
| 24-001 | 01/15/2024 | Theft | 100 Elm St |
| 24-002 | 01/16/2024 | Burglary | 20 Oak Ave |
| 24-003 | 01/17/2024 | Assault | 75 Pine Dr |""",
    "cells joined by bars": """Case | Date | Offense | Location
24-001 | 01/15/2024 | Theft | 100 Elm St
24-002 | 01/16/2024 | Burglary | 20 Oak Ave
24-003 | 01/17/2024 | Assault | 75 Pine Dr""",
    "tabs": "\n".join("\t".join(row) for row in (HEADINGS, *ROWS)),
    "a box": """+--------+------------+----------+------------+
| Case   | Date       | Offense  | Location   |
+--------+------------+----------+------------+
| 24-001 | 01/15/2024 | Theft    | 100 Elm St |
| 24-002 | 01/16/2024 | Burglary | 20 Oak Ave |
| 24-003 | 01/17/2024 | Assault  | 75 Pine Dr |
+--------+------------+----------+------------+""",
    "columns underlined": """Case    Date        Offense   Location
------  ----------  --------  ----------
24-001  01/15/2024  Theft     100 Elm St
24-002  01/16/2024  Burglary  20 Oak Ave
24-003  01/17/2024  Assault   75 Pine Dr""",
    "right-aligned": """  Case         Date    Offense     Location
24-001   01/15/2024      Theft   100 Elm St
24-002   01/16/2024   Burglary   20 Oak Ave
24-003   01/17/2024    Assault   75 Pine Dr""",
    "headings again on each page": "Page 1\n"
    + FIXED.replace("24-003", "\fPage 2\nCase     Date         Offense    Location\n24-003"),
    "a page ends without headings": "Page 1\n" + FIXED.replace("24-003", "Desk log\n\fPage 2\n\n24-003"),
    "a total below": f"{FIXED}\n\nTotal: 3",
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_each_row_of_a_log_is_an_incident(text: str) -> None:
    rows = listed(text)
    assert rows.headings == HEADINGS
    assert cells(rows) == ROWS
    assert [row.notes for row in rows.rows] == [(), (), ()]
    assert rows.taken_as == "a table of 3 incidents, a report from each row"
    assert all(text[row.char_start : row.char_end].startswith(("24-00", "| 24-00")) for row in rows.rows)


def test_titles_are_context_and_state_the_year_of_dates_without_one() -> None:
    rows = listed(f"Harbor Police\nIncident log - January 2023\n\n{FIXED.replace('/2024', '     ')}\n")
    assert rows.context == ("Harbor Police", "Incident log - January 2023")
    assert rows.year == 2023
    assert cells(rows)[0] == ("24-001", "01/15", "Theft", "100 Elm St")
    assert listed(f"Log of December 2023 and January 2024\n{FIXED}").year is None


def test_what_stands_around_the_rows_is_left_out_and_told() -> None:
    foot = "This log is published daily.\nIt is not a record of guilt."
    assert listed(f"{FIXED}\nTotal: 3\n\n{foot}").left_out == ("Total: 3", *foot.split("\n"))


WRAPPED = """                            INCIDENT LOG - January 2024

 ID       Date          Officer(s)      Location           Description

 001      01/15         Roe, J.         100 Elm St         Traffic stop - vehicle seen running red light.
                                                           Driver cited for violation.

 002      01/16         Doe, R.         75 Pine Dr         Shoplifting report at retail store. Suspect
                        Roe, J.                            apprehended by store security.

          (continued)                                      Suspect identified as M. Muster.

 003      01/17         Poe, M.         300 Oak Rd         Vehicle accident - two cars, minor damage."""


def test_cells_wrap_and_a_continued_row_joins_its_entry() -> None:
    rows = listed(WRAPPED)
    assert (rows.headings, rows.year) == (("ID", "Date", "Officer(s)", "Location", "Description"), 2024)
    first = "Traffic stop - vehicle seen running red light.\nDriver cited for violation."
    second = (
        "Shoplifting report at retail store. Suspect\napprehended by store security.\nSuspect identified as M. Muster."
    )
    assert cells(rows) == [
        ("001", "01/15", "Roe, J.", "100 Elm St", first),
        ("002", "01/16", "Doe, R.\nRoe, J.", "75 Pine Dr", second),
        ("003", "01/17", "Poe, M.", "300 Oak Rd", "Vehicle accident - two cars, minor damage."),
    ]
    assert [WRAPPED[row.char_start : row.char_end].strip()[:3] for row in rows.rows] == ["001", "002", "003"]


def test_a_row_continued_after_a_page_end_joins_its_entry() -> None:
    text = """Case     Date         Offense    Location
24-001   01/15/2024   Theft      100 Elm St
\fPage 2
Case     Date         Offense    Location
24-001 (continued)    and fraud  rear yard
24-002   01/16/2024   Burglary   20 Oak Ave"""
    assert cells(listed(text)) == [("24-001", "01/15/2024", "Theft\nand fraud", "100 Elm St\nrear yard"), ROWS[1]]


def test_headings_of_two_lines_are_joined() -> None:
    text = """                    Nature of
Case     Date       Call       Location
Number   Reported   Received   Address
24-001   01/15/24   Theft      100 Elm St
24-002   01/16/24   Burglary   20 Oak Ave"""
    rows = listed(text)
    assert rows.headings == ("Case Number", "Date Reported", "Nature of Call Received", "Location Address")
    assert cells(rows) == [
        ("24-001", "01/15/24", "Theft", "100 Elm St"),
        ("24-002", "01/16/24", "Burglary", "20 Oak Ave"),
    ]


def test_prose_under_each_row_is_its_note() -> None:
    notes = [
        "A bike was taken from the yard in the night, and nobody saw who took it.",
        "The window on the north side was broken and a television is missing from the house.",
        "Two men fought outside.\nOne of them was taken to the hospital.",
    ]
    head, *lines = FIXED.split("\n")
    text = "\n".join([head, *(f"{line}\n{note}" for line, note in zip(lines, notes, strict=True))])
    rows = listed(text)
    assert cells(rows) == ROWS
    assert [row.notes for row in rows.rows] == [(notes[0],), (notes[1],), tuple(notes[2].split("\n"))]
    assert text[rows.rows[0].char_start : rows.rows[0].char_end] == f"{lines[0]}\n{notes[0]}"


def test_a_line_above_a_group_of_rows_is_their_context() -> None:
    head, first, second, third = FIXED.split("\n")
    text = f"{head}\nMonday, January 15\n{first}\nTuesday, January 16\n{second}\n{third}"
    rows = listed(text)
    assert cells(rows) == ROWS
    assert [row.context for row in rows.rows] == [("Monday, January 15",), *[("Tuesday, January 16",)] * 2]
    assert [row.notes for row in rows.rows] == [(), (), ()]


def test_race_and_sex_under_a_narrow_heading_are_columns_of_their_own() -> None:
    text = """Exampleville Police Department
Arrests for Tuesday Dec 31, 2019
Name                 Date/Time         Age R/S  DOB         Address        Charge
MUSTER, MAX A        12/31/2019 03:32  23 WM    07/13/1996  1112 W ELM     0566050A - CRIMINAL TRESPASS
MODEL, ERIKA B       12/31/2019 17:54  31 BF    02/02/1988  20 N OAK       5161001 - POSSESSION OF MARIJUANA
JUVENILE             12/31/2019 03:16  15 WM                40 S PINE      DV - BATTERY"""
    rows = listed(text)
    assert rows.headings == ("Name", "Date/Time", "Age", "R/S", "DOB", "Address", "Charge")
    trespass, marijuana = "0566050A - CRIMINAL TRESPASS", "5161001 - POSSESSION OF MARIJUANA"
    assert cells(rows) == [
        ("MUSTER, MAX A", "12/31/2019 03:32", "23", "WM", "07/13/1996", "1112 W ELM", trespass),
        ("MODEL, ERIKA B", "12/31/2019 17:54", "31", "BF", "02/02/1988", "20 N OAK", marijuana),
        ("JUVENILE", "12/31/2019 03:16", "15", "WM", "", "40 S PINE", "DV - BATTERY"),
    ]
    assert (rows.context, rows.year) == (tuple(text.split("\n")[:2]), 2019)


def test_a_table_without_headings_is_known_by_its_values() -> None:
    rows = listed("\n".join(FIXED.split("\n")[1:]))
    assert (rows.headings, cells(rows)) == (None, ROWS)


def drawn(text: str, rows: list[tuple[str, ...]]) -> Table:
    """A table as a reader gives it, whose rows stand in the text with two blanks between their cells."""
    starts = [text.index("  ".join(filter(None, row))) for row in rows]
    lengths = [len("  ".join(filter(None, row))) for row in rows]
    return Table(
        tuple(
            Row(start, start + length, tuple(map(Cell, row)))
            for start, length, row in zip(starts, lengths, rows, strict=True)
        )
    )


def test_tables_that_the_reader_found_come_first() -> None:
    table = [HEADINGS, *ROWS, ("A bike was left at the scene, nobody knows by whom.", "", "", "")]
    text = "Desk log of 2024\n" + "\n".join("  ".join(filter(None, row)) for row in table) + "\nTotal: 3\n"
    [rows] = incident_rows(document(text, (drawn(text, table),)), as_rows=None)
    assert cells(rows) == ROWS
    assert rows.rows[2].notes == ("A bike was left at the scene, nobody knows by whom.",)
    assert (rows.context, rows.left_out, rows.year) == (("Desk log of 2024",), ("Total: 3",), 2024)


def test_two_lists_with_headings_of_their_own_are_two() -> None:
    fires = """Report #   Reported     Cause     Building
F-24-01    02/03/2024   Candle    North Hall
F-24-02    02/09/2024   Unknown   West Hall"""
    crimes, burnt = incident_rows(document(f"Crime log\n\n{FIXED}\n\nFire log\n\n\n\n\n{fires}"), as_rows=None)
    assert cells(crimes) == ROWS
    assert cells(burnt) == [
        ("F-24-01", "02/03/2024", "Candle", "North Hall"),
        ("F-24-02", "02/09/2024", "Unknown", "West Hall"),
    ]
    assert (crimes.context, burnt.context) == (("Crime log",), ("Fire log",))


def test_the_same_headings_on_two_pages_are_one_list() -> None:
    head, *lines = FIXED.split("\n")
    first = f"Harbor Police\nPage 1\n{head}\n{lines[0]}\n{lines[1]}\nUnaudited"
    text = f"{first}\fHarbor Police\nPage 2\n{head}\n{lines[2]}\nUnaudited"
    rows = listed(text)
    assert cells(rows) == ROWS
    assert [row.notes for row in rows.rows] == [(), (), ()]
    assert rows.left_out == ("Unaudited", "Harbor Police", "Page 2")


INSIDE = {
    "property": """Theft from a shed at 100 Elm St on 01/15/2024. The owner found the door open.

Item   Description        Serial     Value
1      Mountain bike      AB123456   $400
2      Chain saw          CD789012   $250""",
    "evidence": """EVIDENCE LOG

Item #   Description       Date/Time Collected   Location Found   Officer
1        Knife             01/15/2024 0315       100 Elm St       Roe
2        Phone             01/15/2024 0320       100 Elm St       Roe""",
    "people": """Robbery at 20 Oak Ave on 01/15/2024

Name           DOB          Role      Address        Phone
Ann Lee        02/02/1988   Victim    100 Elm St     555-0101
Bo Roe         07/13/1996   Witness   20 Oak Ave     555-0102""",
    "a form": """OFFENSE REPORT
Case Number: 24-00123        Date: 01/15/2024
Offense: Burglary            Time: 0315
Location: 100 Elm St         Beat: 4
Victim: Ann Lee              DOB: 02/02/1988""",
    "labels and values": """| Field | Value |
|---|---|
| Case number | 24-00123 |
| Date | 01/15/2024 |
| Location | 100 Elm St |
| Offense | Burglary |""",
    "charges": """ARREST REPORT
Arrested: 01/15/2024 0315 at 20 Oak Ave by Officer Roe

Charge                   Statute      Date         Court
Burglary                 18-4-203     01/15/2024   District
Theft                    18-4-401     01/15/2024   District""",
    "a criminal history": """Case Number: 24-00123
Max Muster was arrested on 01/15/2024 for the burglary at 100 Elm St.

Prior arrests:
Arrest Date   Offense     Agency          Disposition
03/01/2019    Theft       Harbor Police   Convicted
07/09/2020    Burglary    Harbor Police   Dismissed""",
    "a small table in a long report": f"""Max Muster was arrested on 01/15/2024. {"He said nothing at all. " * 30}

{FIXED}""",
    "a chronology": """Time       Unit    Activity
01/15/2024 2315   12   Dispatched to 100 Elm St
01/15/2024 2322   12   On scene
01/16/2024 0015   12   Cleared""",
    "custody": """Item 1, knife, found at 100 Elm St

Date/Time          Released by    Received by    Purpose
01/15/2024 0315    Roe            Locker 4       Storage
01/16/2024 0900    Locker 4       Poe            Laboratory""",
    "one row": """Daily Crime Log
Case      Date         Offense    Location
24-001    01/15/2024   Theft      100 Elm St""",
    "prose": "A man ran away.  He was not found.  Officers looked for him.\n" * 5,
}


@pytest.mark.parametrize("text", INSIDE.values(), ids=INSIDE)
def test_a_table_inside_a_report_stays_in_it(text: str) -> None:
    assert incident_rows(document(text), as_rows=None) == ()


def test_the_user_settles_it() -> None:
    assert incident_rows(document(FIXED), as_rows=False) == ()
    assert cells(listed(INSIDE["charges"], as_rows=True))[0] == ("Burglary", "18-4-203", "01/15/2024", "District")
    assert incident_rows(document(INSIDE["a small table in a long report"]), as_rows=True) == ()


def test_it_says_when_it_is_not_sure() -> None:
    assert listed(FIXED).is_sure
    assert not listed("Date         Where\n01/15/2024   100 Elm St\n01/16/2024   20 Oak Ave").is_sure
