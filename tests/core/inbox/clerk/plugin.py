"""A plugin made for the tests of the inbox: its mailbox answers as the matter's number says, another takes reports."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from baukasten.errors import Closed, Invalid, NotFound, Unavailable
from baukasten.plugin import IncomingMail, MailAnswer, Mailbox, Manifest, MemberRef, hookimpl

manifest = Manifest(name="clerk", title="Clerk", version="1", core=">=0")
TOOK: list[tuple[int, int, str]] = []
"""Member, matter and text of the letters that were taken."""
REPORTS: list[tuple[int, int, str]] = []
FINE, CLOSED, INVALID, HELD, BROKEN, SLOW, MISSING = range(1, 8)
WRITE = text("UPDATE membership SET display_name = 'Half done' WHERE id = :member")


def take(session: Session, member: MemberRef | None, matter: int, mail: IncomingMail) -> MailAnswer | None:
    """Take a letter, or do what the matter stands for."""
    writer = 0 if member is None else member.id
    TOOK.append((writer, matter, mail.text))
    if matter == CLOSED:
        session.execute(WRITE, {"member": writer})
        raise Closed("Diese Phase endete am 22. November.")
    if matter == INVALID:
        raise Invalid({"body": "Höchstens 5000 Zeichen.", "": "Zu lang."})
    if matter == HELD:
        return MailAnswer("Wir prüfen Ihren Beitrag, bevor er erscheint.")
    if matter == BROKEN:
        session.execute(WRITE, {"member": writer})
        raise RuntimeError(mail.text)
    if matter == SLOW:
        raise Unavailable
    if matter == MISSING:
        raise NotFound
    return None


def report(_session: Session, member: MemberRef | None, matter: int, mail: IncomingMail) -> None:
    """Note a report of another server."""
    REPORTS.append((0 if member is None else member.id, matter, mail.bounce.status if mail.bounce else ""))


@hookimpl
def register_mailboxes() -> list[Mailbox]:
    """Give the two mailboxes."""
    return [Mailbox("antwort", take), Mailbox("bounce", report, takes_reports=True)]
