"""The pause between two messages, as moderators set it during the evening."""

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import Invalid, Scope, record, require
from baukasten_chat import rooms
from baukasten_chat.hours import bells
from baukasten_chat.keys import STEER

LONGEST = 3_600


def set_pause(session: Scope, actor: MemberRef, module: ModuleRef, seconds: int | None) -> None:
    """Let everybody wait so many seconds; nothing for what the town set for the room. Raises Denied, Invalid.

    A pause that the room gave itself ends at once: somebody looks after it now.
    """
    require(session, actor, STEER, module)
    if seconds is not None and not 0 <= seconds <= LONGEST:
        raise Invalid({"seconds": ""})
    room = rooms.of_module(session, module)
    bells.change(session, module, room.id, slow_seconds=seconds, slowed_until=None)
    record(session, actor, "chat.room.pause", f"module:{module.id}", seconds=seconds)
