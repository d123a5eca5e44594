"""The job that makes a file, and the one that clears away what is over."""

import logging
import tempfile
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from baukasten import clock, ids
from baukasten.db.session import Scope
from baukasten.errors import N_, BaukastenError, Closed, Invalid, NotFound
from baukasten.exports import service
from baukasten.exports.formats import FORMATS, choices, media_type_of
from baukasten.exports.models import ExportFile, State
from baukasten.exports.sheet import Sheet
from baukasten.plugin.declarations import Export, TableFormat
from baukasten.plugin.refs import ModuleRef, TenantRef
from baukasten.plugin.work import work
from baukasten.projects import queries
from baukasten.tenants.files import files_of

log = logging.getLogger(__name__)

ATTEMPTS = 3
MOST_BYTES = 200 * 1024**2
KEPT_ROWS = 90
"""Days after which nothing tells any more that a file was asked for; the town's log keeps it."""


def build(session: Scope, *, file_id: int) -> None:
    """Make the file that somebody asked for; what cannot be made says why.

    May run again: a file that is no longer awaited is left alone, and a second attempt replaces the first.
    """
    # Held until the end, see service.ready.
    query = select(ExportFile).where(ExportFile.id == file_id).with_for_update()
    file = session.scalars(query).one_or_none()
    if file is None or file.state != State.WAITING:
        return
    try:
        _make(session, file)
    except BaukastenError as error:
        _fail(session, file_id, error.message)
    except Exception:
        # The last attempt says so on the page, then the operator hears of it as of any failing job.
        if work(session).attempt >= ATTEMPTS:
            _fail(session, file_id, N_("Something broke on our side. The data centre has been told."))
            session.commit()
        raise


def _make(session: Scope, file: ExportFile) -> None:
    town = work(session).town
    module, export = _wanted(session, file)
    hindrance = export.hindrance(session, module) if export.hindrance else ""
    if hindrance:
        raise Closed(hindrance)
    with tempfile.TemporaryFile() as out:
        if export.build is not None:
            export.build(session, module, out)
        else:
            _write_table(session, (town, module, export, file.format), out)
        size = out.seek(0, 2)
        if size > MOST_BYTES:
            raise Invalid(message=N_("The file became too large."))
        out.seek(0)
        files_of(session).write(file.stored_as, out)
    now = clock.now()
    parts = (module.title, str(export.title), f"{now.astimezone(ZoneInfo(town.time_zone)):%Y-%m-%d}")
    file.file_name = f"{'-'.join(ids.slug(part) for part in parts)}.{file.format}"
    file.media_type, file.bytes = media_type_of(export, file.format), size
    file.state, file.finished_at, file.expires_at = State.READY, now, now + service.KEPT
    session.flush()


def _wanted(session: Scope, file: ExportFile) -> tuple[ModuleRef, Export]:
    """Give module and export of a wish; raises NotFound where either is gone or switched off meanwhile."""
    module = None if file.module_id is None else queries.module_by_id(session, file.module_id)
    answer = session.contract.registry.exports.get(file.key)
    if module is None or answer is None or answer.plugin not in work(session).active:
        raise NotFound(N_("The module was taken away or switched off."))
    if file.format not in choices(answer.value):
        raise NotFound(N_("This format can no longer be made."))
    return module, answer.value


def _write_table(session: Scope, wanted: tuple[TenantRef, ModuleRef, Export, str], out: BinaryIO) -> None:
    town, module, export, chosen = wanted
    if export.rows is None:
        raise LookupError(f"{export.key} has no rows")
    named = zip(export.columns, export.titles or export.columns, strict=True)
    heads = list(named) if export.heads is None else export.heads(session, module)
    sheet = Sheet(
        title=f"{export.title} – {module.title}",
        town=town.name,
        keys=[key for key, _heading in heads],
        headings=[str(heading) for _key, heading in heads],
        rows=export.rows(session, module),
        language=town.language,
        zone=ZoneInfo(town.time_zone),
        made_at=clock.now(),
    )
    FORMATS[TableFormat(chosen)].write(sheet, out)


def _fail(session: Scope, file_id: int, reason: str) -> None:
    # What the plugin's rows left behind may have broken the transaction.
    session.rollback()
    file = session.scalars(select(ExportFile).where(ExportFile.id == file_id)).one_or_none()
    if file is not None:
        file.state, file.reason, file.finished_at = State.FAILED, reason, clock.now()
        session.flush()
    log.info("export file %s could not be made", file_id)


def tidy(session: Session, **_values: Any) -> None:
    """Remove files whose week has passed or whose module is gone, and rows that nobody needs any more."""
    scope: Any = session
    over = or_(ExportFile.expires_at <= clock.now(), ExportFile.module_id.is_(None))
    query = select(ExportFile).where(ExportFile.state == State.READY, over)
    service.let_go(scope, list(session.scalars(query)))
    old = clock.now() - service.KEPT * (KEPT_ROWS // 7)
    session.execute(
        delete(ExportFile).where(
            ExportFile.state.in_((State.EXPIRED, State.FAILED)), ExportFile.created_at < old
        )
    )
