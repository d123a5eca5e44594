"""Placing modules on the site or in a project: put there, ordered, changed, taken away."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from baukasten import ids
from baukasten.audit import service as audit
from baukasten.db.session import Scope
from baukasten.errors import BaukastenError, Conflict, Invalid, NotFound
from baukasten.jobs import outbox
from baukasten.plugin.declarations import ModuleKind
from baukasten.plugin.events import ModulePlaced, ModuleRemoved
from baukasten.plugin.fields import Scope as SettingsScope
from baukasten.plugin.fields import SettingsGroup
from baukasten.plugin.guard import kept_whole
from baukasten.plugin.refs import MemberRef, ModuleRef
from baukasten.plugin.text import lazy
from baukasten.plugin.validity import is_usable
from baukasten.projects import queries
from baukasten.projects.models import Module
from baukasten.projects.service import TITLE, load
from baukasten.tenants import plugins
from baukasten.web.forms import read_settings, store_settings
from baukasten.web.reserved import refuse_reserved

_ = lazy("core")
log = logging.getLogger(__name__)
UP, DOWN = "up", "down"


def place_module(
    session: Scope,
    actor: MemberRef | None,
    kind: str,
    *,
    title: str = "",
    slug: str = "",
    project_id: int | None = None,
    settings: Mapping[str, Any] | None = None,
) -> ModuleRef:
    """Put a module at the end of a project, or of the site without one; the kind's defaults fill what is missing.

    Raises NotFound for a kind that is not active here, Invalid for a wrong title, address or setting.
    """
    declared = _active_kind(session, kind)
    if project_id is not None:
        load(session, project_id)
    name = title.strip() or str(declared.title)
    group = settings_group(declared)
    module = Module(
        project_id=project_id,
        kind=kind,
        title=_checked_title(name),
        slug=_checked_slug(session, project_id, slug, name),
        settings=store_settings(group, {**read_settings(group, {}), **(settings or {})}),
        position=_last(session, project_id) + 1,
        visible=True,
    )
    _flush(session, module)
    placed = _ref(session, module.id)
    if declared.on_place is not None:
        _prepare(session, declared.on_place, placed)
    outbox.publish(session, ModulePlaced(_tenant(session), module.id))
    audit.record(session, actor, "projects.module.place", f"module:{module.id}", kind=kind)
    return placed


def change_module(
    session: Scope,
    actor: MemberRef | None,
    module_id: int,
    *,
    title: str | None = None,
    slug: str | None = None,
    settings: Mapping[str, Any] | None = None,
    visible: bool | None = None,
) -> ModuleRef:
    """Change what is given and leave the rest; raises NotFound, Invalid, and UnknownSettingError for a wrong key."""
    module = _load(session, module_id)
    if title is not None:
        module.title = _checked_title(title.strip())
    if slug is not None and slug != module.slug:
        placed = _ref(session, module_id)
        if placed.project is None or placed.project.published:
            raise Invalid({"slug": _("This module is public; its address can no longer change.")})
        module.slug = _checked_slug(session, module.project_id, slug, slug)
    if visible is not None:
        module.visible = visible
    if settings is not None:
        group = settings_group(_active_kind(session, module.kind))
        module.settings = store_settings(group, {**read_settings(group, module.settings), **settings})
    _flush(session, module)
    audit.record(session, actor, "projects.module.change", f"module:{module.id}", visible=module.visible)
    return _ref(session, module.id)


def move_module(session: Scope, actor: MemberRef | None, module_id: int, direction: str) -> None:
    """Swap a module with its neighbour ``up`` or ``down``; at the end of the row nothing happens."""
    module = _load(session, module_id)
    order = [one.id for one in queries.modules(session, module.project_id)]
    at = order.index(module_id)
    to = at + (1 if direction == DOWN else -1)
    if direction not in (UP, DOWN) or not 0 <= to < len(order):
        return
    order[at], order[to] = order[to], order[at]
    places = {one: position for position, one in enumerate(order)}
    session.execute(update(Module).where(Module.id.in_(order)).values(position=case(places, value=Module.id)))
    audit.record(session, actor, "projects.module.move", f"module:{module_id}", position=to)


def remove_module(session: Scope, actor: MemberRef | None, module_id: int) -> None:
    """Take a module away with what its kind lets go of; raises NotFound, and Conflict while people wrote there.

    What holds contributions is hidden instead (``change_module(visible=False)``): nobody's words vanish by a click.
    """
    module = _load(session, module_id)
    placed = _ref(session, module_id)
    answer = session.contract.registry.kinds.get(module.kind)
    try:
        with session.begin_nested():
            if answer is not None and answer.value.on_remove is not None:
                answer.value.on_remove(session, placed)
            session.delete(module)
            session.flush()
    except IntegrityError as error:
        raise Conflict(_("People have contributed here. You can hide the module instead.")) from error
    outbox.publish(session, ModuleRemoved(_tenant(session), module_id))
    audit.record(session, actor, "projects.module.remove", f"module:{module_id}", kind=placed.kind)


def _prepare(session: Scope, on_place: Callable[[Session, ModuleRef], None], placed: ModuleRef) -> None:
    try:
        with kept_whole(session, reading=False):
            on_place(session, placed)
    except BaukastenError:
        raise
    except Exception as error:
        log.exception("kind %s could not be placed in tenant %s", placed.kind, session.tenant_id)
        raise Conflict(
            _("This module could not prepare itself. The data centre sees why; please ask there.")
        ) from error


def settings_group(kind: ModuleKind) -> SettingsGroup:
    """Give a kind's settings as the group that forms and checks understand."""
    return SettingsGroup(kind.key, SettingsScope.MODULE, kind.title, kind.settings)


def _active_kind(session: Scope, kind: str) -> ModuleKind:
    answer = session.contract.registry.kinds.get(kind)
    if answer is None or not is_usable(answer.plugin, plugins.active(session)):
        raise NotFound(_("This module is not switched on."))
    return answer.value


def _checked_title(title: str) -> str:
    if not title or len(title) > TITLE:
        raise Invalid({"title": _("Please give a title of at most 120 characters.")})
    return title


def _checked_slug(session: Scope, project_id: int | None, slug: str, title: str) -> str:
    """Give the address: the wished one as it is, or a free one made of the title."""
    where = Module.project_id.is_not_distinct_from(project_id)
    taken = set(session.scalars(select(Module.slug).where(where)))
    wanted = slug or ids.slug(title, fallback="baustein")
    if wanted != ids.slug(wanted):
        raise Invalid({"slug": _("An address has small letters, digits and hyphens only.")})
    if project_id is None:
        refuse_reserved(wanted)
    if slug and slug in taken:
        raise Invalid({"slug": _("Another module has this address already.")})
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (wanted, *numbered) if name not in taken)


def _last(session: Scope, project_id: int | None) -> int:
    where = Module.project_id.is_not_distinct_from(project_id)
    return session.scalar(select(func.coalesce(func.max(Module.position), -1)).where(where)) or 0


def _flush(session: Scope, module: Module) -> None:
    try:
        with session.begin_nested():
            session.add(module)
            session.flush()
    except IntegrityError as error:
        raise Invalid({"slug": _("Another module has this address already.")}) from error


def _load(session: Scope, module_id: int) -> Module:
    module = session.scalar(select(Module).where(Module.id == module_id))
    if module is None:
        raise NotFound
    return module


def _ref(session: Scope, module_id: int) -> ModuleRef:
    found = queries.module_by_id(session, module_id)
    if found is None:
        raise NotFound
    return found


def _tenant(session: Scope) -> int:
    # Nothing could be loaded without a town, so there is one.
    return session.tenant_id or 0
