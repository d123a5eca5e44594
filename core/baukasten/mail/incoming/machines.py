"""Letters that no person wrote to be read: holiday notes, lists, our own coming back."""

import re
from email.message import Message

from baukasten.mail.incoming import addresses
from baukasten.mail.incoming.words import header
from baukasten.plugin.letters import Automatic

MOST_SERVERS = 30
"""Servers that a letter may have passed; RFC 5321 wants at least 100 before a loop is sure, no real way is longer."""
_VACATION = re.compile(
    r"(automatische? (antwort|abwesenheit\w*)|abwesenheits\w*|abwesend|autoreply|auto[- ]reply|auto[- ]?response"
    r"|out of (the )?office|automatic reply|vacation|ich bin (nicht im büro|im urlaub)|urlaubsnotiz)\b.*",
    re.IGNORECASE,
)
_LISTS = ("List-Id", "List-Post", "List-Unsubscribe")


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
