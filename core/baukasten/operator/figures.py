"""Figures of the towns, a page at a time."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select, text

from baukasten.db.session import Scope
from baukasten.tenants.models import SUSPENDED, Host, Tenant

PAGE = 50
FIGURES = text("SELECT * FROM platform.tenant_figures(CAST(:towns AS bigint[]))")


@dataclass(frozen=True, slots=True)
class TownLine:
    """A town in the console's list."""

    id: int
    slug: str
    name: str
    host: str
    suspended: bool
    members: int = 0
    projects: int = 0
    contributions: int = 0
    plugins: int = 0


def towns(session: Scope, *, search: str = "", after: str = "", limit: int = PAGE) -> list[TownLine]:
    """Give towns by name with their figures, in two statements; an operator's session."""
    query = (
        select(Tenant.id, Tenant.slug, Tenant.name, Tenant.state, Host.name.label("host"))
        .join(Host, (Host.tenant_id == Tenant.id) & Host.is_primary)
        .order_by(Tenant.slug)
        .limit(limit)
    )
    if search:
        asked = f"%{search.replace('%', '').replace('_', '')}%"
        query = query.where(or_(Tenant.name.ilike(asked), Tenant.slug.ilike(asked), Host.name.ilike(asked)))
    if after:
        query = query.where(Tenant.slug > after)
    rows = session.execute(query).all()
    figures = {row.tenant_id: row for row in session.execute(FIGURES, {"towns": [row.id for row in rows]})}
    return [
        TownLine(
            row.id,
            row.slug,
            row.name,
            row.host,
            row.state == SUSPENDED,
            figures[row.id].members,
            figures[row.id].projects,
            figures[row.id].contributions,
            figures[row.id].plugins,
        )
        for row in rows
    ]


def count(session: Scope) -> tuple[int, int]:
    """Give the number of all towns and of the suspended ones."""
    suspended = func.count().filter(Tenant.state == SUSPENDED)
    row = session.execute(select(func.count(), suspended).select_from(Tenant)).one()
    return row[0], row[1]
