"""Settings of a subscriber: topics of all lists of the town, how often, language, pause, name, another address."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import ModuleRef
from baukasten.sdk import NotFound, Scope, clock
from baukasten_newsletter.keys import SubscriberState, SubscriptionState
from baukasten_newsletter.models import Subscriber, Subscription
from baukasten_newsletter.people import joining, log, service, titles
from baukasten_newsletter.people.joining import Wish
from baukasten_newsletter.people.log import Circumstances
from baukasten_newsletter.people.models import ConsentKind, Move

UNSYNCED = {"synchronize_session": False}
HOW = "settings"


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose on the page of their settings."""

    topics: Collection[int]
    """All that they want, of all lists."""
    frequency: str
    language: str
    name: str = ""
    paused_until: dt.datetime | None = None


def chosen(session: Scope, subscriber_id: int) -> set[int]:
    """Give the topics that somebody gets."""
    active = Subscription.state == SubscriptionState.ACTIVE
    query = select(Subscription.topic_id).where(Subscription.subscriber_id == subscriber_id, active)
    return set(session.scalars(query))


def change(session: Scope, subscriber_id: int, choice: Choice, at: Circumstances) -> None:
    """Set all at once; what is taken away is logged as withdrawn, what is added as agreed to with the page's words.

    Whoever keeps no topic has left. An address that took no mail is written to again. Raises NotFound.
    """
    row = service.locked(session, subscriber_id)
    if row is None or row.state == SubscriberState.PENDING:
        raise NotFound
    before = chosen(session, subscriber_id)
    added, taken = set(choice.topics) - before, before - set(choice.topics)
    _add(session, subscriber_id, added)
    told = _told(row, choice)
    if choice.topics:
        changed = update(Subscriber).where(Subscriber.id == subscriber_id)
        session.execute(changed.values(_values(choice)), execution_options=UNSYNCED)
    if choice.topics and (added or told):
        words = replace(at, how="; ".join([HOW, *told]), language=choice.language)
        if not added:
            words = replace(words, declaration_id=None, declaration_sha256="")
        log.write(session, ConsentKind.CHANGED, row.fingerprint, titles.of(session, added), words)
    if taken:
        service.leave(session, subscriber_id, how=HOW, topics=taken, at=Circumstances(form=at.form))


def move(session: Scope, module: ModuleRef, row: Any, address: str, at: Circumstances) -> None:
    """Ask another address of somebody to confirm; the old one gets everything until it does."""
    if address == row.address:
        return
    topics = chosen(session, row.id)
    wish = Wish(address, topics, row.language, row.name, row.frequency)
    joining.ask(session, module, wish, replace(at, how="another address"))
    new = select(Subscriber.id).where(
        Subscriber.address == address, Subscriber.state != SubscriberState.ACTIVE
    )
    new_id = session.scalar(new)
    if new_id is not None:
        added = insert(Move).values(tenant_id=session.tenant_id, subscriber_id=new_id, from_id=row.id)
        known = ["tenant_id", "subscriber_id"]
        session.execute(added.on_conflict_do_update(index_elements=known, set_={"from_id": row.id}))


def _add(session: Scope, subscriber_id: int, topics: Collection[int]) -> None:
    known = ["tenant_id", "subscriber_id", "topic_id"]
    active = {"state": SubscriptionState.ACTIVE, "since": clock.now()}
    for topic_id in sorted(topics):
        values = {"tenant_id": session.tenant_id, "subscriber_id": subscriber_id, "topic_id": topic_id}
        added = insert(Subscription).values(**values, **active)
        session.execute(added.on_conflict_do_update(index_elements=known, set_=active))


def _values(choice: Choice) -> dict[str, Any]:
    return {
        "frequency": choice.frequency,
        "language": choice.language,
        "name": choice.name,
        "paused_until": choice.paused_until,
        "state": SubscriberState.ACTIVE,
        "left_at": None,
    }


def _told(row: Any, choice: Choice) -> list[str]:
    """Say what changed besides topics, for the log; that the name did, and not what it is."""
    until = choice.paused_until
    pairs = (
        (row.frequency != choice.frequency, f"frequency {choice.frequency}"),
        (row.language != choice.language, f"language {choice.language}"),
        (row.paused_until != until, f"pause until {until.date()}" if until else "no pause"),
        (row.name != choice.name, "name"),
        (row.state != SubscriberState.ACTIVE, "active again"),
    )
    return [words for is_new, words in pairs if is_new]
