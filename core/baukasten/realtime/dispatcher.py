"""The one door for live events: tenant, session, standing, permission and rate are checked on each of them."""

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, g, request
from flask_socketio import SocketIO

from baukasten import errors
from baukasten.access import policy
from baukasten.plugin.live import LiveEvent
from baukasten.plugin.refs import Role, Standing
from baukasten.plugin.validity import is_usable
from baukasten.web.forgery import came_from_here
from baukasten.web.gate import Check
from baukasten.web.here import Here
from baukasten.web.marks import PUBLIC, REQUIRES, SIGNED_IN, Mark
from baukasten.web.platform import platform

log = logging.getLogger(__name__)
CALL = "call"
MAX_MESSAGE = 16 * 1024
"""Bytes of one event; the longest chat message is far below."""
EVENTS_PER_WINDOW, WINDOW_SECONDS = 30, 10.0
SWEEP_SECONDS = 1.0
OWN_HANDLERS = frozenset({"connect", "disconnect", CALL})


class StrayHandlerError(errors.BaukastenError):
    """A handler that was registered past the dispatcher; no check would apply to it."""


@dataclass(slots=True)
class Connection:
    """One socket: who opened it where, and when it lately sent something."""

    tenant_id: int
    account_id: int | None
    """Who was signed in when it opened; a socket never changes its person."""
    environ: dict[str, Any]
    roles: frozenset[Role] = frozenset()
    """What its person could do when it opened; who lost a role since opens another one."""
    sent: deque[float] = field(default_factory=lambda: deque(maxlen=EVENTS_PER_WINDOW))

    def may_send(self, now: float) -> bool:
        """Count one event; false when the window is full."""
        if len(self.sent) == EVENTS_PER_WINDOW and now - self.sent[0] < WINDOW_SECONDS:
            return False
        self.sent.append(now)
        return True


class Dispatcher:
    """Answers every event of every plugin's namespace, after the same checks that a page passes."""

    def __init__(self, app: Flask, checks: Sequence[Check], permit: Callable[[Here], Any]) -> None:
        """Take the checks that fill a place (site, session, member), and the one that holds it against a mark."""
        self.app, self.checks, self.permit = app, tuple(checks), permit
        self.socketio = SocketIO(
            app,
            transports=["websocket"],
            cors_allowed_origins=self._is_own_origin,
            max_http_buffer_size=MAX_MESSAGE,
            manage_session=False,
        )
        self.connections: dict[str, Connection] = {}
        self.socketio.on_event("connect", self._connect)
        self.socketio.on_event("disconnect", self._disconnect)
        self.socketio.on_event(CALL, self._call)

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
        """Keep disconnecting sockets whose session, membership or town was closed, once a second."""
        self.socketio.start_background_task(self._follow)

    def sweep(self) -> list[str]:
        """Disconnect every socket that would no longer be let in; gives their ids."""
        gone = [
            sid for sid, connection in list(self.connections.items()) if not self._still_welcome(connection)
        ]
        for sid in gone:
            self.connections.pop(sid, None)
            self.socketio.server.disconnect(sid)
        return gone

    def _follow(self) -> None:
        while True:
            self.socketio.sleep(SWEEP_SECONDS)
            self.sweep()

    def _still_welcome(self, connection: Connection) -> bool:
        with self.app.request_context(connection.environ):
            place = Here(platform().database)
            try:
                self._fill(place)
            except errors.BaukastenError:
                return False
            finally:
                place.close()
            return _is_same(place, connection) and connection.roles <= policy.roles_of(place.member)

    def _connect(self, _auth: Any = None) -> bool:
        place = Here(platform().database)
        try:
            self._fill(place)
            if place.site is None or _is_out(place) or not came_from_here():
                return False
            roles = policy.roles_of(place.member)
            self.connections[_sid()] = Connection(
                place.site.id, _account(place), dict(request.environ), roles
            )
        except errors.BaukastenError:
            return False
        else:
            return True
        finally:
            place.close()

    def _disconnect(self, _reason: Any = None) -> None:
        self.connections.pop(_sid(), None)

    def _call(self, namespace: Any = None, name: Any = None, data: Any = None) -> dict[str, Any]:
        """Run one event; the answer says ok, or which refusal with a sentence for the screen."""
        connection = self.connections.get(_sid())
        if connection is None:
            return {"ok": False, "code": "closed"}
        if not connection.may_send(time.monotonic()):
            return {"ok": False, "code": errors.TooMany.code, "retry_after": WINDOW_SECONDS}
        place = g.here = Here(platform().database)
        try:
            self._fill(place)
            if not _is_same(place, connection):
                return {"ok": False, "code": "closed"}
            event = self._event(place, namespace, name)
            place.mark = mark_of_event(event)
            self.permit(place)
            return {"ok": True, "data": event.handle(place, data)}
        except errors.BaukastenError as error:
            return {"ok": False, "code": error.code, "message": str(error.message)}
        except Exception:
            # Without an answer the client would wait for ever; what broke is for the log alone.
            log.exception("an accident in the live event %s.%s", namespace, name)
            return {"ok": False, "code": "accident"}
        finally:
            g.pop("here", None)
            place.close()

    def _fill(self, place: Here) -> None:
        for check in self.checks:
            if check(place) is not None:
                raise errors.NotFound  # a redirect is no answer to a socket

    def _event(self, place: Here, namespace: Any, name: Any) -> LiveEvent:
        answer = platform().contract.registry.live.get(str(namespace))
        if answer is None or not is_usable(answer.plugin, place.plugins):
            raise errors.NotFound
        for event in answer.value.events:
            if event.name == name:
                return event
        raise errors.NotFound

    def _is_own_origin(self, origin: str, environ: Mapping[str, Any]) -> bool:
        """Compare with the Host header alone; forwarded headers are the client's own words."""
        return origin.partition("://")[2] == str(environ.get("HTTP_HOST", ""))


def mark_of_event(event: LiveEvent) -> Mark:
    """Give the access mark of a declared event."""
    return Mark(event.mark) if event.mark in (PUBLIC, SIGNED_IN) else Mark(REQUIRES, event.mark)


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
