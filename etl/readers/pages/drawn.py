"""A page as a picture, drawn for OCR."""

from dataclasses import dataclass

MOST_DPI = 300
MOST_PIXELS = 20_000_000  # Tesseract takes a minute for 60 million
POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """Grey dots, a byte each, row by row."""

    width: int
    height: int
    dots: bytes
    points_per_pixel: float  # of the page

    @property
    def picture(self) -> bytes:
        """A file of the format PGM."""
        return b"P5 %d %d 255\n%s" % (self.width, self.height, self.dots)
