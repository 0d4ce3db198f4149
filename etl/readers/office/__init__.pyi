from . import open_document, rich_text, word, workbook

__all__ = [
    "open_document",
    "rich_text",
    "word",
    "workbook",
]
