"""Bringing in people who agreed elsewhere: with the origin of their consent, and never those who want no mail."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, select, update
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Invalid, Scope, clock, require
from baukasten_newsletter.keys import PEOPLE, Frequency, SubscriberState, SubscriptionState
from baukasten_newsletter.models import Subscriber, Subscription
from baukasten_newsletter.people import addresses, log, suppression, titles, values
from baukasten_newsletter.people.log import Circumstances
from baukasten_newsletter.people.models import ConsentKind, Suppression

_ = lazy("newsletter")
UNSYNCED = {"synchronize_session": False}
SUBSCRIBER: Table = Subscriber.metadata.tables["newsletter_subscriber"]
SUBSCRIPTION: Table = Subscription.metadata.tables["newsletter_subscription"]
SUPPRESSION: Table = Suppression.metadata.tables["newsletter_suppression"]


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
    """Left here, or these topics alone; what was agreed elsewhere before does not bring them back."""
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
    origin: str = ""
    """Of this one's consent, where the file says it row by row; the whole file's else."""


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row."""

    line: int
    outcome: Outcome
    error: str = ""
    """What is wrong with the address."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """A row and what is known about its person."""

    row: NewSubscriber
    outcome: Outcome
    error: str = ""
    address: str = ""
    subscriber_id: int = 0
    topics: tuple[int, ...] = ()
    """Those that are new."""


def take(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    rows: Iterable[NewSubscriber],
    origin: Origin,
    language: str,
    never: Collection[str] = (),
) -> list[RowResult]:
    """Bring people in and tell what became of each row; a row without a language has ``language``.

    Give a few hundred rows at a time and commit after them: the town's log waits for nobody else meanwhile. Of two
    rows with one address the first counts. Whom another program ``never`` wrote to is never written to here; what is
    no address among them is left out. Raises Denied, and Invalid under ``origin`` where it says nothing.
    """
    require(session, actor, PEOPLE, module)
    wanted = list(rows)
    if not all(_origin(row, origin) for row in wanted):
        raise Invalid({"origin": _("Say where these people agreed, and to what.")})
    judged = _judged(session, wanted, locked=True)
    chosen = [one for one in judged if one.outcome in (Outcome.ADDED, Outcome.WIDENED)]
    # People, then the list, then the log, in the order in which everybody takes them.
    unwanted = _suppress(session, never)
    log.know(session, {*unwanted, *(addresses.fingerprint(session, one.address) for one in chosen)})
    if chosen:
        _write(session, actor, chosen, origin, language)
    told = Circumstances(how=module.title, actor_member_id=actor.id)
    log.write_all(session, ConsentKind.SUPPRESSED, [(one, told) for one in unwanted], {})
    return [RowResult(one.row.line, one.outcome, one.error) for one in judged]


def judge(session: Scope, rows: Iterable[NewSubscriber]) -> list[RowResult]:
    """Tell what ``take`` would do with each row, and change nothing."""
    return [RowResult(one.row.line, one.outcome, one.error) for one in _judged(session, rows)]


def _suppress(session: Scope, typed: Collection[str]) -> Sequence[bytes]:
    """Put addresses on the list; gives the keyed hashes of those that are new there."""
    prints = [addresses.fingerprint(session, one) for one in sorted(set(_normal(typed).values()))]
    if not prints:
        return ()
    values = {"tenant_id": session.tenant_id, "reason": suppression.IMPORTED, "at": clock.now()}
    added = insert(SUPPRESSION).on_conflict_do_nothing().returning(SUPPRESSION.c.fingerprint)
    return session.scalars(added, [{**values, "fingerprint": one} for one in sorted(prints)]).all()


def _normal(typed: Iterable[str]) -> dict[str, str]:
    """Give the normal address of each text that is one."""
    found = {}
    for text in typed:
        try:
            found[text] = addresses.normal(text)
        except Invalid:
            continue
    return found


def _judged(session: Scope, rows: Iterable[NewSubscriber], *, locked: bool = False) -> list[_Judged]:
    """Look everybody up together; nine statements whatever the number of rows."""
    wanted = list(rows)
    normal = _normal({row.address for row in wanted})
    known = _known(session, normal.values(), locked=locked)
    never = suppression.is_suppressed(session, set(normal.values()))
    # Anybody can ask in the name of somebody who left; that alone brings nobody back.
    asked = {address for address, row in known.items() if row.state == SubscriberState.PENDING}
    unsure = (one for one in normal.values() if one not in known or one in asked)
    prints = {addresses.fingerprint(session, one): one for one in unsure}
    left = {prints[one] for one in log.gone(session, prints)}
    left |= {address for address, row in known.items() if row.state == SubscriberState.LEFT}
    active = _active(session, [row.id for row in known.values()])
    refused = _refused(session, wanted, known)
    found, seen = [], set()
    for row in wanted:
        address = normal.get(row.address, "")
        if not address:
            found.append(_Judged(row, Outcome.INVALID, _problem(row.address)))
        elif address in never or address in left:
            found.append(_Judged(row, Outcome.SUPPRESSED if address in never else Outcome.LEFT))
        else:
            who = known[address].id if address in known else 0
            new = {*row.topics} - active.get(who, set())
            topics = tuple(sorted(new - refused.get(address, set())))
            outcome = Outcome.WIDENED if who else Outcome.ADDED
            if not topics or address in seen:
                outcome = Outcome.LEFT if new and not topics else Outcome.KNOWN
            found.append(_Judged(row, outcome, "", address, who, topics))
            seen.add(address)
    return found


def _problem(text: str) -> str:
    try:
        addresses.normal(text)
    except Invalid as error:
        return error.errors["address"]
    return ""


def _known(session: Scope, wanted: Collection[str], *, locked: bool) -> dict[str, Any]:
    columns = (SUBSCRIBER.c.id, SUBSCRIBER.c.address, SUBSCRIBER.c.state)
    query = select(*columns).where(SUBSCRIBER.c.address.in_(wanted)).order_by(SUBSCRIBER.c.id)
    return {row.address: row for row in session.execute(query.with_for_update() if locked else query)}


def _active(session: Scope, subscribers: Collection[int]) -> dict[int, set[int]]:
    """Give the topics that people have agreed to."""
    found: dict[int, set[int]] = {}
    query = select(SUBSCRIPTION.c.subscriber_id, SUBSCRIPTION.c.topic_id).where(
        SUBSCRIPTION.c.subscriber_id.in_(subscribers), SUBSCRIPTION.c.state == SubscriptionState.ACTIVE
    )
    for who, topic in session.execute(query) if subscribers else ():
        found.setdefault(who, set()).add(topic)
    return found


def _refused(session: Scope, rows: Iterable[NewSubscriber], known: Collection[str]) -> dict[str, set[int]]:
    """Give the topics that people known here gave up, by address; an old file brings back none of them."""
    if not known:
        return {}
    called = titles.each(session, {topic for row in rows for topic in row.topics})
    prints = {addresses.fingerprint(session, one): one for one in known}
    found: dict[str, set[int]] = {}
    for fingerprint, title in log.withdrawn(session, prints, {*called.values()}):
        ids = {topic for topic, name in called.items() if name == title}
        found.setdefault(prints[fingerprint], set()).update(ids)
    return found


def _origin(row: NewSubscriber, origin: Origin) -> str:
    return row.origin.strip() or origin.words.strip()


def _write(
    session: Scope, actor: MemberRef, chosen: Sequence[_Judged], origin: Origin, language: str
) -> None:
    """Write subscribers, then topics, then the log: a statement each."""
    prints = {one.address: addresses.fingerprint(session, one.address) for one in chosen}
    numbers = {one.address: one.subscriber_id for one in chosen if one.subscriber_id}
    new = [_values(session, one, prints[one.address], language) for one in chosen if not one.subscriber_id]
    if new:
        added = insert(SUBSCRIBER).returning(SUBSCRIBER.c.id, SUBSCRIBER.c.address)
        numbers |= {row.address: row.id for row in session.execute(added, new)}
    pending = (SUBSCRIBER.c.id.in_(numbers.values()), SUBSCRIBER.c.state == SubscriberState.PENDING)
    confirmed = {"state": SubscriberState.ACTIVE, "confirmed_at": clock.now()}
    session.execute(update(SUBSCRIBER).where(*pending).values(confirmed), execution_options=UNSYNCED)
    pairs = [(numbers[one.address], topic) for one in chosen for topic in one.topics]
    _subscribe(session, pairs)
    by_topics = {topics: titles.of(session, topics) for topics in {one.topics for one in chosen}}
    told = [
        (
            prints[one.address],
            Circumstances(
                how=_origin(one.row, origin),
                form=origin.form,
                language=one.row.language or language,
                actor_member_id=actor.id,
            ),
        )
        for one in chosen
    ]
    named = {prints[one.address]: by_topics[one.topics] for one in chosen}
    log.write_all(session, ConsentKind.IMPORTED, told, named)


def _values(session: Scope, one: _Judged, fingerprint: bytes, language: str) -> dict[str, Any]:
    now = clock.now()
    return {
        "tenant_id": session.tenant_id,
        "address": one.address,
        "fingerprint": fingerprint,
        "domain": addresses.domain_of(one.address),
        "name": values.name(one.row.name),
        "language": one.row.language or language,
        "state": SubscriberState.ACTIVE,
        "frequency": Frequency.AT_ONCE,
        "confirmed_at": now,
        "created_at": now,
    }


def _subscribe(session: Scope, pairs: Sequence[tuple[int, int]]) -> None:
    """Let people have topics; what they asked for and never confirmed is agreed to now."""
    active = {"state": SubscriptionState.ACTIVE, "since": clock.now()}
    added = insert(SUBSCRIPTION).on_conflict_do_update(
        index_elements=["tenant_id", "subscriber_id", "topic_id"],
        set_=active,
        where=SUBSCRIPTION.c.state == SubscriptionState.PENDING,
    )
    rows = [
        {"tenant_id": session.tenant_id, "subscriber_id": who, "topic_id": topic, **active}
        for who, topic in pairs
    ]
    session.execute(added, rows)
