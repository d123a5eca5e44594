"""What a page of the site is about, found by its path: for those who point to it from elsewhere, such as a letter."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import text

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.plugin.validity import is_usable
from baukasten.projects import queries
from baukasten.projects.facts import Placement, ProjectLine
from baukasten.projects.phases import current_phase
from baukasten.search import index
from baukasten.tenants import plugins

AT = text("SELECT * FROM platform.search_at(CAST(:paths AS text[]), CAST(:types AS text[]))")
MODULE = re.compile(r"/(?:beteiligung/(?P<project>[a-z0-9-]+)/)?(?P<module>[a-z0-9-]+)/")
PROJECT = re.compile(r"/beteiligung/(?P<project>[a-z0-9-]+)/")


@dataclass(frozen=True, slots=True)
class Preview:
    """A public page in a few words."""

    path: str
    title: str
    summary: str
    kind: str
    """``project``, the kind of a module, or the type of a contribution."""
    until: dt.datetime | None = None
    """Until when people can take part there; nothing where that is not limited or over."""
    result: str = ""
    """What came of a project."""


def previews_of(session: Scope, paths: Iterable[str]) -> Mapping[str, Preview]:
    """Give what everybody may see at these paths (without host and language), by path; the rest is left out.

    Six statements at most, however many paths there are.
    """
    wanted = {path for path in paths if path.startswith("/") and "\0" not in path}
    found = _projects(session, wanted)
    rest = wanted - found.keys()
    if not rest:
        return found
    modules = _modules(session, rest)
    values = {"paths": sorted(rest), "types": index.active_types(session)}
    for row in session.execute(AT, values):
        shown = modules.pop(row.path, None)
        if shown is not None:
            # What the front page of a module is about says more than the name of its project.
            found[row.path] = replace(shown, title=row.title, summary=row.excerpt or shown.summary)
        else:
            found.setdefault(row.path, Preview(row.path, row.title, row.excerpt, row.content_type))
    return found | modules


def preview_of(session: Scope, path: str) -> Preview | None:
    """Give what everybody may see at a path; nothing for drafts, hidden things and what does not exist."""
    return previews_of(session, [path]).get(path)


def _projects(session: Scope, paths: set[str]) -> dict[str, Preview]:
    slugs = {match["project"]: path for path in paths if (match := PROJECT.fullmatch(path))}
    if not slugs:
        return {}
    lines = queries.list_projects(session, archived=True)
    return {slugs[line.slug]: _project(line) for line in lines if line.slug in slugs and line.public}


def _project(line: ProjectLine) -> Preview:
    open_until = line.ends_at if line.ends_at and line.ends_at > clock.now() and not line.archived else None
    summary = line.question or line.summary
    return Preview(
        f"/beteiligung/{line.slug}/",
        line.title,
        summary,
        "project",
        open_until,
        "" if open_until else line.result,
    )


def _modules(session: Scope, paths: set[str]) -> dict[str, Preview]:
    slugs = {match["module"] for path in paths if (match := MODULE.fullmatch(path))}
    if not slugs:
        return {}
    active, kinds = plugins.active(session), session.contract.registry.kinds
    placed: dict[str, list[Placement]] = defaultdict(list)
    for placement in queries.placements_named(session, slugs):
        kind = kinds.get(placement.module.kind)
        shown = placement.public and kind is not None and is_usable(kind.plugin, active)
        if shown and placement.module.path in paths:
            placed[placement.module.kind].append(placement)
    found: dict[str, Preview] = {}
    for name, same in placed.items():
        ask = kinds[name].value.ends
        ends = ask(session, [one.module.id for one in same]) if ask is not None else {}
        found |= {one.module.path: _module(one, ends.get(one.module.id)) for one in same}
    return found


def _module(placement: Placement, own: dt.datetime | None) -> Preview:
    """Tell about a module, with the end of the phase in which people take part there, or its own if that is first."""
    module, now = placement.module, clock.now()
    phase = None if placement.archived else current_phase(placement.phases, now)
    opened = phase is not None and any(one.startswith(f"{module.kind}.") for one in phase.features)
    # No phase opens or shuts what stands on the site itself.
    until = phase.ends_at if phase is not None and opened else None if module.project else own
    if until is not None and own is not None:
        until = min(until, own) if own > now else None
    return Preview(
        module.path, module.title, module.project.title if module.project else "", module.kind, until
    )
