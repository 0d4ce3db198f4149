"""Messages that Outlook saved (msg) -> their headers and body, and what is attached to them."""

import io
from email.utils import format_datetime
from typing import TYPE_CHECKING

from crimeetl.etl.errors import UnreadableDocument
from crimeetl.etl.readers import mail, markup
from crimeetl.etl.readers.plain import FileText

if TYPE_CHECKING:
    from oxmsg.message import Message
    from oxmsg.recipient import Recipient

# Properties of a message, by their numbers in MS-OXPROPS.
SENDER_NAME, SENDER_ADDRESS, SENDER_SMTP_ADDRESS = 0x0C1A, 0x0C1F, 0x5D01
RECIPIENT_TYPE, TO = 0x0C15, 1
HTML_BODY, RICH_TEXT_BODY = 0x1013, 0x1009
CONTENT_ID = 0x3712


def text_of(path: str, encoded: bytes) -> FileText:
    """As for other mail: Subject, Date (in UTC), From and To as far as they exist, a blank line, then the body.

    The HTML body is read where there is no plain one with text in it, or where that has lost the rows of a table.

    Raises:
        UnreadableDocument: the library that reads such messages is not installed, or the only body is rich text.
    """
    message = _message(path, encoded)
    headers = {
        "Subject": message.subject,
        "Date": format_datetime(message.sent_date) if message.sent_date else "",
        "From": _sender(message),
        "To": ", ".join(map(_named, filter(_is_addressee, message.recipients))),
    }
    stated = {name: value for name, value in headers.items() if value}
    return mail.written(stated, _body(path, message))


def attachments(path: str, encoded: bytes) -> list[tuple[str, bytes]]:
    """The files attached to a message, with their names; pictures that stand in its body are none.

    Raises:
        UnreadableDocument: the library that reads such messages is not installed.
    """
    message = _message(path, encoded)
    shown = _html(message)
    found = []
    for attached in message.attachments:
        inner_id = attached.properties.str_prop_value(CONTENT_ID) or ""
        is_shown = bool(inner_id) and f"cid:{inner_id}".encode() in shown
        if attached.file_bytes and not is_shown:
            found.append((attached.file_name or "attachment", attached.file_bytes))
    return found


def _message(path: str, encoded: bytes) -> "Message":
    try:
        from oxmsg import Message
    except ImportError as error:
        reason = "it is an Outlook message, and the library that reads these is not installed"
        raise UnreadableDocument(path, f"{reason}; run pip install 'crimeetl[formats]'") from error
    return Message.load(io.BytesIO(encoded))


def _html(message: "Message") -> bytes:
    properties = message.properties
    return properties.binary_prop_value(HTML_BODY) or (properties.str_prop_value(HTML_BODY) or "").encode()


def _body(path: str, message: "Message") -> FileText:
    properties = message.properties
    html = _html(message)
    shown = markup.text_of(path, html, properties.body_encoding) if html else FileText("")
    body = mail.fuller(FileText(message.body or ""), shown)
    if not body.text.strip() and properties.binary_prop_value(RICH_TEXT_BODY):
        raise UnreadableDocument(path, "its body is rich text alone; open it in Outlook and save it as plain text")
    return body


def _sender(message: "Message") -> str:
    properties = message.properties
    address = properties.str_prop_value(SENDER_SMTP_ADDRESS) or properties.str_prop_value(SENDER_ADDRESS) or ""
    return _written_address(properties.str_prop_value(SENDER_NAME) or "", address)


def _is_addressee(recipient: "Recipient") -> bool:
    return recipient.properties.int_prop_value(RECIPIENT_TYPE) == TO


def _named(recipient: "Recipient") -> str:
    return _written_address(recipient.name, recipient.email_address)


def _written_address(name: str, address: str) -> str:
    """Name <address>; addresses inside an Exchange server are no use to a reader."""
    if "@" not in address:
        return name
    return f"{name} <{address}>" if name and name != address else address
