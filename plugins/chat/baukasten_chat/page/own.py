"""What one person has in a stretch of messages: which are theirs, which wait, what they pressed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.plugin import MemberRef, Visibility
from baukasten.sdk import NotFound, Scope
from baukasten_chat.messages import history
from baukasten_chat.models import SHOWN, Message, Reaction


@dataclass(frozen=True, slots=True)
class Own:
    """One person's part."""

    ids: Mapping[int, int] = field(default_factory=dict)
    """Rows of the person's own messages by number."""
    waiting: Sequence[Mapping[str, Any]] = ()
    """Messages that only their author sees, as ``history.own`` gives them."""
    pressed: Mapping[int, frozenset[str]] = field(default_factory=dict)


NOTHING = Own()


def of(
    session: Scope,
    member: MemberRef | None,
    room_id: int,
    messages: Sequence[Mapping[str, Any]],
    *,
    waiting: bool = True,
) -> Own:
    """Give what a member has among these messages; at most four statements, none for a guest."""
    if member is None:
        return NOTHING
    numbers = [one["number"] for one in messages]
    held = history.own(session, room_id, member) if waiting else ()
    if not numbers:
        return Own(waiting=held)
    ids = history.mine(session, room_id, member, numbers)
    return Own(ids, held, _pressed(session, member, room_id, numbers))


def _pressed(
    session: Session, member: MemberRef, room_id: int, numbers: Sequence[int]
) -> dict[int, frozenset[str]]:
    query = (
        select(Message.number, Reaction.kind)
        .join(Reaction, Reaction.message_id == Message.id)
        .where(Message.room_id == room_id, Message.number.in_(numbers), Reaction.member_id == member.id)
    )
    found: dict[int, frozenset[str]] = {}
    for number, kind in session.execute(query):
        found[int(number or 0)] = found.get(int(number or 0), frozenset()) | {kind}
    return found


def row_of(session: Session, room_id: int, number: int) -> int:
    """Give the row of a message by its number; raises NotFound for what is not in view."""
    query = select(Message.id).where(Message.room_id == room_id, Message.number == number)
    found = session.scalar(query.where(Message.visibility.in_(SHOWN)))
    if found is None:
        raise NotFound
    return found


def number_of(session: Session, room_id: int, row_id: int) -> int:
    """Give the number of a message; 0 for one that never was in view."""
    query = select(Message.number).where(Message.room_id == room_id, Message.id == row_id)
    return session.scalar(query) or 0


def body_of(session: Session, member: MemberRef, room_id: int, row_id: int) -> str:
    """Give what the author typed; raises NotFound for everybody else, and for what nobody can change any more."""
    query = select(Message.body).where(
        Message.room_id == room_id,
        Message.id == row_id,
        Message.author_id == member.id,
        Message.visibility.in_((*SHOWN, Visibility.HELD)),
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found
