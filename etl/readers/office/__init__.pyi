from . import converted, open_document, parts, presentation, rich_text, word, workbook

__all__ = [
    "converted",
    "open_document",
    "parts",
    "presentation",
    "rich_text",
    "word",
    "workbook",
]
