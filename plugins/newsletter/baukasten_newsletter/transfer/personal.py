"""What bringing in stores about people: who brought which file, and for a while the file itself."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.plugin import PersonalDataset, lazy
from baukasten_newsletter.transfer.models import Import

_ = lazy("newsletter")


def export(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give the files that a member brought in for the town."""
    query = select(Import.created_at, Import.file_name, Import.state).where(Import.created_by == member_id)
    return [dict(row) for row in session.execute(query.order_by(Import.id)).mappings()]


def erase(session: Session, member_id: int) -> int:
    """Take a member's name from the files that they brought in. Gives the rows changed."""
    emptied = update(Import).where(Import.created_by == member_id).values(created_by=None)
    rows = session.execute(
        emptied.returning(Import.id), execution_options={"synchronize_session": False}
    ).all()
    return len(rows)


DATASETS = [
    PersonalDataset(
        key="newsletter.imports",
        title=_("Files of subscribers that you brought in for the town"),
        purpose=_("To bring in people who agreed elsewhere, and to know who answered for that."),
        legal_basis=_("Task in the public interest (GDPR Art. 6 (1) e)"),
        columns=("newsletter_import.created_by", "newsletter_import_piece.data"),
        retention=_("The file until it was brought in, seven days at most; the note for three months"),
        export=export,
        erase=erase,
    )
]
