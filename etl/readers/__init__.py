"""Files -> Documents: what the user typed becomes file paths, and each file becomes text.

arguments ── find_paths ──▶ path ── DocumentReader.read ──▶ Document   (or a DocumentFailed to record)

paths.py     folders and links -> file paths
archives.py  archives, mailboxes, workbooks and mails -> what is in them
reader.py    path -> Document, whatever its format
limits.py    what one document may cost
process.py   the process that bears it: all but small text files are read there
formats.py   which format a file has: its content first, then its suffix
plain.py     text formats and encodings
markup.py    HTML as a browser shows it
tables.py    where the tables that a format marks stand in its text
book.py      electronic books, whose chapters are HTML
mail.py      e-mail messages, and web pages saved as such
outlook.py   those that Outlook saved
office/      texts, slides and workbooks of office programs
pdf.py       PDF, by PDFium
images.py    PNG, JPEG, TIFF: pages for OCR, as pages of a PDF without text are
ocr.py       such a page -> its text, by Tesseract
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
