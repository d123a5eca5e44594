"""Places on the core's pages that plugins fill."""

from flask import request
from markupsafe import Markup

from baukasten.plugin import hookspecs
from baukasten.plugin.refs import Outlet, OutletContext, ProjectRef
from baukasten.web.forgery import SAFE_METHODS
from baukasten.web.here import here
from baukasten.web.platform import platform


def outlet(name: str, project: ProjectRef | None = None) -> Markup:
    """Give what the town's active plugins put into a place, sorted by plugin; empty on hosts of the platform."""
    place = here()
    if place.site is None:
        return Markup("")
    context = OutletContext(place.site, place.member, project, place.language)
    reading = request.method in SAFE_METHODS
    hooks = platform().contract.manager.at(place.site.id, place.plugins, reading=reading)
    if not hooks.listeners(hookspecs.fill_outlet):
        return Markup("")
    answers = hooks.ask(hookspecs.fill_outlet, session=place.session, outlet=Outlet(name), context=context)
    return Markup("\n").join(answer.value for answer in answers)
