"""A page of a PDF as PDFium has it -> its letters and rules. What is written under a black box is not among them."""

import ctypes
import math
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from crimeetl.etl.documents import Box
from crimeetl.etl.readers.pages.layout import UNMAPPED, Letter, PageMarks, Sheet, turned
from crimeetl.etl.readers.pages.notes import Note, noted_marks
from crimeetl.etl.readers.pages.paths import MOST_RULES, Cover, Matrix, add_path, is_dark

MOST_DEPTH = 15  # of forms in forms
HEIGHT_RATIO = 1.15  # of the size of most fonts: from their highest to their lowest letter
# What PDFium gives for a hyphen that ends a line, and for a letter whose meaning the file does not say.
LINE_END_HYPHEN, NO_MEANING = 0x02, {0x00, 0xFFFE, 0xFFFF}
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
# Boxes of the fonts Wingdings and Symbol, which have no letters of their own.
SYMBOLS = {"\uf0fe": "[x]", "\uf0fd": "[x]", "\uf078": "[x]", "\uf06f": "[ ]", "\uf0a8": "[ ]", "\uf0b7": "•"}
# A soft hyphen that is drawn is seen as any other.
WRITTEN_OTHERWISE = {**LIGATURES, **SYMBOLS, "\u00ad": "-"}
HIGH_SURROGATES, LOW_SURROGATES = range(0xD800, 0xDC00), range(0xDC00, 0xE000)

UPRIGHT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Run:
    """What the letters written by one instruction have in common."""

    size: float
    degrees: int
    cosine: float  # of their direction on the page before it is turned, without its sign
    sine: float
    is_dark: bool
    place: int
    number: int

    def advance(self, width: float, height: float) -> float:
        """How far a letter moves its line on.

        Args:
            width: of the upright box round it, on the page before it is turned.
            height: of that box.
        """
        along, most, least = (
            (width, self.cosine, self.sine) if self.cosine >= self.sine else (height, self.sine, self.cosine)
        )
        return max(0.0, (along - least * HEIGHT_RATIO * self.size) / most)


def read_marks(document: Any, index: int) -> PageMarks:
    """All that is drawn on a page, with the values of form fields and what is noted on it.

    Args:
        document: of pypdfium2, its form known to it if it has one.
        index: of the page, from 0.
    """
    from pypdfium2 import PdfiumError, raw

    with closing(document[index]) as page:
        annotation_count = raw.FPDFPage_GetAnnotCount(page)
        if not annotation_count:
            return page_marks(page, [])
        noted = noted_marks(page, sheet_of(page), document.formenv, annotation_count)
        # What is noted is no part of the page until it is flattened into it; then the page is to be opened anew.
        if raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_FAIL:
            raise PdfiumError(f"page {index + 1} cannot be flattened")
    with closing(document[index]) as page:
        return page_marks(page, noted)


def sheet_of(page: Any) -> Sheet:
    """Where a page lies."""
    left, bottom, right, top = page.get_bbox()
    return Sheet(Box(left, top, right, bottom), page.get_rotation() // 90)


def page_marks(page: Any, noted: Sequence[Note]) -> PageMarks:
    """All that is drawn on a page, its annotations flattened.

    Args:
        page: of pypdfium2.
        noted: what is to be read in place of what is drawn in a box.
    """
    from pypdfium2 import raw

    sheet = sheet_of(page)
    rules: list[Box] = []
    covers: list[Cover] = []
    places: dict[int, int] = {}
    pixels, covered = 0, 0.0
    for place, (drawn, matrix) in enumerate(_drawn(page)):
        kind = raw.FPDFPageObj_GetType(drawn)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            places[_address(drawn)] = place
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            add_path(drawn, matrix, place, sheet, rules, covers)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            more_pixels, area = _image(drawn, matrix)
            pixels, covered = pixels + more_pixels, covered + area
    letters = _letters(page, sheet, places, covers, [note.box for note in noted])
    for note in noted:
        letters.setdefault(0, []).extend(note.letters())
    width, height = sheet.size
    too_many = len(rules) > MOST_RULES
    return PageMarks(letters, () if too_many else tuple(rules), pixels, covered / max(1.0, width * height))


def _drawn(page: Any) -> Iterator[tuple[Any, Matrix]]:
    """Each object on a page, those in its forms too, in the order in which they are drawn."""
    from pypdfium2 import raw

    for index in range(raw.FPDFPage_CountObjects(page)):
        yield from _with_parts(raw.FPDFPage_GetObject(page, index), UPRIGHT, MOST_DEPTH)


def _with_parts(drawn: Any, outer: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
    from pypdfium2 import raw

    kind = raw.FPDFPageObj_GetType(drawn)
    if kind == raw.FPDF_PAGEOBJ_TEXT:
        yield drawn, outer
        return
    matrix = _product(_matrix(drawn), outer)
    if kind != raw.FPDF_PAGEOBJ_FORM:
        yield drawn, matrix
    elif depth:
        for index in range(raw.FPDFFormObj_CountObjects(drawn)):
            yield from _with_parts(raw.FPDFFormObj_GetObject(drawn, index), matrix, depth - 1)


def _matrix(drawn: Any) -> Matrix:
    from pypdfium2 import raw

    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(drawn, matrix)
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _product(inner: Matrix, outer: Matrix) -> Matrix:
    if outer == UPRIGHT:
        return inner
    a, b, c, d, e, f = inner
    (left, up), (right, down), (x, y) = (
        (p * outer[0] + q * outer[2], p * outer[1] + q * outer[3]) for p, q in ((a, b), (c, d), (e, f))
    )
    return left, up, right, down, x + outer[4], y + outer[5]


def _address(drawn: Any) -> int:
    return ctypes.cast(drawn, ctypes.c_void_p).value or 0


def _image(drawn: Any, matrix: Matrix) -> tuple[int, float]:
    """Its pixels, and the area it takes."""
    from pypdfium2 import raw

    width, height = ctypes.c_uint(), ctypes.c_uint()
    raw.FPDFImageObj_GetImagePixelSize(drawn, width, height)
    return width.value * height.value, abs(matrix[0] * matrix[3] - matrix[1] * matrix[2])


def _letters(
    page: Any, sheet: Sheet, places: dict[int, int], covers: list[Cover], taken: list[Box]
) -> dict[int, list[Letter]]:
    """The letters that can be read, by their direction.

    Args:
        places: of each text object, by its address, in the order of drawing.
        taken: the boxes of fields whose letters stand for something else.
    """
    from pypdfium2 import raw

    width, height = sheet.size
    letters: dict[int, list[Letter]] = {}
    runs: dict[int, Run] = {}
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    follows_space = True
    with closing(page.get_textpage()) as text_page:
        for index, text in _characters(text_page):
            address = _address(raw.FPDFText_GetTextObject(text_page, index))
            if not address or text.isspace():
                follows_space = True
                continue
            run = runs.get(address)
            if run is None:
                run = runs[address] = _run(text_page, index, sheet, places.get(address, 0), len(runs))
            raw.FPDFText_GetCharOrigin(text_page, index, x, y)
            raw.FPDFText_GetLooseCharBox(text_page, index, box)
            advance = run.advance(box.right - box.left, box.top - box.bottom)
            shown_x, shown_y = sheet.shown(x.value, y.value)
            left, baseline = turned(shown_x, shown_y, run.degrees)
            middle = turned(left + advance / 2, baseline - 0.35 * run.size, -run.degrees)
            is_on_page = 0 <= middle[0] <= width and 0 <= middle[1] <= height
            if is_on_page and not _is_covered(middle, run, covers) and not any(_is_in(middle, box) for box in taken):
                of_direction = letters.setdefault(run.degrees, [])
                of_direction.append(Letter(text, left, left + advance, baseline, run.size, follows_space, run.number))
            follows_space = False
    return letters


def _characters(text_page: Any) -> Iterator[tuple[int, str]]:
    """Each character's index and what it says; spaces that PDFium thinks of are among them."""
    from pypdfium2 import raw

    high = 0
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if code in HIGH_SURROGATES:
            high = code
            continue
        if code in LOW_SURROGATES and high:
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00
        high = 0
        if code == LINE_END_HYPHEN:
            yield index, "-"
        elif code in NO_MEANING or code in LOW_SURROGATES or code > 0x10FFFF:
            yield index, UNMAPPED
        elif code < 0x20 and raw.FPDFText_HasUnicodeMapError(text_page, index) == 1:
            # The number of a shape in its font; of those that look like letters none can tell.
            yield index, UNMAPPED
        elif code >= 0x20 or code in b"\t\n\r":
            character = chr(code)
            yield index, WRITTEN_OTHERWISE.get(character, character)


def _run(text_page: Any, index: int, sheet: Sheet, place: int, number: int) -> Run:
    from pypdfium2 import raw

    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text_page, index, matrix)
    size = raw.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.c, matrix.d)
    length = math.hypot(matrix.a, matrix.b) or 1.0
    return Run(
        size=max(1.0, size),
        degrees=sheet.degrees(matrix.a, matrix.b),
        cosine=abs(matrix.a) / length if matrix.a or matrix.b else 1.0,
        sine=abs(matrix.b) / length,
        is_dark=is_dark(raw.FPDFPageObj_GetFillColor, raw.FPDFText_GetTextObject(text_page, index)),
        place=place,
        number=number,
    )


def _is_covered(point: tuple[float, float], run: Run, covers: list[Cover]) -> bool:
    return any(_is_in(point, cover.box) and (run.is_dark or cover.place > run.place) for cover in covers)


def _is_in(point: tuple[float, float], box: Box) -> bool:
    x, y = point
    return box.left <= x <= box.right and box.top <= y <= box.bottom
