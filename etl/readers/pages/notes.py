"""Annotations of a PDF's page that are not letters: boxes to tick, and notes that the file does not draw."""

import ctypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from crimeetl.etl.documents import Box
from crimeetl.etl.readers.pages.layout import DESCENT_RATIO, Letter, Sheet

TICKED, UNTICKED = "[x]", "[ ]"
TICK_RATIO = 0.6  # of a box's height: the letters that stand for it leave a gap to what stands beside it
NOTE_SIZE = 10.0  # points, of the letters of a note that is not drawn
LETTER_RATIO = 0.5  # of a letter's size: its width
PITCH_RATIO = 1.2
FEWEST_APPEARANCE_CHARS = 2
WORD = re.compile(r"\[[ x]\]|\S+")


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be read in a box, whatever is drawn there."""

    box: Box  # as shown
    text: str

    def letters(self) -> list[Letter]:
        """Its text as letters in the box."""
        lines = self.text.splitlines()
        height = self.box.bottom - self.box.top
        size = min(NOTE_SIZE, height if len(self.text) > len(TICKED) else TICK_RATIO * height)
        first = self.box.bottom if len(lines) == 1 else self.box.top + size
        letters: list[Letter] = []
        for row, line in enumerate(lines):
            baseline = first - DESCENT_RATIO * size + row * PITCH_RATIO * size
            left = self.box.left
            for word in WORD.findall(line):
                right = left + len(word) * LETTER_RATIO * size
                letters.append(Letter(word, left, right, baseline, size, True, -1))
                left = right + LETTER_RATIO * size
        return letters


def noted_marks(page: Any, sheet: Sheet, forms: Any, annotation_count: int) -> list[Note]:
    """The boxes to tick, [x] or [ ], and the free text that has no drawing of its own.

    Args:
        page: of pypdfium2.
        sheet: where the page lies.
        forms: what pypdfium2 knows of the document's form; None where it has none.
        annotation_count: of the page.
    """
    from pypdfium2 import raw

    notes: list[Note] = []
    for index in range(annotation_count):
        with _annotation(page, index) as annotation:
            if raw.FPDFAnnot_GetFlags(annotation) & raw.FPDF_ANNOT_FLAG_HIDDEN:
                continue
            kind = raw.FPDFAnnot_GetSubtype(annotation)
            if kind == raw.FPDF_ANNOT_WIDGET and forms:
                field = raw.FPDFAnnot_GetFormFieldType(forms, annotation)
                if field in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
                    is_ticked = raw.FPDFAnnot_IsChecked(forms, annotation)
                    notes.append(Note(_box(annotation, sheet), TICKED if is_ticked else UNTICKED))
            elif kind == raw.FPDF_ANNOT_FREETEXT and not _is_drawn(annotation) and (text := _contents(annotation)):
                notes.append(Note(_box(annotation, sheet), text))
    return notes


@contextmanager
def _annotation(page: Any, index: int) -> Iterator[Any]:
    from pypdfium2 import raw

    annotation = raw.FPDFPage_GetAnnot(page, index)
    try:
        yield annotation
    finally:
        raw.FPDFPage_CloseAnnot(annotation)


def _box(annotation: Any, sheet: Sheet) -> Box:
    from pypdfium2 import raw

    place = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(annotation, place)
    (left, top), (right, bottom) = sheet.shown(place.left, place.top), sheet.shown(place.right, place.bottom)
    return Box(min(left, right), min(top, bottom), max(left, right), max(top, bottom))


def _is_drawn(annotation: Any) -> bool:
    from pypdfium2 import raw

    size: int = raw.FPDFAnnot_GetAP(annotation, raw.FPDF_ANNOT_APPEARANCEMODE_NORMAL, None, 0)
    return size > FEWEST_APPEARANCE_CHARS


def _contents(annotation: Any) -> str:
    from pypdfium2 import raw

    size = raw.FPDFAnnot_GetStringValue(annotation, b"Contents", None, 0)
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAnnot_GetStringValue(annotation, b"Contents", ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0").strip()
