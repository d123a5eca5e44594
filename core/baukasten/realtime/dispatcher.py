"""The one door for live events: tenant, session, standing, permission and rate are checked on each of them."""

import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Flask, g, request
from flask_socketio import ConnectionRefusedError as SocketRefusedError
from sqlalchemy.exc import DataError

from baukasten import errors
from baukasten.access import policy
from baukasten.ids import sha256
from baukasten.plugin.hooks import Answer
from baukasten.plugin.live import OWN_ROOM, LiveEvent, LiveRoom
from baukasten.plugin.refs import Standing
from baukasten.plugin.validity import is_usable
from baukasten.projects import locate
from baukasten.realtime import admission, pace
from baukasten.realtime.admission import AWAY
from baukasten.realtime.beat import Beat
from baukasten.realtime.exchange import TOOL, Exchange
from baukasten.realtime.hall import (
    EVENTS_PER_WINDOW,
    MOST_ROOMS,
    WINDOW_SECONDS,
    Connection,
    Door,
    Hall,
    Seat,
)
from baukasten.realtime.rooms import room
from baukasten.realtime.sockets import Sockets
from baukasten.realtime.sweep import SWEEP_SECONDS, Sweep
from baukasten.realtime.words import checked, number_of
from baukasten.web.forgery import came_from_here
from baukasten.web.gate import Check
from baukasten.web.here import Here
from baukasten.web.i18n import current
from baukasten.web.marks import PUBLIC, REQUIRES, SIGNED_IN, Mark
from baukasten.web.platform import EXTENSION, Platform, platform

__all__ = [
    "EVENTS_PER_WINDOW",
    "SWEEP_SECONDS",
    "WINDOW_SECONDS",
    "Connection",
    "Dispatcher",
    "StrayHandlerError",
]

log = logging.getLogger(__name__)
CALL, ENTER, LEAVE = "call", "enter", "leave"
MAX_MESSAGE = 16 * 1024
"""Bytes of one event; the longest chat message is far below."""
AWAY_SECONDS = 5
OWN_HANDLERS = frozenset({"connect", "disconnect", CALL, ENTER, LEAVE})
Reply = dict[str, Any]


class StrayHandlerError(errors.BaukastenError):
    """A handler that was registered past the dispatcher; no check would apply to it."""


class Dispatcher:
    """Answers every event of every plugin's namespace, after the same checks that a page passes."""

    def __init__(self, app: Flask, checks: Sequence[Check], permit: Callable[[Here], Any]) -> None:
        """Take the checks that fill a place (site, session, member), and the one that holds it against a mark."""
        self.app, self.checks, self.permit = app, tuple(checks), permit
        self.socketio = Sockets(
            app, cors_allowed_origins=self._is_own_origin, max_http_buffer_size=MAX_MESSAGE
        )
        house: Platform = app.extensions[EXTENSION]
        exchange: Exchange = house.database.tools[TOOL]
        self.hall, self.states, self.kept = Hall(), admission.States(), admission.Kept()
        self.connections = self.hall.connections
        self.events_pace, self.handshakes = pace.events(), pace.handshakes()
        server = self.socketio.server
        self.beat = Beat(house, exchange, self.hall, self.states, server)
        self.sweeper = Sweep(house, self.hall, server)
        self.socketio.on_event("connect", self._connect)
        self.socketio.on_event("disconnect", self._disconnect)
        self.socketio.on_event(CALL, self._call)
        self.socketio.on_event(ENTER, self._enter)
        self.socketio.on_event(LEAVE, self._leave)

    def check_handlers(self) -> None:
        """Refuse to start with a handler that was registered past this door. Raises StrayHandlerError."""
        server = self.socketio.server
        found = {(space, name) for space, names in server.handlers.items() for name in names}
        stray = sorted(f"{space}{name}" for space, name in found - {("/", name) for name in OWN_HANDLERS})
        stray += sorted(server.namespace_handlers)
        if stray:
            names = ", ".join(stray)
            raise StrayHandlerError(f"{names} is handled past the dispatcher; declare it with register_live")

    def events(self) -> Mapping[str, LiveEvent]:
        """Give all events as ``namespace.event``, for the permission matrix."""
        spaces = platform().contract.registry.live.values()
        return {f"{one.value.name}.{event.name}": event for one in spaces for event in one.value.events}

    def follow(self) -> None:
        """Hear the bus, tell who is here, and show out who may not stay; each once a second, until stopped."""
        self.beat.listen()
        self.socketio.start_background_task(self.sweeper.follow)
        self.socketio.start_background_task(self.beat.follow)

    def stop(self) -> None:
        """End what ``follow`` began, within a second; sockets stay to whoever closes the server."""
        self.sweeper.stop()
        self.beat.stop()

    def sweep(self) -> list[str]:
        """Disconnect every socket that would no longer be let in; gives their ids."""
        return self.sweeper.run()

    def _connect(self, _auth: Any = None) -> bool:
        """Let a socket in; raises ConnectionRefusedError where it may come again, and says when."""
        wait = 0
        try:
            with self._place() as place:
                if place.site is None or _is_out(place) or not self._came_from_here():
                    return False
                wait = self.handshakes.take(_account(place), request.remote_addr or "")
                if not wait:
                    self._take_in(place, place.site.id)
        except AWAY:
            raise _come_again(errors.Unavailable.code, AWAY_SECONDS) from None
        except errors.BaukastenError:
            return False
        if wait:
            raise _come_again(errors.TooMany.code, wait)
        return True

    def _take_in(self, place: Here, tenant_id: int) -> None:
        token = sha256(place.session_token) if place.identity is not None else ""
        connection = Connection(
            tenant_id,
            _account(place),
            request.host,
            place.member,
            token,
            roles=policy.roles_of(place.member),
        )
        self.hall.add(_sid(), connection)
        if place.member is not None:
            self._join((OWN_ROOM, place.member.id), tenant_id)

    def _disconnect(self, _reason: Any = None) -> None:
        self.hall.remove(_sid())

    def _call(self, namespace: Any = None, name: Any = None, data: Any = None, *_more: Any) -> Reply:
        """Run one event; the answer says ok, or which refusal with a sentence for the screen."""

        def run(place: Here) -> Reply:
            owner, event = self._event(place, namespace, name)
            place.mark = mark_of_event(event)
            checked(data)
            if event.in_module:
                module = data.get("module") if isinstance(data, dict) else None
                locate.find_module_by_number(place, owner, number_of(module))
            self.permit(place)
            return {"ok": True, "data": admission.sayable(event.handle(place, data))}

        return self._answer(run)

    def _enter(self, kind: Any = None, number: Any = None, *_more: Any) -> Reply:
        """Let somebody listen in a room; what may not be known of answers like what does not exist."""

        def run(place: Here) -> Reply:
            found = self._room(place, kind)
            wanted = number_of(number)
            session = admission.read_only(place.session, place.plugins)
            if not wanted:
                raise errors.NotFound
            door = (found.value.kind, wanted)
            name = room(place.tenant.id, *door)
            if not self._admits(place, found, wanted, name):
                raise errors.NotFound
            most = self.kept.of(
                (name, place.generation, "capacity"), lambda: admission.capacity(session, found, wanted)
            )
            connection = self.connections.get(_sid())
            if connection is None:
                return {"ok": False, "code": "closed"}
            if door not in connection.seats and len(connection.seats) >= MOST_ROOMS:
                return {"ok": False, "code": errors.TooMany.code, "retry_after": math.ceil(WINDOW_SECONDS)}
            if most is not None and not self.hall.is_inside(_sid(), door) and self.beat.count(name) >= most:
                return {"ok": False, "code": "full"}
            # Inside first: what is rung while the state is asked for is heard then.
            self.hall.sit(_sid(), door, Seat(place.generation))
            self._join(door, place.tenant.id)
            state = self.states.of(session, found, wanted, name)
            return {"ok": True, "data": state, "count": self.beat.count(name)}

        return self._answer(run)

    def _admits(self, place: Here, found: Answer[LiveRoom], number: int, name: str) -> bool:
        """Ask for each person, but for all guests only once in a while: they are all alike."""

        def ask() -> bool:
            return admission.admits(place.session, found, place.member, number)

        return ask() if place.member is not None else self.kept.of((name, place.generation, "guests"), ask)

    def _leave(self, kind: Any = None, number: Any = None, *_more: Any) -> Reply:
        """Take somebody out of a room; who is in none is in none afterwards."""
        connection = self.connections.get(_sid())
        door = (kind, number_of(number)) if isinstance(kind, str) else ("", 0)
        if connection is not None and self.hall.stand_up(_sid(), door):
            self.socketio.server.leave_room(_sid(), room(connection.tenant_id, *door))
        return {"ok": True}

    def _answer(self, run: Callable[[Here], Reply]) -> Reply:
        """Answer one event after the checks that all events pass."""
        connection = self.connections.get(_sid())
        if connection is None:
            return {"ok": False, "code": "closed"}
        wait = self._wait(connection)
        if wait:
            return {"ok": False, "code": errors.TooMany.code, "retry_after": wait}
        try:
            with self._place() as place:
                if not _is_same(place, connection):
                    return {"ok": False, "code": "closed"}
                # A live event writes, whatever the method of the handshake says.
                place.session.info[policy.READING] = False
                return run(place)
        except Exception as error:  # noqa: BLE001 - each gets an answer, without which the client would wait for ever
            return _refusal(error)

    def _wait(self, connection: Connection) -> int:
        """Count one event of a socket; gives the whole seconds to wait where it is too many."""
        now = time.monotonic()
        own = connection.wait(now)
        if own > 0:
            return math.ceil(own)
        wait = self.events_pace.take(connection.account_id, request.remote_addr or "")
        if not wait:
            connection.may_send(now)
        return wait

    @contextmanager
    def _place(self) -> Iterator[Here]:
        """Open a place as the gate does for a page; raises what the checks raise."""
        place = g.here = Here(platform().database)
        try:
            for check in self.checks:
                if check(place) is not None:
                    raise errors.NotFound  # a redirect is no answer to a socket
            yield place
        finally:
            g.pop("here", None)
            place.close()

    def _event(self, place: Here, namespace: Any, name: Any) -> tuple[str, LiveEvent]:
        answer = platform().contract.registry.live.get(str(namespace))
        if answer is None or not is_usable(answer.plugin, place.plugins):
            raise errors.NotFound
        for event in answer.value.events:
            if event.name == name:
                return answer.plugin, event
        raise errors.NotFound

    def _room(self, place: Here, kind: Any) -> Answer[LiveRoom]:
        answer = platform().contract.registry.live_rooms.get(str(kind))
        if answer is None or not is_usable(answer.plugin, place.plugins):
            raise errors.NotFound
        return answer

    def _join(self, door: Door, tenant_id: int) -> None:
        self.socketio.server.enter_room(_sid(), room(tenant_id, *door))

    def _came_from_here(self) -> bool:
        """Tell whether a page of this very site opens the socket; every browser says so (RFC 6455, section 4.1)."""
        origin = request.headers.get("Origin", "")
        return self._is_own_origin(origin, request.environ) and came_from_here()

    def _is_own_origin(self, origin: str, environ: Mapping[str, Any]) -> bool:
        """Compare with the Host header alone; forwarded headers are the client's own words."""
        scheme, _, host = origin.partition("://")
        house: Platform = self.app.extensions[EXTENSION]
        return scheme == house.config.scheme and host == str(environ.get("HTTP_HOST", ""))


def mark_of_event(event: LiveEvent) -> Mark:
    """Give the access mark of a declared event."""
    return Mark(event.mark) if event.mark in (PUBLIC, SIGNED_IN) else Mark(REQUIRES, event.mark)


def _refusal(error: Exception) -> Reply:
    """Say why not; what broke is for the log alone."""
    if isinstance(error, (DataError, *AWAY)):
        log.warning("a live event failed at the database: %s", type(error).__name__)
        error = errors.Invalid() if isinstance(error, DataError) else errors.Unavailable()
    if not isinstance(error, errors.BaukastenError):
        log.error("an accident in a live event", exc_info=error)
        return {"ok": False, "code": "accident"}
    # The default of an error is still English, as on pages; extraction must not take this for one text.
    spoken = current().gettext
    told: Reply = {"ok": False, "code": error.code, "message": spoken("core", str(error.message))}
    if isinstance(error, errors.TooMany):
        told["retry_after"] = error.retry_after
    return told


def _come_again(code: str, seconds: int) -> ConnectionRefusedError:
    """Give the refusal that the client library hands on with its data."""
    refused: ConnectionRefusedError = SocketRefusedError(code, {"code": code, "retry_after": seconds})
    return refused


def _is_same(place: Here, connection: Connection) -> bool:
    """Tell whether a socket still belongs to whom it was opened for, in the town where it was."""
    town = None if place.site is None else place.site.id
    mine = (town, _account(place)) == (connection.tenant_id, connection.account_id)
    return mine and not _is_out(place)


def _is_out(place: Here) -> bool:
    """Tell whether the person is suspended: pages stay readable, nothing live is left."""
    return place.member is not None and place.member.standing is Standing.SUSPENDED


def _account(place: Here) -> int | None:
    return None if place.identity is None else place.identity.account_id


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]
