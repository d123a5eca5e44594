"""The doorbell: what a transaction wants everybody to hear who listens, told once it is committed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import SessionTransaction

from baukasten.db.session import MissingTenantError, Scope
from baukasten.plugin.live import OWN_ROOM
from baukasten.realtime.bus import LONGEST
from baukasten.realtime.exchange import TOOL, Exchange
from baukasten.realtime.rooms import WrongRoomError, room

TOPIC = "ring"
WAITING = "realtime.rings"
"""Key of a session's ``info``: what was rung in the transaction that runs."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A piece of news for a room; without data it says: look for yourself."""

    tenant_id: int
    kind: str
    number: int
    data: Mapping[str, Any] | None

    @property
    def room(self) -> str:
        """The room's name."""
        return room(self.tenant_id, self.kind, self.number)

    def message(self) -> dict[str, Any]:
        """Give what clients are sent."""
        told = {"look": True} if self.data is None else self.data
        return {**told, "kind": self.kind, "id": self.number}

    def write(self) -> str:
        """Give it as the bus carries it, without data where they would not fit; raises TypeError, ValueError."""
        news = json.dumps(
            [self.tenant_id, self.kind, self.number, self.data],
            ensure_ascii=False,
            allow_nan=False,
            separators=(",", ":"),
        )
        if self.data is not None and len(news.encode()) > LONGEST:
            return Ring(self.tenant_id, self.kind, self.number, None).write()
        return news

    @classmethod
    def read(cls, news: str) -> "Ring":
        """Give what ``write`` wrote."""
        return cls(*json.loads(news))


def ring(session: Scope, kind: str, number: int, data: Mapping[str, Any]) -> None:
    """Tell everybody in a room of the session's town after commit; what is rolled back is never told.

    ``kind`` is a declared room's, or ``member`` for the sockets of one person, by membership. ``data`` is what JSON
    can say; ``kind``, ``id`` and ``look`` are the core's own keys there. A ring may get lost, so it carries nothing
    that could not be asked for. Raises WrongRoomError, MissingTenantError, TypeError.
    """
    if session.tenant_id is None:
        raise MissingTenantError(f"the room {kind} belongs to a tenant, and no tenant is set")
    if kind != OWN_ROOM and kind not in session.contract.registry.live_rooms:
        raise WrongRoomError(f"nobody declared rooms of the kind {kind}")
    room(session.tenant_id, kind, number)
    news = Ring(session.tenant_id, kind, number, data).write()
    # Without a transaction of its own, what is rung could not be rolled back.
    within = session.get_nested_transaction() or session.get_transaction() or session.begin()
    session.info.setdefault(WAITING, []).append((within, news))


@event.listens_for(Scope, "after_commit")
def _tell(session: Scope) -> None:
    if session.in_nested_transaction():
        return
    exchange: Exchange | None = session.tools.get(TOOL)
    for _within, news in session.info.pop(WAITING, ()):
        if exchange is not None:
            exchange.bus.publish(TOPIC, news)


@event.listens_for(Scope, "after_soft_rollback")
def _forget_undone(session: Scope, undone: SessionTransaction) -> None:
    """Forget what was rung inside a savepoint that is rolled back."""
    waiting = session.info.get(WAITING)
    if waiting:
        session.info[WAITING] = [one for one in waiting if not _is_inside(one[0], undone)]


@event.listens_for(Scope, "after_transaction_end")
def _forget(session: Scope, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(WAITING, None)


def _is_inside(inner: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while inner is not None:
        if inner is outer:
            return True
        inner = inner.parent
    return False
