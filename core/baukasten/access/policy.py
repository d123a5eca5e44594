"""May somebody do something: roles first, then standing, then vetoes; later steps only narrow.

The phase of a module's project is such a veto: the room of projects answers the hook ``veto_access`` like any
plugin. A room's veto is a circumstance (Closed), a plugin's a refusal (Denied); both carry their reason.
"""

from collections.abc import Collection

from baukasten.db.session import Scope
from baukasten.errors import BaukastenError, Closed, Denied, SignInNeeded
from baukasten.plugin import hookspecs
from baukasten.plugin.declarations import Permission
from baukasten.plugin.hooks import Answer
from baukasten.plugin.refs import MemberRef, ModuleRef, Role, Standing
from baukasten.plugin.text import lazy
from baukasten.plugin.validity import is_core
from baukasten.tenants import plugins

_ = lazy("core")

ACTIVE, READING, JUDGED = "baukasten.active", "baukasten.reading", "baukasten.judged"
"""Keys of a session's ``info``: plugins of the town, when somebody knows them already; whether it only reads, and
what was decided while it did."""
STAFF = frozenset({Role.MODERATOR, Role.ADMIN})


def may(session: Scope, member: MemberRef | None, permission: str, module: ModuleRef | None = None) -> bool:
    """Tell whether a member, or a guest (nothing), may do something, here and at this moment."""
    return refusal(session, member, permission, module) is None


def require(
    session: Scope,
    member: MemberRef | None,
    permission: str,
    module: ModuleRef | None = None,
    *,
    roles: Collection[Role] | None = None,
) -> None:
    """Raise SignInNeeded, Denied or Closed unless ``may``; ``roles`` stand in for a member's on platform hosts."""
    refused = refusal(session, member, permission, module, roles=roles)
    if refused is not None:
        raise refused


def refusal(
    session: Scope,
    member: MemberRef | None,
    permission: str,
    module: ModuleRef | None = None,
    *,
    roles: Collection[Role] | None = None,
) -> BaukastenError | None:
    """Give why somebody may not do something, or nothing; raises KeyError for a permission nobody declared."""
    declared = session.contract.registry.permissions[permission]
    if not is_core(declared.plugin) and declared.plugin not in active(session):
        return Denied(_("This module is switched off here."))
    held = frozenset(roles) if roles is not None else roles_of(member)
    if held.isdisjoint(declared.value.default_roles):
        return SignInNeeded() if member is None and roles is None else Denied()
    if limited(member, declared.value, module):
        return Denied(
            _("You cannot write here at the moment. Reading, reporting and appealing stay open to you.")
        )
    return _veto(session, member, permission, module)


def roles_of(member: MemberRef | None) -> frozenset[Role]:
    """Give the roles that count: whoever is signed in may do what guests may, and a suspended member no more."""
    if member is None:
        return frozenset({Role.GUEST})
    held = member.roles | {Role.GUEST, Role.CITIZEN}
    return held - STAFF if member.standing is Standing.SUSPENDED else held


def limited(member: MemberRef | None, permission: Permission, module: ModuleRef | None = None) -> bool:
    """Tell whether a measure against a member, everywhere or in this module, takes what writes."""
    return permission.writes and member is not None and member.standing_in(module) is not Standing.ACTIVE


def _veto(
    session: Scope, member: MemberRef | None, permission: str, module: ModuleRef | None
) -> BaukastenError | None:
    manager = session.contract.manager
    if session.tenant_id is None or not manager.implementers(hookspecs.veto_access):
        return None
    if not session.info.get(READING):
        return _asked(session, member, permission, module, reading=False)
    # A page asks the same several times while it is made; in between nothing changes that it could show.
    judged: dict[tuple[int, str, int], BaukastenError | None] = session.info.setdefault(JUDGED, {})
    key = (member.id if member else 0, permission, module.id if module else 0)
    if key not in judged:
        judged[key] = _asked(session, member, permission, module, reading=True)
    return judged[key]


def _asked(
    session: Scope, member: MemberRef | None, permission: str, module: ModuleRef | None, *, reading: bool
) -> BaukastenError | None:
    hooks = session.contract.manager.at(session.tenant_id or 0, active(session), reading=reading)
    answers: list[Answer[str]] = hooks.ask(
        hookspecs.veto_access, session=session, member=member, permission=permission, module=module
    )
    if not answers:
        return None
    first = answers[0]
    return Closed(first.value) if is_core(first.plugin) else Denied(first.value)


def active(session: Scope) -> frozenset[str]:
    """Give the town's plugins; asked once a session at most."""
    if session.tenant_id is None:
        return frozenset()
    if ACTIVE not in session.info:
        session.info[ACTIVE] = plugins.active(session)
    known: frozenset[str] = session.info[ACTIVE]
    return known
