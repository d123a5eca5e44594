"""What exports declare: their jobs, their place in the navigation, who asked for what, and what makes files stale."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.exports import making, service
from baukasten.exports.models import ExportFile
from baukasten.plugin.declarations import PUBLIC_TASK, Area, Job, NavItem, PersonalDataset
from baukasten.plugin.events import ContentHidden, Event
from baukasten.plugin.hookspecs import hookimpl
from baukasten.plugin.text import lazy

_ = lazy("core")

DESK = "admin.desk.view"
HIDDEN = _("Something in it was hidden since. Make it anew.")
ERASED = _("Somebody's data was erased since. Make it anew.")


@hookimpl
def register_navigation() -> list[NavItem]:
    """Give the list of modules with something to take away."""
    return [NavItem(Area.ADMIN, _("Exports"), "exports.modules", DESK, weight=60, icon="download")]


@hookimpl
def register_jobs() -> list[Job]:
    """Give the making and the clearing away."""
    return [
        Job(service.JOB, making.build, max_attempts=making.ATTEMPTS),
        Job("exports.tidy", making.tidy, every="27 3 * * *"),
    ]


@hookimpl
def on_event(session: Any, event: Event) -> None:
    """Let files go that still show what was hidden: a file in the town's hands must not outlive the measure."""
    if not isinstance(event, ContentHidden):
        return
    declared = session.contract.registry.content_types.get(event.content_type)
    found = declared.value.find(session, [event.content_id]) if declared else ()
    module_id = found[0].module_id if found else None
    service.let_go(session, service.ready(session, module_id), HIDDEN)


@hookimpl
def register_personal_data() -> list[PersonalDataset]:
    """Files name who asked for them, and may hold texts of anybody."""
    return [
        PersonalDataset(
            key="exports.files",
            title=_("Files you asked for as staff"),
            purpose=_("To show staff who had which table made."),
            legal_basis=PUBLIC_TASK,
            columns=("export_file.member_id",),
            retention=_("The file for seven days, the note for three months"),
            export=_export,
            erase=_erase,
        )
    ]


def _export(session: Session, member_id: int) -> list[dict[str, Any]]:
    query = select(ExportFile).where(ExportFile.member_id == member_id).order_by(ExportFile.id)
    return [{"at": one.created_at, "export": one.key, "format": one.format} for one in session.scalars(query)]


def _erase(session: Any, member_id: int) -> int:
    """Forget who asked, and let all the town's files go: any of them may show the person's texts and name."""
    service.let_go(session, service.ready(session), ERASED)
    done: Any = session.execute(
        update(ExportFile).where(ExportFile.member_id == member_id).values(member_id=None)
    )
    return int(done.rowcount)
