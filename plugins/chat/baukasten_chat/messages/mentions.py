"""Calling people by name: only those who wrote in this room, so that nobody can guess the town's members."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from baukasten.plugin import Channel, ContentRef, Job, NotificationType, lazy
from baukasten.sdk import MEMBERS, Scope, enqueue, module_path, modules_by_id, notify
from baukasten_chat.keys import MESSAGE_TYPE
from baukasten_chat.models import SHOWN, Message, Room

_ = lazy("chat")
MENTION = TELL_JOB = "chat.mention"
MOST = 5
"""People whom one message may call; it is said to all anyway."""
LONGEST = 80
WORDS = 5
_CALL = re.compile(r"(?<!\w)@(\S[^\n@]*)")
_WORD = re.compile(r"\S+")
_BEHIND = ".,;:!?)\"'…“”»«*_"

TYPES = [
    NotificationType(
        MENTION,
        _("Somebody mentions me in a live room"),
        "",
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
    found = dict(session.execute(query.order_by(MEMBERS.c.id.desc())))
    return dict(list(found.items())[:MOST])


def tell_later(session: Scope, message_id: int, body: str) -> None:
    """Have those told whom a message calls that comes into view; who is on the page sees it anyway."""
    if "@" in body:
        enqueue(session, TELL_JOB, message_id=message_id)


def tell(session: Session, *, message_id: int) -> None:
    """Tell whom a message in view calls, each once; a message changed afterwards calls nobody anew."""
    scope = cast("Scope", session)
    row = _in_view(scope, message_id)
    if row is None:
        return
    called: Mapping[str, int] = known(scope, row.room_id, row.body)
    module = modules_by_id(scope, [row.module_id])[row.module_id]
    notify(
        scope,
        MENTION,
        recipients=[member for member in called.values() if member != row.author_id],
        data={"room": module.title},
        group=f"room:{row.room_id}",
        path=module_path(scope.contract, module, "message", number=row.number),
        about=ContentRef(MESSAGE_TYPE, message_id),
        once=True,
    )


def _in_view(session: Scope, message_id: int) -> Any:
    columns = (Message.number, Message.body, Message.author_id, Message.room_id, Room.module_id)
    query = select(*columns).join(Room, Room.id == Message.room_id)
    return session.execute(query.where(Message.id == message_id, Message.visibility.in_(SHOWN))).one_or_none()


def _candidates(text: str) -> Iterator[str]:
    """Give what could be a name behind each ``@``: up to five words of it, with and without the marks behind."""
    for match in list(_CALL.finditer(text))[:MOST]:
        behind = match[1][:LONGEST]
        for word in list(_WORD.finditer(behind))[:WORDS]:
            name = behind[: word.end()]
            yield name
            yield name.rstrip(_BEHIND)


JOBS = [Job(TELL_JOB, tell)]
