"""Which seats in rooms are no longer granted: asked of as few people as tell it for all."""

import time
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from baukasten.db.session import Scope
from baukasten.plugin.hooks import Answer
from baukasten.plugin.live import LiveRoom
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.validity import is_usable
from baukasten.realtime.admission import admits
from baukasten.realtime.hall import Connection, Door, Seat

REASK_SECONDS = 300.0
"""After this long, a seat is judged by itself although nothing seems to have changed."""
MOST_REASKED, MOST_DUE = 5, 50
"""Seats of long standing, and people of whom something changed, that one look asks about; the rest wait a second."""


@dataclass(frozen=True, slots=True)
class Town:
    """What all sockets of a town depend on, as of one generation."""

    generation: int | None
    host: str
    active: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sitting:
    """One socket in one room."""

    sid: str
    connection: Connection
    door: Door
    seat: Seat
    alone: bool
    """Whether it is asked about by itself, and not as one of many like it."""


def manner(member: MemberRef | None) -> Hashable:
    """Give by what people are alike for a room: all guests are, members by roles, standing and limits."""
    return None if member is None else (member.roles, member.standing, member.limits)


def in_question(sockets: Iterable[tuple[str, Connection]], generation: int | None) -> list[Sitting]:
    """Give the seats that may no longer hold: of changed people, of a changed town, and a few of the oldest."""
    due: list[Sitting] = []
    stale: list[Sitting] = []
    old: list[Sitting] = []
    people = 0
    before = time.monotonic() - REASK_SECONDS
    for sid, one in sockets:
        if one.is_due:
            people += 1
        alone = one.is_due and people <= MOST_DUE
        for door, seat in tuple(one.seats.items()):
            if alone:
                due.append(Sitting(sid, one, door, seat, alone=True))
            elif generation is None or seat.generation != generation:
                stale.append(Sitting(sid, one, door, seat, alone=False))
            elif seat.judged_at < before:
                old.append(Sitting(sid, one, door, seat, alone=True))
        if alone:
            one.is_due = False
    old.sort(key=lambda one: one.seat.judged_at)
    return [*due, *stale, *old[:MOST_REASKED]]


def refused(session: Scope, town: Town, seats: Sequence[Sitting]) -> Iterator[Sitting]:
    """Give the seats that are taken back; the others hold for the town's generation. Raises OperationalError."""
    kinds = session.contract.registry.live_rooms
    alike: defaultdict[tuple[Door, Hashable], list[Sitting]] = defaultdict(list)
    for one in seats:
        alike[one.door, manner(one.connection.member)].append(one)
    for (door, _manner), sitting in alike.items():
        answer = kinds[door[0]]
        if not is_usable(answer.plugin, town.active):
            yield from sitting
        else:
            yield from _refused(session, town, answer, sitting)


def _refused(
    session: Scope, town: Town, kind: Answer[LiveRoom], alike: Sequence[Sitting]
) -> Iterator[Sitting]:
    """Ask about one of many who are alike, and about each only where that one is refused."""
    now = time.monotonic()
    holds: bool | None = None
    for one in sorted(alike, key=lambda one: one.alone):
        member = one.connection.member
        asked = one.alone or not holds
        if member is None and holds is not None:
            asked = False
        if asked:
            holds = admits(session, kind, member, one.door[1])
            one.seat.judged_at = now
        if holds:
            one.seat.generation = town.generation
        else:
            yield one
