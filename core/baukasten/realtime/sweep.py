"""Taking back what was granted: once a second, in a few statements for all sockets of the process together."""

import datetime as dt
import logging
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from baukasten import clock
from baukasten.access import members, policy
from baukasten.errors import NotFound
from baukasten.identity.sessions import IDLE
from baukasten.plugin.refs import MemberRef, Standing
from baukasten.realtime import judging
from baukasten.realtime.admission import AWAY, read_only
from baukasten.realtime.hall import Connection, Hall
from baukasten.realtime.judging import Sitting, Town
from baukasten.realtime.rooms import room
from baukasten.tenants import plugins, service
from baukasten.tenants.hosts import base_host
from baukasten.web.platform import Platform

log = logging.getLogger(__name__)
SWEEP_SECONDS = 1.0
PEOPLE = text("SELECT * FROM platform.live_people(:asked, :moment, :idle_since)")
Socket = tuple[str, Connection]


class Sweep:
    """Looks at all sockets, shows out who may not stay, and takes seats back."""

    def __init__(self, house: Platform, hall: Hall, server: Any) -> None:
        """Take where people are, and the Socket.IO server that reaches them."""
        self._house, self._hall, self._server = house, hall, server
        self._towns: dict[int, Town] = {}
        self._stop = threading.Event()

    def follow(self) -> None:
        """Look once a second, until stopped."""
        blind = False
        while not self._stop.wait(SWEEP_SECONDS):
            try:
                self.run()
                blind = False
            except AWAY:
                # Nobody is shown out because the database restarts; no event is answered meanwhile either.
                if not blind:
                    log.warning("sockets cannot be looked at, since the database is away")
                blind = True
            except Exception:
                log.exception("an accident while sockets were looked at")

    def stop(self) -> None:
        """End within a second."""
        self._stop.set()

    def run(self) -> list[str]:
        """Look at all once, and give the sockets that were closed; raises OperationalError without a database."""
        sockets = list(self._hall.connections.items())
        gone = self._strangers([one for one in sockets if one[1].token])
        towns: defaultdict[int, list[Socket]] = defaultdict(list)
        for sid, connection in sockets:
            if sid not in gone:
                towns[connection.tenant_id].append((sid, connection))
        self._towns = {one: town for one, town in self._towns.items() if one in towns}
        for tenant_id, inhabitants in towns.items():
            gone |= self._look_at(tenant_id, inhabitants)
        for sid in gone:
            self._hall.remove(sid)
            self._server.disconnect(sid)
        return sorted(gone)

    def _strangers(self, sockets: Sequence[Socket]) -> set[str]:
        """Name the sockets whose person is signed out, suspended, or less than when they came; one statement."""
        known = self._ask(sorted({one.token for _sid, one in sockets})) if sockets else {}
        gone: set[str] = set()
        for sid, one in sockets:
            facts = known.get((one.token, one.tenant_id, one.account_id))
            member = None if facts is None else _member(facts)
            if member is None or _is_out(one, member):
                gone.add(sid)
            elif one.member != member:
                one.is_due = one.is_due or judging.manner(one.member) != judging.manner(member)
                one.member = member
        return gone

    def _ask(self, tokens: list[str]) -> Mapping[tuple[str, int, int | None], Mapping[str, Any]]:
        now = clock.now()
        values = {"asked": tokens, "moment": now, "idle_since": now - IDLE}
        with self._house.database.session(None) as session:
            rows = session.execute(PEOPLE, values).all()
        return {(row.token, row.tenant_id, row.account_id): row.facts for row in rows}

    def _look_at(self, tenant_id: int, sockets: Sequence[Socket]) -> set[str]:
        """Look at the sockets of one town; without a statement as long as nothing of it changed."""
        generation = self._house.generations.of(tenant_id)
        town = self._towns.get(tenant_id)
        seats = judging.in_question(sockets, generation)
        if town is not None and town.generation == generation is not None and not seats:
            return set()
        with self._house.database.session(tenant_id) as session:
            try:
                found = service.by_id(session, tenant_id)
            except NotFound:
                return {sid for sid, _one in sockets}
            town = Town(generation, found.host, plugins.active(session))
            if not found.suspended:
                self._towns[tenant_id] = town
            outside = {sid for sid, one in sockets if found.suspended or base_host(one.host)[0] != town.host}
            read_only(session, town.active)
            staying = [one for one in seats if one.sid not in outside]
            for one in judging.refused(session, town, staying):
                self._take_back(one)
        return outside

    def _take_back(self, sitting: Sitting) -> None:
        if self._hall.stand_up(sitting.sid, sitting.door):
            kind, number = sitting.door
            self._server.leave_room(sitting.sid, room(sitting.connection.tenant_id, kind, number))
            self._server.emit("gone", {"kind": kind, "id": number}, to=sitting.sid)


def _is_out(one: Connection, member: MemberRef) -> bool:
    return member.standing is Standing.SUSPENDED or not one.roles <= policy.roles_of(member)


def _member(facts: Mapping[str, Any]) -> MemberRef:
    return MemberRef(
        id=facts["id"],
        display_name=facts["name"],
        roles=members.roles_of(facts["roles"], _moment(facts["moderator_until"])),
        standing=members.standing_of(facts["standing"], _moment(facts["standing_until"])),
        limits=members.limits_of(facts["limits"]),
    )


def _moment(said: str | None) -> dt.datetime | None:
    return None if said is None else dt.datetime.fromisoformat(said)
