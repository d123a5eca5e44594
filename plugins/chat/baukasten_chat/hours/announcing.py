"""One announcement over a room: everybody reads it on top, and hears of it once."""

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    Invalid,
    Scope,
    clock,
    normalise,
    record,
    render_line,
    require,
)
from baukasten_chat import rooms
from baukasten_chat.hours import bells
from baukasten_chat.hours.banner import MAX_TEXT
from baukasten_chat.keys import STEER

_ = lazy("chat")


def announce(session: Scope, actor: MemberRef, module: ModuleRef, text: str) -> None:
    """Put an announcement over a room, in place of an earlier one. Raises Denied, and Invalid under ``text``."""
    require(session, actor, STEER, module)
    text = normalise(text).strip()
    if not text:
        raise Invalid({"text": _("Write what everybody shall read.")})
    if len(text) > MAX_TEXT:
        raise Invalid({"text": _("This is too long.")})
    _put(session, actor, module, text, "announce")


def take_back(session: Scope, actor: MemberRef, module: ModuleRef) -> None:
    """Take the announcement away. Raises Denied."""
    require(session, actor, STEER, module)
    _put(session, actor, module, "", "unannounce")


def _put(session: Scope, actor: MemberRef, module: ModuleRef, text: str, deed: str) -> None:
    room = rooms.of_module(session, module)
    bells.change(
        session,
        module,
        room.id,
        announcement=text,
        announcement_html=str(render_line(text)) if text else "",
        announced_at=clock.now() if text else None,
    )
    record(session, actor, f"chat.room.{deed}", f"module:{module.id}")
