"""What goes over sockets: the events that people send, and the rooms that they listen in."""

import time
from collections.abc import Callable, Mapping
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.plugin import (
    Field,
    FieldKind,
    LiveEvent,
    LiveNamespace,
    LiveRoom,
    MemberRef,
    ModuleRef,
    Standing,
    lazy,
)
from baukasten.sdk import Denied, Here, NotFound, Scope, may, module_by_id, module_for, people_in, ring
from baukasten_chat import rooms
from baukasten_chat.hours import rules
from baukasten_chat.hours.facts import room_facts
from baukasten_chat.keys import DESK, EDIT, HELD, KIND, REACT, READ, ROOM, SAY, STEER, Phase, ReactionKind
from baukasten_chat.limits import wishes
from baukasten_chat.messages import editing, reactions, service
from baukasten_chat.models import Room
from baukasten_chat.questions import live as asking
from baukasten_chat.routes import LARGEST
from baukasten_chat.speakers import live as speaking

_ = lazy("chat")
FEW = 25
"""People up to whom it helps to see who is writing; in a larger room it is noise."""
TYPING_SECONDS = 5.0
MOST_TYPING = 10_000
"""People remembered at a time as having typed a moment ago."""
TYPING = Field(
    "typing", _("Show who is writing, in rooms of at most 25 people"), FieldKind.CHECKBOX, default=True
)
FIELDS = (TYPING,)
_typed: dict[tuple[int, int, int], float] = {}
Answer = Callable[[Scope, MemberRef, ModuleRef, Mapping[str, Any]], Any]


def say(session: Scope, member: MemberRef, module: ModuleRef, data: Mapping[str, Any]) -> dict[str, Any]:
    """Say something: ``body``, the client's ``nonce``, ``reply_to`` a number, ``town`` for staff."""
    said = service.say(
        session,
        member,
        module,
        body=text(data, "body"),
        nonce=text(data, "nonce"),
        reply_to=number(data, "reply_to") or None,
        town=data.get("town") is True,
    )
    return service.told(said)


def edit(session: Scope, member: MemberRef, module: ModuleRef, data: Mapping[str, Any]) -> dict[str, str]:
    """Change a message: ``id`` of its row, the new ``body``."""
    seen = editing.edit(session, member, module, number(data, "id"), text(data, "body"))
    return {"visibility": seen.value}


def withdraw(session: Scope, member: MemberRef, module: ModuleRef, data: Mapping[str, Any]) -> dict[str, Any]:
    """Take a message back: ``id`` of its row."""
    editing.withdraw(session, member, module, number(data, "id"))
    return {}


def react(session: Scope, member: MemberRef, module: ModuleRef, data: Mapping[str, Any]) -> Mapping[str, int]:
    """Press a reaction: ``number`` of the message, ``kind``, and ``on`` to press or to take back."""
    kind = text(data, "kind")
    if kind not in set(ReactionKind):
        raise NotFound
    pressed = data.get("on") is not False
    return reactions.react(session, member, module, number(data, "number"), ReactionKind(kind), pressed)


def typing(session: Scope, member: MemberRef, module: ModuleRef, _data: Mapping[str, Any]) -> dict[str, Any]:
    """Let the others in a small room know that somebody is writing; often asked, seldom told."""
    wanted = module.settings.get(TYPING.key)
    if not (TYPING.default if wanted is None else wanted):
        return {}
    room = rooms.of_module(session, module)
    if people_in(session, ROOM, room.id) > FEW or SAY not in rules.ALLOWED[_phase(session, module, room)]:
        return {}
    if _may_tell((session.tenant_id or 0, room.id, member.id)):
        ring(session, ROOM, room.id, {"typing": member.display_name})
    return {}


def text(data: Mapping[str, Any], key: str) -> str:
    """Read a text that a client sent; empty for anything else."""
    value = data.get(key)
    return value if isinstance(value, str) else ""


def number(data: Mapping[str, Any], key: str) -> int:
    """Read a number that a client sent; 0 for what is none that a row could have."""
    value = data.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST else 0


def event(name: str, permission: str, answer: Answer) -> LiveEvent:
    """Make an event of a verb: it happens in a room, in a transaction of its own."""

    def handle(place: Here, data: Any) -> Any:
        member, module = place.member, place.module
        if member is None:
            raise Denied
        if module is None or not isinstance(data, Mapping):
            raise NotFound
        told = answer(place.session, member, module, data)
        place.session.commit()
        return told

    return LiveEvent(name, permission, handle, in_module=True)


def _phase(session: Scope, module: ModuleRef, room: Any) -> Phase:
    """Give what the hours of a room allow now; where nobody may write, nobody's name is shown as writing."""
    return rules.now_in(session, module, room).phase


def _may_tell(who: tuple[int, int, int]) -> bool:
    now = time.monotonic()
    if now - _typed.get(who, -TYPING_SECONDS) < TYPING_SECONDS:
        return False
    if len(_typed) >= MOST_TYPING:
        _typed.clear()
    _typed[who] = now
    return True


def hears(session: Session, member: MemberRef | None, room_id: int) -> bool:
    """Tell whether somebody may read along in a room."""
    scope = cast("Scope", session)
    module = _module(scope, member, room_id)
    return module is not None and not _is_out(member, module) and may(scope, member, READ, module)


def steers(session: Session, member: MemberRef | None, room_id: int) -> bool:
    """Tell whether somebody hears what those at the desk do."""
    scope = cast("Scope", session)
    module = _module(scope, member, room_id)
    if module is None or _is_out(member, module):
        return False
    return any(may(scope, member, key, module) for key in (HELD, STEER))


def state(session: Session, room_id: int) -> dict[str, Any]:
    """Give what everybody may know of a room, by which clients notice what they missed; four statements at most."""
    scope, room = cast("Scope", session), rooms.by_id(session, room_id)
    module = module_by_id(scope, room.module_id)
    return {} if module is None else room_facts(scope, module, room)


def capacity(session: Session, room_id: int) -> int:
    """Give how many people may listen in a room."""
    module = module_by_id(session, rooms.by_id(session, room_id).module_id)
    return wishes.of(module).capacity if module is not None else 0


def _is_out(member: MemberRef | None, module: ModuleRef) -> bool:
    """Tell whether somebody is suspended in this room: its page stays readable, nothing live is left."""
    return member is not None and member.standing_in(module) is Standing.SUSPENDED


def _module(session: Scope, member: MemberRef | None, room_id: int) -> ModuleRef | None:
    """Give the module of a room if somebody may open its page."""
    module_id = session.scalar(select(Room.module_id).where(Room.id == room_id))
    return None if module_id is None else module_for(session, member, module_id)


EVENTS = [
    event("say", SAY, say),
    event("edit", EDIT, edit),
    event("withdraw", "signed_in", withdraw),
    event("react", REACT, react),
    event("typing", SAY, typing),
    *asking.EVENTS,
    *speaking.EVENTS,
]
SPACE = LiveNamespace(
    KIND,
    EVENTS,
    rooms=[LiveRoom(ROOM, hears, state, capacity), LiveRoom(DESK, steers)],
)
