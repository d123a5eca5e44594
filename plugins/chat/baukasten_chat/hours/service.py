"""Planning the openings of a room, and what moderators do to the one that runs."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, NotFound, Scope, clock, dgettext, record, require
from baukasten_chat import rooms
from baukasten_chat.hours import bells, clockface, rules, wording
from baukasten_chat.hours.plans import MAX_TITLE, OVERRUN, Plan
from baukasten_chat.keys import SETUP, STEER, Phase
from baukasten_chat.limits import wishes
from baukasten_chat.models import Window

_ = lazy("chat")
MOST = 100
"""Openings to come that a room has at most; two years of weeks."""
LONGEST = dt.timedelta(hours=24)
LATEST_OVERRUN = dt.timedelta(hours=6)
"""After the planned end."""
KEPT = dt.timedelta(weeks=12)
"""For so long calendars keep an opening that is over."""
UNSYNCED = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class _Times:
    lobby_at: dt.datetime
    opens_at: dt.datetime
    closes_at: dt.datetime


def plan(session: Scope, actor: MemberRef, module: ModuleRef, wish: Plan, zone: dt.tzinfo) -> list[int]:
    """Plan one opening or one a week, and give their ids.

    Times are those on the wall in the town's zone, also after the clocks are changed. Raises Denied, and Invalid
    with what is wrong under ``day``, ``begins``, ``ends``, ``until`` or ``title``.
    """
    require(session, actor, SETUP, module)
    room = _held(session, module)
    known = _planned(session, room.id)
    found = [_times(wish, day, zone) for day in _days(wish, len(known))]
    for times in found:
        _check_free(times, known)
    grace = wishes.of(module).grace_minutes
    windows = [_window(room.id, wish, times, grace) for times in found]
    session.add_all(windows)
    session.flush()
    _told(session, actor, module, room.id, "plan", windows[0].id, count=len(windows))
    return [window.id for window in windows]


def change(
    session: Scope, actor: MemberRef, module: ModuleRef, window_id: int, wish: Plan, zone: dt.tzinfo
) -> None:
    """Plan an opening that is not over otherwise; what was added to it is gone.

    Raises Denied, NotFound, Conflict for one that is over or cancelled, and Invalid as ``plan`` does.
    """
    require(session, actor, SETUP, module)
    room = _held(session, module)
    window = _coming(session, room.id, window_id)
    times = _times(wish, wish.day, zone)
    _check_free(times, [one for one in _planned(session, room.id) if one.id != window_id])
    lobby_at = times.lobby_at if wish.lobby_days is not None else min(window.lobby_at, times.opens_at)
    values = {"opens_at": times.opens_at, "closes_at": times.closes_at, "lobby_at": lobby_at}
    _set(session, window_id, **values, title=wish.title.strip(), extended_until=None)
    _told(session, actor, module, room.id, "change", window_id)


def cancel(session: Scope, actor: MemberRef, module: ModuleRef, window_id: int) -> None:
    """Call an opening off; calendars that follow the room hear of it. Raises Denied, NotFound, Conflict."""
    require(session, actor, SETUP, module)
    room = _held(session, module)
    _coming(session, room.id, window_id)
    _set(session, window_id, cancelled_at=clock.now())
    _told(session, actor, module, room.id, "cancel", window_id)


def remove(session: Scope, actor: MemberRef, module: ModuleRef, window_id: int) -> None:
    """Delete an opening that was called off, as if it had never been planned. Raises Denied, NotFound, Conflict."""
    require(session, actor, SETUP, module)
    room = _held(session, module)
    window = load(session, room.id, window_id)
    if window.cancelled_at is None:
        raise Conflict(_("Call this opening off first, so that people hear of it."))
    session.execute(delete(Window).where(Window.id == window_id), execution_options=UNSYNCED)
    _told(session, actor, module, room.id, "remove", window_id)


def extend(session: Scope, actor: MemberRef, module: ModuleRef, minutes: int = OVERRUN) -> dt.datetime:
    """Let the opening that runs, or has just ended, go on for some minutes, and give its new end.

    Raises Denied, and Conflict where none runs, the next one begins before, or it would take hours longer.
    """
    require(session, actor, STEER, module)
    room = _held(session, module)
    hours = rules.now_in(session, module, room)
    window = hours.window
    if window is None or hours.shut or hours.phase not in (Phase.RUNNING, Phase.GRACE):
        raise Conflict(_("No opening runs at the moment."))
    end = rules.end_of(window) + dt.timedelta(minutes=minutes)
    if end - window.closes_at > LATEST_OVERRUN:
        raise Conflict(_("This opening is hours longer than planned already. Plan another one."))
    following = next((one for one in _planned(session, room.id) if one.opens_at > window.opens_at), None)
    if following is not None and following.opens_at < end:
        text = dgettext(
            "chat", "The next opening begins before: %(when)s.", when=wording.moment(following.opens_at)
        )
        raise Conflict(text)
    _set(session, window.id, extended_until=end)
    _told(session, actor, module, room.id, "extend", window.id, minutes=minutes)
    return end


def close(session: Scope, actor: MemberRef, module: ModuleRef) -> None:
    """Shut a room at once, until somebody opens it or the next opening begins. Raises Denied."""
    require(session, actor, STEER, module)
    room = _held(session, module)
    bells.change(session, module, room.id, closed_at=clock.now())
    record(session, actor, "chat.room.close", f"module:{module.id}")


def reopen(session: Scope, actor: MemberRef, module: ModuleRef) -> None:
    """Let a room's hours count again. Raises Denied."""
    require(session, actor, STEER, module)
    room = _held(session, module)
    bells.change(session, module, room.id, closed_at=None)
    record(session, actor, "chat.room.reopen", f"module:{module.id}")


def load(session: Scope, room_id: int, window_id: int) -> Any:
    """Give an opening of a room; raises NotFound."""
    mine = (Window.id == window_id, Window.room_id == room_id)
    row = session.execute(select(Window.__table__).where(*mine)).one_or_none()
    if row is None:
        raise NotFound
    return row


def listed(session: Scope, room_id: int, limit: int = MOST) -> Sequence[Any]:
    """Give the openings that are not over, in order, those that were called off among them."""
    at = clock.now()
    coming = (Window.room_id == room_id, rules.ends_at() + rules.grace() > at)
    query = select(Window.__table__).where(*coming).order_by(Window.opens_at, Window.id).limit(limit)
    return session.execute(query).all()


def calendar_of(session: Scope, room_id: int) -> Sequence[Any]:
    """Give the openings of the last weeks and those to come, in order, as calendars follow them."""
    since = clock.now() - KEPT
    recent = (Window.room_id == room_id, Window.closes_at > since)
    query = select(Window.__table__).where(*recent).order_by(Window.opens_at, Window.id).limit(3 * MOST)
    return session.execute(query).all()


def _held(session: Scope, module: ModuleRef) -> Any:
    """Hold the room, so that two colleagues do not plan past each other."""
    return rooms.lock(session, rooms.of_module(session, module).id)


def _planned(session: Scope, room_id: int) -> list[Any]:
    return [one for one in listed(session, room_id, 2 * MOST) if one.cancelled_at is None]


def _coming(session: Scope, room_id: int, window_id: int) -> Any:
    window = load(session, room_id, window_id)
    if window.cancelled_at is not None or rules.over_at(window) <= clock.now():
        raise Conflict(_("This opening is over or was called off. Plan another one."))
    return window


def _days(wish: Plan, known: int) -> list[dt.date]:
    if wish.until is not None and wish.until < wish.day:
        raise Invalid({"until": _("The last day comes before the first one.")})
    if wish.until is not None and (wish.until - wish.day) > MOST * clockface.WEEK:
        raise Invalid({"until": _("So far ahead nothing can be planned. Choose an earlier day.")})
    days = list(clockface.days(wish.day, wish.until))
    if known + len(days) > MOST:
        raise Invalid({"": _("So many openings are planned already. Call some off first.")})
    return days


def _times(wish: Plan, day: dt.date, zone: dt.tzinfo) -> _Times:
    now = clock.now()
    opens_at = clockface.moment(day, wish.begins, zone)
    closes_at = clockface.moment(clockface.end(day, wish.begins, wish.ends), wish.ends, zone, "ends")
    if len(wish.title.strip()) > MAX_TITLE:
        raise Invalid({"title": _("This is too long.")})
    # In the night of changed clocks, what ends later on the wall may end before it begins.
    if not opens_at < closes_at <= opens_at + LONGEST:
        raise Invalid({"ends": _("An opening ends after it begins, and within a day.")})
    if closes_at <= now:
        raise Invalid({"day": _("This moment is over already.")})
    lobby_at = now
    if wish.lobby_days is not None:
        lobby_at = clockface.before(day, wish.begins, zone, wish.lobby_days)
    return _Times(min(lobby_at, opens_at), opens_at, closes_at)


def _check_free(times: _Times, others: Sequence[Any]) -> None:
    for other in others:
        if times.opens_at < rules.end_of(other) and other.opens_at < times.closes_at:
            when = wording.stretch(other.opens_at, rules.end_of(other))
            raise Invalid({"day": dgettext("chat", "Another opening is planned then: %(when)s.", when=when)})


def _window(room_id: int, wish: Plan, times: _Times, grace: int) -> Window:
    return Window(
        room_id=room_id,
        title=wish.title.strip(),
        lobby_at=times.lobby_at,
        opens_at=times.opens_at,
        closes_at=times.closes_at,
        grace_minutes=grace,
        changed_at=clock.now(),
        created_at=clock.now(),
    )


def _set(session: Scope, window_id: int, **values: Any) -> None:
    """Change an opening; calendars see by its revision that this is the newer word."""
    values |= {"revision": Window.revision + 1, "changed_at": func.greatest(clock.now(), Window.changed_at)}
    changed = update(Window).where(Window.id == window_id).values(values)
    session.execute(changed, execution_options=UNSYNCED)


def _told(
    session: Scope, actor: MemberRef, module: ModuleRef, room_id: int, deed: str, window_id: int, **facts: Any
) -> None:
    bells.change(session, module, room_id)
    record(session, actor, f"chat.window.{deed}", f"module:{module.id}", window=window_id, **facts)
