"""What the page about sending shows: who gets an issue, how far it is, whom servers put off, who may have it twice."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from baukasten.plugin import LazyText, lazy
from baukasten.sdk import Scope, clock
from baukasten_newsletter.keys import DeliveryState, IssueState
from baukasten_newsletter.models import Delivery, Issue, Subscriber
from baukasten_newsletter.sending import pacing
from baukasten_newsletter.sending.audience import Standing, masked
from baukasten_newsletter.sending.models import DomainPace

_ = lazy("newsletter")
MINUTE = dt.timedelta(minutes=1)
DOMAINS, NAMED = 10, 200
WAITING = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING)
GONE = (DeliveryState.HANDED_OVER, DeliveryState.BOUNCED, DeliveryState.COMPLAINED)
LEFT_OUT: Mapping[Standing, LazyText] = {
    Standing.PAUSED: _("have paused their mails"),
    Standing.OTHERWISE: _("get it with their next digest"),
    Standing.SUPPRESSED: _("never want to be written to again"),
    Standing.UNDELIVERABLE: _("address takes no mail"),
}
LABELS: Mapping[str, LazyText] = {
    DeliveryState.HANDED_OVER: _("handed over"),
    DeliveryState.DEFERRED: _("put off by other servers, tried again"),
    DeliveryState.FAILED: _("refused for good"),
    DeliveryState.SKIPPED: _("left out: left, paused or suppressed meanwhile"),
    DeliveryState.BOUNCED: _("came back"),
    DeliveryState.COMPLAINED: _("complained"),
}
"""In the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class PutOff:
    """A domain that some mails wait for."""

    domain: str
    count: int
    due_at: dt.datetime | None
    a_minute: int | None
    """Its pace, where it asked for a slower one."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an issue is."""

    state: str
    total: int
    done: int
    """Nothing more happens to them by itself."""
    handed: int
    """Taken by their servers, also those that came back later."""
    returned: int
    counts: Sequence[tuple[str, int]]
    """What became of them, in words."""
    a_second: float
    minutes: int | None
    """About how long it still takes; nothing where that cannot be told."""
    put_off: Sequence[PutOff]
    uncertain: Sequence[str]
    uncertain_count: int
    server_back_at: dt.datetime | None
    reason: str

    @property
    def live(self) -> bool:
        """Whether it changes by itself."""
        return self.state in {IssueState.SENDING, IssueState.SCHEDULED}


def progress(session: Scope, issue: Issue, *, named: bool) -> Progress:
    """Read how far an issue is; ``named`` shows addresses whole. Three statements."""
    now = clock.now()
    fresh = func.count().filter(Delivery.handed_over_at > now - MINUTE)
    rests = select(DomainPace.free_at).where(DomainPace.domain == pacing.SERVER).scalar_subquery()
    rows = session.execute(
        select(Delivery.state, func.count(), fresh, rests)
        .where(Delivery.issue_id == issue.id)
        .group_by(Delivery.state)
    ).all()
    counts = {row[0]: row[1] for row in rows}
    back_at = rows[0][3] if rows else None
    total = sum(counts.values())
    waiting = sum(counts.get(state, 0) for state in WAITING)
    a_second = sum(row[2] for row in rows) / MINUTE.total_seconds()
    addresses, doubtful = _uncertain(session, issue.id, named=named)
    return Progress(
        state=issue.state,
        total=total,
        done=total - waiting - counts.get(DeliveryState.DEFERRED, 0),
        handed=sum(counts.get(state, 0) for state in GONE),
        returned=counts.get(DeliveryState.BOUNCED, 0),
        counts=[(str(label), counts[state]) for state, label in LABELS.items() if counts.get(state)],
        a_second=a_second,
        minutes=round(waiting / a_second / 60) if a_second and issue.state == IssueState.SENDING else None,
        put_off=_put_off(session, issue.id),
        uncertain=addresses,
        uncertain_count=doubtful,
        server_back_at=back_at if back_at is not None and back_at > now else None,
        reason=issue.pause_reason,
    )


def _put_off(session: Scope, issue_id: int) -> list[PutOff]:
    """Give the domains that most mails wait for."""
    rows = session.execute(
        select(Delivery.domain, func.count(), func.min(Delivery.due_at), func.min(DomainPace.a_minute))
        .outerjoin(
            DomainPace,
            (DomainPace.tenant_id == Delivery.tenant_id) & (DomainPace.domain == Delivery.domain),
        )
        .where(Delivery.issue_id == issue_id, Delivery.due_at.is_not(None))
        .group_by(Delivery.domain)
        .order_by(func.count().desc(), Delivery.domain)
        .limit(DOMAINS)
    )
    return [PutOff(*row) for row in rows]


def _uncertain(session: Scope, issue_id: int, *, named: bool) -> tuple[list[str], int]:
    """Give who may have an issue twice, and how many they are."""
    columns: tuple[Any, ...] = (Subscriber.address, func.count().over())
    rows = session.execute(
        select(*columns)
        .select_from(Delivery)
        .outerjoin(
            Subscriber,
            (Subscriber.tenant_id == Delivery.tenant_id) & (Subscriber.id == Delivery.subscriber_id),
        )
        .where(Delivery.issue_id == issue_id, Delivery.uncertain_at.is_not(None))
        .order_by(Delivery.id)
        .limit(NAMED)
    ).all()
    known = [address for address, _count in rows if address]
    return [address if named else masked(address) for address in known], rows[0][1] if rows else 0
