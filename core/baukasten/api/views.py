"""Routes for machines below /api/v1; reading only, the same rules as the pages."""

import datetime as dt
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from baukasten.errors import NotFound
from baukasten.exports.signing import public_key
from baukasten.projects import queries
from baukasten.projects.facts import ProjectLine
from baukasten.web.here import here
from baukasten.web.marks import public
from baukasten.web.platform import platform

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/projects")
@public(cached=True)
def projects() -> ResponseReturnValue:
    """Give the town's published projects with addresses and times, those that end last first."""
    place = here()
    base = f"{platform().config.scheme}://{request.host}"
    return jsonify(projects=[_project(base, one) for one in queries.list_projects(place.session)])


@blueprint.get("/signing-key")
@public(cached=True)
def signing_key() -> ResponseReturnValue:
    """Give the key by which everybody can check files that this installation signed, such as archives."""
    return jsonify(algorithm="Ed25519", public_key=public_key(here().session))


@blueprint.get("/<path:_rest>")
@public
def unknown(_rest: str) -> ResponseReturnValue:
    """Say that there is no such route, as a problem instead of a page."""
    raise NotFound


def _project(base: str, one: ProjectLine) -> dict[str, Any]:
    return {
        "slug": one.slug,
        "title": one.title,
        "question": one.question,
        "place": one.place,
        "url": f"{base}/beteiligung/{one.slug}/",
        "starts_at": _stamp(one.starts_at),
        "ends_at": _stamp(one.ends_at),
    }


def _stamp(moment: dt.datetime | None) -> str | None:
    """Give a moment as RFC 3339 in UTC."""
    return None if moment is None else moment.astimezone(dt.UTC).isoformat()
