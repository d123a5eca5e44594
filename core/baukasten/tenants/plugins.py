"""Which plugins a town may use and which it uses: installed, granted, switched on."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from baukasten.db.session import Scope
from baukasten.errors import Conflict, Denied, NotFound
from baukasten.plugin import hookspecs
from baukasten.plugin.refs import TenantRef
from baukasten.plugin.text import lazy
from baukasten.tenants.models import PluginGrant, PluginSwitch

_ = lazy("core")
KNOWN = "baukasten.plugins.active"
"""Key of a session's ``info``: a transaction, and what it was told."""


def active(session: Scope) -> frozenset[str]:
    """Name the plugins that work for the session's town: installed, granted, switched on; asked once a transaction."""
    known: tuple[object, frozenset[str]] | None = session.info.get(KNOWN)
    if known is not None and known[0] is session.get_transaction():
        return known[1]
    query = select(PluginSwitch.plugin).join(
        PluginGrant,
        (PluginGrant.plugin == PluginSwitch.plugin) & (PluginGrant.tenant_id == PluginSwitch.tenant_id),
    )
    found = frozenset(session.scalars(query)) & session.contract.manager.plugins.keys()
    remember(session, found)
    return found


def remember(session: Scope, found: frozenset[str]) -> None:
    """Spare a transaction the question whose answer is known already, as a request's is."""
    session.info[KNOWN] = (session.get_transaction(), found)


def granted(session: Scope, tenant_id: int) -> frozenset[str]:
    """Name the plugins that the operator lets a town use."""
    return frozenset(session.scalars(select(PluginGrant.plugin).where(PluginGrant.tenant_id == tenant_id)))


def grant(session: Scope, tenant_id: int, plugin: str) -> None:
    """Let a town use an installed plugin; an operator's session only. Raises NotFound for one not installed."""
    if plugin not in session.contract.manager.plugins:
        raise NotFound(_("This plugin is not installed."))
    session.execute(insert(PluginGrant).values(tenant_id=tenant_id, plugin=plugin).on_conflict_do_nothing())


def revoke(session: Scope, tenant_id: int, plugin: str) -> None:
    """Take the permission back; the town's data stay, its pages answer 404 within two seconds."""
    session.execute(
        delete(PluginGrant).where(PluginGrant.tenant_id == tenant_id, PluginGrant.plugin == plugin)
    )


def switch_on(session: Scope, tenant: TenantRef, plugin: str) -> None:
    """Switch a granted plugin on and tell it; safe to repeat.

    Raises Denied for one that is not granted, Conflict for one that fails to prepare itself.
    """
    if plugin not in granted(session, tenant.id):
        raise Denied(_("The data centre has not granted this plugin to your town."))
    session.execute(
        insert(PluginSwitch)
        .values(tenant_id=tenant.id, plugin=plugin)
        .on_conflict_do_nothing(index_elements=["tenant_id", "plugin"])
    )
    session.info.pop(KNOWN, None)
    hooks = session.contract.manager.at(tenant.id, frozenset({plugin}))
    if hooks.tell(plugin, hookspecs.on_enabled, session=session, tenant=tenant) is not None:
        raise Conflict(_("This module could not prepare itself. The data centre sees why; please ask there."))


def switch_off(session: Scope, tenant: TenantRef, plugin: str) -> None:
    """Switch a plugin off and tell it; nothing is lost, switching on brings everything back."""
    session.execute(delete(PluginSwitch).where(PluginSwitch.plugin == plugin))
    session.info.pop(KNOWN, None)
    hooks = session.contract.manager.at(tenant.id, frozenset({plugin}))
    # Off is off: what the plugin makes of it is noted for the operator and stops nobody.
    hooks.tell(plugin, hookspecs.on_disabled, session=session, tenant=tenant)
