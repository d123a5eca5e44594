"""The public page of a project, and the two addresses below which placed modules answer."""

import re

from flask import Blueprint, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from werkzeug.routing import BaseConverter

from baukasten import clock
from baukasten.errors import NotFound
from baukasten.projects import pages
from baukasten.projects.links import spoken
from baukasten.projects.locate import may_see_drafts
from baukasten.web import i18n
from baukasten.web.gate import serve_module
from baukasten.web.here import here
from baukasten.web.marks import public
from baukasten.web.reserved import RESERVED
from baukasten.web.templating import render

blueprint = Blueprint("projects", __name__)
OVERVIEW = "/beteiligung/"


class SlugConverter(BaseConverter):
    """Takes what can be an address part of ours, so that anything else is unknown at once."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"
    part_isolating = True


class FreeSlugConverter(SlugConverter):
    """Leaves the house's own paths alone, so that they can say which methods they take."""

    regex = f"(?!(?:{'|'.join(map(re.escape, sorted(RESERVED)))})(?:/|$)){SlugConverter.regex}"


def _know_slugs(state: BlueprintSetupState) -> None:
    state.app.url_map.converters.update(slug=SlugConverter, free_slug=FreeSlugConverter)


blueprint.record(_know_slugs)


@blueprint.get("/beteiligung/<slug:project>/")
@public(cached=True)
def project(project: str) -> ResponseReturnValue:
    """Show where a project stands, what can be influenced, and the doors to its modules."""
    place = here()
    found = pages.gather(place, project)
    if not found.project.public and not may_see_drafts(place):
        raise NotFound
    at = clock.now()
    pages.limit_cache(found.phases, at)
    crumbs = [
        (i18n.dgettext("core", "Start"), spoken("/")),
        (i18n.dgettext("core", "Projects"), spoken(OVERVIEW)),
        (found.project.title, request.path),
    ]
    title = found.project.title
    return render("projects/project.html", title=title, crumbs=crumbs, **pages.context(found, at))


# The gate finds module and view before this runs, and judges by the inner view's mark.
public(serve_module)
for endpoint, base in (
    ("module_in_project", "/beteiligung/<slug:project>/<slug:module>/"),
    ("module_on_site", "/<free_slug:module>/"),
):
    for rule in (base, f"{base}<path:rest>"):
        blueprint.add_url_rule(rule, endpoint, serve_module, methods=["GET", "POST"])
