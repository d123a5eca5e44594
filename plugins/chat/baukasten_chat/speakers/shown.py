"""The list of speakers as people see it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Form, Scope, clock, module_url, sign_in_url
from baukasten_chat import wire
from baukasten_chat.hours import closing, rules
from baukasten_chat.keys import SPEAK, SpeakerState
from baukasten_chat.limits import spans, wishes
from baukasten_chat.speakers import forms, lists

_ = lazy("chat")
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the list."""

    id: int
    name: str
    first: bool
    """Whether it is the first time in this room."""
    mine: bool
    hall: bool
    about: str
    """For those who lead the room, and for oneself."""
    url: str
    """Where those who lead the room act on this one; empty for the others."""


@dataclass(frozen=True, slots=True)
class Floor:
    """Who speaks, and how long."""

    person: Person
    paused: bool
    seconds: int
    clock: str
    """Minutes and seconds, as a clock shows them."""
    since: str
    """When the clock began to run, with ``seconds`` before; empty while it stands."""
    over: bool
    """Whether the time is up."""


@dataclass(frozen=True, slots=True)
class SpeakersPart:
    """The list on a page."""

    token: str
    """Of what scripts compare with the facts of the room, to know when this part is out of date."""
    floor: Floor | None
    waiting: list[Person]
    mine: bool
    """Whether the reader is on the list."""
    list_closed: bool
    limit: int
    """Seconds that one person may speak; 0 for no limit."""
    limit_text: str
    join: Form | None
    """For who may join at this moment."""
    closed: str
    """Why nobody joins now; empty where one can, or could after signing in."""
    sign_in_url: str
    leads: bool
    hall: Form | None
    """The form that puts people in the hall on the list."""
    leave_url: str
    act_url: str
    page_url: str
    part_url: str
    back: str
    """The page that buttons lead back to; empty for the list's own."""


def part(
    session: Scope,
    module: ModuleRef,
    room: Any,
    member: MemberRef | None,
    *,
    join: Form | None = None,
    hall: Form | None = None,
    hours: rules.Hours | None = None,
    back: str = "",
) -> SpeakersPart | None:
    """Give the list for a page, three statements at most; nothing for a room without one.

    ``hours`` are given where somebody knows them already; forms that were refused are shown as they were sent.
    """
    wish = wishes.of(module)
    if not wish.has_speakers:
        return None
    at, rows = clock.now(), lists.load(session, room.id)
    leads = closing.steers(session, module, member)
    people = {row.id: _person(module, row, member, leads=leads) for row in rows}
    speaking, limit = lists.on_floor(rows), wish.speaking_minutes * MINUTE
    mine = any(person.mine for person in people.values())
    closed = _closed(session, module, room, member, hours)
    can_join = member is not None and not closed and not mine
    page_url = module_url(module, "speakers")
    return SpeakersPart(
        token=token(rows),
        floor=_floor(speaking, people[speaking.id], limit, at) if speaking is not None else None,
        waiting=[people[row.id] for row in lists.waiting(rows)],
        mine=mine,
        list_closed=room.list_closed,
        limit=limit,
        limit_text=spans.text(limit) if limit else "",
        join=(join or forms.join_form(module_url(module, "ask_floor"))) if can_join else None,
        closed="" if mine else closed,
        sign_in_url=sign_in_url(page_url) if member is None and not closed else "",
        leads=leads,
        hall=(hall or forms.hall_form(module_url(module, "add_speaker"))) if leads else None,
        leave_url=module_url(module, "leave_floor"),
        act_url=module_url(module, "lead_speakers"),
        page_url=page_url,
        part_url=module_url(module, "speakers_part"),
        back=back,
    )


def token(rows: Any) -> str:
    """Give a mark of a list that differs whenever it does; the same as the room's facts have."""
    return rules.mark_of((row.id, row.state, row.position, row.seconds) for row in rows)


def clock_text(seconds: int) -> str:
    """Write a span as a clock shows it: 2:05."""
    return f"{seconds // MINUTE}:{seconds % MINUTE:02d}"


def _floor(row: Any, person: Person, limit: int, at: dt.datetime) -> Floor:
    spoken = lists.spoken(row, at)
    paused = row.state == SpeakerState.PAUSED
    return Floor(person, paused, row.seconds, clock_text(spoken), wire.moment(row.since), 0 < limit <= spoken)


def _person(module: ModuleRef, row: Any, member: MemberRef | None, *, leads: bool) -> Person:
    mine = member is not None and row.member_id == member.id
    return Person(
        id=row.id,
        name=row.shown or str(_("Somebody whose account is closed")),
        first=row.first,
        mine=mine,
        hall=row.member_id is None and bool(row.name),
        about=row.about if mine or leads else "",
        url=module_url(module, "lead_speaker", row_id=row.id) if leads else "",
    )


def _closed(
    session: Scope, module: ModuleRef, room: Any, member: MemberRef | None, hours: rules.Hours | None
) -> str:
    """Say why nobody, or not this person, joins the list at this moment."""
    if room.list_closed:
        return str(_("The list is closed."))
    return closing.why(session, module, member, hours or rules.now_in(session, module, room), SPEAK)
