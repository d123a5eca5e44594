"""Reading a raw letter (RFC 5322): whatever arrives becomes an IncomingMail or a refusal, never an accident."""

import hashlib
import re
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.parser import BytesHeaderParser

from baukasten.errors import N_, BaukastenError
from baukasten.mail.incoming import machines, markup, refusals, replies, reports, senders
from baukasten.mail.incoming.words import body, decoded, header
from baukasten.plugin.letters import Automatic, IncomingMail

LARGEST = 10 * 1024 * 1024
"""Bytes of a letter with all its attachments."""
MOST_PARTS = 100
"""Parts nested in each other cost quadratic time to part."""
_SEALS = frozenset(
    {
        "application/ms-tnef",
        "application/pgp-keys",
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "text/vcard",
        "text/x-vcard",
    }
)
_IDS = re.compile(r"<[^<>\s]{1,400}>")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
LONGEST_SOURCE = 200_000
"""Letters of a report that are kept for somebody to look at."""
_LONGEST_HEAD = 100_000
_ACCIDENTS = (
    MessageError,
    RecursionError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)
"""What the standard library's parser and its accessors raise for letters that are none."""

_NOTHING = IncomingMail(
    recipient="",
    sender="",
    subject="",
    text="",
    full="",
    message_id="",
    references=(),
    automatic=Automatic.NO,
    bounce=None,
    loop=False,
    attachments=0,
    size=0,
)


class Unreadable(BaukastenError):
    """A letter that cannot be read at all, or is larger than any that is taken."""

    code = "unreadable"
    default = N_("This letter cannot be read.")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the servers say about a letter, beside what it says itself."""

    recipient: str
    sender: str | None = None
    """The return path; empty for reports of servers, nothing where it is not known."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What tells our own letters and findings from others'."""

    secret: str
    domain: str = ""
    """Where answers go; letters that bear it as their mark are ours."""
    authserv_id: str = ""
    """The name that our receiving server writes into Authentication-Results; empty trusts none."""


def parse(raw: bytes) -> Message:
    """Part a letter into its pieces; raises Unreadable."""
    if len(raw) > LARGEST:
        raise Unreadable(N_("This letter is too large. Please leave out attachments."))
    if raw.lower().count(b"boundary") > MOST_PARTS:
        raise Unreadable
    try:
        return message_from_bytes(raw)
    except _ACCIDENTS as error:
        raise Unreadable from error


def head(raw: bytes) -> Message:
    """Give a letter's headers alone, for one that cannot be parted; raises Unreadable."""
    try:
        return BytesHeaderParser().parsebytes(_top(raw))
    except _ACCIDENTS as error:
        raise Unreadable from error


def _top(raw: bytes) -> bytes:
    return _END_OF_HEAD.split(raw[:_LONGEST_HEAD], maxsplit=1)[0]


def read(raw: bytes, envelope: Envelope, trust: Trust) -> IncomingMail:
    """Read a letter; raises Unreadable for what is none."""
    mail = parse(raw)
    try:
        return _read(mail, len(raw), envelope, trust)
    except _ACCIDENTS as error:
        raise Unreadable from error


def read_report(raw: bytes, envelope: Envelope, trust: Trust) -> IncomingMail:
    """Read a letter that comes to where servers report, with its source; what cannot be read has nothing else."""
    try:
        letter = read(raw, envelope, trust)
    except Unreadable:
        letter = replace(_NOTHING, recipient=envelope.recipient, size=len(raw))
    return replace(letter, source=source(raw))


def source(raw: bytes) -> str:
    """Give a letter as text in which nothing is hidden: no signs that turn, erase or end what somebody sees."""
    text = decoded(raw[: 4 * LONGEST_SOURCE], "utf-8")[:LONGEST_SOURCE].replace("\r\n", "\n")
    return "".join(one if one.isprintable() or one in "\n\t" else "\ufffd" for one in text)


def _read(mail: Message, size: int, envelope: Envelope, trust: Trust) -> IncomingMail:
    plain, html, attachments = _pieces(mail)
    full = plain if plain.strip() else html
    return IncomingMail(
        recipient=envelope.recipient,
        sender=senders.sender_of(mail),
        subject=header(mail["Subject"]),
        text=replies.own_words(full),
        full=full.strip("\n"),
        message_id=next(iter(_ids(mail, "Message-ID")), ""),
        references=(*_ids(mail, "In-Reply-To"), *reversed(_ids(mail, "References"))),
        automatic=machines.automatic(mail, envelope.sender),
        bounce=reports.bounce(mail, envelope.sender),
        loop=machines.is_loop(mail, trust.secret, trust.domain),
        attachments=attachments,
        size=size,
        answers_itself=refusals.is_answer(mail, full),
    )


def report_fingerprint(mail: Message, raw: bytes, matter: str) -> str:
    """Give what two copies of one report on a matter share, whatever servers wrote on top of it.

    Programs send several reports under one Message-ID, so the body counts too.
    """
    body_of = _END_OF_HEAD.split(raw, maxsplit=1)[-1].replace(b"\r\n", b"\n").rstrip()
    return hashlib.sha256(f"{matter}\n{fingerprint(mail, b'')}\n".encode() + body_of).hexdigest()


def fingerprint(mail: Message, raw: bytes) -> str:
    """Give what two copies of one letter share: a hash of its Message-ID, or of all of it where it has none."""
    known = next(iter(_ids(mail, "Message-ID")), "").encode("utf-8", "replace")
    return hashlib.sha256(known or raw).hexdigest()


def _ids(mail: Message, name: str) -> list[str]:
    return _IDS.findall(" ".join(str(value)[:20_000] for value in mail.get_all(name, [])))


def _pieces(mail: Message) -> tuple[str, str, int]:
    """Give a letter's words as text and as HTML turned into text, and how many files hang on it."""
    plain: list[str] = []
    html: list[str] = []
    attachments = 0
    for part in _own_parts(mail):
        kind = part.get_content_type()
        if _is_ornament(part):
            continue
        if part.get_content_disposition() == "attachment" or part.get_filename():
            attachments += 1
        elif kind == "text/plain":
            plain.append(body(part))
        elif kind == "text/html":
            html.append(markup.lines(body(part)))
        elif kind.startswith("multipart/") and not part.is_multipart():
            # Nobody finds its parts without their boundary; the words are there all the same.
            plain.append(body(part))
        elif not part.is_multipart() and part.get_content_maintype() not in ("message", "text"):
            attachments += 1
    return "\n".join(plain), "\n".join(html), attachments


def _is_ornament(part: Message) -> bool:
    """Tell whether a part is nothing that somebody attached: a logo in the signature, a seal, a business card."""
    if part.get_content_maintype() == "image":
        return part["Content-ID"] is not None
    return part.get_content_type() in _SEALS


def _own_parts(mail: Message) -> list[Message]:
    """Give the leaves of a letter in their order, but not those of letters that hang on it."""
    waiting, found = [mail], []
    while waiting:
        part = waiting.pop()
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting.extend(one for one in reversed(inner) if isinstance(one, Message))
        else:
            found.append(part)
    return found
