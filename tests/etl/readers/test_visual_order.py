"""Pages drawn here and read word for word: forms across, columns one after the other, what is hidden left out."""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib import colors
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from crimeetl.etl.documents import Box, Document
from crimeetl.etl.readers import DocumentReader, ReaderLimits
from crimeetl.etl.readers.pages import ocr, pdf
from crimeetl.etl.readers.plain import FileText

MOST_CHARS = 1_000_000
LIMITS = ReaderLimits(seconds=300)  # a machine under load may be slow
needs_tesseract = pytest.mark.skipif(
    not ocr.is_installed(), reason="Tesseract is not installed (on Debian and Ubuntu: apt install tesseract-ocr)"
)

Drawing = Callable[[Canvas], object]
Place = tuple[float, float, str]

LEFT_COLUMN = (
    "The victim said that she had parked her car on",
    "the street near the corner at about nine in the",
    "evening. When she came back in the morning the",
    "window was broken and her bag was gone. She had",
    "seen nobody near the car.",
)
RIGHT_COLUMN = (
    "Officer Lee spoke with two neighbors who had",
    "heard glass break at about three in the morning.",
    "Neither had looked out of the window. A camera",
    "over the garage across the street may have seen",
    "the thief leave.",
)


def drawn(*pages: Drawing) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    for draw in pages:
        canvas.setFont("Helvetica", 10)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def read(*pages: Drawing) -> FileText:
    return pdf.text_of("a.pdf", drawn(*pages), MOST_CHARS)


def write(canvas: Canvas, places: Sequence[Place], font: str = "Helvetica", size: float = 10) -> None:
    canvas.setFont(font, size)
    for x, y, text in places:
        canvas.drawString(x, y, text)


def line_texts(document: FileText | Document) -> list[str]:
    return [document.text[line.char_start : line.char_end] for line in document.lines]


def test_values_drawn_after_all_labels_stand_beside_their_labels() -> None:
    def form(canvas: Canvas) -> None:
        write(canvas, [(72, 700, "Case No.:"), (300, 700, "Date:"), (72, 680, "Location:")], size=9)
        write(canvas, [(130, 700, "24-00123"), (340, 699, "01/02/2024"), (130, 680, "100 Main St")], "Courier")

    assert read(form).text == "Case No.:   24-00123   Date:   01/02/2024\nLocation:   100 Main St"


def test_of_small_captions_in_a_row_each_is_beside_the_value_under_or_above_it() -> None:
    def form(canvas: Canvas) -> None:
        write(canvas, [(72, 650, "VICTIM NAME"), (250, 650, "DOB")], size=7)
        write(canvas, [(72, 638, "DOE, JANE"), (250, 638, "03/04/1990")], "Courier")
        canvas.line(72, 600, 250, 600)
        write(canvas, [(72, 602, "Ann Lee #123"), (250, 602, "01/03/2024")], "Courier")
        write(canvas, [(72, 592, "REPORTING OFFICER"), (250, 592, "DATE SIGNED")], size=6)

    assert read(form).text == (
        "VICTIM NAME   DOE, JANE\nDOB   03/04/1990\nREPORTING OFFICER   Ann Lee #123\nDATE SIGNED   01/03/2024"
    )


def test_in_boxes_of_a_form_a_small_caption_is_beside_its_value() -> None:
    def form(canvas: Canvas) -> None:
        for y in (700, 670, 640):
            canvas.line(72, y, 540, y)
        for x in (72, 250, 540):
            canvas.line(x, 640, x, 700)
        captions = [
            (74, 692, "1. LAST NAME, FIRST"),
            (252, 692, "2. RACE"),
            (74, 662, "3. ADDRESS"),
            (252, 662, "4. SEX"),
        ]
        write(canvas, captions, size=6)
        write(canvas, [(74, 676, "DOE, JANE"), (252, 676, "W"), (74, 646, "100 MAIN ST"), (252, 646, "F")])

    expected = "1. LAST NAME, FIRST   DOE, JANE\n2. RACE   W\n3. ADDRESS   100 MAIN ST\n4. SEX   F"
    assert read(form).text == expected


def test_captions_go_on_in_a_second_line_and_a_value_may_be_missing_or_longer_than_its_caption() -> None:
    def form(canvas: Canvas) -> None:
        write(canvas, [(72, 706, "LAST NAME,"), (200, 706, "AGE"), (240, 706, "RACE"), (300, 706, "BADGE OF")], size=6)
        write(canvas, [(72, 700, "FIRST NAME"), (300, 700, "OFFICER")], size=6)
        write(canvas, [(74, 688, "VAN DER HARTMAN, LINDA"), (203, 688, "52"), (302, 688, "4471 OR 4472")], "Courier")
        write(canvas, [(72, 670, "The victim was at home.")])

    assert read(form).text == (
        "LAST NAME, FIRST NAME   VAN DER HARTMAN, LINDA\nAGE   52\nRACE\nBADGE OF OFFICER   4471 OR 4472"
        "\nThe victim was at home."
    )


def test_captions_as_large_as_values_are_known_by_values_written_after_all_captions() -> None:
    def form(canvas: Canvas) -> None:
        write(canvas, [(72, 700, "Victim"), (250, 700, "Date"), (72, 670, "Officer"), (250, 670, "Badge")])
        write(canvas, [(72, 688, "Jane Doe"), (250, 688, "01/02/2024"), (72, 658, "Ann Lee"), (250, 658, "4471")])

    assert read(form).text == "Victim   Jane Doe\nDate   01/02/2024\nOfficer   Ann Lee\nBadge   4471"


def test_small_headings_over_rows_of_a_table_are_no_captions_and_labels_with_colons_are_none() -> None:
    def page(canvas: Canvas) -> None:
        write(canvas, [(72, 702, "NAME"), (250, 702, "AGE")], size=7)
        write(canvas, [(72, 690, "Jane Doe"), (250, 690, "35"), (72, 678, "John Roe"), (250, 678, "40")])
        write(canvas, [(72, 600, "Case: 24-1"), (250, 600, "Date: 1/2/2024")], size=7)
        write(canvas, [(72, 588, "Victim: Jane Doe"), (250, 588, "Age: 35")])

    assert read(page).text == (
        "NAME   AGE\nJane Doe   35\nJohn Roe   40\n\nCase: 24-1   Date: 1/2/2024\nVictim: Jane Doe   Age: 35"
    )


def test_captions_at_the_feet_of_boxes_are_before_their_values() -> None:
    def form(canvas: Canvas) -> None:
        for y in (700, 670):
            canvas.rect(72, y, 178, 30)
            canvas.rect(250, y, 290, 30)
        write(canvas, [(74, 702, "NAME"), (252, 702, "RACE"), (74, 672, "ADDRESS"), (252, 672, "SEX")], size=6)
        write(canvas, [(74, 714, "DOE, JANE"), (252, 714, "W"), (74, 684, "100 MAIN ST"), (252, 684, "F")])

    assert read(form).text == "NAME   DOE, JANE\nRACE   W\nADDRESS   100 MAIN ST\nSEX   F"


def test_captions_of_several_values_in_one_wide_box_are_each_beside_its_own() -> None:
    def form(canvas: Canvas) -> None:
        canvas.rect(72, 700, 468, 30)
        canvas.rect(72, 670, 200, 30)
        canvas.rect(272, 670, 268, 30)
        captions = [(74, 722, "NAME"), (252, 722, "RACE"), (400, 722, "SEX"), (74, 692, "CITY"), (274, 692, "DATE")]
        write(canvas, captions, size=6)
        values = [(78, 706, "DOE, JANE"), (254, 706, "W"), (402, 706, "F"), (76, 676, "ALBANY"), (276, 676, "1/2/24")]
        write(canvas, values)

    assert read(form).text == "NAME   DOE, JANE\nRACE   W\nSEX   F\nCITY   ALBANY\nDATE   1/2/24"


def test_small_boxes_to_tick_in_a_box_of_a_form_leave_it_whole() -> None:
    def form(canvas: Canvas) -> None:
        for x in (72, 250):
            canvas.rect(x, 700, 178, 30)
            canvas.rect(x, 670, 178, 30)
        for x in (76, 120):
            canvas.rect(x, 704, 8, 8)
        captions = [(74, 722, "SEX"), (252, 722, "NAME"), (74, 692, "CITY"), (252, 692, "DATE")]
        write(canvas, captions, size=6)
        values = [(77, 705, "X"), (88, 705, "M"), (132, 705, "F"), (252, 706, "DOE"), (74, 676, "ALBANY")]
        write(canvas, [*values, (252, 676, "1/2/24")])

    assert read(form).text == "SEX   X M   F\nNAME   DOE\nCITY   ALBANY\nDATE   1/2/24"


def test_letters_in_a_box_each_are_one_value() -> None:
    def form(canvas: Canvas) -> None:
        canvas.rect(72, 700, 178, 30)
        canvas.rect(250, 700, 178, 30)
        write(canvas, [(74, 722, "DATE"), (252, 722, "NAME")], size=6)
        write(canvas, [(252, 706, "DOE")])
        for index, letter in enumerate("01022024"):
            canvas.rect(76 + 12 * index, 703, 12, 14)
            write(canvas, [(79 + 12 * index, 706, letter)], "Courier")

    assert read(form).text == "DATE   01022024\nNAME   DOE"


def test_a_value_a_little_above_or_under_the_line_of_its_label_is_on_it() -> None:
    def form(canvas: Canvas) -> None:
        write(canvas, [(72, 700, "Name: ____________________"), (300, 700, "Age:"), (72, 680, "Race:")], size=8)
        write(canvas, [(110, 703, "Jane Doe"), (330, 703, "35"), (110, 677, "White")], "Courier", size=11)

    assert read(form).text == "Name: ____________________ Jane Doe   Age:   35\nRace:   White"


def test_a_value_right_behind_the_colon_of_its_label_is_a_word_of_its_own_and_a_time_is_one() -> None:
    def form(canvas: Canvas) -> None:
        for y, label, value in ((700, "Case Number:", "24-0012"), (680, "at 22:", "40")):
            write(canvas, [(72, y, label)])
            write(canvas, [(73 + canvas.stringWidth(label, "Helvetica", 10), y, value)])

    assert read(form).text == "Case Number: 24-0012\nat 22:40"


def test_a_label_halfway_down_the_lines_of_its_value_is_on_the_first() -> None:
    def form(canvas: Canvas) -> None:
        for x in (72, 306):
            canvas.rect(x, 700, 234, 30)
            canvas.rect(x, 670, 234, 30)
        write(canvas, [(74, 712, "Place"), (308, 712, "City"), (74, 682, "Name"), (308, 682, "Race")], size=8)
        write(canvas, [(120, 718, "100 Main St, rear"), (120, 706, "entrance"), (350, 712, "Albany")])
        write(canvas, [(120, 682, "Jane Doe"), (350, 682, "White")])

    assert read(form).text == ("Place   100 Main St, rear\nentrance\nCity   Albany\nName   Jane Doe   Race   White")


def test_dots_and_rules_of_letters_between_label_and_value_stay() -> None:
    def form(canvas: Canvas) -> None:
        write(canvas, [(72, 700, "Name: ____________________"), (72, 680, "Officer ........ Lee")])
        write(canvas, [(110, 701, "Jane Doe")], "Courier")

    assert read(form).text == "Name: ____________________ Jane Doe\nOfficer ........ Lee"


def test_two_columns_of_prose_are_read_one_after_the_other() -> None:
    def bulletin(canvas: Canvas) -> None:
        write(canvas, [(150, 740, "Weekly Crime Bulletin of the Department")], size=16)
        rows = zip(LEFT_COLUMN, RIGHT_COLUMN, strict=True)
        for row, (left, right) in enumerate(rows):
            write(canvas, [(72, 700 - 12 * row, left), (320, 700 - 12 * row, right)], "Times-Roman")
        write(canvas, [(72, 500, "For questions call the front desk of the department at any time of day.")])

    assert read(bulletin).text == "\n".join(
        [
            "Weekly Crime Bulletin of the Department\n",
            *LEFT_COLUMN,
            *RIGHT_COLUMN,
            "\nFor questions call the front desk of the department at any time of day.",
        ]
    )


def test_a_form_of_two_columns_is_read_across() -> None:
    labels = ("Name", "Address of the person", "Race of the person", "Sex of the person", "Phone", "Employer")
    values = ("Jane Doe", "100 Main St", "White", "Female", "555-0100", "Acme")

    def form(canvas: Canvas) -> None:
        for row, (label, value) in enumerate(zip(labels, values, strict=True)):
            write(canvas, [(72, 700 - 14 * row, label), (300, 700 - 14 * row, value)])

    assert read(form).text == "\n".join(f"{label}   {value}" for label, value in zip(labels, values, strict=True))


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_turned_by_its_viewer_is_read_upright(degrees: int) -> None:
    def page(canvas: Canvas) -> None:
        canvas.setPageRotation(degrees)
        # A page turned by a quarter is drawn here as wide as it is shown high.
        x, y = {90: (792, 0), 180: (612, 792), 270: (0, 612)}[degrees]
        canvas.translate(x, y)
        canvas.rotate(degrees)
        write(canvas, [(72, 500, "Case 24-1 of the page"), (300, 500, "Jane Doe"), (72, 480, "Second line")])

    found = read(page)
    assert found.text == "Case 24-1 of the page   Jane Doe\nSecond line"
    assert [found.text[line.char_start : line.char_end] for line in found.lines] == [
        "Case 24-1 of the page",
        "Jane Doe",
        "Second line",
    ]
    assert [line.box.left for line in found.lines] == pytest.approx([72, 300, 72])
    assert found.lines[2].box.bottom == pytest.approx(792 - 480 + 2)


def test_sideways_and_slanted_text_has_lines_of_its_own() -> None:
    def page(canvas: Canvas) -> None:
        write(canvas, [(72, 700, "Main text of the page"), (72, 686, "goes on here")])
        canvas.saveState()
        canvas.translate(30, 300)
        canvas.rotate(90)
        write(canvas, [(0, 0, "Case copy")])
        canvas.restoreState()
        canvas.translate(200, 300)
        canvas.rotate(45)
        write(canvas, [(0, 0, "DRAFT")], size=60)

    found = read(page)
    assert found.text == "Main text of the page\ngoes on here\n\nCase copy\n\nDRAFT"
    sideways = found.lines[2].box
    assert sideways.bottom == pytest.approx(792 - 300)
    assert (sideways.left, sideways.right) == (pytest.approx(22), pytest.approx(32))


def test_a_page_drawn_on_its_side_is_read_as_it_lies() -> None:
    def page(canvas: Canvas) -> None:
        canvas.translate(612, 0)
        canvas.rotate(90)
        write(canvas, [(72, 500, "Name:"), (150, 500, "Jane Doe"), (72, 480, "Second line")])

    assert read(page).text == "Name:   Jane Doe\nSecond line"


def test_places_count_from_the_corner_of_the_page_as_it_is_cropped_and_what_is_cropped_off_is_no_text() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setCropBox((100, 100, 500, 700))
        write(canvas, [(110, 680, "Inside"), (20, 680, "Out")])

    found = read(page)
    assert found.text == "Inside"
    [line] = found.lines
    assert (line.page, line.char_start, line.char_end) == (1, 0, 6)
    assert line.box == Box(pytest.approx(10), pytest.approx(12), pytest.approx(36.68, abs=0.01), pytest.approx(22))


def test_small_letters_above_the_line_are_on_it() -> None:
    def page(canvas: Canvas) -> None:
        write(canvas, [(72, 700, "On May 1")], size=12)
        end = 72 + canvas.stringWidth("On May 1", "Helvetica", 12)
        write(canvas, [(end, 705, "st")], size=7)
        write(canvas, [(end + canvas.stringWidth("st", "Helvetica", 7), 700, " he fled.")], size=12)
        write(canvas, [(72, 684, "Next line")], size=12)

    assert read(page).text == "On May 1st he fled.\nNext line"


def test_letters_drawn_twice_to_look_bold_are_read_once() -> None:
    def page(canvas: Canvas) -> None:
        write(canvas, [(72, 700, "Too well, bookkeeper 1100"), (72.4, 700, "Too well, bookkeeper 1100")])
        for index, letter in enumerate("CASE"):
            write(canvas, [(72 + 8 * index, 680, letter), (72.3 + 8 * index, 680, letter)])

    assert read(page).text == "Too well, bookkeeper 1100\nCASE"


def test_what_stands_under_a_black_box_is_no_text_but_white_on_black_is() -> None:
    def page(canvas: Canvas) -> None:
        write(canvas, [(72, 700, "Victim: Jane Doe, 35")])
        start = 72 + canvas.stringWidth("Victim: ", "Helvetica", 10)
        canvas.rect(start, 697, canvas.stringWidth("Jane Doe,", "Helvetica", 10), 12, fill=1, stroke=0)
        canvas.rect(72, 650, 200, 16, fill=1, stroke=0)
        canvas.setFillColor(colors.white)
        write(canvas, [(76, 654, "WHITE ON BLACK")])
        canvas.setFillColor(colors.black)
        canvas.rect(72, 600, 200, 16, fill=1, stroke=0)
        write(canvas, [(76, 604, "BLACK ON BLACK"), (72, 560, "Phone 555-0100 now")])
        canvas.setLineWidth(12)
        number = 72 + canvas.stringWidth("Phone ", "Helvetica", 10)
        canvas.line(number, 563, number + canvas.stringWidth("555-0100", "Helvetica", 10), 563)
        canvas.setFillColor(colors.yellow)
        canvas.rect(72, 500, 100, 16, fill=1, stroke=0)
        canvas.setFillColor(colors.black)
        write(canvas, [(76, 504, "Marked")])

    assert read(page).text == "Victim:   35\nWHITE ON BLACK\nPhone   now\nMarked"


def test_invisible_text_that_ocr_put_under_a_scan_is_text() -> None:
    def page(canvas: Canvas) -> None:
        text = canvas.beginText(72, 640)
        text.setTextRenderMode(3)
        text.textLine("Officer Lee saw the man run down Oak Street at nine.")
        canvas.drawText(text)
        canvas.drawImage(ImageReader(Image.new("L", (600, 800), 255)), 0, 0, 612, 792)

    found = read(page)
    assert found.text == "Officer Lee saw the man run down Oak Street at nine."
    assert [page.is_ocr for page in found.pages] == [False]


def test_ticked_boxes_and_filled_fields_stand_where_they_are() -> None:
    def page(canvas: Canvas) -> None:
        write(
            canvas,
            [(72, 700, "Domestic violence"), (216, 700, "Gang related"), (72, 670, "Male"), (136, 670, "Female")],
        )
        form = canvas.acroForm
        form.checkbox(name="a", x=56, y=698, size=12, checked=True)
        form.checkbox(name="b", x=200, y=698, size=12, checked=False)
        form.radio(name="r", value="M", selected=True, x=56, y=668, size=12)
        form.radio(name="r", value="F", selected=False, x=120, y=668, size=12)
        canvas.drawString(56, 640, "Name:")
        form.textfield(name="n", value="Jane Doe", x=100, y=634, width=150, height=18, fontSize=10)

    assert read(page).text == ("[x] Domestic violence   [ ] Gang related\n[x] Male   [ ] Female\nName:   Jane Doe")


def test_free_text_noted_on_a_page_stands_where_it_is() -> None:
    def page(canvas: Canvas) -> None:
        write(canvas, [(72, 700, "Case number:"), (72, 680, "Date: 1/2/2024")])
        canvas.freeTextAnnotation("24-0077", (0, 0, 0), Rect=[150, 696, 250, 712])

    assert read(page).text == "Case number:   24-0077\nDate: 1/2/2024"


def test_paragraphs_have_a_blank_line_between_them_where_the_gap_is_wide() -> None:
    def page(canvas: Canvas) -> None:
        heights = (700, 686, 672, 640, 626, 612)
        write(canvas, [(72, y, f"Line {number}") for number, y in enumerate(heights, start=1)])

    assert read(page).text == "Line 1\nLine 2\nLine 3\n\nLine 4\nLine 5\nLine 6"


def test_lines_say_which_page_they_stand_on_and_follow_each_other_through_the_text() -> None:
    found = read(
        lambda canvas: write(canvas, [(72, 700, "First page"), (72, 680, "goes on")]),
        lambda canvas: write(canvas, [(72, 700, "Second page")]),
    )
    assert found.text == "First page\ngoes on\n\nSecond page"
    assert line_texts(found) == ["First page", "goes on", "Second page"]
    assert [line.page for line in found.lines] == [1, 1, 2]
    assert all(before.char_end < after.char_start for before, after in pairwise(found.lines))


def test_ligatures_are_letters_and_a_soft_hyphen_that_is_drawn_is_a_hyphen() -> None:
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    lines = ["The of\ufb01cer of case 24\u00ad0012", "\ufb02ed the sus\u00ad", "pect."]

    def page(canvas: Canvas) -> None:
        write(canvas, [(72, 700 - 14 * number, text) for number, text in enumerate(lines)], "Vera")

    assert read(page).text == "The officer of case 24-0012\nfled the sus-\npect."


def test_a_page_whose_letters_the_file_does_not_explain_is_read_by_ocr() -> None:
    shown = b"BT /F1 12 Tf 72 720 Td <00050006000700080009> Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[4 0 R]/Count 1>>",
        b"<</Type/Font/Subtype/Type0/BaseFont/Foo/Encoding/Identity-H/DescendantFonts[6 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 5 0 R/Resources<</Font<</F1 3 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown),
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Foo/DW 600/FontDescriptor 7 0 R"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
        b"<</Type/FontDescriptor/FontName/Foo/Flags 4/FontBBox[0 0 1000 1000]/Ascent 800/Descent -200/StemV 80>>",
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % numbered for numbered in enumerate(objects, start=1))
    found = pdf.text_of("a.pdf", b"%PDF-1.7\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF", MOST_CHARS)
    assert [page.is_ocr for page in found.pages] == [True]


def picture(places: Sequence[Place], size: tuple[int, int] = (1700, 2200)) -> Image.Image:
    """Black letters on white, 40 pixels high, at places in pixels from the upper left corner."""
    image = Image.new("L", size, 255)
    draw = ImageDraw.Draw(image)
    for x, y, text in places:
        draw.text((x, y), text, fill=0, font=ImageFont.load_default(40))
    return image


SCANNED = [
    (150, 300, "Case number:"),
    (800, 300, "24-00123"),
    (150, 380, "Victim:"),
    (800, 380, "Jane Doe"),
    (150, 460, "The officer saw the man run down Oak Street."),
]
SCANNED_TEXT = "Case number:   24-00123\nVictim:   Jane Doe\nThe officer saw the man run down Oak Street."


@pytest.fixture
def documents() -> Iterator[DocumentReader]:
    with DocumentReader(limits=LIMITS) as reader:
        yield reader


def read_file(documents: DocumentReader, path: str, content: bytes) -> Document:
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(content)
    return documents.read(path)


@needs_tesseract
@pytest.mark.parametrize("degrees", [0, 1, 90, 270], ids=["upright", "leaning", "on its side", "on its other side"])
def test_a_scanned_form_is_read_across_and_its_lines_have_places(
    tmp_path_factory: pytest.TempPathFactory, documents: DocumentReader, degrees: int
) -> None:
    image = picture(SCANNED).rotate(degrees, expand=True, fillcolor=255)
    width, height = (612, 792) if degrees in (0, 1) else (792, 612)

    def page(canvas: Canvas) -> None:
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(image), 0, 0, width, height)

    path = tmp_path_factory.mktemp("scan") / "a.pdf"
    document = read_file(documents, path.as_posix(), drawn(page))
    assert document.text == SCANNED_TEXT
    assert [page.is_ocr for page in document.pages] == [True]
    assert line_texts(document) == re.split(r"   |\n", SCANNED_TEXT)
    if degrees == 0:
        box = document.lines[0].box
        assert box.left == pytest.approx(150 * 612 / 1700, abs=3)
        assert (box.top + box.bottom) / 2 == pytest.approx(322 * 792 / 2200, abs=4)


@needs_tesseract
def test_of_a_scan_with_a_stamp_both_are_read(
    tmp_path_factory: pytest.TempPathFactory, documents: DocumentReader
) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(picture(SCANNED)), 0, 0, 612, 792)
        write(canvas, [(400, 770, "RELEASED 0044")])
        canvas.rect(390, 760, 150, 25)

    def last(canvas: Canvas) -> None:
        write(canvas, [(72, 700, "Last page")])

    path = tmp_path_factory.mktemp("stamp") / "a.pdf"
    document = read_file(documents, path.as_posix(), drawn(page, last))
    assert document.text.endswith("\n\nLast page")
    assert "RELEASED 0044" in document.text
    assert SCANNED_TEXT in document.text
    assert document.text[document.pages[1].char_start :] == "Last page"
    assert line_texts(document)[-1] == "Last page"
    assert all(before.char_end < after.char_start for before, after in pairwise(document.lines))
