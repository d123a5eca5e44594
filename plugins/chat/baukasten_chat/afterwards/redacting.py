"""Redacting a draft: words taken out of a line, lines left out; a published transcript stays as it is."""

from typing import Any

from sqlalchemy import select, update

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, NotFound, Scope, record, render_line, require
from baukasten_chat import rooms
from baukasten_chat.keys import PUBLISH, TranscriptState
from baukasten_chat.models import Line, Transcript

_ = lazy("chat")
MAX_TEXT = 4_000
UNSYNCED = {"synchronize_session": False}


def find(session: Scope, module: ModuleRef, transcript_id: int, *, drafts: bool) -> Any:
    """Give a transcript of a module's room; raises NotFound, also for a draft that is not to be seen."""
    query = (
        select(Transcript.__table__)
        .where(Transcript.id == transcript_id, Transcript.room_id == rooms.of_module(session, module).id)
    )  # fmt: skip
    row = session.execute(query).one_or_none()
    if row is None or (row.published_at is None and not drafts):
        raise NotFound
    return row


def lock(session: Scope, module: ModuleRef, transcript_id: int) -> Any:
    """Give a draft, held until the end of the transaction; raises NotFound, and Conflict for a published one."""
    find(session, module, transcript_id, drafts=True)
    query = select(Transcript.__table__).where(Transcript.id == transcript_id).with_for_update()
    row = session.execute(query).one()
    if row.state == TranscriptState.PUBLISHED:
        raise Conflict(_("This transcript is published already. It stays as it is."))
    return row


def leave_out(
    session: Scope, actor: MemberRef, module: ModuleRef, transcript_id: int, position: int, *, out: bool
) -> None:
    """Leave a line out of what will be published, or take it in again; raises NotFound, Denied, Conflict."""
    _change(session, actor, module, (transcript_id, position), {"left_out": out})


def reword(
    session: Scope, actor: MemberRef, module: ModuleRef, transcript_id: int, position: int, text: str
) -> None:
    """Put other words in place of a line's, such as one without a telephone number; everybody sees that it was.

    Raises NotFound, Denied, Conflict, and Invalid for an empty text, which is what leaving out is for.
    """
    words = text.strip()
    if not words or len(words) > MAX_TEXT or "\0" in words:
        raise Invalid({"text": _("Please give 1 to 4,000 characters, or leave the line out.")})
    values = {"body_html": str(render_line(words)), "redacted": True}
    _change(session, actor, module, (transcript_id, position), values)


def _change(
    session: Scope, actor: MemberRef, module: ModuleRef, at: tuple[int, int], values: dict[str, Any]
) -> None:
    require(session, actor, PUBLISH, module)
    transcript_id, position = at
    lock(session, module, transcript_id)
    # Of what is out of view there are no words to change, and its place must stay to be counted.
    line = (Line.transcript_id == transcript_id, Line.position == position, Line.gone == "")
    changed = update(Line).where(*line).values(values).returning(Line.id)
    if session.execute(changed, execution_options=UNSYNCED).scalar() is None:
        raise NotFound
    record(session, actor, "chat.transcript.redact", f"chat.transcript:{transcript_id}", line=position)
