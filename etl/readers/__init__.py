"""Files -> Documents: what the user typed becomes file paths, and each file becomes text.

arguments ── find_paths ──▶ path ── DocumentReader.read ──▶ Document   (or a DocumentFailed to record)

paths.py     folders and links -> file paths
archives.py  archives and mailboxes -> the files in them
reader.py    path -> Document, whatever its format
limits.py    what one document may cost
process.py   the process that bears it: all but small text files are read there
formats.py   which format a file has: its content first, then its suffix
plain.py     text formats and encodings
markup.py    HTML as a browser shows it
mail.py      e-mail messages
word.py      Word documents
pdf.py       PDF, by PDFium
"""

from crimeetl.etl.readers.limits import ReaderLimits
from crimeetl.etl.readers.paths import find_paths
from crimeetl.etl.readers.reader import DocumentReader

__all__ = ["DocumentReader", "ReaderLimits", "find_paths"]
