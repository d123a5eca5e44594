"""Who is connected to this process, and in which rooms they are."""

import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from baukasten.plugin.live import OWN_ROOM
from baukasten.plugin.refs import MemberRef, Role
from baukasten.realtime.rooms import room

EVENTS_PER_WINDOW, WINDOW_SECONDS = 30, 10.0
MOST_ROOMS = 20
"""Of one socket; somebody with more tabs open has more sockets."""

Door = tuple[str, int]
"""Kind and number of a room, in the town of whoever stands before it."""


@dataclass(slots=True)
class Seat:
    """Somebody's place in a room, and what the decision to let them in was based on."""

    generation: int | None
    judged_at: float = field(default_factory=time.monotonic)


@dataclass(slots=True)
class Connection:
    """One socket: who opened it where, which rooms it hears, and when it lately sent something."""

    tenant_id: int
    account_id: int | None
    """Who was signed in when it opened; a socket never changes its person."""
    host: str
    member: MemberRef | None = None
    token: str = ""
    """Hash of the secret of its session; empty for guests."""
    facts: str = ""
    """What the database lately said of its member, as it said it."""
    roles: frozenset[Role] = frozenset()
    """What its person could do when it opened; who lost a role since opens another one."""
    seats: dict[Door, Seat] = field(default_factory=dict)
    is_due: bool = False
    """Whether each of its seats is to be judged anew, whatever the town's generation."""
    sent: deque[float] = field(default_factory=lambda: deque(maxlen=EVENTS_PER_WINDOW))

    def may_send(self, now: float) -> bool:
        """Count one event; false when the window is full."""
        if self.wait(now):
            return False
        self.sent.append(now)
        return True

    def wait(self, now: float) -> float:
        """Give the seconds until another event fits the window."""
        if len(self.sent) < EVENTS_PER_WINDOW:
            return 0.0
        return max(0.0, self.sent[0] + WINDOW_SECONDS - now)


class Hall:
    """All connections by socket, and how many people are in each room."""

    def __init__(self) -> None:
        """Begin empty."""
        self.connections: dict[str, Connection] = {}
        self.changed: set[str] = set()
        """Rooms whose count changed since somebody looked."""
        self._people: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._own: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, sid: str, connection: Connection) -> None:
        """Take a socket in."""
        self.connections[sid] = connection
        if connection.member is not None:
            self._own[room(connection.tenant_id, OWN_ROOM, connection.member.id)].add(sid)

    def remove(self, sid: str) -> None:
        """Forget a socket, in all its rooms; safe to repeat."""
        connection = self.connections.pop(sid, None)
        if connection is None:
            return
        for door in list(connection.seats):
            self._stand_up(sid, connection, door)
        if connection.member is not None:
            name = room(connection.tenant_id, OWN_ROOM, connection.member.id)
            self._own[name].discard(sid)
            if not self._own[name]:
                del self._own[name]

    def sit(self, sid: str, door: Door, seat: Seat) -> None:
        """Give a socket a seat in a room; a second time only the seat is new."""
        connection = self.connections[sid]
        if door not in connection.seats:
            name = room(connection.tenant_id, *door)
            self._people[name][_person(sid, connection)] += 1
            self.changed.add(name)
        connection.seats[door] = seat

    def stand_up(self, sid: str, door: Door) -> bool:
        """Take the seat back; false where there was none."""
        connection = self.connections.get(sid)
        if connection is None or door not in connection.seats:
            return False
        self._stand_up(sid, connection, door)
        return True

    def is_inside(self, sid: str, door: Door) -> bool:
        """Tell whether a socket's person is in a room, be it by another socket."""
        connection = self.connections[sid]
        people = self._people.get(room(connection.tenant_id, *door))
        return people is not None and _person(sid, connection) in people

    def count(self, name: str) -> int:
        """Give how many people are in a room here: the signed-in once each, guests by socket."""
        people = self._people.get(name)
        return 0 if people is None else len(people)

    def rooms(self) -> dict[tuple[int, Door], str]:
        """Give the rooms in which somebody is, with their names."""
        return {
            (connection.tenant_id, door): room(connection.tenant_id, *door)
            for connection in self.connections.values()
            for door in connection.seats
        }

    def own(self, name: str) -> Iterator[Connection]:
        """Give the connections of the person whose own room has this name."""
        for sid in tuple(self._own.get(name, ())):
            connection = self.connections.get(sid)
            if connection is not None:
                yield connection

    def _stand_up(self, sid: str, connection: Connection, door: Door) -> None:
        del connection.seats[door]
        name, person = room(connection.tenant_id, *door), _person(sid, connection)
        people = self._people[name]
        people[person] -= 1
        if people[person] <= 0:
            del people[person]
        if not people:
            del self._people[name]
        self.changed.add(name)


def _person(sid: str, connection: Connection) -> str:
    return sid if connection.account_id is None else f"account {connection.account_id}"
