"""Pages that are images -> their text, by Tesseract, a program that has to be installed on the machine."""

import os
import shutil
import subprocess
import time
from dataclasses import replace

from crimeetl.etl.errors import UnreadableDocument
from crimeetl.etl.readers import formats
from crimeetl.etl.readers.limits import ReaderLimits
from crimeetl.etl.readers.pages import images, pdf
from crimeetl.etl.readers.pages.drawn import MOST_DPI, DrawnPage
from crimeetl.etl.readers.pages.layout import page_text as text_of_marks
from crimeetl.etl.readers.pages.layout import unruled_tables
from crimeetl.etl.readers.pages.scanned import marks_of, with_written
from crimeetl.etl.readers.pages.unlined import without_rules
from crimeetl.etl.readers.plain import PageText

TESSERACT = "tesseract"
# English; lines are found on pages that lie on their side too; words with their places, in tab-separated columns.
COMMAND = (TESSERACT, "stdin", "stdout", "-l", "eng", "--psm", "1", "tsv")
SCAN_ANEW = f"scan it anew at {MOST_DPI} dpi"
# Tesseract is ended before the process that started it would be, and left behind.
SECONDS_RATIO = 0.9


def is_installed() -> bool:
    """Whether Tesseract can be run."""
    return shutil.which(TESSERACT) is not None


def page_text(path: str, encoded: bytes, limits: ReaderLimits, *, number: int, written: PageText) -> PageText:
    """What Tesseract reads on one page of a PDF or an image, in reading order, and what is written on it besides.

    It is empty where there is neither.

    To be called in the process that parses documents: its limit on memory then holds for Tesseract as well.

    Args:
        path: names the file in errors.
        encoded: the file's bytes.
        limits: of these, the seconds for this page and the pixels in its images.
        number: of the page, from 1.
        written: the text that a PDF itself has for the page, such as a stamp on a scan.

    Raises:
        UnreadableDocument: the page cannot be drawn within the limits, or Tesseract takes too long or breaks on it.
    """
    ends_at = time.monotonic() + SECONDS_RATIO * limits.seconds
    draw = pdf.drawn_page if encoded.startswith(formats.PDF_MARK) else images.drawn_page
    drawn = draw(path, encoded, number, limits.image_pixels)
    table = _read(path, drawn, number, limits.seconds, ends_at)
    seen, rows = text_of_marks(marks_of(table, drawn.points_per_pixel), number)
    return with_written(replace(seen, tables=tuple(unruled_tables(rows))), written)


def _read(path: str, drawn: DrawnPage, number: int, seconds: float, ends_at: float) -> str:
    """Tesseract's table of words."""
    try:
        done = subprocess.run(
            COMMAND,
            input=without_rules(drawn).picture,
            capture_output=True,
            timeout=max(0.0, ends_at - time.monotonic()),
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # its threads win little and cost the other cores
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        reason = f"OCR of page {number} takes longer than {seconds:g} s; {SCAN_ANEW}"
        raise UnreadableDocument(path, reason) from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").split("\n")[0] or f"exit status {error.returncode}"
        advice = f"see that `{TESSERACT} --list-langs` names eng, or {SCAN_ANEW}"
        raise UnreadableDocument(path, f"Tesseract broke on page {number} ({said}); {advice}") from error
    return done.stdout.decode("utf-8")
