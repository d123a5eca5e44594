"""Subscribing: a request, the confirmation that makes it count, and the short way for confirmed accounts."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import Scope, clock, enqueue
from baukasten_newsletter.keys import Frequency, SubscriberState, SubscriptionState
from baukasten_newsletter.models import Subscriber, Subscription, Topic
from baukasten_newsletter.people import addresses, log, service, suppression, titles
from baukasten_newsletter.people.log import Circumstances
from baukasten_newsletter.people.models import ConsentKind, Move

UNSYNCED = {"synchronize_session": False}
ASK_JOB = "newsletter.people.ask"
FIRST = 100
"""Priority: who waits for a confirmation waits at the screen."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to get."""

    address: str
    """Normal."""
    topics: Collection[int]
    language: str
    name: str = ""
    frequency: str = Frequency.AT_ONCE


def ask(session: Scope, module: ModuleRef, wish: Wish, at: Circumstances) -> None:
    """Take a request: it waits for a confirmation, and its mail waits for a worker.

    The same statements whether the address is known or not; what somebody has confirmed stays as it is. Where no
    further mail may go, do not ask: nobody confirms what they have not read.
    """
    row = _row_of(session, wish)
    _renew(session, row.id, wish)
    log.write(session, ConsentKind.REQUESTED, row.fingerprint, titles.of(session, wish.topics), at)
    enqueue(session, ASK_JOB, priority=FIRST, subscriber_id=row.id, module_id=module.id)


def confirm(session: Scope, subscriber_id: int, *, form: str = "", network: str = "") -> bool:
    """Make what somebody asked for count; tells whether anything waited. Asked again nothing happens.

    The address that somebody moved away from leaves with it.
    """
    left = session.scalar(select(Move.from_id).where(Move.subscriber_id == subscriber_id))
    row = _locked_both(session, subscriber_id, left)
    pending = update(Subscription).where(
        Subscription.subscriber_id == subscriber_id, Subscription.state == SubscriptionState.PENDING
    )
    agreed = pending.values(state=SubscriptionState.ACTIVE, since=clock.now()).returning(
        Subscription.topic_id
    )
    found = session.scalars(agreed, execution_options=UNSYNCED).all() if row is not None else ()
    if row is None or not found:
        return False
    values = {"state": SubscriberState.ACTIVE, "confirmed_at": clock.now(), "left_at": None}
    changed = update(Subscriber).where(Subscriber.id == subscriber_id).values(values)
    session.execute(changed, execution_options=UNSYNCED)
    if left is not None:
        service.leave(session, left, how="moved to another address")
        session.execute(delete(Move).where(Move.subscriber_id == subscriber_id), execution_options=UNSYNCED)
    asked = log.last_request(session, row.fingerprint)
    told = replace(asked, form=form or asked.form, how="link in the mail", network=network)
    log.write(session, ConsentKind.CONFIRMED, row.fingerprint, titles.of(session, found), told)
    return True


def waiting(session: Scope, subscriber_id: int) -> list[int]:
    """Give the topics that wait for a confirmation."""
    pending = Subscription.state == SubscriptionState.PENDING
    chosen = select(Subscription.topic_id).where(Subscription.subscriber_id == subscriber_id, pending)
    return list(session.scalars(chosen.order_by(Subscription.topic_id)))


def agree(session: Scope, actor: MemberRef, wish: Wish, at: Circumstances) -> None:
    """Subscribe the confirmed address of an account at once: nobody else could press the button.

    Never-again, of this town and of all, ends with it.
    """
    row = _row_of(session, wish)
    values: dict[str, Any] = {
        "state": SubscriberState.ACTIVE,
        "confirmed_at": clock.now(),
        "left_at": None,
        "member_id": actor.id,
        "language": wish.language,
        "frequency": wish.frequency,
        "name": wish.name,
    }
    changed = update(Subscriber).where(Subscriber.id == row.id).values(values)
    session.execute(changed, execution_options=UNSYNCED)
    for topic_id in wish.topics:
        chosen = {"topic_id": topic_id, "state": SubscriptionState.ACTIVE, "since": clock.now()}
        added = insert(Subscription).values(tenant_id=session.tenant_id, subscriber_id=row.id, **chosen)
        known = ["tenant_id", "subscriber_id", "topic_id"]
        agreed = {"state": chosen["state"], "since": chosen["since"]}
        waits = Subscription.state == SubscriptionState.PENDING
        session.execute(added.on_conflict_do_update(index_elements=known, set_=agreed, where=waits))
    told = replace(at, how="account with this confirmed address", actor_member_id=actor.id)
    suppression.lift(session, row.fingerprint, everywhere=True, at=told)
    log.write(session, ConsentKind.CONFIRMED, row.fingerprint, titles.of(session, wish.topics), told)


def _row_of(session: Scope, wish: Wish) -> Any:
    """Give the address's row, made if there is none, which nobody else changes until the session commits."""
    values = {
        "address": wish.address,
        "fingerprint": addresses.fingerprint(session, wish.address),
        "domain": addresses.domain_of(wish.address),
        "name": wish.name,
        "language": wish.language,
        "frequency": wish.frequency,
        "state": SubscriberState.PENDING,
        "created_at": clock.now(),
    }
    added = insert(Subscriber).values(tenant_id=session.tenant_id, **values)
    # Writing the same address again locks the row that is there; two statements could miss it between them.
    known = added.on_conflict_do_update(
        index_elements=["tenant_id", "address"], set_={"address": wish.address}
    )
    return session.execute(known.returning(*Subscriber.__table__.c)).one()


def _renew(session: Scope, subscriber_id: int, wish: Wish) -> None:
    """Let the latest request say how somebody is written to, unless they confirmed already."""
    open_to_all = Subscriber.state != SubscriberState.ACTIVE
    renewed = {"name": wish.name, "language": wish.language, "frequency": wish.frequency}
    changed = update(Subscriber).where(Subscriber.id == subscriber_id, open_to_all).values(renewed)
    session.execute(changed, execution_options=UNSYNCED)
    came_back = update(Subscriber).where(
        Subscriber.id == subscriber_id, Subscriber.state == SubscriberState.LEFT
    )
    again = came_back.values(state=SubscriberState.PENDING, left_at=None)
    session.execute(again, execution_options=UNSYNCED)
    _choose(session, subscriber_id, wish.topics)


def _choose(session: Scope, subscriber_id: int, topics: Collection[int]) -> None:
    """Let the latest request count in place of earlier ones that wait; whoever is active is asked for nothing."""
    waits = Subscription.state == SubscriptionState.PENDING
    others = delete(Subscription).where(Subscription.subscriber_id == subscriber_id, waits)
    session.execute(others, execution_options=UNSYNCED)
    wanted = select(Subscriber.tenant_id, Subscriber.id, Topic.id, _pending(), _now()).where(
        Subscriber.id == subscriber_id,
        Subscriber.state != SubscriberState.ACTIVE,
        Topic.tenant_id == Subscriber.tenant_id,
        Topic.id.in_(topics),
    )
    columns = ["tenant_id", "subscriber_id", "topic_id", "state", "since"]
    added = insert(Subscription).from_select(columns, wanted)
    session.execute(added.on_conflict_do_nothing())


def _pending() -> Any:
    return literal(SubscriptionState.PENDING.value)


def _now() -> Any:
    return literal(clock.now(), Subscription.since.type)


def _locked_both(session: Scope, subscriber_id: int, other_id: int | None) -> Any:
    """Lock a subscriber, and the one that moves there, in the order of their ids; gives the first."""
    wanted = [subscriber_id] if other_id is None else [subscriber_id, other_id]
    query = select(*Subscriber.__table__.c).where(Subscriber.id.in_(wanted)).order_by(Subscriber.id)
    rows = session.execute(query.with_for_update()).all()
    return next((row for row in rows if row.id == subscriber_id), None)
