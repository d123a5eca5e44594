"""From the host of a request to the town that answers."""

from urllib.parse import quote

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from baukasten.db.session import Scope
from baukasten.errors import NotFound, Unavailable
from baukasten.plugin.refs import TenantRef
from baukasten.plugin.text import lazy
from baukasten.tenants import plugins
from baukasten.tenants.hosts import base_host
from baukasten.web.here import Here, Place
from baukasten.web.platform import platform

_ = lazy("core")
FIND = text("SELECT * FROM platform.find_site(:host)")
HOMES = {Place.OPERATOR: "/betrieb/", Place.DEMO: "/demo/"}
"""Front pages of the hosts that belong to no town."""


def site_of(session: Scope, host: str) -> TenantRef | None:
    """Give the town of a host name without port; nothing for a host nobody knows."""
    row = session.execute(FIND, {"host": host}).one_or_none()
    if row is None:
        return None
    return TenantRef(
        id=row.id,
        slug=row.slug,
        name=row.name,
        host=row.primary_host,
        language=row.language,
        theme=row.theme,
        time_zone=row.time_zone,
        tagline=row.tagline,
        crest=row.crest,
        languages=tuple(row.languages),
        suspended=row.state != "active",
    )


def find_site(place: Here) -> ResponseReturnValue | None:
    """Fill the place's town from the request's host; the gate's first check.

    An unknown host gets a page that names no town. A second host leads to the primary one.
    """
    house = platform()
    name, port = base_host(request.host)
    special = {house.config.operator_host: Place.OPERATOR, house.config.demo_host: Place.DEMO}.get(name)
    if special is not None and name:
        place.place = special
        return redirect(HOMES[special]) if request.path == "/" else None
    site = _remembered(name)
    if site is None:
        raise NotFound
    place.site = site
    place.generation = house.generations.of(site.id)
    place.language = request.environ.get("baukasten.language") or site.language
    place.plugins = house.memo.get(site.id, ("plugins",), lambda: plugins.active(place.session))
    if site.suspended:
        raise Unavailable(_("The town has closed this site for the time being. Please come back later."))
    if name != site.host:
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        path = quote(request.script_root + request.path, safe="/:@!$&'()*+,;=~-._")
        return redirect(f"{house.config.scheme}://{site.host}{port}{path}{query}", 301)
    return None


def _remembered(name: str) -> TenantRef | None:
    """Look a host up once a generation of its town; hosts that nobody knows are not kept."""
    house = platform()
    kept = house.hosts.get(name)
    if kept is not None and kept[0] == house.generations.of(kept[1].id):
        return kept[1]
    with house.database.session(None) as session:
        site = site_of(session, name)
        if site is None:
            return None
        generation = house.generations.of(site.id)
        # Asked once more, for what was read before its number was known may be older than the number.
        again = site_of(session, name) if generation is not None else None
    if again is not None and generation is not None and again.id == site.id:
        house.hosts[name] = (generation, again)
    return site
