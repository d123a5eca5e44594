"""The gate's checks of this room: who asks, and whether the page's mark lets them in."""

from typing import Any

from flask import request
from sqlalchemy import text

from baukasten.access import members, policy
from baukasten.errors import Denied, NotFound, SignInNeeded
from baukasten.identity import sessions
from baukasten.plugin.refs import MemberRef, Role
from baukasten.web.forgery import SAFE_METHODS
from baukasten.web.here import Here, Identity, Place
from baukasten.web.marks import PUBLIC, SIGNED_IN
from baukasten.web.visitors import SESSION_COOKIE

# Account, membership and the session's right to the account's own rows in one statement: every signed-in
# page pays for it.
FIND_PERSON = text(
    "SELECT s.*, m.id AS member_id, m.display_name AS member_name, m.roles, m.standing, m.standing_until, m.limits, "  # noqa: S608 - constants
    "m.moderator_until, platform.unread_notices(m.id) AS unread, "
    "set_config('app.account_id', s.account_id::text, true) "
    f"FROM {sessions.FOUND} s "
    "LEFT JOIN membership m ON m.tenant_id = CAST(:tenant AS bigint) AND m.account_id = s.account_id"
)


def find_person(place: Here) -> None:
    """Fill the place's identity and member from the cookie; a guest costs no statement.

    Whoever is signed in at a town is a member of it: signing in there asked for that, so the first request
    after it completes the joining.
    """
    # What the gate knows already, services need not ask again.
    place.session.info[policy.ACTIVE] = place.plugins
    place.session.info[policy.READING] = request.method in SAFE_METHODS
    token = request.cookies.get(SESSION_COOKIE, "")
    if not token or place.place is Place.DEMO:
        return
    site_id = None if place.site is None else place.site.id
    row = place.session.execute(FIND_PERSON, sessions.asked_by(token, site_id)).one_or_none()
    if row is None:
        return
    place.identity = sessions.identity_of(row)
    place.session.account_id = place.identity.account_id
    place.session_token = token
    if place.site is not None:
        place.member = _member(place, place.identity, row)
        place.unread = row.unread or 0
    sessions.touch(place.database, place.identity, row.last_seen_at)


def check_mark(place: Here) -> None:
    """Refuse whom the page's mark does not let in; raises SignInNeeded, Denied, Closed or NotFound."""
    mark = place.mark
    if mark is None:
        if request.endpoint is None:
            return  # no page at all; Flask answers 404
        raise NotFound
    if mark.kind == PUBLIC:
        return
    if mark.kind == SIGNED_IN:
        if place.identity is None:
            raise SignInNeeded
        return
    require(place, mark.permission)


def require(place: Here, permission: str) -> None:
    """Refuse whoever lacks a permission where the request is; raises as ``policy.require``."""
    if place.place is Place.TOWN:
        policy.require(place.session, place.member, permission, place.module)
        return
    if place.identity is None:
        raise SignInNeeded
    roles = {Role.OPERATOR} if place.identity.is_operator else set()
    if not roles:
        raise Denied
    policy.require(place.session, None, permission, roles=roles)


def _member(place: Here, identity: Identity, row: Any) -> MemberRef:
    if row.member_id is not None:
        return MemberRef(
            id=row.member_id,
            display_name=row.member_name,
            roles=members.roles_of(row.roles, row.moderator_until),
            standing=members.standing_of(row.standing, row.standing_until),
            limits=members.limits_of(row.limits),
        )
    # In a transaction of its own, for the request itself may only read.
    with place.database.session(place.tenant.id, identity.account_id) as session:
        member = members.join(session, identity.account_id, identity.display_name)
        session.commit()
    return member
