"""Forgetting: requests that nobody confirmed, addresses of those who left, and whose the oldest proofs are. Jobs."""

import datetime as dt
import logging
from typing import Any, cast

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from baukasten.plugin import Job
from baukasten.sdk import Scope, clock, work
from baukasten_newsletter.keys import SubscriberState, SubscriptionState
from baukasten_newsletter.models import Subscriber, Subscription
from baukasten_newsletter.people import log
from baukasten_newsletter.people.log import Circumstances
from baukasten_newsletter.people.mailing import DAYS
from baukasten_newsletter.people.models import Consent, ConsentKind, Person

logger = logging.getLogger("baukasten_newsletter")
UNSYNCED = {"synchronize_session": False}
WAITING = dt.timedelta(days=DAYS)
LEFT = dt.timedelta(days=30)
YEARS = 3
"""How long claims live, from the end of the year (sections 195 and 199 of the German Civil Code)."""
BATCH = 500


def tidy(session: Session) -> None:
    """Do all three for the session's town, in small transactions."""
    scope = cast("Scope", session)
    _requests(session)
    session.commit()
    while _gone(scope):
        session.commit()
    _people(session)
    session.commit()


def erase(session: Scope, rows: Any, how: str) -> int:
    """Forget the addresses of some subscribers, all that hangs on them, and log it; gives how many."""
    found = list(rows)
    session.execute(
        delete(Subscriber).where(Subscriber.id.in_([row.id for row in found])), execution_options=UNSYNCED
    )
    for row in found:
        log.write(session, ConsentKind.ERASED, row.fingerprint, at=Circumstances(how=how))
    return len(found)


def _requests(session: Session) -> None:
    """Forget what nobody confirmed, and an address that asked for nothing else; no entry tells of it."""
    theirs = (Subscription.tenant_id == Subscriber.tenant_id) & (Subscription.subscriber_id == Subscriber.id)
    old = (Subscription.state == SubscriptionState.PENDING) & (Subscription.since < clock.now() - WAITING)
    none_left = (Subscriber.state == SubscriberState.PENDING) & ~exists().where(theirs)
    # People before what they asked for, as whoever confirms does; those who do so now come another time.
    query = select(Subscriber.id).where(exists().where(theirs, old) | none_left).order_by(Subscriber.id)
    found = session.scalars(query.with_for_update(skip_locked=True)).all()
    asked = delete(Subscription).where(Subscription.subscriber_id.in_(found), old)
    session.execute(asked, execution_options=UNSYNCED)
    forgotten = delete(Subscriber).where(Subscriber.id.in_(found), none_left)
    session.execute(forgotten, execution_options=UNSYNCED)


def _gone(session: Scope) -> int:
    left = (Subscriber.state == SubscriberState.LEFT, Subscriber.left_at < clock.now() - LEFT)
    query = select(Subscriber.id, Subscriber.fingerprint).where(*left).order_by(Subscriber.id)
    locked = query.limit(BATCH).with_for_update(skip_locked=True)
    return erase(session, session.execute(locked).all(), "30 days after leaving")


def _people(session: Session) -> None:
    """Forget whose entries are whose, three whole years after the last one; the chain stays whole."""
    before = dt.datetime(clock.now().year - YEARS, 1, 1, tzinfo=dt.UTC)
    newest = (
        select(func.max(Consent.at))
        .where(Consent.tenant_id == Person.tenant_id, Consent.person == Person.person)
        .scalar_subquery()
    )
    still = exists().where(
        Subscriber.tenant_id == Person.tenant_id, Subscriber.fingerprint == Person.fingerprint
    )
    old = delete(Person).where(newest < before, ~still)
    session.execute(old, execution_options=UNSYNCED)


def check(session: Session) -> None:
    """Compute the town's log anew each night, and tell the operator's log where it is not whole."""
    broken = log.verify(session)
    if broken is not None:
        town = work(session).town.slug
        logger.error("%s: the log of consents is broken from entry %d on", town, broken)


JOBS = [
    Job("newsletter.people.tidy", tidy, every="17 3 * * *"),
    Job("newsletter.people.check", check, every="47 4 * * *"),
]
