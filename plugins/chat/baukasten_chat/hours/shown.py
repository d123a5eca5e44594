"""What people see of a room's hours: the facts that every client is told, and the part of the page."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import Scope, clock, may, module_url, translator, valid_until
from baukasten_chat import wire
from baukasten_chat.hours import banner, facts, rules, wording
from baukasten_chat.hours import controls as steering
from baukasten_chat.keys import SETUP, Form, Phase, QuestionState, TranscriptState
from baukasten_chat.limits import pace, spans, wishes
from baukasten_chat.models import SHOWN, Question, Transcript

BEFORE = (Phase.ANNOUNCED, Phase.LOBBY)
controls = steering.part
"""The part of the desk."""
announcement = banner.part
room_facts = facts.room_facts


@dataclass(frozen=True, slots=True)
class Count:
    """What is left until a moment, as a clock counts it down."""

    iso: str
    parts: list[tuple[int, str]]
    text: str


@dataclass(frozen=True, slots=True)
class HoursPart:
    """The hours on the page of a room."""

    phase: str
    key: str
    """Of what scripts compare with the facts of the room, to know when this part is out of date."""
    title: str
    """Of the opening that counts; empty where it has none of its own."""
    when: str
    """From when to when that opening lasts."""
    opens: str
    closes: str
    closes_time: str
    lobby: str
    """When questions are taken from."""
    until_time: str
    """Until when messages that were begun are still taken."""
    shut: bool
    extended: bool
    asks: bool
    """Whether questions are collected in this room."""
    questions: int
    """That lie there before the begin."""
    count: Count | None
    next_when: str
    """The next opening, after one that is over."""
    transcript_url: str
    dates_url: str
    calendar_url: str
    part_url: str
    """Where scripts get this part anew."""
    slow: str
    """The pause between two messages in words; empty for none."""
    busy: bool
    """Whether the room slows itself."""
    may_plan: bool
    now: rules.Hours
    """What the other parts of the page need to know, so that it is asked once."""
    units: dict[str, list[str]]
    """The words of the countdown, for scripts."""


def part(session: Scope, module: ModuleRef, room: Any, member: MemberRef | None) -> HoursPart:
    """Give the hours for the page; at most three statements. A room without hours shows nothing but its pace.

    Kept pages end with the phase.
    """
    at = clock.now()
    hours = rules.now_in(session, module, room, at)
    if hours.next_at is not None:
        valid_until(hours.next_at)
    slow = pace.pause_of(module, room, at)
    window, wish = hours.window, wishes.of(module)
    asks = wish.form == Form.QUESTIONS
    before = hours.phase in BEFORE
    next_at = hours.next_at if hours.shut else None
    return HoursPart(
        phase=hours.phase.value,
        key=_key(hours, slow),
        title=window.title if window else "",
        when=wording.stretch(window.opens_at, rules.end_of(window)) if window else "",
        opens=wording.moment(window.opens_at) if window else "",
        closes=wording.moment(rules.end_of(window)) if window else "",
        closes_time=translator().time(rules.end_of(window)) if window else "",
        lobby=wording.moment(window.lobby_at) if window and asks and hours.phase is Phase.ANNOUNCED else "",
        until_time=translator().time(rules.over_at(window)) if window else "",
        shut=hours.shut,
        extended=window is not None and window.extended_until is not None,
        asks=asks,
        questions=_waiting(session, room) if asks and hours.phase is Phase.LOBBY else 0,
        count=_count(hours, at) if before or hours.phase is Phase.RUNNING else None,
        next_when=wording.moment(next_at) if next_at else "",
        transcript_url=_transcript(session, module, hours),
        dates_url=module_url(module, "dates"),
        calendar_url=module_url(module, "calendar") if window else "",
        part_url=module_url(module, "hours_part"),
        slow=spans.text(slow) if slow else "",
        busy=pace.is_busy(room, at),
        may_plan=member is not None and may(session, member, SETUP, module),
        now=hours,
        units=wording.units(),
    )


def _key(hours: rules.Hours, slow: int) -> str:
    moments = [wire.moment(at) for at in (hours.opens_at, hours.closes_at)]
    return " ".join([hours.phase.value, *moments, str(slow), str(hours.shut).lower()])


def _count(hours: rules.Hours, at: dt.datetime) -> Count | None:
    goal = hours.opens_at if hours.phase in BEFORE else hours.closes_at
    if goal is None:
        return None
    seconds = (goal - at).total_seconds()
    return Count(wire.moment(goal), wording.left(seconds), wording.left_text(seconds))


def _waiting(session: Scope, room: Any) -> int:
    """Count the questions that everybody sees and nobody has answered."""
    there = (Question.room_id == room.id, Question.visibility.in_(SHOWN))
    query = select(func.count()).select_from(Question).where(*there, Question.state == QuestionState.OPEN)
    return session.execute(query).scalar_one()


def _transcript(session: Scope, module: ModuleRef, hours: rules.Hours) -> str:
    """Give the address of what was said in the opening that is over; empty while nothing of it is published."""
    over = hours.window if hours.phase is Phase.CLOSED else hours.last
    if over is None or hours.phase is Phase.RUNNING:
        return ""
    done = (Transcript.window_id == over.id, Transcript.state == TranscriptState.PUBLISHED)
    found = session.scalar(select(Transcript.id).where(*done).order_by(Transcript.id.desc()).limit(1))
    return "" if found is None else module_url(module, "transcript", transcript_id=found)
