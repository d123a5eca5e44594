"""Who wrote it: how long in town, how much published, what was decided against them here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from baukasten.access import members
from baukasten.access.models import Membership
from baukasten.db.session import Scope
from baukasten.moderation.models import GENTLE, Decision, Measure
from baukasten.moderation.screening.models import AuthorRecord
from baukasten.plugin.refs import MemberRef, Standing

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Against:
    """A decision against somebody, and whether it was undone later."""

    id: int
    case_id: int | None
    measure: Measure
    rule: str
    at: dt.datetime
    until: dt.datetime | None
    reversed: bool


@dataclass(frozen=True, slots=True)
class Author:
    """A member as those who moderate may know them: this town only."""

    ref: MemberRef
    joined_at: dt.datetime
    published: int
    standing: Standing
    until: dt.datetime | None
    against: Sequence[Against]
    more: bool
    """Whether there are older decisions than those shown."""


def history(session: Scope, member_id: int | None) -> Author | None:
    """Give what this town knows of an author, in two statements; nothing for guests and erased accounts."""
    if member_id is None:
        return None
    query = (
        select(Membership, AuthorRecord.published)
        .outerjoin(
            AuthorRecord,
            (AuthorRecord.tenant_id == Membership.tenant_id) & (AuthorRecord.member_id == Membership.id),
        )
        .where(Membership.id == member_id, Membership.account_id.is_not(None))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    membership, published = row
    ref = members.ref_of(membership)
    found = _against(session, member_id)
    until = membership.standing_until if ref.standing is not Standing.ACTIVE else None
    return Author(
        ref,
        membership.joined_at,
        published or 0,
        ref.standing,
        until,
        found[:SHOWN],
        more=len(found) > SHOWN,
    )


def _against(session: Scope, member_id: int) -> Sequence[Against]:
    later = aliased(Decision)
    undone = exists().where(
        later.tenant_id == Decision.tenant_id, later.reverses == Decision.id, later.undone_at.is_(None)
    )
    query = (
        select(Decision, undone.label("undone"))
        .where(
            Decision.subject_id == member_id,
            Decision.measure.not_in(GENTLE),
            Decision.undone_at.is_(None),
        )
        .order_by(Decision.id.desc())
        .limit(SHOWN + 1)
    )
    return [
        Against(
            one.id, one.case_id, Measure(one.measure), one.rule, one.created_at, one.until, reversed=undone_
        )
        for one, undone_ in session.execute(query)
    ]
