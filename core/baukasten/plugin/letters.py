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


class Action(StrEnum):
    """What a server did with a mail of ours (RFC 3464, section 2.3.3), or somebody whom it reached."""

    FAILED = "failed"
    DELAYED = "delayed"
    """It still tries."""
    DELIVERED = "delivered"
    """It arrived, or went on to a server that reports nothing."""
    COMPLAINT = "complaint"
    """The reader called it unwanted, and their mail service says so (RFC 5965)."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """What another server says became of a mail of ours (RFC 3464, RFC 6533, RFC 5965)."""

    recipient: str
    """The address that did not take it, in small letters; empty where the report does not say."""
    status: str
    """The status code of RFC 3463, such as ``5.1.1``; empty where the report has none."""
    permanent: bool
    """Whether the server gave up for good, as far as the status says."""
    detail: str = ""
    """The other server's own answer."""
    action: Action = Action.FAILED
    complaint: str = ""
    """What is complained about, such as ``abuse``; ``not-spam`` is praise. Empty for other reports."""
    words: str = ""
    """What the report says to people, without the mail that it gives back."""


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
    answers_itself: bool = False
    """Whether a program answers in a reader's place: a holiday note, a receipt (RFC 3834)."""
    fingerprint: str = ""
    """The same for two copies of one letter."""
    source: str = ""
    """Reports only: the letter with its headers as plain text, at most 200,000 letters of it."""


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
