"""E-mail messages -> their headers and body, and what is attached to them."""

import codecs
import mimetypes
import re
from collections.abc import Iterator, Mapping
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser

from crimeetl.etl.documents import moved_table
from crimeetl.etl.readers import markup
from crimeetl.etl.readers.markup import LINE_END
from crimeetl.etl.readers.plain import FileText, decode

HEADERS = ("Subject", "Date", "From", "To")
LOOKED_AT_ROWS = 20  # of each table


def text_of(path: str, encoded: bytes) -> FileText:
    """Subject, Date, From and To as far as they exist, a blank line, then the body as plain text.

    The HTML body is read where there is no plain one with text in it, or where that has lost the rows of a table.
    Line ends become "\\n": those of a mail belong to its transport. The encoding is the body's. A mail without
    subject and body has no text.
    """
    message = _parsed(encoded)
    headers = {name: _header(path, message, name) for name in HEADERS if name in message}
    marked = encoded.startswith(codecs.BOM_UTF8)
    body = _body(path, message)
    whole = written(headers, body)
    return FileText(whole.text, body.encoding, marked, tables=whole.tables)


def web_page_of(path: str, encoded: bytes) -> FileText:
    """The page that a browser saved as a message, with its pictures and styles beside it."""
    message = _parsed(encoded)
    return _part(path, message, "html") or _part(path, message, "plain") or FileText("")


def attachments(encoded: bytes) -> list[tuple[str, bytes]]:
    """The files and messages attached to a mail, with their names; pictures that stand in its body are none."""
    message = _parsed(encoded)
    html = message.get_body(("html",))
    shown = b"" if html is None else _payload(html)
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    found = []
    for part in _leaves(message):
        inner_id = str(part.get("Content-ID", "")).strip().strip("<>")
        is_shown = bool(inner_id) and f"cid:{inner_id}".encode() in shown
        is_text = part.get_content_maintype() == "text" and not part.get_filename()
        if not (is_shown or is_text or any(part is body for body in bodies)):
            found.append((_name(part), _content(part)))
    return found


def written(headers: Mapping[str, str], body: FileText) -> FileText:
    """A mail as text: its headers, a blank line, its body; empty without subject and body."""
    if not body.text.strip() and not headers.get("Subject"):
        return FileText("")
    listed = "".join(f"{name}: {value}\n" for name, value in headers.items())
    head = LINE_END.sub("\n", f"{listed}\n") if listed else ""
    tables = tuple(moved_table(table, len(head)) for table in body.tables)
    return FileText(head + LINE_END.sub("\n", body.text), tables=tables)


def fuller(plain: FileText, html: FileText) -> FileText:
    """Of two forms of one body the plain one, unless it has no text or has lost the rows of a table."""
    lines = [" ".join(line.split()) for line in plain.text.splitlines()]
    for table in html.tables:
        rows = [[" ".join(cell.text.split()) for cell in row.cells if cell.text] for row in table.rows[:LOOKED_AT_ROWS]]
        wide = [cells for cells in rows if len(cells) > 1]
        kept = sum(any(all(cell in line for cell in cells) for line in lines) for cells in wide)
        if len(wide) > 1 and 2 * kept < len(wide):
            return html
    return plain if plain.text.strip() else html


def _parsed(encoded: bytes) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(encoded.removeprefix(codecs.BOM_UTF8))


def _body(path: str, message: EmailMessage) -> FileText:
    plain = _part(path, message, "plain")
    return fuller(plain or FileText(""), _part(path, message, "html") or FileText(""))


def _part(path: str, message: EmailMessage, kind: str) -> FileText | None:
    """The body of this kind; None where there is none with text."""
    part = message.get_body((kind,))
    if part is None:
        return None
    reader = markup.text_of if kind == "html" else decode
    body = reader(path, _payload(part), part.get_content_charset())
    return body if body.text.strip() else None


def _payload(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _leaves(message: MIMEPart) -> Iterator[MIMEPart]:
    """The parts that have no parts; a message in a message is one."""
    for part in message.iter_parts() if message.is_multipart() else ():
        if part.get_content_maintype() == "multipart":
            yield from _leaves(part)
        else:
            yield part


def _name(part: MIMEPart) -> str:
    name = part.get_filename() or f"attachment{mimetypes.guess_extension(part.get_content_type()) or ''}"
    is_unnamed_mail = part.get_content_type() == "message/rfc822" and not name.lower().endswith(".eml")
    return f"{name.removesuffix('.')}.eml" if is_unnamed_mail else name


def _content(part: MIMEPart) -> bytes:
    if part.get_content_type() != "message/rfc822":
        return _payload(part)
    messages = part.get_payload()
    # Its headers as they stand: to fold them anew, they would have to be right.
    as_it_stands = policy.default.clone(refold_source="none")
    return b"".join(inner.as_bytes(policy=as_it_stands) for inner in messages if isinstance(inner, EmailMessage))


def _header(path: str, message: EmailMessage, name: str) -> str:
    """A header's value, decoded; bytes beyond ASCII, which no header may hold and many do, as a text file's are."""
    raw = next(value for key, value in message.raw_items() if key.lower() == name.lower())
    if isinstance(raw, str) and not raw.isascii():
        unfolded = re.sub(r"[\r\n]+", "", raw)
        return decode(path, unfolded.encode("utf-8", "surrogateescape")).text
    return str(message[name])
