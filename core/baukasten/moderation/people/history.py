"""What was decided about a person in this town, newest first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from baukasten.access.models import Membership
from baukasten.db.session import Scope
from baukasten.moderation import measures
from baukasten.moderation.models import Decision, Measure

PAGE = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision in the list."""

    id: int
    at: dt.datetime
    measure: str
    about: str
    """Key of the contribution, such as ``forum.post:12``; empty for a measure against the person."""
    case_id: int | None
    rule: str
    facts: str
    until: dt.datetime | None
    by: str
    """Empty for erased people and for machines."""
    undone: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the list; ``before`` is the key of the next one, 0 at the end."""

    entries: Sequence[Entry]
    before: int = 0


def page(session: Scope, member_id: int, *, before: int = 0) -> Page:
    """Give decisions about somebody and what they wrote, in one statement."""
    actor = (Membership.tenant_id == Decision.tenant_id) & (Membership.id == Decision.actor_id)
    query = select(Decision, Membership.display_name).outerjoin(Membership, actor)
    query = query.where(Decision.subject_id == member_id)
    if before:
        query = query.where(Decision.id < before)
    rows = session.execute(query.order_by(Decision.id.desc()).limit(PAGE + 1)).all()
    found = [_entry(decision, name or "") for decision, name in rows[:PAGE]]
    return Page(found, found[-1].id if len(rows) > PAGE else 0)


def _entry(decision: Decision, by: str) -> Entry:
    measure = Measure(decision.measure)
    personal = measure in measures.ON_PERSON
    return Entry(
        id=decision.id,
        at=decision.created_at,
        measure=str(measures.NAMES[measure]),
        about="" if personal else f"{decision.content_type}:{decision.content_id}",
        case_id=decision.case_id,
        rule=decision.rule,
        facts=decision.facts,
        until=decision.until,
        by=by,
        undone=decision.undone_at is not None,
    )
