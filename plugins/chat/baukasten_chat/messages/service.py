"""Saying something in a room."""

import datetime as dt
import re
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import Draft, MemberRef, ModuleRef, Visibility
from baukasten.sdk import NotFound, Scope, clock, require, submit
from baukasten.sdk import told as told_of
from baukasten_chat import rooms, wire
from baukasten_chat.hours import rules
from baukasten_chat.keys import MESSAGE_TYPE, SAY, STEER, MessageKind
from baukasten_chat.limits import busy, delay
from baukasten_chat.messages import bells, mentions
from baukasten_chat.messages.cooking import Cooked, cook
from baukasten_chat.models import SHOWN, Message, Room
from baukasten_chat.routes import LARGEST

NONCE = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a client's mark looks like; any other is none, and what comes twice with it is said twice."""


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a message; without number and version while it is being checked."""

    id: int
    number: int | None
    version: int | None
    visibility: Visibility
    note: str = ""
    """Why it waits, for its author."""


class SaidTwiceError(Exception):
    """The same message came a second time while the first was still on its way."""


@dataclass(frozen=True, slots=True)
class _Words:
    cooked: Cooked
    nonce: str
    kind: MessageKind
    reply_to: int | None
    """By row."""


def say(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    *,
    body: str,
    nonce: str = "",
    reply_to: int | None = None,
    town: bool = False,
) -> Said:
    """Say something in a room, or give what the same client said before under that mark.

    ``reply_to`` is a message's number; what left view is answered as if nothing had been quoted. ``town``: staff
    speaks for the town. Raises Denied, Closed and TooMany by the room's hours and limits, Invalid, and Rejected
    where a screening refuses; then nothing is stored.
    """
    require(session, actor, SAY, module)
    if town:
        require(session, actor, STEER, module)
    nonce = nonce if NONCE.fullmatch(nonce) else ""
    room, earlier = _room_and_earlier(session, actor, module, nonce)
    if earlier is not None:
        return earlier
    rules.need(session, actor, module, room, SAY)
    cooked = cook(session, room.id, body)
    kind = MessageKind.TOWN if town else MessageKind.TEXT
    words = _Words(cooked, nonce, kind, _answered(session, room.id, reply_to))
    try:
        with session.begin_nested():
            return _submit(session, actor, module, room, words)
    except SaidTwiceError:
        _, earlier = _room_and_earlier(session, actor, module, nonce)
        if earlier is None:
            raise
        return earlier


def told(said: Said) -> dict[str, Any]:
    """Give what its author's client gets to know of a message, the same over sockets and as JSON."""
    return {**asdict(said), "visibility": said.visibility.value}


def _submit(session: Scope, actor: MemberRef, module: ModuleRef, room: Any, words: _Words) -> Said:
    place: list[rooms.Next] = []

    def store(visibility: Visibility) -> int:
        shown = visibility is Visibility.PUBLISHED
        if shown:
            place.append(rooms.advance(session, room.id, messages=1))
        # Once more under the lock: for the last second, and for two messages of one person at once.
        rules.need(session, actor, module, place[0].room if shown else room, SAY)
        return _store(session, actor, room.id, words, visibility, place[0] if shown else None)

    draft = Draft(MESSAGE_TYPE, words.cooked.text, author=actor, module=module)
    done = submit(session, draft, store)
    if not place:
        delay.plan(session, module, done)
        bells.desk(session, room.id, done.ref.id)
        return Said(done.ref.id, None, None, done.visibility, done.note)
    wire.tell_messages(session, room.id, place[0].version, [done.ref.id])
    busy.note(session, module, place[0].room)
    if words.cooked.called:
        mentions.tell_later(session, done.ref.id)
    return Said(done.ref.id, place[0].number, place[0].version, done.visibility)


def _store(
    session: Scope,
    actor: MemberRef,
    room_id: int,
    words: _Words,
    visibility: Visibility,
    place: rooms.Next | None,
) -> int:
    now: dt.datetime = clock.now()
    row = insert(Message).values(
        tenant_id=session.tenant_id,
        room_id=room_id,
        number=place.number if place else None,
        version=place.version if place else None,
        kind=words.kind,
        author_id=actor.id,
        body=words.cooked.text,
        body_html=str(words.cooked.html),
        visibility=visibility,
        reply_to=words.reply_to,
        published_at=now if place else None,
        nonce=words.nonce or None,
        created_at=now,
    )
    again = row.on_conflict_do_nothing(index_elements=["tenant_id", "author_id", "nonce"])
    message_id: int | None = session.execute(again.returning(Message.id)).scalar()
    if message_id is None:
        raise SaidTwiceError
    mentions.remember(session, message_id, words.cooked.called)
    return message_id


def _room_and_earlier(
    session: Scope, actor: MemberRef, module: ModuleRef, nonce: str
) -> tuple[Any, Said | None]:
    """Give a module's room, and what its author said before under the same mark; one statement."""
    table = Room.__table__
    columns = (
        Message.id.label("said_id"),
        Message.number.label("said_number"),
        Message.version.label("said_version"),
        Message.visibility.label("said_visibility"),
    )
    same = and_(Message.author_id == actor.id, Message.nonce == nonce, Message.nonce != "")
    query = select(*table.c, *columns).outerjoin(Message, same).where(Room.module_id == module.id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    if row.said_id is None:
        return row, None
    waits = row.said_visibility == Visibility.HELD
    reason = told_of(session, actor, MESSAGE_TYPE, [row.said_id]).get(row.said_id) if waits else None
    earlier = Said(
        row.said_id,
        row.said_number,
        row.said_version,
        Visibility(row.said_visibility),
        reason.facts if reason else "",
    )
    return row, earlier


def _answered(session: Scope, room_id: int, number: int | None) -> int | None:
    """Give the row of a message in view that is answered."""
    if number is None or not 0 < number <= LARGEST:
        return None
    there = (Message.room_id == room_id, Message.number == number, Message.visibility.in_(SHOWN))
    return session.scalar(select(Message.id).where(*there))
