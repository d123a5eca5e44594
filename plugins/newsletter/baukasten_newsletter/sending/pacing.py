"""Slowing down for a domain that asks for it, and going faster again step by step (AIMD, as TCP does)."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from baukasten.sdk import Scope
from baukasten_newsletter.sending.models import DomainPace

FIRST = 120
"""Mails a minute to a domain that asked for the first time."""
LEAST, STEP, FREE = 1, 30, 600
"""The slowest pace, what is added after each minute without a complaint, and from which on there is no limit."""
REST = dt.timedelta(minutes=1)
"""Nothing goes to a domain for so long after it asked; what it says meanwhile is the same request."""
AHEAD = dt.timedelta(minutes=10)
"""How far ahead places are given away at most; who comes later is asked again then."""
SERVER = ""
"""Stands for the mail server itself among the domains."""
SERVER_RESTS = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery and where it goes."""

    delivery_id: int
    domain: str


def allot(session: Scope, claims: Iterable[Claim], now: dt.datetime) -> dict[int, dt.datetime]:
    """Give, for the deliveries that must wait, until when; takes the places of those that go now."""
    claims = [*claims]
    paces = _paces(session, {claim.domain for claim in claims}, now)
    waiting: dict[int, dt.datetime] = {}
    for claim in claims:
        pace = paces.get(claim.domain)
        if pace is None:
            continue
        # A pause is not made up for afterwards: at most what a second holds goes at once.
        pace.free_at = max(pace.free_at, now - dt.timedelta(seconds=1))
        if pace.free_at > now:
            waiting[claim.delivery_id] = min(pace.free_at, now + AHEAD)
        if pace.free_at <= now + AHEAD:
            pace.free_at += dt.timedelta(seconds=60 / pace.a_minute)
    session.flush()
    return waiting


def slow_down(session: Scope, asked: Mapping[str, str], now: dt.datetime) -> None:
    """Halve the pace of domains that asked for it, each with its words; asked again within a minute it is one wish."""
    if not asked:
        return
    known = {pace.domain: pace for pace in _locked(session, asked)}
    for domain, words in sorted(asked.items()):
        pace = known.get(domain)
        if pace is None:
            _add(session, domain, FIRST, now + REST, words, now)
        elif now - pace.slowed_at >= REST:
            pace.a_minute = max(LEAST, pace.a_minute // 2)
            pace.free_at, pace.slowed_at, pace.reason = now + REST, now, words
    session.flush()


def server_rests(session: Scope, words: str, now: dt.datetime) -> None:
    """Leave the mail server in peace for a minute; nobody's mail is to blame."""
    session.execute(delete(DomainPace).where(DomainPace.domain == SERVER))
    _add(session, SERVER, FIRST, now + SERVER_RESTS, words, now)


def server_back_at(session: Scope, now: dt.datetime) -> dt.datetime | None:
    """Give until when the mail server is left in peace, or nothing."""
    until = session.scalar(select(DomainPace.free_at).where(DomainPace.domain == SERVER))
    return until if until is not None and until > now else None


def _paces(session: Scope, domains: Collection[str], now: dt.datetime) -> dict[str, DomainPace]:
    """Give the paces of today, after the minutes without complaint since then."""
    found = {}
    for pace in _locked(session, domains):
        minutes = int((now - pace.slowed_at) / REST) - 1
        if minutes > 0:
            # What was added up to now must not be added again.
            pace.a_minute += STEP * minutes
            pace.slowed_at += REST * minutes
        if pace.a_minute >= FREE:
            session.delete(pace)
        else:
            found[pace.domain] = pace
    return found


def _locked(session: Scope, domains: Collection[str]) -> list[DomainPace]:
    """Lock the rows in one order always, so that two workers never wait for each other in a circle."""
    chosen = select(DomainPace).where(DomainPace.domain.in_(domains)).order_by(DomainPace.domain)
    fresh = chosen.with_for_update().execution_options(populate_existing=True)
    return [*session.scalars(fresh)] if domains else []


def _add(
    session: Scope, domain: str, a_minute: int, free_at: dt.datetime, words: str, now: dt.datetime
) -> None:
    values = {"a_minute": a_minute, "free_at": free_at, "slowed_at": now, "reason": words}
    row = insert(DomainPace).values(tenant_id=session.tenant_id, domain=domain, **values)
    session.execute(row.on_conflict_do_nothing())
