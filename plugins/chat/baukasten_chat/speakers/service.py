"""Asking for the floor, and what those who lead the room do with the list."""

from collections.abc import Sequence
from typing import Any

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Closed, Conflict, Invalid, NotFound, Scope, clock, record, require
from baukasten_chat import rooms
from baukasten_chat.hours import bells, rules
from baukasten_chat.hours.facts import MOST_SPEAKERS
from baukasten_chat.keys import SPEAK, STEER, SpeakerState
from baukasten_chat.limits import wishes
from baukasten_chat.speakers import lists

_ = lazy("chat")
MAX_NAME = 80
MAX_ABOUT = 140


def join(session: Scope, actor: MemberRef, module: ModuleRef, about: str = "") -> int:
    """Ask for the floor, and give the row's id; ``about`` is read by those who lead the room alone.

    Raises Denied, Closed by the room's hours or for a closed list, Conflict for who is on it, Invalid.
    """
    require(session, actor, SPEAK, module)
    room = _room(session, module)
    rules.need(session, actor, module, room, SPEAK)
    if len(about) > MAX_ABOUT:
        raise Invalid({"about": _("This is too long.")})
    rows = lists.load(session, room.id)
    if any(row.member_id == actor.id for row in rows):
        raise Conflict(_("You are on the list already."))
    _check_room(room, rows)
    first = lists.is_first(session, room.id, actor.id, "")
    who = {"member_id": actor.id, "about": about.strip()}
    found = lists.put(session, room.id, rows, first=first, at=clock.now(), **who)
    bells.change(session, module, room.id)
    return found


def leave(session: Scope, actor: MemberRef, module: ModuleRef) -> None:
    """Step back from the list, or give the floor back. Raises NotFound for who is not on it."""
    room = _room(session, module)
    row = next((one for one in lists.load(session, room.id) if one.member_id == actor.id), None)
    if row is None:
        raise NotFound
    _end(session, row, SpeakerState.DONE if row.state in lists.ON_FLOOR else SpeakerState.LEFT)
    bells.change(session, module, room.id)


def add(session: Scope, actor: MemberRef, module: ModuleRef, name: str) -> int:
    """Put somebody in the hall on the list by name, and give the row's id. Raises Denied, Closed, Invalid."""
    room, rows = _led(session, actor, module)
    name = " ".join(name.split())
    if not name:
        raise Invalid({"name": _("Write who wants to speak.")})
    if len(name) > MAX_NAME:
        raise Invalid({"name": _("This is too long.")})
    _check_full(rows)
    first = lists.is_first(session, room.id, None, name)
    found = lists.put(session, room.id, rows, first=first, at=clock.now(), name=name)
    _told(session, actor, module, room.id, "add", found)
    return found


def call(session: Scope, actor: MemberRef, module: ModuleRef, speaker_id: int | None = None) -> None:
    """Give the floor to the next one, or to a certain one; who spoke is done. Raises Denied, NotFound, Conflict."""
    room, rows = _led(session, actor, module)
    queue = lists.waiting(rows)
    if speaker_id is None and not queue:
        raise Conflict(_("Nobody is waiting."))
    chosen = queue[0] if speaker_id is None else lists.find(queue, speaker_id)
    speaking = lists.on_floor(rows)
    if speaking is not None:
        _end(session, speaking, SpeakerState.DONE)
    lists.change(session, chosen.id, state=SpeakerState.SPEAKING, since=clock.now())
    _told(session, actor, module, room.id, "call", chosen.id)


def pause(session: Scope, actor: MemberRef, module: ModuleRef) -> None:
    """Stop the clock of who speaks. Raises Denied, Conflict."""
    _switch(session, actor, module, SpeakerState.SPEAKING, "pause")


def resume(session: Scope, actor: MemberRef, module: ModuleRef) -> None:
    """Let the clock of who was stopped go on. Raises Denied, Conflict."""
    _switch(session, actor, module, SpeakerState.PAUSED, "resume")


def finish(session: Scope, actor: MemberRef, module: ModuleRef) -> None:
    """Take the floor back from who speaks. Raises Denied, Conflict."""
    room, rows = _led(session, actor, module)
    row = _speaking(rows, *lists.ON_FLOOR)
    _end(session, row, SpeakerState.DONE)
    _told(session, actor, module, room.id, "finish", row.id)


def move(session: Scope, actor: MemberRef, module: ModuleRef, speaker_id: int, *, up: bool) -> None:
    """Let somebody change places with the one before or behind; at the end nothing changes. Raises Denied, NotFound."""
    room, rows = _led(session, actor, module)
    queue = lists.waiting(rows)
    place = queue.index(lists.find(queue, speaker_id))
    other = place - 1 if up else place + 1
    if 0 <= other < len(queue):
        lists.change(session, queue[place].id, position=queue[other].position)
        lists.change(session, queue[other].id, position=queue[place].position)
        _told(session, actor, module, room.id, "move", speaker_id)


def strike(session: Scope, actor: MemberRef, module: ModuleRef, speaker_id: int) -> None:
    """Take somebody who waits off the list. Raises Denied, NotFound."""
    room, rows = _led(session, actor, module)
    row = lists.find(lists.waiting(rows), speaker_id)
    _end(session, row, SpeakerState.LEFT)
    _told(session, actor, module, room.id, "strike", row.id)


def close(session: Scope, actor: MemberRef, module: ModuleRef, *, closed: bool) -> None:
    """Take nobody else on the list, or open it again. Raises Denied."""
    room, _rows = _led(session, actor, module)
    bells.change(session, module, room.id, list_closed=closed)
    record(session, actor, "chat.speaker.list", f"module:{module.id}", closed=closed)


def _room(session: Scope, module: ModuleRef) -> Any:
    """Hold the room: whoever joins or leads the list comes one after the other. Raises Closed where there is none."""
    if not wishes.of(module).has_speakers:
        raise Closed(_("Nobody asks for the floor in this room."))
    return rooms.lock(session, rooms.of_module(session, module).id)


def _led(session: Scope, actor: MemberRef, module: ModuleRef) -> tuple[Any, Sequence[Any]]:
    require(session, actor, STEER, module)
    room = _room(session, module)
    return room, lists.load(session, room.id)


def _check_room(room: Any, rows: Sequence[Any]) -> None:
    if room.list_closed:
        raise Closed(_("The list is closed."))
    _check_full(rows)


def _check_full(rows: Sequence[Any]) -> None:
    if len(rows) >= MOST_SPEAKERS:
        raise Closed(_("The list is full."))


def _speaking(rows: Sequence[Any], *states: SpeakerState) -> Any:
    row = lists.on_floor(rows)
    if row is None or row.state not in states:
        raise Conflict(_("Nobody is speaking."))
    return row


def _switch(session: Scope, actor: MemberRef, module: ModuleRef, was: SpeakerState, deed: str) -> None:
    room, rows = _led(session, actor, module)
    row = _speaking(rows, was)
    stops = was is SpeakerState.SPEAKING
    values: dict[str, Any] = {"state": SpeakerState.PAUSED if stops else SpeakerState.SPEAKING}
    values |= {"seconds": lists.spoken(row, clock.now())} if stops else {}
    lists.change(session, row.id, **values, since=None if stops else clock.now())
    _told(session, actor, module, room.id, deed, row.id)


def _end(session: Scope, row: Any, state: SpeakerState) -> None:
    lists.change(session, row.id, state=state, seconds=lists.spoken(row, clock.now()), since=None)


def _told(
    session: Scope, actor: MemberRef, module: ModuleRef, room_id: int, deed: str, speaker_id: int
) -> None:
    bells.change(session, module, room_id)
    record(session, actor, f"chat.speaker.{deed}", f"module:{module.id}", speaker=speaker_id)
