"""Files -> Documents: what the user typed becomes file paths, and each file becomes text.

arguments ── find_paths ──▶ path ── DocumentReader.read ──▶ Document   (or a DocumentFailed to record)

paths.py     folders and links -> file paths
reader.py    path -> Document, whatever its format
formats.py   which format a file has: its content first, then its suffix
plain.py     text formats and encodings
markup.py    HTML as a browser shows it
mail.py      e-mail messages
word.py      Word documents
pdf.py       PDF, read in the one process of process.py
"""

from crimeetl.etl.readers.paths import find_paths
from crimeetl.etl.readers.reader import DocumentReader

__all__ = ["DocumentReader", "find_paths"]
