"""The page of moderators on loan, and the one on which an invitation is taken."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.errors import Invalid, SignInNeeded
from baukasten.moderation.blueprint import blueprint
from baukasten.moderation.people import forms, letters, loans
from baukasten.moderation.people.views import me
from baukasten.plugin.text import lazy
from baukasten.web.here import here
from baukasten.web.marks import public, requires
from baukasten.web.platform import platform
from baukasten.web.templating import render

_ = lazy("core")
MANAGE = "moderation.loan.manage"
UNPROCESSABLE = 422


@blueprint.route("/verwaltung/moderation/verstaerkung", methods=["GET", "POST"])
@requires(MANAGE)
def loan_list() -> ResponseReturnValue:
    """List those who help out, and invite somebody; the answer is the same for every address."""
    place, form = here(), forms.loan_form()
    if request.method == "POST" and form.read(request.form):
        values = form.values
        try:
            loans.invite(
                place.session, me(), email=values["email"], home=values["home"], until=values["until"]
            )
        except Invalid as error:
            form.add_invalid(error)
        else:
            place.session.commit()
            return redirect(url_for(".loan_list", done="sent"), 303)
    page = render(
        "moderation/loans.html",
        title=_("Help from another town"),
        form=form,
        loans=loans.listed(place.session),
        sent=request.args.get("done") == "sent",
    )
    return page, UNPROCESSABLE if form.errors else 200


@blueprint.post("/verwaltung/moderation/verstaerkung/<int:loan_id>/beenden")
@requires(MANAGE)
def end_loan(loan_id: int) -> ResponseReturnValue:
    """End a loan or an invitation at once."""
    loans.end(here().session, me(), loan_id)
    here().session.commit()
    return redirect(url_for(".loan_list", done="saved"), 303)


@blueprint.route(f"{letters.PATH}/<invitation>", methods=["GET", "POST"])
@public
def loan_invitation(invitation: str) -> ResponseReturnValue:
    """Say what an invitation means; whoever is signed in with its address takes it."""
    place = here()
    loan_id = letters.read_token(platform().config.secret_key, place.tenant.id, invitation)
    if request.method == "POST":
        if place.identity is None:
            raise SignInNeeded
        loans.accept(place.session, me(), place.identity.email if place.identity.confirmed else "", loan_id)
        place.session.commit()
        return redirect(url_for(".queue", done="saved"), 303)
    loan = loans.invited(place.session, loan_id)
    address = place.identity.email if place.identity is not None else ""
    return render(
        "moderation/loan_invitation.html",
        title=_("Help with moderation"),
        home=loan.home,
        until=loan.until,
        action=url_for(".loan_invitation", invitation=invitation),
        fits=bool(address) and address == loan.email,
        sign_in_url="" if address else url_for("identity.sign_in", next=request.path),
    )
