"""Builds one mail to one person, as bytes that any transport can carry."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from baukasten import clock, ids
from baukasten.mail.dkim import Signer
from baukasten.mail.headers import address, encoded, mailbox, one_line

# What callers may add; everything else is set here or belongs to nobody.
EXTRA_HEADERS = frozenset(
    {
        "Auto-Submitted",
        "In-Reply-To",
        "References",
        "List-Id",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "Precedence",
        "Reply-To",
    }
)


@dataclass(frozen=True)
class Sender:
    """Whose name a tenant's mails carry; `domain` is the tenant's own and names its messages."""

    name: str
    address: str
    domain: str
    signer: Signer | None = None
    """Signs each mail for the domain of the address; nothing where no key is published."""


@dataclass(frozen=True)
class Message:
    """A finished mail: the envelope's two addresses, its id (with angle brackets) and its bytes."""

    envelope_from: str
    to: str
    message_id: str
    content: bytes


def build(
    sender: Sender,
    to: str,
    *,
    subject: str,
    text: str,
    html: str | None = None,
    language: str = "de",
    bounces_to: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Message:
    """Return a mail in plain text and, if given, HTML with the same words.

    Raises Invalid for line breaks in anything that becomes a header and for what is no mail address, and ValueError for
    an extra header outside of EXTRA_HEADERS. Bounces go to the sender unless `bounces_to` names another address.
    """
    extra = dict(headers or {})
    domain = address(f"x@{sender.domain}", "domain").partition("@")[2]
    # A mail that may be sent twice has a name of its own, so that the second copy can be told.
    message_id = extra.pop("Message-ID", "") or f"<{ids.token(18)}@{domain}>"
    recipient, own = address(to, "to", quoted=True), address(sender.address, "sender")
    lines = {
        "From": mailbox(one_line(sender.name, "sender"), own, "From"),
        "To": recipient,
        "Subject": encoded(one_line(subject, "subject"), "Subject"),
        "Date": format_datetime(clock.now()),
        "Message-ID": one_line(message_id, "Message-ID"),
        "Content-Language": encoded(one_line(language, "language"), "Content-Language"),
        # Keeps holiday notes from answering a machine (RFC 3834).
        "Auto-Submitted": "auto-generated",
        **_extra(extra),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    bounce = address(bounces_to, "bounces_to") if bounces_to else own
    return Message(bounce, recipient, message_id, head.encode("ascii") + _parts(text, html))


def _extra(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the caller's headers, each known and in ASCII."""
    for name, value in headers.items():
        if name not in EXTRA_HEADERS or not value.isascii():
            raise ValueError(f"not a header to add: {name}")
    return {name: one_line(value, name) for name, value in headers.items()}


def _parts(text: str, html: str | None) -> bytes:
    """Return the headers that describe the content, and the content.

    Quoted-printable passes servers that take seven bits only, and no conversion on the way breaks a signature.
    """
    parts = EmailMessage(policy=SMTP)
    parts.set_content(_body(text), cte="quoted-printable")
    if html is not None:
        parts.add_alternative(_body(html), subtype="html", cte="quoted-printable")
    return bytes(parts)


def _body(text: str) -> str:
    """Return a body without halves of surrogate pairs, which have no bytes."""
    return text.encode("utf-8", "replace").decode("utf-8")
