"""Opening, changing and suspending towns; the operator's verbs."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from baukasten.db.session import Scope
from baukasten.errors import Conflict, Invalid, NotFound
from baukasten.ids import slug as slug_of
from baukasten.plugin.refs import TenantRef
from baukasten.plugin.text import lazy
from baukasten.tenants.hosts import check_host
from baukasten.tenants.models import ACTIVE, SUSPENDED, Host, Tenant

_ = lazy("core")


def create(
    session: Scope,
    *,
    slug: str,
    name: str,
    hosts: Sequence[str],
    tagline: str = "",
    theme: str = "klar",
    crest: str = "",
) -> TenantRef:
    """Open a town on its hosts, the first of which is primary; an operator's session only.

    Raises Invalid for a name that cannot be, Conflict when the slug or a host is taken.
    """
    if slug != slug_of(slug):
        raise Invalid({"slug": _("A short name has small letters, digits and hyphens only.")})
    if not name.strip():
        raise Invalid({"name": _("Please give the town's name.")})
    if not hosts:
        raise Invalid({"host": _("Please give at least one host.")})
    tenant = Tenant(slug=slug, name=name.strip(), tagline=tagline, theme=theme, crest=crest)
    session.add(tenant)
    try:
        session.flush()
        for number, host in enumerate(hosts):
            session.add(Host(name=check_host(host), tenant_id=tenant.id, is_primary=number == 0))
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise Conflict(_("A town with this short name or host exists already.")) from error
    return ref_of(session, tenant)


def by_slug(session: Scope, slug: str) -> TenantRef:
    """Give a town by its short name; an operator's session only. Raises NotFound."""
    tenant = session.scalar(select(Tenant).where(Tenant.slug == slug))
    if tenant is None:
        raise NotFound(_("There is no town with this short name."))
    return ref_of(session, tenant)


def by_id(session: Scope, tenant_id: int) -> TenantRef:
    """Give a town by its number, as far as the session may see it. Raises NotFound."""
    tenant = session.get(Tenant, tenant_id)
    if tenant is None:
        raise NotFound
    return ref_of(session, tenant)


def list_towns(session: Scope) -> list[TenantRef]:
    """Give all towns by name; an operator's session only."""
    query = select(Tenant, Host.name).join(Host, (Host.tenant_id == Tenant.id) & Host.is_primary)
    return [_ref(tenant, host) for tenant, host in session.execute(query.order_by(Tenant.name, Tenant.id))]


def suspend(session: Scope, tenant_id: int, *, suspended: bool = True) -> None:
    """Close a town's site to everybody, or open it again; an operator's session only."""
    state = SUSPENDED if suspended else ACTIVE
    session.execute(update(Tenant).where(Tenant.id == tenant_id).values(state=state))


def ref_of(session: Scope, tenant: Tenant) -> TenantRef:
    """Give the frozen description of a town."""
    host = session.scalar(select(Host.name).where(Host.tenant_id == tenant.id, Host.is_primary))
    return _ref(tenant, host or "")


def _ref(tenant: Tenant, host: str) -> TenantRef:
    return TenantRef(
        id=tenant.id,
        slug=tenant.slug,
        name=tenant.name,
        host=host,
        language=tenant.language or "de",
        theme=tenant.theme,
        time_zone=tenant.time_zone or "Europe/Berlin",
        tagline=tenant.tagline or "",
        crest=tenant.crest or "",
        languages=tuple(tenant.languages or ("de", "en")),
        suspended=tenant.state == SUSPENDED,
    )
