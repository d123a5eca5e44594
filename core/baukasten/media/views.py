"""Handing out pictures and papers, to whom the contribution is shown and to nobody else."""

from urllib.parse import quote

from flask import Blueprint, Response, request
from sqlalchemy import select

from baukasten.access import policy
from baukasten.errors import NotFound
from baukasten.media import names
from baukasten.media.models import MODULE, Media, MediaKind
from baukasten.media.service import JUDGE
from baukasten.moderation.reporting import service as reports
from baukasten.plugin.refs import Role
from baukasten.projects import queries
from baukasten.projects.locate import is_shown
from baukasten.tenants.files import files_of
from baukasten.web.here import Here, here
from baukasten.web.marks import public

blueprint = Blueprint("media", __name__)

POLICY = "default-src 'none'; sandbox"
FOR_ALL, FOR_ONE = "no-cache", "private, no-cache"
"""Browsers keep a file but ask each time: what is hidden must be gone at once, and a 304 costs little."""


@blueprint.get("/medien/<int(max=9223372036854775807):media_id>/<variant>/<file_name>")
@public
def file(media_id: int, variant: str, file_name: str) -> Response:
    """Give a file of a contribution in view; its uploader and moderators get it before and after that too."""
    place = here()
    row = place.session.scalar(select(Media).where(Media.id == media_id))
    if row is None or variant not in names.variants(row.kind) or file_name != names.address_name(row.name):
        raise NotFound
    caching = FOR_ALL if _is_public(place, row) else FOR_ONE
    if caching == FOR_ONE and not _may_see(place, row):
        raise NotFound
    etag = f"{row.sha256[:32]}-{variant}"
    response = Response(mimetype=None)
    response.set_etag(etag)
    response.headers["Cache-Control"] = caching
    response.headers["Content-Security-Policy"] = POLICY
    if caching == FOR_ALL:
        # Letters show them too, and a mail service's page in a browser is another origin.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.if_none_match.contains(etag):
        response.status_code = 304
        return response
    response.headers["Content-Type"] = row.media_type
    # A paper opens in a program of the reader's choice, never as a page of this site.
    way = "inline" if row.kind == MediaKind.PICTURE else "attachment"
    response.headers["Content-Disposition"] = (
        f"{way}; filename=\"{file_name}\"; filename*=UTF-8''{quote(row.name, safe='')}"
    )
    response.set_data(
        files_of(place.session).read(row.stored_small if variant == names.SMALL else row.stored_as)
    )
    return response


def _is_public(place: Here, row: Media) -> bool:
    if row.content_id is None:
        return False
    if row.content_type == MODULE:
        module = queries.module_by_id(place.session, row.content_id)
        return (
            module is not None
            and is_shown(place, module)
            and (not module.project or module.project.published)
        )
    try:
        reports.reported(place.session, f"{row.content_type}:{row.content_id}")
    except NotFound:
        return False
    return True


def _may_see(place: Here, row: Media) -> bool:
    if place.member is None:
        return False
    if row.uploader_id == place.member.id:
        return True
    # What belongs to no contribution, such as a file in an answer to a survey, is nothing that moderators judge.
    judged = {None, MODULE, *place.session.contract.registry.content_types}
    trusted = row.content_type in judged or Role.ADMIN in place.member.roles
    return trusted and policy.may(place.session, place.member, JUDGE)
