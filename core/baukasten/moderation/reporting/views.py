"""The report for everybody, without an account; its receipt; the list of one's own."""

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.errors import Invalid, SignInNeeded
from baukasten.identity.limits import Limiter
from baukasten.moderation import service
from baukasten.moderation.blueprint import blueprint
from baukasten.moderation.reporting import forms, origins, profile, receipts
from baukasten.moderation.reporting import service as reports
from baukasten.moderation.secrecy import secret
from baukasten.plugin.refs import Content
from baukasten.plugin.text import lazy
from baukasten.web import guard
from baukasten.web.forms import Form
from baukasten.web.here import Here, here
from baukasten.web.marks import public, signed_in
from baukasten.web.platform import platform
from baukasten.web.templating import render

_ = lazy("core")
SLOWEST_MACHINE = 2.0
"""Seconds that people take at least; a guest's report that came sooner is read, but moves nothing forward."""


@blueprint.route("/meldung/<key>", methods=["GET", "POST"])
@public
@guard.guarded
def report(key: str) -> ResponseReturnValue:
    """Take a report about one contribution or one name; no account is needed."""
    place = here()
    content = reports.reported(place.session, key)
    form = forms.report_form(place.session)
    if request.method == "POST" and form.read(request.form):
        # Only machines fill in the field that people do not see; they are led on like everybody and leave nothing.
        receipt = receipts.fresh() if guard.signals_of(place).trapped else _file(place, content, form)
        if receipt:
            return redirect(url_for("moderation.receipt", receipt=receipt), 303)
    is_name = content.ref.type == profile.KEY
    named = content.author_name if not content.is_nameless else ""
    page = render(
        "moderation/report.html",
        title=_("Report a name") if is_name else _("Report a contribution"),
        form=form,
        content=content,
        is_name=is_name,
        author_name=named,
        name_key=f"{profile.KEY}:{content.author_id}" if named and not is_name else "",
    )
    return page, 422 if form.errors else 200


@blueprint.get("/meldung/quittung/<receipt>")
@public
def receipt(receipt: str) -> Response:
    """Show what became of a report to whoever knows its number."""
    place = here()
    shown = receipts.show(place.session, receipt, place.tenant.time_zone)
    answer = make_response(render("moderation/receipt.html", title=_("Your report"), receipt=shown))
    return secret(answer)


@blueprint.get("/konto/meldungen")
@signed_in
def own_reports() -> str:
    """List the reports of whoever is signed in."""
    place = here()
    if place.member is None:
        raise SignInNeeded
    before = request.args.get("vor", None, int)
    shown, older = receipts.own(place.session, place.member.id, place.tenant.time_zone, before=before)
    return render(
        "moderation/reports.html",
        title=_("Your reports"),
        entries=shown,
        older=url_for("moderation.own_reports", vor=older) if older else None,
        newer=url_for("moderation.own_reports") if before is not None else None,
    )


@blueprint.get("/profil/<int:member_id>")
@public(cached=True)
def member_profile(member_id: int) -> str:
    """Show what everybody may know of a member, with the way to report the name."""
    session = here().session
    shown = profile.show(session, member_id)
    reason = service.reasons(session, profile.KEY, [shown.id]).get(shown.id)
    key = f"{profile.KEY}:{shown.id}"
    return render("moderation/profile.html", title=shown.name, profile=shown, key=key, reason=reason)


def _file(place: Here, content: Content, form: Form) -> str:
    """Store a report and give its receipt; nothing where the form must be shown again. Raises TooMany."""
    house, member, remote = platform(), place.member, request.remote_addr or ""
    limiter = Limiter(house.database, house.config.secret_key)
    limiter.take(origins.NETWORK, network=remote)
    if member is not None:
        limiter.take(origins.MEMBER, address=f"{place.tenant.id}:{member.id}")
    signals = guard.signals_of(place)
    hasty = signals.seconds is not None and signals.seconds < SLOWEST_MACHINE and not signals.proven
    origin = origins.origin_of(house.config.secret_key, place.tenant.id, member, remote)
    values = {"reason": form.values["reason"], "explanation": form.values["explanation"]}
    try:
        receipt = reports.file(
            place.session, member, content, origin=origin, counts=member is not None or not hasty, **values
        )
    except Invalid as error:
        form.add_invalid(error)
        return ""
    place.session.commit()
    return receipt
