from . import images, ocr, pdf

__all__ = [
    "images",
    "ocr",
    "pdf",
]
