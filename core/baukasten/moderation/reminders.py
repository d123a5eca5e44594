"""The clock of cases: whoever can decide is told once about what waits too long."""

from typing import cast

from sqlalchemy import update
from sqlalchemy.orm import Session

from baukasten import clock
from baukasten.access import members
from baukasten.db.session import Scope
from baukasten.moderation import kinds
from baukasten.moderation.cases import UNSYNCED, waiting
from baukasten.moderation.models import Case
from baukasten.notify.service import notify
from baukasten.plugin.declarations import NotificationType
from baukasten.plugin.refs import Role
from baukasten.plugin.text import lazy

_ = lazy("core")
REMIND_JOB = "moderation.remind"
OVERDUE = NotificationType(
    "moderation.overdue",
    _("Cases that wait too long"),
    "moderation/mail/overdue",
    _("Moderation: cases wait longer than promised"),
)
DESK = "/verwaltung/moderation/"


def remind(session: Session) -> None:
    """Tell the moderators how many cases went over their time since the last look; who holds one, of that alone."""
    scope = cast("Scope", session)
    late = (*waiting(), Case.due_at < clock.now(), Case.reminded_at.is_(None))
    mine = update(Case).where(*late, Case.content_type.in_(kinds.judged_types(scope)))
    found = scope.execute(
        mine.values(reminded_at=clock.now()).returning(Case.holder_id), execution_options=UNSYNCED
    ).all()
    if not found:
        return
    staff = members.with_roles(scope, Role.MODERATOR, Role.ADMIN)
    for member_id in staff:
        count = sum(row.holder_id is None or row.holder_id == member_id for row in found)
        if count:
            notify(
                scope, OVERDUE.key, recipients=[member_id], data={"cases": count}, group="overdue", path=DESK
            )
    scope.commit()
