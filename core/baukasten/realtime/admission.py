"""Asking plugins about their rooms; what they answer by accident counts as no."""

import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFreeError

from baukasten.access import policy
from baukasten.db.session import Scope
from baukasten.errors import BaukastenError
from baukasten.plugin.guard import kept_whole
from baukasten.plugin.hooks import Answer
from baukasten.plugin.live import LiveRoom
from baukasten.plugin.refs import MemberRef

log = logging.getLogger(__name__)
T = TypeVar("T")
AWAY = (OperationalError, InterfaceError, NoneFreeError)
"""The database does not answer, or all connections to it are taken; nobody is shown out for that."""
STATE_SECONDS = 1.0
Facts = Mapping[str, Any]


def read_only(session: Scope, active: frozenset[str]) -> Scope:
    """Let a session know what the core knows already: which plugins work here, and that nothing is written."""
    session.info[policy.ACTIVE], session.info[policy.READING] = active, True
    return session


def admits(session: Scope, kind: Answer[LiveRoom], member: MemberRef | None, number: int) -> bool:
    """Tell whether somebody may hear a room; raises OperationalError where the database is away."""
    admit = kind.value.admit
    return _ask(session, kind, lambda: admit(session, member, number) is True, otherwise=False)


def capacity(session: Scope, kind: Answer[LiveRoom], number: int) -> int | None:
    """Give how many people fit; nothing for any number. Raises OperationalError."""
    most = kind.value.capacity
    return None if most is None else _ask(session, kind, lambda: int(most(session, number)), otherwise=0)


class States:
    """What is told of rooms, asked once a second at most however many enter, unless something was rung there."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[str, tuple[float, Facts]] = {}
        self._asking: dict[str, object] = {}

    def of(self, session: Scope, kind: Answer[LiveRoom], number: int, name: str) -> Facts:
        """Give a room's public facts; raises OperationalError."""
        state = kind.value.state
        if state is None:
            return {}
        known = self._known.get(name)
        begun = time.monotonic()
        if known is not None and begun - known[0] < STATE_SECONDS:
            return known[1]
        nothing: Facts = {}
        mine = self._asking[name] = object()
        # What JSON cannot say is noticed here, where one room alone suffers from it.
        told = _ask(session, kind, lambda: sayable(dict(state(session, number))), otherwise=nothing)
        # What was rung while the database answered may not be in the answer.
        if self._asking.get(name) is mine:
            del self._asking[name]
            self._known = {one: it for one, it in self._known.items() if begun - it[0] < STATE_SECONDS}
            self._known[name] = (begun, told)
        return told

    def forget(self, name: str) -> None:
        """Ask anew the next time."""
        self._known.pop(name, None)
        self._asking.pop(name, None)


def sayable(told: T) -> T:
    """Give what is to be told, if JSON can say it; raises TypeError, ValueError."""
    json.dumps(told, allow_nan=False)
    return told


def _ask(session: Scope, kind: Answer[LiveRoom], question: Callable[[], T], *, otherwise: T) -> T:
    try:
        with kept_whole(session, reading=True):
            return question()
    except AWAY:
        raise
    except BaukastenError:
        return otherwise
    except Exception:
        log.exception("an accident of %s in rooms of the kind %s", kind.plugin, kind.value.kind)
        return otherwise
