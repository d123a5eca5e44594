"""What media declare: their jobs and their personal data."""

from typing import Any, cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.db.session import Scope
from baukasten.media import names, storing
from baukasten.media.models import MODULE, Media
from baukasten.media.service import UNSYNCED
from baukasten.plugin import PUBLIC_TASK, Job, PersonalDataset, hookimpl
from baukasten.plugin.text import lazy

_ = lazy("core")


@hookimpl
def register_jobs() -> list[Job]:
    """Remove files after their rows, and each night what nobody attached."""
    return [
        # Also in a suspended town: erasing people there ends with their files.
        Job(storing.REMOVE_FILES, storing.remove_files, even_suspended=True),
        Job("media.remove_loose", storing.remove_loose, every="41 3 * * *"),
    ]


@hookimpl
def register_personal_data() -> list[PersonalDataset]:
    """Pictures and papers tell about who took or wrote them, and go with the person."""
    return [
        PersonalDataset(
            key="media.uploads",
            title=_("Pictures and attachments that you added"),
            purpose=_("To show them with your contributions."),
            legal_basis=PUBLIC_TASK,
            columns=("media.uploader_id", "media.name", "media.alt"),
            retention=_("As long as the contribution, and until you close your account at most"),
            export=export,
            erase=erase,
        )
    ]


def export(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give a member's uploads with the addresses where the files themselves can be fetched."""
    query = select(Media).where(Media.uploader_id == member_id).order_by(Media.id)
    return [
        {
            "name": row.name,
            "shows": row.alt,
            "bytes": row.bytes,
            "at": row.created_at,
            "path": names.ref(row).url,
        }
        for row in session.scalars(query)
    ]


def erase(session: Session, member_id: int) -> int:
    """Delete a member's uploads with their files, also from contributions that stay; gives how many.

    What belongs to a module is the town's, whoever uploaded it; the person goes from it.
    """
    kept = update(Media).where(Media.uploader_id == member_id, Media.content_type == MODULE)
    changed = session.execute(
        kept.values(uploader_id=None).returning(Media.id), execution_options=UNSYNCED
    ).all()
    return len(changed) + storing.remove(cast("Scope", session), Media.uploader_id == member_id)
