"""Whose contributions are looked at before they appear: in the whole town, in a module, while a phase runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from baukasten import clock
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.moderation.screening.facts import Level
from baukasten.moderation.screening.models import Precheck
from baukasten.plugin.refs import MemberRef, ModuleRef
from baukasten.projects import queries
from baukasten.projects.facts import PhaseFacts

TOWN = "town"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where something can be wished: ``town``, ``module:3`` or ``phase:7``."""

    key: str
    title: str
    level: Level | None
    """Nothing where the wider place decides."""


@dataclass(frozen=True, slots=True)
class Group:
    """The modules of the site, or the phases and modules of a project."""

    title: str
    phases: list[Spot]
    modules: list[Spot]


def overview(session: Scope) -> tuple[Spot, list[Group]]:
    """Give the town's wish, and those of all its places, without phases that are over; five statements."""
    levels = _levels(session)
    projects = [one for one in queries.list_projects(session, drafts=True) if not one.archived]
    numbers = [one.id for one in projects]
    phases, modules = queries.phases_of(session, numbers), queries.modules_of(session, numbers)
    now = clock.now()
    groups = [Group("", [], _spots("module", queries.modules(session, None), levels))]
    for project in projects:
        to_come = [one for one in phases[project.id] if one.ends_at > now]
        here = [one for one in modules if one.project is not None and one.project.id == project.id]
        groups.append(Group(project.title, _spots("phase", to_come, levels), _spots("module", here, levels)))
    town = Spot(TOWN, "", levels.get(TOWN, Level.NOBODY))
    return town, [group for group in groups if group.phases or group.modules]


def write(session: Scope, actor: MemberRef | None, wishes: Mapping[str, Level | None]) -> int:
    """Store what is wished where, and tell how many wishes are new; raises NotFound for an unknown place."""
    town, groups = overview(session)
    known = {spot.key: spot.level for group in groups for spot in (*group.phases, *group.modules)}
    known[town.key] = town.level
    if not wishes.keys() <= known.keys():
        raise NotFound
    changed = {key: level for key, level in wishes.items() if known[key] != level}
    for key, level in sorted(changed.items()):
        _store(session, key, level)
        record(session, actor, "moderation.precheck.change", key, level=str(level or ""))
    return len(changed)


def _levels(session: Scope) -> dict[str, Level]:
    found = {}
    for row in session.scalars(select(Precheck)):
        key = (
            f"module:{row.module_id}" if row.module_id else f"phase:{row.phase_id}" if row.phase_id else TOWN
        )
        found[key] = Level(row.level)
    return found


def _spots(kind: str, places: Sequence[ModuleRef | PhaseFacts], levels: Mapping[str, Level]) -> list[Spot]:
    keys = [f"{kind}:{one.id}" for one in places]
    return [Spot(key, one.title, levels.get(key)) for key, one in zip(keys, places, strict=True)]


def _store(session: Scope, key: str, level: Level | None) -> None:
    kind, _, number = key.partition(":")
    module_id = int(number) if kind == "module" else None
    phase_id = int(number) if kind == "phase" else None
    if level is None:
        here = (
            Precheck.module_id.is_not_distinct_from(module_id),
            Precheck.phase_id.is_not_distinct_from(phase_id),
        )
        session.execute(delete(Precheck).where(*here))
        return
    row = insert(Precheck).values(
        tenant_id=session.tenant_id, module_id=module_id, phase_id=phase_id, level=level.value
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=["tenant_id", "module_id", "phase_id"], set_={"level": row.excluded.level}
        )
    )
