"""What other servers report about a mail of ours: in fields (RFC 3464, RFC 6533, RFC 5965), else in words."""

import binascii
import itertools
import re
from base64 import b64decode
from collections.abc import Iterator
from email import message_from_string
from email.message import Message
from quopri import decodestring

from baukasten.mail.incoming import refusals
from baukasten.mail.incoming.words import LONGEST_HEADER, decoded, header
from baukasten.plugin.letters import Action, Bounce

LONGEST_STATUS = 100_000
"""Letters of the fields of a report that are looked at."""
MOST_BLOCKS = 50
"""Recipients of one report; ours have one each."""
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_TOLD_STATUS = re.compile(r"(?<![\d.])([45]\.\d\.\d{1,3})(?![\d.])")
_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_FIELDS = (*_STATUS_TYPES, "message/feedback-report")
_ACTIONS = {
    "failed": Action.FAILED,
    "failure": Action.FAILED,
    "error": Action.FAILED,
    "delayed": Action.DELAYED,
    "delivered": Action.DELIVERED,
    "relayed": Action.DELIVERED,
    "expanded": Action.DELIVERED,
}
_UNICODE = re.compile(r"\\x\{([0-9a-fA-F]{1,6})\}")


def bounce(mail: Message, envelope_sender: str | None = None) -> Bounce | None:
    """Read what a letter reports about a mail of ours; nothing where it reports nothing that can be read."""
    parts = list(mail.walk())
    words = refusals.words(mail)
    return _complaint(mail, parts, words) or _status(parts, words) or _told(mail, words, envelope_sender)


def is_in_fields(mail: Message) -> bool:
    """Tell whether a letter has the form of a report for programs."""
    return any(one.get_content_type() in _FIELDS for one in mail.walk())


def inside(mail: Message) -> str:
    """Give the fields and headers inside a report, in which an address of ours may stand; bounded."""
    lines = [
        str(value)[:1000]
        for part in itertools.islice(mail.walk(), 1, 60)
        for block in (part, *(_blocks(part) if part.get_content_type() in _FIELDS else ()))
        for value in itertools.islice(block.values(), 200)
    ]
    heads = [
        str(part.get_payload())[:LONGEST_STATUS]
        for part in mail.walk()
        if part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers")
    ]
    return "\n".join([*lines, *heads])[: 4 * LONGEST_STATUS]


def _complaint(mail: Message, parts: list[Message], words: str) -> Bounce | None:
    """Read a reader's complaint that their mail service passes on."""
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            fields = next(_blocks(part), None)
            kind = header(fields["Feedback-Type"]).lower() if fields is not None else ""
            if fields is not None and kind:
                named = header(fields["Original-Rcpt-To"] or fields["Removal-Recipient"])
                return Bounce(
                    _bare(named), "", permanent=False, action=Action.COMPLAINT, complaint=kind, words=words
                )
    if header(mail["From"]).lower().rpartition("<")[2].strip(" >") == "staff@hotmail.com":
        # Its programme of before RFC 5965 sends the mail back with one field more, and no report.
        named = next((header(one["X-HmXmrOriginalRecipient"]) for one in parts), "")
        return Bounce(
            _bare(named), "", permanent=False, action=Action.COMPLAINT, complaint="abuse", words=words
        )
    return None


def _status(parts: list[Message], words: str) -> Bounce | None:
    """Read the fields of a delivery report; of several recipients the one that fared worst."""
    found: Bounce | None = None
    for part in parts:
        if part.get_content_type() not in _STATUS_TYPES:
            continue
        for block in _blocks(part):
            one = _recipient(block, words)
            worse = one is not None and one.action is Action.FAILED
            if one is not None and (found is None or (worse and found.action is not Action.FAILED)):
                found = one
    return found


def _recipient(block: Message, words: str) -> Bounce | None:
    """Read the fields of one recipient; programs write more into them than the standard lets them."""
    said = re.match(r"[a-z]+", _field(block, "Action").lower())
    action = _ACTIONS.get(said[0]) if said else None
    stated = _field(block, "Status")
    named = _field(block, "Final-Recipient") or _field(block, "Original-Recipient")
    if action is None and not (stated and named):
        return None
    diagnostic = _field(block, "Diagnostic-Code")
    status = STATUS.search(stated)
    code = status[1] if status else ""
    detail = diagnostic or (stated if stated.strip("() ") != code else "")
    if action is None:
        action = Action.DELIVERED if code.startswith("2") else Action.FAILED
    permanent = action is Action.FAILED and not code.startswith("4")
    return Bounce(_bare(named), code, permanent, detail, action, words=words)


def _field(block: Message, name: str) -> str:
    """Give a field's words; RFC 6533 lets them be UTF-8, and servers write it without asking."""
    raw = next((str(value) for key, value in block.raw_items() if key.lower() == name.lower()), "")
    return header(decoded(raw[:LONGEST_HEADER].encode("utf-8", "surrogateescape"), "utf-8"))


def _bare(named: str) -> str:
    """Give the address of ``rfc822; a@b``; letters beyond ASCII may be written as numbers (RFC 6533, section 3)."""
    address = named.rpartition(";")[2].strip(" <>").lower()
    return _UNICODE.sub(lambda found: _letter(int(found[1], 16)), address)


def _letter(number: int) -> str:
    usable = number < 0x110000 and not 0xD800 <= number < 0xE000
    return chr(number) if usable and chr(number).isprintable() else ""


def _blocks(part: Message) -> Iterator[Message]:
    """Give the groups of fields, however the parser and the sender's encoding left them."""
    content = part.get_payload()
    given = 0
    for one in content if isinstance(content, list) else [part]:
        if not isinstance(one, Message):
            continue
        if one is not part and one.keys():
            yield one
        # As bytes, for as text the parser spoils what is not ASCII.
        rest = one.get_payload(decode=True)
        if not isinstance(rest, bytes):
            continue
        for text in re.split(r"\n[ \t]*\n", _plain(rest, header(part["Content-Transfer-Encoding"]).lower())):
            given += 1
            if given > MOST_BLOCKS:
                return
            yield message_from_string(text.lstrip("\n"))


def _plain(raw: bytes, encoding: str) -> str:
    """Give fields that were encoded although they need not be; RFC 6533 allows it for its own."""
    known = raw[:LONGEST_STATUS]
    try:
        if encoding == "base64":
            known = b64decode(known)
        elif encoding == "quoted-printable":
            known = decodestring(known)
    except (binascii.Error, ValueError):
        known = raw[:LONGEST_STATUS]
    return decoded(known, "utf-8").replace("\r\n", "\n")


def _told(mail: Message, words: str, envelope_sender: str | None) -> Bounce | None:
    """Read a report that says it in words only, as old servers do, and some that are not old."""
    subject = header(mail["Subject"])
    if refusals.is_answer(mail, words) or not refusals.is_report(mail, envelope_sender):
        return None
    action = refusals.action(subject, words, by_machine=refusals.is_machine(mail))
    if action is None:
        return None
    code = _TOLD_STATUS.search(words)
    basic = re.search(r"(?<![\d.-])([45])\d\d(?=[ \-:;,.\]]|$)", words)
    named = re.search(r"<([^<>@\s]{1,64}@[^<>@\s]{1,190})>", words)
    failed_for_now = code[1].startswith("4") if code else bool(basic and basic[1] == "4")
    permanent = action is Action.FAILED and not failed_for_now
    recipient = named[1] if named else header(mail["X-Failed-Recipients"]).partition(",")[0]
    return Bounce(_bare(recipient), code[1] if code else "", permanent, "", action, words=words)
