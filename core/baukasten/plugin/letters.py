"""Mail that comes in, as plugins see it: a frozen letter, what became of one of ours, and who takes what."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from baukasten.plugin.refs import MemberRef


class Automatic(StrEnum):
    """Why a letter counts as written by a machine."""

    NO = ""
    DECLARED = "declared"
    """Auto-Submitted (RFC 3834) or what some makers write instead of it."""
    LIST = "list"
    EMPTY_SENDER = "empty_sender"
    VACATION = "vacation"


@dataclass(frozen=True, slots=True)
class Bounce:
    """What another server says became of a mail of ours (RFC 3464)."""

    recipient: str
    """The address that did not take it, in small letters; empty where the report does not say."""
    status: str
    """The status code of RFC 3463, such as ``5.1.1``; empty where the report has none."""
    permanent: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """A letter as it was read; everything in it was written by strangers."""

    recipient: str
    """The envelope's recipient: one of our signed addresses, or one whose server passed the letter on."""
    sender: str
    """The address in From, in small letters; empty where there is not exactly one."""
    subject: str
    text: str
    """What the person wrote, without quotes of ours and without signature; may be empty."""
    full: str
    """All of the letter's words, to be given back."""
    message_id: str
    references: tuple[str, ...]
    """In-Reply-To and References, nearest first."""
    automatic: Automatic
    bounce: Bounce | None
    loop: bool
    """Whether the letter is one of ours, or has been going round."""
    attachments: int
    """How many files hung on it; none of them is taken."""
    size: int
    """Bytes as received."""


@dataclass(frozen=True, slots=True)
class MailAnswer:
    """What the sender of a letter is told by mail although it was taken."""

    message: object
    """A sentence; lazy texts speak the town's language."""
    gives_text_back: bool = False


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Who takes the letters to addresses of one purpose, ``<purpose>+<token>@…``."""

    purpose: str
    """Three to twelve small letters that stand in the address, such as ``antwort``; one owner each."""
    handle: Callable[[Session, MemberRef | None, int, IncomingMail], MailAnswer | None]
    """Takes session, member, target and letter; may run again after a failure. Only reports may come without member.

    What a BaukastenError says is mailed to the member together with the letter's text, and nothing is stored.
    """
    takes_reports: bool = False
    """Whether the letters are reports of other servers, such as bounces: machines write them, from any address."""
