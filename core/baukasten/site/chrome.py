"""The frame around every page: navigation from what is published, account, footer, languages."""

from collections.abc import Sequence
from dataclasses import replace

from flask import url_for
from sqlalchemy.exc import SQLAlchemyError

from baukasten.access import policy
from baukasten.errors import N_
from baukasten.moderation.cases import written
from baukasten.moderation.service import count_open
from baukasten.plugin.declarations import Area, NavItem
from baukasten.plugin.hooks import Answer
from baukasten.plugin.refs import MemberRef, Role
from baukasten.plugin.text import lazy
from baukasten.projects import queries
from baukasten.projects.links import spoken
from baukasten.projects.locate import is_shown
from baukasten.site import legal
from baukasten.web.here import Here, Place
from baukasten.web.i18n import dgettext
from baukasten.web.languages import alternates, language, language_links
from baukasten.web.page import FooterColumn, Link, Page, PageAccount, PageTenant
from baukasten.web.platform import platform
from baukasten.web.theming import Themes

_ = lazy("core")
STAFF = (Role.MODERATOR, Role.ADMIN)
ADMINISTRATION, CONSOLE, SIGN_IN = "/verwaltung/", "/betrieb/", "identity.sign_in"

DONE = {
    "saved": _("Saved."),
    "created": _("Created."),
    "placed": _("The module is placed."),
    "removed": _("Removed."),
    "published": _("The project is public now."),
    "draft": _("The project is a draft again. Only staff can see it."),
    "archived": _("The project is archived. Its page stays readable."),
    "on": _("Switched on."),
    "checking": _("The check runs. Load this page again in a moment."),
    "key": _("The key is made. Create its record now, then check."),
    "off": _("Switched off. Nothing is lost; switching on brings everything back."),
}
"""Messages after an action, by the word in the address: it needs no cookie and survives a reload."""


def frame(place: Here, path: str, done: str, themes: Themes) -> Page:
    """Give the frame of a page at ``path`` (without language); ``done`` is the word of an action just taken."""
    site = place.site
    spoken_language = language(place.language)
    page = Page(lang=spoken_language.lang, dir=spoken_language.dir)
    if done in DONE:
        page.flashes = [("ok", str(DONE[done]))]
    if site is None:
        page.theme_css = [themes.css_url(page.theme)]
        page.sign_in_url = url_for(SIGN_IN) if place.place is Place.OPERATOR else ""
        if place.identity is not None and place.place is Place.OPERATOR:
            page.account = PageAccount(place.identity.display_name, is_staff=False)
            links = _links(place, Area.OPERATOR, None, frozenset({Role.OPERATOR}))
            page.nav = [_marked(link, path) for link in links]
        return page
    page.tenant = PageTenant(site.name, site.tagline, site.slug, site.crest)
    page.languages = language_links(path, site.languages, site.language, place.language)
    page.alternates = alternates(platform().config.origin(site.host), path, site.languages, site.language)
    page.theme = site.theme if site.theme in themes else page.theme
    page.theme_css = [themes.css_url(page.theme)]
    page.account = _account(place)
    page.sign_in_url = url_for(SIGN_IN)
    try:
        page.nav = [_marked(link, path) for link in _navigation(place)]
        page.footer = _footer(place)
    except SQLAlchemyError:
        # The page that says the database is away must not need it.
        page.nav, page.footer = (), ()
    if path.startswith(ADMINISTRATION):
        page.staff_nav = _nearest([_marked(link, path) for link in staff_links(place)])
    return page


def staff_links(place: Here) -> list[Link]:
    """Give the administration's pages that the member may see, with what waits in the queue."""
    links = _links(place, Area.ADMIN, place.member)
    queue = url_for("moderation.queue")
    if all(link.url != queue for link in links):
        return links
    waiting = count_open(place.session)
    return [
        replace(link, badge=written(waiting)) if link.url == queue and waiting else link for link in links
    ]


def held(roles: frozenset[Role], answer: Answer[NavItem]) -> bool:
    """Tell whether a link is shown: by roles alone, since the page itself is guarded by everything else."""
    declared = platform().contract.registry.permissions.get(answer.value.permission)
    return not answer.value.permission or (
        declared is not None and not roles.isdisjoint(declared.value.default_roles)
    )


def _links(
    place: Here, area: Area, member: MemberRef | None, roles: frozenset[Role] | None = None
) -> list[Link]:
    answers = platform().contract.registry.links(area, place.plugins)
    own = policy.roles_of(member) if roles is None else roles
    shown = (answer for answer in answers if held(own, answer))
    return [Link(str(answer.value.label), url_for(answer.value.endpoint)) for answer in shown]


def _navigation(place: Here) -> Sequence[Link]:
    """Give the main navigation: what stands still for all, and what plugins link for this person."""
    return (*_standing(place), *_links(place, Area.SITE, place.member))


def _standing(place: Here) -> Sequence[Link]:
    def load() -> Sequence[Link]:
        shown = (one for one in queries.modules(place.session, None) if is_shown(place, one))
        return (
            Link(dgettext("core", "Start"), spoken("/")),
            Link(dgettext("core", "Projects"), spoken("/beteiligung/")),
            *(Link(module.title, spoken(module.path)) for module in shown),
        )

    return platform().memo.get(place.tenant.id, ("navigation", place.language), load)


def _footer(place: Here) -> Sequence[FooterColumn]:
    def load() -> Sequence[FooterColumn]:
        contact = legal.contact(place)
        lines = [
            str(contact[key]) for key in ("office", "address", "phone", "email", "hours") if contact[key]
        ]
        take_part = [
            ("/beteiligung/", N_("All projects")),
            ("/suche/", N_("Search")),
            ("/regeln", N_("House rules")),
            ("/transparenz", N_("How this site is moderated")),
        ]
        law = [
            ("/impressum", N_("Imprint")),
            ("/datenschutz", N_("Privacy")),
            ("/barrierefreiheit", N_("Accessibility")),
        ]
        return (
            FooterColumn(place.tenant.name, text="\n".join(lines)),
            FooterColumn(dgettext("core", "Take part"), _translated(take_part)),
            FooterColumn(dgettext("core", "Legal"), _translated(law)),
        )

    return platform().memo.get(place.tenant.id, ("footer", place.language), load)


def _translated(links: Sequence[tuple[str, str]]) -> list[Link]:
    return [Link(dgettext("core", label), spoken(path)) for path, label in links]


def _account(place: Here) -> PageAccount | None:
    if place.member is not None:
        return PageAccount(place.member.display_name, place.member.has(*STAFF), place.unread)
    if place.identity is not None:
        return PageAccount(place.identity.display_name or place.identity.email)
    return None


def _nearest(links: Sequence[Link]) -> list[Link]:
    """Leave one mark where a page lies in several parts: that of the innermost."""
    inner = max((len(link.url) for link in links if link.current), default=0)
    return [replace(link, current=link.current and len(link.url) == inner) for link in links]


def _marked(link: Link, path: str) -> Link:
    """Mark the page itself, or the part of the site it lies in."""
    target = link.url.split("?")[0]
    root = target in (spoken("/"), ADMINISTRATION, CONSOLE)
    here = spoken(path)
    inside = here == target or (not root and here.startswith(target.rstrip("/") + "/"))
    return Link(link.label, link.url, inside, link.badge) if inside else link
