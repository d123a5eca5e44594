"""Which kind of return a letter is: pure functions over what the core read of it, bounded and without accidents."""

from dataclasses import dataclass
from enum import StrEnum

from baukasten.plugin import Action, Bounce, IncomingMail, lazy
from baukasten_newsletter.returns import words

_ = lazy("newsletter")

LEAVES = frozenset({"unsubscribe", "abmelden"})
"""Words that end a subscription; the first is what the address in ``List-Unsubscribe`` proposes as a subject."""
LONGEST = 8_000
"""Letters of a server's words that the rules look at."""


class Kind(StrEnum):
    """Why a mail came back, or what else arrived."""

    USER_UNKNOWN = "user_unknown"
    HOST_UNKNOWN = "host_unknown"
    MAILBOX_FULL = "mailbox_full"
    TOO_BIG = "too_big"
    POLICY = "policy"
    """The other server does not want it from this sender: origin, signature, rules of its own."""
    SPAM = "spam"
    """It takes the mail for spam, or the sender for a spammer."""
    SYSTEM = "system"
    """Something was broken or did not answer."""
    RELAY = "relay"
    """It does not take mail for this address any more."""
    UNKNOWN = "unknown"
    """It failed, and nobody says why."""
    COMPLAINT = "complaint"
    VACATION = "vacation"
    """A program answers in the reader's place."""
    LEAVE = "leave"
    """The reader ends the subscription, by the address that each mail names for it (RFC 2369)."""
    DELAY = "delay"
    DELIVERED = "delivered"
    UNREADABLE = "unreadable"
    """Nobody could tell what it is; staff look at it."""


WORDS = {
    Kind.USER_UNKNOWN: _("Address unknown"),
    Kind.HOST_UNKNOWN: _("Domain unknown"),
    Kind.MAILBOX_FULL: _("Mailbox full"),
    Kind.TOO_BIG: _("Mail too big"),
    Kind.POLICY: _("Refused by their rules"),
    Kind.SPAM: _("Taken for spam"),
    Kind.SYSTEM: _("Fault of a server"),
    Kind.RELAY: _("Not taken for this address"),
    Kind.UNKNOWN: _("Reason unknown"),
    Kind.COMPLAINT: _("Complaint"),
    Kind.VACATION: _("Automatic answer"),
    Kind.LEAVE: _("Unsubscribed by mail"),
    Kind.DELAY: _("Delayed"),
    Kind.DELIVERED: _("Report of arrival"),
    Kind.UNREADABLE: _("Not readable"),
}
FAILURES = frozenset(Kind) - {
    Kind.COMPLAINT,
    Kind.VACATION,
    Kind.LEAVE,
    Kind.DELAY,
    Kind.DELIVERED,
    Kind.UNREADABLE,
}
SENDERS_FAULT = frozenset({Kind.POLICY, Kind.SPAM, Kind.TOO_BIG})
"""What counts against the sender, never against the reader."""
BY_STATUS = {
    "1.1": Kind.USER_UNKNOWN,
    "1.2": Kind.HOST_UNKNOWN,
    "1.3": Kind.USER_UNKNOWN,
    "1.4": Kind.USER_UNKNOWN,
    "1.6": Kind.USER_UNKNOWN,
    "1.7": Kind.POLICY,
    "1.8": Kind.POLICY,
    "1.10": Kind.HOST_UNKNOWN,
    "2.1": Kind.USER_UNKNOWN,
    "2.2": Kind.MAILBOX_FULL,
    "2.3": Kind.TOO_BIG,
    "2.4": Kind.USER_UNKNOWN,
    "3.1": Kind.SYSTEM,
    "3.2": Kind.SYSTEM,
    "3.4": Kind.TOO_BIG,
    "4.1": Kind.SYSTEM,
    "4.2": Kind.SYSTEM,
    "4.3": Kind.SYSTEM,
    "4.4": Kind.HOST_UNKNOWN,
    "4.5": Kind.SYSTEM,
    "4.6": Kind.SYSTEM,
    "4.7": Kind.SYSTEM,
    "4.310": Kind.HOST_UNKNOWN,
    "7.13": Kind.USER_UNKNOWN,
    "7.17": Kind.USER_UNKNOWN,
    "7.54": Kind.RELAY,
}
"""The codes of RFC 3463 and its register that say one thing; Exchange writes some of its own."""
_BY_SUBJECT = {
    "1": Kind.USER_UNKNOWN,
    "3": Kind.SYSTEM,
    "4": Kind.SYSTEM,
    "5": Kind.SYSTEM,
    "6": Kind.POLICY,
    "7": Kind.POLICY,
}
"""What the middle number says where the last one says nothing (RFC 3463, section 3)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a letter turned out to be."""

    kind: Kind
    permanent: bool
    """Whether a later mail would fare no better."""


def classify(mail: IncomingMail) -> Finding:
    """Say what came back."""
    bounce = mail.bounce
    if bounce is None and _leaves(mail):
        return Finding(Kind.LEAVE, permanent=False)
    if bounce is None:
        return Finding(Kind.VACATION if mail.answers_itself else Kind.UNREADABLE, permanent=False)
    if bounce.action is Action.COMPLAINT:
        return Finding(_complaint(bounce.complaint), permanent=False)
    if bounce.action is Action.DELAYED:
        return Finding(Kind.DELAY, permanent=False)
    if bounce.action is Action.DELIVERED:
        return Finding(Kind.DELIVERED, permanent=False)
    kind = _failure(bounce, mail.subject)
    said = words.FOR_NOW.search(words.plain(f"{bounce.detail[:LONGEST]} {bounce.words[:LONGEST]}"))
    passing = not bounce.status and (kind is Kind.SYSTEM or said is not None)
    return Finding(kind, bounce.permanent and not passing and kind is not Kind.MAILBOX_FULL)


def _leaves(mail: IncomingMail) -> bool:
    """Tell whether somebody wants no more mails; what a holiday note says in its text is nobody's wish."""
    # The subject counts before all else: mail programs send it without a person's own words.
    said = (mail.subject,) if mail.answers_itself else (mail.subject, mail.text[:LONGEST])
    return any(one.strip(" .!\t\r\n").casefold() in LEAVES for one in said)


def _complaint(kind: str) -> Kind:
    """Say who is meant: reports about signatures and DMARC are the sender's own affair (RFC 6591)."""
    if kind == "not-spam":
        return Kind.DELIVERED
    return Kind.POLICY if kind in ("auth-failure", "dmarc") else Kind.COMPLAINT


def _failure(bounce: Bounce, subject: str) -> Kind:
    """Say why a mail failed: by what the server answered, by its code, by the report's words, in this order."""
    detail, told = words.plain(bounce.detail[:LONGEST]), words.plain(bounce.words[:LONGEST])
    code = bounce.status.partition(".")[2]
    temporary = bounce.status.startswith("4")
    known = BY_STATUS.get(code)
    if temporary and known is Kind.HOST_UNKNOWN:
        known = Kind.SYSTEM
    found = (
        _named(words.BLAMING, detail)
        or _sure(known, code)
        or _named(words.ALL, detail)
        or (None if detail and known else _named(words.BLAMING, told))
        or known
        or _named(words.ALL, told)
        or _named(words.ALL, words.plain(words.own_subject(subject)[:200]))
        or _BY_SUBJECT.get(code.partition(".")[0])
    )
    return Kind.UNKNOWN if found is None else found


def _sure(known: Kind | None, code: str) -> Kind | None:
    """Give what a code says that servers do not use for anything else."""
    return known if code in ("1.2", "2.2", "3.4", "4.7") else None


def _named(rules: words.Rules, text: str) -> Kind | None:
    return next((Kind(kind) for kind, pattern in rules if pattern.search(text)), None)


def of_answer(code: int, text: str) -> Finding:
    """Say what a server's answer on the connection means (RFC 5321, section 4.2.1)."""
    status = status_in(text)
    permanent = 500 <= code < 600
    told = Bounce("", status, permanent, text)
    kind = _failure(told, "")
    return Finding(kind, permanent and not status.startswith("4") and kind is not Kind.MAILBOX_FULL)


def status_in(text: str) -> str:
    """Give the code of RFC 3463 at the head of an answer (RFC 2034); empty where there is none."""
    found = words.STATUS.search(text[:LONGEST])
    return found[1] if found else ""
