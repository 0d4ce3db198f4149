"""Lists of incidents as agencies print them: each row or entry comes alone in a report of its own."""

import io
from collections.abc import Sequence

from reportlab.pdfgen.canvas import Canvas

from crimeetl.etl.documents import Document
from crimeetl.etl.readers.pages import pdf
from crimeetl.etl.split import split
from crimeetl.etl.split.boundaries import report_spans

MOST_CHARS = 10_000_000
PITCH = 11
Placed = Sequence[tuple[float, str]]  # the cells of a line, from the left


def read(*pages: Sequence[Placed]) -> Document:
    """A PDF with the lines of each page one under the other; an empty one is a blank line."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    for lines in pages:
        canvas.setFont("Helvetica", 9)
        for number, cells in enumerate(lines):
            for left, text in cells:
                canvas.drawString(left, 750 - PITCH * number, text)
        canvas.showPage()
    canvas.save()
    found = pdf.text_of("log.pdf", buffer.getvalue(), MOST_CHARS)
    return Document(
        path="/log.pdf",
        document_id="0" * 32,
        media_type="application/pdf",
        encoding=None,
        has_byte_order_mark=False,
        size_bytes=0,
        text=found.text,
        pages=found.pages,
        lines=found.lines,
        tables=found.tables,
    )


def texts(document: Document) -> list[str]:
    return [report.text for report in split(document).reports]


def entries(text: str) -> list[str]:
    page_starts = [0, *(place + 1 for place, character in enumerate(text) if character == "\f")]
    return [text[start:end] for start, end in report_spans(text, page_starts=page_starts)]


def row(number: int, nature: str, place: str, status: str) -> Placed:
    return [(40, f"01/{number:02d}/2024"), (110, f"24-{number:04d}"), (170, nature), (290, place), (400, status)]


HEADINGS: Placed = [(40, "Date"), (110, "Case No"), (170, "Nature"), (290, "Location"), (400, "Disposition")]


def test_a_wrapped_line_of_prose_alone_in_its_line_is_in_its_cell_word_for_word() -> None:
    document = read(
        [
            [(40, "Police Log")],
            [],
            [(40, "Date"), (110, "Incident"), (200, "Narrative")],
            [(40, "01/02/2024"), (110, "Theft"), (200, "A bike that had been locked to a rack was taken")],
            [(200, "from the yard in the back of the house at some time in the night.")],
            [(40, "01/03/2024"), (110, "Vandalism"), (200, "A window of the shop was broken.")],
            [(40, "01/04/2024"), (110, "Burglary"), (200, "The rear door of the shop was forced.")],
        ]
    )
    assert [text.split("\n\n")[0] for text in texts(document)] == [
        "A bike that had been locked to a rack was taken\n"
        "from the yard in the back of the house at some time in the night.",
        "A window of the shop was broken.",
        "The rear door of the shop was forced.",
    ]


def test_a_cell_that_the_end_of_a_page_cuts_is_whole() -> None:
    head: Placed = [(40, "Exampleville Police Department"), (450, "Page 1 of 2")]
    document = read(
        [
            head,
            [],
            [(40, "Daily Log")],
            HEADINGS,
            row(2, "Theft", "100 Elm St", "Closed"),
            row(3, "Fraud", "20 Oak Ave", "Open"),
            row(4, "Assault", "75 Pine Dr", "Referred to Student"),
        ],
        [
            [(40, "Exampleville Police Department"), (450, "Page 2 of 2")],
            [],
            HEADINGS,
            [(400, "Conduct")],
            row(5, "Arson", "3 Mill Rd", "Open"),
            row(6, "Stalking", "9 Lake Ct", "Closed"),
        ],
    )
    assert [text.split("\n\n")[0].splitlines()[1:] for text in texts(document)] == [
        ["Case No: 24-0002", "Nature: Theft", "Location: 100 Elm St", "Disposition: Closed"],
        ["Case No: 24-0003", "Nature: Fraud", "Location: 20 Oak Ave", "Disposition: Open"],
        ["Case No: 24-0004", "Nature: Assault", "Location: 75 Pine Dr", "Disposition: Referred to Student Conduct"],
        ["Case No: 24-0005", "Nature: Arson", "Location: 3 Mill Rd", "Disposition: Open"],
        ["Case No: 24-0006", "Nature: Stalking", "Location: 9 Lake Ct", "Disposition: Closed"],
    ]


def test_a_page_head_of_two_parts_does_not_join_the_columns_under_it() -> None:
    document = read(
        [
            [(36, "INCIDENT LOG - January 2024   Page 1")],
            [],
            [(36, "ID"), (75, "Date"), (120, "Officer(s)"), (210, "Location"), (330, "Description")],
            [(36, "001"), (75, "01/02"), (120, "Roe, J."), (210, "100 Elm St"), (330, "Theft of a bike.")],
            [(36, "002"), (75, "01/03"), (120, "Doe, R."), (210, "20 Oak Ave"), (330, "Vandalism.")],
            [(36, "003"), (75, "01/04"), (120, "Poe, M."), (210, "75 Pine Dr"), (330, "Fraud by card.")],
        ]
    )
    assert [text.split("\n\n")[0].splitlines()[:2] for text in texts(document)] == [
        ["ID: 001", "Date: 01/02"],
        ["ID: 002", "Date: 01/03"],
        ["ID: 003", "Date: 01/04"],
    ]


def test_a_first_cell_that_wraps_where_its_column_is_full_is_whole() -> None:
    lines = [
        [(40, "Daily Crime Log")],
        [],
        [(40, "Classification"), (170, "Reported"), (240, "Report No"), (320, "Location")],
        [(40, "Disorderly Conduct - Noise"), (170, "01/02/2024"), (240, "24-00002"), (320, "100 Elm St")],
        [(40, "Hit and Run - Property"), (170, "01/03/2024"), (240, "24-00003"), (320, "20 Oak Ave")],
        [(40, "Damage")],
        [(40, "Fraud"), (170, "01/04/2024"), (240, "24-00004"), (320, "75 Pine Dr")],
    ]
    assert [text.split("\n\n")[0].splitlines()[0] for text in texts(read(lines))] == [
        "Classification: Disorderly Conduct - Noise",
        "Classification: Hit and Run - Property Damage",
        "Classification: Fraud",
    ]


def test_first_lines_that_line_up_and_have_prose_under_them_begin_entries() -> None:
    kinds = ["Theft", "Burglary", "Assault", "Fraud", "Arson", "Stalking"]
    lines: list[Placed] = [[(40, "EXAMPLEVILLE POLICE")], [(40, "Daily Bulletin")], []]
    for number, kind in enumerate(kinds):
        lines += [
            [(40, f"03{number:02d}"), (140, kind.upper()), (400, f"24000123{number:02d}")],
            [(40, "The owner of the place told officers that it had been taken.")],
            [(40, "Nobody was hurt.")],
            [],
        ]
    assert texts(read(lines)) == [
        f"03{number:02d}   {kind.upper()}   24000123{number:02d}\n"
        "The owner of the place told officers that it had been taken.\nNobody was hurt."
        for number, kind in enumerate(kinds)
    ]


def test_a_line_of_prose_that_wraps_before_a_number_begins_no_entry() -> None:
    wrapped = """A man took goods from the shelf of a shop and left by the rear door; see also case
{}. The tag of the goods was found in the lot of 20 Oak Ave by the clerk of the shop."""
    text = f"""Public Log

Tuesday, January 2, 2024
0237 Theft - 1144 E School St. A bike was taken.
0230 Theft - 1200 E School St. {wrapped.format(236721)}
0411 Fraud - 200 Oak Ave. A card was used twice.
0805 Assault - 75 Pine Dr. Two men fought in the lot.
Wednesday, January 3, 2024
1101 Arson - 3 Mill Rd. {wrapped.format(354412)}
1512 Stalking - 9 Lake Ct. A woman was followed home at 9 p.m.
Thursday, January 4, 2024
1607 Theft - 300 Elm St. A car was taken."""
    assert [entry.split(" ", 2)[0] for entry in entries(text)] == [
        "0237",
        "0230",
        "0411",
        "0805",
        "1101",
        "1512",
        "1607",
    ]


def test_an_entry_that_wraps_over_a_page_before_a_number_is_one() -> None:
    prose = "THE VICTIM TOLD OFFICERS OF THE TOWN THAT THE TAG ON HER BICYCLE WAS NUMBER"
    head = "POL405 RUN DATE: 8/14/2024   PAGE {}\nPRESS RELEASE 1874\n\n"
    text = (
        head.format(1)
        + "".join(
            f"X24-0006{number} THEFT   720-5/16-25\nLOCATION: {number}00 ELM ST\nOCCURRED: 8/1{number}/2024 19:00\n\n"
            for number in range(5)
        )
        + f"X24-00065 BURGLARY   720-5/19-1\nLOCATION: 20 OAK RD\n{prose}\n\f"
        + head.format(2)
        + "160761. NOBODY WAS HURT.\n\n"
        + "X24-00066 FRAUD   720-5/17-1\nLOCATION: 75 PINE DR\nOCCURRED: 8/17/2024 09:45\n"
    )
    found = entries(text)
    assert [entry[:9] for entry in found] == [f"X24-0006{number}" for number in range(7)]
    assert found[5].endswith("160761. NOBODY WAS HURT.")


def test_a_time_that_ocr_misreads_still_begins_an_entry_by_the_number_that_follows() -> None:
    times = ["0315", "0840", "1719.", "2210", "6103", "2305"]
    text = "Daily Bulletin\n\n" + "\n\n".join(
        f"{time} Theft 24000123{number:02d}\nA bike was taken from 100 Elm St." for number, time in enumerate(times)
    )
    assert [entry.split()[0] for entry in entries(text)] == times


def test_a_heading_with_small_words_and_brackets_begins_an_entry_like_any_other() -> None:
    kinds = ["Theft", "Hit and Run - Property Damage", "Drug Possession (Marijuana)", "Fraud - Credit Card"]
    text = "Press Release\n\n" + "\n\n".join(
        f"{kind} - Case #2024-00441{number}\nDate/Time: 01/0{number + 1}/2024 at 2343 hrs\nLocation: 100 Elm St"
        for number, kind in enumerate(kinds)
    )
    assert [entry.splitlines()[0] for entry in entries(text)] == [
        f"{kind} - Case #2024-00441{number}" for number, kind in enumerate(kinds)
    ]


def test_arrests_under_the_name_of_each_person_are_a_report_each() -> None:
    people = ["MUSTER, MAX A", "MODEL, ERIKA B", "ROE, RICHARD C"]
    text = "Arrest Log 01/01/2024 to 01/31/2024\n\n" + "\n\n".join(
        f"{person}\nArrested: 01/0{number + 2}/2024 19:16\nAddress: 100 Elm St\nCharge: Theft"
        for number, person in enumerate(people)
    )
    assert [entry.splitlines()[0] for entry in entries(text)] == people


def test_a_label_of_every_entry_at_the_edges_of_pages_is_no_page_head() -> None:
    page = "\n\n".join(
        "THEFT\nOccurred: 01/{0}{1}/2024 19:16\nLocation: 100 Elm St\nStatus: Open".replace("{1}", str(number))
        for number in range(1, 4)
    )
    text = "Incident Log\n\n" + "\n\f".join(page.replace("{0}", str(number)) for number in range(4))
    assert [entry.count("Status: Open") for entry in entries(text)] == [1] * 12
