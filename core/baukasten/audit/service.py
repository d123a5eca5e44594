"""Recording deeds, reading them, and proving that none was changed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, text

from baukasten import clock
from baukasten.audit.models import AuditEntry, PlatformEntry
from baukasten.db.session import Scope
from baukasten.plugin.refs import MemberRef

PAGE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed as the log shows it."""

    seq: int
    at: dt.datetime
    actor_id: int | None
    """Member in a town's log, account in the installation's; None for the machine and for erased people."""
    action: str
    target: str
    facts: Mapping[str, Any]


def record(session: Scope, actor: MemberRef | None, action: str, target: str = "", **facts: Any) -> None:
    """Write a deed into the town's log, in the transaction of the deed itself.

    ``action`` is a key such as ``projects.module.place``, ``target`` names the thing, such as ``module:12``;
    ``facts`` are numbers and keys, never names or texts of people, for the log is kept when people are erased.
    Others who write to the same town's log wait until the session commits.
    """
    session.execute(
        insert(AuditEntry).values(
            tenant_id=session.tenant_id,
            at=clock.now(),
            actor_member_id=actor.id if actor else None,
            action=action,
            target=target,
            facts=facts,
        )
    )


def record_platform(
    session: Scope, account_id: int | None, action: str, target: str = "", **facts: Any
) -> None:
    """Write an operator's deed into the installation's log; an operator's session only."""
    session.execute(
        insert(PlatformEntry).values(
            at=clock.now(), actor_account_id=account_id, action=action, target=target, facts=facts
        )
    )


def entries(
    session: Scope, *, before: int | None = None, actor_id: int | None = None, limit: int = PAGE
) -> list[Entry]:
    """Give the town's deeds, newest first, those before a place or of one member if asked."""
    chosen = select(*_columns(AuditEntry), AuditEntry.actor_member_id.label("actor_id"))
    if before is not None:
        chosen = chosen.where(AuditEntry.seq < before)
    if actor_id is not None:
        chosen = chosen.where(AuditEntry.actor_member_id == actor_id)
    rows = session.execute(chosen.order_by(AuditEntry.seq.desc()).limit(limit))
    return [Entry(**row) for row in rows.mappings()]


def platform_entries(session: Scope, *, before: int | None = None, limit: int = PAGE) -> list[Entry]:
    """Give the operators' deeds, newest first; an operator's session only."""
    chosen = select(*_columns(PlatformEntry), PlatformEntry.actor_account_id.label("actor_id"))
    if before is not None:
        chosen = chosen.where(PlatformEntry.seq < before)
    rows = session.execute(chosen.order_by(PlatformEntry.seq.desc()).limit(limit))
    return [Entry(**row) for row in rows.mappings()]


def _columns(table: type[AuditEntry | PlatformEntry]) -> tuple[Any, ...]:
    return table.seq, table.at, table.action, table.target, table.facts


# What is computed anew must equal what is stored, each entry must name the one before, and the last must be the head.
BROKEN = """
    WITH chain AS (
        SELECT row_number() OVER (ORDER BY seq) AS place, seq, previous, hash,
               lag(hash, 1, '') OVER (ORDER BY seq) AS expected,
               platform.audit_hash(previous, {tenant}, seq, at, {actor}, action, target, facts) AS computed
        FROM {entries}
    )
    SELECT min(place) FROM (
        SELECT place FROM chain WHERE seq <> place OR previous <> expected OR hash <> computed
        UNION ALL
        SELECT e.seq + 1 FROM (SELECT coalesce(max(seq), 0) AS seq FROM chain) e
        LEFT JOIN {heads} h ON true LEFT JOIN chain last ON last.seq = e.seq
        WHERE coalesce(h.seq, 0) <> e.seq OR coalesce(h.hash, '') <> coalesce(last.hash, '')
    ) AS broken
"""
BROKEN_TOWN = text(
    BROKEN.format(
        tenant="tenant_id", actor="actor_member_id", entries="public.audit_entry", heads="public.audit_head"
    )
)
BROKEN_PLATFORM = text(
    BROKEN.format(
        tenant="NULL", actor="actor_account_id", entries="platform.audit_entry", heads="platform.audit_head"
    )
)


def verify(session: Scope) -> int | None:
    """Compute the town's whole chain anew; gives the first place that is changed, missing or cut off, or nothing."""
    broken: int | None = session.execute(BROKEN_TOWN).scalar_one()
    return broken


def verify_platform(session: Scope) -> int | None:
    """Compute the installation's chain anew; an operator's session only."""
    broken: int | None = session.execute(BROKEN_PLATFORM).scalar_one()
    return broken
