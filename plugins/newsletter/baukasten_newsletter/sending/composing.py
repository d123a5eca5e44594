"""One mail a person, quickly: what all have in common is written once, the personal parts are put between."""

import base64
import datetime as dt
import hashlib
import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, quote
from functools import lru_cache
from typing import Protocol

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    Letter,
    MailSender,
    Scope,
    clock,
    keyring,
    letterhead,
    module_by_id,
    read_media,
    reply_address,
    translator,
)
from baukasten.sdk import mail_body_hash as body_hash
from baukasten_newsletter import links
from baukasten_newsletter.keys import RETURNS, IssueKind, Purpose, Slot
from baukasten_newsletter.letters import release, rendering
from baukasten_newsletter.models import Issue
from baukasten_newsletter.sending import quoted

_ = lazy("newsletter")
SLOTS = re.compile("|".join(map(re.escape, Slot)))
ID_LETTERS = 24
TEXT, HTML = "text", "html"
BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
Place = tuple[str, str]
"""The part a slot stands in, and the slot."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets a mail, as they were when it was claimed."""

    delivery_id: int
    subscriber_id: int
    address: str
    domain: str
    name: str
    language: str
    epoch: int
    attempts: int = 0
    topic: str = ""
    """Title of what they chose first among the issue's topics; empty for digests."""
    since: dt.datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """What a mail says, with slots; one object for all who get the same."""

    language: str
    subject: str
    html: str
    text: str


class Source(Protocol):
    """Where the words of an issue come from."""

    def words(self, session: Scope, recipients: Sequence[Recipient]) -> Mapping[int, Words]:
        """Give the words by number of the delivery; who is left out gets nothing, for there is nothing to say."""
        ...


class Renderings:
    """What was written once for all, in the reader's language or else in the issue's first."""

    def __init__(self, session: Scope, issue: Issue) -> None:
        """Read what this version says."""
        rows = rendering.written(session, issue.id, issue.version)
        self._words = {row.language: Words(row.language, row.subject, row.html, row.text) for row in rows}
        self._first = next(iter(self._words.values()), None)

    def words(self, _session: Scope, recipients: Sequence[Recipient]) -> Mapping[int, Words]:
        """Give everybody the words of their language."""
        if self._first is None:
            return {}
        # Whoever chose a manner of a language understands the language too: de-simple, then de.
        return {
            one.delivery_id: self._words.get(one.language)
            or self._words.get(one.language.partition("-")[0])
            or self._first
            for one in recipients
        }


SOURCES: dict[str, Callable[[Scope, Issue], Source]] = {IssueKind.LETTER: Renderings}
"""By kind of issue; whoever makes another kind adds how its words are found."""


def source_of(session: Scope, issue: Issue) -> Source:
    """Give where an issue's words come from; raises LookupError for a kind that nobody writes."""
    return SOURCES[issue.kind](session, issue)


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A mail without its personal parts: pieces of the body with places between them, and the headers all share."""

    pieces: tuple[bytes, ...]
    places: tuple[Place, ...]
    subject: str
    fields: tuple[tuple[str, str], ...]

    def body(self, values: Mapping[Place, bytes]) -> bytes:
        """Put the values in, each encoded already."""
        parts: list[bytes] = []
        for piece, place in zip(self.pieces, self.places, strict=False):
            parts += (piece, values[place], quoted.SOFT)
        parts.append(self.pieces[-1])
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with every mail of an issue."""

    name: str
    media_type: str
    content: bytes


def skeleton(words: Words, fields: Sequence[tuple[str, str]], papers: Sequence[Attached] = ()) -> Skeleton:
    """Write what all mails with these words have in common (RFC 2046: text first, HTML as the better way)."""
    mark = hashlib.sha256(f"{words.text}\0{words.html}".encode("utf-8", "replace")).digest()
    boundary = f"=_{base64.b32encode(mark).decode()[:ID_LETTERS]}"
    pieces, places = [b""], []
    for part, text in ((TEXT, words.text), (HTML, words.html)):
        kind = "plain" if part == TEXT else part
        pieces[-1] += (
            f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        ).encode()
        for piece, slot in _split(text):
            pieces[-1] += quoted.encode(piece)
            if slot:
                pieces[-1] += quoted.between(pieces[-1])
                places.append((part, slot))
                pieces.append(b"")
        pieces[-1] += b"\r\n"
    pieces[-1] += f"--{boundary}--\r\n".encode()
    kind = f' multipart/alternative;\r\n boundary="{boundary}"'
    if papers:
        outer = f"{boundary}_"
        pieces[0] = f"--{outer}\r\nContent-Type:{kind}\r\n\r\n".encode() + pieces[0]
        pieces[-1] += b"".join(_attachment(paper, outer) for paper in papers) + f"--{outer}--\r\n".encode()
        kind = f' multipart/mixed;\r\n boundary="{outer}"'
    own = (("MIME-Version", " 1.0"), ("Content-Type", kind), ("Content-Language", f" {words.language}"))
    subject = f" {_encoded(words.subject, 'Subject')}"
    return Skeleton(tuple(pieces), tuple(places), subject, (*fields, *own))


def _attachment(paper: Attached, boundary: str) -> bytes:
    """Write a file as one more part; its name may have any letters (RFC 2231)."""
    head = EmailMessage(policy=SMTP)
    main, _slash, sub = paper.media_type.partition("/")
    head.set_content(paper.content, main, sub, filename=one_line(paper.name), disposition="attachment")
    del head["MIME-Version"]
    return f"--{boundary}\r\n".encode() + bytes(head).rstrip(b"\r\n") + b"\r\n"


def _split(text: str) -> list[tuple[str, str]]:
    """Part a text at its slots: pairs of words and the slot behind them, none behind the last."""
    found, start = [], 0
    for mark in SLOTS.finditer(text):
        found.append((text[start : mark.start()], mark[0]))
        start = mark.end()
    return [*found, (text[start:], "")]


def one_line(text: str) -> str:
    """Give a person's name or a title as it may stand in a line: whatever breaks lines becomes a blank."""
    return BREAKS.sub(" ", text).strip()


def _encoded(text: str, name: str) -> str:
    text = one_line(text)
    if text.isascii() and "=?" not in text and len(text) < 900:
        return text
    return Header(text, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")


def _mailbox(name: str, address: str, header: str) -> str:
    name = one_line(name)
    if name.isascii() and "=?" not in name:
        return f' "{quote(name)}" <{address}>' if name else f" {address}"
    return f" {_encoded(name, header)}\r\n <{address}>"


@lru_cache(maxsize=16)
def _date(second: dt.datetime) -> str:
    """Write a moment; many mails are of the same second."""
    return f" {format_datetime(second)}"


# What many have in common, such as the sentence that says why, is encoded once.
_encode = lru_cache(maxsize=1024)(quoted.encode)


@dataclass(slots=True)
class Phrases:
    """The sentences of one language that name the reader, with places for what changes."""

    greeting: str
    nameless: str
    why: str
    digest: str
    day: Callable[[dt.date], str]
    known: dict[tuple[str, dt.date], str] = field(default_factory=dict)

    def reason(self, recipient: Recipient, zone: dt.tzinfo) -> str:
        """Say why somebody gets a mail."""
        if recipient.since is None:
            return self.digest
        day = recipient.since.astimezone(zone).date()
        key = recipient.topic, day
        if key not in self.known:
            self.known[key] = self.why % {"topic": one_line(recipient.topic), "day": self.day(day)}
        return self.known[key]


class Composer:
    """Writes the mails of one issue; made anew for each batch, so that a new key or sender takes effect."""

    def __init__(self, session: Scope, issue: Issue, sender: MailSender) -> None:
        """Read what all mails share."""
        self._session, self._issue, self._sender = session, issue, sender
        self._ring = keyring(session)
        self._head = letterhead(session)
        self._tenant = self._head.town.id
        self._origin = f"{self._head.origin}/newsletter"
        self._returns = RETURNS in session.contract.registry.mailboxes
        module = None if issue.module_id is None else module_by_id(session, issue.module_id)
        name = "" if module is None else str(module.settings.get(release.SENDER_NAME) or "")
        self._from = "From", _mailbox(name or sender.name, sender.address, "From")
        self._fields = self._shared(module)
        self._papers = [
            Attached(paper.name, paper.media_type, read_media(session, paper.id))
            for paper in rendering.attached(rendering.papers_of(session, issue))
        ]
        self._skeletons: dict[Words, Skeleton] = {}
        self._phrases: dict[str, Phrases] = {}
        with self._head.speaking(self._head.town.language):
            self._zone = translator().formats.zone

    def letter(self, recipient: Recipient, words: Words) -> Letter:
        """Write one mail; the same person gets the same Message-ID at each attempt."""
        known = self._skeletons.get(words)
        if known is None:
            known = self._skeletons[words] = skeleton(words, self._fields, self._papers)
        bounces = self._bounces(recipient)
        leave = self._link("abmelden", Purpose.LEAVE, recipient)
        body = known.body(self._values(recipient, words.language, leave))
        at = clock.now()
        fields = [
            self._from,
            ("To", f" {recipient.address}"),
            ("Subject", known.subject),
            ("Date", _date(at.replace(microsecond=0))),
            ("Message-ID", f" {self.message_id(recipient.subscriber_id)}"),
            ("List-Unsubscribe", self._unsubscribe(leave, bounces)),
            *known.fields,
        ]
        signer = self._sender.signer
        signature = "" if signer is None else signer.sign(fields, body_hash(body), at)
        head = "".join([f"{name}:{value}\r\n" for name, value in fields])
        content = f"{signature}{head}\r\n".encode("ascii") + body
        return Letter(bounces or self._sender.address, recipient.address, content)

    def message_id(self, subscriber_id: int) -> str:
        """Give the name of the mail of one person (RFC 5322, 3.6.4), by which a second copy can be told."""
        known = f"{self._tenant} {self._issue.id} {subscriber_id}"
        mark = base64.b32encode(self._ring.mac("newsletter.message", known)).decode()[:ID_LETTERS]
        return f"<{mark.lower()}@{self._sender.domain}>"

    def _shared(self, module: ModuleRef | None) -> tuple[tuple[str, str], ...]:
        """Give the headers that every mail of the issue has."""
        host = self._head.town.host.partition(":")[0]
        fields = [("List-Unsubscribe-Post", " List-Unsubscribe=One-Click")]
        if module is None:
            fields.append(("List-Id", f" <digest.{host}>"))
        else:
            name = _mailbox(module.title, f"{module.slug}.newsletter.{host}", "List-Id")
            fields += [("List-Id", name), ("List-Archive", f"\r\n <{self._head.url(module.path)}>")]
            answers = one_line(str(module.settings.get(release.REPLY_TO) or ""))
            # A list's settings may come from elsewhere than the form, and one odd value must not stop a letter.
            fields += [("Reply-To", f" {answers}")] if answers and answers.isascii() else []
        return (*fields, ("Auto-Submitted", " auto-generated"))

    def _bounces(self, recipient: Recipient) -> str:
        """Give the address to which servers report about this very mail; empty where none comes in."""
        return reply_address(self._session, RETURNS, 0, recipient.delivery_id) if self._returns else ""

    def _unsubscribe(self, leave: str, bounces: str) -> str:
        """Name both ways out (RFC 2369, RFC 8058)."""
        by_mail = f",\r\n <mailto:{bounces}?subject=unsubscribe>" if bounces else ""
        return f"\r\n <{leave}>{by_mail}"

    def _link(self, path: str, purpose: Purpose, recipient: Recipient) -> str:
        token = links.make(self._ring, self._tenant, purpose, recipient.subscriber_id, recipient.epoch)
        return f"{self._origin}/{path}/{token}"

    def _values(self, recipient: Recipient, language: str, leave: str) -> dict[Place, bytes]:
        said = self._said(language)
        name = one_line(recipient.name)
        texts = {
            Slot.SALUTATION: said.greeting % {"name": name} if name else said.nameless,
            Slot.PREFERENCES: self._link("einstellungen", Purpose.PREFERENCES, recipient),
            Slot.LEAVE: leave,
            Slot.WHY: said.reason(recipient, self._zone),
        }
        values: dict[Place, bytes] = {}
        for slot, text in texts.items():
            encode = _encode if slot is Slot.WHY else quoted.encode
            encoded = encode(text)
            values[TEXT, slot] = encoded
            escaped = html.escape(text)
            values[HTML, slot] = encoded if escaped == text else encode(escaped)
        return values

    def _said(self, language: str) -> Phrases:
        if language not in self._phrases:
            with self._head.speaking(language) as spoken:
                self._phrases[language] = Phrases(
                    str(_("Good day %(name)s,")),
                    str(_("Good day,")),
                    str(_("You get this mail because you subscribed to “%(topic)s” on %(day)s.")),
                    str(_("You get this mail because you want to be told what is new.")),
                    spoken.date,
                )
        return self._phrases[language]
