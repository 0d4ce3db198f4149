"""Tables drawn here come back cell for cell: ruled in any style, over pages, and those that alignment alone shows."""

import io
from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from crimeetl.etl.documents import Table as FoundTable
from crimeetl.etl.readers.pages import pdf
from crimeetl.etl.readers.plain import FileText

MOST_CHARS = 10_000_000
GRID = ("GRID", (0, 0), (-1, -1), 0.5, colors.black)
HEADINGS = ["Date", "Case", "Nature", "Place", "Status"]


def paragraph(text: str) -> Paragraph:
    return Paragraph(text, getSampleStyleSheet()["Normal"])


def read(*parts: Flowable) -> FileText:
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=(612, 792)).build(list(parts))
    return pdf.text_of("a.pdf", buffer.getvalue(), MOST_CHARS)


def ruled(rows: Sequence[Sequence[object]], *style: tuple[object, ...], **options: object) -> Table:
    return Table(rows, style=TableStyle([GRID, *style]), **options)


def cells(table: FoundTable) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def row_texts(found: FileText, table: FoundTable) -> list[str]:
    return [found.text[row.char_start : row.char_end] for row in table.rows]


def incidents(count: int) -> list[list[str]]:
    return [[f"01/02/{number:04d}", f"24-{number:04d}", "Theft", "Main St", "Closed"] for number in range(count)]


def test_a_row_is_one_line_of_the_text_and_an_empty_cell_is_empty() -> None:
    rows = [HEADINGS, ["1/1/24", "24-1", "Theft", "Main St", "Closed"], ["1/2/24", "24-2", "Fraud", "", "Open"]]
    found = read(paragraph("Oxford daily log"), ruled(rows))
    [table] = found.tables
    assert cells(table) == rows
    assert row_texts(found, table) == [
        "Date   Case   Nature   Place   Status",
        "1/1/24   24-1   Theft   Main St   Closed",
        "1/2/24   24-2   Fraud   Open",
    ]
    assert found.text.startswith("Oxford daily log\n")


def test_a_cell_knows_its_page_and_place() -> None:
    [table] = read(ruled([["a", "b"], ["c", "d"]], colWidths=[100, 200], rowHeights=[30, 40])).tables
    cell = table.rows[1].cells[1]
    assert (cell.text, cell.page) == ("d", 1)
    assert cell.box is not None
    assert round(cell.box.right - cell.box.left) == 200
    assert round(cell.box.bottom - cell.box.top) == 40
    first = table.rows[0].cells[0].box
    assert first is not None
    assert (round(first.right), round(first.bottom)) == (round(cell.box.left), round(cell.box.top))


def test_the_lines_of_a_cell_that_wraps_stay_together() -> None:
    rows = [["Case", "Nature", "Status"], ["24-1", "Vandalism of a car\nin the street", "Closed"]]
    found = read(ruled(rows))
    [table] = found.tables
    assert cells(table) == rows
    assert row_texts(found, table)[1] == "24-1   Vandalism of a car\nin the street\nClosed"


def test_merged_cells_say_what_they_say_once() -> None:
    rows = [
        ["Log of January", "", ""],
        ["Date", "Case", "Nature"],
        ["1/1", "24-1", "Theft"],
        ["", "24-2", "Fraud"],
        ["The officer found nobody there.", "", ""],
    ]
    spans = [("SPAN", (0, 0), (-1, 0)), ("SPAN", (0, 2), (0, 3)), ("SPAN", (0, 4), (-1, 4))]
    found = read(ruled(rows, *spans))
    [table] = found.tables
    assert cells(table) == rows
    assert row_texts(found, table) == [
        "Log of January",
        "Date   Case   Nature",
        "1/1   24-1   Theft",
        "24-2   Fraud",
        "The officer found nobody there.",
    ]


def test_a_table_over_pages_is_one_without_its_repeated_headings() -> None:
    rows = [HEADINGS, *incidents(120)]
    found = read(paragraph("Log"), ruled(rows, repeatRows=1))
    assert len(found.pages) > 2
    [table] = found.tables
    assert cells(table) == rows
    assert row_texts(found, table)[-1] == "01/02/0119   24-0119   Theft   Main St   Closed"


def test_a_table_over_pages_that_does_not_repeat_its_headings_is_one() -> None:
    rows = [HEADINGS, *incidents(120)]
    [table] = read(ruled(rows)).tables
    assert cells(table) == rows


def test_one_row_alone_on_the_last_page_belongs_to_the_table() -> None:
    first = ruled([HEADINGS, *incidents(3)], colWidths=[80] * 5)
    last = ruled([["01/02/0003", "24-0003", "Fraud", "Oak St", "Open"]], colWidths=[80] * 5)
    [table] = read(first, PageBreak(), last).tables
    assert cells(table)[-1] == ["01/02/0003", "24-0003", "Fraud", "Oak St", "Open"]
    assert len(table.rows) == 5


def test_a_row_that_a_page_end_cuts_is_one_row() -> None:
    widths = [60, 60, 200]
    first = ruled(
        [["Date", "Case", "Nature"], ["1/1", "24-1", "Theft"], ["1/2", "24-2", "A man was seen"]], colWidths=widths
    )
    rest = ruled([["Date", "Case", "Nature"], ["", "", "on Oak Street"], ["1/3", "24-3", "Fraud"]], colWidths=widths)
    found = read(first, PageBreak(), rest)
    [table] = found.tables
    assert cells(table) == [
        ["Date", "Case", "Nature"],
        ["1/1", "24-1", "Theft"],
        ["1/2", "24-2", "A man was seen\non Oak Street"],
        ["1/3", "24-3", "Fraud"],
    ]
    row = table.rows[2]
    assert found.text[row.char_start : row.char_end] == (
        "1/2   24-2   A man was seen\n\nDate   Case   Nature\non Oak Street"
    )


def test_tables_of_different_columns_on_two_pages_are_two() -> None:
    first = ruled([["a", "b"], ["c", "d"]], colWidths=[100, 100])
    other = ruled([["e", "f"], ["g", "h"]], colWidths=[200, 100])
    assert [cells(table) for table in read(first, PageBreak(), other).tables] == [
        [["a", "b"], ["c", "d"]],
        [["e", "f"], ["g", "h"]],
    ]


def test_a_frame_round_prose_and_the_boxes_of_one_field_are_no_tables() -> None:
    frame = ruled([[paragraph("Everything here is prose in a frame, which is no table at all.")]])
    digits = ruled([list("01021990")], colWidths=[14] * 8)
    found = read(frame, Spacer(1, 20), digits)
    assert found.tables == ()


def test_text_beside_a_table_is_no_row_of_it() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    for y in (700, 680, 660):
        canvas.line(200, y, 400, y)
    for x in (200, 300, 400):
        canvas.line(x, 660, x, 700)
    canvas.setFont("Helvetica", 10)
    for x, y, text in [(205, 686, "a"), (305, 686, "b"), (205, 666, "c"), (305, 666, "d"), (100, 666, "Second:")]:
        canvas.drawString(x, y, text)
    canvas.save()
    found = pdf.text_of("a.pdf", buffer.getvalue(), MOST_CHARS)
    assert found.text == "a   b\nSecond:\nc   d"
    assert [cells(table) for table in found.tables] == [[["a", "b"], ["c", "d"]]]


def test_a_table_without_rules_is_found_by_its_columns_over_pages() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    columns = (72, 150, 220, 320, 420)
    rows = [HEADINGS, *incidents(70)]
    for start in (0, 40):
        canvas.setFont("Helvetica", 9)
        canvas.drawString(200, 750, "Oxford Police Department Daily Log")
        for number, row in enumerate(rows[start : start + 40]):
            for x, text in zip(columns, row, strict=True):
                canvas.drawString(x, 720 - 15 * number, text)
        canvas.drawString(280, 60, f"Page {start // 40 + 1}")
        canvas.showPage()
    canvas.save()
    found = pdf.text_of("a.pdf", buffer.getvalue(), MOST_CHARS)
    [table] = found.tables
    assert cells(table) == rows
    assert {cell.page for cell in table.rows[-1].cells} == {2}
    assert row_texts(found, table)[1] == "01/02/0000   24-0000   Theft   Main St   Closed"


def test_columns_too_near_for_one_row_are_told_apart_by_many() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    canvas.setFont("Helvetica", 9)
    codes = ["415", "20002JO", "594V", "10851", "SUSP", "211A", "246", "94"]
    kinds = [
        "Fight",
        "Hit and run",
        "Vandalism",
        "Vehicle theft",
        "Suspicious person",
        "Robbery armed",
        "Shots",
        "Stop",
    ]
    rows = [[f"24-{number:04d}", *pair] for number, pair in enumerate(zip(codes, kinds, strict=True))]
    end = 200 + canvas.stringWidth("20002JO", "Helvetica", 9) + 1.8
    for number, row in enumerate(rows):
        for x, text in zip((72, 200, end), row, strict=True):
            canvas.drawString(x, 700 - 15 * number, text)
    canvas.save()
    [table] = pdf.text_of("a.pdf", buffer.getvalue(), MOST_CHARS).tables
    assert cells(table) == rows


def test_a_table_without_its_outer_rules_is_one() -> None:
    rows = [HEADINGS, *incidents(4)]
    inner = Table(rows, style=TableStyle([("INNERGRID", (0, 0), (-1, -1), 0.5, colors.black)]))
    [table] = read(inner).tables
    assert cells(table) == rows


def test_prose_is_no_table() -> None:
    prose = "On May 1 Officer Lee saw two men run down Oak Street, and one of them fell over a bin. " * 20
    assert read(paragraph(prose)).tables == ()


word = st.text(
    st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:-#."), min_size=1, max_size=9
)
line = st.lists(word, min_size=1, max_size=3).map(" ".join)
filled_cell = st.lists(line, min_size=1, max_size=3).map("\n".join)
any_cell = st.one_of(st.just(""), filled_cell)
STYLES = {
    "grid": [GRID],
    "thick": [("GRID", (0, 0), (-1, -1), 2.5, colors.grey)],
    "box and inner": [("BOX", (0, 0), (-1, -1), 1.5, colors.black), ("INNERGRID", (0, 0), (-1, -1), 0.25, colors.red)],
    "open sides": [("INNERGRID", (0, 0), (-1, -1), 0.5, colors.black)]
    + [(name, (0, row), (-1, row), 0.5, colors.black) for name, row in (("LINEABOVE", 0), ("LINEBELOW", -1))],
    "shaded head": [GRID, ("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey)],
    "dark head": [GRID, ("BACKGROUND", (0, 0), (-1, 0), colors.black), ("TEXTCOLOR", (0, 0), (-1, 0), colors.white)],
    "striped": [GRID, ("ROWBACKGROUNDS", (0, 1), (-1, -1), [colors.white, colors.whitesmoke])],
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], list[tuple[object, ...]]]:
    """Rows of cells, the first of each filled, the first row in all cells; and a style."""
    columns = draw(st.integers(2, 6))
    head = draw(st.lists(filled_cell, min_size=columns, max_size=columns))
    rows = st.builds(
        lambda first, others: [first, *others],
        filled_cell,
        st.lists(any_cell, min_size=columns - 1, max_size=columns - 1),
    )
    style = list(STYLES[draw(st.sampled_from(sorted(STYLES)))])
    size = draw(st.integers(6, 11))
    style += [
        (
            "FONTNAME",
            (0, 0),
            (-1, -1),
            draw(st.sampled_from(["Helvetica", "Times-Roman", "Courier", "Helvetica-Bold"])),
        ),
        ("FONTSIZE", (0, 0), (-1, -1), size),
        ("LEADING", (0, 0), (-1, -1), 1.2 * size),
        ("ALIGN", (0, 0), (-1, -1), draw(st.sampled_from(["LEFT", "CENTER", "RIGHT"]))),
        ("VALIGN", (0, 0), (-1, -1), draw(st.sampled_from(["TOP", "MIDDLE", "BOTTOM"]))),
    ]
    return [head, *draw(st.lists(rows, min_size=1, max_size=8))], style


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
def test_any_ruled_table_comes_back_cell_for_cell(drawn: tuple[list[list[str]], list[tuple[object, ...]]]) -> None:
    rows, style = drawn
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=(1800, 1200)).build([Table(rows, style=TableStyle(style))])
    [table] = pdf.text_of("a.pdf", buffer.getvalue(), MOST_CHARS).tables
    assert cells(table) == rows
