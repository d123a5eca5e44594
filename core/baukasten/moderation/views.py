"""The report for everybody, and the plain list for those who moderate."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.errors import Denied, Invalid
from baukasten.identity.limits import Limit, Limiter
from baukasten.moderation import forms, reports, service
from baukasten.moderation.models import Measure
from baukasten.plugin.refs import Content, MemberRef
from baukasten.plugin.text import lazy
from baukasten.web.here import here
from baukasten.web.i18n import dgettext
from baukasten.web.marks import public, requires
from baukasten.web.platform import platform
from baukasten.web.templating import render

_ = lazy("core")
blueprint = Blueprint("moderation", __name__)
PAGE = 30
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


@blueprint.get("/verwaltung/moderation/")
@requires("moderation.case.decide")
def queue() -> str:
    """List what waits, oldest first."""
    after = request.args.get("after", 0, int)
    cases = reports.waiting(here().session, after=after, limit=PAGE)
    more = cases[-1].id if len(cases) == PAGE else None
    total = service.count_open(here().session)
    return render("moderation/queue.html", title=_("Moderation"), cases=cases, more=more, total=total)


@blueprint.route("/verwaltung/moderation/<int:case_id>", methods=["GET", "POST"])
@requires("moderation.case.decide")
def case(case_id: int) -> ResponseReturnValue:
    """Show one case with its reports, and decide it."""
    place = here()
    case_, content, filed = reports.case_by_id(place.session, case_id)
    form = forms.decision_form(content.visibility)
    if request.method == "POST" and form.read(request.form):
        try:
            _decide(_moderator(place.member), content, form.values)
        except Invalid as error:
            form.add_invalid(error)
        else:
            return redirect(url_for("moderation.queue"), 303)
    names = dict(reports.REASONS)
    page = render(
        "moderation/case.html",
        title=dgettext("core", "Case %(number)s", number=case_.id),
        case=case_,
        content=content,
        reports=[(names.get(one.reason, one.reason), one) for one in filed],
        form=form,
    )
    return page, 422 if form.errors else 200


def _moderator(member: MemberRef | None) -> MemberRef:
    if member is None:
        raise Denied
    return member


def _decide(actor: MemberRef, content: Content, values: dict[str, Any]) -> None:
    session = here().session
    rule, facts = values["rule"], values["facts"]
    match Measure(values["measure"]):
        case Measure.PUBLISH:
            service.publish(session, actor, content.ref)
        case Measure.REJECT:
            service.reject(session, actor, content.ref, rule=rule, facts=facts)
        case Measure.HIDE:
            service.hide(session, actor, content.ref, rule=rule, facts=facts)
        case Measure.RESTORE:
            service.restore(session, actor, content.ref, facts=facts)
        case Measure.KEEP:
            service.keep(session, actor, content.ref, facts=facts)
    session.commit()
