"""Pressing something under a message: once a person and kind, counted on the message."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Integer, case, cast, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import NotFound, Scope, clock, require
from baukasten_chat import rooms, wire
from baukasten_chat.hours import rules
from baukasten_chat.keys import REACT, ReactionKind
from baukasten_chat.models import SHOWN, Message, Reaction

UNSYNCED = {"synchronize_session": False}


def react(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    number: int,
    kind: ReactionKind,
    on: bool,  # noqa: FBT001 - what a button says
) -> Mapping[str, int]:
    """Press a reaction under a message in view, or take it back; a second time changes nothing. Gives the counts.

    Raises NotFound, Denied, Closed, TooMany.
    """
    require(session, actor, REACT, module)
    room = rooms.of_module(session, module)
    message = _in_view(session, room.id, number)
    rules.need(session, actor, module, room, REACT)
    changed = _press if on else _release
    if not changed(session, actor, message, kind):
        return dict(message.reactions)
    taken = rooms.advance(session, room.id)
    counts = _count(session, message.id, kind, taken.version, 1 if on else -1)
    wire.tell_messages(session, room.id, taken.version, [message.id])
    return counts


def _in_view(session: Scope, room_id: int, number: int) -> Any:
    there = (Message.room_id == room_id, Message.number == number, Message.visibility.in_(SHOWN))
    row = session.execute(select(Message.id, Message.room_id, Message.reactions).where(*there)).one_or_none()
    if row is None:
        raise NotFound
    return row


def _press(session: Scope, actor: MemberRef, message: Any, kind: ReactionKind) -> bool:
    """Write the one press of a person; before the room is held, so that only what is new waits for others."""
    row = insert(Reaction).values(
        tenant_id=session.tenant_id,
        message_id=message.id,
        member_id=actor.id,
        kind=kind.value,
        created_at=clock.now(),
    )
    once = row.on_conflict_do_nothing(index_elements=["tenant_id", "message_id", "member_id", "kind"])
    return session.execute(once.returning(Reaction.id)).scalar() is not None


def _release(session: Scope, actor: MemberRef, message: Any, kind: ReactionKind) -> bool:
    own = (
        Reaction.message_id == message.id,
        Reaction.member_id == actor.id,
        Reaction.kind == kind.value,
    )
    if session.scalar(select(Reaction.id).where(*own)) is None:
        return False
    # Who takes a message back holds the room and then its reactions; this order is everybody's.
    rooms.lock(session, message.room_id)
    gone = delete(Reaction).where(*own).returning(Reaction.id)
    return session.execute(gone, execution_options=UNSYNCED).scalar() is not None


def _count(session: Scope, message_id: int, kind: ReactionKind, version: int, step: int) -> Mapping[str, int]:
    """Change a message's count while the room is held; raises NotFound for one that left view meanwhile."""
    new = func.coalesce(cast(Message.reactions[kind.value].astext, Integer), 0) + step
    counts = case(
        (new > 0, Message.reactions.op("||")(func.jsonb_build_object(literal(kind.value), new))),
        else_=Message.reactions.op("-")(literal(kind.value)),
    )
    changed = (
        update(Message)
        .where(Message.id == message_id, Message.visibility.in_(SHOWN))
        .values(reactions=counts, version=version)
        .returning(Message.reactions)
    )
    row = session.execute(changed, execution_options=UNSYNCED).one_or_none()
    if row is None:
        raise NotFound
    return dict(row.reactions)
