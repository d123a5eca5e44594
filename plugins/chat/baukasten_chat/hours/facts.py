"""The facts of a room that every client is told."""

from typing import Any

from sqlalchemy import select

from baukasten.plugin import ModuleRef
from baukasten.sdk import Scope, clock
from baukasten_chat import wire
from baukasten_chat.hours import rules
from baukasten_chat.keys import SpeakerState
from baukasten_chat.limits import pace, wishes
from baukasten_chat.models import Question, Speaker

ON_LIST = (SpeakerState.WAITING, SpeakerState.SPEAKING, SpeakerState.PAUSED)
MOST_SPEAKERS = 200
"""People who wait at a time; no evening is long enough for more."""


def room_facts(session: Scope, module: ModuleRef, room: Any) -> dict[str, Any]:
    """Give what everybody may know of a room at this moment, as JSON can say it; at most three statements.

    Told with every answer to "since", on entering and with every tick; whoever rings some of it anew rings it under
    ``facts``, and clients lay it over what they know.
    """
    at = clock.now()
    hours = rules.now_in(session, module, room, at)
    return {
        "version": room.version,
        "number": room.number,
        "phase": hours.phase.value,
        "shut": hours.shut,
        "opens_at": wire.moment(hours.opens_at),
        "closes_at": wire.moment(hours.closes_at),
        "until": wire.moment(hours.until),
        "next_at": wire.moment(hours.next_at),
        "slow": pace.pause_of(module, room, at),
        "slow_until": wire.moment(room.slowed_until) if pace.is_busy(room, at) else "",
        "stage": _stage(session, room),
        "announcement": {"html": room.announcement_html, "at": wire.moment(room.announced_at)},
        "list_closed": room.list_closed,
        "speakers": _speakers(session, module, room),
    }


def _stage(session: Scope, room: Any) -> int | None:
    """Give the number of the question on the stage."""
    if room.stage_id is None:
        return None
    return session.scalar(select(Question.number).where(Question.id == room.stage_id))


def _speakers(session: Scope, module: ModuleRef, room: Any) -> str:
    """Give a mark of who speaks and waits; clients ask for the list when it is another one."""
    if not wishes.of(module).has_speakers:
        return ""
    columns = (Speaker.id, Speaker.state, Speaker.position, Speaker.seconds)
    query = select(*columns).where(Speaker.room_id == room.id, Speaker.state.in_(ON_LIST))
    rows = session.execute(query.order_by(Speaker.position, Speaker.id).limit(MOST_SPEAKERS))
    return rules.mark_of(tuple(row) for row in rows)
