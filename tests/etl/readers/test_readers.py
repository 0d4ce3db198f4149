import codecs
import io
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from crimeetl.etl.documents import Document, content_id
from crimeetl.etl.errors import (
    DocumentFailed,
    EmptyDocument,
    NeedsOcr,
    UnknownFormat,
    UnreadableDocument,
    WrongUsage,
)
from crimeetl.etl.readers import DocumentReader, find_paths, reader
from crimeetl.etl.readers.markup import text_of as html_text_of
from crimeetl.etl.readers.process import LoneProcess, ProcessDied

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture(scope="module")
def documents() -> Iterator[DocumentReader]:
    with DocumentReader() as open_reader:
        yield open_reader


def write(path: Path, content: str | bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path.as_posix()


def read_failure(documents: DocumentReader, path: str, kind: type[DocumentFailed]) -> str:
    with pytest.raises(kind) as failure:
        documents.read(path)
    assert type(failure.value) is kind
    assert failure.value.args[0] == path
    return failure.value.reason


def pdf_bytes(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of numbered objects, the first of them its catalogue."""
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    end = b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (size, trailer, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end


def pdf_stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def pdf_of_pages(*pages: list[str], catalogue: bytes = b"", annotations: tuple[bytes, ...] = ()) -> bytes:
    """A PDF with a page for each list of lines; an empty list is a page without text, as in a scan."""
    first_free = 4 + 2 * len(pages)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * index) for index in range(len(pages)))
    widgets = b" ".join(b"%d 0 R" % (first_free + index) for index in range(len(annotations)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue.replace(b"WIDGETS", widgets),
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for index, lines in enumerate(pages):
        shown = b" 0 -14 Td ".join(b"(%s) Tj" % line.encode("cp1252") for line in lines)
        text = b"BT /F1 12 Tf 72 720 Td %s ET" % shown if lines else b"0.5 g 100 100 200 200 re f"
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R"
            b"/Resources<</Font<</F1 3 0 R>>>>/Annots[%s]>>" % (5 + 2 * index, widgets)
        )
        objects.append(pdf_stream(text))
    return pdf_bytes([*objects, *annotations])


def word_bytes(document: docx.document.Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def html_text(html: str | bytes) -> str:
    return html_text_of("page.html", html.encode() if isinstance(html, str) else html).text


def test_files_are_listed_by_name_and_folders_after_them(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "a/z.txt", "c/d/e.txt"):
        write(tmp_path / name, "x")
    expected = [(tmp_path / name).as_posix() for name in ("a.txt", "b.txt", "a/z.txt", "c/d/e.txt")]
    assert find_paths([str(tmp_path)]) == expected


def test_hidden_files_and_folders_are_skipped_unless_they_are_named(tmp_path: Path) -> None:
    seen = write(tmp_path / "seen.txt", "x")
    hidden = write(tmp_path / ".hidden.txt", "x")
    inside = write(tmp_path / ".folder" / "inside.txt", "x")
    assert find_paths([str(tmp_path)]) == [seen]
    assert find_paths([hidden, str(tmp_path / ".folder")]) == [hidden, inside]


def test_relative_paths_become_absolute_and_standard_input_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "folder" / "a.txt", "x")
    monkeypatch.chdir(tmp_path / "folder")
    assert find_paths(["-", "a.txt", "../folder"]) == ["-", path]


def test_no_file_is_listed_twice(tmp_path: Path) -> None:
    path = write(tmp_path / "b.txt", "x")
    (tmp_path / "a_link.txt").symlink_to(path)
    assert find_paths([path, str(tmp_path), "-", path, "-"]) == [path, "-"]


def test_of_links_to_a_file_elsewhere_the_first_is_listed(tmp_path: Path) -> None:
    elsewhere = write(tmp_path / "elsewhere" / "x.txt", "x")
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("b.txt", "a.txt"):
        (folder / name).symlink_to(elsewhere)
    assert find_paths([str(folder)]) == [(folder / "a.txt").as_posix()]


def test_links_to_folders_are_not_followed_so_that_no_loop_can_form(tmp_path: Path) -> None:
    path = write(tmp_path / "inner" / "a.txt", "x")
    (tmp_path / "inner" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert find_paths([str(tmp_path)]) == [path]


def test_a_link_to_a_folder_is_followed_when_it_is_an_argument(tmp_path: Path) -> None:
    path = write(tmp_path / "inner" / "a.txt", "x")
    (tmp_path / "link").symlink_to(tmp_path / "inner", target_is_directory=True)
    assert find_paths([str(tmp_path / "link")]) == [path]


def test_the_database_that_is_written_to_is_no_report(tmp_path: Path) -> None:
    report = write(tmp_path / "a.txt", "x")
    database = Path(write(tmp_path / "crime.duckdb", "x"))
    write(tmp_path / "crime.duckdb.wal", "x")
    another = write(tmp_path / "other.duckdb", "x")
    assert find_paths([str(tmp_path)], database=database) == [report, another]
    assert find_paths([str(tmp_path)], database=tmp_path / "in" / ".." / "crime.duckdb") == [report, another]
    assert len(find_paths([str(tmp_path)])) == 4


def test_a_link_that_leads_nowhere_is_listed_and_its_reading_fails(tmp_path: Path, documents: DocumentReader) -> None:
    (tmp_path / "broken.txt").symlink_to(tmp_path / "gone.txt")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    broken, loop = find_paths([str(tmp_path)])
    advice = "check that it is there and that you may read it"
    assert read_failure(documents, broken, UnreadableDocument) == (
        f"it cannot be opened (No such file or directory); {advice}"
    )
    assert read_failure(documents, loop, UnreadableDocument).startswith("it cannot be opened (Too many")


def test_a_folder_without_permission_is_listed_and_its_reading_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, documents: DocumentReader
) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    path = write(tmp_path / "a.txt", "x")
    list_folder = Path.iterdir

    def list_unless_locked(folder: Path) -> Iterator[Path]:
        if folder == locked:
            raise PermissionError(13, "Permission denied")
        return list_folder(folder)

    monkeypatch.setattr(Path, "iterdir", list_unless_locked)
    assert find_paths([str(tmp_path)]) == [path, locked.as_posix()]
    assert read_failure(documents, locked.as_posix(), UnreadableDocument).startswith("it cannot be opened (")


def test_an_argument_that_does_not_exist_is_wrong_usage(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "x")
    missing = str(tmp_path / "missing")
    with pytest.raises(WrongUsage) as failure:
        find_paths([path, missing])
    assert str(failure.value) == f"{missing} does not exist; check its spelling, or give another file or folder"


def test_folders_without_any_file_are_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(WrongUsage) as failure:
        find_paths([str(tmp_path)])
    assert str(failure.value) == f"there is no file to read in {tmp_path}; give a file or a folder"


def test_a_text_file_keeps_its_characters_and_line_ends(tmp_path: Path, documents: DocumentReader) -> None:
    encoded = "At 23:15\r\nofficer\tLópez\rarrived.\n\n".encode()
    path = write(tmp_path / "a.TXT", encoded)
    assert documents.read(path) == Document(
        path=path,
        document_id=content_id(encoded),
        media_type="text/plain",
        encoding="utf-8",
        has_byte_order_mark=False,
        size_bytes=len(encoded),
        text="At 23:15\r\nofficer\tLópez\rarrived.\n\n",
    )


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.text", "text/plain"),
        ("a.log", "text/plain"),
        ("a.md", "text/markdown"),
        ("a.markdown", "text/markdown"),
        ("a.htm", "text/html"),
        ("a.html", "text/html"),
        ("a.eml", "message/rfc822"),
        ("a.csv", "text/csv"),
        ("a.tsv", "text/tab-separated-values"),
        ("a.jsonl", "application/jsonl"),
        ("a.ndjson", "application/jsonl"),
        ("README", "text/plain"),
    ],
)
def test_the_suffix_gives_the_media_type(tmp_path: Path, documents: DocumentReader, name: str, media_type: str) -> None:
    document = documents.read(write(tmp_path / name, "A report"))
    assert (document.media_type, document.text) == (media_type, "A report")


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_is_taken_off_and_recorded(
    tmp_path: Path, documents: DocumentReader, mark: bytes, encoding: str
) -> None:
    document = documents.read(write(tmp_path / "a.txt", mark + "Núñez\r\n".encode(encoding)))
    assert (document.text, document.encoding, document.has_byte_order_mark) == ("Núñez\r\n", encoding, True)


@pytest.mark.parametrize(
    ("text", "encoding", "recorded"),
    [
        ("José", "cp1252", "cp1252"),
        ("Officer’s report – Señor Muñoz said “stop” at the café.", "cp1252", "cp1252"),
        ("Кража со взломом на улице Ленина, подозреваемый скрылся", "cp1251", "cp1251"),
        ("盗難事件の報告です。容疑者は逃走した。", "shift_jis", "cp932"),
        ("Stolen: bicycle", "utf-16-le", "utf-16-le"),
        ("Stolen: bicycle", "utf-16-be", "utf-16-be"),
    ],
)
def test_other_encodings_are_guessed_and_recorded(
    tmp_path: Path, documents: DocumentReader, text: str, encoding: str, recorded: str
) -> None:
    document = documents.read(write(tmp_path / "a.txt", text.encode(encoding)))
    assert (document.text, document.encoding, document.has_byte_order_mark) == (text, recorded, False)


def test_bytes_that_are_no_text_are_unreadable(tmp_path: Path, documents: DocumentReader) -> None:
    path = write(tmp_path / "a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 4)
    expected = "its bytes are text in no encoding we know; save it again as UTF-8"
    assert read_failure(documents, path, UnreadableDocument) == expected


def test_a_byte_order_mark_that_lies_is_unreadable(tmp_path: Path, documents: DocumentReader) -> None:
    path = write(tmp_path / "a.txt", codecs.BOM_UTF8 + b"caf\xe9")
    expected = "its byte-order mark promises utf-8 and its bytes are something else; save it again as UTF-8"
    assert read_failure(documents, path, UnreadableDocument) == expected


def test_half_a_surrogate_pair_never_becomes_text(tmp_path: Path, documents: DocumentReader) -> None:
    path = write(tmp_path / "a.txt", b"\xff\xfe\x00\xd8a\x00")
    assert read_failure(documents, path, UnreadableDocument).startswith("its byte-order mark promises utf-16-le")
    path = write(tmp_path / "a.eml", b"Subject: x\nContent-Type: text/plain; charset=utf-7\n\nab +2AA- cd\n")
    expected = "its text holds half a surrogate pair; save it again as UTF-8"
    assert read_failure(documents, path, UnreadableDocument) == expected


def test_nul_stays_in_a_text_file(tmp_path: Path, documents: DocumentReader) -> None:
    assert documents.read(write(tmp_path / "a.txt", "a\0b")).text == "a\0b"


@pytest.mark.parametrize("content", [b"", b" \r\n\t", codecs.BOM_UTF8, codecs.BOM_UTF16_LE + b" \0"])
def test_a_file_without_text_is_an_empty_document(tmp_path: Path, documents: DocumentReader, content: bytes) -> None:
    read_failure(documents, write(tmp_path / "a.txt", content), EmptyDocument)


def test_an_empty_pdf_or_html_file_is_an_empty_document(tmp_path: Path, documents: DocumentReader) -> None:
    read_failure(documents, write(tmp_path / "a.pdf", b""), EmptyDocument)
    read_failure(documents, write(tmp_path / "a.html", "<title>News</title><script>x()</script>"), EmptyDocument)


@pytest.mark.parametrize("name", ["a.pages", "a.png", "case no. 12", "binary"])
def test_an_unknown_format_names_the_known_ones(tmp_path: Path, documents: DocumentReader, name: str) -> None:
    path = write(tmp_path / name, "a\0b")
    assert read_failure(documents, path, UnknownFormat) == (
        "no reader knows this kind of file; convert it to one of .txt .text .log .md .markdown .html .htm .pdf .docx"
        " .doc .pptx .ppt .epub .mht .mhtml .eml .csv .tsv .json .jsonl .ndjson .odt .rtf .msg .png .jpg .tif"
        " .zip .mbox .xlsx .xlsm .xlsb .xls .ods .parquet"
    )


def test_undecodable_bytes_without_a_suffix_are_an_unknown_format(tmp_path: Path, documents: DocumentReader) -> None:
    read_failure(documents, write(tmp_path / "dump", bytes(range(256)) * 8), UnknownFormat)


def test_content_overrules_a_wrong_suffix(tmp_path: Path, documents: DocumentReader) -> None:
    word = docx.Document()
    word.add_paragraph("Burglary")
    as_text = documents.read(write(tmp_path / "a.txt", pdf_of_pages(["Robbery"])))
    as_pdf = documents.read(write(tmp_path / "b.pdf", word_bytes(word)))
    assert (as_text.media_type, as_text.text, as_text.encoding) == ("application/pdf", "Robbery", None)
    assert (as_pdf.media_type, as_pdf.text) == (WORD, "Burglary")


@pytest.mark.parametrize(
    ("content", "media_type", "text"),
    [
        (b"<b>caf\xc3\xa9</b>\r\n", "text/plain", "<b>café</b>\r\n"),
        (pdf_of_pages(["Arson"]), "application/pdf", "Arson"),
    ],
)
def test_standard_input_is_read_by_content(content: bytes, media_type: str, text: str) -> None:
    with DocumentReader(standard_input=io.BytesIO(content)) as documents:
        document = documents.read("-")
    assert (document.path, document.media_type, document.text) == ("-", media_type, text)
    assert document.document_id == content_id(content)


def test_a_name_that_is_not_unicode_is_unreadable(tmp_path: Path, documents: DocumentReader) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    with pytest.raises(UnreadableDocument) as failure:
        documents.read(path)
    assert failure.value.args == (f"{tmp_path}/caf\\udce9.txt", "its name is not valid UTF-8; rename it")


def test_memory_errors_pass_and_other_errors_become_unreadable_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.txt", "x")

    def failing_reader(error: Exception) -> DocumentReader:
        def fail(path: str, encoded: bytes) -> reader.FileText:
            raise error

        monkeypatch.setattr(reader.plain, "decode", fail)
        return DocumentReader()

    with pytest.raises(MemoryError):
        failing_reader(MemoryError()).read(path)
    with pytest.raises(UnreadableDocument) as failure:
        failing_reader(KeyError("odd")).read(path)
    assert failure.value.reason == "its reader broke (KeyError: 'odd'); open it in its own program and save it again"
    assert isinstance(failure.value.__cause__, KeyError)


def test_blocks_begin_lines_and_paragraphs_stand_between_blank_lines() -> None:
    html = (
        "<body><h1>Robbery</h1>\n<p>At  <b>23:15</b>\n a man</p><p>fled.</p><div>One<div>Two</div></div>Three<br>Four"
    )
    assert html_text(html) == "Robbery\n\nAt 23:15 a man\n\nfled.\n\nOne\nTwo\nThree\nFour"


def test_cells_are_joined_by_bars_and_rows_begin_lines() -> None:
    html = """<table><caption>Victims</caption><tr><th>Name</th> <th>Age</th></tr>
        <tr><td><p>Jane <i>Doe</i></p></td><td></td><td><div>35</div></td></tr>
        <tr><td></td><td>x</td></tr></table>end"""
    assert html_text(html) == "Victims\nName | Age\nJane Doe |  | 35\n | x\nend"


def test_nested_tables_keep_their_rows() -> None:
    html = "<table><tr><td>a<table><tr><td>b</td><td>c</td></tr></table></td><td>d</td></tr></table>"
    assert html_text(html) == "a\nb | c | d"


def test_what_a_browser_does_not_show_is_left_out() -> None:
    html = """<head><style>p{}</style></head><body>a<script>var x = "<p>no</p>"</script><template><p>no</template>
        <noscript>no</noscript><!-- no --><p hidden>no</p><p style="color:red; DISPLAY : none">no</p>
        <select><option>no<option selected>yes</select></body>"""
    assert html_text(html) == "a\nyes"


def test_entities_are_decoded_and_preformatted_text_is_kept() -> None:
    html = "<p>Smith &amp; Wesson&nbsp;&#8211; caf&eacute; &#xD800;</p><pre>\r\na\r\n  b\r\n\r\n<b>c</b></pre>d"
    assert html_text(html) == "Smith & Wesson\u00a0– café \ufffd\n\na\n  b\n\nc\nd"


def test_the_title_comes_first_where_nothing_else_says_it() -> None:
    assert html_text("<title>Two\n held</title><p>They ran.") == "Two held\n\nThey ran."
    assert html_text("<title>Two held | News</title><h1>Two held</h1><p>They ran.") == "Two held\n\nThey ran."
    assert html_text("<title>Two held</title><h2>Two held</h2><p>They ran.") == "Two held\n\nThey ran."
    assert html_text("<title>Two held</title><h1><img src=x></h1><p>They ran.") == "Two held\n\nThey ran."


@pytest.mark.parametrize(
    ("declaration", "encoding", "recorded"),
    [
        ('<meta charset="windows-1251">', "cp1251", "cp1251"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">', "cp1251", "cp1251"),
        ('<?xml version="1.0" encoding="windows-1251"?>', "cp1251", "cp1251"),
        ('<meta charset="iso-2022-jp">', "iso-2022-jp", "iso2022_jp"),
        ('<meta charset="iso-8859-1">', "utf-8", "utf-8"),
        ('<meta charset="utf-16">', "utf-8", "utf-8"),
        ('<meta charset="no-such-thing">', "utf-8", "utf-8"),
    ],
)
def test_the_declared_encoding_of_html_is_used_where_it_can_be_true(
    tmp_path: Path, documents: DocumentReader, declaration: str, encoding: str, recorded: str
) -> None:
    document = documents.read(write(tmp_path / "a.html", f"{declaration}<p>Кража</p>".encode(encoding)))
    assert (document.text, document.encoding) == ("Кража", recorded)


def test_html_declared_latin_1_is_windows_1252() -> None:
    assert html_text(b'<meta charset="iso-8859-1"><p>Officer\x92s caf\xe9') == "Officer’s café"


@pytest.mark.parametrize("tag", ["div", "span", "blockquote", "ul", "font"])
def test_html_nested_a_hundred_thousand_deep_is_read_in_seconds(tag: str) -> None:
    start = time.monotonic()
    deep = f'before<{tag} class="a > b">' * 100_000
    assert html_text(f"<body>{deep}inside{f'</{tag}>' * 100_000}<p>after</p>").endswith("inside\n\nafter")
    assert time.monotonic() - start < 10


def test_blocks_nested_too_deep_still_begin_lines() -> None:
    assert html_text("<div class=x>a" * 600 + "</div>" * 600 + "b") == "a\n" * 600 + "b"


def test_pages_are_joined_by_a_blank_line_and_lines_end_in_newlines(tmp_path: Path, documents: DocumentReader) -> None:
    path = write(tmp_path / "a.pdf", pdf_of_pages(["Case 12", "Café, 23:15"], ["Page two"]))
    document = documents.read(path)
    assert document.text == "Case 12\nCafé, 23:15\n\nPage two"
    assert (document.media_type, document.encoding, document.has_byte_order_mark) == ("application/pdf", None, False)


def test_a_hyphen_at_a_line_end_stays_as_the_page_shows_it(tmp_path: Path, documents: DocumentReader) -> None:
    path = write(tmp_path / "a.pdf", pdf_of_pages(["The well-known sus-", "pect of case 2023-", "0045 fled."]))
    assert documents.read(path).text == "The well-known sus-\npect of case 2023-\n0045 fled."


def test_the_values_of_form_fields_are_read(tmp_path: Path, documents: DocumentReader) -> None:
    field = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(Jane Doe)/Rect[72 500 300 520]/DA(/F1 12 Tf)/F 4>>"
    form = b"/AcroForm<</Fields[WIDGETS]/NeedAppearances true/DR<</Font<</F1 3 0 R>>>>/DA(/F1 12 Tf)>>"
    path = write(tmp_path / "a.pdf", pdf_of_pages(["Victim:"], catalogue=form, annotations=(field,)))
    assert documents.read(path).text == "Victim:\nJane Doe"


def test_pages_without_text_need_ocr(tmp_path: Path, documents: DocumentReader) -> None:
    one = write(tmp_path / "one.pdf", pdf_of_pages([]))
    two = write(tmp_path / "two.pdf", pdf_of_pages([], []))
    advice = "no text, so it is probably a scan; run OCR over it and read the result"
    assert read_failure(documents, one, NeedsOcr) == f"its only page holds {advice}"
    assert read_failure(documents, two, NeedsOcr) == f"its 2 pages hold {advice}"


def test_an_encrypted_pdf_says_so(tmp_path: Path, documents: DocumentReader) -> None:
    keys = b"/O<%s>/U<%s>" % (b"11" * 32, b"22" * 32)
    encryption = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4%s>>/ID[<%s><%s>]" % (keys, b"33" * 16, b"33" * 16)
    plain = pdf_of_pages(["Secret"]).replace(b"/Root 1 0 R", b"/Root 1 0 R" + encryption)
    path = write(tmp_path / "a.pdf", plain)
    assert read_failure(documents, path, UnreadableDocument) == "it is encrypted; save it without a password"


def test_a_good_pdf_is_read_after_a_broken_one(tmp_path: Path, documents: DocumentReader) -> None:
    broken = write(tmp_path / "broken.pdf", b"%PDF-1.7 rubbish")
    good = write(tmp_path / "good.pdf", pdf_of_pages(["Robbery"]))
    expected = "it is damaged (Failed to load document (PDFium: Data format error).); open it and print it to a new PDF"
    assert read_failure(documents, broken, UnreadableDocument) == expected
    assert documents.read(good).text == "Robbery"


def test_a_good_pdf_is_read_after_its_process_was_killed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pdf", pdf_of_pages(["Robbery"]))
    with DocumentReader() as documents:
        before = {child.pid for child in multiprocessing.active_children()}
        documents.read(path)
        (killed,) = {child.pid for child in multiprocessing.active_children()} - before
        os.kill(killed, signal.SIGKILL)
        assert documents.read(path).text == "Robbery"


def test_closing_ends_the_process(tmp_path: Path) -> None:
    before = multiprocessing.active_children()
    with DocumentReader() as documents:
        documents.read(write(tmp_path / "a.pdf", pdf_of_pages(["Robbery"])))
    assert set(multiprocessing.active_children()) <= set(before)


def test_a_call_that_kills_its_process_costs_itself_alone() -> None:
    process = LoneProcess()
    first = process.call(os.getpid)
    assert process.call(os.getpid) == first
    with pytest.raises(ProcessDied):
        process.call(os._exit, 1)
    assert process.call(os.getpid) not in (first, os.getpid())
    process.close()


def test_a_pdf_that_crashes_its_reader_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call = LoneProcess.call
    monkeypatch.setattr(LoneProcess, "call", lambda self, *_: call(self, os._exit, 1))
    with DocumentReader() as documents:
        path = write(tmp_path / "a.pdf", pdf_of_pages(["Robbery"]))
        expected = "the PDF reader crashed on it; open it and print it to a new PDF"
        assert read_failure(documents, path, UnreadableDocument) == expected
        monkeypatch.undo()
        assert documents.read(path).text == "Robbery"


def test_the_process_that_reads_pdfs_loads_no_other_heavy_library() -> None:
    source = "import sys, crimeetl.etl.readers.pages.pdf as pdf; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-P", "-c", source], capture_output=True, text=True, check=True).stdout
    heavy = {"torch", "transformers", "duckdb", "polars", "numpy", "docx", "lxml", "charset_normalizer", "pypdfium2"}
    assert heavy.isdisjoint(loaded.split())


def test_paragraphs_and_tables_are_read_in_order(tmp_path: Path, documents: DocumentReader) -> None:
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = "Confidential"
    word.add_heading("Incident", level=1)
    word.add_paragraph("Time:\t23:15\nPlace: Oak St")
    table = word.add_table(rows=2, cols=3)
    for cell, text in zip(table._cells, ["Name", "Age", "Sex", "Jane Doe", "35", "F"], strict=True):
        cell.text = text
    table.cell(1, 1).merge(table.cell(1, 2))
    word.add_paragraph("")
    word.add_paragraph("The end.")
    document = documents.read(write(tmp_path / "a.docx", word_bytes(word)))
    expected = "Confidential\nIncident\nTime:\t23:15\nPlace: Oak St\nName | Age | Sex\nJane Doe | 35\nF\n\nThe end."
    assert (document.text, document.media_type, document.encoding) == (expected, WORD, None)


def test_form_fields_insertions_and_text_boxes_of_word_are_read(tmp_path: Path, documents: DocumentReader) -> None:
    word = docx.Document()
    run = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>"
    box = "<w:r><w:pict><w:txbxContent><w:p>" + run.format("Boxed") + "</w:p></w:txbxContent></w:pict></w:r>"
    deleted = "<w:del><w:r><w:delText>Bob</w:delText></w:r></w:del><w:moveFrom>" + run.format("Gone") + "</w:moveFrom>"
    parts = [
        "<w:p {}><w:pPr><w:tabs><w:tab w:val='left' w:pos='720'/></w:tabs></w:pPr>" + run.format("Victim: "),
        "<w:sdt><w:sdtPr/><w:sdtContent>" + run.format("Jane") + "</w:sdtContent></w:sdt>",
        deleted + "<w:ins>" + run.format(" Doe") + "</w:ins>" + box + "</w:p>",
    ]
    control = "<w:sdt {}><w:sdtContent><w:p>" + run.format("Controlled") + "</w:p></w:sdtContent></w:sdt>"
    for xml in ("".join(parts), control):
        word.element.body.insert_element_before(parse_xml(xml.replace("{}", nsdecls("w"), 1)), "w:sectPr")
    document = documents.read(write(tmp_path / "a.docx", word_bytes(word)))
    assert document.text == "Victim: Jane Doe\nBoxed\nControlled"


def test_a_broken_word_file_is_unreadable(tmp_path: Path, documents: DocumentReader) -> None:
    path = write(tmp_path / "a.docx", b"PK\x03\x04 rubbish")
    assert read_failure(documents, path, UnreadableDocument) == (
        "its reader broke (BadZipFile: File is not a zip file); open it in its own program and save it again"
    )


def test_a_mail_is_its_headers_and_its_plain_body(tmp_path: Path, documents: DocumentReader) -> None:
    mail = b"""From: =?utf-8?q?Officer_L=C3=B3pez?= <lopez@example.org>
To: desk@example.org
Subject: Robbery on
 Oak Street
Date: Sat, 04 Mar 2023 23:15:00 -0500
X-Spam: no
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=M

--M
Content-Type: multipart/alternative; boundary=A

--A
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Caf=E9 robbed=
 at night.

--A
Content-Type: text/html

<p>not this</p>
--A--
--M
Content-Type: application/pdf
Content-Disposition: attachment; filename="a.pdf"
Content-Transfer-Encoding: base64

!!!! not base64
--M--
""".replace(b"\n", b"\r\n")
    document = documents.read(write(tmp_path / "a.eml", mail))
    assert document.text == (
        "Subject: Robbery on Oak Street\n"
        "Date: Sat, 04 Mar 2023 23:15:00 -0500\n"
        "From: Officer López <lopez@example.org>\n"
        "To: desk@example.org\n"
        "\n"
        "Café robbed at night.\n"
    )
    assert (document.encoding, document.media_type) == ("cp1252", "message/rfc822")


def test_the_html_body_of_a_mail_is_read_where_the_plain_one_is_missing_or_blank(
    tmp_path: Path, documents: DocumentReader
) -> None:
    html = b"Content-Type: text/html; charset=windows-1251\n\n<p>\xca\xf0\xe0\xe6\xe0</p><p>2"
    assert documents.read(write(tmp_path / "a.eml", b"Subject: x\n" + html)).text == "Subject: x\n\nКража\n\n2"
    both = b"Content-Type: multipart/alternative; boundary=A\n\n--A\n\n \n--A\n" + html + b"\n--A--\n"
    assert documents.read(write(tmp_path / "b.eml", both)).text == "Кража\n\n2"


def test_undeclared_characters_in_a_mail_are_not_lost(tmp_path: Path, documents: DocumentReader) -> None:
    text = "Subject: Caf\u00e9 robbed,\n suspect fled\n\nSe\u00f1or Mu\u00f1oz\n"
    expected = "Subject: Caf\u00e9 robbed, suspect fled\n\nSe\u00f1or Mu\u00f1oz\n"
    for encoding in ("utf-8", "cp1252"):
        assert documents.read(write(tmp_path / "a.eml", text.encode(encoding))).text == expected


def test_a_mail_without_subject_and_body_is_an_empty_document(tmp_path: Path, documents: DocumentReader) -> None:
    path = write(tmp_path / "a.eml", b"From: a@example.org\nContent-Type: image/png\n\n\x89PNG")
    assert read_failure(documents, path, EmptyDocument) == "it holds no text; fill it or take it away"


def test_every_reason_ends_with_what_to_do_next(tmp_path: Path, documents: DocumentReader) -> None:
    for name, content in (("a.txt", ""), ("b.png", "x"), ("c.docx", "x"), ("d.pdf", pdf_of_pages([]))):
        with pytest.raises(DocumentFailed) as failure:
            documents.read(write(tmp_path / name, content))
        assert re.search(r"; (fill|convert|open|run) ", failure.value.reason)
