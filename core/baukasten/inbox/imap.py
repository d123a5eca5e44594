"""Letters out of a mailbox (IMAP, RFC 9051), where no server brings them: taken over the same door, moved aside."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from imapclient import DELETED, SEEN, IMAPClient
from imapclient.exceptions import IMAPClientError

from baukasten.config import ConfigError
from baukasten.db.session import Scope
from baukasten.errors import BaukastenError
from baukasten.inbox.door import TOOL as DOOR
from baukasten.inbox.door import Door, NotTakenError
from baukasten.mail.incoming import addresses, reading
from baukasten.mail.incoming.reading import Envelope, Unreadable
from baukasten.mail.incoming.words import header
from baukasten.mail.post import TOOL, Post
from baukasten.plugin.work import work

log = logging.getLogger("baukasten.inbox")

ASIDE, DONE, UNREADABLE = "Baukasten", "erledigt", "unlesbar"
"""Folders to which letters are moved; nothing is ever deleted there."""
PATIENCE = 20.0
"""Seconds that the server may be silent."""
BUDGET = 45.0
"""Seconds of one visit; the next one comes within the minute."""
MOST = 500
REACHED: dict["Account", int] = {}
"""Last letter of a visit that did not reach all; after a start of the process visits begin in front."""
RECIPIENTS = ("X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To")
"""Where servers write down for whom a letter came; the first one that is an address of ours counts."""


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox of somebody else's server."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    tls: bool
    """Encrypted from the first byte (RFC 8314); else by STARTTLS, and in the clear on this machine alone."""


@dataclass(slots=True)
class Visit:
    """What one visit came to."""

    taken: int = 0
    unreadable: int = 0
    left: int = 0
    """Letters that stay for the next visit."""


def account(url: str) -> Account:
    """Read ``imaps://user:password@host:port/INBOX``; raises ConfigError without repeating the password."""
    parts = urlsplit(url)
    try:
        port = parts.port or (993 if parts.scheme == "imaps" else 143)
    except ValueError as error:
        raise ConfigError("BAUKASTEN_IMAP_URL has a port that is none") from error
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
        raise ConfigError("BAUKASTEN_IMAP_URL must look like imaps://user:password@host/INBOX")
    user, password = unquote(parts.username), unquote(parts.password or "")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return Account(parts.hostname, port, user, password, folder, parts.scheme == "imaps")


def poll(session: Scope) -> None:
    """Visit the mailbox of the installation, where it has one; a job."""
    job = work(session)
    url = cast("Post", job.tools[TOOL]).config.imap_url
    if not url:
        return
    visit = take_all(account(url), cast("Door", job.tools[DOOR]))
    if visit.taken or visit.unreadable or visit.left:
        log.info(
            "mailbox: %s letters taken, %s not readable, %s left", visit.taken, visit.unreadable, visit.left
        )


def take_all(known: Account, door: Door) -> Visit:
    """Take the letters that nobody has seen; what went wrong stays unseen for the next visit.

    A letter that was stored and not moved, since something died between, is told by its fingerprint. Raises what
    sockets and the server raise before the first letter.
    """
    visit, until = Visit(), time.monotonic() + BUDGET
    with _connected(known) as client:
        folders = {name: _folder(client, name) for name in (DONE, UNREADABLE)}
        client.select_folder(known.folder)
        waiting = _in_turn(known, client.search(["UNSEEN", "UNDELETED"]))
        tried = 0
        for number in waiting[:MOST]:
            if time.monotonic() > until:
                break
            tried += 1
            outcome = _take(client, number, door)
            if outcome:
                _move(client, number, folders[outcome])
            visit.taken += outcome == DONE
            visit.unreadable += outcome == UNREADABLE
            visit.left += not outcome
        visit.left += len(waiting) - tried
        _remember(known, waiting, tried)
    return visit


def _in_turn(known: Account, numbers: Sequence[int]) -> list[int]:
    """Begin behind the last letter of a visit that did not reach all: what cannot be taken now starves no others."""
    last = REACHED.get(known, 0)
    return sorted(numbers, key=lambda number: (number <= last, number))


def _remember(known: Account, waiting: Sequence[int], tried: int) -> None:
    if tried == len(waiting):
        REACHED.pop(known, None)
    elif tried:
        REACHED[known] = waiting[tried - 1]


@contextmanager
def _connected(known: Account) -> Iterator[Any]:
    client = IMAPClient(known.host, known.port, ssl=known.tls, timeout=PATIENCE)
    try:
        if not known.tls and not _is_here(known.host):
            client.starttls()
        client.login(known.user, known.password)
        yield client
    finally:
        client.shutdown()


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _folder(client: Any, name: str) -> str:
    """Give a folder to move letters to, made where it is missing; some servers want all folders below INBOX."""
    listed = client.list_folders("", "")
    sign = listed[0][1].decode("ascii") if listed and listed[0][1] else "/"
    for begin in ("", f"INBOX{sign}"):
        path = f"{begin}{ASIDE}{sign}{name}"
        if client.folder_exists(path):
            return path
    try:
        path = f"{ASIDE}{sign}{name}"
        client.create_folder(path)
    except IMAPClientError:
        path = f"INBOX{sign}{ASIDE}{sign}{name}"
        client.create_folder(path)
    return path


def _take(client: Any, number: int, door: Door) -> str:
    """Take one letter and give where it goes; empty where it has to stay."""
    try:
        size = client.fetch([number], ["RFC822.SIZE"])[number][b"RFC822.SIZE"]
        if size > reading.LARGEST:
            return UNREADABLE
        # PEEK: seen is what was taken, not what was begun.
        raw = bytes(client.fetch([number], ["BODY.PEEK[]"])[number][b"BODY[]"])
        door.take(raw, envelope_of(raw))
    except (Unreadable, NotTakenError) as error:
        log.warning("mailbox: a letter is moved to %s: %s", UNREADABLE, error.message)
        return UNREADABLE
    except (BaukastenError, KeyError) as error:
        log.warning("mailbox: a letter stays for later: %s", type(error).__name__)
        return ""
    return DONE


def envelope_of(raw: bytes) -> Envelope:
    """Give for whom and from whom a letter came, as the servers on its way wrote it into its headers."""
    head = reading.head(raw)
    named = [header(value).strip("<> ") for name in RECIPIENTS for value in head.get_all(name, [])]
    recipient = next((one for one in named if addresses.looks_signed(one)), "")
    path = head["Return-Path"]
    return Envelope(recipient, None if path is None else header(path).strip("<> "))


def _move(client: Any, number: int, folder: str) -> None:
    """Move a letter (RFC 6851), or copy it and leave nothing behind but what is nobody else's (RFC 4315)."""
    if client.has_capability("MOVE"):
        client.move([number], folder)
        return
    client.copy([number], folder)
    if client.has_capability("UIDPLUS"):
        client.add_flags([number], [DELETED])
        client.uid_expunge([number])
    else:
        # A plain EXPUNGE would take along what people deleted by mistake.
        client.add_flags([number], [SEEN])
