"""Images -> pages for OCR: a PNG or JPEG is one, a TIFF may hold several."""

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crimeetl.etl.errors import NeedsOcr, UnreadableDocument
from crimeetl.etl.readers.pages.drawn import MOST_PIXELS, POINTS_PER_INCH, DrawnPage
from crimeetl.etl.readers.plain import FileText, PageText, paged

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "TIFF")
PAGED_FORMATS = ("TIFF",)  # further images in a JPEG are previews
INSTALL_TESSERACT = "install Tesseract (on Debian and Ubuntu: apt install tesseract-ocr)"
FEWEST_DPI, MOST_STATED_DPI = 90, 2400  # cameras and screens say 72 whatever they took
LETTER_INCHES = 8.5
DEEP_GREY = "I;16"  # 16 bits a pixel; Pillow cuts them off instead of scaling them


def text_of(path: str, encoded: bytes) -> FileText:
    """The pages of an image, marked as OCR, their text left to ``ocr.page_text``.

    Raises:
        NeedsOcr: the library that reads images is not installed.
        UnreadableDocument: it is damaged.
    """
    with _opened(path, encoded) as image:
        count = getattr(image, "n_frames", 1) if image.format in PAGED_FORMATS else 1
    return paged([PageText("")] * count, range(1, count + 1))


def drawn_page(path: str, encoded: bytes, number: int, image_pixels: int) -> DrawnPage:
    """A page as a greyscale picture on white, upright if the camera knew.

    Args:
        path: names the file in errors.
        encoded: the file's bytes.
        number: of the page, from 1.
        image_pixels: how many it may have. More than 20 million are scaled down to these.

    Raises:
        UnreadableDocument: it is damaged or larger.
    """
    from PIL import ImageOps

    with _opened(path, encoded) as image:
        image.seek(number - 1)
        if math.prod(image.size) > image_pixels:
            width, height = image.size
            reason = f"page {number} has {width} x {height} pixels, more than {image_pixels}"
            raise UnreadableDocument(path, f"{reason}; make it smaller")
        grey = _grey(ImageOps.exif_transpose(image))
        points_per_pixel = POINTS_PER_INCH / _dots_per_inch(image)
    if math.prod(grey.size) > MOST_PIXELS:
        ratio = math.sqrt(MOST_PIXELS / math.prod(grey.size))
        points_per_pixel /= ratio
        grey.thumbnail((grey.width * ratio, grey.height * ratio))
    return DrawnPage(*grey.size, grey.tobytes(), points_per_pixel)


@contextmanager
def _opened(path: str, encoded: bytes) -> Iterator["Image.Image"]:
    """The image; of its pixels none is decoded yet."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError as error:
        reason = "it is an image, and the library that reads images is not installed"
        raise NeedsOcr(path, f"{reason}; run pip install 'crimeetl[formats]', and {INSTALL_TESSERACT}") from error

    Image.MAX_IMAGE_PIXELS = None  # its own limit; ours is checked before any pixel is decoded
    try:
        opened = Image.open(io.BytesIO(encoded), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise UnreadableDocument(path, "it is a damaged image; open it and save it again") from error
    with opened as image:
        yield image


def _dots_per_inch(image: "Image.Image") -> float:
    """What the file says, if that can be true; else as many as make it a page of Letter's width."""
    stated = float(image.info.get("dpi", (0.0,))[0])
    return stated if FEWEST_DPI <= stated <= MOST_STATED_DPI else min(image.size) / LETTER_INCHES


def _grey(image: "Image.Image") -> "Image.Image":
    """One byte a pixel; what is transparent is white, as paper is."""
    from PIL import Image

    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image.convert("RGBA")).convert("L")
    if image.mode.startswith(DEEP_GREY):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image.convert("L")
