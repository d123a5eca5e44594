"""My data: look at it, take it away, leave."""

import json

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.errors import Invalid
from baukasten.identity import limits, passwords
from baukasten.identity import service as identity
from baukasten.identity.entrance import forget_cookie, take
from baukasten.plugin.text import lazy
from baukasten.privacy import erase, export, inventory
from baukasten.privacy.forms import close_form
from baukasten.web.here import Here, here
from baukasten.web.marks import public, signed_in
from baukasten.web.platform import platform
from baukasten.web.templating import render

_ = lazy("core")
blueprint = Blueprint("privacy", __name__, url_prefix="/konto/daten")


@blueprint.get("/")
@signed_in
def overview() -> str:
    """Show what is stored about people here, why and how long."""
    return render("privacy/data.html", title=_("My data"), datasets=inventory.datasets(here().session))


@blueprint.post("/herunterladen")
@signed_in
def download() -> Response:
    """Hand out everything about the signed-in person as one JSON file."""
    identity_ = here().identity
    data = export.collect(platform().database, identity_.account_id) if identity_ else {}
    response = Response(json.dumps(data, ensure_ascii=False, indent=2), mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="meine-daten.json"'
    return response


@blueprint.route("/konto-schliessen", methods=["GET", "POST"])
@signed_in
def close() -> ResponseReturnValue:
    """Close the account after a look at the password, and queue the erasure in all towns."""
    form = close_form()
    if request.method == "POST" and form.read(request.form):
        try:
            _close(here(), form.values["password"])
        except Invalid as error:
            form.add_invalid(error)
        else:
            return forget_cookie(redirect(url_for("privacy.closed"), 303))
    page = render("privacy/close.html", title=_("Close my account"), form=form)
    return page, 422 if form.errors else 200


@blueprint.get("/geschlossen")
@public
def closed() -> str:
    """Say what happens now."""
    return render("privacy/closed.html", title=_("Your account is closed"))


def _close(place: Here, password: str) -> None:
    if place.identity is None:
        return
    # Whoever sits down at an open browser must not be able to try passwords here either.
    take(limits.CHANGE, place.identity.email)
    account = identity.own(place.session, place.identity.account_id)
    if not passwords.matches(account.password_hash, password):
        raise Invalid({"password": _("This is not your current password.")})
    erase.refuse_last_admin(platform().database, account.id)
    erase.close(place.session, account.id)
    place.session.commit()
