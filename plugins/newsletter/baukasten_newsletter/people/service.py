"""Leaving, and addresses that take no mail: what happens to subscribers, each with its entry in the log of consents."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, func, select, update

from baukasten.sdk import Scope, clock
from baukasten_newsletter.keys import SubscriberState, SubscriptionState
from baukasten_newsletter.models import Subscriber, Subscription
from baukasten_newsletter.people import log, suppression, titles
from baukasten_newsletter.people.log import Circumstances
from baukasten_newsletter.people.models import ConsentKind

UNSYNCED = {"synchronize_session": False}
WRITTEN_TO = (SubscriberState.PENDING, SubscriberState.ACTIVE)


def leave(
    session: Scope,
    subscriber_id: int,
    *,
    how: str,
    topics: Collection[int] | None = None,
    at: Circumstances = log.NOWHERE,
) -> None:
    """End a subscription to some topics, or all; asked twice it is logged once, and an unknown id is no error.

    ``how`` is a word for the log, such as ``one-click`` or ``complaint``. Whoever has no topic left has left.
    """
    row = locked(session, subscriber_id)
    if row is None or row.state == SubscriberState.LEFT:
        return
    chosen = delete(Subscription).where(Subscription.subscriber_id == subscriber_id)
    if topics is not None:
        chosen = chosen.where(Subscription.topic_id.in_(topics))
    ended = session.scalars(chosen.returning(Subscription.topic_id), execution_options=UNSYNCED).all()
    if topics is not None and not ended:
        return
    if topics is None or not _has_topics(session, subscriber_id):
        values = {"state": SubscriberState.LEFT, "left_at": clock.now()}
        changed = update(Subscriber).where(Subscriber.id == subscriber_id)
        session.execute(changed.values(values), execution_options=UNSYNCED)
    told = titles.of(session, ended)
    log.write(session, ConsentKind.WITHDRAWN, row.fingerprint, told, replace(at, how=how))


def never(
    session: Scope,
    subscriber_id: int | None,
    fingerprint: bytes,
    reason: str,
    *,
    how: str,
    everywhere: bool = False,
    at: Circumstances = log.NOWHERE,
) -> None:
    """Leave everything and never be written to again; ``subscriber_id`` is empty for an address unknown here.

    The person first, then the list, then the log: whoever takes them otherwise waits in a circle with others.
    """
    if subscriber_id is not None:
        locked(session, subscriber_id)
    told = replace(at, how=suppression.EVERYWHERE) if everywhere else at
    suppression.suppress(session, fingerprint, reason, everywhere=everywhere, at=told)
    if subscriber_id is not None:
        leave(session, subscriber_id, how=how, at=at)


def mark_undeliverable(session: Scope, subscriber_id: int, reason: str) -> None:
    """Leave an address in peace that takes no mail; the consent stays, and a new confirmation brings it back."""
    row = locked(session, subscriber_id)
    if row is None or row.state not in WRITTEN_TO:
        return
    changed = update(Subscriber).where(Subscriber.id == subscriber_id)
    session.execute(changed.values(state=SubscriberState.UNDELIVERABLE), execution_options=UNSYNCED)
    told = Circumstances(how=f"undeliverable: {reason}")
    log.write(session, ConsentKind.CHANGED, row.fingerprint, at=told)


def locked(session: Scope, subscriber_id: int) -> Any:
    """Give a subscriber's row, which nobody else changes until the session commits; nothing where there is none."""
    query = select(*Subscriber.__table__.c).where(Subscriber.id == subscriber_id).with_for_update()
    return session.execute(query).one_or_none()


def _has_topics(session: Scope, subscriber_id: int) -> bool:
    active = Subscription.state == SubscriptionState.ACTIVE
    kept = select(func.count()).where(Subscription.subscriber_id == subscriber_id, active)
    return session.scalar(kept) != 0
