"""The town's public pages that belong to no project, and the frame around every page."""

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from baukasten import clock
from baukasten.plugin.text import lazy
from baukasten.projects.calendar import Stage
from baukasten.projects.links import spoken
from baukasten.site import chrome, crawlers, fronts, legal
from baukasten.web.here import here
from baukasten.web.i18n import dgettext
from baukasten.web.marks import public
from baukasten.web.page import Page
from baukasten.web.platform import platform
from baukasten.web.templating import render

_ = lazy("core")
blueprint = Blueprint("site", __name__)


def page() -> Page:
    """Give the frame of the page that answers this request."""
    themes = current_app.extensions["baukasten.themes"]
    return chrome.frame(here(), request.path, request.args.get("done", ""), themes)


@blueprint.get("/")
@public(cached=True)
def front() -> ResponseReturnValue:
    """Show what the town asks right now, what comes, and what came of it."""
    place, at = here(), clock.now()
    found = fronts.known(place)
    fronts.limit_cache(found, at)
    cards = fronts.sorted_cards(found, at)
    first = fronts.lead_of(place, found, at)
    lead_url = "" if first is None else spoken(f"/beteiligung/{first[0].slug}/")
    running = [card for card in cards[Stage.RUNNING] if card.url != lead_url]
    more = len(running) > fronts.SHOWN
    return render(
        "site/front.html",
        title=place.tenant.name,
        lead=None if first is None else first[1],
        running=running[: fronts.SHOWN],
        coming=cards[Stage.COMING][: fronts.SHOWN],
        finished=[card for card in cards[Stage.FINISHED] if not card.archived][: fronts.SHOWN],
        running_url=spoken("/beteiligung/") if more else None,
        finished_url=spoken("/beteiligung/#finished") if cards[Stage.FINISHED] else None,
        welcome=legal.welcome(place),
        empty=not found.projects,
    )


@blueprint.get("/beteiligung/")
@public(cached=True)
def overview() -> ResponseReturnValue:
    """List all public projects, also those that were put away."""
    place, at = here(), clock.now()
    found = fronts.known(place)
    fronts.limit_cache(found, at)
    cards = fronts.sorted_cards(found, at)
    return render(
        "site/overview.html",
        title=_("Projects"),
        crumbs=_crumbs(dgettext("core", "Projects")),
        running=cards[Stage.RUNNING],
        coming=cards[Stage.COMING],
        finished=cards[Stage.FINISHED],
    )


@blueprint.get("/impressum")
@public(cached=True)
def imprint() -> ResponseReturnValue:
    """Say who is responsible for this site."""
    body = legal.imprint(here()).html["imprint"]
    return render("site/imprint.html", title=_("Imprint"), crumbs=_crumbs(_("Imprint")), body=body)


@blueprint.get("/datenschutz")
@public(cached=True)
def privacy() -> ResponseReturnValue:
    """Say what is stored about people, why, how long; made from what the parts declare."""
    place = here()
    texts = legal.imprint(place)
    return render(
        "site/privacy.html",
        title=_("Privacy"),
        crumbs=_crumbs(_("Privacy")),
        controller=texts.values["controller"],
        officer=texts.values["officer"],
        own=texts.html["privacy"],
        datasets=legal.stored_data(place),
    )


@blueprint.get("/barrierefreiheit")
@public(cached=True)
def accessibility() -> ResponseReturnValue:
    """Give the statement on accessibility, with the way to report a barrier."""
    texts = legal.accessibility(here())
    return render(
        "site/accessibility.html",
        title=_("Accessibility"),
        crumbs=_crumbs(_("Accessibility")),
        statement=texts.values,
        checked_on=texts.values["checked_on"],
        barriers=texts.html["barriers"],
    )


@blueprint.get("/robots.txt")
@public(cached=True)
def robots() -> ResponseReturnValue:
    """Let search engines read what everybody may read."""
    return Response(crawlers.robots(_base()), mimetype="text/plain")


@blueprint.get("/sitemap.xml")
@public(cached=True)
def sitemap() -> ResponseReturnValue:
    """List the addresses of published projects and modules (sitemaps.org, protocol 0.9)."""
    place = here()
    found = fronts.known(place)
    return Response(crawlers.sitemap(_base(), place, found.projects), mimetype="application/xml")


def _base() -> str:
    return f"{platform().config.scheme}://{request.host}"


def _crumbs(title: object) -> list[tuple[str, str]]:
    return [(dgettext("core", "Start"), spoken("/")), (str(title), "")]
