"""Asking for the floor over a live connection."""

from typing import Any

from baukasten.plugin import LiveEvent, MemberRef, ModuleRef
from baukasten.sdk import Denied, Here, Invalid
from baukasten_chat.keys import SPEAK
from baukasten_chat.speakers import service


def speak(place: Here, data: Any) -> dict[str, Any]:
    """Ask for the floor; ``data`` has perhaps ``about``. Gives the row."""
    about = data.get("about", "") if isinstance(data, dict) else None
    if not isinstance(about, str) or "\x00" in about:
        raise Invalid
    actor, module = _who(place)
    found = service.join(place.session, actor, module, about)
    place.session.commit()
    return {"id": found}


def leave(place: Here, _data: Any) -> dict[str, Any]:
    """Step back from the list, or give the floor back."""
    actor, module = _who(place)
    service.leave(place.session, actor, module)
    place.session.commit()
    return {}


def _who(place: Here) -> tuple[MemberRef, ModuleRef]:
    if place.member is None or place.module is None:
        raise Denied
    return place.member, place.module


EVENTS = [
    LiveEvent("speak", SPEAK, speak, in_module=True),
    LiveEvent("leave", "signed_in", leave, in_module=True),
]
