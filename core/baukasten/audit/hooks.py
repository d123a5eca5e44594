"""What the audit log declares: which deeds it keeps of a person, and how long."""

from typing import Any

from sqlalchemy.orm import Session

from baukasten.audit.models import AuditEntry
from baukasten.plugin.declarations import PersonalDataset
from baukasten.plugin.hookspecs import hookimpl
from baukasten.plugin.text import lazy

_ = lazy("core")


def export(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give a member's own deeds."""
    rows = session.query(AuditEntry.at, AuditEntry.action, AuditEntry.target).filter(
        AuditEntry.actor_member_id == member_id
    )
    return [
        {"at": row.at.isoformat(), "action": row.action, "target": row.target}
        for row in rows.order_by(AuditEntry.seq)
    ]


def erase(_session: Session, _member_id: int) -> int:
    """Change nothing: once the membership is gone, its number leads to nobody, and the chain stays whole."""
    return 0


@hookimpl
def register_personal_data() -> list[PersonalDataset]:
    """Give the room's stores of personal data."""
    return [
        PersonalDataset(
            key="audit.entries",
            title=_("Audit log"),
            purpose=_("To show who changed other people's contributions, rights or settings."),
            legal_basis=_("Art. 6 (1) e GDPR: accountability of the town's administration."),
            columns=("audit_entry.actor_member_id",),
            retention=_(
                "As long as the town keeps its site; the number of an erased member leads to nobody."
            ),
            export=export,
            erase=erase,
        )
    ]
