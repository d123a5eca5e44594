"""Who gets an issue and why: one statement, for the page that asks before sending and for the snapshot itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, case, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import ColumnElement

from baukasten.sdk import Scope, clock
from baukasten_newsletter.keys import Frequency, SubscriberState, SubscriptionState
from baukasten_newsletter.models import Delivery, Issue, IssueTopic, Subscriber, Subscription, Topic
from baukasten_newsletter.people.models import Suppression

SAMPLE = 5
WRITTEN_TO = (SubscriberState.ACTIVE, SubscriberState.UNDELIVERABLE)


class Standing(StrEnum):
    """Whether somebody who chose a topic gets the issue."""

    REACHED = "reached"
    PAUSED = "paused"
    OTHERWISE = "otherwise"
    """Wants mail by the day, week or month: the letter comes in the next digest."""
    SUPPRESSED = "suppressed"
    UNDELIVERABLE = "undeliverable"


@dataclass(frozen=True, slots=True)
class TopicShare:
    """What one topic brings."""

    title: str
    people: int


@dataclass(frozen=True, slots=True)
class Audience:
    """Who gets an issue and why, counted out."""

    reached: int
    topics: tuple[TopicShare, ...]
    twice: int
    """How often somebody chose one more of the topics, and is counted once all the same."""
    left_out: dict[Standing, int]
    sample: tuple[str, ...]
    """A few of the addresses, most of their letters hidden."""


def people(issue_id: int) -> Select[Any]:
    """Give everybody who chose a topic of an issue, with their standing and the topics they chose.

    Who is on the installation's list alone is found when mails are claimed: asking it is too slow for all at once.
    """
    agreed = Subscription.state == SubscriptionState.ACTIVE
    now = clock.now()
    standing = case(
        (Subscriber.state == SubscriberState.UNDELIVERABLE, Standing.UNDELIVERABLE),
        (Suppression.id.is_not(None), Standing.SUPPRESSED),
        (Subscriber.paused_until > now, Standing.PAUSED),
        (Subscriber.frequency != Frequency.AT_ONCE, Standing.OTHERWISE),
        else_=Standing.REACHED,
    )
    chosen = (
        select(
            Subscription.tenant_id,
            Subscription.subscriber_id,
            func.array_agg(Subscription.topic_id).label("topics"),
        )
        .join(
            IssueTopic,
            (IssueTopic.tenant_id == Subscription.tenant_id) & (IssueTopic.topic_id == Subscription.topic_id),
        )
        .where(IssueTopic.issue_id == issue_id, agreed)
        .group_by(Subscription.tenant_id, Subscription.subscriber_id)
        .subquery("chosen")
    )
    return (
        select(
            Subscriber.id,
            Subscriber.tenant_id,
            Subscriber.domain,
            Subscriber.language,
            Subscriber.address,
            chosen.c.topics,
            standing.label("standing"),
        )
        .join(
            chosen, (chosen.c.tenant_id == Subscriber.tenant_id) & (chosen.c.subscriber_id == Subscriber.id)
        )
        .outerjoin(
            Suppression,
            (Suppression.tenant_id == Subscriber.tenant_id)
            & (Suppression.fingerprint == Subscriber.fingerprint),
        )
        # In a CASE it cannot choose an index: a planner without figures, such as after a restore or a large import,
        # would go through all of a state for each person instead of looking the person up.
        .where(case((Subscriber.state.in_(WRITTEN_TO), literal(value=True)), else_=False))
    )


def audience(session: Scope, issue_id: int) -> Audience:
    """Count who gets an issue, and why; three statements."""
    found = people(issue_id).cte("people")
    reached = found.c.standing == Standing.REACHED
    counts = session.execute(
        select(found.c.standing, func.count(), func.coalesce(func.sum(func.cardinality(found.c.topics)), 0))
        .group_by(found.c.standing)
        .order_by(found.c.standing)
    ).all()
    by_standing = {Standing(standing): (number, chosen) for standing, number, chosen in counts}
    people_reached, choices = by_standing.pop(Standing.REACHED, (0, 0))
    chosen = select(func.unnest(found.c.topics).label("topic")).where(reached).subquery("chosen")
    shares = session.execute(
        select(Topic.title, func.count(chosen.c.topic))
        .join(IssueTopic, (IssueTopic.tenant_id == Topic.tenant_id) & (IssueTopic.topic_id == Topic.id))
        .outerjoin(chosen, chosen.c.topic == Topic.id)
        .where(IssueTopic.issue_id == issue_id)
        .group_by(Topic.id, Topic.title, Topic.position)
        .order_by(Topic.position, Topic.id)
    ).all()
    # Their hashes stand in no order, so the sample is no list of the oldest.
    some = session.scalars(
        select(found.c.address).where(reached).order_by(func.md5(found.c.address)).limit(SAMPLE)
    )
    return Audience(
        people_reached,
        tuple(TopicShare(title, number) for title, number in shares),
        int(choices) - people_reached,
        {standing: number for standing, (number, _chosen) in by_standing.items()},
        tuple(masked(address) for address in some),
    )


def snapshot(session: Scope, issue: Issue) -> int:
    """Write a pending delivery for everybody who gets an issue; gives how many are new. Done twice it adds nobody.

    Their numbers follow the turns of the domains, so that no domain waits for a larger one to be done.
    """
    found = people(issue.id).cte("people")
    turn = func.row_number().over(partition_by=found.c.domain, order_by=func.md5(found.c.address))
    rows: ColumnElement[int] = literal(issue.id)
    chosen = (
        select(found.c.tenant_id, rows, found.c.id, found.c.domain, found.c.language)
        .where(found.c.standing == Standing.REACHED)
        .order_by(turn, found.c.domain)
    )
    into = [
        Delivery.tenant_id,
        Delivery.issue_id,
        Delivery.subscriber_id,
        Delivery.domain,
        Delivery.language,
    ]
    written = insert(Delivery).from_select(into, chosen).on_conflict_do_nothing()
    added = written.returning(Delivery.id).cte("added")
    return session.scalar(select(func.count()).select_from(added)) or 0


def masked(address: str) -> str:
    """Give an address by which its owner is known to somebody who knows it already: ``a…@p….example``."""
    local, _, domain = address.rpartition("@")
    name, dot, end = domain.rpartition(".")
    return f"{local[:1]}…@{name[:1]}…{dot}{end}"
