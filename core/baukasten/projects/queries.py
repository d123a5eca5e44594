"""Reading projects, phases and modules: few statements whatever the number of rows, plain facts as answers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, Table, select
from sqlalchemy.orm import Session

from baukasten.plugin.refs import ModuleRef, ProjectRef
from baukasten.projects.facts import PhaseFacts, Placement, ProjectFacts, ProjectLine
from baukasten.projects.models import ARCHIVED, DRAFT, Module, Phase, Project

PROJECT: Table = Project.metadata.tables["project"]
PHASE: Table = Phase.metadata.tables["project_phase"]
MODULE: Table = Module.metadata.tables["module"]

LINE = [PROJECT.c[name] for name in ProjectLine.__dataclass_fields__]
WHOLE = [PROJECT.c[name] for name in ProjectFacts.__dataclass_fields__]
PLACED = [
    MODULE.c.id, MODULE.c.kind, MODULE.c.slug, MODULE.c.title, MODULE.c.settings, MODULE.c.visible,
    MODULE.c.project_id, PROJECT.c.slug.label("project_slug"), PROJECT.c.title.label("project_title"),
    PROJECT.c.state.label("project_state"),
]  # fmt: skip
IN_ORDER = (MODULE.c.position, MODULE.c.id)


def find_project(session: Session, slug: str) -> ProjectFacts | None:
    """Give the project with this address in any state; who may see it is for the caller to judge."""
    return _whole(session.execute(select(*WHOLE).where(PROJECT.c.slug == slug)).one_or_none())


def project_by_id(session: Session, project_id: int) -> ProjectFacts | None:
    """Give a project by its number, in any state."""
    return _whole(session.execute(select(*WHOLE).where(PROJECT.c.id == project_id)).one_or_none())


def list_projects(session: Session, *, drafts: bool = False, archived: bool = False) -> list[ProjectLine]:
    """Give the published projects, those that end last first; drafts and archived ones on demand."""
    query = select(*LINE).order_by(PROJECT.c.ends_at.desc().nulls_first(), PROJECT.c.id.desc())
    left_out = [state for state, wanted in ((DRAFT, drafts), (ARCHIVED, archived)) if not wanted]
    rows = session.execute(query.where(PROJECT.c.state.not_in(left_out)))
    return [ProjectLine(*row) for row in rows]


def phases_of(session: Session, project_ids: Iterable[int]) -> dict[int, tuple[PhaseFacts, ...]]:
    """Give the phases of many projects in their order; one statement."""
    wanted = list(project_ids)
    found: dict[int, list[PhaseFacts]] = {project_id: [] for project_id in wanted}
    query = select(*(PHASE.c[name] for name in PhaseFacts.__dataclass_fields__))
    query = query.where(PHASE.c.project_id.in_(wanted)).order_by(PHASE.c.project_id, PHASE.c.position)
    for row in session.execute(query) if wanted else ():
        values = {**row._mapping, "features": frozenset(row.features)}  # noqa: SLF001 - a row's values, by name
        found[row.project_id].append(PhaseFacts(**values))
    return {project_id: tuple(phases) for project_id, phases in found.items()}


def phases(session: Session, project_id: int) -> tuple[PhaseFacts, ...]:
    """Give a project's phases in their order."""
    return phases_of(session, [project_id])[project_id]


def modules(session: Session, project_id: int | None) -> list[ModuleRef]:
    """Give the modules of a project in their order, or with None those placed on the site itself."""
    query = _placed().where(MODULE.c.project_id.is_not_distinct_from(project_id)).order_by(*IN_ORDER)
    return [_ref(row) for row in session.execute(query)]


def modules_of(session: Session, project_ids: Sequence[int]) -> list[ModuleRef]:
    """Give the modules of many projects, each project's in order; one statement."""
    query = _placed().where(MODULE.c.project_id.in_(project_ids)).order_by(MODULE.c.project_id, *IN_ORDER)
    return [_ref(row) for row in session.execute(query)] if project_ids else []


def modules_by_id(session: Session, ids: Iterable[int]) -> dict[int, ModuleRef]:
    """Give those modules that exist in the session's town; one statement."""
    wanted = list(ids)
    rows = session.execute(_placed().where(MODULE.c.id.in_(wanted))) if wanted else ()
    return {row.id: _ref(row) for row in rows}


def module_by_id(session: Session, module_id: int) -> ModuleRef | None:
    """Give a module by its number."""
    return modules_by_id(session, [module_id]).get(module_id)


def module_at(session: Session, project_slug: str | None, module_slug: str) -> Placement | None:
    """Give the module at an address, with what decides who may come and when; two statements."""
    query = _placed().where(MODULE.c.slug == module_slug)
    if project_slug is None:
        query = query.where(MODULE.c.project_id.is_(None))
    else:
        query = query.where(PROJECT.c.slug == project_slug)
    row = session.execute(query).one_or_none()
    return None if row is None else _placement(session, row)


def placement_of(session: Session, module: ModuleRef) -> Placement | None:
    """Give what decides about a known module as it is now; two statements."""
    return placement_by_id(session, module.id)


def placement_by_id(session: Session, module_id: int) -> Placement | None:
    """Give the module with this number, with what decides who may come and when; two statements."""
    row = session.execute(_placed().where(MODULE.c.id == module_id)).one_or_none()
    return None if row is None else _placement(session, row)


def placements_named(session: Session, slugs: Iterable[str]) -> list[Placement]:
    """Give all modules with these last parts of an address, wherever they are placed; two statements."""
    rows = session.execute(_placed().where(MODULE.c.slug.in_(list(slugs)))).all()
    known = phases_of(session, {row.project_id for row in rows if row.project_id is not None})
    return [_placed_with(row, known.get(row.project_id, ())) for row in rows]


def _placement(session: Session, row: Row[Any]) -> Placement:
    return _placed_with(row, () if row.project_id is None else phases(session, row.project_id))


def _placed_with(row: Row[Any], its_phases: tuple[PhaseFacts, ...]) -> Placement:
    module = _ref(row)
    if module.project is None:
        return Placement(module, public=module.visible)
    return Placement(
        module,
        public=module.visible and row.project_state != DRAFT,
        archived=row.project_state == ARCHIVED,
        phases=its_phases,
    )


def _placed() -> Select[Any]:
    both = (MODULE.c.tenant_id == PROJECT.c.tenant_id) & (MODULE.c.project_id == PROJECT.c.id)
    return select(*PLACED).select_from(MODULE.outerjoin(PROJECT, both))


def _ref(row: Row[Any]) -> ModuleRef:
    project = None
    if row.project_id is not None:
        public = row.project_state != DRAFT
        project = ProjectRef(row.project_id, row.project_slug, row.project_title, public)
    settings: Mapping[str, Any] = row.settings
    return ModuleRef(row.id, row.kind, row.slug, row.title, project, settings, row.visible)


def _whole(row: Row[Any] | None) -> ProjectFacts | None:
    if row is None:
        return None
    values = dict(row._mapping)  # noqa: SLF001 - the public name of a row's values
    values["can_influence"] = tuple(values["can_influence"])
    values["fixed"] = tuple(values["fixed"])
    return ProjectFacts(**values)
