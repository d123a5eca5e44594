"""Bringing in people who agreed elsewhere: with the origin of their consent, and never those who want no mail."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Invalid, Scope, clock, require
from baukasten_newsletter.keys import PEOPLE, Frequency, SubscriberState, SubscriptionState
from baukasten_newsletter.models import Subscriber, Subscription
from baukasten_newsletter.people import addresses, log, suppression, titles, values
from baukasten_newsletter.people.log import Circumstances
from baukasten_newsletter.people.models import ConsentKind

_ = lazy("newsletter")
UNSYNCED = {"synchronize_session": False}


class Outcome(StrEnum):
    """What became of a row."""

    ADDED = "added"
    WIDENED = "widened"
    """Known here, and gets further topics."""
    KNOWN = "known"
    """Has all of it already."""
    SUPPRESSED = "suppressed"
    """Wants no mail ever again, and gets none."""
    LEFT = "left"
    """Left here; what was agreed elsewhere before does not bring them back."""
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the consents come from; without it nothing is brought in."""

    words: str
    """Such as "paper list at the town hall, May 2026"."""
    form: str = ""


@dataclass(frozen=True, slots=True)
class NewSubscriber:
    """Somebody to bring in, as a file has them."""

    line: int
    address: str
    name: str = ""
    language: str = ""
    topics: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row."""

    line: int
    outcome: Outcome
    error: str = ""
    """What is wrong with the address."""
    subscriber_id: int | None = None


def take(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    rows: Iterable[NewSubscriber],
    origin: Origin,
    language: str,
) -> Iterator[RowResult]:
    """Bring people in and tell what became of each row; a row without a language has ``language``.

    Give a few hundred rows at a time and commit after them: the town's log waits for nobody else meanwhile. A dry run
    rolls back instead. Raises Denied, and Invalid under ``origin`` where it says nothing.
    """
    require(session, actor, PEOPLE, module)
    if not origin.words.strip():
        raise Invalid({"origin": _("Say where these people agreed, and to what.")})
    wanted = list(rows)
    known, never = _look_up(session, wanted)
    for row in wanted:
        try:
            address = addresses.normal(row.address)
        except Invalid as error:
            yield RowResult(row.line, Outcome.INVALID, error.errors["address"])
            continue
        if address in never:
            yield RowResult(row.line, Outcome.SUPPRESSED)
            continue
        outcome, known[address] = _take(session, actor, row, address, known.get(address), origin, language)
        yield RowResult(row.line, outcome, subscriber_id=known[address].id)


def _look_up(session: Scope, rows: list[NewSubscriber]) -> tuple[dict[str, Any], set[str]]:
    found = set()
    for row in rows:
        try:
            found.add(addresses.normal(row.address))
        except Invalid:
            continue
    query = select(*Subscriber.__table__.c).where(Subscriber.address.in_(found)).order_by(Subscriber.id)
    known = {row.address: row for row in session.execute(query.with_for_update())}
    return known, suppression.is_suppressed(session, found)


def _take(
    session: Scope,
    actor: MemberRef,
    row: NewSubscriber,
    address: str,
    known: Any,
    origin: Origin,
    language: str,
) -> tuple[Outcome, Any]:
    if known is not None and known.state == SubscriberState.LEFT:
        return Outcome.LEFT, known
    is_new = known is None
    if is_new:
        known = _insert(session, row, address, language)
    added = _subscribe(session, known.id, row.topics)
    if not added:
        return Outcome.KNOWN, known
    if known.state == SubscriberState.PENDING:
        changed = update(Subscriber).where(Subscriber.id == known.id)
        active = {"state": SubscriberState.ACTIVE, "confirmed_at": clock.now()}
        session.execute(changed.values(active), execution_options=UNSYNCED)
    told = Circumstances(
        how=origin.words, form=origin.form, language=row.language or language, actor_member_id=actor.id
    )
    log.write(session, ConsentKind.IMPORTED, known.fingerprint, titles.of(session, added), told)
    return Outcome.ADDED if is_new else Outcome.WIDENED, known


def _insert(session: Scope, row: NewSubscriber, address: str, language: str) -> Any:
    added = insert(Subscriber).values(
        tenant_id=session.tenant_id,
        address=address,
        fingerprint=addresses.fingerprint(session, address),
        domain=addresses.domain_of(address),
        name=values.name(row.name),
        language=row.language or language,
        state=SubscriberState.ACTIVE,
        frequency=Frequency.AT_ONCE,
        confirmed_at=clock.now(),
        created_at=clock.now(),
    )
    return session.execute(added.returning(*Subscriber.__table__.c)).one()


def _subscribe(session: Scope, subscriber_id: int, topics: Iterable[int]) -> list[int]:
    """Give those of some topics that are new to somebody."""
    active = {"state": SubscriptionState.ACTIVE, "since": clock.now()}
    rows = [
        {"tenant_id": session.tenant_id, "subscriber_id": subscriber_id, "topic_id": topic, **active}
        for topic in sorted(set(topics))
    ]
    if not rows:
        return []
    added = insert(Subscription).values(rows)
    known = ["tenant_id", "subscriber_id", "topic_id"]
    changed = added.on_conflict_do_update(
        index_elements=known, set_=active, where=Subscription.state == SubscriptionState.PENDING
    )
    return list(session.scalars(changed.returning(Subscription.topic_id)))
