"""Rich text (RTF) -> its paragraphs and tables."""

import codecs
import re
from dataclasses import dataclass, replace

from crimeetl.etl.errors import UnreadableDocument
from crimeetl.etl.readers.plain import FileText

TOKEN = re.compile(
    r"""\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?
    | \\'(?P<byte>[0-9a-fA-F]{2})
    | \\(?P<symbol>.)
    | (?P<brace>[{}])
    | [\r\n]+
    | (?P<text>[^\\{}\r\n]+)""",
    re.VERBOSE | re.DOTALL,
)
WORDS = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "column": "\n", "tab": "\t",
    "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "endash": "–", "emdash": "—",
    "bullet": "•", "emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005",
}  # fmt: skip
SYMBOLS = {"~": "\u00a0", "_": "-", "\n": "\n", "\r": "\n", "\t": "\t", "{": "{", "}": "}", "\\": "\\"}
CELL_ENDS = {"cell", "nestcell"}
ROW_ENDS = {"row", "nestrow"}
BETWEEN_CELLS = " | "
# Groups that are no text of the body; as in Word documents headers, footers, notes and comments are left out.
NOT_SHOWN = {
    "fonttbl", "colortbl", "stylesheet", "info", "listtable", "listoverridetable", "revtbl", "filetbl",
    "pict", "nonshppict", "objdata", "fldinst", "sp", "shprslt", "nonesttables", "xe", "tc", "rxe", "comment",
    "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "footnote", "annotation",
}  # fmt: skip
MARKED_AND_SHOWN = {"shpinst", "nesttableprops"}  # groups marked \* that hold text boxes and ends of rows
HIDING = {"v", "deleted"}
CODECS = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
CHARSET_CODECS = {
    0: "cp1252", 2: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 255: "cp850",
}  # fmt: skip


def text_of(path: str, encoded: bytes) -> FileText:
    """The body of an RTF file in reading order: a line for each paragraph and for each row of a table.

    As in Word documents, cells are joined by " | ", a text box stands after its paragraph, and hidden and deleted
    text, headers, footers, notes and comments are left out. The encoding is that of the file's bytes; characters
    beyond it are written as numbers.

    Raises:
        UnreadableDocument: the file is cut off, or bytes of it are no text in the encoding that it names.
    """
    body = _Body()
    source = encoded.decode("latin-1")  # a character for each byte
    position, end = 0, len(source)
    try:
        while position < end and not body.is_closed:
            token = TOKEN.match(source, position)
            if token is None:
                break  # a backslash at the very end
            position = token.end() + body.take(token)
        text = body.text()
    except (UnicodeDecodeError, LookupError) as error:
        reason = f"its bytes are no text in the encoding that it names ({error}); save it again"
        raise UnreadableDocument(path, reason) from error
    if not body.is_closed:
        raise UnreadableDocument(path, "it is cut off; open it in its own program and save it again")
    return FileText(text)


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds until a closing brace."""

    codec: str = "cp1252"
    is_shown: bool = True
    is_font_table: bool = False
    is_box: bool = False
    hidden_by: frozenset[str] = frozenset()
    fallback_chars: int = 1  # that follow each character written as a number


class _Body:
    """The text of a file while its tokens are taken one after another."""

    def __init__(self) -> None:
        self.is_closed = False
        self._group = _Group()
        self._outer: list[_Group] = []
        self._is_marked = False  # "\*" came last
        self._skipped_chars = 0  # of a fallback
        self._codec = "cp1252"  # of the file
        self._font_codecs: dict[int, str] = {}
        self._font = 0  # in the font table
        self._parts: list[str] = []
        self._box_parts: list[str] = []  # of text boxes in this paragraph
        self._bytes = bytearray()  # not decoded yet: two of them may be one character
        self._bytes_codec = ""

    def text(self) -> str:
        self._decode()
        return "".join([*self._parts, *self._box_parts]).strip("\n")

    def take(self, token: re.Match[str]) -> int:
        """One token; the number of bytes after it that are no text."""
        is_marked, self._is_marked = self._is_marked, False
        if token["brace"]:
            self._skipped_chars = 0
            self._open_or_close(token["brace"])
        elif token["text"]:
            shown = token["text"][self._skipped_chars :]
            self._skipped_chars = max(0, self._skipped_chars - len(token["text"]))
            self._say_bytes(shown.encode("latin-1"), self._group.codec)
        elif self._skipped_chars and (token["byte"] or token["symbol"] or token["word"]):
            self._skipped_chars -= 1
        elif token["byte"]:
            self._say_bytes(bytes.fromhex(token["byte"]), self._group.codec)
        elif token["symbol"]:
            self._is_marked = token["symbol"] == "*"
            self._say(SYMBOLS.get(token["symbol"], ""))
        elif token["word"]:
            return self._obey(token["word"], token["number"], is_marked)
        return 0

    def _open_or_close(self, brace: str) -> None:
        if brace == "{":
            self._outer.append(self._group)
        else:
            if self._group.is_box:
                self._decode()
            self._group = self._outer.pop()
            self.is_closed = not self._outer

    def _obey(self, word: str, number: str | None, is_marked: bool) -> int:
        value = int(number or 0)
        if word == "bin":
            return max(0, value)
        if word in NOT_SHOWN or (is_marked and word not in MARKED_AND_SHOWN):
            self._group = replace(self._group, is_shown=False, is_font_table=word == "fonttbl")
        elif word == "shptxt":
            self._decode()
            self._group = replace(self._group, is_box=True)
        elif word == "u":
            self._say_bytes((value & 0xFFFF).to_bytes(2, "little"), "utf-16-le")
            self._skipped_chars = self._group.fallback_chars
        elif word == "uc":
            self._group = replace(self._group, fallback_chars=max(0, value))
        elif word in HIDING:
            hidden_by = self._group.hidden_by - {word} if number == "0" else self._group.hidden_by | {word}
            self._group = replace(self._group, hidden_by=hidden_by)
        elif word == "plain":
            self._group = replace(self._group, hidden_by=frozenset(), codec=self._codec)
        elif word in WORDS:
            self._say(WORDS[word])
        elif word in CELL_ENDS:
            self._end_cell()
        elif word in ROW_ENDS:
            self._end_row()
        else:
            self._choose_codec(word, value)
        return 0

    def _choose_codec(self, word: str, value: int) -> None:
        if word in CODECS or word == "ansicpg":
            self._codec = codecs.lookup(CODECS.get(word) or f"cp{value}").name
            self._group = replace(self._group, codec=self._codec)
        elif word == "f" and self._group.is_font_table:
            self._font = value
        elif word == "fcharset" and self._group.is_font_table and value in CHARSET_CODECS:
            self._font_codecs[self._font] = CHARSET_CODECS[value]
        elif word == "f":
            self._group = replace(self._group, codec=self._font_codecs.get(value, self._codec))

    def _is_silent(self) -> bool:
        return not self._group.is_shown or bool(self._group.hidden_by)

    def _say_bytes(self, encoded: bytes, codec: str) -> None:
        if not encoded or self._is_silent():
            return
        if codec != self._bytes_codec:
            self._decode()
            self._bytes_codec = codec
        self._bytes += encoded

    def _say(self, text: str) -> None:
        if not text or self._is_silent():
            return
        self._decode()
        self._target().append(text)
        if text == "\n" and not self._group.is_box:
            self._parts += self._box_parts
            self._box_parts = []

    def _end_cell(self) -> None:
        self._take_back("\n")  # some writers end the last paragraph of a cell, others do not
        self._say(BETWEEN_CELLS)

    def _end_row(self) -> None:
        self._take_back(BETWEEN_CELLS)
        self._say("\n")

    def _take_back(self, text: str) -> None:
        """Takes away what was said last, if it was this."""
        if self._is_silent():
            return
        self._decode()
        if self._target()[-1:] == [text]:
            self._target().pop()

    def _target(self) -> list[str]:
        return self._box_parts if self._group.is_box else self._parts

    def _decode(self) -> None:
        """Puts the bytes that wait where text goes now."""
        if self._bytes:
            self._target().append(self._bytes.decode(self._bytes_codec))
            self._bytes.clear()
