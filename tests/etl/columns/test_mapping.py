"""What columns hold, told by headings of many agencies' habits and by the values; all names and numbers are invented."""
# ruff: noqa: E501  a row of a table is a line

import re
from pathlib import Path

import pytest

from crimeetl.etl.columns import MappedColumns, map_columns, raw_table, row_report
from crimeetl.etl.documents import Document
from crimeetl.etl.errors import WrongUsage

FILES = Path(__file__).parents[4] / "shared" / "data"


def table(text: str) -> tuple[list[str], list[list[str]]]:
    """Lines of cells between bars, the headings first."""
    headings, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return headings, rows


def mapped(text: str, **options: object) -> MappedColumns:
    return map_columns(*table(text), **options)  # type: ignore[arg-type]


def types(text: str, **options: object) -> dict[str, tuple[str, ...]]:
    return {column.heading: column.types for column in mapped(text, **options).columns if column.types}


def values(text: str, row: int = 0, **options: object) -> list[tuple[str, str]]:
    headings, rows = table(text)
    report = row_report(map_columns(headings, rows, **options), rows[row])  # type: ignore[arg-type]
    return [(value.entity_type, report.text[value.char_start : value.char_end]) for value in report.given]


# A table in the habit of a kind of source -> what its first row gives.
STYLES = {
    "a city's portal, codes beside descriptions": (
        """
        DR_NO | Date Rptd | DATE OCC | TIME OCC | AREA | AREA NAME | Crm Cd | Crm Cd Desc | Vict Age | Vict Sex | Vict Descent | Premis Desc | Weapon Used Cd | Weapon Desc | Status | Status Desc | LOCATION | LAT
        240300001 | 03/02/2024 12:00:00 AM | 03/01/2024 12:00:00 AM | 0130 | 07 | North | 510 | VEHICLE - STOLEN | 0 | M | O | STREET | | | AA | Adult Arrest | 1900 S EXAMPLE AV | 34.0
        240300002 | 03/03/2024 12:00:00 AM | 03/02/2024 12:00:00 AM | 1800 | 01 | South | 330 | ROBBERY | 47 | F | H | SHOP | 102 | HAND GUN | IC | Invest Cont | 1000 S SAMPLE ST | 34.1
        """,
        [
            ("Case_Number", "240300001"),
            ("Crime_Date", "03/01/2024"),
            ("Crime_Time", "0130"),
            ("Crime_Type", "VEHICLE - STOLEN"),
            ("Crime_Status", "Adult Arrest"),
            ("Location", "1900 S EXAMPLE AV"),
        ],
    ),
    "a portal with one moment and a point": (
        """
        ID | Case Number | Date | Block | IUCR | Primary Type | Description | Location Description | Arrest | Domestic | Ward | Updated On | Latitude | Location
        11 | JA000001 | 03/18/2024 12:00:00 PM | 0000X W EXAMPLE DR | 1153 | DECEPTIVE PRACTICE | THEFT OVER $300 | BANK | false | false | 42 | 04/01/2024 03:52:26 PM | 41.9 | (41.9, -87.7)
        12 | JA000002 | 03/19/2024 03:00:00 PM | 023XX N SAMPLE AVE | 0820 | THEFT | OVER $500 | APARTMENT | false | true | 36 | 04/02/2024 04:04:43 PM | 41.8 | (41.8, -87.6)
        """,
        [
            ("Case_Number", "JA000001"),
            ("Crime_Date", "03/18/2024"),
            ("Crime_Time", "12:00:00 PM"),
            ("Location", "0000X W EXAMPLE DR"),
            ("Crime_Type", "DECEPTIVE PRACTICE"),
        ],
    ),
    "complaints from and to": (
        """
        CMPLNT_NUM | CMPLNT_FR_DT | CMPLNT_FR_TM | CMPLNT_TO_DT | CMPLNT_TO_TM | RPT_DT | KY_CD | OFNS_DESC | LAW_CAT_CD | BORO_NM | LOC_OF_OCCUR_DESC | PREM_TYP_DESC | SUSP_AGE_GROUP | SUSP_RACE | VIC_AGE_GROUP | VIC_RACE
        260000001 | 09/12/2024 | 10:00:00 | 09/15/2024 | 11:00:00 | 09/16/2024 | 109 | GRAND LARCENY | FELONY | NORTH | FRONT OF | STREET | | | 25-44 | WHITE HISPANIC
        260000002 | 09/13/2024 | 22:15:00 | 09/13/2024 | 22:20:00 | 09/16/2024 | 344 | ASSAULT 3 | MISDEMEANOR | SOUTH | INSIDE | RESIDENCE | 25-44 | BLACK | 18-24 | BLACK
        """,
        [
            ("Case_Number", "260000001"),
            ("Crime_Date", "09/12/2024"),
            ("Crime_Time", "10:00:00"),
            ("Crime_Date", "09/15/2024"),
            ("Crime_Time", "11:00:00"),
            ("Crime_Type", "GRAND LARCENY"),
            ("Victim_Race", "WHITE HISPANIC"),
        ],
    ),
    "a portal with report types and categories": (
        """
        Incident Datetime | Incident Time | Incident Year | Incident Day of Week | Report Datetime | Row ID | Incident Number | Report Type Description | Incident Code | Incident Category | Incident Description | Resolution | Intersection | Police District
        2024/03/13 11:41:00 PM | 23:41 | 2024 | Wednesday | 2024/03/14 01:00:00 AM | 125000 | 240000001 | Vehicle Supplement | 07041 | Recovered Vehicle | Vehicle, Recovered, Auto | Open or Active | EXAMPLE ST / SAMPLE ST | Central
        2024/03/01 05:02:00 AM | 05:02 | 2024 | Friday | 2024/03/11 03:40:00 PM | 125001 | 240000002 | Initial | 06374 | Larceny Theft | Theft, Other Property, >$950 | Cite or Arrest Adult | MARKET ST / 5TH ST | Mission
        """,
        [
            ("Crime_Date", "2024/03/13"),
            ("Crime_Time", "23:41"),
            ("Case_Number", "240000001"),
            ("Crime_Type", "Vehicle, Recovered, Auto"),
            ("Crime_Status", "Open or Active"),
            ("Location", "EXAMPLE ST / SAMPLE ST"),
        ],
    ),
    "the street crimes of British police": (
        """
        Crime ID | Month | Reported by | Falls within | Longitude | Latitude | Location | LSOA code | LSOA name | Crime type | Last outcome category | Context
        | 2024-01 | Exampleshire Police | Exampleshire Police | -0.1 | 51.5 | On or near Park Street | E01 | Example 001A | Bicycle theft | Under investigation |
        | 2024-01 | Exampleshire Police | Exampleshire Police | -0.2 | 51.6 | On or near Mill Lane | E02 | Example 001B | Burglary | |
        """,
        [
            ("Crime_Date", "2024-01"),
            ("Location", "On or near Park Street"),
            ("Crime_Type", "Bicycle theft"),
            ("Crime_Status", "Under investigation"),
        ],
    ),
    "NIBRS as the FBI exports it": (
        """
        incident_id | data_year | incident_date | report_date_flag | incident_hour | offense_name | offense_code | location_name | weapon_name | victim_type_name | victim_age_num | victim_race_desc | offender_age_num | offender_race_desc | cleared_except_name
        86000001 | 2024 | 2024-07-02 | f | 14 | Aggravated Assault | 13A | Residence/Home | Knife/Cutting Instrument | Individual | 34 | White | 22 | Black or African American | Not Applicable
        86000002 | 2024 | 2024-07-03 | f | 2 | Robbery | 120 | Convenience Store | Handgun | Individual | 51 | Asian | | | Not Applicable
        """,
        [
            ("Case_Number", "86000001"),
            ("Crime_Date", "2024-07-02"),
            ("Crime_Type", "Aggravated Assault"),
            ("Weapon_Type", "Knife/Cutting Instrument"),
            ("Victim_Age", "34"),
            ("Victim_Race", "White"),
            ("Suspect_Age", "22"),
            ("Suspect_Race", "Black or African American"),
        ],
    ),
    "Spillman's log, the period in two columns": (
        """
        Incident# | Nature | Address | City | Rept'd | Occ'd Between | And | Officer | Disp | Agency
        24-0001 | Theft | 100 N MAIN ST | Exampleville | 10:11:12 01/03/2024 | 09:00:00 01/02/2024 | 10:00:00 01/03/2024 | Roe J | ACT | EPD
        24-0002 | Citizen Assist | 22 OAK AVE | Exampleville | 12:11:12 01/03/2024 | 12:00:00 01/03/2024 | 12:00:00 01/03/2024 | Doe P | CAA | EPD
        """,
        [
            ("Case_Number", "24-0001"),
            ("Crime_Type", "Theft"),
            ("Location", "100 N MAIN ST"),
            ("City", "Exampleville"),
            ("Crime_Time", "09:00:00"),
            ("Crime_Date", "01/02/2024"),
            ("Crime_Time", "10:00:00"),
            ("Crime_Date", "01/03/2024"),
            ("Officer_Name", "Roe J"),
            ("Crime_Status", "ACT"),
        ],
    ),
    "a New World RMS, the place in two columns": (
        """
        Case # | Reported Date/Time | Occurred From Date/Time | Occurred To Date/Time | IBR Description | Statute | Block | Street Name | City | Primary Officer | Case Status | Clearance Date
        2024-00001 | 01/02/2024 10:11 | 01/01/2024 22:00 | 01/02/2024 07:30 | Burglary/Breaking & Entering | 39-14-402 | 1200 | ELM ST | Exampleville | 4521 - Roe, John A. | Active |
        2024-00002 | 01/03/2024 10:11 | 01/03/2024 09:00 | 01/03/2024 09:00 | Simple Assault | 39-13-101 | 500 | OAK AVE | Exampleville | 4522 - Doe, Pat | Closed | 01/04/2024
        """,
        [
            ("Case_Number", "2024-00001"),
            ("Crime_Date", "01/01/2024"),
            ("Crime_Time", "22:00"),
            ("Crime_Date", "01/02/2024"),
            ("Crime_Time", "07:30"),
            ("Crime_Type", "Burglary/Breaking & Entering"),
            ("Location", "1200 ELM ST"),
            ("City", "Exampleville"),
            ("Officer_BadgeNumber", "4521"),
            ("Officer_Name", "Roe, John A."),
            ("Crime_Status", "Active"),
        ],
    ),
    "an ArcGIS hub": (
        """
        OBJECTID | CASE_NUM | RPT_DATE | FROM_DATE | TO_DATE | ADDRESS_100BLK | CRIME_DESC | DISTRICT | GlobalID | CreationDate | EditDate | x | y
        1 | 24001234 | 2024/03/02 05:00:00+00 | 2024/03/01 22:15:00+00 | 2024/03/02 03:00:00+00 | 1200 BLOCK ELM ST | LARCENY FROM AUTO | 2 | {A-1} | 2024/03/02 05:00:00+00 | 2024/03/02 05:00:00+00 | -79 | 37
        2 | 24001235 | 2024/03/03 05:00:00+00 | 2024/03/02 21:15:00+00 | 2024/03/02 21:30:00+00 | 500 BLOCK OAK AVE | SIMPLE ASSAULT | 2 | {A-2} | 2024/03/03 05:00:00+00 | 2024/03/03 05:00:00+00 | -79 | 37
        """,
        [
            ("Case_Number", "24001234"),
            ("Crime_Date", "2024/03/01"),
            ("Crime_Time", "22:15:00"),
            ("Crime_Date", "2024/03/02"),
            ("Crime_Time", "03:00:00"),
            ("Location", "1200 BLOCK ELM ST"),
            ("Crime_Type", "LARCENY FROM AUTO"),
        ],
    ),
    "a dispatch system": (
        """
        EventNum | CallReceived | FirstUnitArrived | CallClosed | CallTypeDesc | EventAddr | Priority | Units | DispoDesc
        P240102001 | 01/02/2024 10:11:12 | 01/02/2024 10:15:00 | 01/02/2024 10:44:00 | TRAFFIC STOP | MAIN ST/OAK AVE | 3 | 2A12,2A14 | WARNING ISSUED
        P240102002 | 01/02/2024 10:21:12 | 01/02/2024 10:25:00 | 01/02/2024 10:54:00 | ALARM BURGLARY | 100 ELM ST | 2 | 2A13 | FALSE ALARM
        """,
        [
            ("Case_Number", "P240102001"),
            ("Crime_Date", "01/02/2024"),
            ("Crime_Time", "10:11:12"),
            ("Crime_Type", "TRAFFIC STOP"),
            ("Location", "MAIN ST/OAK AVE"),
            ("Crime_Status", "WARNING ISSUED"),
        ],
    ),
    "joined and shortened words": (
        """
        caseno | offense | eventdt | eventtm | cvlegend | cvdow | indbdate | blkaddr | city | state
        24018212 | BURGLARY COMMERCIAL | 2024-04-25T00:00:00.000 | 05:55 | BURGLARY - COMMERCIAL | 0 | 2024-04-26T00:00:00.000 | 1100 BLOCK ELM AVE | Exampleville | CA
        24018173 | THEFT MISD. | 2024-04-25T00:00:00.000 | 14:35 | LARCENY | 0 | 2024-04-26T00:00:00.000 | 2000 BLOCK OAK ST | Exampleville | CA
        """,
        [
            ("Case_Number", "24018212"),
            ("Crime_Type", "BURGLARY COMMERCIAL"),
            ("Crime_Date", "2024-04-25"),
            ("Crime_Time", "05:55"),
            ("Location", "1100 BLOCK ELM AVE"),
            ("City", "Exampleville"),
        ],
    ),
    "a sheriff's jail roster": (
        """
        Last Name | First Name | Middle | Age | Race | Sex | Booking Date | Booking Time | Charges | Bond | Arresting Agency | Arresting Officer
        Muster | Max | A | 23 | W | M | 12/31/2023 | 0332 | TRESPASS; THEFT | $500 | EPD | Roe
        Model | Erika | | 31 | B | F | 12/31/2023 | 1754 | POSSESSION | $900 | EPD | Doe
        """,
        [
            ("Suspect_Name", "Max A Muster"),
            ("Suspect_Age", "23"),
            ("Suspect_Race", "W"),
            ("Crime_Date", "12/31/2023"),
            ("Crime_Time", "0332"),
            ("Crime_Type", "TRESPASS; THEFT"),
            ("Officer_Name", "Roe"),
        ],
    ),
    "a record of uses of force": (
        """
        incident_location_x | incident_no | district | incident_date | case_no | cfs_no | incident_description | firearm_make | subject_gender | subject_race | officer_gender | officer_race
        15XX EXAMPLE AV | 1950 | DISTRICT 2 | 2024-01-29T12:57:00.000 | 2024-78254 | P0240290645 | USE OF FORCE INVESTIGATION | SMITH AND WESSON | MALE | WHITE | MALE | BLACK
        1XX E SAMPLE ST | 8547 | CENTRAL | 2024-02-11T20:00:00.000 | 2024-20901 | P0240290646 | ACCIDENTAL DISCHARGE | SMITH AND WESSON | OTHER | UNKNOWN | MALE | WHITE
        """,
        [
            ("Location", "15XX EXAMPLE AV"),
            ("Crime_Date", "2024-01-29"),
            ("Crime_Time", "12:57:00"),
            ("Case_Number", "2024-78254"),
            ("Crime_Type", "USE OF FORCE INVESTIGATION"),
            ("Suspect_Race", "WHITE"),
        ],
    ),
    "an incident's people and things": (
        """
        Report No. | Officer(s) | Badge # | Victim | Victim E-mail | Victim's Age | Witness Name | Suspect Description | Suspect Vehicle | Stolen Property | Evidence Collected | Weapon Used | Shots Fired | Business Owner | Store Manager | CEO | Victim Age Range | Time of Day
        R-1 | Roe, Poe | 12 | Ann Lee | ann@example.org | 34 | Al Ray | white male in a red cap | blue van | bicycle | fingerprints | knife | 3 | Bo Day | Cy Ives | Di Orr | Adult | night
        R-2 | Doe | 14 | Bo Lee | bo@example.org | 36 | Ed Ray | tall woman | red car | camera | casing | handgun | 2 | Bo May | Cy Ames | Di Ott | Senior | morning
        """,
        [
            ("Case_Number", "R-1"),
            ("Officer_Name", "Roe"),
            ("Officer_Name", "Poe"),
            ("Officer_BadgeNumber", "12"),
            ("Victim_Name", "Ann Lee"),
            ("Victim_Email", "ann@example.org"),
            ("Victim_Age", "34"),
            ("Witness_Name", "Al Ray"),
            ("Suspect_Description", "white male in a red cap"),
            ("Vehicle_Description", "blue van"),
            ("Property_Stolen", "bicycle"),
            ("Evidence_Type", "fingerprints"),
            ("Weapon_Type", "knife"),
            ("Shots_Fired", "3"),
            ("Victim_Owner", "Bo Day"),
            ("Victim_Manager", "Cy Ives"),
            ("Victim_CEO", "Di Orr"),
            ("Victim_AgeRange", "Adult"),
            ("Time_Of_Day", "night"),
        ],
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_the_headings_of_many_habits_are_understood(style: str) -> None:
    text, wanted = STYLES[style]
    assert values(text) == wanted


def test_a_list_of_arrests_means_the_arrested_by_name_age_and_race() -> None:
    text = """
        Name | Date/Time | Age | R/S | DOB | Address | Charge
        MUSTER, MAX A | 12/31/2019 03:32 | 23 | WM | 07/13/1996 | 1112 W ELM | 0566050A - CRIMINAL TRESPASS
        MODEL, ERIKA B | 12/31/2019 17:54 | 31 | BF | 02/02/1988 | 20 N OAK | 5161001 - POSSESSION
        JUVENILE | 12/31/2019 03:16 | 15 | WM | | 40 S PINE | DV - BATTERY
        """
    assert values(text) == [
        ("Suspect_Name", "MUSTER, MAX A"),
        ("Crime_Date", "12/31/2019"),
        ("Crime_Time", "03:32"),
        ("Suspect_Age", "23"),
        ("Suspect_Race", "W"),
        ("Location", "1112 W ELM"),
        ("Crime_Type", "0566050A - CRIMINAL TRESPASS"),
    ]
    assert "Suspect_Name" not in dict(values(text, row=2))


PEOPLE = """
    Name | Age | Race | Address
    MUSTER, MAX A | 23 | W | 1112 W ELM
    MODEL, ERIKA B | 31 | B | 20 N OAK
    """


def test_people_of_no_arrest_list_are_nobody_in_particular() -> None:
    assert types(PEOPLE) == {"Address": ("Location",)}
    assert types(PEOPLE, title=["Exampleville Police Department", "Arrests of January"]) == {
        "Name": ("Suspect_Name",),
        "Age": ("Suspect_Age",),
        "Race": ("Suspect_Race",),
        "Address": ("Location",),
    }


def column(heading: str, *cells: str) -> tuple[str, ...]:
    return map_columns([heading], [[cell] for cell in cells]).columns[0].types


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Date", ("Monday", "Tuesday", "Monday")),
        ("Date Occurred", ("24-001", "24-002", "24-003")),
        ("Case Number", ("Theft", "Arson", "Fraud")),
        ("Case Number", ("1.5", "2.5", "3.25")),
        ("Location", ("(41.9, -87.7)", "(41.8, -87.6)")),
        ("Location", ("POINT (-87.7 41.9)", "POINT (-87.6 41.8)")),
        ("Address", ("1200", "1300", "14XX")),
        ("Offense", ("13A", "120", "23F")),
        ("Offense", ("PC 459", "PC 211", "PC 484")),
        ("Offense Code", ("BURGLARY", "THEFT", "ARSON")),
        ("Location Description", ("STREET", "APARTMENT", "BANK")),
        ("Location Type", ("Parking lot", "Street", "School")),
        ("Victim", ("Individual", "Society/Public", "Business")),
        ("Victim", ("2", "1", "1")),
        ("Victim Age", ("25-44", "18-24", "65+")),
        ("Victim Race", ("M", "F", "M")),
        ("Suspect", ("Yes", "No", "No")),
        ("Suspect Name", ("Unknown", "Unknown male", "JUVENILE")),
        ("Weapon", ("Y", "N", "Y")),
        ("Arrest", ("true", "false", "true")),
        ("Officer", ("2A12", "2A14", "K9-1")),
        ("Officer Race", ("WHITE", "BLACK", "WHITE")),
        ("Date of Birth", ("01/02/1990", "03/04/1985")),
        ("DOB", ("01/02/1990", "03/04/1985")),
        ("updateDate", ("01/02/2024", "03/04/2024")),
        ("Court Date", ("01/02/2024", "03/04/2024")),
        ("Clearance Date", ("01/02/2024", "03/04/2024")),
        ("Status", ("01/02/2024", "03/04/2024")),
        ("City", ("12", "14", "16")),
        ("Shots Fired", ("Yes", "No", "Yes")),
        ("Email", ("a@example.org", "b@example.org")),
        ("Name", ("Max Muster", "Erika Model")),
        ("Report Type", ("Supplement", "Initial")),
        ("State", ("CA", "CA")),
        ("Victim Type", ("Adult Male", "Adult Female")),
        ("Property Value", ("$500", "$20")),
        ("Time", ("1", "2", "3")),
        ("N/A", ("", "", "")),
    ],
)
def test_a_heading_is_not_believed_without_values_of_its_kind(heading: str, cells: tuple[str, ...]) -> None:
    assert column(heading, *cells) == ()


def test_a_date_column_with_an_odd_name_is_found_by_its_values() -> None:
    text = """
        Nr | When did it happen | Kind
        1 | 01/02/2024 13:30 | Theft
        2 | 01/03/2024 14:30 | Arson
        """
    assert types(text)["When did it happen"] == ("Crime_Date", "Crime_Time")
    beside = text.replace("Kind", "Date Occurred").replace("Theft", "01/01/2024").replace("Arson", "01/02/2024")
    assert types(beside) == {"Date Occurred": ("Crime_Date",)}
    two = text.replace("Kind", "And when not").replace("Theft", "01/01/2024").replace("Arson", "01/02/2024")
    assert types(two) == {}


def test_what_occurred_goes_before_what_was_reported_and_entered() -> None:
    text = """
        Entered | Reported Date | Reported Time | Date
        01/05/2024 | 01/04/2024 | 10:00 | 01/03/2024
        01/06/2024 | 01/05/2024 | 11:00 | 01/04/2024
        """
    assert types(text) == {"Date": ("Crime_Date",)}
    assert types(text.replace("| Date", "| Court Date")) == {
        "Reported Date": ("Crime_Date",),
        "Reported Time": ("Crime_Time",),
    }


def test_two_headings_in_one_mean_what_both_mean() -> None:
    text = """
        Nature/Classification | Place / Location | Disposition (Status) | Victim/Suspect | Building/Address
        Theft | Gym | Open | Max Muster | 1 Elm St
        Arson | Library | Closed | Erika Model | 2 Oak St
        """
    assert types(text) == {
        "Nature/Classification": ("Crime_Type",),
        "Disposition (Status)": ("Crime_Status",),
        "Building/Address": ("Location",),
    }
    assert types(text.replace("Building/Address", "Beat"))["Place / Location"] == ("Location",)


def test_an_end_without_an_event_of_its_own_stands_beside_the_begin() -> None:
    text = """
        Date Reported | Date Occurred | Time Occurred | End Date | End Time | Cleared
        1/5/2024 | 1/1/2024 | 10:00 PM | 1/2/2024 | 8:00 AM | 1/6/2024
        1/6/2024 | 1/3/2024 | 10:00 AM | 1/3/2024 | | 1/7/2024
        """
    wanted = ["1/1/2024", "10:00 PM", "1/2/2024", "8:00 AM"]
    assert [value for _, value in values(text)] == wanted
    assert [value for _, value in values(text, row=1)] == ["1/3/2024", "10:00 AM"]


def test_a_description_is_an_offense_only_in_a_table_of_incidents() -> None:
    text = """
        Item | Description | Value
        Bicycle | Blue bicycle | $200
        Camera | Black camera | $100
        """
    assert types(text) == {}
    assert types(text.replace("Item", "Address").replace("Value", "Nr")) == {
        "Address": ("Location",),
        "Description": ("Crime_Type",),
    }


def test_midnight_in_all_rows_is_no_time() -> None:
    text = """
        occ_date
        2024-01-02T00:00:00.000
        2024-01-03T00:00:00.000
        """
    assert values(text) == [("Crime_Date", "2024-01-02")]
    assert values(text.replace("03T00", "03T01")) == [("Crime_Date", "2024-01-02"), ("Crime_Time", "00:00:00")]


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("6/28/10 2:45 PM", ["6/28/10", "2:45 PM"]),
        ("6/29/10 to 7/1/10 3:00 PM to 1:50 PM", ["6/29/10", "7/1/10", "3:00 PM", "1:50 PM"]),
        ("06/23/2020 - 07/01/2020", ["06/23/2020", "07/01/2020"]),
        ("06/24/2020 - 06/24/2020", ["06/24/2020"]),
        ("06/24/2020  1857", ["06/24/2020", "1857"]),
        ("06/24/2020 1857 hrs", ["06/24/2020", "1857"]),
        ("Tuesday, January 2, 2024 at 9:45", ["January 2, 2024", "9:45"]),
        ("2-Jan-24 09:45", ["2-Jan-24", "09:45"]),
        ("2024-01-02T09:45:10.123Z", ["2024-01-02", "09:45:10"]),
        ("20240102", ["20240102"]),
        ("03/04-06/2025", ["03/04-06/2025"]),
        ("unknown", []),
        ("some time last week", []),
    ],
)
def test_a_cell_of_moments_gives_days_and_times_as_they_stand(cell: str, wanted: list[str]) -> None:
    rows = [["01/01/2024 10:00"], ["01/02/2024 11:00"], ["01/03/2024 12:00"], [cell]]
    report = row_report(map_columns(["Occurred"], rows), [cell])
    assert [report.text[value.char_start : value.char_end] for value in report.given] == wanted


def test_serial_numbers_of_a_spreadsheet_are_shown_as_the_days_they_are() -> None:
    headings, rows = ["Case", "Occurred", "Reported"], [["0012", "45123.5", "45124"], ["0013", "45124.25", "45125"]]
    report = row_report(map_columns(headings, rows), rows[0])
    assert report.text == "Case: 0012\nOccurred: 2023-07-16 12:00\nReported: 2023-07-17"
    assert [report.text[value.char_start : value.char_end] for value in report.given] == ["0012", "2023-07-16", "12:00"]


def test_milliseconds_since_1970_are_shown_as_moments() -> None:
    report = row_report(map_columns(["occ_date"], [["1704153600000"], ["1704240000000"]]), ["1704153600000"])
    assert report.text == "occ_date: 2024-01-02"


def test_days_without_a_year_leave_it_to_the_title() -> None:
    mapped_columns = map_columns(["Date", "Kind"], [["01/15", "Theft"], ["01/16", "Arson"]])
    report = row_report(mapped_columns, ["01/15", "Theft"], context=["Log of January 2024"])
    assert report.text == "Date: 01/15\nKind: Theft\n\nLog of January 2024"
    assert report.text[slice(report.given[0].char_start, report.given[0].char_end)] == "01/15"


@pytest.mark.parametrize(
    "cell", [" ".join(["a", " " * 999_999, "b"]), "white or " * 100_000, "1/" * 500_000, "a, " * 300_000]
)
def test_a_cell_of_a_million_characters_is_no_value_of_any_type(cell: str) -> None:
    headings = ["Case No", "Occurred", "Time", "Officer", "Race of Suspect", "City", "Status", "Address", "Victim Age"]
    mapped_columns = map_columns(
        headings, [["24-1", "1/2/2024", "13:00", "Roe", "W", "A City", "Open", "1 Elm St", "34"]]
    )
    assert len(mapped_columns.types) == len(headings)
    assert row_report(mapped_columns, [cell] * len(headings)).given == ()


def test_what_the_user_tells_is_believed_always() -> None:
    text = """
        Nature | What | Where
        13A | Theft of a car | 7
        120 | Arson | 8
        """
    told = {"nature": "Crime_Type", "Where": "Location"}
    assert values(text, told=told) == [("Crime_Type", "13A"), ("Location", "7")]
    assert types("Nature\nTheft\nArson", told={"Nature": ""}) == {}
    assert values("Happened\nin spring\n01/02/2024", told={"Happened": "Crime_Date"}) == [("Crime_Date", "in spring")]
    assert types("Date | Seen\n01/02/2024 | 01/03/2024", told={"Seen": "Crime_Date"}) == {"Seen": ("Crime_Date",)}


def test_each_column_shows_what_it_holds() -> None:
    columns = mapped("Case | Comments\n1 | A man ran off with the hat of a child.\n2 |\n3 | -\n4 | x\n5 | y").columns
    assert [(column.samples, column.is_prose) for column in columns] == [
        (("1", "2", "3"), False),
        (("A man ran off with the hat of a child.", "x", "y"), True),
    ]


NARRATIVE = "The victim stated that a man took her bicycle from the rack."


def test_the_text_column_is_the_first_known_name_that_holds_prose() -> None:
    text = f"Case | Description | Narrative\n1 | Theft | {NARRATIVE}\n2 | Arson | {NARRATIVE}"
    assert mapped(text).text_column == 2
    assert types(text) == {"Case": ("Case_Number",), "Description": ("Crime_Type",)}
    assert mapped("Case | Narrative | City\n1 | TRAFFIC STOP | Example\n2 | ALARM | Example").text_column is None
    assert mapped("id | narrative\n1 | He fled\n2 | A man").text_column == 1
    assert mapped("text | Offense\nHe fled | Theft").text_column == 0


def test_the_text_column_is_the_one_asked_for_in_any_case() -> None:
    text = "text | Witness Statement\none | two"
    assert mapped(text, text_column="Witness Statement").text_column == 1
    assert mapped(text, text_column="witness statement").text_column == 1
    with pytest.raises(WrongUsage) as failure:
        mapped(text, text_column="tale")
    assert (
        str(failure.value)
        == "it has no column tale; choose one of its columns with --text-column: text, Witness Statement"
    )


WRONG_WORDS = re.compile(
    r"update|indb|parent|narrative|cvlegend|dow|state|postal|gender|officer_race|Reported|Comments"
)


def test_public_files_are_mapped_and_nothing_else() -> None:
    paths = sorted(FILES.glob("files/csv/*.csv")) + sorted(FILES.glob("cases/*.csv"))
    if not paths:
        pytest.skip("the public files beside the project are not there")
    for path in paths:
        text = path.read_text("utf-8")
        found = raw_table(Document(str(path), "d", "text/csv", "utf-8", False, len(text), text))
        columns = map_columns(found.headings, found.sample).columns
        given = {entity_type for column in columns for entity_type in column.types}
        assert {"Location", "Crime_Type", "Crime_Date"} <= given, path
        assert [column.heading for column in columns if column.types and WRONG_WORDS.search(column.heading)] == [], path


def test_what_the_user_tells_of_one_column_says_nothing_of_one_that_is_much_like_it() -> None:
    text = "Charge1 | Charge2\nTheft | Assault\nArson | Fraud"
    told = {"Charge1": "Evidence_Type"}
    assert types(text, told=told) == {"Charge1": ("Evidence_Type",), "Charge2": ("Crime_Type",)}
    assert types(text, told={"charge_1": ""}) == {"Charge2": ("Crime_Type",)}
    assert [column.told_as for column in mapped(text, told={"charge_1": ""}).columns] == ["charge_1", None]
    assert types("*** | ---\nTheft | x\nArson | y", told={"***": "Crime_Type"}) == {"***": ("Crime_Type",)}
    assert types("Case No. | City\n1 | Example", told={"case number": "Location"})["Case No."] == ("Location",)


def test_a_column_of_prose_is_a_value_where_the_user_says_so() -> None:
    text = f"Case | Description\n1 | {NARRATIVE}\n2 | {NARRATIVE}"
    assert mapped(text).text_column == 1
    assert values(text, told={"Description": "Crime_Summary"}) == [("Case_Number", "1"), ("Crime_Summary", NARRATIVE)]
    assert mapped(text, told={"Description": ""}).text_column == 1
    with pytest.raises(
        WrongUsage, match="Description is its --text-column and, by --map, Crime_Summary; leave one out"
    ):
        mapped(text, told={"Description": "Crime_Summary"}, text_column="Description")
