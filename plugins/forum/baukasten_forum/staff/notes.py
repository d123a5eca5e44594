"""Notes that staff leaves each other on a topic; for staff's eyes alone, gone with the topic."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, delete, func, select

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import MEMBERS, Invalid, NotFound, Scope, normalise, record, require
from baukasten_forum.keys import MANAGE
from baukasten_forum.listing import with_name
from baukasten_forum.models import Topic
from baukasten_forum.staff.models import Note

_ = lazy("forum")
MAX_NOTE = 2_000
NEWEST = 100
NOTE: Table = Note.metadata.tables["forum_note"]


@dataclass(frozen=True, slots=True)
class Written:
    """A note as the page shows it; the author is empty once their account is closed."""

    id: int
    author: str
    at: datetime
    body: str


def of(session: Scope, topic_id: int) -> list[Written]:
    """Give a topic's notes, newest first."""
    joined = NOTE.outerjoin(MEMBERS, with_name(MEMBERS, NOTE.c.author_id, NOTE.c.tenant_id))
    columns = (Note.id, MEMBERS.c.display_name, Note.created_at, Note.body)
    query = select(*columns).select_from(joined).where(Note.topic_id == topic_id)
    rows = session.execute(query.order_by(Note.id.desc()).limit(NEWEST))
    return [Written(row.id, row.display_name or "", row.created_at, row.body) for row in rows]


def count(session: Scope, topic_id: int) -> int:
    """Count a topic's notes."""
    return int(session.scalar(select(func.count()).where(Note.topic_id == topic_id)) or 0)


def add(session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, body: str) -> int:
    """Leave a note; gives its id. Raises NotFound, Denied, and Invalid without words or with too many."""
    require(session, actor, MANAGE, module)
    if session.scalar(select(Topic.id).where(Topic.id == topic_id, Topic.module_id == module.id)) is None:
        raise NotFound
    text = normalise(body).strip()
    if not text or len(text) > MAX_NOTE:
        raise Invalid({"body": _("Please write a note of at most 2,000 characters.")})
    note = Note(topic_id=topic_id, author_id=actor.id, body=text)
    session.add(note)
    session.flush()
    return note.id


def remove(session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, note_id: int) -> None:
    """Take a note away; others' notes too, which the log then says. Raises NotFound, Denied."""
    require(session, actor, MANAGE, module)
    there = select(Topic.id).where(Topic.id == topic_id, Topic.module_id == module.id)
    gone = delete(Note).where(Note.id == note_id, Note.topic_id.in_(there)).returning(Note.author_id)
    row = session.execute(gone, execution_options={"synchronize_session": False}).one_or_none()
    if row is None:
        raise NotFound
    if row.author_id != actor.id:
        record(session, actor, "forum.note.remove", f"topic:{topic_id}", note=note_id)
