"""Taking what comes back: written down once, then delivery, score and consent follow from all rows, in any order."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from baukasten.plugin import IncomingMail, MailAnswer, Mailbox, MemberRef
from baukasten.sdk import Scope, clock
from baukasten_newsletter.keys import RETURNS, DeliveryState
from baukasten_newsletter.models import Delivery
from baukasten_newsletter.people import service as people
from baukasten_newsletter.people import suppression
from baukasten_newsletter.returns import classes, scoring, words
from baukasten_newsletter.returns.classes import FAILURES, Finding, Kind
from baukasten_newsletter.returns.models import ANSWER, Return, ReturnedLetter, Score
from baukasten_newsletter.returns.scoring import Mark

MOST_SAID = 500
MOST_WHOLE, SHORTENED = 20, 2_000
"""Letters about one delivery that are kept whole, and how much of each further one: somebody may send thousands."""
REMEMBERED = dt.timedelta(days=365)
"""After twelve half-lives nothing is left of a mark."""
UNSYNCED = {"synchronize_session": False}
_SETTLED = (DeliveryState.SKIPPED, DeliveryState.FAILED, DeliveryState.COMPLAINED)
"""What a bounce changes no more."""
_CODE = re.compile(r"(?<![\d.-])([45]\d\d)(?=[ \-:;,]|$)")


def take(session: Session, _member: MemberRef | None, target: int, mail: IncomingMail) -> MailAnswer | None:
    """Take a letter to the address of one delivery; a second copy changes nothing."""
    scope = cast("Scope", session)
    finding = classes.classify(mail)
    bounce = mail.bounce
    said = "" if bounce is None else (bounce.detail or bounce.words)
    return_id = _keep(scope, target, finding, mail.fingerprint, bounce.status if bounce else "", said)
    if return_id is None:
        return None
    if finding.kind is Kind.UNREADABLE:
        _keep_letter(scope, return_id, mail)
    else:
        follow(scope, return_id)
    return None


def note_refusal(session: Scope, delivery_id: int, *, code: int, text: str) -> Finding:
    """Note that a server refused a mail on the connection (RFC 5321): it counts like a report that comes later.

    The delivery's own row stays the sender's affair and is not touched; asked again for the same delivery, the
    first answer counts.
    """
    finding = classes.of_answer(code, text)
    status = classes.status_in(text)
    return_id = _keep(session, delivery_id, finding, f"{ANSWER}{delivery_id}", status, text)
    about = select(Return.subscriber_id).where(Return.id == return_id)
    reader = None if return_id is None else session.scalar(about)
    person = None if reader is None else people.locked(session, reader)
    if person is not None:
        _judge(session, person)
    return finding


def _keep(
    session: Scope, target: int, finding: Finding, fingerprint: str, status: str, said: str
) -> int | None:
    """Write a return down, once; the delivery may be gone by now."""
    query = select(Delivery.issue_id, Delivery.subscriber_id).where(Delivery.id == target)
    known = session.execute(query).one_or_none()
    if known is not None and known.subscriber_id is not None:
        # Before anything points to it: two that come in at a time would else wait for each other.
        people.locked(session, known.subscriber_id)
    row = insert(Return).values(
        tenant_id=session.tenant_id,
        fingerprint=fingerprint,
        at=clock.now(),
        delivery_id=target if known else None,
        issue_id=known.issue_id if known else None,
        subscriber_id=known.subscriber_id if known else None,
        kind=finding.kind,
        permanent=finding.permanent,
        status=status[:20],
        said=words.nameless(said)[:MOST_SAID],
    )
    once = row.on_conflict_do_nothing(index_elements=["tenant_id", "fingerprint"])
    return session.scalar(once.returning(Return.id))


def _keep_letter(session: Scope, return_id: int, mail: IncomingMail) -> None:
    about = select(Return.subscriber_id).where(Return.id == return_id).scalar_subquery()
    delivery = select(Return.delivery_id).where(Return.id == return_id).scalar_subquery()
    alike = select(func.count()).where(Return.delivery_id == delivery, Return.kind == Kind.UNREADABLE)
    most = None if (session.scalar(alike) or 0) <= MOST_WHOLE else SHORTENED
    values = {
        "tenant_id": session.tenant_id,
        "return_id": return_id,
        "subscriber_id": about,
        "sender": mail.sender[:300],
        "subject": mail.subject[:300],
        "source": mail.source[:most],
        "size": mail.size,
    }
    session.execute(insert(ReturnedLetter).values(values))


def follow(session: Scope, return_id: int) -> None:
    """Let delivery, score and consent follow from all that came back, this return among it."""
    query = select(Return.delivery_id, Return.subscriber_id, Return.kind).where(Return.id == return_id)
    row = session.execute(query).one_or_none()
    if row is None:
        return
    # The person's row first, as everywhere: two returns at a time would each miss the other.
    person = people.locked(session, row.subscriber_id) if row.subscriber_id is not None else None
    if row.delivery_id is not None:
        _mark_delivery(session, row.delivery_id)
    if person is None:
        return
    if row.kind == Kind.LEAVE:
        # Counts for the moment when it came: whoever subscribes again is not asked about old letters.
        people.leave(session, person.id, how="mail")
    _judge(session, person)


def _mark_delivery(session: Scope, delivery_id: int) -> None:
    columns = (Return.kind, Return.permanent, Return.at, Return.said)
    query = select(*columns).where(Return.delivery_id == delivery_id).order_by(Return.at, Return.fingerprint)
    rows = session.execute(query).all()
    if any(one.kind == Kind.COMPLAINT for one in rows):
        values: dict[str, Any] = {"state": DeliveryState.COMPLAINED, "reason": Kind.COMPLAINT.value}
        _change(session, delivery_id, values, ())
        return
    failed = [one for one in rows if one.kind in FAILURES]
    if failed:
        worst = min(failed, key=lambda one: (-_mark(delivery_id, one).weight, one.kind))
        code = _CODE.search(worst.said)
        values = {"state": DeliveryState.BOUNCED, "reason": worst.kind}
        values |= {"code": int(code[1])} if code else {}
        _change(session, delivery_id, values, _SETTLED)


def _change(session: Scope, delivery_id: int, values: dict[str, Any], kept: Sequence[DeliveryState]) -> None:
    change = update(Delivery).where(Delivery.id == delivery_id, Delivery.state.not_in(kept))
    session.execute(change.values(**values, lease_until=None, due_at=None), execution_options=UNSYNCED)


def _mark(delivery_id: int, row: Any) -> Mark:
    return Mark(delivery_id, Kind(row.kind), row.permanent, row.at)


def _judge(session: Scope, person: Any) -> None:
    """Write a person's score anew from all marks since they confirmed, and do what follows from it."""
    since = max(clock.now() - REMEMBERED, person.confirmed_at or dt.datetime.min.replace(tzinfo=dt.UTC))
    columns = (Return.id, Return.delivery_id, Return.kind, Return.permanent, Return.at)
    query = select(*columns).where(Return.subscriber_id == person.id, Return.at >= since)
    rows = session.execute(query.order_by(Return.at, Return.fingerprint)).all()
    if any(one.kind == Kind.COMPLAINT for one in rows):
        people.never(session, person.id, person.fingerprint, suppression.COMPLAINT, how="complaint")
    marks = [_mark(one.delivery_id or -one.id, one) for one in rows]
    counted = [one for one in marks if one.weight > 0]
    if not counted:
        return
    moment = max(one.at for one in counted)
    value = scoring.total(counted, moment)
    _write_score(session, person.id, value, moment)
    if value >= scoring.THRESHOLD:
        worst = min(counted, key=lambda one: (-one.weight, one.kind))
        people.mark_undeliverable(session, person.id, worst.kind.value)


def _write_score(session: Scope, subscriber_id: int, value: float, moment: dt.datetime) -> None:
    row = insert(Score).values(
        tenant_id=session.tenant_id, subscriber_id=subscriber_id, value=value, at=moment
    )
    again = row.on_conflict_do_update(
        index_elements=["tenant_id", "subscriber_id"], set_={"value": value, "at": moment}
    )
    session.execute(again)


def score(session: Scope, subscriber_id: int) -> float:
    """Give how an address fares now; nought for one that takes its mail."""
    query = select(Score.value, Score.at).where(Score.subscriber_id == subscriber_id)
    row = session.execute(query).one_or_none()
    return 0.0 if row is None else scoring.faded(row.value, row.at, clock.now())


MAILBOXES = [Mailbox(RETURNS, take, takes_reports=True)]
