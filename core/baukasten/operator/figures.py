"""Figures of the towns, a page at a time."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select, text

from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.tenants.models import SUSPENDED, Host, PluginGrant, Tenant

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


LINES = select(Tenant.id, Tenant.slug, Tenant.name, Tenant.state, Host.name.label("host")).join(
    Host, (Host.tenant_id == Tenant.id) & Host.is_primary
)


def towns(session: Scope, *, search: str = "", after: str = "", limit: int = PAGE) -> list[TownLine]:
    """Give towns by short name with their figures, in two statements; an operator's session."""
    query = LINES.order_by(Tenant.slug).limit(limit)
    if search:
        fields = (Tenant.name, Tenant.slug, Host.name)
        query = query.where(or_(*(field.icontains(search, autoescape=True) for field in fields)))
    if after:
        query = query.where(Tenant.slug > after)
    return _lines(session, query)


def town(session: Scope, tenant_id: int) -> TownLine:
    """Give one town's line; raises NotFound. An operator's session."""
    found = _lines(session, LINES.where(Tenant.id == tenant_id))
    if not found:
        raise NotFound
    return found[0]


def _lines(session: Scope, query: Select[*tuple[Any, ...]]) -> list[TownLine]:
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


def granted(session: Scope, named: int) -> dict[str, tuple[list[str], int]]:
    """Give by plugin the first names of the towns that may use it, and how many may; an operator's session."""
    order = (Tenant.name, Tenant.id)
    place = func.row_number().over(partition_by=PluginGrant.plugin, order_by=order).label("place")
    count = func.count().over(partition_by=PluginGrant.plugin)
    columns = (PluginGrant.plugin, Tenant.name, place, count.label("towns"))
    first = select(*columns).join(Tenant, Tenant.id == PluginGrant.tenant_id).subquery()
    found: dict[str, tuple[list[str], int]] = {}
    for row in session.execute(select(first).where(first.c.place <= named).order_by(first.c.place)):
        found.setdefault(row.plugin, ([], row.towns))[0].append(row.name)
    return found
