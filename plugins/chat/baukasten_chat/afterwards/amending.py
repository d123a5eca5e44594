"""Published transcripts follow what leaves view later, and people who leave; their papers are made anew then."""

from collections.abc import Collection
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.plugin import ContentHidden, Event
from baukasten.sdk import Scope, enqueue, remove_media
from baukasten_chat.afterwards import leaving
from baukasten_chat.afterwards.publishing import PAPER_JOB
from baukasten_chat.models import Line, Mention, Message, Transcript

UNSYNCED = {"synchronize_session": False}


def hear(session: Session, event: Event) -> None:
    """Take out of published transcripts what was hidden, removed or taken back; what comes back stays out."""
    if not isinstance(event, ContentHidden):
        return
    for rows, key, kinds in leaving.KINDS:
        if event.content_type == key:
            there = select(rows.room_id, rows.number).where(rows.id == event.content_id)
            row = session.execute(there).one_or_none()
            if row is not None and row.number is not None:
                _take_out(cast("Scope", session), row.room_id, row.number, kinds)


def told_of(session: Session, member_id: int) -> list[int]:
    """Give the transcripts that a member stands in, as who spoke or as who was called."""
    called = select(Message.room_id, Message.number).join(Mention, Mention.message_id == Message.id)
    named = called.where(Mention.member_id == member_id).subquery()
    by_call = (
        select(Line.transcript_id)
        .join(Transcript, Transcript.id == Line.transcript_id)
        .join(named, (named.c.room_id == Transcript.room_id) & (named.c.number == Line.number))
    )
    spoken = select(Line.transcript_id).where(Line.author_id == member_id)
    return sorted(set(session.scalars(spoken.union(by_call))))


def renew(session: Scope, transcript_ids: Collection[int]) -> None:
    """Throw the papers of published transcripts away and have them made once more."""
    papers = (Transcript.id.in_(transcript_ids), Transcript.pdf_id.is_not(None))
    for row in session.execute(select(Transcript.id, Transcript.pdf_id).where(*papers)).all():
        without = update(Transcript).where(Transcript.id == row.id).values(pdf_id=None)
        session.execute(without, execution_options=UNSYNCED)
        remove_media(session, row.pdf_id)
        enqueue(session, PAPER_JOB, transcript_id=row.id)


def _take_out(session: Scope, room_id: int, number: int, kinds: Collection[str]) -> None:
    line = (Line.transcript_id == Transcript.id, Line.number == number, Line.kind.in_(kinds), Line.gone == "")
    published = (Transcript.room_id == room_id, Transcript.published_at.is_not(None))
    query = select(Transcript.__table__).where(*published, select(Line.id).where(*line).exists())
    for row in session.execute(query.order_by(Transcript.id).with_for_update()).all():
        leaving.take_out(session, row)
        renew(session, [row.id])
