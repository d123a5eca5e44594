"""Answers of one view to two kinds of asker: a form gets a page, a script gets JSON as it does over sockets."""

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import (
    BaukastenError,
    Closed,
    Conflict,
    Denied,
    Form,
    Invalid,
    NotFound,
    TooMany,
    dgettext,
    here,
    module_url,
)

STATUS = {Denied: 403, Closed: 403, NotFound: 404, Conflict: 409, Invalid: 422, TooMany: 429}
JSON, HTML = "application/json", "text/html"
REFUSALS = (Invalid, Closed, Denied, TooMany, Conflict)
"""After these a page comes back with everything that was typed."""


def wants_json() -> bool:
    """Tell whether a script of ours asks; browsers that follow a form never prefer JSON."""
    return request.accept_mimetypes.best_match([HTML, JSON]) == JSON


def status_of(error: BaukastenError) -> int:
    """Give the status of a refusal, as the platform's own pages have it."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)


def done(data: Any) -> ResponseReturnValue:
    """Tell a script what came of it."""
    return jsonify(ok=True, data=data)


def refused(error: BaukastenError) -> ResponseReturnValue:
    """Tell a script why not, and after how many seconds it may try again."""
    message = words(error)
    if isinstance(error, Invalid) and error.errors:
        message = next(iter(error.errors.values()))
    told: dict[str, Any] = {"ok": False, "code": error.code, "message": message}
    if isinstance(error, TooMany):
        told["retry_after"] = error.retry_after
    response: Response = jsonify(told)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response, status_of(error)


def words(error: BaukastenError) -> str:
    """Give what a refusal says to people; those without words of their own have the core's."""
    return dgettext("core", error.message)


def read(form: Form) -> None:
    """Take what was sent; raises Invalid with what is wrong with it."""
    if not form.read(request.form):
        raise Invalid(dict(form.errors))


def blame(form: Form, error: BaukastenError) -> None:
    """Say in the form what was refused, unless it said so itself."""
    if form.errors:
        return
    if isinstance(error, Invalid):
        form.add_invalid(error)
    else:
        form.add_error("", words(error))


def fill(
    form: Form, do: Callable[[], object], onward: Callable[[], str], again: Callable[[], str]
) -> ResponseReturnValue:
    """Do what a form says and lead to the page ``onward`` names, or show it ``again`` with what helps."""

    def run() -> None:
        read(form)
        do()

    def refuse(error: BaukastenError) -> str:
        blame(form, error)
        return again()

    return _answer(run, onward, refuse)


def press(do: Callable[[], Any], onward: Callable[[], str]) -> ResponseReturnValue:
    """Do what a button says, and lead onward; no page of its own can help with what refuses it."""
    return _answer(do, onward, None)


def steer(
    module: ModuleRef, do: Callable[[], Any], home: str, again: Callable[[BaukastenError], str], *forms: Form
) -> ResponseReturnValue:
    """Do what leads a room and go back to where it was pressed, or show the page ``again`` with what helps."""

    def onward() -> str:
        # Only names of this room's own pages lead anywhere.
        goal = request.form.get("back", "")
        return module_url(module, goal if goal in ("desk", "index") else home)

    def refuse(error: BaukastenError) -> str:
        here().session.rollback()
        for form in forms:
            blame(form, error)
        return again(error)

    return _answer(do, onward, refuse)


def _answer(
    do: Callable[[], Any], onward: Callable[[], str], refuse: Callable[[BaukastenError], str] | None
) -> ResponseReturnValue:
    """Do something for good, and tell a form or a script what came of it."""
    try:
        data = do()
        here().session.commit()
    except REFUSALS as error:
        if wants_json():
            return refused(error)
        if refuse is None:
            raise
        return refuse(error), status_of(error)
    return done(data or {}) if wants_json() else redirect(onward(), 303)


def member() -> MemberRef:
    """Give who asks, behind ``signed_in``; raises Denied."""
    found = here().member
    if found is None:
        raise Denied
    return found
