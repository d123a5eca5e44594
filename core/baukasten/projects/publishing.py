"""From draft to public and away again: what still stands in the way, and the step itself."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from baukasten import clock
from baukasten.audit import service as audit
from baukasten.db.session import Scope
from baukasten.errors import Conflict, Invalid
from baukasten.jobs import outbox
from baukasten.plugin import hookspecs
from baukasten.plugin.events import ProjectPublished
from baukasten.plugin.guard import kept_whole
from baukasten.plugin.refs import MemberRef, ModuleRef, ProjectRef
from baukasten.plugin.text import lazy
from baukasten.plugin.validity import is_usable
from baukasten.projects import queries
from baukasten.projects.facts import ProjectFacts
from baukasten.projects.models import ARCHIVED, DRAFT, PUBLISHED
from baukasten.projects.service import load, ref_of
from baukasten.tenants import plugins, settings

_ = lazy("core")
log = logging.getLogger(__name__)
LEGAL = "site.legal"
"""The settings in which a town keeps its imprint; without one nothing may be published (§ 5 DDG)."""


class PointState(StrEnum):
    """How a point of the checklist stands."""

    DONE = "ok"
    MISSING = "no"
    ADVISED = "wa"


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the list before the start; ``key`` says what must be mended, ``path`` where if a plugin knows."""

    key: str
    title: str
    state: PointState
    text: str = ""
    path: str = ""


def checklist(session: Scope, project_id: int) -> list[Point]:
    """Give everything that is looked at before a project goes public; raises NotFound."""
    load(session, project_id)
    project = queries.project_by_id(session, project_id)
    assert project is not None  # noqa: S101 - loaded and locked a line above
    placed = queries.modules(session, project_id)
    return [
        *_own_points(project),
        _phases_point(session, project_id),
        _imprint_point(session),
        *_module_points(session, placed),
        *_advice(project, placed),
        *_plugins_points(session, project.ref),
    ]


def publish(session: Scope, actor: MemberRef | None, project_id: int) -> ProjectRef:
    """Make a draft public and tell everybody who listens; raises Invalid with what is missing, by key."""
    project = load(session, project_id)
    if project.state != DRAFT:
        raise Conflict(_("This project is already public."))
    missing = [point for point in checklist(session, project_id) if point.state is PointState.MISSING]
    if missing:
        raise Invalid({point.key: point.text or point.title for point in missing})
    project.state, project.published_at = PUBLISHED, clock.now()
    session.flush()
    outbox.publish(session, ProjectPublished(session.tenant_id or 0, project_id))
    audit.record(session, actor, "projects.project.publish", f"project:{project_id}")
    return ref_of(project)


def unpublish(session: Scope, actor: MemberRef | None, project_id: int) -> ProjectRef:
    """Make a project a draft again, so that only staff sees it; raises NotFound."""
    return _set_state(session, actor, project_id, DRAFT, "projects.project.unpublish")


def archive(session: Scope, actor: MemberRef | None, project_id: int) -> ProjectRef:
    """Put a public project away: readable at its address, closed, and no longer among the others."""
    if load(session, project_id).state == DRAFT:
        raise Conflict(_("A draft cannot be archived."))
    return _set_state(session, actor, project_id, ARCHIVED, "projects.project.archive")


def _set_state(
    session: Scope, actor: MemberRef | None, project_id: int, state: str, action: str
) -> ProjectRef:
    project = load(session, project_id)
    project.state = state
    session.flush()
    audit.record(session, actor, action, f"project:{project_id}")
    return ref_of(project)


def _point(key: str, title: str, text: str, *, done: bool, advised: bool = False) -> Point:
    lacking = PointState.ADVISED if advised else PointState.MISSING
    return Point(key, title, PointState.DONE if done else lacking, "" if done else text)


def _own_points(project: ProjectFacts) -> list[Point]:
    return [
        _point("title", str(_("Title")), str(_("The project has no title.")), done=bool(project.title)),
        _point(
            "question",
            str(_("Question to the people")),
            str(_("Say in one sentence what you want to know.")),
            done=bool(project.question),
        ),
        _point(
            "contact",
            str(_("Contact")),
            str(_("Name somebody who can be called or written to.")),
            done=bool(project.contact),
        ),
    ]


def _phases_point(session: Scope, project_id: int) -> Point:
    phases = queries.phases(session, project_id)
    text = str(_("A project needs at least one phase with a beginning and an end."))
    return _point("phases", str(_("Phases and times")), text, done=bool(phases))


def _imprint_point(session: Scope) -> Point:
    imprint = str(settings.read(session, LEGAL).get("imprint") or "").strip()
    text = str(_("Your town's imprint is empty. It is required by law."))
    return _point("imprint", str(_("Imprint")), text, done=bool(imprint))


def _module_points(session: Scope, placed: Iterable[ModuleRef]) -> list[Point]:
    """Ask each placed module's own kind what it lacks; what cannot be asked counts as lacking."""
    active = plugins.active(session)
    points: list[Point] = []
    for module in placed:
        answer = session.contract.registry.kinds.get(module.kind)
        if answer is None or not is_usable(answer.plugin, active):
            reasons = [str(_("This module is switched off."))]
        elif answer.value.blockers is None:
            reasons = []
        else:
            reasons = _asked(session, answer.value.blockers, module)
        text = " ".join(reasons)
        points.append(_point(f"module:{module.id}", module.title, text, done=not reasons))
    return points


def _asked(
    session: Scope, blockers: Callable[[Session, ModuleRef], Sequence[str]], module: ModuleRef
) -> list[str]:
    try:
        with kept_whole(session, reading=False):
            return [str(reason) for reason in blockers(session, module)]
    except Exception:
        # A plugin's accident must not take the page away on which the town could hide the module.
        log.exception("the blockers of kind %s failed in tenant %s", module.kind, session.tenant_id)
        return [str(_("This module could not be asked. The data centre sees why; please ask there."))]


def _advice(project: ProjectFacts, placed: list[ModuleRef]) -> list[Point]:
    return [
        _point(
            "modules",
            str(_("A module to take part in")),
            str(_("Without a module people can only read.")),
            done=bool(placed),
            advised=True,
        ),
        _point(
            "decides",
            str(_("Who decides")),
            str(_("People take part more gladly when they know what becomes of it.")),
            done=bool(project.decides),
            advised=True,
        ),
        _point(
            "can_influence",
            str(_("What can be influenced")),
            str(_("Name what is open and what is fixed; it spares disappointment.")),
            done=bool(project.can_influence and project.fixed),
            advised=True,
        ),
    ]


def _plugins_points(session: Scope, project: ProjectRef) -> list[Point]:
    hooks = session.contract.manager.at(session.tenant_id or 0, plugins.active(session))
    answers = hooks.ask(hookspecs.find_publish_blockers, session=session, project=project)
    return [
        Point(f"plugin:{answer.plugin}", str(blocker.message), PointState.MISSING, path=blocker.path)
        for answer in answers
        for blocker in answer.value
    ]
