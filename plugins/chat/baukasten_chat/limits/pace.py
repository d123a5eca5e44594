"""How fast people write: pauses between the messages of one person, and a room that slows itself when it is busy."""

import datetime as dt
from typing import Any

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import Scope


def need(
    session: Scope, actor: MemberRef, module: ModuleRef, room: Any, permission: str, at: dt.datetime
) -> None:
    """Refuse what comes too fast. Raises TooMany with the seconds to wait."""
