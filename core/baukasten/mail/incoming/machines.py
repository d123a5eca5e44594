"""Letters that no person wrote to be read: holiday notes, reports of other servers, our own coming back."""

import re
from collections.abc import Iterator
from email.message import Message

from baukasten.mail.incoming import addresses
from baukasten.mail.incoming.words import body, header
from baukasten.plugin.letters import Automatic, Bounce

MOST_SERVERS = 30
"""Servers that a letter may have passed; RFC 5321 wants at least 100 before a loop is sure, no real way is longer."""
_VACATION = re.compile(
    r"(automatische? (antwort|abwesenheit\w*)|abwesenheits\w*|abwesend|autoreply|auto[- ]reply|auto[- ]?response"
    r"|out of (the )?office|automatic reply|vacation|ich bin (nicht im büro|im urlaub)|urlaubsnotiz)\b.*",
    re.IGNORECASE,
)
_LISTS = ("List-Id", "List-Post", "List-Unsubscribe")
_MACHINES = re.compile(r"<?(mailer-daemon|postmaster|no-?reply|noreply)@?.*", re.IGNORECASE)


def automatic(mail: Message, envelope_sender: str | None) -> Automatic:
    """Say why a letter counts as a machine's; answering one would begin a conversation without people."""
    if envelope_sender is not None and envelope_sender.strip("<> ").lower() in ("", "mailer-daemon"):
        return Automatic.EMPTY_SENDER
    if header(mail["Return-Path"]) == "<>":
        return Automatic.EMPTY_SENDER
    submitted = header(mail["Auto-Submitted"]).partition(";")[0].strip().lower()
    suppressed = header(mail["X-Auto-Response-Suppress"]).lower() not in ("", "none")
    said = any(mail[name] is not None for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
    if submitted not in ("", "no") or said or suppressed:
        return Automatic.DECLARED
    if header(mail["Precedence"]).lower() in ("bulk", "junk", "list", "auto_reply"):
        return Automatic.LIST
    if any(mail[name] is not None for name in _LISTS):
        return Automatic.LIST
    return Automatic.VACATION if _VACATION.match(_bare_subject(mail)) else Automatic.NO


def _bare_subject(mail: Message) -> str:
    return re.sub(r"^((re|aw|fw|wg|sv)\s?:\s*)+", "", header(mail["Subject"]), flags=re.IGNORECASE)


def is_loop(mail: Message, secret: str, own_domain: str) -> bool:
    """Tell whether a letter is one of ours, or has passed more servers than any real way has."""
    if len(mail.get_all("Received", [])) > MOST_SERVERS:
        return True
    if addresses.read(secret, header(mail["Message-ID"])) is not None:
        return True
    marks = (header(mail["List-Id"]), header(mail["X-Loop"]))
    return bool(own_domain) and any(own_domain in mark.lower() for mark in marks)


def bounce(mail: Message) -> Bounce | None:
    """Read what another server reports about a mail of ours; nothing where the letter is no report (RFC 3464)."""
    report = mail.get_content_type() == "multipart/report"
    if report and str(mail.get_param("report-type")).lower() == "delivery-status":
        return _delivery_status(mail)
    if report or not _MACHINES.fullmatch(header(mail["From"]).rpartition("<")[2]):
        return None
    return _in_words(mail)


def _delivery_status(mail: Message) -> Bounce | None:
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in _blocks(part):
            action = header(block["Action"]).lower()
            if action:
                status = re.search(r"\b([245]\.\d{1,3}\.\d{1,3})\b", header(block["Status"]))
                named = header(block["Final-Recipient"] or block["Original-Recipient"])
                code = status[1] if status else ""
                failed = action == "failed" and not code.startswith("4")
                recipient = named.rpartition(";")[2].strip(" <>").lower()
                return Bounce(recipient, code, failed, header(block["Diagnostic-Code"]))
    return None


def _blocks(part: Message) -> Iterator[Message]:
    """Give the groups of fields; the parser makes each a message of its own."""
    content = part.get_payload()
    if isinstance(content, list):
        yield from (block for block in content if isinstance(block, Message))


def _in_words(mail: Message) -> Bounce | None:
    """Read a report that says it in words only, as old servers do."""
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            words = body(part)[:20_000]
            code = re.search(r"\b([45]\.\d{1,2}\.\d{1,2})\b", words) or re.search(r"\b([45]\d\d)[ -]", words)
            named = re.search(r"<([^<>@\s]{1,64}@[^<>@\s]{1,190})>", words)
            if code and named:
                status = code[1] if "." in code[1] else ""
                return Bounce(named[1].lower(), status, code[1].startswith("5"), "")
    return None
