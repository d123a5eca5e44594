"""Reading what was said: pages by number, changes by version, and what only its author sees yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, or_, select

from baukasten.plugin import MemberRef, Visibility
from baukasten.sdk import Scope, reasons, told
from baukasten_chat import wire
from baukasten_chat.keys import MESSAGE_TYPE, QUESTION_TYPE, QuestionState
from baukasten_chat.messages.ruled import DECIDED
from baukasten_chat.models import SHOWN, Message, Question

PAGE = 50
AT_ONCE = 200
"""Changes that one answer tells; who missed more asks again, or loads the page anew."""
OWN = 50
ASKABLE = (QuestionState.OPEN, QuestionState.LIVE)
"""States in which people vote."""


@dataclass(frozen=True, slots=True)
class Since:
    """What changed in a room for everybody, in the order of the versions."""

    version: int
    """Up to which nothing is missing."""
    complete: bool
    """Whether that is all; else ask again with ``version``."""
    messages: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    votes: dict[int, int] = field(default_factory=dict)
    """Of all questions that can be voted on, by number, whether or not they changed."""


def since(session: Scope, room: Any, version: int, limit: int = AT_ONCE) -> Since:
    """Give what changed after a version; ``room`` is its row, read before, and at most ``limit`` rows are given.

    Three statements, and one more for each kind of which something was taken out of view.
    """
    newer = (Message.room_id == room.id, Message.version > version)
    found = wire.messages(and_(*newer)).order_by(Message.version, Message.number).limit(limit + 1)
    messages = session.execute(found).all()
    voted = _voted(session, room.id, version)
    changed = sorted((row.version, row.id) for row in voted if row.version > version)[: limit + 1]
    versions = sorted([row.version for row in messages] + [one for one, _id in changed])
    complete = len(versions) <= limit
    # Versions are told whole: what changed together is never half known.
    end = max(room.version, version) if complete else versions[limit] - 1
    if not complete and end < versions[0]:
        end = versions[limit]
        whole = wire.messages(and_(*newer, Message.version <= end))
        messages = session.execute(whole.order_by(Message.version, Message.number)).all()
        changed = sorted((row.version, row.id) for row in voted if version < row.version <= end)
    asked = [row_id for one, row_id in changed if complete or one <= end]
    return Since(
        version=end,
        complete=complete,
        messages=as_told(session, [row for row in messages if complete or row.version <= end]),
        questions=_questions(session, asked),
        votes={row.number: row.votes for row in voted if row.is_open},
    )


def page(
    session: Scope, room_id: int, *, before: int | None = None, after: int | None = None, limit: int = PAGE
) -> list[dict[str, Any]]:
    """Give messages of a room in the order of their numbers: the newest, or those before or after a number.

    One statement, and one more where something was taken out of view.
    """
    there = Message.room_id == room_id
    if after is not None:
        query = wire.messages(and_(there, Message.number > after)).order_by(Message.number)
        return as_told(session, session.execute(query.limit(limit)).all())
    older = Message.number < before if before is not None else Message.number.is_not(None)
    query = wire.messages(and_(there, older)).order_by(Message.number.desc())
    return as_told(session, session.execute(query.limit(limit)).all()[::-1])


def around(session: Scope, room_id: int, number: int, limit: int = PAGE) -> list[dict[str, Any]]:
    """Give the messages around a number, for a link that leads to it; nothing where there is none of that number."""
    # Numbers have no gaps, so that a stretch of them is a page.
    first = max(1, number - limit // 2)
    stretch = (Message.room_id == room_id, Message.number >= first, Message.number < first + limit)
    query = wire.messages(and_(*stretch)).order_by(Message.number)
    rows = session.execute(query).all()
    return as_told(session, rows) if any(row.number == number for row in rows) else []


def own(session: Scope, room_id: int, member: MemberRef) -> list[dict[str, Any]]:
    """Give the messages of a member that are being checked, with the reason; nobody else may be told of them."""
    held = (Message.room_id == room_id, Message.author_id == member.id, Message.visibility == Visibility.HELD)
    columns = (
        Message.id, Message.number, Message.nonce, Message.created_at, Message.appears_at, Message.body,
        Message.body_html,
    )  # fmt: skip
    query = select(*columns).where(*held).order_by(Message.id.desc()).limit(OWN)
    rows = session.execute(query).all()[::-1]
    why = told(session, member, MESSAGE_TYPE, [row.id for row in rows]) if rows else {}
    return [
        {
            "id": row.id,
            "number": row.number,
            "nonce": row.nonce or "",
            "at": wire.moment(row.created_at),
            "appears": wire.moment(row.appears_at),
            "body": row.body,
            "html": row.body_html,
            "note": why[row.id].facts if row.id in why else "",
        }
        for row in rows
    ]


def mine(session: Scope, room_id: int, member: MemberRef, numbers: Sequence[int]) -> dict[int, int]:
    """Give which of some messages in view are a member's own, as rows by number: those may be changed."""
    own_ones = (Message.author_id == member.id, Message.visibility.in_(SHOWN))
    query = select(Message.number, Message.id).where(
        Message.room_id == room_id, Message.number.in_(numbers), *own_ones
    )
    return {int(row.number or 0): row.id for row in session.execute(query)}


def as_told(session: Scope, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Give rows of messages as everybody may know them, with the rules that those out of view broke."""
    rules = _rules(session, MESSAGE_TYPE, rows)
    return [wire.message(row, rules.get(row.id, "")) for row in rows]


def _voted(session: Scope, room_id: int, version: int) -> Sequence[Any]:
    """Give the questions that changed, and the votes of those that are open; one statement without texts."""
    is_open = and_(Question.state.in_(ASKABLE), Question.visibility.in_(SHOWN))
    columns = (Question.id, Question.number, Question.version, Question.votes, is_open.label("is_open"))
    known = (Question.room_id == room_id, Question.number.is_not(None))
    return session.execute(select(*columns).where(*known, or_(Question.version > version, is_open))).all()


def _questions(session: Scope, ids: Sequence[int]) -> list[dict[str, Any]]:
    if not ids:
        return []
    query = wire.questions(Question.id.in_(ids)).order_by(Question.version, Question.number)
    rows = session.execute(query).all()
    rules = _rules(session, QUESTION_TYPE, rows)
    return [wire.question(row, rules.get(row.id, "")) for row in rows]


def _rules(session: Scope, key: str, rows: Sequence[Any]) -> dict[int, str]:
    decided = [row.id for row in rows if row.visibility in DECIDED]
    return {one: reason.rule for one, reason in reasons(session, key, decided).items()} if decided else {}
