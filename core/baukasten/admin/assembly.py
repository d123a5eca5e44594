"""What the assembling page shows: the shelf, the stones, the timeline, the list before the start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from baukasten.admin import timeline
from baukasten.errors import NotFound
from baukasten.plugin.declarations import ModuleKind
from baukasten.plugin.refs import ModuleRef
from baukasten.plugin.text import lazy
from baukasten.plugin.validity import is_usable
from baukasten.projects import publishing, queries
from baukasten.projects.doors import TONES
from baukasten.projects.facts import PhaseFacts, ProjectFacts
from baukasten.projects.phases import feature_key
from baukasten.projects.publishing import Point, PointState
from baukasten.web import i18n
from baukasten.web.here import Here
from baukasten.web.platform import platform

_ = lazy("core")
FIELDS = ("title", "question", "contact", "decides", "can_influence")
"""Points of the list that are mended in the project's form, at the field of the same name."""


@dataclass(frozen=True, slots=True)
class ShelfKind:
    """A kind on the shelf."""

    key: str
    title: str
    text: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class StoneView:
    """A placed module in its row."""

    id: int
    title: str
    text: str
    icon: str
    tone: str
    state: str
    state_kind: str
    edit_url: str


@dataclass(frozen=True, slots=True)
class Todo:
    """A point of the list, with the link to where it is mended."""

    state: str
    title: str
    text: str
    url: str
    action: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A line about the project."""

    icon: str
    title: str
    text: str


def context(place: Here, project: ProjectFacts) -> dict[str, Any]:
    """Give the values of the assembling page; the statements do not grow with the stones but for their own kinds."""
    session = place.session
    placed, phases = queries.modules(session, project.id), queries.phases(session, project.id)
    points = publishing.checklist(session, project.id)
    open_points = sum(point.state is PointState.MISSING for point in points)
    return {
        **_timeline(placed, phases),
        "project": project,
        "saved": i18n.current().ago(project.changed_at),
        "kinds": shelf(place),
        "placed": stones(place, placed),
        "todo": [
            _todo(point, project.id) for point in sorted(points, key=lambda one: one.state is PointState.DONE)
        ],
        "done": sum(point.state is PointState.DONE for point in points),
        "total": len(points),
        "open_points": open_points,
        "facts": [fact for fact in _facts(project) if fact.text],
        "preview_url": url_for("projects.project", project=project.slug),
        "edit_url": url_for("admin.project_edit", project_id=project.id),
        "phases_url": url_for("admin.project_phases", project_id=project.id),
        "place_url": url_for("admin.place", project_id=project.id),
        "move_url": url_for("admin.move"),
    }


def load(place: Here, project_id: int) -> ProjectFacts:
    """Give a project of the town; raises NotFound."""
    project = queries.project_by_id(place.session, project_id)
    if project is None:
        raise NotFound
    return project


def usable_kinds(place: Here) -> Mapping[str, ModuleKind]:
    """Give the kinds whose plugins are active here."""
    kinds = platform().contract.registry.kinds
    return {key: answer.value for key, answer in kinds.items() if is_usable(answer.plugin, place.plugins)}


def shelf(place: Here) -> list[ShelfKind]:
    """Give what can be placed."""
    return [
        ShelfKind(kind.key, str(kind.title), str(kind.description), kind.icon, TONES.get(kind.icon, ""))
        for kind in usable_kinds(place).values()
    ]


def stones(place: Here, placed: Sequence[ModuleRef]) -> list[StoneView]:
    """Give placed modules in their order; one whose plugin is off says so."""
    kinds = usable_kinds(place)
    return [_stone(module, kinds.get(module.kind)) for module in placed]


def _stone(module: ModuleRef, kind: ModuleKind | None) -> StoneView:
    state, state_kind = (_("visible"), "ok") if module.visible else (_("hidden"), "")
    if kind is None:
        state, state_kind = _("switched off"), "bad"
    return StoneView(
        id=module.id,
        title=module.title,
        text=module.path,
        icon=kind.icon if kind else "block",
        tone=TONES.get(kind.icon, "") if kind else "",
        state=str(state),
        state_kind=state_kind,
        edit_url=url_for("admin.module", module_id=module.id),
    )


def _timeline(placed: Sequence[ModuleRef], phases: Sequence[PhaseFacts]) -> dict[str, Any]:
    speaker = i18n.current()
    zone = speaker.formats.zone
    scale = timeline.ruler(phases, zone)
    if scale is None:
        return {"months": [], "lanes": []}
    kinds = platform().contract.registry.kinds
    known = [(module, kinds[module.kind].value) for module in placed if module.kind in kinds]
    bars = [
        timeline.Placed(module.title, kind.icon, frozenset(feature_key(kind, one) for one in kind.features))
        for module, kind in known
    ]
    return {"months": scale.labels(speaker.spoken.locale), "lanes": timeline.lanes(phases, bars, scale, zone)}


def _todo(point: Point, project_id: int) -> Todo:
    url = point.path or mend_url(point.key, project_id)
    return Todo(str(point.state), str(point.title), point.text, url, str(_("Mend")))


def mend_url(key: str, project_id: int) -> str:
    """Give where a point of the list is mended, down to the field."""
    if key in FIELDS:
        return url_for("admin.project_edit", project_id=project_id) + f"#f-{key}"
    if key == "phases":
        return url_for("admin.project_phases", project_id=project_id)
    if key == "imprint":
        return url_for("admin.settings_group", key=publishing.LEGAL) + "#f-imprint"
    if key.startswith("module:"):
        return url_for("admin.module", module_id=int(key.partition(":")[2]))
    return "#shelf" if key == "modules" else ""


def _facts(project: ProjectFacts) -> list[Fact]:
    return [
        Fact("info", str(_("Question to the people")), project.question),
        Fact("pin", str(_("Place")), project.place),
        Fact("check", str(_("This can be influenced")), ", ".join(project.can_influence)),
        Fact("lock", str(_("This is already fixed")), ", ".join(project.fixed)),
        Fact("people", str(_("Who decides")), project.decides),
        Fact("person", str(_("Contact")), project.contact),
    ]
