"""How fast people write: the pause between two messages of one person, and how many they send in a burst."""

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import Scope, TooMany, dgettext, may
from baukasten_chat.keys import ASK, SAY, STEER
from baukasten_chat.limits import spans, wishes
from baukasten_chat.models import Message, Question

BURST, BURST_SECONDS = 10, 30
"""Messages, and questions too, that one person sends in so many seconds at most."""
BUSY_PAUSE = 10
"""Seconds between two messages of one person while the room slows itself."""


def pause_of(module: ModuleRef, room: Any, at: dt.datetime) -> int:
    """Give the seconds that one person waits between two messages at a moment; 0 for none."""
    chosen = room.slow_seconds if room.slow_seconds is not None else wishes.of(module).slow_seconds
    return max(chosen, BUSY_PAUSE) if is_busy(room, at) else int(chosen)


def is_busy(room: Any, at: dt.datetime) -> bool:
    """Tell whether a room slows itself at a moment, because much was said at once."""
    return room.slowed_until is not None and room.slowed_until > at


def need(
    session: Scope, actor: MemberRef, module: ModuleRef, room: Any, permission: str, at: dt.datetime
) -> None:
    """Refuse what comes too fast; one statement. Those who steer the room are not bound.

    Counted by person alone: forty people behind one address are forty. Raises TooMany with the seconds to wait.
    """
    if permission not in (SAY, ASK):
        return
    pause = pause_of(module, room, at) if permission == SAY else 0
    table = Message if permission == SAY else Question
    span = dt.timedelta(seconds=max(pause, BURST_SECONDS))
    # What is held or was taken back counts too, or it would be worth doing.
    mine = (table.author_id == actor.id, table.room_id == room.id, table.created_at > at - span)
    query = select(table.created_at).where(*mine).order_by(table.created_at.desc()).limit(BURST)
    wait = _wait(session.scalars(query).all(), pause, at)
    if wait <= 0 or may(session, actor, STEER, module):
        return
    seconds = math.ceil(wait)
    raise TooMany(seconds, _said(pause, seconds))


def _wait(sent: Sequence[dt.datetime], pause: int, at: dt.datetime) -> float:
    """Give the seconds until the next one fits, by the moments of the last ones, the newest first."""
    free = [at]
    if sent and pause:
        free.append(sent[0] + dt.timedelta(seconds=pause))
    if len(sent) == BURST:
        free.append(sent[-1] + dt.timedelta(seconds=BURST_SECONDS))
    return (max(free) - at).total_seconds()


def _said(pause: int, seconds: int) -> str:
    left = spans.text(seconds)
    if not pause:
        return dgettext("chat", "You have sent a lot at once. You can go on in %(left)s.", left=left)
    return dgettext(
        "chat",
        "Everybody may write here once in %(span)s, so that all can follow. You can again in %(left)s.",
        span=spans.text(pause),
        left=left,
    )
