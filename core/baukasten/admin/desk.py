"""What the overview of the administration shows: what is to be done, drafts, and the plugins' widgets."""

import logging
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from baukasten.access import policy
from baukasten.admin.blueprint import MANAGE, SETTINGS, SWITCH
from baukasten.moderation.appeals.settling import stuck
from baukasten.moderation.service import count_open
from baukasten.plugin.declarations import Area, Widget
from baukasten.plugin.guard import kept_whole
from baukasten.plugin.text import lazy
from baukasten.projects import publishing, queries
from baukasten.projects.facts import ProjectLine
from baukasten.projects.models import DRAFT
from baukasten.tenants import settings
from baukasten.web.here import Here
from baukasten.web.i18n import dngettext
from baukasten.web.platform import platform

_ = lazy("core")
DECIDE = "moderation.case.decide"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to be done, and where."""

    title: str
    text: str
    url: str
    action: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A widget as it stands on the page."""

    key: str
    title: str
    body: Markup


def duties(place: Here, projects: list[ProjectLine]) -> list[Duty]:
    """Give what the member can and should do now."""
    found: list[Duty] = []
    if holds(place, SETTINGS) and not settings.read(place.session, publishing.LEGAL)["imprint"]:
        found.append(
            Duty(
                str(_("Fill in the imprint")),
                str(_("It is required by law; without it nothing can be published.")),
                url_for("admin.settings_group", key=publishing.LEGAL),
                str(_("Write it")),
            )
        )
    waiting = count_open(place.session) if holds(place, DECIDE) else 0
    if waiting:
        title = dngettext("core", "%(num)s case waits", "%(num)s cases wait", waiting)
        text = str(_("Somebody reported a contribution, or one is held until you look at it."))
        found.append(Duty(title, text, url_for("moderation.queue"), str(_("Have a look"))))
        if stuck(place.session):
            title = str(_("An appeal waits that nobody here may answer"))
            text = str(
                _("Whoever took a decision does not judge an appeal. Appoint or borrow another moderator.")
            )
            found.append(Duty(title, text, url_for("moderation.queue"), str(_("Have a look"))))
    if holds(place, SWITCH) and not place.plugins:
        found.append(
            Duty(
                str(_("Switch a plugin on")),
                str(_("A forum or a survey lets people take part.")),
                url_for("admin.plugins"),
                str(_("Choose")),
            )
        )
    if holds(place, MANAGE) and not projects:
        found.append(
            Duty(
                str(_("Create the first project")),
                str(_("Ask the people of your town something that matters to them.")),
                url_for("admin.project_new"),
                str(_("Create")),
            )
        )
    return found


def drafts(place: Here) -> tuple[list[ProjectLine], list[ProjectLine]]:
    """Give all projects, and those among them that are not public yet."""
    found = queries.list_projects(place.session, drafts=True)
    return found, [project for project in found if project.state == DRAFT]


def panels(place: Here) -> list[Panel]:
    """Let each widget draw itself; one that fails is left out, and its accident is in the log."""
    widgets = platform().contract.registry.widgets_of(Area.ADMIN, place.plugins)
    shown = (one.value for one in widgets if not one.value.permission or holds(place, one.value.permission))
    drawn = ((widget, _draw(place, widget)) for widget in shown)
    return [Panel(widget.key, str(widget.title), body) for widget, body in drawn if body is not None]


def holds(place: Here, permission: str) -> bool:
    """Tell whether the member may do something, as far as roles and measures say."""
    return policy.may(place.session, place.member, permission)


def _draw(place: Here, widget: Widget) -> Markup | None:
    try:
        with kept_whole(place.session, reading=True):
            return widget.render(place.session, place.tenant)
    except Exception:
        log.exception("the widget %s failed in tenant %s", widget.key, place.tenant.id)
        return None
