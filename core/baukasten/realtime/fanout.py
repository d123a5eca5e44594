"""Who is in which room, and one message to all of them: encoded once, framed once, handed to each line."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from engineio import packet as engine_packets
from socketio import Manager, packet

from baukasten.realtime.frames import BINARY, frame, text_frame

DEFAULT = "/"


class Receiver(Protocol):
    """Where a participant's frames go; a websocket's line."""

    def send(self, frame: bytes) -> None:
        """Send without waiting."""


@dataclass(slots=True)
class Space:
    """The people of one namespace and the rooms they are in; everybody is alone in a room of their own id."""

    engines: dict[str, str] = field(default_factory=dict)
    """Engine.IO's id of each, in the order of arrival."""
    sids: dict[str, str] = field(default_factory=dict)
    """The same the other way round."""
    rooms: dict[str, dict[str, str]] = field(default_factory=dict)
    entered: dict[str, set[str]] = field(default_factory=dict)
    """The rooms of each who is in one, so that leaving costs no look into all rooms."""
    joining: set[str] = field(default_factory=set)
    leaving: set[str] = field(default_factory=set)

    def inside(self, room: str | None) -> dict[str, str]:
        """Give the ids of who is in a room; everybody without one."""
        if room is None:
            return self.engines
        if room in self.engines:
            return {room: self.engines[room]}
        return self.rooms.get(room, {})

    def leave(self, sid: str, room: str) -> None:
        """Take somebody out of a room, which ends with the last of them."""
        people = self.rooms.get(room)
        if people is not None and people.pop(sid, None) is not None:
            if not people:
                del self.rooms[room]
            entered = self.entered[sid]
            entered.discard(room)
            if not entered:
                del self.entered[sid]


class Fanout(Manager):  # type: ignore[misc]
    """The client manager of python-socketio, for one process with large rooms.

    The process is one thread: nothing here switches to another greenlet, so whoever is in a room when an
    emit begins gets it, and two emits reach everybody in the same order.
    """

    def __init__(self, receiver: Callable[[str], Receiver | None], parted: Callable[[str], None]) -> None:
        """Take how to find the receiver of an Engine.IO id, and what to call once it is in no namespace."""
        super().__init__()
        self._receiver, self._parted = receiver, parted
        self._spaces: dict[str, Space] = {}

    def count(self, room: str, namespace: str = DEFAULT) -> int:
        """Count who is in a room in this process."""
        return len(self._space(namespace).inside(room))

    def occupied(self, namespace: str = DEFAULT) -> list[str]:
        """Give the rooms in which somebody is in this process."""
        return list(self._space(namespace).rooms)

    def knows(self, engine: str) -> bool:
        """Tell whether a socket was let into any namespace."""
        return any(
            engine in one.sids and one.sids[engine] not in one.joining for one in self._spaces.values()
        )

    def forget(self, engine: str) -> None:
        """Take out what is left of a socket that went before it was let in; nobody was told of it."""
        for namespace, space in list(self._spaces.items()):
            if engine in space.sids:
                self.disconnect(space.sids[engine], namespace)

    def emit(
        self,
        event: str,
        data: Any,
        namespace: str,
        room: Any = None,
        skip_sid: Any = None,
        callback: Callable[..., Any] | None = None,
        to: Any = None,
        **_options: Any,
    ) -> None:
        """Send an event to everybody in a room, to one person, or to all of the namespace."""
        values = list(data) if isinstance(data, tuple) else [] if data is None else [data]
        people = self._among(namespace, to or room)
        for sid in skip_sid if isinstance(skip_sid, list) else (skip_sid,):
            people.pop(sid, None)
        if not people:
            return
        if callback is not None:
            for sid, engine in people.items():
                number = self._generate_ack_id(sid, callback)
                told = self._packet(event, values, namespace, number)
                self.server._send_packet(engine, told)  # noqa: SLF001 - the way every manager sends
            return
        self._spread(self._packet(event, values, namespace, None).encode(), people.values())

    def emit_together(self, news: Iterable[tuple[str, Any]], room: str, namespace: str = DEFAULT) -> None:
        """Send several events, each with one argument, to everybody in a room; they leave in one piece."""
        if people := self._among(namespace, room):
            told = [self._packet(event, [data], namespace, None).encode() for event, data in news]
            pieces = [piece for one in told for piece in (one if isinstance(one, list) else [one])]
            self._spread(pieces, people.values())

    def _packet(self, event: str, values: list[Any], namespace: str, number: int | None) -> Any:
        return self.server.packet_class(packet.EVENT, namespace=namespace, data=[event, *values], id=number)

    def _spread(self, encoded: str | list[str | bytes], engines: Iterable[str]) -> None:
        """Hand a message to each; several pieces, with bytes among them, follow one another for each."""
        pieces = encoded if isinstance(encoded, list) else [encoded]
        frames = [frame(BINARY, one) if isinstance(one, bytes) else text_frame(f"4{one}") for one in pieces]
        joined = b"".join(frames)
        receiver = self._receiver
        for engine in engines:
            if (line := receiver(engine)) is not None:
                line.send(joined)
            else:
                # Another kind of socket, such as that of Flask-SocketIO's test client.
                for one in pieces:
                    told = engine_packets.Packet(engine_packets.MESSAGE, one)
                    self.server._send_eio_packet(engine, told)  # noqa: SLF001 - the way every manager sends

    # What follows is python-socketio's interface; its own bookkeeping looks into every room at every goodbye.

    def get_namespaces(self) -> list[str]:
        """Give the namespaces in which somebody is."""
        return list(self._spaces)

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:
        """Give the ids of who is in a room, or in one of several."""
        yield from self._among(namespace, room).items()

    def _among(self, namespace: str, room: Any) -> dict[str, str]:
        space = self._space(namespace)
        if room is None or isinstance(room, str):
            return dict(space.inside(room))
        return {sid: engine for one in room for sid, engine in space.inside(one).items()}

    def pre_connect(self, eio_sid: str, namespace: str) -> str | None:
        """Register who is still being looked at; gives no id to whom is in the namespace already."""
        space = self._spaces.setdefault(namespace, Space())
        if eio_sid in space.sids:
            return None
        sid = str(self.server.eio.generate_id())
        space.engines[sid], space.sids[eio_sid] = eio_sid, sid
        space.joining.add(sid)
        return sid

    def connect(self, sid: str, namespace: str) -> str:
        """Register somebody as let in."""
        self._space(namespace).joining.discard(sid)
        return sid

    def is_pre_connected(self, sid: str, namespace: str) -> bool:
        """Tell whether somebody is still being looked at."""
        return sid in self._space(namespace).joining

    def is_connected(self, sid: str, namespace: str) -> bool:
        """Tell whether somebody was let in and is not on the way out."""
        space = self._space(namespace)
        return sid in space.engines and sid not in space.joining and sid not in space.leaving

    def can_disconnect(self, sid: str, namespace: str) -> bool:
        """Tell whether somebody can be sent away: also who is on the way in, or they would stay unnoticed."""
        space = self._space(namespace)
        return sid in space.engines and sid not in space.leaving

    def sid_from_eio_sid(self, eio_sid: str, namespace: str) -> str | None:
        """Give the id that a socket has in a namespace."""
        return self._space(namespace).sids.get(eio_sid)

    def eio_sid_from_sid(self, sid: str, namespace: str) -> str | None:
        """Give the socket of somebody in a namespace."""
        return self._space(namespace).engines.get(sid)

    def pre_disconnect(self, sid: str, namespace: str) -> str | None:
        """Register somebody as on the way out; the handler that is told may still look at them."""
        space = self._space(namespace)
        if sid in space.engines:
            space.leaving.add(sid)
        return space.engines.get(sid)

    def disconnect(self, sid: str, namespace: str, **_options: Any) -> None:
        """Forget somebody; whose socket is in no namespace any more has parted."""
        space = self._space(namespace)
        for room in list(space.entered.get(sid, ())):
            space.leave(sid, room)
        space.joining.discard(sid)
        space.leaving.discard(sid)
        self.callbacks.pop(sid, None)
        engine = space.engines.pop(sid, None)
        if engine is None:
            return
        space.sids.pop(engine, None)
        if not space.engines:
            self._spaces.pop(namespace, None)
        if not self.knows(engine):
            self._parted(engine)

    def enter_room(self, sid: str, namespace: str, room: str, eio_sid: str | None = None) -> None:
        """Let somebody into a room; who is gone already is in none."""
        space = self._space(namespace)
        if room in space.engines:
            raise ValueError("this room belongs to one person")
        engine = eio_sid or space.engines.get(sid)
        if engine is not None and sid not in space.leaving:
            space.rooms.setdefault(room, {})[sid] = engine
            space.entered.setdefault(sid, set()).add(room)

    def leave_room(self, sid: str, namespace: str, room: str) -> None:
        """Take somebody out of a room."""
        self._space(namespace).leave(sid, room)

    def close_room(self, room: str, namespace: str) -> None:
        """Take everybody out of a room."""
        space = self._space(namespace)
        for sid in list(space.rooms.get(room, ())):
            space.leave(sid, room)

    def get_rooms(self, sid: str, namespace: str) -> list[str]:
        """Give the rooms somebody is in, their own among them."""
        space = self._space(namespace)
        return [sid, *space.entered.get(sid, ())] if sid in space.engines else []

    def _space(self, namespace: str) -> Space:
        return self._spaces.get(namespace) or Space()
