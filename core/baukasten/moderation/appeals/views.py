"""Pages of whoever a decision concerns: the list, the statement of reasons, the objection."""

from collections.abc import Callable

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from baukasten.errors import Conflict, Invalid, SignInNeeded
from baukasten.identity.limits import Limit, Limiter
from baukasten.moderation.appeals import deadlines, filing, forms, reading, words
from baukasten.moderation.blueprint import blueprint
from baukasten.moderation.models import NUMBER, Appeal, Settled
from baukasten.moderation.secrecy import secret
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form
from baukasten.web.here import here
from baukasten.web.i18n import dgettext
from baukasten.web.marks import public, signed_in
from baukasten.web.platform import platform
from baukasten.web.templating import render

_ = lazy("core")
APPEAL = Limit("appeal", 60 * 60, address=0, network=20)


@blueprint.get("/konto/entscheidungen")
@signed_in
def own_decisions() -> str:
    """List the decisions about me, newest first."""
    before = request.args.get("before", type=int)
    lines, older = reading.own(here().session, me(), before)
    return render(
        "moderation/decisions.html",
        title=_("Decisions about me"),
        lines=lines,
        older=url_for(".own_decisions", before=older) if older else None,
        newer=url_for(".own_decisions") if before is not None else None,
    )


@blueprint.route("/konto/entscheidungen/<int:decision_id>", methods=["GET", "POST"])
@signed_in
def own_decision(decision_id: int) -> ResponseReturnValue:
    """Show the statement of reasons, and take an appeal; also from who is muted or suspended."""
    place, member, form = here(), me(), forms.appeal_form()
    zone = place.tenant.time_zone
    shown = reading.statement(place.session, member, decision_id, zone)
    if request.method == "POST" and _filed(
        form, lambda body: filing.by_author(place.session, member, decision_id, body, zone)
    ):
        return redirect(url_for(".own_decision", decision_id=decision_id), 303)
    page = render(
        "moderation/decision.html",
        title=dgettext("core", "Decision %(number)s", number=decision_id),
        shown=shown,
        form=form if shown.may_appeal or form.errors else None,
    )
    return page, 422 if form.errors else 200


@blueprint.route("/meldung/quittung/<receipt>/widerspruch", methods=["GET", "POST"])
@public
def appeal_report(receipt: str) -> BaseResponse:
    """Take an appeal against the refusal of a report, and show what became of it; the receipt is the key."""
    place, form = here(), forms.appeal_form()
    zone = place.tenant.time_zone
    found = filing.reported(place.session, receipt, zone)
    if request.method == "POST" and _filed(form, lambda body: _by_reporter(receipt, body, zone)):
        return secret(redirect(url_for(".appeal_report", receipt=receipt), 303))
    decision = found.decision
    page = render(
        "moderation/appeal_report.html",
        title=dgettext("core", "Appeal: report %(number)s", number=found.report.receipt[:NUMBER]),
        found=found,
        what=words.to_reporter(decision, granted=found.report.outcome == Settled.GRANTED) if decision else "",
        last_day=deadlines.last_day(decision.created_at, zone) if decision else None,
        form=form if found.may_appeal or form.errors else None,
    )
    return secret(make_response(page, 422 if form.errors else 200))


def _filed(form: Form, file: Callable[[str], Appeal]) -> bool:
    """Take what was sent; tells whether it is stored, and says in the form why not."""
    if not form.read(request.form):
        return False
    try:
        file(form.values["body"])
    except Invalid as error:
        form.add_invalid(error)
    except Conflict as error:
        form.add_error("", error.message)
    else:
        here().session.commit()
        return True
    here().session.rollback()
    return False


def _by_reporter(receipt: str, body: str, zone: str) -> Appeal:
    house = platform()
    Limiter(house.database, house.config.secret_key).take(APPEAL, network=request.remote_addr or "")
    return filing.by_reporter(here().session, receipt, body, zone)


def me() -> MemberRef:
    """Give who asks; raises SignInNeeded."""
    member = here().member
    if member is None:
        raise SignInNeeded
    return member
