"""The report for everybody, without an account."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.identity.limits import Limit, Limiter
from baukasten.moderation.blueprint import blueprint
from baukasten.moderation.reporting import forms
from baukasten.moderation.reporting import service as reports
from baukasten.plugin.text import lazy
from baukasten.web.here import here
from baukasten.web.marks import public
from baukasten.web.platform import platform
from baukasten.web.templating import render

_ = lazy("core")
REPORT = Limit("report", 60 * 60, address=0, network=30)


@blueprint.route("/meldung/<key>", methods=["GET", "POST"])
@public
def report(key: str) -> ResponseReturnValue:
    """Take a report about one contribution; no account is needed."""
    place = here()
    content = reports.reported(place.session, key)
    form = forms.report_form()
    if request.method == "POST" and form.read(request.form):
        # Only machines fill in the field that people do not see; they get the same page and leave nothing.
        receipt = ""
        if not form.values["website"]:
            house = platform()
            limiter = Limiter(house.database, house.config.secret_key)
            limiter.take(REPORT, network=request.remote_addr or "")
            values = {"reason": form.values["reason"], "explanation": form.values["explanation"]}
            receipt = reports.file(place.session, place.member, content, **values)
            place.session.commit()
        return redirect(url_for("moderation.reported", receipt=receipt or "M"), 303)
    page = render("moderation/report.html", title=_("Report a contribution"), form=form, content=content)
    return page, 422 if form.errors else 200


@blueprint.get("/meldung/danke/<receipt>")
@public
def reported(receipt: str) -> str:
    """Say that the report has arrived and what happens next."""
    return render("moderation/reported.html", title=_("Thank you, your report has arrived"), receipt=receipt)
