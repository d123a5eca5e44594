"""Forgetting files: what nobody decided about goes after a week, and who brought what in after three months."""

import datetime as dt
from typing import cast

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import Job, lazy
from baukasten.sdk import Scope, clock
from baukasten_newsletter.transfer import running
from baukasten_newsletter.transfer.models import Import, ImportPiece, ImportState

_ = lazy("newsletter")
UNSYNCED = {"synchronize_session": False}
KEPT = dt.timedelta(days=7)
NOTED = dt.timedelta(days=90)
LATE = _("It was not finished within a week, so the file is gone. Send it again; nobody comes in twice.")


def tidy(session: Session) -> None:
    """Delete files that are older than a week, and notes that are older than three months."""
    now = clock.now()
    with_file = select(ImportPiece.import_id).where(ImportPiece.number == 0)
    old = select(Import.id, Import.state).where(Import.id.in_(with_file), Import.created_at < now - KEPT)
    for row in session.execute(old.order_by(Import.id).with_for_update()).all():
        running.forget_file(cast("Scope", session), row.id)
        half = row.state == ImportState.TAKING
        values = {
            "state": ImportState.FAILED if half else ImportState.DROPPED,
            "problem": str(LATE) if half else "",
        }
        changed = update(Import).where(Import.id == row.id).values(values | {"changed_at": now})
        session.execute(changed, execution_options=UNSYNCED)
    noted = delete(Import).where(Import.created_at < now - NOTED)
    session.execute(noted, execution_options=UNSYNCED)


JOBS = [
    Job(running.RUN, running.run, max_attempts=running.ATTEMPTS),
    Job("newsletter.import.tidy", tidy, every="41 3 * * *"),
]
