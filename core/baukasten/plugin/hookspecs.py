"""Every hook on one page: declare once, contribute while serving, decide strictly, answer once, live along."""

# A spec has no body.
# mypy: disable-error-code="empty-body"

import datetime as dt
from collections.abc import Sequence

import click
import pluggy
from markupsafe import Markup
from sqlalchemy.orm import Session

from baukasten.plugin import declarations as d
from baukasten.plugin import refs as r
from baukasten.plugin.companions import Companion
from baukasten.plugin.digests import DigestSource
from baukasten.plugin.events import Event
from baukasten.plugin.fields import SettingsGroup
from baukasten.plugin.letters import Mailbox
from baukasten.plugin.live import LiveNamespace

PROJECT = "baukasten"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a plugin's function as its implementation of the hook of the same name; used bare, without options."""

# Declarations: asked once at start, collected into the registry; a collision stops the start.


@hookspec
def register_blueprints() -> list[d.Mount]:
    """Pages outside modules, for one of the four areas."""
    ...


@hookspec
def register_module_kinds() -> list[d.ModuleKind]:
    """Kinds of module that a town can place."""
    ...


@hookspec
def register_permissions() -> list[d.Permission]:
    """What somebody may do, and which roles may by default."""
    ...


@hookspec
def register_settings() -> list[SettingsGroup]:
    """Settings that the core shows, checks and stores."""
    ...


@hookspec
def register_navigation() -> list[d.NavItem]:
    """Links in the navigation of an area."""
    ...


@hookspec
def register_widgets() -> list[d.Widget]:
    """Parts of a dashboard."""
    ...


@hookspec
def register_content_types() -> list[d.ContentType]:
    """Kinds of contribution that moderation can act on."""
    ...


@hookspec
def register_companions() -> list[Companion]:
    """What stands beside contributions of other plugins, such as a poll."""
    ...


@hookspec
def register_search() -> list[d.SearchSource]:
    """Where the search finds documents."""
    ...


@hookspec
def register_notifications() -> list[d.NotificationType]:
    """Kinds of notice a member can get."""
    ...


@hookspec
def register_mailboxes() -> list[Mailbox]:
    """Who takes letters to signed addresses, such as answers to notices."""
    ...


@hookspec
def register_personal_data() -> list[d.PersonalDataset]:
    """Stores of personal data, with the code that exports and erases them."""
    ...


@hookspec
def register_exports() -> list[d.Export]:
    """Tables that somebody may take away."""
    ...


@hookspec
def register_audiences() -> list[d.Audience]:
    """Groups of people that can be written to."""
    ...


@hookspec
def register_jobs() -> list[d.Job]:
    """Work outside requests, on demand or periodic."""
    ...


@hookspec
def register_commands() -> list[click.Command]:
    """One command group, named like the plugin."""
    ...


@hookspec
def register_live() -> list[LiveNamespace]:
    """Events over sockets, reached through the core's dispatcher alone."""
    ...


@hookspec
def register_events() -> list[type[Event]]:
    """Events of the plugin's own, which others may listen to."""
    ...


@hookspec
def register_template_helpers() -> list[d.TemplateHelper]:
    """Functions for templates, named like the plugin."""
    ...


@hookspec
def register_health_checks() -> list[d.HealthCheck]:
    """Things an operator wants to know are alive."""
    ...


@hookspec
def register_digests() -> list[DigestSource]:
    """What the plugin has to tell in summaries by mail."""
    ...


@hookspec
def register_tallies() -> list[d.Tally]:
    """What counts how often it was seen."""
    ...


# Contributions while serving: only plugins active for the tenant; a failing one is skipped and shown to the operator.


@hookspec
def fill_outlet(session: Session, outlet: r.Outlet, context: r.OutletContext) -> Markup | None:
    """Fill a place on a page of the core."""
    ...


@hookspec
def list_activity(
    session: Session, project: r.ProjectRef, since: dt.datetime, limit: int
) -> Sequence[d.ActivityItem] | None:
    """What happened in a project lately, newest first."""
    ...


@hookspec
def count_stats(session: Session, project: r.ProjectRef) -> Sequence[d.Stat] | None:
    """Numbers about a project."""
    ...


@hookspec
def find_publish_blockers(session: Session, project: r.ProjectRef) -> Sequence[d.Blocker] | None:
    """Why a project cannot be published yet; any answer keeps it a draft."""
    ...


# Decisions: they can only narrow; an exception counts as the strict answer.


@hookspec
def screen_content(session: Session, draft: r.Draft) -> r.Verdict | None:
    """Judge a draft before it comes into view; the strictest verdict counts."""
    ...


@hookspec
def veto_access(
    session: Session, member: r.MemberRef | None, permission: str, module: r.ModuleRef | None
) -> str | None:
    """Deny what the roles would allow, with a reason; nobody can grant."""
    ...


# One answer: the first one counts, the core answers last.


@hookspec(firstresult=True)
def send_message(tenant: r.TenantRef, message: r.Message) -> r.Receipt | None:
    """Carry a mail or pass."""
    ...


@hookspec(firstresult=True)
def open_storage(tenant: r.TenantRef) -> d.Storage | None:
    """Offer a place for the tenant's files or pass."""
    ...


# Life: what happens to the plugin and around it.


@hookspec
def on_startup() -> None:
    """Run once, after the registry is closed."""
    ...


@hookspec
def on_enabled(session: Session, tenant: r.TenantRef) -> None:
    """The town switched the plugin on; may be called again."""
    ...


@hookspec
def on_disabled(session: Session, tenant: r.TenantRef) -> None:
    """The town switched the plugin off; nothing may be lost."""
    ...


@hookspec
def on_event(session: Session, event: Event) -> None:
    """Something happened; called after commit, at least once, retried per plugin."""
    ...
