"""From an address to the placed module that answers: the gate's check between the person and the permission."""

from urllib.parse import urlsplit

from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import RequestRedirect

from baukasten.access import policy
from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.plugin.refs import MemberRef, ModuleRef
from baukasten.plugin.routes import ModuleRoutes
from baukasten.plugin.validity import is_usable
from baukasten.projects import queries
from baukasten.projects.facts import Placement
from baukasten.projects.links import spoken
from baukasten.projects.phases import remember
from baukasten.web.here import Here
from baukasten.web.marks import mark_of
from baukasten.web.platform import platform

IN_PROJECT, ON_SITE = "projects.module_in_project", "projects.module_on_site"
SEE_DRAFTS = "projects.draft.view"


def find_module(place: Here) -> ResponseReturnValue | None:
    """Fill the place's module and route where the address is a module's; raises NotFound.

    Whatever the reason, the refusal is the same: nobody learns from it that a draft or another town's page exists.
    """
    if request.endpoint not in (IN_PROJECT, ON_SITE):
        return None
    values = request.view_args or {}
    placement = _placement(place, values.get("project"), values["module"])
    answer = platform().contract.registry.kinds.get(placement.module.kind)
    if answer is None or not is_usable(answer.plugin, place.plugins):
        raise NotFound
    if not placement.public and not may_see_drafts(place):
        raise NotFound
    return _match(place, placement, answer.value.routes, "/" + values.get("rest", ""))


def find_module_by_number(place: Here, owner: str, number: int) -> None:
    """Fill the place's module for a live event of a plugin, by the rule of its pages; raises NotFound."""

    def load() -> Placement:
        found = queries.placement_by_id(place.session, number)
        if found is None:
            raise NotFound
        return found

    placement = platform().memo.get(place.tenant.id, ("live placement", number), load)
    answer = platform().contract.registry.kinds.get(placement.module.kind)
    if answer is None or answer.plugin != owner or not is_usable(answer.plugin, place.plugins):
        raise NotFound
    if not placement.public and not may_see_drafts(place):
        raise NotFound
    remember(place.session, placement)
    place.module = placement.module


def module_for(session: Scope, member: MemberRef | None, number: int) -> ModuleRef | None:
    """Give a placed module if somebody may open its pages at this moment, as the gate would judge.

    At most two statements for guests; for the rooms in which sockets listen.
    """
    module = queries.module_by_id(session, number)
    if module is None:
        return None
    answer = session.contract.registry.kinds.get(module.kind)
    if answer is None or not is_usable(answer.plugin, policy.active(session)):
        return None
    public = module.visible and (module.project is None or module.project.published)
    return module if public or policy.may(session, member, SEE_DRAFTS) else None


def is_shown(place: Here, module: ModuleRef) -> bool:
    """Tell whether a module's address answers for the public, its project being public."""
    answer = platform().contract.registry.kinds.get(module.kind)
    return module.visible and answer is not None and is_usable(answer.plugin, place.plugins)


def may_see_drafts(place: Here) -> bool:
    """Tell whether the person may see what is not public yet."""
    return place.member is not None and policy.may(place.session, place.member, SEE_DRAFTS)


def _placement(place: Here, project: str | None, module: str) -> Placement:
    def load() -> Placement:
        found = queries.module_at(place.session, project, module)
        # Raised in here, so that addresses of nothing are never kept: anybody could fill the memory with them.
        if found is None:
            raise NotFound
        return found

    return platform().memo.get(place.tenant.id, ("module_at", project, module), load)


def _match(place: Here, placement: Placement, routes: ModuleRoutes, rest: str) -> ResponseReturnValue | None:
    try:
        route, values = routes.match(request.host, rest, request.method)
    except RequestRedirect as wrong_slash:
        # The kind's own map knows nothing of where it is mounted.
        inner = urlsplit(wrong_slash.new_url).path
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        return redirect(spoken(placement.module.path[:-1] + inner) + query, 308)
    remember(place.session, placement)
    place.module, place.route, place.route_values = placement.module, route, values
    place.mark = mark_of(route.view)
    return None
