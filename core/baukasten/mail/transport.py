"""The ways a mail leaves: into a folder that the demo shows as a mailbox, or to an SMTP server."""

import contextlib
import itertools
import os
import re
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as ParsedMessage
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from typing import Protocol

from baukasten import clock, ids
from baukasten.errors import N_, BaukastenError, NotFound, Unavailable
from baukasten.mail.message import Message

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_STORED_ID = re.compile(r"[0-9]{20}-[0-9]{6,}-[A-Za-z0-9_-]{8}")


class Refused(BaukastenError):
    """The mail server does not want this mail and will not want it later either."""

    code = "mail-refused"
    default = N_("The mail could not be delivered to this address.")


class Transport(Protocol):
    """A way out: hands one mail over and returns what the other side calls it.

    Raises Refused for a mail that will never be taken, Unavailable when trying again later may help.
    """

    def send(self, message: Message) -> str:
        """Hand over one mail; it is the other side's when this returns."""
        ...


@dataclass(frozen=True)
class StoredMail:
    """A mail as read back from the folder; `html` is what was sent and not safe to print unescaped."""

    id: str
    message_id: str
    sender: str
    sender_name: str
    to: str
    subject: str
    date: datetime
    language: str
    text: str
    html: str | None


class FileTransport:
    """Keeps mails as .eml files in a folder, each appearing whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Parts mails of the same moment, which a stopped clock makes common.
        self._numbers = itertools.count(1)

    def send(self, message: Message) -> str:
        """Write the mail and return its id in the folder."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stored_id = f"{clock.now():%Y%m%d%H%M%S%f}-{next(self._numbers):06d}-{ids.token(6)}"
        unfinished = self.folder / f".{stored_id}.part"
        with unfinished.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(message.content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.folder / f"{stored_id}.eml")
        return stored_id

    def list(self, *, to: str | None = None, limit: int = 100) -> list[StoredMail]:
        """Return the newest mails first, only those to one address if asked."""
        found: list[StoredMail] = []
        for path in sorted(self.folder.glob("*.eml"), reverse=True):
            if len(found) == limit:
                break
            mail = _parsed(path)
            if to is None or mail.to.lower() == to.lower():
                found.append(mail)
        return found

    def read(self, stored_id: str) -> StoredMail:
        """Return one mail; raises NotFound for an id that is none or names nothing."""
        path = self.folder / f"{stored_id}.eml"
        if not _STORED_ID.fullmatch(stored_id) or not path.is_file():
            raise NotFound
        return _parsed(path)


class SmtpTransport:
    """Hands each mail to one SMTP server over a connection of its own."""

    def __init__(
        self,
        host: str,
        port: int = 587,
        *,
        starttls: bool = True,
        user: str | None = None,
        password: str | None = None,
        timeout: float = 15,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Remember the server; raises ValueError for a password that would travel readable through a network."""
        if user and not starttls and host not in _LOOPBACK:
            raise ValueError("a password needs STARTTLS")
        self.host, self.port, self.timeout = host, port, timeout
        self.user, self.password = user, password or ""
        self.tls = (tls or ssl.create_default_context()) if starttls else None

    def send(self, message: Message) -> str:
        """Hand the mail over and return the server's answer."""
        try:
            return self._send(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise _meaning(max(code for code, _ in error.recipients.values())) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _meaning(error.smtp_code) from error
        except OSError as error:
            # Every other failure of smtplib, of the network and of TLS: the mail itself is not to blame.
            raise Unavailable from error

    def _send(self, message: Message) -> str:
        """Speak to the server."""
        own_name = message.envelope_from.rpartition("@")[2]
        server = smtplib.SMTP(self.host, self.port, local_hostname=own_name, timeout=self.timeout)
        try:
            if self.tls:
                server.starttls(context=self.tls)
            if self.user:
                server.login(self.user, self.password)
            server.ehlo_or_helo_if_needed()
            # Step by step, since sendmail() throws the server's last words away.
            _expect(server.mail(message.envelope_from), message)
            _expect(server.rcpt(message.to), message, recipient=True)
            code, words = server.data(message.content)
            if code != 250:
                raise smtplib.SMTPDataError(code, words)
            return words.decode("ascii", "replace")
        finally:
            # The mail's fate is known; a server that says no goodbye must not make it look undelivered.
            with contextlib.suppress(OSError):
                server.quit()
            server.close()


def _expect(answer: tuple[int, bytes], message: Message, *, recipient: bool = False) -> None:
    """Raise smtplib's own error unless the server agreed."""
    code, words = answer
    if code in {250, 251}:
        return
    if recipient:
        raise smtplib.SMTPRecipientsRefused({message.to: answer})
    raise smtplib.SMTPSenderRefused(code, words, message.envelope_from)


def _meaning(code: int) -> BaukastenError:
    """Return the refusal for a reply code: five hundred and above is final (RFC 5321)."""
    return Refused() if code >= 500 else Unavailable()


def _parsed(path: Path) -> StoredMail:
    """Read one file of the folder."""
    mail = message_from_bytes(path.read_bytes())
    name, sender = parseaddr(str(mail["From"]))
    return StoredMail(
        id=path.stem,
        message_id=str(mail["Message-ID"]),
        sender=sender,
        sender_name=_decoded(name),
        to=parseaddr(str(mail["To"]))[1],
        subject=_decoded(str(mail["Subject"])),
        date=parsedate_to_datetime(str(mail["Date"])),
        language=str(mail["Content-Language"]),
        text=_part(mail, "text/plain") or "",
        html=_part(mail, "text/html"),
    )


def _decoded(value: str) -> str:
    """Return a header's words; the modern parser of Python 3.11 puts spaces into long names, this one does not."""
    return str(make_header(decode_header(value)))


def _part(mail: ParsedMessage, kind: str) -> str | None:
    """Return the first part of a kind, decoded, with single line feeds."""
    for part in mail.walk():
        if part.get_content_type() == kind:
            content = part.get_payload(decode=True)
            return (
                content.decode("utf-8", "replace").replace("\r\n", "\n")
                if isinstance(content, bytes)
                else None
            )
    return None
