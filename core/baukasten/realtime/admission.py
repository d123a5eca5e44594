"""Asking plugins about their rooms; what they answer by accident counts as no."""

import json
import logging
import time
from collections.abc import Callable, Hashable, Mapping
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
KEPT_SECONDS, STALE_SECONDS = 1.0, 5.0
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


class Kept:
    """Answers that hold for a second: a herd asks the same all at once, and who listens is looked at anew anyway.

    While somebody asks anew, the others make do with the old answer for a little longer.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[Hashable, tuple[float, Any]] = {}
        self._asking: dict[Hashable, list[object]] = {}

    def of(self, key: Hashable, ask: Callable[[], T]) -> T:
        """Give what is known by a key, or ask; what asking raises is nobody's answer."""
        begun = time.monotonic()
        known = self._known.get(key)
        if known is not None and begun - known[0] < (STALE_SECONDS if key in self._asking else KEPT_SECONDS):
            told: T = known[1]
            return told
        mine = object()
        self._asking.setdefault(key, []).append(mine)
        try:
            told = ask()
            if mine in self._asking.get(key, ()):
                self._keep(key, begun, told)
        finally:
            self._done(key, mine)
        return told

    def drop(self, key: Hashable) -> None:
        """Forget an answer, and let those not be kept that are asked for at this moment."""
        self._known.pop(key, None)
        self._asking.pop(key, None)

    def _keep(self, key: Hashable, begun: float, told: Any) -> None:
        self._known = {one: it for one, it in self._known.items() if begun - it[0] < STALE_SECONDS}
        known = self._known.get(key)
        if known is None or known[0] <= begun:
            self._known[key] = (begun, told)

    def _done(self, key: Hashable, mine: object) -> None:
        asking = self._asking.get(key, [])
        if mine in asking:
            asking.remove(mine)
            if not asking:
                del self._asking[key]


class States:
    """What is told of rooms, asked once a second at most however many enter, unless something was rung there."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._kept = Kept()

    def of(self, session: Scope, kind: Answer[LiveRoom], number: int, name: str) -> Facts:
        """Give a room's public facts; raises OperationalError."""
        state = kind.value.state
        if state is None:
            return {}
        nothing: Facts = {}

        # What JSON cannot say is noticed here, where one room alone suffers from it.
        def ask() -> Facts:
            return _ask(session, kind, lambda: sayable(dict(state(session, number))), otherwise=nothing)

        return self._kept.of(name, ask)

    def forget(self, name: str) -> None:
        """Ask anew the next time; what was rung while the database answered may not be in the answer."""
        self._kept.drop(name)


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
