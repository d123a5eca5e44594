"""Pages of the desk: an appeal seen whole and answered, and the evidence of a decision."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.errors import Conflict, Denied, Invalid
from baukasten.moderation import evidence, kinds
from baukasten.moderation.appeals import forms, proof, settling
from baukasten.moderation.blueprint import DECIDE, blueprint
from baukasten.moderation.models import Case, Settled
from baukasten.moderation.queue import views_desk
from baukasten.moderation.steps import ref_of
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy
from baukasten.web.here import here
from baukasten.web.i18n import dgettext
from baukasten.web.marks import requires
from baukasten.web.templating import render

_ = lazy("core")
EVIDENCE = "/verwaltung/moderation/entscheidungen/<int:decision_id>/beleg"


def appeal_case(case: Case) -> ResponseReturnValue:
    """Show an appeal with the decision it is against, and take the answer; the page of a case whose cause it is."""
    place, actor = here(), me()
    found = settling.disputed(place.session, case.id)
    form = forms.answer_form(found.appeal.side)
    if request.method == "POST" and form.read(request.form):
        granted = form.values["outcome"] == Settled.GRANTED
        try:
            settling.settle(place.session, actor, case.id, granted=granted, answer=form.values["answer"])
        except Invalid as error:
            form.add_invalid(error)
        except (Conflict, Denied) as error:
            form.add_error("", error.message)
        else:
            place.session.commit()
            return redirect(url_for("moderation.queue"), 303)
        place.session.rollback()
        found = settling.disputed(place.session, case.id)
    barred = actor.id in found.barred
    page = render(
        "moderation/appeal.html",
        title=dgettext("core", "Appeal %(number)s", number=f"W-{found.appeal.id}"),
        found=found,
        shown=proof.proof(place.session, found.decision, found.appeal.decided_by),
        content=kinds.find_all(place.session, [ref_of(found.decision)]).get(ref_of(found.decision)),
        barred=barred,
        done=views_desk.done(place.session, actor, request.args.get(views_desk.DONE, "")),
        alone=barred and not settling.others(place.session, found.barred),
        form=form if found.case.closed_at is None and (not barred or form.errors) else None,
    )
    return page, 422 if form.errors else 200


@blueprint.get(EVIDENCE)
@requires(DECIDE)
def evidence_page(decision_id: int) -> str:
    """Show the evidence of a decision, made for printing, and whether it is still what it was."""
    session = here().session
    shown = proof.proof(session, proof.stored(session, decision_id))
    title = dgettext("core", "Evidence of decision %(number)s", number=decision_id)
    return render("moderation/evidence.html", title=title, shown=shown)


@blueprint.get(f"{EVIDENCE}.json")
@requires(DECIDE)
def evidence_file(decision_id: int) -> Response:
    """Hand out the evidence as the file whose SHA-256 stands on the page."""
    decision = proof.stored(here().session, decision_id)
    answer = Response(evidence.written(decision.evidence), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="beleg-{decision.id}.json"'
    return answer


def me() -> MemberRef:
    """Give the member who moderates; raises Denied."""
    member = here().member
    if member is None:
        raise Denied
    return member
