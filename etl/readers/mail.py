"""E-mail messages -> their headers and body. Attachments are left alone."""

import codecs
import re
from collections.abc import Mapping
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from crimeetl.etl.readers import markup
from crimeetl.etl.readers.plain import FileText, decode

HEADERS = ("Subject", "Date", "From", "To")
LINE_END = re.compile(r"\r\n?")


def text_of(path: str, encoded: bytes) -> FileText:
    """Subject, Date, From and To as far as they exist, a blank line, then the body as plain text.

    The HTML body is read where there is no plain one with text in it. Line ends become "\\n": those of a mail belong
    to its transport. The encoding is the body's. A mail without subject and body has no text.
    """
    marked = encoded.startswith(codecs.BOM_UTF8)
    message = BytesParser(policy=policy.default).parsebytes(encoded.removeprefix(codecs.BOM_UTF8))
    body = _body(path, message)
    headers = {name: _header(path, message, name) for name in HEADERS if name in message}
    return FileText(written(headers, body.text), body.encoding, marked)


def written(headers: Mapping[str, str], body: str) -> str:
    """A mail as text: its headers, a blank line, its body; empty without subject and body."""
    if not body.strip() and not headers.get("Subject"):
        return ""
    head = "".join(f"{name}: {value}\n" for name, value in headers.items())
    return LINE_END.sub("\n", f"{head}\n{body}" if head else body)


def _body(path: str, message: EmailMessage) -> FileText:
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        if part is None:
            continue
        payload = part.get_payload(decode=True)
        encoded = payload if isinstance(payload, bytes) else b""
        declared = part.get_content_charset()
        reader = markup.text_of if kind == "html" else decode
        body = reader(path, encoded, declared)
        if body.text.strip():
            return body
    return FileText("")


def _header(path: str, message: EmailMessage, name: str) -> str:
    """A header's value, decoded; bytes beyond ASCII, which no header may hold and many do, as a text file's are."""
    raw = next(value for key, value in message.raw_items() if key.lower() == name.lower())
    if isinstance(raw, str) and not raw.isascii():
        unfolded = re.sub(r"[\r\n]+", "", raw)
        return decode(path, unfolded.encode("utf-8", "surrogateescape")).text
    return str(message[name])
