"""The rarer formats, and pages that are images: exact texts, pages marked as OCR, and what is missing or too large."""

import io
import os
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import docx
import pytest
from PIL import Image, ImageDraw, ImageFont
from reading import failure, write

from crimeetl.etl.documents import Page
from crimeetl.etl.errors import DocumentFailed, EmptyDocument, NeedsOcr, UnknownFormat, UnreadableDocument
from crimeetl.etl.readers import DocumentReader, ReaderLimits
from crimeetl.etl.readers.formats import media_type_of
from crimeetl.etl.readers.pages import ocr
from crimeetl.etl.readers.reader import read_content
from crimeetl.etl.split import split

DPI = 200
LINES = ("Officer Ann Lee reported that a man ran out of", "the shop on Oak Street with a bag at 23:15.")
TEXT = "\n".join(LINES)
FLED = "The suspect fled on foot toward the river."
NATIVE = "Case Number: 24-001"
INSTALL = "install Tesseract (on Debian and Ubuntu: apt install tesseract-ocr)"
ANEW = "scan it anew at 300 dpi"
ADVICE = "open it in its own program and save it again"
LIMITS = ReaderLimits(seconds=120)

needs_tesseract = pytest.mark.skipif(
    not ocr.is_installed(), reason="Tesseract is not installed (on Debian and Ubuntu: apt install tesseract-ocr)"
)


@pytest.fixture(scope="module")
def documents() -> Iterator[DocumentReader]:
    with DocumentReader(limits=LIMITS) as reader:
        yield reader


# Tesseract's table with one word in it.
SAY = r"""
say() {
    printf 'level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n'
    printf '5\t1\t1\t1\t1\t1\t100\t100\t400\t30\t96\t%s\n' "$1"
}
"""


@pytest.fixture
def play_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a shell script in the place of Tesseract, for readers opened after that; in it, ``say`` finds one word."""

    def play(script: str) -> None:
        program = tmp_path / "bin" / "tesseract"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{SAY}\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    return play


def ocr_pages(*starts: int) -> tuple[Page, ...]:
    return tuple(Page(number, start, True) for number, start in enumerate(starts, start=1))


def picture(*lines: str) -> Image.Image:
    """A strip of paper, 8.5 by 2 inches, with lines of 11 points on it."""
    image = Image.new("L", (8 * DPI + DPI // 2, 2 * DPI), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(DPI * 11 / 72)
    for number, line in enumerate(lines):
        draw.text((DPI, DPI // 2 + number * DPI // 4), line, fill=0, font=font)
    return image


def image_bytes(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png_bomb(width: int, height: int) -> bytes:
    """A PNG that promises so many pixels and holds one row of zeros."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(width // 8 + 1))) + chunk(b"IEND", b"")


def pdf_of(*pages: str | Image.Image | None, size: tuple[int, int] = (612, 792), entries: bytes = b"") -> bytes:
    """A PDF with a page for each line of text, for each image over the width of the page, or (None) empty.

    Args:
        size: Of its pages, in points.
        entries: More of what an image's dictionary says; the last one counts.
    """
    width, height = size
    kids = b" ".join(b"%d 0 R" % (4 + 3 * index) for index in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for index, page in enumerate(pages):
        image, shown = b"<<>>", b""
        if isinstance(page, str):
            shown = b"BT /F1 12 Tf 72 700 Td (%s) Tj ET" % page.encode()
        elif page is not None:
            encoded = image_bytes(page, "JPEG", quality=95)
            space = b"/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode"
            place = entries or b"/Width %d/Height %d" % page.size
            image = b"<</Subtype/Image%s%s/Length %d>>stream\n%s\nendstream" % (place, space, len(encoded), encoded)
            tall = width * page.height // page.width
            shown = b"q %d 0 0 %d 0 %d cm /I Do Q" % (width, tall, height - tall)
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>"
            b"/XObject<</I %d 0 R>>>>>>" % (width, height, 5 + 3 * index, 6 + 3 * index),
            b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown),
            image,
        ]
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def zip_bytes(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@needs_tesseract
@pytest.mark.parametrize(
    ("name", "media_type", "content"),
    [
        ("a.png", "image/png", image_bytes(picture(*LINES), "PNG")),
        ("a.jpg", "image/jpeg", image_bytes(picture(*LINES), "JPEG", quality=80)),
        ("fax.tif", "image/tiff", image_bytes(picture(*LINES).convert("1"), "TIFF", compression="group4")),
        ("a.pdf", "application/pdf", pdf_of(picture(*LINES))),
    ],
)
def test_a_page_that_is_an_image_is_read_by_ocr(
    tmp_path: Path, documents: DocumentReader, name: str, media_type: str, content: bytes
) -> None:
    document = documents.read(write(tmp_path / name, content))
    assert (document.media_type, document.encoding, document.size_bytes) == (media_type, None, len(content))
    assert (document.text, document.pages) == (TEXT, ocr_pages(0))


@needs_tesseract
def test_an_image_is_known_by_its_content_and_a_tiff_has_a_page_for_each_image(
    tmp_path: Path, documents: DocumentReader
) -> None:
    several = image_bytes(picture(*LINES), "TIFF", save_all=True, append_images=[picture(), picture(FLED)])
    document = documents.read(write(tmp_path / "a.txt", several))
    assert document.media_type == "image/tiff"
    assert document.text == f"{TEXT}\n\n\n\n{FLED}"
    assert document.pages == ocr_pages(0, len(TEXT) + 2, len(TEXT) + 4)


@needs_tesseract
def test_pages_without_text_are_read_by_ocr_among_pages_with_text(tmp_path: Path, documents: DocumentReader) -> None:
    document = documents.read(write(tmp_path / "a.pdf", pdf_of(NATIVE, picture(*LINES), None, FLED)))
    assert document.text == f"{NATIVE}\n\n{TEXT}\n\n\n\n{FLED}"
    scan = len(NATIVE) + 2
    empty = scan + len(TEXT) + 2
    assert document.pages == (Page(1, 0), Page(2, scan, True), Page(3, empty), Page(4, empty + 2))
    (report,) = split(document).reports
    assert (report.text, report.pages) == (document.text, document.pages)


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    return image_bytes(picture(FLED).rotate(180), "JPEG", exif=exif)


def transparent() -> bytes:
    ink = Image.new("RGBA", picture().size)
    ink.putalpha(picture(FLED).point(lambda grey: 255 - grey))
    return image_bytes(ink, "PNG")


def deep() -> bytes:
    grey = picture(FLED)
    image = Image.frombytes("I;16", grey.size, b"".join(bytes((0, value // 2)) for value in grey.tobytes()))
    return image_bytes(image, "PNG")


@needs_tesseract
@pytest.mark.parametrize(
    ("content", "text"),
    [
        (turned(), FLED),
        (transparent(), FLED),
        (deep(), FLED),
        (image_bytes(picture(*LINES).rotate(90, expand=True), "PNG"), TEXT),
    ],
    ids=["upside down for its camera", "black on nothing", "16 bits a pixel", "on its side"],
)
def test_pictures_are_laid_upright_on_white_paper(
    tmp_path: Path, documents: DocumentReader, content: bytes, text: str
) -> None:
    assert documents.read(write(tmp_path / "a.png", content)).text == text


@needs_tesseract
def test_images_in_an_archive_are_documents_of_their_own(tmp_path: Path, documents: DocumentReader) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("scan.png", image_bytes(picture(FLED), "PNG"))
    path = write(tmp_path / "week.zip", buffer.getvalue())
    assert documents.expand(path) == [path, f"{path}!/scan.png"]
    assert documents.read(f"{path}!/scan.png").text == FLED


@needs_tesseract
def test_a_picture_without_text_is_an_empty_document(tmp_path: Path, documents: DocumentReader) -> None:
    expected = f"OCR found no text in it; {ANEW}, or take it away"
    assert failure(documents, write(tmp_path / "a.png", image_bytes(picture(), "PNG")), EmptyDocument) == expected
    assert failure(documents, write(tmp_path / "a.pdf", pdf_of(picture())), EmptyDocument) == expected


def test_without_tesseract_a_page_that_needs_it_is_a_failure_that_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    several = image_bytes(picture(), "TIFF", save_all=True, append_images=[picture()])
    missing = f"read by OCR alone, and Tesseract is not installed; {INSTALL}"
    with DocumentReader(limits=LIMITS) as documents:
        for name, content, pages in (
            ("a.png", image_bytes(picture(), "PNG"), "its only page can be"),
            ("a.tif", several, "its 2 pages can be"),
            ("a.pdf", pdf_of(NATIVE, picture(), picture()), "2 of its 3 pages can be"),
        ):
            assert failure(documents, write(tmp_path / name, content), NeedsOcr) == f"{pages} {missing}"


def test_empty_pages_and_spacers_need_no_ocr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    path = write(tmp_path / "a.pdf", pdf_of(NATIVE, None, Image.new("L", (2000, 2))))
    with DocumentReader(limits=LIMITS) as documents:
        document = documents.read(path)
    assert (document.text, document.pages) == (f"{NATIVE}\n\n\n\n", (Page(1, 0), Page(2, 21), Page(3, 23)))


def test_without_the_extra_its_formats_are_failures_that_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.setitem(sys.modules, "oxmsg", None)
    with pytest.raises(NeedsOcr) as image:
        read_content("/a.png", png_bomb(8, 8), LIMITS)
    assert image.value.reason == (
        "it is an image, and the library that reads images is not installed; "
        f"run pip install 'crimeetl[formats]', and {INSTALL}"
    )
    with pytest.raises(UnreadableDocument) as message:
        read_content("/a.msg", outlook_message(body="x"), LIMITS)
    assert message.value.reason == (
        "it is an Outlook message, and the library that reads these is not installed; "
        "run pip install 'crimeetl[formats]'"
    )


def test_tesseract_runs_on_one_thread_and_gets_what_it_can_read(
    tmp_path: Path, play_tesseract: Callable[[str], None]
) -> None:
    play_tesseract('say "$OMP_THREAD_LIMIT thread, $(head -n 1)"')
    fine = Image.new("L", (5100, 6600), 255)  # Letter at 600 dpi
    phone = Image.new("L", (3024, 4032), 255)
    with DocumentReader(limits=LIMITS) as documents:
        for content, size in (
            (pdf_of(picture()), "1700 2200"),  # 200 dpi
            (pdf_of(fine, size=(600, 800)), "2500 3334"),  # 300 dpi
            (pdf_of(phone, size=(3024, 4032)), "3024 4032"),  # as a phone makes them, at 72 dpi
            (image_bytes(fine, "PNG"), "3931 5087"),  # 20 million pixels
        ):
            assert documents.read(write(tmp_path / "a", content)).text == f"1 thread, P5 {size} 255"


def test_images_and_pages_too_large_are_not_drawn(tmp_path: Path, play_tesseract: Callable[[str], None]) -> None:
    play_tesseract("say no")
    limits = ReaderLimits(image_pixels=1_000_000, memory_bytes=700 * 1024**2)
    huge = pdf_of(picture(), entries=b"/Width 100000/Height 100000")
    with DocumentReader(limits=limits) as documents:
        for content, reason in (
            (png_bomb(100_000, 100_000), "page 1 has 100000 x 100000 pixels, more than 1000000; make it smaller"),
            (png_bomb(1000, 1001), "page 1 has 1000 x 1001 pixels, more than 1000000; make it smaller"),
            (huge, f"the images on page 1 have 10000000000 pixels, more than 1000000; {ANEW}"),
            (
                pdf_of(NATIVE, picture(), size=(100_000, 1_000)),
                "page 2 is 1389 x 14 inches, more than 200; print it to a new PDF",
            ),
        ):
            start = time.monotonic()
            assert failure(documents, write(tmp_path / "a", content)) == reason
            assert time.monotonic() - start < 30
        assert documents.read(write(tmp_path / "b.png", image_bytes(picture(), "PNG"))).text == "no"


def test_ocr_of_a_page_that_takes_too_long_is_ended_and_leaves_no_process(
    tmp_path: Path, play_tesseract: Callable[[str], None]
) -> None:
    play_tesseract(f'echo $$ >"{tmp_path}/pid"\nexec sleep 1000')
    path = write(tmp_path / "a.png", image_bytes(picture(), "PNG"))
    with DocumentReader(limits=ReaderLimits(seconds=5)) as documents:
        assert failure(documents, path) == f"OCR of page 1 takes longer than 5 s; {ANEW}"
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_no_further_page_is_begun_when_ocr_of_a_document_takes_too_long(
    tmp_path: Path, play_tesseract: Callable[[str], None]
) -> None:
    play_tesseract(f'echo x >>"{tmp_path}/runs"\nsleep 1\nsay x')
    several = image_bytes(picture(), "TIFF", save_all=True, append_images=[picture()] * 9)
    with DocumentReader(limits=ReaderLimits(ocr_seconds=0.5)) as documents:
        expected = "OCR of 10 pages takes longer than 0.5 s; cut it into smaller files"
        assert failure(documents, write(tmp_path / "a.tif", several)) == expected
    assert (tmp_path / "runs").read_text() == "x\n"


def test_a_tesseract_that_breaks_costs_one_document(tmp_path: Path, play_tesseract: Callable[[str], None]) -> None:
    play_tesseract("echo \"Failed loading language 'eng'\" >&2\nexit 1")
    path = write(tmp_path / "a.png", image_bytes(picture(), "PNG"))
    with DocumentReader(limits=LIMITS) as documents:
        assert failure(documents, path) == (
            "Tesseract broke on page 1 (Failed loading language 'eng'); "
            f"see that `tesseract --list-langs` names eng, or {ANEW}"
        )
        assert documents.read(write(tmp_path / "a.pdf", pdf_of(NATIVE))).text == NATIVE


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="no other system limits the memory of a process")
def test_tesseract_may_hold_no_more_memory_than_a_reader(tmp_path: Path, play_tesseract: Callable[[str], None]) -> None:
    play_tesseract('say "$(ulimit -v)"')
    path = write(tmp_path / "a.png", image_bytes(picture(), "PNG"))
    with DocumentReader(limits=ReaderLimits(memory_bytes=700 * 1024**2)) as documents:
        assert documents.read(path).text == str(700 * 1024)


def test_a_damaged_image_says_so(
    tmp_path: Path, documents: DocumentReader, play_tesseract: Callable[[str], None]
) -> None:
    whole = image_bytes(picture(FLED), "JPEG")
    assert failure(documents, write(tmp_path / "a.png", png_bomb(8, 8)[:29] + bytes(50))) == (
        "it is a damaged image; open it and save it again"
    )
    play_tesseract("say no")
    with DocumentReader(limits=LIMITS) as others:
        reason = failure(others, write(tmp_path / "a.jpg", whole[: len(whole) // 2]))
    assert reason.startswith("its reader broke (OSError: image file is truncated (")
    assert reason.endswith(f"; {ADVICE}")


def rich_text(body: str) -> bytes:
    fonts = (
        r"{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fnil\fcharset204{\*\fname Arial;}Arial Cyr;}"
        r"{\f2\fmodern\fcharset128 MS Gothic;}}"
    )
    start = r"{\rtf1\ansi\ansicpg1252\deff0" + fonts + r"{\colortbl;\red0\green0\blue0;}{\info{\title Form 7}}"
    return (start + r"\viewkind4\uc1\pard\f0\fs20 " + body + "}").encode("latin-1")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            "Officer \\b Ann\\b0  Lee\\par\r\nAt 23:15\\tab a man\\line fled.\\par",
            "Officer Ann Lee\nAt 23:15\ta man\nfled.",
        ),
        (r"caf\'e9 \u8217? \uc2\u-10179 ??\u-8704 ??\uc1 \u8220\'93x\u8221\'94", "café ’ 😀“x”"),
        (r"\f1 \'ca\'f0\'e0\'e6\'e0\f0 , \f2\'93\'90\'93\'ef", "Кража, 盗難"),
        (
            r"100\~% well\_known sus\-pect \{a\} c:\\d \endash  \ldblquote x\rdblquote",
            "100\u00a0% well-known suspect {a} c:\\d – “x”",
        ),
        (r"a{\v hidden}b\v c\plain d{\deleted e}f", "abdf"),
        (r"a{\header H}{\footnote F}{\*\unknown U}{\pict\bin4 }}{{}{\pict ffd8ff}b", "ab"),
        (r"{\field{\*\fldinst HYPERLINK x}{\fldrslt the link}} {\listtext 1.\tab}one", "the link 1.\tone"),
        (
            r"\trowd\intbl Name\cell Age\cell\row\trowd{\intbl Jane Doe\par}\cell\cell\row\pard End\par",
            "Name | Age\nJane Doe | \nEnd",
        ),
        (
            r"Before {\shp{\*\shpinst{\sp{\sn txid}{\sv 1}}{\shptxt Boxed\par text}}{\shprslt no}}after\par Next",
            "Before after\nBoxed\ntextNext",
        ),
    ],
)
def test_rich_text_is_read_as_it_is_shown(tmp_path: Path, documents: DocumentReader, body: str, text: str) -> None:
    document = documents.read(write(tmp_path / "a.doc", rich_text(body)))
    assert (document.text, document.media_type, document.encoding) == (text, "application/rtf", None)


def test_rich_text_that_is_cut_off_or_names_a_wrong_encoding_is_unreadable(
    tmp_path: Path, documents: DocumentReader
) -> None:
    cut = write(tmp_path / "a.rtf", rich_text("Officer Ann Lee")[:-1])
    assert failure(documents, cut) == f"it is cut off; {ADVICE}"
    wrong = write(tmp_path / "b.rtf", rich_text(r"\'81"))
    assert failure(documents, wrong) == (
        "its bytes are no text in the encoding that it names ('charmap' codec can't decode byte 0x81 in position 0: "
        "character maps to <undefined>); save it again"
    )
    deep = b"{\\rtf1 " + b"{" * 100_000 + b"x" + b"}" * 100_001
    assert documents.read(write(tmp_path / "c.rtf", deep)).text == "x"


SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
}


def open_document(body: str, *, prologue: str = "", manifest: str = "<manifest/>") -> bytes:
    names = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in SPACES.items())
    text = f"<office:body><office:text>{body}</office:text></office:body>"
    return zip_bytes(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"{prologue}<office:document-content {names}>{text}</office:document-content>",
            "META-INF/manifest.xml": manifest,
        }
    )


def test_an_open_document_is_its_paragraphs_and_tables_in_order(tmp_path: Path, documents: DocumentReader) -> None:
    body = """
        <text:tracked-changes><text:p>Deleted</text:p></text:tracked-changes>
        <text:h>Incident</text:h>
        <text:p>Officer <text:span> Ann
            López</text:span><text:s text:c="3"/>at<text:tab/>23:15<text:line-break/>Oak St<text:note><text:note-body>
            <text:p>Note</text:p></text:note-body></text:note><office:annotation><text:p>Comment</text:p>
            </office:annotation></text:p>
        <text:p/>
        <text:list><text:list-item><text:p>First</text:p></text:list-item></text:list>
        <table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Name</text:p></table:table-cell>
            <table:table-cell><text:p>Age</text:p></table:table-cell></table:table-row></table:table-header-rows>
            <table:table-row><table:table-cell><text:p>Jane</text:p><text:p>Doe</text:p></table:table-cell>
            <table:table-cell/></table:table-row></table:table>
        <text:p>Before<draw:frame><draw:text-box><text:p>Boxed</text:p></draw:text-box><svg:title>Map</svg:title>
            </draw:frame> after</text:p>"""
    document = documents.read(write(tmp_path / "a.docx", open_document(body)))
    assert document.media_type == "application/vnd.oasis.opendocument.text"
    assert document.text == (
        "Incident\nOfficer Ann López   at\t23:15\nOak St\n\nFirst\nName | Age\nJane\nDoe | \nBefore after\nBoxed"
    )


def test_an_open_document_with_a_password_or_with_entities_without_end_is_unreadable(
    tmp_path: Path, documents: DocumentReader
) -> None:
    manifest = "<manifest><encryption-data/></manifest>"
    locked = write(tmp_path / "a.odt", open_document("", manifest=manifest))
    assert failure(documents, locked) == "it is under a password; save it without one"
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = open_document("<text:p>&e11;</text:p>", prologue=f'<!DOCTYPE x [<!ENTITY e0 "x">{entities}]>')
    assert failure(documents, write(tmp_path / "b.odt", bomb)).startswith("its reader broke (XMLSyntaxError: ")
    slides = zip_bytes({"mimetype": "application/vnd.oasis.opendocument.presentation"})
    assert failure(documents, write(tmp_path / "c.odt", slides), UnknownFormat).startswith("no reader knows ")


Cell = str | int | None
SHEETS: dict[str, list[list[Cell]]] = {
    "Week 12/13": [
        ["Case", "Narrative", None, "Narrative"],
        [4471, "Officer Ann López\nmet Bo Ray.", "aside", "again"],
        [],
        [4472, None],
        [None, "Officer Eve Kim left."],
    ],
    "Empty": [],
    "Codes": [["text"], ["Officer Dan Poe"]],
}


def excel_bytes(sheets: dict[str, list[list[Cell]]]) -> bytes:
    """A workbook as the standard has it at the least (ECMA-376, part 1, section 18)."""
    package, office = (
        f"http://schemas.openxmlformats.org/{kind}/2006/relationships" for kind in ("package", "officeDocument")
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    numbered = list(enumerate(sheets.items(), start=1))
    listed = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"/>' for i, (name, _) in numbered)
    targets = "".join(
        f'<Relationship Id="r{i}" Type="{office}/worksheet" Target="worksheets/{i}.xml"/>' for i, _ in numbered
    )
    return zip_bytes(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">{targets}</Relationships>',
        }
        | {
            f"xl/worksheets/{i}.xml": f'<worksheet xmlns="{main}"><sheetData>{excel_rows(rows)}</sheetData></worksheet>'
            for i, (_, rows) in numbered
        }
    )


def excel_rows(rows: list[list[Cell]]) -> str:
    def cell(column: int, row: int, value: Cell) -> str:
        place = f'r="{"ABCDEF"[column]}{row}"'
        if isinstance(value, int):
            return f"<c {place}><v>{value}</v></c>"
        return "" if value is None else f'<c {place} t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'

    cells = ["".join(cell(column, n, value) for column, value in enumerate(row)) for n, row in enumerate(rows, start=1)]
    return "".join(f'<row r="{n}">{inner}</row>' for n, inner in enumerate(cells, start=1))


def open_sheets(sheets: dict[str, list[list[Cell]]]) -> bytes:
    def cell(value: Cell) -> str:
        if value is None:
            return "<table:table-cell/>"
        kind = f'"float" office:value="{value}"' if isinstance(value, int) else '"string"'
        paragraphs = "".join(f"<text:p>{line}</text:p>" for line in str(value).split("\n"))
        return f"<table:table-cell office:value-type={kind}>{paragraphs}</table:table-cell>"

    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row)) or cell(None)}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    names = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in SPACES.items())
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    return zip_bytes(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"<office:document-content {names}>{body}</office:document-content>",
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


@pytest.mark.parametrize(("name", "made"), [("week.xlsx", excel_bytes), ("week.ods", open_sheets)])
def test_each_sheet_of_a_workbook_that_holds_anything_is_its_rows_as_they_stand(
    tmp_path: Path,
    documents: DocumentReader,
    name: str,
    made: Callable[[dict[str, list[list[Cell]]]], bytes],
) -> None:
    path = write(tmp_path / name, made(SHEETS))
    whole, first, second = documents.expand(path)
    assert (whole, first, second) == (path, f"{path}!/Week 12_13.jsonl", f"{path}!/Codes.jsonl")
    assert documents.read(whole).text == ""
    assert documents.read(first).text == (
        '["Case", "Narrative", "", "Narrative"]\n'
        '["4471", "Officer Ann López\\nmet Bo Ray.", "aside", "again"]\n'
        "\n"
        '["4472", "", "", ""]\n'
        '["", "Officer Eve Kim left.", "", ""]'
    )
    assert documents.read(second).text == '["text"]\n["Officer Dan Poe"]'


def test_a_workbook_that_is_empty_damaged_locked_or_packed_says_so(tmp_path: Path, documents: DocumentReader) -> None:
    def unpack_failure(path: str, kind: type[DocumentFailed] = UnreadableDocument) -> str:
        assert documents.expand(path) == [path]
        return failure(documents, path, kind)

    empty = write(tmp_path / "a.xlsx", excel_bytes({"Sheet1": [], "Sheet2": [[]]}))
    assert unpack_failure(empty, EmptyDocument) == "all its sheets are empty; fill it or take it away"
    damaged = write(tmp_path / "b.xlsx", excel_bytes(SHEETS)[:900])
    assert unpack_failure(damaged).startswith("its reader broke (")
    locked = write(tmp_path / "c.xlsx", compound_file({"EncryptedPackage": b"x"}))
    assert unpack_failure(locked) == "it is under a password; save it without one"


def test_a_workbook_in_an_archive_is_read_too_and_an_archive_in_it_stays_packed(
    tmp_path: Path, documents: DocumentReader
) -> None:
    path = (tmp_path / "d.zip").as_posix()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("week.xlsx", excel_bytes(SHEETS))
        archive.writestr("bad.xlsx", excel_bytes(SHEETS)[:900])
        archive.writestr("inner.zip", zip_bytes({"a.txt": "Officer Ann Lee"}))
    book = f"{path}!/week.xlsx"
    inner = [book, f"{book}!/Week 12_13.jsonl", f"{book}!/Codes.jsonl", f"{path}!/bad.xlsx", f"{path}!/inner.zip"]
    assert documents.expand(path) == [path, *inner]
    assert documents.read(f"{book}!/Codes.jsonl").text == '["text"]\n["Officer Dan Poe"]'
    assert failure(documents, f"{path}!/bad.xlsx").startswith("its reader broke (")
    assert failure(documents, f"{path}!/inner.zip") == (
        "it holds several files; take it out, and give it, or what is in it, in a folder"
    )


SECTOR, SMALL_SECTOR = 512, 64  # bytes
FREE, CHAIN_END, OF_TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
STRING, BINARY, INTEGER, TIME = 0x001F, 0x0102, 0x0003, 0x0040


def compound_file(streams: dict[str, dict[str, bytes] | bytes]) -> bytes:
    """Streams and storages of streams, each stream under 4,096 bytes, in Microsoft's format MS-CFB, version 3."""
    entries: list[tuple[str, int, int, int, int, int]] = []  # name, kind, next sibling, first child, start, size
    small, small_table = bytearray(), []

    def chain(start: int, count: int) -> list[int]:
        return [*range(start + 1, start + count), CHAIN_END][:count]

    def add(storage: dict[str, dict[str, bytes] | bytes]) -> int:
        """The entries of a storage, each the right sibling of the one before; the number of the first."""
        first = following = FREE
        for name, content in sorted(storage.items(), key=lambda item: (len(item[0]), item[0].upper()), reverse=True):
            if isinstance(content, bytes):
                count = -(-len(content) // SMALL_SECTOR)
                entry = (name, 2, following, FREE, len(small_table) if count else CHAIN_END, len(content))
                small_table.extend(chain(len(small_table), count))
                small.extend(content.ljust(count * SMALL_SECTOR, b"\0"))
            else:
                entry = (name, 1, following, add({**content}), 0, 0)
            entries.append(entry)
            first = following = len(entries)  # entry 0 is the root
        return first

    first = add(streams)
    parts = [b"", struct.pack(f"<{len(small_table)}I", *small_table), bytes(small)]
    counts = [-(-(len(entries) + 1) // 4), *(-(-len(part) // SECTOR) for part in parts[1:])]
    starts = [1, 1 + counts[0], 1 + counts[0] + counts[1]]
    table = [OF_TABLE, *(link for start, count in zip(starts, counts, strict=True) for link in chain(start, count))]
    for name, kind, sibling, child, start, size in [("Root Entry", 5, FREE, first, starts[2], len(small)), *entries]:
        title = name.encode("utf-16-le")
        links = struct.pack("<HBBIII36x", len(title) + 2, kind, 1, FREE, sibling, child)
        parts[0] += title.ljust(64, b"\0") + links + struct.pack("<IQ", start, size)
    header = struct.pack("<8s16xHHHHH6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, starts[0], 0, 4096, starts[1], counts[1], CHAIN_END, 0) + bytes(4)
    fills = (b"\0", b"\xff", b"\0")
    body = [part.ljust(count * SECTOR, fill) for part, count, fill in zip(parts, counts, fills, strict=True)]
    return (
        header.ljust(SECTOR, b"\xff") + struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff") + b"".join(body)
    )


def properties(header: bytes, values: dict[tuple[int, int], str | int | bytes]) -> dict[str, bytes]:
    """The streams for properties by number and type, in the format of Microsoft's MS-OXMSG."""
    listed, streams = header, {}
    for (number, kind), value in values.items():
        if isinstance(value, int):
            stored = value.to_bytes(8, "little")
        else:
            content = value.encode("utf-16-le") if isinstance(value, str) else value
            streams[f"__substg1.0_{number:04X}{kind:04X}"] = content
            stored = struct.pack("<II", len(content) + 2 * isinstance(value, str), 0)
        listed += struct.pack("<HHI", kind, number, 6) + stored
    return {"__properties_version1.0": listed, **streams}


def outlook_message(
    *, body: str = "", html: bytes = b"", packed: bytes = b"", attached: Sequence[tuple[str, bytes, str]] = ()
) -> bytes:
    """Sent on 5 March 2023 at 04:15 UTC, to one and in copy to another.

    Args:
        attached: name, content and the name in the HTML body ("" for none) of each file.
    """
    people = [("Front Desk", "desk@example.org", 1), ("Archive", "archive@example.org", 2)]
    recipients = {
        f"__recip_version1.0_#{number:08X}": properties(
            bytes(8), {(0x0C15, INTEGER): kind, (0x3001, STRING): name, (0x39FE, STRING): address}
        )
        for number, (name, address, kind) in enumerate(people)
    }
    values: dict[tuple[int, int], str | int | bytes] = {
        (0x001A, STRING): "IPM.Note",
        (0x0037, STRING): "Robbery on Oak Street",
        (0x0039, TIME): (1_677_989_700 + 11_644_473_600) * 10**7,
        (0x0C1A, STRING): "Officer Ann López",
        (0x0C1F, STRING): "lopez@example.org",
        (0x3FDE, INTEGER): 1251,
    }
    bodies: dict[tuple[int, int], str | bytes] = {
        (0x1000, STRING): body,
        (0x1013, BINARY): html,
        (0x1009, BINARY): packed,
    }
    values |= {key: content for key, content in bodies.items() if content}
    files = {}
    for number, (name, content, inner_id) in enumerate(attached):
        said: dict[tuple[int, int], str | int | bytes] = {
            (0x3707, STRING): name,
            (0x3701, BINARY): content,
            **({(0x3712, STRING): inner_id} if inner_id else {}),
        }
        files[f"__attach_version1.0_#{number:08X}"] = properties(bytes(8), said)
    header = struct.pack("<8x4I8x", len(people), len(files), len(people), len(files))
    return compound_file({**properties(header, values), **recipients, **files})


HEADERS = (
    "Subject: Robbery on Oak Street\n"
    "Date: Sun, 05 Mar 2023 04:15:00 +0000\n"
    "From: Officer Ann López <lopez@example.org>\n"
    "To: Front Desk <desk@example.org>\n\n"
)


def test_an_outlook_message_is_its_headers_and_its_plain_body(tmp_path: Path, documents: DocumentReader) -> None:
    message = outlook_message(body="At 23:15 a man ran out.\r\nHe fled.\r\n", html=b"<p>not this")
    document = documents.read(write(tmp_path / "a.txt", message))
    assert document.text == f"{HEADERS}At 23:15 a man ran out.\nHe fled.\n"
    assert (document.media_type, document.encoding) == ("application/vnd.ms-outlook", None)


def test_of_an_outlook_message_without_plain_body_the_html_one_is_read_and_no_other(
    tmp_path: Path, documents: DocumentReader
) -> None:
    html = write(tmp_path / "a.msg", outlook_message(body=" ", html=b"<p>\xca\xf0\xe0\xe6\xe0</p><p>2"))
    assert documents.read(html).text == f"{HEADERS}Кража\n\n2"
    packed = write(tmp_path / "b.msg", outlook_message(packed=b"LZFu"))
    assert failure(documents, packed) == "its body is rich text alone; open it in Outlook and save it as plain text"


def test_another_old_office_file_is_no_message(tmp_path: Path, documents: DocumentReader) -> None:
    drawing = compound_file({"VisioDocument": b"x"})
    for name in ("a.vsd", "a.msg", "a.docx"):
        assert failure(documents, write(tmp_path / name, drawing), UnknownFormat).startswith("no reader knows ")
    broken = outlook_message(body="x")[:1500]
    assert failure(documents, write(tmp_path / "a.msg", broken)).startswith("its reader broke (")


def test_what_is_attached_to_an_outlook_message_is_read_too(tmp_path: Path, documents: DocumentReader) -> None:
    html = b'<p>See the reports.<img src="cid:logo@x">'
    attached = [("report.txt", b"Officer Bo Ray", ""), ("logo.txt", b"no", "logo@x"), ("logo.txt", b"yes", "other@x")]
    path = write(tmp_path / "a.msg", outlook_message(html=html, attached=attached))
    assert documents.expand(path) == [path, f"{path}!/report.txt", f"{path}!/logo.txt"]
    assert documents.read(path).text == f"{HEADERS}See the reports."
    assert documents.read(f"{path}!/report.txt").text == "Officer Bo Ray"
    assert documents.read(f"{path}!/logo.txt").text == "yes"


def test_a_table_in_an_outlook_message_is_read_from_its_html_body(tmp_path: Path) -> None:
    html = b"<table><tr><td>Case</td><td>Nature</td></tr><tr><td>24-1</td><td>Theft</td></tr></table>"
    _, found = read_content("/a.msg", outlook_message(body="Case\r\nNature\r\n24-1\r\nTheft", html=html), LIMITS)
    assert found.text == f"{HEADERS}Case | Nature\n24-1 | Theft"
    [table] = found.tables
    assert [found.text[row.char_start : row.char_end] for row in table.rows] == ["Case | Nature", "24-1 | Theft"]


def test_an_old_workbook_under_a_password_or_damaged_says_so(tmp_path: Path, documents: DocumentReader) -> None:
    begin = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 0x0005, 0, 1997, 0, 0)
    locked = struct.pack("<HHHHH", 0x002F, 54, 1, 1, 1) + bytes(48)
    for name, content, reason in (
        ("a.xls", begin + locked, "it is under a password; save it without one"),
        ("b.xls", begin, "its reader broke ("),
    ):
        path = write(tmp_path / name, compound_file({"Workbook": content}))
        assert documents.expand(path) == [path]
        assert failure(documents, path).startswith(reason)


def test_an_old_office_file_is_known_by_its_outermost_part() -> None:
    inside = {"ObjectPool": {"_1": b"x"}}
    for streams, name, media_type in (
        ({"WordDocument": b"x", "Workbook": b"x"}, "a", "application/msword"),
        ({"WordDocument": b"x", "Workbook": b"x"}, "a.xls", "application/vnd.ms-excel"),
        ({"PowerPoint Document": b"x", **inside}, "a.doc", "application/vnd.ms-powerpoint"),
        ({"Book": b"x", **inside}, "a", "application/vnd.ms-excel"),
    ):
        assert media_type_of(name, compound_file({**streams})) == media_type


@pytest.mark.parametrize(
    ("name", "part", "suffix"), [("a.doc", "WordDocument", "docx"), ("a.ppt", "PowerPoint Document", "pptx")]
)
def test_without_libreoffice_an_old_document_is_a_failure_that_says_how_to_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, part: str, suffix: str
) -> None:
    monkeypatch.setenv("PATH", "")
    path = write(tmp_path / name, compound_file({part: b"x"}))
    with DocumentReader(limits=LIMITS) as documents:
        assert failure(documents, path) == (
            f"it is older than .{suffix}, and LibreOffice, which reads such files, is not installed; "
            f"install LibreOffice, or save it as .{suffix}"
        )


# Finds the folder to write to among its arguments, as the program does.
LIBREOFFICE = """while [ "$1" != --outdir ]; do set -- "$@" "$1"; shift; done
mkdir -p "$2" && """


@pytest.fixture
def play_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a shell script in the place of LibreOffice, for readers opened after that."""

    def play(script: str) -> None:
        program = tmp_path / "bin" / "soffice"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    return play


def test_an_old_document_is_read_as_libreoffice_saves_it(
    tmp_path: Path, play_libreoffice: Callable[[str], None]
) -> None:
    word = docx.Document()
    word.add_paragraph("Officer Ann Lee")
    word.save((tmp_path / "new.docx").as_posix())
    play_libreoffice(f'{LIBREOFFICE} cp "{tmp_path}/new.docx" "$2/document.docx" && echo "$@" >"{tmp_path}/asked"')
    path = write(tmp_path / "a.doc", compound_file({"WordDocument": b"x"}))
    with DocumentReader(limits=LIMITS) as documents:
        document = documents.read(path)
    assert (document.text, document.media_type) == ("Officer Ann Lee", "application/msword")
    asked = (tmp_path / "asked").read_text()
    assert "-env:UserInstallation=file:///" in asked
    assert "--headless --norestore --convert-to docx" in asked


def test_what_libreoffice_cannot_open_or_is_too_slow_with_says_so_and_leaves_no_process(
    tmp_path: Path, play_libreoffice: Callable[[str], None]
) -> None:
    path = write(tmp_path / "a.doc", compound_file({"WordDocument": b"x"}))
    play_libreoffice("echo 'Error: source file could not be loaded' >&2")
    with DocumentReader(limits=LIMITS) as documents:
        assert failure(documents, path) == (
            "LibreOffice cannot open it (Error: source file could not be loaded); save it as .docx, without a password"
        )
    play_libreoffice(f'sleep 1000 & echo $! >"{tmp_path}/pid"; wait')
    with DocumentReader(limits=ReaderLimits(seconds=5)) as documents:
        assert failure(documents, path) == (
            "LibreOffice takes longer than 4.5 s to open it; open it in its own program and save it as .docx or .pptx"
        )
    process = int((tmp_path / "pid").read_text())
    assert not Path(f"/proc/{process}").exists() or "Z" in Path(f"/proc/{process}/stat").read_text().split()[2]
