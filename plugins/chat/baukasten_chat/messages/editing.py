"""Changing and taking back what one said; staff changes what others said, marked as theirs."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from baukasten.plugin import (
    Channel,
    ContentHidden,
    ContentRef,
    Draft,
    Field,
    FieldKind,
    MemberRef,
    ModuleRef,
    NotificationType,
    Visibility,
    lazy,
)
from baukasten.sdk import (
    Closed,
    Denied,
    Invalid,
    NotFound,
    Scope,
    clock,
    may,
    module_path,
    notify,
    publish_event,
    record,
    require,
    submit,
    withdraw_content,
)
from baukasten_chat import rooms, wire
from baukasten_chat.hours import rules
from baukasten_chat.keys import EDIT, MESSAGE_TYPE, STEER
from baukasten_chat.limits import delay
from baukasten_chat.messages import bells, mentions
from baukasten_chat.messages.cooking import Cooked, cook
from baukasten_chat.models import SHOWN, Message, Reaction, Wording

_ = lazy("chat")
EDITED = "chat.edited"
MAX_EDITS = 20
UNSYNCED = {"synchronize_session": False}
MINUTES = Field(
    "edit_minutes",
    _("Minutes in which people change what they wrote"),
    FieldKind.NUMBER,
    required=True,
    default=5,
    minimum=0,
    maximum=60,
    help=_("After that they can still take it back. Earlier wordings stay readable for the moderators."),
)
FIELDS = (MINUTES,)
TYPES = [
    NotificationType(
        EDITED,
        _("The moderators change a message of mine in a live room"),
        "chat/mail/edited",
        _("Your message was changed: %(room)s"),
        channels=frozenset({Channel.PAGE}),
    )
]


@dataclass(frozen=True, slots=True)
class _Change:
    room_id: int
    row: Any
    cooked: Cooked
    by: MemberRef
    is_staff: bool


@dataclass(frozen=True, slots=True)
class Editable:
    """A message as the form for changing it needs it."""

    body: str
    own: bool


def editable(session: Scope, actor: MemberRef, module: ModuleRef, message_id: int) -> Editable:
    """Give a message that the actor may change, were it in time; raises NotFound for whom it is not."""
    row = _there(session, rooms.of_module(session, module).id, message_id)
    own = row.author_id == actor.id
    if not own and not may(session, actor, STEER, module):
        raise NotFound
    return Editable(row.body, own)


def edit(session: Scope, actor: MemberRef, module: ModuleRef, message_id: int, body: str) -> Visibility:
    """Change a message of one's own within some minutes, or any as staff; tells whether it is in view.

    The earlier wording is kept. A screening may hold the new one; then the message's place says that it is being
    checked. Raises NotFound, Denied, Closed, TooMany, Invalid, and Rejected where a screening refuses.
    """
    room = rooms.of_module(session, module)
    row = _there(session, room.id, message_id, lock=True)
    is_staff = row.author_id != actor.id
    if is_staff and not may(session, actor, STEER, module):
        raise Denied if row.number is not None else NotFound
    require(session, actor, EDIT, module)
    rules.need(session, actor, module, room, EDIT)
    if not is_staff:
        _check_time(module, row)
    cooked = cook(session, room.id, body)
    if cooked.text == row.body:
        return Visibility(row.visibility)
    if row.edits >= MAX_EDITS:
        raise Invalid({"body": TOO_OFTEN}, TOO_OFTEN)
    change = _Change(room.id, row, cooked, actor, is_staff)
    states: list[Visibility] = []

    def store(visibility: Visibility) -> int:
        # What waits goes on waiting; what was in view leaves it when a screening wants to look first.
        waits = row.visibility == Visibility.HELD or visibility is Visibility.HELD
        states.append(Visibility.HELD if waits else Visibility(row.visibility))
        _replace(session, change, states[0])
        return int(row.id)

    draft = Draft(MESSAGE_TYPE, cooked.text, author=actor, module=module, is_edit=True, content_id=message_id)
    done = submit(session, draft, store)
    if done.visibility is Visibility.HELD:
        delay.plan(session, module, done)
    _tell(session, module, change, states[0])
    return states[0]


def withdraw(session: Scope, actor: MemberRef, module: ModuleRef, message_id: int) -> None:
    """Take back one's own message for good: text, earlier wordings and reactions go, its place stays.

    Neither hours nor a measure against the person stand in the way: their words stay theirs to take back
    (GDPR Art. 17). Raises NotFound, Denied.
    """
    room = rooms.of_module(session, module)
    row = _there(session, room.id, message_id, lock=True)
    if row.author_id != actor.id:
        raise Denied if row.number is not None else NotFound
    values: dict[Any, Any] = {
        "visibility": Visibility.WITHDRAWN, "body": "", "body_html": "", "edits": 0, "edited_at": None,
        "reactions": {}, "appears_at": None,
    }  # fmt: skip
    if row.number is not None:
        values["version"] = rooms.advance(session, room.id).version
    changed = update(Message).where(Message.id == row.id).values(values)
    session.execute(changed, execution_options=UNSYNCED)
    session.execute(delete(Wording).where(Wording.message_id == row.id), execution_options=UNSYNCED)
    session.execute(delete(Reaction).where(Reaction.message_id == row.id), execution_options=UNSYNCED)
    mentions.forget(session, row.id)
    withdraw_content(session, ContentRef(MESSAGE_TYPE, row.id))
    if "version" in values:
        wire.tell_messages(session, room.id, values["version"], [row.id])
    if row.visibility == Visibility.HELD:
        bells.desk(session, room.id, row.id)
    bells.author(session, row, Visibility.WITHDRAWN, row.number)


def _there(session: Scope, room_id: int, message_id: int, *, lock: bool = False) -> Any:
    """Give a message of the room that is in view or waits; ``lock`` holds the room first."""
    if lock:
        rooms.lock(session, room_id)
    states = (*SHOWN, Visibility.HELD)
    mine = (Message.id == message_id, Message.room_id == room_id, Message.visibility.in_(states))
    row = session.execute(select(Message.__table__).where(*mine)).one_or_none()
    if row is None:
        raise NotFound
    return row


def _check_time(module: ModuleRef, row: Any) -> None:
    """Raise Closed for what everybody could read for too long already."""
    minutes = module.settings.get(MINUTES.key)
    minutes = MINUTES.default if minutes is None else minutes
    since = row.published_at
    if since is not None and clock.now() - since > dt.timedelta(minutes=minutes):
        raise Closed(TOO_LATE)


def _replace(session: Scope, change: _Change, visibility: Visibility) -> None:
    """Put a new wording in place, and keep the old one."""
    row, now = change.row, clock.now()
    session.add(
        Wording(
            message_id=row.id,
            body=row.body,
            body_html=row.body_html,
            edited_by=change.by.id,
            by_staff=change.is_staff,
            created_at=row.edited_at or row.created_at,
        )
    )
    values: dict[Any, Any] = {
        "body": change.cooked.text,
        "body_html": str(change.cooked.html),
        "visibility": visibility,
        "edits": Message.edits + 1,
        "edited_at": now,
        "staff_edited": row.staff_edited or change.is_staff,
    }
    if row.number is not None:
        values["version"] = rooms.advance(session, change.room_id).version
    changed = update(Message).where(Message.id == row.id).values(values)
    session.execute(changed, execution_options=UNSYNCED)
    if "@" in row.body or change.cooked.called:
        mentions.forget(session, row.id)
        mentions.remember(session, row.id, change.cooked.called)
    if row.number is not None:
        wire.tell_messages(session, change.room_id, values["version"], [row.id])


def _tell(session: Scope, module: ModuleRef, change: _Change, visibility: Visibility) -> None:
    """Tell the desk of what waits, everybody else of what left view, and an author of what staff changed."""
    row = change.row
    if visibility is Visibility.HELD and row.visibility in SHOWN:
        publish_event(session, ContentHidden(session.tenant_id or 0, MESSAGE_TYPE, row.id))
    if visibility is Visibility.HELD:
        bells.desk(session, change.room_id, row.id)
        bells.author(session, row, visibility, row.number)
    if not change.is_staff:
        return
    record(session, change.by, "chat.message.edit", f"{MESSAGE_TYPE}:{row.id}")
    if row.author_id is not None and row.number is not None:
        notify(
            session,
            EDITED,
            recipients=[row.author_id],
            data={"room": module.title},
            group=f"message:{row.id}",
            path=module_path(session.contract, module, "message", number=row.number),
            about=ContentRef(MESSAGE_TYPE, row.id),
        )


TOO_LATE = _("This message can no longer be changed. You can take it back, or write another one.")
TOO_OFTEN = _("This message was changed 20 times. Please write a new one.")
