"""Protection against forged requests: where a request comes from, and a token that only our forms carry."""

import hashlib
import hmac
from collections.abc import Iterator

from flask import current_app, request
from markupsafe import Markup

from baukasten import clock
from baukasten.errors import Denied
from baukasten.plugin.text import lazy
from baukasten.web.here import Here, here

_ = lazy("core")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "_token"
GUEST_HOURS = 12
"""A guest may take half a day to finish a form."""


def check_forgery(place: Here) -> None:
    """Refuse an unsafe request that did not start on this very site; raises Denied."""
    if request.method in SAFE_METHODS or request.endpoint is None:
        return  # what no view answers carries nothing out; 404 and 405 say more than a refused token
    if not came_from_here():
        raise Denied(_("This request came from another website, so we did not carry it out."))
    # A token in the header of an API call is no cookie: a browser never sends it by itself. Beside a cookie it
    # proves nothing.
    if place.identity is None and request.headers.get("Authorization", "").startswith("Bearer "):
        return
    if place.mark is not None and place.mark.secret_address:
        return
    given = request.form.get(FIELD, "") or request.headers.get("X-Token", "")
    if not any(hmac.compare_digest(given.encode(), token.encode()) for token in _accepted(place)):
        raise Denied(_("This form has expired. Please go back, reload the page and send it again."))


def came_from_here() -> bool:
    """Tell whether browser headers speak for this site (Fetch Metadata; RFC 6454 for Origin)."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host


def token() -> str:
    """Give the token for a form of the current person: bound to the session, or to town and hour for a guest."""
    return next(_accepted(here()))


def token_field() -> Markup:
    """Give the hidden field of a form."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token())


def _accepted(place: Here) -> Iterator[str]:
    """Give the tokens one by one: most forms come back within the hour, and the others cost a signature each."""
    tenant = place.site.id if place.site else 0
    if place.identity is not None:
        yield _sign(f"session:{tenant}:{place.identity.session_id}")
        return
    hour = int(clock.now().timestamp()) // 3600
    yield from (_sign(f"guest:{tenant}:{hour - age}") for age in range(GUEST_HOURS))


def _sign(value: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"forgery:{value}".encode(), hashlib.sha256).hexdigest()
