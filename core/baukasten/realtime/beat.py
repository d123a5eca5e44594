"""What a live process tells by itself: rings to its rooms, its counts to the others, and ticks to whoever listens."""

import logging
import threading
import time
from collections import defaultdict
from typing import Any

from baukasten.ids import token
from baukasten.realtime import bell
from baukasten.realtime.admission import AWAY, States, read_only
from baukasten.realtime.bell import Ring
from baukasten.realtime.bus import Follower
from baukasten.realtime.exchange import Exchange
from baukasten.realtime.hall import Door, Hall
from baukasten.realtime.pacing import Pace
from baukasten.realtime.presence import ANNOUNCE_SECONDS
from baukasten.realtime.rooms import room
from baukasten.tenants import plugins
from baukasten.web.platform import Platform

log = logging.getLogger(__name__)
BEAT_SECONDS, TICK_SECONDS = 1.0, 15.0


class Beat:
    """One process's regular words."""

    def __init__(self, house: Platform, exchange: Exchange, hall: Hall, states: States, server: Any) -> None:
        """Take where people are, and the Socket.IO server that reaches them."""
        self._house, self._exchange, self._hall, self._states = house, exchange, hall, states
        self._pace = Pace(server)
        self.process = token()[:12]
        self._follower = Follower(self.hear, self.tick_soon)
        self._listens = False
        self._stop, self._soon = threading.Event(), threading.Event()
        self._announced_at = self._ticked_at = time.monotonic()

    def count(self, name: str) -> int:
        """Give how many people are in a room: here by now, elsewhere as last heard."""
        return self._hall.count(name) + self._exchange.presence.people_in(name, but=self.process)

    def listen(self) -> None:
        """Hear what is rung, and how many are elsewhere; safe to repeat."""
        if not self._listens:
            self._listens = True
            self._exchange.bus.follow(bell.TOPIC, self._follower)
            self._exchange.presence.listen()

    def follow(self) -> None:
        """Announce and tick, until stopped."""
        mute = False
        while not self._stop.wait(BEAT_SECONDS):
            try:
                self.once(time.monotonic())
                mute = False
            except AWAY:
                # Who listens is told again when the database is back.
                self.tick_soon()
                if not mute:
                    log.warning("rooms cannot be told their state, since the database is away")
                mute = True
            except Exception:
                log.exception("an accident while rooms were told")

    def stop(self) -> None:
        """Say that nobody is here any more."""
        self._stop.set()
        if self._listens:
            self._listens = False
            self._exchange.bus.leave(bell.TOPIC, self._follower)
        self._exchange.presence.announce(self.process, dict.fromkeys(self._hall.rooms().values(), 0))

    def once(self, now: float) -> None:
        """Do what is due at a moment: changed counts each second, all of them from time to time, then ticks."""
        changed, self._hall.changed = self._hall.changed, set()
        if now - self._announced_at >= ANNOUNCE_SECONDS:
            self._announced_at = now
            changed |= set(self._hall.rooms().values())
            self._exchange.presence.tidy()
        if changed:
            self._exchange.presence.announce(self.process, {name: self._hall.count(name) for name in changed})
        if self._soon.is_set() or now - self._ticked_at >= TICK_SECONDS:
            self._soon.clear()
            self._ticked_at = now
            self.tick()

    def tick_soon(self) -> None:
        """Tick at the next beat, since rings may have been missed."""
        self._soon.set()

    def tick(self) -> None:
        """Tell each room where somebody is its count and its state, by which clients find what they missed."""
        towns: defaultdict[int, list[Door]] = defaultdict(list)
        for tenant_id, door in self._hall.rooms():
            towns[tenant_id].append(door)
        for tenant_id, doors in towns.items():
            with self._house.database.session(tenant_id) as session:
                read_only(session, plugins.active(session))
                for kind, number in doors:
                    name = room(tenant_id, kind, number)
                    self._states.forget(name)
                    state = self._states.of(
                        session, self._house.contract.registry.live_rooms[kind], number, name
                    )
                    told = {"kind": kind, "id": number, "count": self.count(name), "state": state}
                    self._pace.tell("tick", told, name)

    def hear(self, news: str) -> None:
        """Hand a ring on to everybody in its room; whose own room it is, is looked at anew."""
        ring = Ring.read(news)
        self._states.forget(ring.room)
        self._pace.tell("ring", ring.message(), ring.room)
        for connection in self._hall.own(ring.room):
            connection.is_due = True
