"""More kinds of file, and the tables that formats mark: exact texts, cells and offsets."""

import datetime
import io
import json
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import polars
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reading import failure, write

from crimeetl.etl.documents import Page, Table
from crimeetl.etl.errors import EmptyDocument, UnreadableDocument
from crimeetl.etl.readers import JSON, JSON_LINES, DocumentReader, ReaderLimits
from crimeetl.etl.readers.markup import shown_text
from crimeetl.etl.readers.plain import FileText
from crimeetl.etl.readers.reader import read_content

LIMITS = ReaderLimits(seconds=120)
PIXEL = (  # a PNG of one white pixel
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fe"
    "dccc59e70000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def documents() -> Iterator[DocumentReader]:
    with DocumentReader(limits=LIMITS) as reader:
        yield reader


def zip_bytes(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def read(name: str, content: bytes) -> FileText:
    return read_content(f"/{name}", content, LIMITS)[1]


def cells(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def spans(file_text: FileText) -> list[list[str]]:
    return [[file_text.text[row.char_start : row.char_end] for row in table.rows] for table in file_text.tables]


# JSON


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        ('[{"a": 1},\n {"a": 2}]\n', JSON),
        ('{"a": 1}\n', JSON),
        ('{\n"a": 1\n}', JSON),
        ("[1]", JSON),
        ('{"a": 1}\n{"a": 2}\n', JSON_LINES),
        ('\n["a"]\r\n["b"]', JSON_LINES),
        ("{broken\n{broken", JSON),
        ('1\n{"a": 2}', JSON),
    ],
)
def test_json_is_passed_on_as_it_is_and_lines_of_it_are_json_lines(
    tmp_path: Path, documents: DocumentReader, content: str, media_type: str
) -> None:
    document = documents.read(write(tmp_path / "a.json", content))
    assert (document.text, document.media_type, document.encoding) == (content, media_type, "utf-8")
    marked = documents.read(write(tmp_path / "b.json", content.encode("utf-16")))
    assert (marked.text, marked.media_type, marked.encoding) == (content, media_type, "utf-16-le")


def test_json_nested_without_end_is_no_json_lines(tmp_path: Path, documents: DocumentReader) -> None:
    content = "[" * 100_000 + "\n]"
    assert documents.read(write(tmp_path / "a.json", content)).media_type == JSON


# Workbooks and Parquet


def workbook_bytes(workbook: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def test_a_sheet_is_its_rows_as_a_person_sees_them(tmp_path: Path, documents: DocumentReader) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "May"
    day = datetime.datetime(2024, 5, 1)
    for row in (
        ["Daily log"],
        [],
        ["On", "At", "Reported", "Case", "Count"],
        [day, datetime.time(23, 15), datetime.datetime(2024, 5, 2, 8, 30), "007", 2.0],
        [day, datetime.time(0, 0), day, "Ann\nLee", 0.5],
    ):
        sheet.append(row)
    workbook.create_sheet("Empty")
    workbook.create_chartsheet("Chart")
    path = write(tmp_path / "log.xlsx", workbook_bytes(workbook))
    assert documents.expand(path) == [path, f"{path}!/May.jsonl"]
    document = documents.read(f"{path}!/May.jsonl")
    assert [json.loads(line) if line else None for line in document.text.split("\n")] == [
        ["Daily log", "", "", "", ""],
        None,
        ["On", "At", "Reported", "Case", "Count"],
        ["2024-05-01", "23:15:00", "2024-05-02 08:30:00", "007", "2"],
        ["2024-05-01", "00:00:00", "2024-05-01 00:00:00", "Ann\nLee", "0.5"],
    ]
    assert document.media_type == JSON_LINES


def test_a_sheet_whose_cells_stand_at_both_ends_of_the_grid_is_named_as_too_wide(
    tmp_path: Path, documents: DocumentReader
) -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"], workbook.active["XFD1048576"] = "x", "y"
    path = write(tmp_path / "a.xlsx", workbook_bytes(workbook))
    assert documents.expand(path) == [path]
    assert failure(documents, path) == (
        "a sheet reaches over 16384 columns and 1048576 rows, more than 20000000 cells; "
        "delete what stands far from its table, or make several of it"
    )
    far = openpyxl.Workbook()
    far.active["A1"], far.active["XFD2"] = "x", "y"
    path = write(tmp_path / "b.xlsx", workbook_bytes(far))
    documents.expand(path)
    lines = documents.read(f"{path}!/Sheet.jsonl").text.split("\n")
    assert [json.loads(line) for line in lines] == [["x", *[""] * 16383], [*[""] * 16383, "y"]]


def test_a_workbook_with_macros_is_read_like_any_other(tmp_path: Path, documents: DocumentReader) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["Case", "4471"])
    path = write(tmp_path / "a.xlsm", workbook_bytes(workbook))
    assert documents.expand(path) == [path, f"{path}!/Sheet.jsonl"]
    assert documents.read(f"{path}!/Sheet.jsonl").text == '["Case", "4471"]'


SPACES = "".join(
    f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("text", "text"), ("table", "table"))
)


def open_sheets(rows: str) -> bytes:
    body = f'<office:body><office:spreadsheet><table:table table:name="May">{rows}</table:table></office:spreadsheet>'
    return zip_bytes(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"<office:document-content{SPACES}>{body}</office:body></office:document-content>",
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


def open_cell(text: str = "", **said: str) -> str:
    attributes = "".join(
        f' {"table" if name.startswith("number") else "office"}:{name.replace("_", "-")}="{value}"'
        for name, value in said.items()
    )
    shown = "".join(f"<text:p>{line}</text:p>" for line in text.split("\n") if text)
    return f"<table:table-cell{attributes}>{shown}</table:table-cell>"


def open_row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def test_times_and_repeated_cells_of_open_sheets_are_read(tmp_path: Path, documents: DocumentReader) -> None:
    rows = (
        open_row(open_cell(number_columns_repeated="16384"), repeated=2),
        open_row(open_cell(), open_cell("At"), open_cell("On"), open_cell("x", number_columns_repeated="2")),
        open_row(
            open_cell(),
            open_cell("23:15", value_type="time", time_value="PT23H15M00S"),
            open_cell("05/01/24", value_type="date", date_value="2024-05-01"),
            open_cell("007", value_type="float", value="7"),
        ),
        open_row(open_cell(number_columns_repeated="16384"), repeated=2),
        open_row(open_cell(), open_cell(), open_cell("later", value_type="date", date_value="2024-05-02T08:30:00")),
        open_row(open_cell(number_columns_repeated="16384"), repeated=1048569),
    )
    path = write(tmp_path / "a.ods", open_sheets("".join(rows)))
    assert documents.expand(path) == [path, f"{path}!/May.jsonl"]
    assert documents.read(f"{path}!/May.jsonl").text == (
        '["At", "On", "x", "x"]\n["23:15:00", "2024-05-01", "007", ""]\n\n\n["", "2024-05-02 08:30:00", "", ""]'
    )


def test_open_sheets_that_repeat_without_end_are_refused(tmp_path: Path, documents: DocumentReader) -> None:
    row = open_row(open_cell("x", number_columns_repeated="16384"), repeated=1048576)
    path = write(tmp_path / "a.ods", open_sheets(row))
    assert documents.expand(path) == [path]
    assert failure(documents, path).startswith("a sheet reaches over 16384 columns and 1048576 rows, more than ")


def test_parquet_is_a_json_object_for_each_row(tmp_path: Path, documents: DocumentReader) -> None:
    frame = polars.DataFrame(
        {
            "case": ["007", None],
            "occurred": [datetime.datetime(2024, 5, 1, 13, 5), datetime.datetime(2024, 5, 1)],
            "on": [datetime.date(2024, 5, 1), None],
            "count": [1, 2],
            "charges": [["theft", "fraud"], []],
            "note": [b"caf\xc3\xa9", None],
            "picture": [b"\xff\xd8", None],
        }
    )
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    path = write(tmp_path / "a.parquet", buffer.getvalue())
    assert documents.expand(path) == [path, f"{path}!/rows.jsonl"]
    document = documents.read(f"{path}!/rows.jsonl")
    assert [json.loads(line) for line in document.text.splitlines()] == [
        {
            "case": "007",
            "occurred": "2024-05-01 13:05:00",
            "on": "2024-05-01",
            "count": 1,
            "charges": ["theft", "fraud"],
            "note": "café",
        },
        {"case": None, "occurred": "2024-05-01 00:00:00", "on": None, "count": 2, "charges": [], "note": None},
    ]
    frame.clear().write_parquet(empty := io.BytesIO())
    path = write(tmp_path / "b.parquet", empty.getvalue())
    assert documents.expand(path) == [path]
    assert failure(documents, path, EmptyDocument) == "it has no row; fill it or take it away"


# Word


RUN = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>"


def word_bytes(document: "docx.document.Document") -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def paragraph(inner: str) -> object:
    return parse_xml(f"<w:p {nsdecls('w')}>{inner}</w:p>")


def field(instruction: str, shown: str) -> str:
    mark = "<w:r><w:fldChar w:fldCharType='{}'/></w:r>"
    code = f"<w:r><w:instrText> {instruction} </w:instrText></w:r>"
    return mark.format("begin") + code + mark.format("separate") + RUN.format(shown) + mark.format("end")


def test_headers_come_first_and_footers_last_each_once_and_without_page_numbers() -> None:
    word = docx.Document()
    first = word.sections[0]
    first.header.paragraphs[0].text = "Springfield Police"
    first.even_page_header.paragraphs[0].text = "Seen on no page"
    word.add_paragraph("Officer Ann Lee reported.")
    second = word.add_section()
    second.header.is_linked_to_previous = False
    second.header.paragraphs[0].text = "Springfield Police"
    second.different_first_page_header_footer = True
    second.first_page_header.paragraphs[0].text = "Annex"
    pages = RUN.format("Page ") + field("PAGE", "3") + RUN.format(" of ")
    pages += f"<w:fldSimple w:instr='NUMPAGES'>{RUN.format('9')}</w:fldSimple>"
    first.footer._element.append(paragraph(pages))
    first.footer.add_paragraph("Records Unit")
    word.add_paragraph("See ")._element.append(paragraph(field("REF x", "page 2")))
    text = read("a.docx", word_bytes(word)).text
    assert text == "Springfield Police\nAnnex\nOfficer Ann Lee reported.\n\nSee page 2\nRecords Unit"


def test_fields_of_word_forms_are_read_as_they_are_filled_in() -> None:
    word = docx.Document()
    box = "<w:checkBox><w:default w:val='{}'/></w:checkBox>"
    ticked = "<w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox>"
    choice = "<w:ddList><w:result w:val='1'/><w:listEntry w:val='Theft'/><w:listEntry w:val='Fraud'/></w:ddList>"
    form = "<w:r><w:fldChar w:fldCharType='begin'><w:ffData>{}</w:ffData></w:fldChar></w:r>"
    symbol = "<w:r><w:sym w:font='Wingdings' w:char='{}'/></w:r>"
    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    empty = control.format("<w:showingPlcHdr/>", RUN.format("Click here"))
    filled = control.format("", RUN.format("Bo Ray"))
    for inner in (
        RUN.format("Armed: ") + form.format(ticked) + form.format(box.format(0)) + form.format(box.format(1)),
        RUN.format("Hurt: ") + symbol.format("F0FE") + symbol.format("F0A8"),
        RUN.format("Offense: ") + form.format(choice),
        RUN.format("Victim: ") + empty,
        RUN.format("Suspect: ") + filled,
    ):
        word.element.body.insert_element_before(paragraph(inner), "w:sectPr")
    text = read("a.docx", word_bytes(word)).text
    assert text == "Armed: ☒☐☒\nHurt: ☒☐\nOffense: Fraud\nVictim: \nSuspect: Bo Ray"


def word_table(*rows: str) -> object:
    return parse_xml(f"<w:tbl {nsdecls('w')}>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>")


def word_cell(text: str, properties: str = "") -> str:
    paragraphs = "".join(f"<w:p>{RUN.format(line)}</w:p>" for line in text.split("\n"))
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraphs}</w:tc>"


def test_tables_of_word_are_given_with_merged_cells_filled() -> None:
    word = docx.Document()
    word.add_paragraph("Log")
    deleted = "<w:trPr><w:del w:id='1'/></w:trPr>" + word_cell("gone") + word_cell("gone")
    word.element.body.insert_element_before(
        word_table(
            word_cell("Case") + word_cell("When", "<w:gridSpan w:val='2'/>"),
            word_cell("1", "<w:vMerge w:val='restart'/>") + word_cell("Mon") + word_cell("9:00\n9:30"),
            deleted,
            word_cell("", "<w:vMerge/>") + word_cell("Tue") + word_cell("8:15"),
            "<w:trPr><w:gridBefore w:val='1'/></w:trPr>" + word_cell("Wed") + word_cell("7:45"),
        ),
        "w:sectPr",
    )
    word.add_paragraph("End")
    found = read("a.docx", word_bytes(word))
    assert found.text == "Log\nCase | When\n1 | Mon | 9:00\n9:30\n | Tue | 8:15\nWed | 7:45\nEnd"
    assert [cells(table) for table in found.tables] == [
        [["Case", "When", ""], ["1", "Mon", "9:00\n9:30"], ["", "Tue", "8:15"], ["", "Wed", "7:45"]]
    ]
    assert spans(found) == [["Case | When", "1 | Mon | 9:00\n9:30", " | Tue | 8:15", "Wed | 7:45"]]


def test_layout_is_no_table_and_a_table_in_it_is_one() -> None:
    word = docx.Document()
    outer = word.add_table(rows=1, cols=2)
    outer.cell(0, 0).text = "Left"
    inner = outer.cell(0, 1).add_table(rows=2, cols=2)
    for cell, text in zip(inner._cells, ["Name", "Age", "Bo", "35"], strict=True):
        cell.text = text
    single = word.add_table(rows=2, cols=1)
    single.cell(0, 0).text, single.cell(1, 0).text = "a", "b"
    found = read("a.docx", word_bytes(word))
    assert found.text == "Left | \nName | Age\nBo | 35\n\na\nb"
    assert [cells(table) for table in found.tables] == [[["Name", "Age"], ["Bo", "35"]]]
    assert spans(found) == [["Name | Age", "Bo | 35"]]


def test_tables_of_open_documents_are_given_with_merged_cells_filled() -> None:
    def cell(text: str, said: str = "") -> str:
        return f"<table:table-cell {said}><text:p>{text}</text:p></table:table-cell>"

    covered = "<table:covered-table-cell/>"
    rows = (
        cell("Case") + cell("When", 'table:number-columns-spanned="2"') + covered,
        cell("1", 'table:number-rows-spanned="2"') + cell("Mon") + cell("9:00"),
        covered + cell("Tue") + cell("8:15"),
    )
    listed = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    body = f"<text:p>Log</text:p><table:table>{listed}</table:table>"
    content = f"<office:body><office:text>{body}</office:text></office:body>"
    found = read(
        "a.odt",
        zip_bytes(
            {
                "mimetype": "application/vnd.oasis.opendocument.text",
                "content.xml": f"<office:document-content{SPACES}>{content}</office:document-content>",
                "META-INF/manifest.xml": "<manifest/>",
            }
        ),
    )
    assert found.text == "Log\nCase | When\n1 | Mon | 9:00\nTue | 8:15"
    assert [cells(table) for table in found.tables] == [
        [["Case", "When", ""], ["1", "Mon", "9:00"], ["", "Tue", "8:15"]]
    ]
    assert spans(found) == [["Case | When", "1 | Mon | 9:00", "Tue | 8:15"]]


# HTML


def test_tables_of_html_are_given_with_merged_cells_filled() -> None:
    found = shown_text(
        """<title>Daily log</title><p>May</p><table><caption>All calls</caption>
        <tr><th rowspan=2>Date</th> <th colspan="2">What</th></tr><tr><th>Nature</th><th>Place</th></tr>
        <tr><td>1/2</td><td> Theft <br>of car</td><td>Oak</td></tr><tr><td></td><td>x<td></tr>
        <tr hidden><td>no</td><td>no</td></tr><tr><td colspan=9>Closed.</td></tr></table>end"""
    )
    assert found.text == (
        "Daily log\n\nMay\n\nAll calls\nDate | What\nNature | Place\n1/2 | Theft\nof car | Oak\n | x | \nClosed.\nend"
    )
    assert [cells(table) for table in found.tables] == [
        [
            ["Date", "What", ""],
            ["", "Nature", "Place"],
            ["1/2", "Theft\nof car", "Oak"],
            ["", "x", ""],
            ["Closed.", "", ""],
        ]
    ]
    assert spans(found) == [["Date | What", "Nature | Place", "1/2 | Theft\nof car | Oak", " | x | ", "Closed."]]


def test_of_nested_tables_of_html_the_innermost_are_given_in_the_texts_order() -> None:
    row = "<tr><td>a{0}</td><td>b{0}</td></tr>"
    inner = "<table>" + row.format(1) + row.format(2) + "</table>"
    later = "<table>" + row.format(3) + row.format(4) + "</table>"
    found = shown_text(f"<table><tr><td>x</td><td>{inner}</td></tr><tr><td>{later}</td></tr></table>{later}")
    assert [cells(table) for table in found.tables] == [
        [["a1", "b1"], ["a2", "b2"]],
        [["a3", "b3"], ["a4", "b4"]],
        [["a3", "b3"], ["a4", "b4"]],
    ]
    assert spans(found) == [["a1 | b1", "a2 | b2"], ["a3 | b3", "a4 | b4"], ["a3 | b3", "a4 | b4"]]


def test_spans_that_would_take_all_memory_make_no_table() -> None:
    row = "<tr>" + "<td colspan=1000 rowspan=65534>x</td>" * 100 + "<td>y</td></tr>"
    assert shown_text(f"<table>{row * 3000}</table>").tables == ()
    assert shown_text("<svg><tr><td>a</td><td>b</td></tr></svg><p>c").tables == ()


# Mail


def mail(plain: str | None, html: str | None = None, subject: str = "Log") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    if plain is not None:
        message.set_content(plain)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


TABLE = "<table><tr><td>Case</td><td>Nature</td></tr><tr><td>24-1</td><td>Theft of car</td></tr></table>"


def test_a_table_in_a_mail_is_read_from_the_html_body_where_the_plain_one_has_lost_its_rows() -> None:
    lost = read("a.eml", mail("Case\nNature\n24-1\nTheft of car\n", f"<p>Hello</p>{TABLE}").as_bytes())
    assert lost.text == "Subject: Log\n\nHello\n\nCase | Nature\n24-1 | Theft of car"
    assert [cells(table) for table in lost.tables] == [[["Case", "Nature"], ["24-1", "Theft of car"]]]
    assert spans(lost) == [["Case | Nature", "24-1 | Theft of car"]]
    kept = read("b.eml", mail("Case  Nature\n24-1  Theft  of car\n", f"<p>Hello</p>{TABLE}").as_bytes())
    assert kept.text == "Subject: Log\n\nCase  Nature\n24-1  Theft  of car\n"
    assert kept.tables == ()


def test_what_is_attached_to_a_mail_is_read_too_and_pictures_in_its_body_are_not(
    tmp_path: Path, documents: DocumentReader
) -> None:
    message = mail("See the report.\n", '<p>See the report.<img src="cid:logo@x">')
    message.get_payload()[1].add_related(bytes.fromhex(PIXEL), "image", "png", cid="<logo@x>", filename="logo.png")
    word = docx.Document()
    word.add_paragraph("Officer Ann Lee")
    message.add_attachment(word_bytes(word), "application", "octet-stream", filename="report.docx")
    message.add_attachment("Officer Bo Ray", filename="../notes.txt")
    message.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="when.ics")
    book = openpyxl.Workbook()
    book.active.append(["Case", "24-1"])
    message.add_attachment(workbook_bytes(book), "application", "octet-stream", filename="log.xlsx")
    forwarded = mail("Officer Eve Kim\n", subject="Fwd")
    forwarded.add_attachment("Officer Dan Poe", filename="notes.txt")
    message.add_attachment(forwarded)
    path = write(tmp_path / "a.eml", message.as_bytes())
    files = "report.docx notes.txt log.xlsx log.xlsx!/Sheet.jsonl attachment.eml attachment.eml!/notes.txt"
    inner = files.split()
    assert documents.expand(path) == [path, *(f"{path}!/{name}" for name in inner)]
    assert documents.read(path).text == "Subject: Log\n\nSee the report.\n"
    texts = [documents.read(f"{path}!/{name}").text for name in inner]
    assert texts == [
        "Officer Ann Lee",
        "Officer Bo Ray\n",
        "",
        '["Case", "24-1"]',
        "Subject: Fwd\n\nOfficer Eve Kim\n",
        "Officer Dan Poe\n",
    ]


def test_a_mail_without_attachments_is_one_document(tmp_path: Path, documents: DocumentReader) -> None:
    for name, message in (("a.eml", mail("Officer Ann Lee\n")), ("b.eml", mail("Officer Ann Lee\n", "<p>Officer"))):
        path = write(tmp_path / name, message.as_bytes())
        assert documents.expand(path) == [path]
        assert documents.read(path).text == "Subject: Log\n\nOfficer Ann Lee\n"


def test_mails_in_a_mailbox_have_their_attachments(tmp_path: Path, documents: DocumentReader) -> None:
    message = mail("See the report.\n")
    message.add_attachment("Officer Ann Lee", filename="report.txt")
    start = b"From desk@example.org Mon May  6 09:00:00 2024\n"
    path = write(tmp_path / "week.mbox", start + message.as_bytes() + b"\n" + start + mail("Two\n").as_bytes())
    inner = [f"{path}!/0001.eml", f"{path}!/0001.eml!/report.txt", f"{path}!/0002.eml"]
    assert documents.expand(path) == [path, *inner]
    assert [documents.read(name).text.splitlines()[-1] for name in inner] == [
        "See the report.",
        "Officer Ann Lee",
        "Two",
    ]


def test_a_saved_web_page_is_its_page(tmp_path: Path, documents: DocumentReader) -> None:
    content = (
        "From: <Saved by Blink>\nSubject: News\nMIME-Version: 1.0\n"
        'Content-Type: multipart/related; type="text/html"; boundary="B"\n\n'
        "--B\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n"
        f"<h1>Two held</h1><p>Caf=C3=A9 =\nrobbed.</p>{TABLE}\n"
        "--B\nContent-Type: text/css\n\np {}\n--B--\n"
    )
    path = write(tmp_path / "a.mht", content)
    assert documents.expand(path) == [path]
    document = documents.read(path)
    assert document.text == "Two held\n\nCafé robbed.\n\nCase | Nature\n24-1 | Theft of car"
    assert [cells(table) for table in read("a.mhtml", content.encode()).tables] == [
        [["Case", "Nature"], ["24-1", "Theft of car"]]
    ]


# Slides and books


PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
SLIDE = f'{DRAWING} xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r="{OFFICE}"'


def relations(**targets: str) -> str:
    listed = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{target.partition(":")[0]}" Target="{target.partition(":")[2]}"/>'
        for name, target in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{listed}</Relationships>'


def shape(*paragraphs: str, place: str = "") -> str:
    runs = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in paragraphs)
    placed = f'<p:nvSpPr><p:nvPr><p:ph type="{place}"/></p:nvPr></p:nvSpPr>' if place else ""
    return f"<p:sp>{placed}<p:txBody>{runs}</p:txBody></p:sp>"


def slide_cell(text: str, said: str = "") -> str:
    return f"<a:tc {said}><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>"


def slide_table(*rows: str) -> str:
    listed = "".join(f"<a:tr>{row}</a:tr>" for row in rows)
    return f"<p:graphicFrame><a:graphic><a:tbl>{listed}</a:tbl></a:graphic></p:graphicFrame>"


def slides_bytes() -> bytes:
    first = (
        shape("Two held,", "one sought", place="body") + shape("7", place="sldNum") + shape("Week 12", place="title")
    )
    table = slide_table(
        slide_cell("Case") + slide_cell("Nature", 'gridSpan="2"') + slide_cell("", 'hMerge="1"'),
        slide_cell("24-1") + slide_cell("Theft") + slide_cell("car"),
    )
    second = f"<p:grpSp>{shape('In a group')}</p:grpSp>{table}"
    notes = shape("not this", place="sldImg") + shape("Call Ann Lee.", place="body")

    def tree(shapes: str, root: str = "sld") -> str:
        return f"<p:{root} {SLIDE}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:{root}>"

    listed = '<p:sldId id="256" r:id="r2"/><p:sldId id="257" r:id="r1"/>'
    return zip_bytes(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations(r1="officeDocument:ppt/presentation.xml"),
            "ppt/presentation.xml": f"<p:presentation {SLIDE}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
            "ppt/_rels/presentation.xml.rels": relations(r1="slide:slides/slide1.xml", r2="slide:slides/slide2.xml"),
            "ppt/slides/slide1.xml": tree(second),
            "ppt/slides/slide2.xml": tree(first),
            "ppt/slides/_rels/slide1.xml.rels": relations(r1="notesSlide:../notesSlides/notesSlide1.xml"),
            "ppt/notesSlides/notesSlide1.xml": tree(notes, "notes"),
        }
    )


SLIDES_TEXT = "Week 12\nTwo held,\none sought\n\nIn a group\nCase | Nature\n24-1 | Theft | car\nCall Ann Lee."


def test_slides_are_pages_in_their_order(tmp_path: Path, documents: DocumentReader) -> None:
    document = documents.read(write(tmp_path / "a.pptx", slides_bytes()))
    assert document.text == SLIDES_TEXT
    assert document.pages == (Page(1, 0), Page(2, 30))
    found = read("a.pptx", slides_bytes())
    assert [cells(table) for table in found.tables] == [[["Case", "Nature", ""], ["24-1", "Theft", "car"]]]
    assert spans(found) == [["Case | Nature", "24-1 | Theft | car"]]


def book_bytes(*, encryption: str = "") -> bytes:
    manifest = "".join(
        f'<item id="{name}" href="{name.replace(" ", "%20")}.xhtml" media-type="application/xhtml+xml" {said}/>'
        for name, said in (("nav", 'properties="nav"'), ("two", ""), ("part one", ""))
    )
    spine = '<itemref idref="nav"/><itemref idref="part one"/><itemref idref="two"/><itemref idref="gone"/>'
    page = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{}</body></html>'
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
        "OPS/book.opf": f"<package><manifest>{manifest}</manifest><spine>{spine}</spine></package>",
        "OPS/nav.xhtml": page.format("Contents"),
        "OPS/two.xhtml": page.format(f'<h1>Two</h1><a id="x"/>{TABLE}'),
        "OPS/part one.xhtml": page.format("<h1>One</h1><p>Officer <i/>Ann Lee<br/>left.</p>"),
    }
    return zip_bytes(files | ({"META-INF/encryption.xml": encryption} if encryption else {}))


def test_a_book_is_its_chapters_in_their_order(tmp_path: Path, documents: DocumentReader) -> None:
    path = write(tmp_path / "a.epub", book_bytes())
    assert documents.expand(path) == [path]
    document = documents.read(path)
    assert document.text == "One\n\nOfficer Ann Lee\nleft.\n\nTwo\n\nCase | Nature\n24-1 | Theft of car"
    assert (document.media_type, document.pages) == ("application/epub+zip", ())
    assert spans(read("a.epub", book_bytes())) == [["Case | Nature", "24-1 | Theft of car"]]


def test_a_book_that_is_protected_against_copying_says_so(tmp_path: Path, documents: DocumentReader) -> None:
    locked = "<encryption><EncryptedData><CipherReference URI='{}'/></EncryptedData></encryption>"
    path = write(tmp_path / "a.epub", book_bytes(encryption=locked.format("OPS/two.xhtml")))
    assert failure(documents, path) == ("it is protected against copying; ask where it comes from for one that is not")
    fonts = write(tmp_path / "b.epub", book_bytes(encryption=locked.format("OPS/font.otf")))
    assert documents.read(fonts).text.startswith("One\n\n")


@pytest.mark.parametrize(("name", "main"), [("a.pptx", "ppt/presentation.xml"), ("a.epub", "META-INF/container.xml")])
def test_slides_and_books_that_unpack_to_too_much_are_refused(tmp_path: Path, name: str, main: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(main, bytes(2 * 1024**2))
    with pytest.raises(UnreadableDocument, match="it unpacks to 2 MB, more than 1 MB; make several of it"):
        read_content(f"/{name}", buffer.getvalue(), ReaderLimits(file_bytes=1024**2))


def test_xml_that_grows_without_end_is_one_documents_failure() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "x">{entities}]><x>&e11;</x>'
    content = zip_bytes({"mimetype": "application/epub+zip", "META-INF/container.xml": bomb})
    with pytest.raises(Exception, match=r"amplification|entity"):
        read("a.epub", content)


def test_files_in_the_files_of_an_archive_may_not_be_larger_together_than_a_file(tmp_path: Path) -> None:
    row = open_row(open_cell("x", number_columns_repeated="3000"))
    with DocumentReader(limits=ReaderLimits(file_bytes=20_000)) as documents:
        one = write(tmp_path / "one.zip", zip_bytes({"a.ods": open_sheets(row)}))
        assert documents.expand(one) == [one, f"{one}!/a.ods", f"{one}!/a.ods!/May.jsonl"]
        two = write(tmp_path / "two.zip", zip_bytes({"a.ods": open_sheets(row), "b.ods": open_sheets(row)}))
        assert documents.expand(two) == [two]
        assert failure(documents, two) == (
            "what is in the files in it is more than 0.0190735 MB; unpack it, and give the folder"
        )
