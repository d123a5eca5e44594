"""What the ledger says about a whole issue: who waits, since when, and whether servers refuse us."""

import datetime as dt

from sqlalchemy import exists, func, select, text

from baukasten.sdk import Scope
from baukasten_newsletter.keys import UNDONE, DeliveryState
from baukasten_newsletter.models import Delivery, Issue
from baukasten_newsletter.sending import leases

NUMBER_LOCK = text("SELECT pg_advisory_xact_lock(7302160, CAST(:module AS int))")


def next_due(session: Scope, issue_id: int) -> dt.datetime | None:
    """Give when the first of those that wait is due, or nothing where none waits for a moment."""
    found: dt.datetime | None = session.scalar(
        select(func.min(Delivery.due_at)).where(Delivery.issue_id == issue_id, Delivery.due_at.is_not(None))
    )
    return found


def is_left(session: Scope, issue_id: int) -> bool:
    """Tell whether anybody still waits for an issue."""
    return bool(
        session.scalar(select(exists().where(Delivery.issue_id == issue_id, Delivery.state.in_(UNDONE))))
    )


def is_idle(session: Scope, issue_id: int, now: dt.datetime) -> bool:
    """Tell whether somebody could be written to now, or held by a worker that is gone."""
    ready = (Delivery.state == DeliveryState.PENDING) & Delivery.due_at.is_(None)
    lost = Delivery.lease_until < leases.now()
    waits = select(
        exists().where(Delivery.issue_id == issue_id, ready)
        | exists().where(Delivery.issue_id == issue_id, lost)
        | exists().where(Delivery.issue_id == issue_id, Delivery.due_at <= now)
        | ~exists().where(Delivery.issue_id == issue_id, Delivery.state.in_(UNDONE))
    )
    return bool(session.scalar(waits))


def refused_by_policy(session: Scope, issue_id: int) -> tuple[int, int]:
    """Give how many were refused because of us, and how many were answered for good altogether."""
    refused = session.scalar(
        select(func.count()).where(
            Delivery.issue_id == issue_id,
            Delivery.state == DeliveryState.FAILED,
            Delivery.reason.startswith("5.7."),
        )
    )
    final = (DeliveryState.FAILED, DeliveryState.HANDED_OVER)
    answered = session.scalar(
        select(func.count()).where(Delivery.issue_id == issue_id, Delivery.state.in_(final))
    )
    return refused or 0, answered or 0


def give_number(session: Scope, issue: Issue) -> None:
    """Give an issue its number in the archive of its list: one more than the last, one issue at a time."""
    if issue.number is not None or issue.module_id is None:
        return
    session.execute(NUMBER_LOCK, {"module": issue.module_id % 2**31})
    last = session.scalar(select(func.max(Issue.number)).where(Issue.module_id == issue.module_id))
    issue.number = (last or 0) + 1
