"""What those who steer a question hour have before them: what waits, what is let in, whose turn is fair."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from baukasten.plugin import ModuleRef, Visibility, lazy
from baukasten.sdk import MEMBERS, SafeHtml, module_url, translator
from baukasten_chat import wire
from baukasten_chat.keys import QuestionState
from baukasten_chat.models import SHOWN, Message, Question
from baukasten_chat.questions import fairness, lines
from baukasten_chat.questions.lines import Counts

_ = lazy("chat")
MOST_WAITING, MOST_OPEN, LAST, NEXT = 60, 150, 8, 3
"""Rows of each list; answered ones shown for corrections; questions suggested as next."""


@dataclass(frozen=True, slots=True)
class Row:
    """A question, or a message that waits, as staff sees it."""

    id: int
    key: str
    """Of its row on the page."""
    number: int
    """0 while it waits."""
    html: SafeHtml
    author: str
    nameless: bool
    """Whether the public does not see who asks."""
    state: str
    votes: int
    first: bool
    early: bool
    folded: bool
    merged: int
    edited: str
    age: str
    since: str
    """The moment it came in, for browsers."""
    place: int
    """1 for the first that is suggested as next, 0 for what is not."""
    base: str
    """Address of its steps."""


@dataclass(frozen=True, slots=True)
class Board:
    """The desk's lists."""

    waiting: Sequence[Row]
    more_wait: bool
    messages: Sequence[Row]
    live: Row | None
    asks: Sequence[Row]
    answered: Sequence[Row]
    counts: Counts


def load(session: Session, module: ModuleRef, room_id: int) -> Board:
    """Read a room's desk; two statements."""
    found = session.execute(_query(room_id)).all()
    told = [_row(module, row) for row in found]
    waiting = [one for one, row in zip(told, found, strict=True) if row.visibility == Visibility.HELD]
    shown = [one for one, row in zip(told, found, strict=True) if row.visibility in SHOWN]
    asks = [one for one in shown if one.state == QuestionState.OPEN]
    return Board(
        waiting=sorted(waiting, key=lambda one: (one.since, one.id))[:MOST_WAITING],
        more_wait=len(waiting) > MOST_WAITING,
        messages=_messages(session, module, room_id),
        live=next((one for one in shown if one.state == QuestionState.LIVE), None),
        asks=sorted(asks, key=lambda one: one.place or NEXT + 1),
        answered=[one for one in shown if one.state == QuestionState.ANSWERED],
        counts=lines.counts_of(found),
    )


def _query(room_id: int) -> Any:
    """Ask for what waits, what is open with most votes first, what was answered last; those next in turn marked."""
    ids = select(Question.id).where(Question.room_id == room_id)
    held, shown = Question.visibility == Visibility.HELD, Question.visibility.in_(SHOWN)
    by_votes = fairness.ORDERS[fairness.Order.VOTES]
    last = (Question.answered_at.desc(), Question.id.desc())
    parts = [
        ids.where(held).order_by(Question.created_at, Question.id).limit(MOST_WAITING + 1),
        ids.where(shown, Question.state == QuestionState.OPEN).order_by(*by_votes).limit(MOST_OPEN),
        ids.where(shown, Question.state == QuestionState.LIVE),
        ids.where(shown, Question.state == QuestionState.ANSWERED).order_by(*last).limit(LAST),
    ]
    wanted = or_(*(Question.id.in_(part.scalar_subquery()) for part in parts))
    fair = fairness.suggested(room_id, NEXT).subquery()
    columns = (fair.c.place, *lines.count_columns(room_id))
    query = wire.questions(wanted).add_columns(*columns).outerjoin(fair, fair.c.id == Question.id)
    return query.order_by(Question.answered_at.desc().nulls_last(), *by_votes)


def _row(module: ModuleRef, row: Any) -> Row:
    return Row(
        id=row.id,
        key=f"q{row.id}",
        number=row.number or 0,
        html=SafeHtml(row.body_html),
        author=row.author or str(_("Former member")),
        nameless=row.anonymous,
        state=row.state,
        votes=row.votes,
        first=row.first,
        early=row.early,
        folded=row.visibility == Visibility.FOLDED,
        merged=row.merged,
        edited=lines.edited({"by_staff": row.staff_edited, "edited": row.edits}),
        age=translator().ago(row.created_at),
        since=wire.moment(row.created_at),
        place=row.place or 0,
        base=f"{module_url(module, 'desk')}/{row.id}",
    )


def _messages(session: Session, module: ModuleRef, room_id: int) -> list[Row]:
    """Give the messages that moderators let in; those that only wait for their time are not theirs to look at."""
    columns = (Message.id, Message.body_html, Message.created_at, MEMBERS.c.display_name)
    held = (Message.room_id == room_id, Message.visibility == Visibility.HELD, Message.appears_at.is_(None))
    query = select(*columns).outerjoin(MEMBERS, MEMBERS.c.id == Message.author_id).where(*held)
    found = session.execute(query.order_by(Message.created_at, Message.id).limit(MOST_WAITING))
    return [_message(module, row) for row in found]


def _message(module: ModuleRef, row: Any) -> Row:
    return Row(
        id=row.id,
        key=f"m{row.id}",
        number=0,
        html=SafeHtml(row.body_html),
        author=row.display_name or str(_("Former member")),
        nameless=False,
        state="",
        votes=0,
        first=False,
        early=False,
        folded=False,
        merged=0,
        edited="",
        age=translator().ago(row.created_at),
        since=wire.moment(row.created_at),
        place=0,
        base=f"{module_url(module, 'desk')}/nachricht/{row.id}",
    )
