"""Handing texts from one module to another: the receiving kind does it, nobody knows the other."""

from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.plugin.refs import Handover, MemberRef, ModuleRef
from baukasten.plugin.validity import is_usable
from baukasten.projects import queries
from baukasten.tenants import plugins


def receivers(session: Scope, module: ModuleRef) -> list[ModuleRef]:
    """Give the modules beside one, in its project or on the site, to which texts can be handed over."""
    beside = queries.modules(session, module.project.id if module.project else None)
    active = plugins.active(session)
    return [one for one in beside if one.id != module.id and _receives(session, one, active)]


def hand_over(session: Scope, actor: MemberRef, module: ModuleRef, to: int, given: Handover) -> str:
    """Let the module with the number ``to`` go on with a text; gives the path where it does, without language.

    In the caller's transaction, so that it happens once or not at all. Raises NotFound for a module that stands
    elsewhere or takes nothing, and whatever the receiving kind raises, such as Denied.
    """
    found = next((one for one in receivers(session, module) if one.id == to), None)
    if found is None:
        raise NotFound
    receive = session.contract.registry.kinds[found.kind].value.receive
    if receive is None:
        raise NotFound
    return receive(session, actor, found, given)


def _receives(session: Scope, module: ModuleRef, active: frozenset[str]) -> bool:
    answer = session.contract.registry.kinds.get(module.kind)
    usable = answer is not None and module.visible and is_usable(answer.plugin, active)
    return usable and answer is not None and answer.value.receive is not None
