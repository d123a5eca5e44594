"""What people see when something is refused or breaks: what happened, why, one way on."""

import logging
from dataclasses import dataclass, field, replace

from flask import Flask, Response, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from psycopg.errors import DeadlockDetected
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException

from baukasten import errors
from baukasten.plugin.text import lazy
from baukasten.web.forgery import came_from_here
from baukasten.web.here import here
from baukasten.web.i18n import current
from baukasten.web.templating import render

_ = lazy("core")
log = logging.getLogger(__name__)
SERVER_ERROR = 500

STATUS: dict[type[errors.BaukastenError], int] = {
    errors.NotFound: 404,
    errors.SignInNeeded: 403,
    errors.Denied: 403,
    errors.Invalid: 422,
    errors.Conflict: 409,
    errors.TooMany: 429,
    errors.Closed: 403,
    errors.Unavailable: 503,
}
TITLES = {
    400: _("We did not understand this request"),
    403: _("This is not open to you"),
    404: _("This page does not exist"),
    405: _("This is not possible here"),
    409: _("Somebody was faster"),
    413: _("This is too large"),
    422: _("Please check your entries"),
    429: _("That was too often"),
    500: _("Something broke on our side"),
    503: _("We will be back in a moment"),
}
TEXTS = {
    400: _("Please go back and try again."),
    404: _("The address may have a typing error, or the page has moved."),
    405: _("Please go back and use the buttons on the page."),
    413: _("Please send less text or a smaller file."),
    500: _("Your entry may not have been saved. Please go back and try again in a minute."),
    503: _("Please try again in a minute. Nothing you sent before is lost."),
}
SIGN_IN = "identity.sign_in"
BARE = Markup(
    '<!doctype html><html lang="de"><head><meta charset="utf-8"><meta name="viewport" '
    'content="width=device-width"><title>{title}</title></head><body><main><h1>{title}</h1><p>{text}</p></main>'
    "</body></html>"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the error page shows."""

    code: int
    title: str
    text: str
    reference: str = ""
    actions: list[tuple[str, str]] = field(default_factory=list)
    kept: str = ""
    """What somebody wrote in a form that was refused whole, such as after the session ended."""


def install(app: Flask) -> None:
    """Answer every refusal and every accident with a page, or with problem+json below /api (RFC 9457)."""
    app.register_error_handler(errors.BaukastenError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(Exception, _accident)


def _refused(error: errors.BaukastenError) -> ResponseReturnValue:
    code = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), SERVER_ERROR)
    if isinstance(error, errors.SignInNeeded) and request.method == "GET" and not _wants_json():
        target = request.script_root + request.full_path.rstrip("?")
        return redirect(url_for(SIGN_IN, next=target), 303)
    # A refusal of the platform itself without a message for people reads like its kind.
    # The default of an error is still English; a lazy text became the reader's own when it was raised.
    # Called by another name, since what is read here is not one text that translators should see.
    spoken = current().gettext
    response = _answer(code, spoken("core", error.message) if code != 404 else "")
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:
        return error.get_response()  # a redirect to the slashed address, for one
    response = _answer(error.code or SERVER_ERROR)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _database_away(error: OperationalError) -> ResponseReturnValue:
    # Of two who wait for each other the database stops one; it does answer, and trying again works.
    if isinstance(error.orig, DeadlockDetected):
        here().undo()
        return _refused(errors.Conflict())
    log.error("the database does not answer", extra={"error": type(error.orig).__name__})
    return _answer(503)


def _unstorable(error: DataError) -> ResponseReturnValue:
    """Refuse what no column takes: a NUL in a text, a number of thirty digits in an address."""
    log.warning("a value that the database refuses", extra={"error": type(error.orig).__name__})
    here().undo()
    return _answer(400)


def _accident(error: Exception) -> ResponseReturnValue:
    log.error("an accident in %s", request.endpoint, exc_info=error)
    here().undo()
    return _answer(SERVER_ERROR, reference=g.get("request_id", ""))


def _answer(code: int, text: str = "", reference: str = "") -> Response:
    title = str(TITLES.get(code, TITLES[400 if code < SERVER_ERROR else SERVER_ERROR]))
    message = str(text) or str(TEXTS.get(code, ""))
    if _wants_json():
        response = jsonify(type="about:blank", title=title, status=code, detail=message)
        response.content_type = "application/problem+json"
    else:
        response = Response(_page(Refusal(code, title, message, reference)))
    response.status_code = code
    return response


def _typed(code: int) -> str:
    """Give the text that a refused form of ours carries, under the name that all long texts have; no other field."""
    mine = code == 403 and request.method == "POST" and came_from_here()
    return request.form.get("body", "") if mine else ""


def _page(refusal: Refusal) -> str:
    try:
        shown = replace(refusal, kept=_typed(refusal.code))
        return render("error.html", title=refusal.title, error=shown)
    except Exception:
        # Whatever broke the page may break its frame too; then words alone must do.
        log.exception("the page of an error broke too")
        return str(BARE.format(title=refusal.title, text=refusal.text))


def _wants_json() -> bool:
    return request.path.startswith("/api/")
