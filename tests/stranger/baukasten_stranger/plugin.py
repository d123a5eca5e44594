"""The table of contents of the consultation hours: one hook a line."""

import datetime as dt

import click
from markupsafe import Markup
from sqlalchemy.orm import Session

from baukasten import plugin as p
from baukasten.plugin import Manifest, hookimpl, lazy
from baukasten_stranger import declares, life, service
from baukasten_stranger.events import SlotOpened
from baukasten_stranger.views import CREATE

_ = lazy("stranger")
manifest = Manifest(
    "stranger",
    title=_("Consultation hours"),
    version="1.2.0",
    core=">=0.1,<1",
    description=_("Dates with seats, and people who sign up with a line."),
    icon="calendar",
    migrations="migrations",
)


@hookimpl
def register_blueprints() -> list[p.Mount]:
    """Give the staff's table and the interface."""
    return declares.MOUNTS


@hookimpl
def register_module_kinds() -> list[p.ModuleKind]:
    """Give the kind that a town places."""
    return [declares.KIND]


@hookimpl
def register_permissions() -> list[p.Permission]:
    """Give what one may do."""
    return declares.PERMISSIONS


@hookimpl
def register_companions() -> list[p.Companion]:
    """Give the dates beside contributions."""
    return [declares.COMPANION]


@hookimpl
def register_settings() -> list[p.SettingsGroup]:
    """Give the town's settings."""
    return [declares.SETTINGS]


@hookimpl
def register_navigation() -> list[p.NavItem]:
    """Give the staff's link."""
    return [declares.LINK]


@hookimpl
def register_widgets() -> list[p.Widget]:
    """Give the next date."""
    return [declares.WIDGET]


@hookimpl
def register_content_types() -> list[p.ContentType]:
    """Give the line."""
    return [declares.TYPE]


@hookimpl
def register_search() -> list[p.SearchSource]:
    """Give the lines to the search."""
    return [declares.SEARCH]


@hookimpl
def register_notifications() -> list[p.NotificationType]:
    """Give the notice to hosts."""
    return [declares.NOTICE]


@hookimpl
def register_mailboxes() -> list[p.Mailbox]:
    """Give who takes answers about a date."""
    return [declares.MAILBOX]


@hookimpl
def register_personal_data() -> list[p.PersonalDataset]:
    """Give the store of lines."""
    return [declares.DATA]


@hookimpl
def register_exports() -> list[p.Export]:
    """Give the table of lines."""
    return [declares.EXPORT]


@hookimpl
def register_audiences() -> list[p.Audience]:
    """Give those who come."""
    return [declares.AUDIENCE]


@hookimpl
def register_jobs() -> list[p.Job]:
    """Give the daily forgetting."""
    return [declares.JOB]


@hookimpl
def register_commands() -> list[click.Command]:
    """Give the group ``stranger``."""
    return [declares.commands]


@hookimpl
def register_live() -> list[p.LiveNamespace]:
    """Give the seats as they are taken."""
    return [declares.LIVE]


@hookimpl
def register_events() -> list[type[p.Event]]:
    """Give the event of a new date."""
    return [SlotOpened]


@hookimpl
def register_template_helpers() -> list[p.TemplateHelper]:
    """Give the words for free seats."""
    return [declares.HELPER]


@hookimpl
def register_health_checks() -> list[p.HealthCheck]:
    """Give the check that the plugin was started."""
    return [declares.CHECK]


@hookimpl
def register_digests() -> list[p.DigestSource]:
    """Give the new dates."""
    return [declares.DIGEST]


@hookimpl
def register_tallies() -> list[p.Tally]:
    """Give the count of those who looked at a date."""
    return [declares.TALLY]


@hookimpl
def fill_outlet(session: Session, outlet: p.Outlet, context: p.OutletContext) -> Markup | None:
    """Name the next date beside a project."""
    return life.next_date(session, context.project) if outlet is p.Outlet.PROJECT_ASIDE else None


@hookimpl
def list_activity(
    session: Session, project: p.ProjectRef, since: dt.datetime, limit: int
) -> list[p.ActivityItem]:
    """Tell of new dates."""
    return life.activity(session, project, since, limit)


@hookimpl
def count_stats(session: Session, project: p.ProjectRef) -> list[p.Stat]:
    """Count the lines."""
    return life.stats(session, project)


@hookimpl
def find_publish_blockers(session: Session, project: p.ProjectRef) -> list[p.Blocker]:
    """Wait for a first date."""
    return life.blockers(session, project)


@hookimpl
def screen_content(draft: p.Draft) -> p.Verdict | None:
    """Hold telephone numbers."""
    return life.screen(draft)


@hookimpl
def veto_access(session: Session, member: p.MemberRef | None, permission: str) -> str | None:
    """Keep to people from the town, where it wishes so."""
    return life.veto(session, member) if permission == CREATE else None


@hookimpl
def on_startup() -> None:
    """Note that the process has begun."""
    life.STARTED.set()


@hookimpl
def on_enabled(session: Session) -> None:
    """Take the dates up again."""
    service.pause(session, paused=False)


@hookimpl
def on_disabled(session: Session) -> None:
    """Keep the dates, but let them rest."""
    service.pause(session, paused=True)


@hookimpl
def on_event(session: Session, event: p.Event) -> None:
    """Tell hosts who comes."""
    life.hear(session, event)
