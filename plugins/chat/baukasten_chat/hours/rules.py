"""What the hours of a room allow at a moment; the server's clock decides, never a browser's."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import DateTime, Integer, Select, bindparam, cast, func, select, union_all

from baukasten.plugin import LazyText, MemberRef, ModuleRef, lazy
from baukasten.sdk import Closed, Scope, clock, dgettext, may, translator
from baukasten_chat.keys import ASK, EDIT, REACT, SAY, SPEAK, STEER, VOTE, Phase
from baukasten_chat.limits import pace
from baukasten_chat.models import Window

_ = lazy("chat")

WRITING = frozenset({SAY, ASK, VOTE, REACT, EDIT, SPEAK})
"""What hours can take away; reading, reporting and taking back what one wrote they never do."""
ALLOWED: Mapping[Phase, frozenset[str]] = {
    Phase.ALWAYS: WRITING,
    Phase.ANNOUNCED: frozenset(),
    Phase.LOBBY: frozenset({ASK, VOTE, EDIT}),
    Phase.RUNNING: WRITING,
    Phase.GRACE: frozenset({SAY, VOTE, REACT, EDIT}),
    Phase.CLOSED: frozenset(),
}
MINUTE = dt.timedelta(minutes=1)
WindowRow = Any
"""A row of ``chat_window``."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Where a room stands in its hours."""

    phase: Phase
    window: WindowRow | None = None
    """The opening that counts now, else the next one, else the last; nothing without any."""
    opens_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None
    """The end with what was added to it, without grace."""
    until: dt.datetime | None = None
    """When messages are no longer taken: the end of the grace."""
    next_at: dt.datetime | None = None
    """The next moment at which the phase changes by itself."""
    last: WindowRow | None = None
    """The opening that was over last, while another one counts."""
    shut: bool = False
    """Whether staff keeps it closed, not its hours."""


def now_in(
    session: Scope,
    module: ModuleRef,  # noqa: ARG001 - what may be asked of a room is asked with its module, here too
    room: Any,
    at: dt.datetime | None = None,
) -> Hours:
    """Tell where a room stands at a moment; one statement."""
    at = at or clock.now()
    return judge(near(session, room.id, at), room.closed_at, at)


def need(session: Scope, actor: MemberRef, module: ModuleRef, room: Any, permission: str) -> None:
    """Refuse what a room's hours and limits do not allow at this moment; beside ``require``, never instead.

    Asked before something is stored and once more while the room's row is held. Those who steer the room are
    bound by neither. Raises Closed with a reason for people, and TooMany with the seconds to wait.
    """
    at = clock.now()
    hours = now_in(session, module, room, at)
    if permission not in WRITING:
        return
    if permission not in ALLOWED[hours.phase]:
        if may(session, actor, STEER, module):
            return
        raise Closed(refusal(hours, permission))
    pace.need(session, actor, module, room, permission, at)


def judge(windows: Sequence[WindowRow], closed_at: dt.datetime | None, at: dt.datetime) -> Hours:
    """Tell where a room with these windows stands, which are those around the moment, in order.

    What staff shut stays so until they open it again or the next opening begins.
    """
    planned = [one for one in windows if one.cancelled_at is None]
    last = next((one for one in reversed(planned) if over_at(one) <= at), None)
    coming = [one for one in planned if over_at(one) > at]
    begun = [one for one in coming if one.opens_at <= at]
    window = begun[-1] if begun else next(iter(coming), last)
    if closed_at is not None and closed_at <= at and not (begun and begun[-1].opens_at > closed_at):
        following = next((one for one in coming if one.opens_at > at), None)
        return _hours(Phase.CLOSED, window, following.opens_at if following else None, shut=True)
    if window is None:
        # Where every opening was cancelled, none is left; that opens no room for good.
        return Hours(Phase.CLOSED if windows else Phase.ALWAYS)
    if window is last:
        return _hours(Phase.CLOSED, window, None)
    phase, until = _phase(window, at)
    following = next((one for one in coming if one.opens_at > at and one is not window), None)
    if following is not None and following.opens_at < until:
        until = following.opens_at
    return _hours(phase, window, until, last=last)


def near(session: Scope, room_id: int, at: dt.datetime) -> Sequence[WindowRow]:
    """Read the openings around a moment in order, one statement: the last that is over, the first three that are not.

    With them comes one that was cancelled, if any was.
    """
    return session.execute(_near(), {"room": room_id, "at": at}).all()


@cache
def _near() -> Select[Any]:
    """Give the statement of ``near``; whoever writes or reads asks it, so that it is made once."""
    table, mine = Window.__table__, Window.room_id == bindparam("room")
    planned = (mine, Window.cancelled_at.is_(None))
    over = ends_at() + grace() <= bindparam("at", type_=DateTime(timezone=True))
    parts = (
        select(table).where(*planned, over).order_by(ends_at().desc()).limit(1),
        select(table).where(*planned, ~over).order_by(Window.opens_at).limit(3),
        select(table).where(mine, Window.cancelled_at.is_not(None)).limit(1),
    )
    found = union_all(*parts).subquery()
    return select(found).order_by(found.c.opens_at)


def ends_at() -> Any:
    """Give when an opening ends, as SQL."""
    return func.coalesce(Window.extended_until, Window.closes_at)


def grace() -> Any:
    """Give how long after its end messages are still taken, as SQL."""
    return func.make_interval(0, 0, 0, 0, 0, cast(Window.grace_minutes, Integer))


def end_of(window: WindowRow) -> dt.datetime:
    """Give when an opening ends, with what was added to it."""
    end: dt.datetime = window.extended_until or window.closes_at
    return end


def over_at(window: WindowRow) -> dt.datetime:
    """Give when nothing more is taken: after the grace."""
    span: dt.timedelta = window.grace_minutes * MINUTE
    return end_of(window) + span


def mark_of(rows: Iterable[tuple[Any, ...]]) -> str:
    """Give a short mark of some values that differs whenever one of them does."""
    said = ";".join(":".join(str(value) for value in row) for row in rows)
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest() if said else ""


def _phase(window: WindowRow, at: dt.datetime) -> tuple[Phase, dt.datetime]:
    if at < window.lobby_at:
        return Phase.ANNOUNCED, window.lobby_at
    if at < window.opens_at:
        return Phase.LOBBY, window.opens_at
    if at < end_of(window):
        return Phase.RUNNING, end_of(window)
    return Phase.GRACE, over_at(window)


def _hours(
    phase: Phase,
    window: WindowRow | None,
    next_at: dt.datetime | None,
    *,
    last: WindowRow | None = None,
    shut: bool = False,
) -> Hours:
    if window is None:
        return Hours(phase, next_at=next_at, shut=shut)
    return Hours(
        phase, window, window.opens_at, end_of(window), over_at(window), next_at, last=last, shut=shut
    )


SHUT: LazyText = _("The moderators have closed this room. You can still read everything.")
NONE: LazyText = _("No opening is planned at the moment. You can still read everything.")
NOT_YET: LazyText = _("This opens on %(day)s.")
LATER: Mapping[Phase, LazyText] = {
    Phase.LOBBY: _("Messages open on %(day)s. You can send in questions and vote until then."),
    Phase.GRACE: _("The time is over. Messages that were begun are still taken, nothing new."),
}


def refusal(hours: Hours, permission: str) -> str:
    """Say why a room's hours refuse something, and what is possible instead."""
    if hours.shut or hours.window is None:
        return str(SHUT if hours.shut else NONE)
    if hours.phase is Phase.ANNOUNCED:
        day = hours.window.lobby_at if permission in ALLOWED[Phase.LOBBY] else hours.window.opens_at
        return str(NOT_YET) % {"day": translator().datetime(day)}
    if hours.phase in LATER:
        return str(LATER[hours.phase]) % {"day": translator().datetime(hours.window.opens_at)}
    end = translator().datetime(end_of(hours.window))
    return dgettext("chat", "This was open until %(day)s. You can still read everything.", day=end)
