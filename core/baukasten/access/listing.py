"""The list of a town's members as its staff sees it: searched by name or whole address, paged by key."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from baukasten import clock
from baukasten.access.members import ref_of
from baukasten.access.models import Membership
from baukasten.db.session import Scope
from baukasten.identity import service as identity
from baukasten.plugin.refs import MemberRef, Role

PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A member in the list."""

    member: MemberRef
    joined_at: datetime
    reason: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the list; ``after`` is the key of the next one, 0 at the end."""

    members: list[Listed]
    after: int = 0


def page(
    session: Scope, *, query: str = "", role: Role | None = None, after: int = 0, limit: int = PAGE
) -> Page:
    """Give members by name; erased people are left out. An address must be typed whole and is never shown."""
    name = func.lower(Membership.display_name)
    wanted = select(Membership).where(Membership.account_id.is_not(None))
    wanted = _matching(session, wanted, query.strip())
    if role is not None:
        wanted = wanted.where(Membership.roles.contains([role.value]), *_still(role))
    if after:
        last = select(name, Membership.id).where(Membership.id == after)
        wanted = wanted.where(tuple_(name, Membership.id) > last.scalar_subquery())
    rows = list(session.scalars(wanted.order_by(name, Membership.id).limit(limit + 1)))
    found = [
        Listed(ref_of(row), row.joined_at, row.standing_reason, row.standing_until) for row in rows[:limit]
    ]
    return Page(found, found[-1].member.id if len(rows) > limit else 0)


def _still(role: Role) -> tuple[ColumnElement[bool], ...]:
    """Leave out those whose loan has run out."""
    until = Membership.moderator_until
    return (until.is_(None) | (until > clock.now()),) if role is Role.MODERATOR else ()


def _matching(session: Scope, wanted: Select[Membership], query: str) -> Select[Membership]:
    if not query:
        return wanted
    if "@" in query:
        account = identity.find(session, query)
        return wanted.where(Membership.account_id == (account.id if account else None))
    return wanted.where(Membership.display_name.icontains(query, autoescape=True))
