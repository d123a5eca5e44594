"""The verbs of exports: what a module offers, asking for a file, taking it, letting it go."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from baukasten import clock
from baukasten.access import policy
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import Closed, Invalid, NotFound, TooMany
from baukasten.exports.formats import choices
from baukasten.exports.models import ExportFile, State
from baukasten.jobs.queue import enqueue
from baukasten.plugin.declarations import Export, TableFormat
from baukasten.plugin.refs import MemberRef, ModuleRef
from baukasten.plugin.text import lazy
from baukasten.tenants.files import files_of, new_name

_ = lazy("core")

JOB = "exports.build"
KEPT = dt.timedelta(days=7)
SHOWN = 30
MOST_WAITING = 10
"""Files of one town that may wait at a time."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One export of a module, in the formats that can be had."""

    key: str
    title: str
    formats: dict[str, str]
    hindrance: str


def declared(session: Scope, module: ModuleRef) -> list[Export]:
    """Give the exports of the plugin that a module belongs to."""
    registry = session.contract.registry
    kind = registry.kinds.get(module.kind)
    return [one.value for one in registry.exports.values() if kind is not None and one.plugin == kind.plugin]


def allowed(session: Scope, member: MemberRef | None, module: ModuleRef) -> list[Export]:
    """Give the exports of a module whose permission the member holds."""
    return [one for one in declared(session, module) if policy.may(session, member, one.permission, module)]


def offers(session: Scope, member: MemberRef | None, module: ModuleRef) -> list[Offer]:
    """Give what the member can ask for; raises NotFound where that is nothing, as if the page were not there."""
    exports = allowed(session, member, module)
    if not exports:
        raise NotFound
    return [
        Offer(one.key, str(one.title), choices(one), one.hindrance(session, module) if one.hindrance else "")
        for one in exports
    ]


def files(session: Scope, keys: Sequence[str], module: ModuleRef) -> list[ExportFile]:
    """Give a module's newest files of these exports; whoever may see the keys is for the caller to judge."""
    query = select(ExportFile).where(ExportFile.module_id == module.id, ExportFile.key.in_(keys))
    return list(session.scalars(query.order_by(ExportFile.id.desc()).limit(SHOWN)))


def is_over(file: ExportFile) -> bool:
    """Tell whether a file's week has passed, tidied away or not."""
    passed = file.expires_at is not None and file.expires_at <= clock.now()
    return file.state == State.EXPIRED or (file.state == State.READY and passed)


def ask(session: Scope, member: MemberRef | None, module: ModuleRef, key: str, chosen: str) -> ExportFile:
    """Ask for a file and queue its making; the same wish that still waits is given back.

    Raises NotFound for an export that the member may not have, Invalid for a format that it has not, Closed where
    it cannot be made now, TooMany where ten files wait already.
    """
    export = next((one for one in allowed(session, member, module) if one.key == key), None)
    if export is None:
        raise NotFound
    if chosen not in choices(export):
        raise Invalid({"format": _("Choose one of the formats.")})
    hindrance = export.hindrance(session, module) if export.hindrance else ""
    if hindrance:
        raise Closed(hindrance)
    waiting = select(ExportFile).where(ExportFile.state == State.WAITING)
    same = waiting.where(
        ExportFile.module_id == module.id, ExportFile.key == key, ExportFile.format == chosen
    )
    if (found := session.scalars(same).first()) is not None:
        return found
    if (session.scalar(select(func.count()).select_from(waiting.subquery())) or 0) >= MOST_WAITING:
        raise TooMany(60, _("Several files are being made already. Please wait until they are ready."))
    file = ExportFile(
        module_id=module.id,
        member_id=member.id if member else None,
        key=key,
        format=chosen,
        stored_as=new_name(chosen),
    )
    session.add(file)
    session.flush()
    record(session, member, "exports.file.ask", f"module:{module.id}", export=key, format=chosen)
    # Documents need much memory: one at a time in the whole installation, tables one at a time in a town.
    lock = JOB if chosen == TableFormat.PDF else f"{JOB} {session.tenant_id}"
    enqueue(session, JOB, lock=lock, file_id=file.id)
    return file


def take(
    session: Scope, member: MemberRef | None, module: ModuleRef, file_id: int
) -> tuple[ExportFile, bytes]:
    """Give a file that is ready, and note in the town's log who took it; raises NotFound for any other."""
    query = select(ExportFile).where(ExportFile.id == file_id, ExportFile.module_id == module.id)
    file = session.scalars(query).one_or_none()
    keys = {one.key for one in allowed(session, member, module)}
    if file is None or file.key not in keys or file.state != State.READY or is_over(file):
        raise NotFound
    data = files_of(session).read(file.stored_as)
    record(session, member, "exports.file.take", f"module:{module.id}", export=file.key, file=file.id)
    return file, data


def let_go(session: Scope, found: Sequence[ExportFile], reason: object = "") -> int:
    """Remove files from the store and keep that they were there; gives their number."""
    if found:
        store = files_of(session)
        for file in found:
            store.delete(file.stored_as)
            file.state, file.reason = State.EXPIRED, str(reason)
        session.flush()
    return len(found)


def ready(session: Scope, module_id: int | None = None) -> list[ExportFile]:
    """Give the files that are ready, of one module or of the whole town, once those being made are done.

    The waiting matters: a file begun before something was hidden must not come out after the hiding was heard of.
    """
    query = select(ExportFile).where(ExportFile.state.in_((State.WAITING, State.READY))).with_for_update()
    if module_id is not None:
        query = query.where(ExportFile.module_id == module_id)
    fresh = query.order_by(ExportFile.id).execution_options(populate_existing=True)
    found = session.scalars(fresh).all()
    return [one for one in found if one.state == State.READY]
