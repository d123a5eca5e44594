"""The page on which a town lets its mails be believed: keys, DNS records, the check."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.admin import sender as pages
from baukasten.admin.blueprint import SETTINGS, blueprint
from baukasten.errors import Invalid
from baukasten.plugin.text import lazy
from baukasten.tenants.sender import checking, keys, service
from baukasten.web.here import here
from baukasten.web.marks import requires
from baukasten.web.templating import render

_ = lazy("core")


@blueprint.get("/absender/")
@requires(SETTINGS)
def sender() -> ResponseReturnValue:
    """Say which records belong into DNS, and what the last check found."""
    return render("admin/sender.html", title=_("Let mails be believed"), **pages.context(here()))


@blueprint.post("/absender/pruefen")
@requires(SETTINGS)
def check_sender() -> ResponseReturnValue:
    """Have DNS asked in a job, for that may take seconds."""
    place = here()
    checking.order(place.session)
    place.session.commit()
    return redirect(url_for("admin.sender", done="checking"), 303)


@blueprint.post("/absender/schluessel")
@requires(SETTINGS)
def make_key() -> ResponseReturnValue:
    """Make the first key, a new one in its place, or one of the second kind."""
    place = here()
    algorithm = pages.algorithm_of(request.form.get("algorithm", ""))
    if algorithm is None:
        raise Invalid
    domain = service.domain_of(service.signing_sender(place.session, place.tenant))
    keys.make(place.session, place.member, domain, algorithm)
    place.session.commit()
    return redirect(url_for("admin.sender", done="key"), 303)


@blueprint.post("/absender/verwerfen")
@requires(SETTINGS)
def discard_key() -> ResponseReturnValue:
    """Give up a key that has signed nothing yet."""
    place = here()
    keys.discard(place.session, place.member, request.form.get("key", 0, int))
    place.session.commit()
    return redirect(url_for("admin.sender", done="removed"), 303)
