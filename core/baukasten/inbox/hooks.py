"""What the inbox declares: its jobs, and what it keeps about people."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from baukasten.inbox import door, handling, imap
from baukasten.inbox.models import ReceivedMail
from baukasten.plugin.declarations import Job, PersonalDataset
from baukasten.plugin.hookspecs import hookimpl
from baukasten.plugin.text import lazy

_ = lazy("core")


def export(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give which letters of a member came, and those that still wait."""
    query = select(ReceivedMail).where(ReceivedMail.member_id == member_id).order_by(ReceivedMail.id)
    return [
        {
            "at": one.at.isoformat(),
            "sender": one.sender,
            "outcome": one.outcome,
            "letter": one.content.decode("utf-8", "replace") if one.content else None,
        }
        for one in session.scalars(query)
    ]


def erase(session: Session, member_id: int) -> int:
    """Delete a member's letters and what is known about them."""
    gone: Any = session.execute(delete(ReceivedMail).where(ReceivedMail.member_id == member_id))
    return int(gone.rowcount)


@hookimpl
def register_jobs() -> list[Job]:
    """Give the handing on, the answer, the visits to a mailbox and the tidying."""
    return [
        Job(door.HANDLE, handling.handle),
        Job(handling.ANSWER, handling.answer),
        Job("inbox.imap", imap.poll, every="* * * * *", per_tenant=False, max_attempts=1),
        Job("inbox.tidy", handling.forget_old, every="53 3 * * *"),
    ]


@hookimpl
def register_personal_data() -> list[PersonalDataset]:
    """Give the room's stores of personal data."""
    return [
        PersonalDataset(
            key="inbox.letters",
            title=_("Answers by mail"),
            purpose=_("To take answers by mail once each, and to keep machines from answering machines."),
            legal_basis=_("Art. 6 (1) e GDPR: carrying out the participation that the member takes part in."),
            columns=(
                "mail_received.member_id",
                "mail_received.recipient",
                "mail_received.sender",
                "mail_received.content",
            ),
            retention=_("The text until it is dealt with; that a mail came, 30 days."),
            export=export,
            erase=erase,
        )
    ]
