"""The ledger's statements: claim some deliveries, mark those that go out now, note what became of them."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    Interval,
    Select,
    Text,
    bindparam,
    case,
    exists,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement

from baukasten.sdk import Scope, clock, token
from baukasten_newsletter.keys import (
    DeliveryState,
    Frequency,
    IssueKind,
    IssueState,
    SubscriberState,
    SubscriptionState,
)
from baukasten_newsletter.models import Delivery, Issue, IssueTopic, Subscriber, Subscription, Topic
from baukasten_newsletter.people.suppression import unsuppressed
from baukasten_newsletter.sending import leases, pacing
from baukasten_newsletter.sending.composing import Recipient
from baukasten_newsletter.sending.outcomes import Outcome

UNSYNCED = {"synchronize_session": False}
GONE, PAUSED, LEFT, SUPPRESSED = "gone", "paused", "left", "suppressed"
NOTHING_NEW = "nothing-new"
MOMENT = DateTime(timezone=True)


@dataclass(frozen=True, slots=True)
class Worker:
    """Who claims: one slice of one issue."""

    name: str
    issue_id: int
    version: int
    kind: str


def name_of(job_id: int, attempt: int) -> str:
    """Name who claims, so that a later attempt at the same job knows what the one before held."""
    return f"{job_id}.{attempt}.{token(9)}"


def found_on_broken_connections(
    session: Scope, issue_id: int, now: dt.datetime, job_id: int = 0, attempt: int = 1
) -> int:
    """Take back what a worker held that is gone; what was on a connection stays listed as uncertain.

    A lease that is over tells so, or that the queue runs the same job again: it does so only once the attempt
    before has failed or its worker is dead, and that attempt can write nothing over what others do from now on.
    """
    before = Delivery.worker.startswith(f"{job_id}.") & ~Delivery.worker.startswith(f"{job_id}.{attempt}.")
    over = Delivery.lease_until < leases.now()
    lost = update(Delivery).where(
        Delivery.issue_id == issue_id,
        Delivery.lease_until.is_not(None),
        over if attempt == 1 else before | over,
    )
    values = {
        "state": DeliveryState.PENDING,
        "worker": "",
        "lease_until": None,
        "uncertain_at": case(
            (Delivery.state == DeliveryState.SENDING, func.coalesce(Delivery.uncertain_at, now)),
            else_=Delivery.uncertain_at,
        ),
    }
    return int(getattr(session.execute(lost.values(values), execution_options=UNSYNCED), "rowcount", 0))


def claim(session: Scope, worker: Worker, count: int, now: dt.datetime) -> tuple[int, list[Recipient]]:
    """Claim the next deliveries for two minutes; gives how many, and those that may go out at once.

    Whoever left, paused or was suppressed since the snapshot is skipped; whose domain is slowed down waits.
    """
    waiting = (DeliveryState.PENDING, DeliveryState.DEFERRED)
    due = _free(worker, count, Delivery.due_at).where(Delivery.due_at <= now, Delivery.state.in_(waiting))
    rows = [*session.execute(due)]
    fresh = _free(worker, count - len(rows), Delivery.id).where(
        Delivery.due_at.is_(None), Delivery.state == DeliveryState.PENDING
    )
    rows += session.execute(fresh)
    values = {
        "state": DeliveryState.CLAIMED,
        "worker": worker.name,
        "lease_until": leases.now() + leases.CLAIM,
        "due_at": None,
    }
    _change(session, [row.id for row in rows], values)
    # Whose turn a slowed domain gave to this minute does not queue again.
    placed = {row.id for row in rows if row.state == DeliveryState.PENDING and row.due_at}
    placed -= {row.id for row in rows if row.due_at and row.due_at < now - pacing.REST}
    return len(rows), _fit(session, worker, [row.id for row in rows], placed, now) if rows else []


def _free(
    worker: Worker, count: int, order: InstrumentedAttribute[Any]
) -> Select[int, str, dt.datetime | None]:
    """Give the next deliveries of an issue that no other worker is about to claim."""
    return (
        select(Delivery.id, Delivery.state, Delivery.due_at)
        .where(Delivery.issue_id == worker.issue_id)
        .order_by(order)
        .limit(count)
        .with_for_update(skip_locked=True)
    )


def _fit(
    session: Scope, worker: Worker, numbers: Sequence[int], placed: Collection[int], now: dt.datetime
) -> list[Recipient]:
    """Give those of the claimed deliveries that may go out now, and lay the others aside."""
    first = _first_topic(worker.issue_id)
    why = case(
        (Subscriber.id.is_(None), GONE),
        (~_wanted(worker.issue_id, worker.kind, now, paused=False), LEFT),
        (~_wanted(worker.issue_id, worker.kind, now), PAUSED),
        (~unsuppressed(Subscriber), SUPPRESSED),
        else_="",
    )
    rows = session.execute(
        select(
            Delivery.id, Delivery.domain, Delivery.attempts, Delivery.language, Subscriber.id.label("who"),
            Subscriber.address, Subscriber.name, Subscriber.language.label("reads"), Subscriber.epoch,
            first.c.title, first.c.since, why.label("why"),
        )
        .outerjoin(
            Subscriber,
            (Subscriber.tenant_id == Delivery.tenant_id) & (Subscriber.id == Delivery.subscriber_id),
        )
        .outerjoin(first, literal(value=True))
        .where(_among(numbers))
        .order_by(Delivery.id)
    ).all()  # fmt: skip
    skip(session, {row.id: row.why for row in rows if row.why})
    fit = [row for row in rows if not row.why]
    unplaced = [pacing.Claim(row.id, row.domain) for row in fit if row.id not in placed]
    waiting = pacing.allot(session, unplaced, now)
    _put_off(session, waiting)
    return [
        Recipient(
            row.id, row.who, row.address, row.domain, row.name, row.reads, row.epoch, row.attempts,
            row.title or "", row.since,
        )
        for row in fit
        if row.id not in waiting
    ]  # fmt: skip


def turn(
    session: Scope, worker: Worker, done: Mapping[int, Outcome], going: Collection[int], now: dt.datetime
) -> set[int]:
    """Write down what became of the last round and mark the next one as on its way, in one statement.

    Gives those that may really go: neither stopped nor changed, nor gone since they were claimed. Commit at once,
    before a single byte of them is written.
    """
    if not done and not going:
        return set()
    outcomes = done.values()
    values = {
        "tenant": session.tenant_id, "issue": worker.issue_id, "version": worker.version, "worker": worker.name,
        "now": now, "turned": clock.turned_by(), "going": [*going], "ids": [*done],
        "states": [one.state.value for one in outcomes], "codes": [one.code for one in outcomes],
        "reasons": [one.reason for one in outcomes], "dues": [one.due_at for one in outcomes],
        "counts": [int(one.counts) for one in outcomes], "doubts": [one.uncertain for one in outcomes],
    }  # fmt: skip
    sql, constants = _turn_sql(worker.kind)
    return {*session.connection().exec_driver_sql(sql, {**constants, **values}).scalars()}


@lru_cache(maxsize=4)
def _turn_sql(kind: str) -> tuple[str, Mapping[str, Any]]:
    """Give the statement as the driver takes it: writing it anew for each round would cost more than its run."""
    noted = _note().cte("noted")
    marked = _mark(kind).returning(Delivery.id).cte("marked")
    statement = select(marked.c.id).add_cte(noted)
    dialect: Dialect = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]
    compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    return str(compiled), compiled.params


def _mark(kind: str) -> Any:
    """Mark claimed deliveries as being sent, if everything still stands as it did when they were claimed."""
    tenant, issue = bindparam("tenant", type_=BigInteger), bindparam("issue", type_=BigInteger)
    now = bindparam("now", type_=MOMENT)
    here = leases.now(bindparam("turned", type_=Interval))
    stands = exists().where(
        Issue.tenant_id == tenant,
        Issue.id == issue,
        Issue.state == IssueState.SENDING,
        Issue.version == bindparam("version"),
    )
    # In a CASE each reader is looked up alone. As a join, a planner without figures, such as after a restore, reads
    # all of them for each mail.
    reader = case((_wanted(issue, kind, now) & unsuppressed(Subscriber), literal(value=True)), else_=False)
    return (
        update(Delivery)
        .where(
            Delivery.tenant_id == tenant,
            Delivery.id == func.any(bindparam("going", type_=ARRAY(BigInteger))),
            Delivery.issue_id == issue,
            Delivery.worker == bindparam("worker"),
            Delivery.state == DeliveryState.CLAIMED,
            Delivery.lease_until > here,
            Subscriber.tenant_id == Delivery.tenant_id,
            Subscriber.id == Delivery.subscriber_id,
            stands,
            reader,
        )
        .values(state=DeliveryState.SENDING, lease_until=here + leases.SENDING)
    )


def _note() -> Any:
    """Write down outcomes, of this worker's own deliveries only: whoever took over knows better."""
    said = (
        func.unnest(
            bindparam("ids", type_=ARRAY(BigInteger)),
            bindparam("states", type_=ARRAY(Text)),
            bindparam("codes", type_=ARRAY(BigInteger)),
            bindparam("reasons", type_=ARRAY(Text)),
            bindparam("dues", type_=ARRAY(MOMENT)),
            bindparam("counts", type_=ARRAY(BigInteger)),
            bindparam("doubts", type_=ARRAY(Boolean)),
        )
        .table_valued("id", "state", "code", "reason", "due_at", "counts", "doubt", name="said")
        .render_derived()
    )
    now = bindparam("now", type_=MOMENT)
    over = said.c.state == DeliveryState.HANDED_OVER
    doubt = func.coalesce(Delivery.uncertain_at, now)
    return (
        update(Delivery)
        .where(
            Delivery.tenant_id == bindparam("tenant"),
            Delivery.id == said.c.id,
            Delivery.issue_id == bindparam("issue"),
            Delivery.worker == bindparam("worker"),
            Delivery.state == DeliveryState.SENDING,
        )
        .values(
            state=said.c.state,
            code=said.c.code,
            reason=said.c.reason,
            due_at=said.c.due_at,
            attempts=Delivery.attempts + said.c.counts,
            version=case((over, bindparam("version")), else_=Delivery.version),
            handed_over_at=case((over, now), else_=Delivery.handed_over_at),
            uncertain_at=case((said.c.doubt, doubt), else_=Delivery.uncertain_at),
            lease_until=None,
            worker="",
        )
        .returning(Delivery.id)
    )


def skip(session: Scope, reasons: Mapping[int, str]) -> None:
    """Lay claimed deliveries aside for good."""
    for reason in sorted(set(reasons.values())):
        numbers = [number for number, why in reasons.items() if why == reason]
        values = {"state": DeliveryState.SKIPPED, "reason": reason, "worker": "", "lease_until": None}
        _change(session, numbers, values)


def give_back(session: Scope, worker: Worker) -> None:
    """Return what the worker claimed and did not send."""
    mine = update(Delivery).where(
        Delivery.issue_id == worker.issue_id,
        Delivery.lease_until.is_not(None),
        Delivery.worker == worker.name,
        Delivery.state == DeliveryState.CLAIMED,
    )
    values = {"state": DeliveryState.PENDING, "worker": "", "lease_until": None}
    session.execute(mine.values(values), execution_options=UNSYNCED)


def _put_off(session: Scope, waiting: Mapping[int, dt.datetime]) -> None:
    for moment in sorted(set(waiting.values())):
        numbers = [number for number, until in waiting.items() if until == moment]
        values = {"state": DeliveryState.PENDING, "due_at": moment, "worker": "", "lease_until": None}
        _change(session, numbers, values)


def _change(session: Scope, numbers: Sequence[int], values: Mapping[str, object]) -> None:
    if not numbers:
        return
    changed = update(Delivery).where(_among(numbers)).values(values)
    session.execute(changed, execution_options=UNSYNCED)


def _among(numbers: Sequence[int]) -> ColumnElement[bool]:
    """Give the condition for some rows, as one array: hundreds of values each of their own are slow to read."""
    return Delivery.id == func.any(literal([*numbers], ARRAY(BigInteger)))


def _wanted(issue: Any, kind: str, now: Any, *, paused: bool = True) -> ColumnElement[bool]:
    """Give the condition that a subscriber wants this issue; without ``paused`` a pause does not count."""
    wanted = Subscriber.state == SubscriberState.ACTIVE
    if paused:
        wanted &= Subscriber.paused_until.is_(None) | (Subscriber.paused_until <= now)
    if kind != IssueKind.LETTER:
        return wanted
    topic = exists().where(
        Subscription.tenant_id == Subscriber.tenant_id,
        Subscription.subscriber_id == Subscriber.id,
        Subscription.state == SubscriptionState.ACTIVE,
        Subscription.topic_id == IssueTopic.topic_id,
        IssueTopic.tenant_id == Subscription.tenant_id,
        IssueTopic.issue_id == issue,
    )
    return wanted & (Subscriber.frequency == Frequency.AT_ONCE) & topic


def _first_topic(issue_id: int) -> Any:
    """Give what somebody chose first among an issue's topics: the reason to write to them."""
    return (
        select(Topic.title, Subscription.since)
        .join(
            IssueTopic,
            (IssueTopic.tenant_id == Subscription.tenant_id) & (IssueTopic.topic_id == Subscription.topic_id),
        )
        .join(Topic, (Topic.tenant_id == Subscription.tenant_id) & (Topic.id == Subscription.topic_id))
        .where(
            Subscription.tenant_id == Subscriber.tenant_id,
            Subscription.subscriber_id == Subscriber.id,
            Subscription.state == SubscriptionState.ACTIVE,
            IssueTopic.issue_id == issue_id,
        )
        .order_by(Subscription.since, Subscription.id)
        .limit(1)
        .lateral("first")
    )
