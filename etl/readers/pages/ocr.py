"""Pages that are images -> their text, by Tesseract, a program that has to be installed on the machine."""

import os
import shutil
import subprocess
import time

from crimeetl.etl.errors import UnreadableDocument
from crimeetl.etl.readers import formats
from crimeetl.etl.readers.limits import ReaderLimits
from crimeetl.etl.readers.pages import images, pdf

TESSERACT = "tesseract"
# English; lines are found on pages that lie on their side too; no form feed at the end.
COMMAND = (TESSERACT, "stdin", "stdout", "-l", "eng", "--psm", "1", "-c", "page_separator=")
SCAN_ANEW = f"scan it anew at {pdf.MOST_DPI} dpi"
# Tesseract is ended before the process that started it would be, and left behind.
SECONDS_RATIO = 0.9


def is_installed() -> bool:
    """Whether Tesseract can be run."""
    return shutil.which(TESSERACT) is not None


def page_text(path: str, encoded: bytes, limits: ReaderLimits, *, number: int) -> str:
    """What Tesseract reads on one page of a PDF or an image; empty where it finds no text.

    To be called in the process that parses documents: its limit on memory then holds for Tesseract as well.

    Args:
        path: names the file in errors.
        encoded: the file's bytes.
        limits: of these, the seconds for this page and the pixels in its images.
        number: of the page, from 1.

    Raises:
        UnreadableDocument: the page cannot be drawn within the limits, or Tesseract takes too long or breaks on it.
    """
    ends_at = time.monotonic() + SECONDS_RATIO * limits.seconds
    draw = pdf.drawn_page if encoded.startswith(formats.PDF_MARK) else images.drawn_page
    drawn = draw(path, encoded, number, limits.image_pixels)
    try:
        done = subprocess.run(
            COMMAND,
            input=drawn,
            capture_output=True,
            timeout=max(0.0, ends_at - time.monotonic()),
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # its threads win little and cost the other cores
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        reason = f"OCR of page {number} takes longer than {limits.seconds:g} s; {SCAN_ANEW}"
        raise UnreadableDocument(path, reason) from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").split("\n")[0] or f"exit status {error.returncode}"
        advice = f"see that `{TESSERACT} --list-langs` names eng, or {SCAN_ANEW}"
        raise UnreadableDocument(path, f"Tesseract broke on page {number} ({said}); {advice}") from error
    return done.stdout.decode("utf-8").strip()
