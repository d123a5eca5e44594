"""What the chat stores about people, how they get it and how it is taken from what was said."""

import html
import re
from typing import Any, cast

from sqlalchemy import delete, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from baukasten.plugin import PUBLIC_TASK, ContentEdited, PersonalDataset, lazy
from baukasten.sdk import Scope, publish_event
from baukasten_chat.afterwards import amending
from baukasten_chat.keys import MESSAGE_TYPE, SpeakerState
from baukasten_chat.models import (
    Line,
    Mention,
    Message,
    Question,
    Reaction,
    Room,
    Speaker,
    Transcript,
    Vote,
    Wording,
)

_ = lazy("chat")
UNSYNCED = {"synchronize_session": False}
NOBODY = "…"
ON_LIST = (SpeakerState.WAITING, SpeakerState.SPEAKING, SpeakerState.PAUSED)
SPOKEN = ("message", "town")
"""Lines of transcripts that carry a message's number."""
FORGOTTEN: tuple[InstrumentedAttribute[int | None], ...] = (
    Vote.member_id,
    Reaction.member_id,
    Wording.edited_by,
    Transcript.made_by,
)
"""Where a person is taken from a row that stays."""


def export(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give all that a member wrote and asked, also what nobody else sees, and when they asked for the floor."""
    message = (Message.number, Message.body, Message.visibility, Message.created_at)
    question = (
        Question.number, Question.body, Question.visibility, Question.anonymous, Question.created_at,
    )  # fmt: skip
    own_messages = select(Message.id).where(Message.author_id == member_id)
    own_questions = select(Question.id).where(Question.author_id == member_id)
    mine = Wording.message_id.in_(own_messages) | Wording.question_id.in_(own_questions)
    queries = (
        select(Room.module_id, *message)
        .join(Room)
        .where(Message.author_id == member_id)
        .order_by(Message.id),
        select(Room.module_id, *question)
        .join(Room)
        .where(Question.author_id == member_id)
        .order_by(Question.id),
        select(Wording.body.label("earlier"), Wording.created_at).where(mine).order_by(Wording.id),
        select(Speaker.about, Speaker.state, Speaker.seconds, Speaker.created_at)
        .where(Speaker.member_id == member_id)
        .order_by(Speaker.id),
        select(Line.kind, Line.number, Line.name, Line.body_html, Line.at)
        .where(Line.author_id == member_id)
        .order_by(Line.id),
    )
    return _rows(session, queries)


def erase(session: Session, member_id: int) -> int:
    """Take the person from what they said; the conversation stays readable. Gives the rows changed."""
    papers = amending.told_of(session, member_id)
    changed = _from_calls(session, member_id)
    messages = select(Message.id).where(Message.author_id == member_id)
    questions = select(Question.id).where(Question.author_id == member_id)
    own = Wording.message_id.in_(messages) | Wording.question_id.in_(questions)
    changed += _run(session, delete(Wording).where(own).returning(Wording.id))
    for written in (Message, Question):
        without = update(written).where(written.author_id == member_id)
        changed += _run(session, without.values(author_id=None, nonce=None).returning(written.id))
    lines = update(Line).where(Line.author_id == member_id).values(author_id=None, name="")
    changed += _run(session, lines.returning(Line.id))
    changed += _from_lists(session, member_id)
    for column in FORGOTTEN:
        emptied = update(column.class_).where(column == member_id).values({column.key: None})
        changed += _run(session, emptied.returning(column.class_.id))
    amending.renew(cast("Scope", session), papers)
    return changed


def export_marks(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give what a member voted for, pressed, and where others called them."""
    queries = (
        select(Vote.question_id, Vote.created_at).where(Vote.member_id == member_id).order_by(Vote.id),
        select(Reaction.message_id, Reaction.kind, Reaction.created_at)
        .where(Reaction.member_id == member_id)
        .order_by(Reaction.id),
        select(Mention.message_id, Mention.name).where(Mention.member_id == member_id).order_by(Mention.id),
    )
    return _rows(session, queries)


def export_staff(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give what a member did for the town: transcripts, and what others said in other words."""
    queries = (
        select(Transcript.title, Transcript.created_at).where(Transcript.made_by == member_id),
        select(Wording.message_id, Wording.question_id, Wording.created_at).where(
            Wording.edited_by == member_id, Wording.by_staff
        ),
    )
    return _rows(session, queries)


def keep(_session: Session, _member_id: int) -> int:
    """Change nothing: erasing what somebody said erases this with it."""
    return 0


def _from_calls(session: Session, member_id: int) -> int:
    """Take a member's name out of the messages that call them; the search hears, for it knows the texts too."""
    query = select(Mention.name, Message.id, Message.body, Message.body_html, Message.room_id, Message.number)
    called = query.join(Message, Message.id == Mention.message_id).where(Mention.member_id == member_id)
    scope, changed = cast("Scope", session), 0
    for row in session.execute(called).all():
        shapes = {row.name, html.escape(row.name, quote=False)}
        call = re.compile(rf"@(?:{'|'.join(re.escape(shape) for shape in shapes)})(?!\w)")
        texts = {"body": call.sub(f"@{NOBODY}", row.body), "body_html": call.sub(f"@{NOBODY}", row.body_html)}
        stored = update(Message).where(Message.id == row.id).values(texts)
        session.execute(stored, execution_options=UNSYNCED)
        publish_event(scope, ContentEdited(scope.tenant_id or 0, MESSAGE_TYPE, row.id))
        changed += 1 + _from_lines(session, row, call)
    # What staff or others wrote in its place before says the name as well, and nobody needs it.
    earlier = select(Mention.message_id).where(Mention.member_id == member_id)
    changed += _run(session, delete(Wording).where(Wording.message_id.in_(earlier)).returning(Wording.id))
    return changed + _run(
        session, delete(Mention).where(Mention.member_id == member_id).returning(Mention.id)
    )


def _from_lines(session: Session, message: Any, call: re.Pattern[str]) -> int:
    """Take a name out of what transcripts keep of a message that calls it."""
    query = select(Line.id, Line.body_html).join(Transcript, Transcript.id == Line.transcript_id)
    same = (Transcript.room_id == message.room_id, Line.number == message.number, Line.kind.in_(SPOKEN))
    found = session.execute(query.where(*same)).all()
    for row in found:
        stored = update(Line).where(Line.id == row.id).values(body_html=call.sub(f"@{NOBODY}", row.body_html))
        session.execute(stored, execution_options=UNSYNCED)
    return len(found)


def _from_lists(session: Session, member_id: int) -> int:
    """Take somebody from the lists of speakers; who waits there waits no more."""
    mine = Speaker.member_id == member_id
    waiting = update(Speaker).where(mine, Speaker.state.in_(ON_LIST)).values(state=SpeakerState.LEFT)
    session.execute(waiting, execution_options=UNSYNCED)
    gone = update(Speaker).where(mine).values(member_id=None, name="", about="", since=None)
    return _run(session, gone.returning(Speaker.id))


def _rows(session: Session, queries: Any) -> list[dict[str, Any]]:
    return [dict(row) for query in queries for row in session.execute(query).mappings()]


def _run(session: Session, statement: Any) -> int:
    return len(session.execute(statement, execution_options=UNSYNCED).all())


AS_LONG = _("As long as the project can be read; without your name from the day you close your account")
DATASETS = [
    PersonalDataset(
        key="chat.messages",
        title=_("Your messages, questions and requests for the floor in live rooms"),
        purpose=_("To show who said what, so that people can talk to each other."),
        legal_basis=PUBLIC_TASK,
        columns=(
            "chat_line.author_id",
            "chat_line.body_html",
            "chat_line.name",
            "chat_message.author_id",
            "chat_message.body",
            "chat_message.body_html",
            "chat_message.nonce",
            "chat_question.anonymous",
            "chat_question.author_id",
            "chat_question.body",
            "chat_question.body_html",
            "chat_question.nonce",
            "chat_speaker.about",
            "chat_speaker.member_id",
            "chat_speaker.name",
            "chat_wording.body",
            "chat_wording.body_html",
        ),
        retention=AS_LONG,
        export=export,
        erase=erase,
    ),
    PersonalDataset(
        key="chat.marks",
        title=_("What you vote for and press in live rooms, and where others call you"),
        purpose=_("To count each person once, and to tell you when you are meant."),
        legal_basis=PUBLIC_TASK,
        columns=(
            "chat_mention.member_id",
            "chat_mention.name",
            "chat_reaction.member_id",
            "chat_vote.member_id",
        ),
        retention=_("Until you take it back; votes stay counted, without your name"),
        export=export_marks,
        erase=keep,
    ),
    PersonalDataset(
        key="chat.staff",
        title=_("What you did in live rooms for the town"),
        purpose=_("To show colleagues who changed or prepared what."),
        legal_basis=PUBLIC_TASK,
        columns=("chat_transcript.made_by", "chat_wording.edited_by"),
        retention=AS_LONG,
        export=export_staff,
        erase=keep,
    ),
]
