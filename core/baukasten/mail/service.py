"""The verb of the mail room: deliver one message and say what became of it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from baukasten import clock
from baukasten.mail.message import Message
from baukasten.mail.transport import FileTransport, SmtpTransport, Transport


@dataclass(frozen=True)
class Receipt:
    """Proof that a mail was handed over: to whom, when, and what the other side calls it."""

    message_id: str
    to: str
    at: datetime
    reference: str


def deliver(transport: Transport, message: Message) -> Receipt:
    """Hand one mail over; raises what the transport raises: Refused for good, Unavailable for a later try."""
    reference = transport.send(message)
    return Receipt(message_id=message.message_id, to=message.to, at=clock.now(), reference=reference)


def transport_for(smtp_url: str, folder: Path) -> FileTransport | SmtpTransport:
    """Return the way out that an installation is set to: its server, or the folder if it names none.

    The address is `smtp://user:password@host:port`; STARTTLS is used unless it ends with `?starttls=no`.
    Raises ValueError for any other address.
    """
    if not smtp_url:
        return FileTransport(folder)
    parts = urlsplit(smtp_url)
    options = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme != "smtp" or not parts.hostname or options.keys() - {"starttls"}:
        raise ValueError("the mail server's address must look like smtp://user:password@host:587")
    return SmtpTransport(
        parts.hostname,
        parts.port or 587,
        starttls=options.get("starttls", ["yes"])[-1] != "no",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )
