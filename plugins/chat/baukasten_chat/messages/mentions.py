"""Calling people by name: only those who wrote in this room, so that nobody can guess the town's members."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from baukasten.plugin import Channel, ContentRef, Job, NotificationType, lazy
from baukasten.sdk import MEMBERS, Scope, enqueue, module_path, modules_by_id, notify
from baukasten_chat.keys import MESSAGE_TYPE
from baukasten_chat.models import SHOWN, Mention, Message, Room

_ = lazy("chat")
MENTION = TELL_JOB = "chat.mention"
MOST = 5
"""People whom one message may call; it is said to all anyway."""
UNSYNCED = {"synchronize_session": False}
LONGEST = 80
WORDS = 5
_CALL = re.compile(r"(?<!\w)@(\S[^\n@]*)")
_WORD = re.compile(r"\S+")
_BEHIND = ".,;:!?)\"'…“”»«*_"

TYPES = [
    NotificationType(
        MENTION,
        _("Somebody mentions me in a live room"),
        "chat/mail/mention",
        _("You are mentioned: %(room)s"),
        channels=frozenset({Channel.PAGE}),
    )
]


def known(session: Scope, room_id: int, text: str) -> dict[str, int]:
    """Give whom a text calls of those who wrote in the room for all to see, by name; one statement with an ``@``.

    Of two namesakes the one who has been there longer is meant.
    """
    names = set(_candidates(text)) if "@" in text else set()
    if not names:
        return {}
    wrote = exists().where(
        Message.room_id == room_id, Message.author_id == MEMBERS.c.id, Message.visibility.in_(SHOWN)
    )
    query = select(MEMBERS.c.display_name, MEMBERS.c.id).where(MEMBERS.c.display_name.in_(names), wrote)
    found = {row.display_name: row.id for row in session.execute(query.order_by(MEMBERS.c.id.desc()))}
    return dict(list(found.items())[:MOST])


def remember(session: Scope, message_id: int, called: Mapping[str, int]) -> None:
    """Store whom a message calls."""
    if called:
        rows = [
            {"message_id": message_id, "member_id": member, "name": name} for name, member in called.items()
        ]
        session.execute(insert(Mention), [{"tenant_id": session.tenant_id, **row} for row in rows])


def forget(session: Scope, message_id: int) -> None:
    """Take away whom a message called, before it says something else or nothing."""
    session.execute(delete(Mention).where(Mention.message_id == message_id), execution_options=UNSYNCED)


def tell_later(session: Scope, message_id: int) -> None:
    """Have those told whom a message calls that comes into view."""
    enqueue(session, TELL_JOB, message_id=message_id)


def tell(session: Session, *, message_id: int) -> None:
    """Tell whom a message in view calls, each once; a message changed afterwards calls nobody anew."""
    scope = cast("Scope", session)
    columns = (Message.number, Message.author_id, Message.room_id, Room.module_id)
    query = select(*columns).join(Room, Room.id == Message.room_id)
    seen = (Message.id == message_id, Message.visibility.in_(SHOWN))
    row = session.execute(query.where(*seen)).one_or_none()
    called = session.scalars(select(Mention.member_id).where(Mention.message_id == message_id)).all()
    if row is None or not called:
        return
    module = modules_by_id(scope, [row.module_id])[row.module_id]
    notify(
        scope,
        MENTION,
        recipients=[member for member in called if member != row.author_id],
        data={"room": module.title},
        group=f"room:{row.room_id}",
        path=module_path(scope.contract, module, "message", number=row.number),
        about=ContentRef(MESSAGE_TYPE, message_id),
        once=True,
    )


def _candidates(text: str) -> Iterator[str]:
    """Give what could be a name behind each ``@``: up to five words of it, with and without the marks behind."""
    for match in list(_CALL.finditer(text))[:MOST]:
        behind = match[1][:LONGEST]
        for word in list(_WORD.finditer(behind))[:WORDS]:
            name = behind[: word.end()]
            yield name
            yield name.rstrip(_BEHIND)


JOBS = [Job(TELL_JOB, tell)]
