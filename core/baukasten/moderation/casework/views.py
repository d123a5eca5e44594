"""One case for those who moderate: seen whole, decided, or proposed to a second person."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.errors import Conflict, Denied, Invalid
from baukasten.moderation.appeals.views_desk import appeal_case
from baukasten.moderation.blueprint import DECIDE, blueprint
from baukasten.moderation.casework import carrying, forms, proposals, reading, views_showing
from baukasten.moderation.models import CaseCause
from baukasten.moderation.queue import views_onward as onward
from baukasten.moderation.queue.filters import Filters
from baukasten.moderation.queue.views_desk import me
from baukasten.moderation.steps import check_free
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form
from baukasten.web.here import here
from baukasten.web.marks import requires

_ = lazy("core")
UNPROCESSABLE, CONFLICT = 422, 409


@blueprint.route("/verwaltung/moderation/<int:case_id>", methods=["GET", "POST"])
@requires(DECIDE)
def case(case_id: int) -> ResponseReturnValue:
    """Show one case with all that belongs to it; decide it, or put a saved reply into the form."""
    place = here()
    whole = reading.read(place.session, case_id)
    if whole.case.cause == CaseCause.APPEAL:
        return appeal_case(whole.case)
    town = views_showing.town()
    form = views_showing.form_of(whole, town)
    if request.method == "GET":
        return views_showing.page(whole, town, form)
    taken = form is not None and form.read(request.form)
    if form is None or forms.INSERT in request.form:
        return _unsent(whole, town, form)
    try:
        check_free(place.session, me(), whole.case)
    except (Conflict, Denied) as error:
        form.errors = []
        return views_showing.page(whole, town, form, refused=error.message), CONFLICT
    return _decide(whole, town, form) if taken else (views_showing.page(whole, town, form), UNPROCESSABLE)


@blueprint.post("/verwaltung/moderation/<int:case_id>/bestaetigen")
@requires(DECIDE)
def confirm(case_id: int) -> ResponseReturnValue:
    """Let happen what a colleague proposed."""
    place = here()
    try:
        decision = proposals.confirm(place.session, me(), case_id, request.form.get("proposal", ""))
        address = onward.after(place.session, me(), decision, Filters.read(request.form))
    except (Conflict, Invalid, Denied) as error:
        return again(case_id, error)
    place.session.commit()
    return redirect(address, 303)


@blueprint.post("/verwaltung/moderation/<int:case_id>/ablehnen")
@requires(DECIDE)
def decline(case_id: int) -> ResponseReturnValue:
    """Take a proposal away, with a word for whoever made it."""
    place = here()
    try:
        proposals.decline(place.session, me(), case_id, views_showing.typed("note"))
    except (Conflict, Invalid, Denied) as error:
        return again(case_id, error)
    place.session.commit()
    return views_showing.back(case_id)


def _decide(whole: reading.Whole, town: forms.Town, form: Form) -> ResponseReturnValue:
    place, actor, case_id = here(), me(), whole.case.id
    try:
        plan = forms.plan_of(form, town, views_showing.variables(whole, town))
        if plan is None:
            return views_showing.page(whole, town, form), UNPROCESSABLE
        if plan.seen != whole.seen:
            form.show(forms.SEEN, whole.seen)
            said = str(_("The text has changed since you opened this page. Please read it again."))
            return views_showing.page(whole, town, form, refused=said), CONFLICT
        if carrying.needs_second(place.session, plan):
            proposals.propose(place.session, actor, case_id, plan)
            address = onward.after(place.session, actor, None)
        else:
            decision = carrying.carry_out(place.session, actor, whole.case, plan)
            address = onward.after(place.session, actor, decision)
    except Invalid as error:
        place.undo()
        form.add_invalid(error)
        return views_showing.page(reading.read(place.session, case_id), town, form), UNPROCESSABLE
    except (Conflict, Denied) as error:
        place.undo()
        again = reading.read(place.session, case_id)
        return views_showing.page(again, town, form, refused=error.message), CONFLICT
    place.session.commit()
    return redirect(address, 303)


def _unsent(whole: reading.Whole, town: forms.Town, form: Form | None) -> ResponseReturnValue:
    """Put a reply into the form; where nothing is left to decide about, give back what was typed."""
    if form is None:
        gone = str(_("There is nothing left here to decide about."))
        return views_showing.page(whole, town, None, refused=gone, typed=_typed()), CONFLICT
    form.errors = []
    forms.insert_reply(form, town, views_showing.variables(whole, town), request.form)
    return views_showing.page(whole, town, form)


def again(case_id: int, error: Conflict | Invalid | Denied) -> ResponseReturnValue:
    """Show the case once more with why something could not be done, and with what was typed."""
    place = here()
    place.undo()
    whole, town = reading.read(place.session, case_id), views_showing.town()
    said = next(iter(error.errors.values()), error.message) if isinstance(error, Invalid) else error.message
    page = views_showing.page(whole, town, views_showing.form_of(whole, town), refused=said, typed=_typed())
    return page, UNPROCESSABLE if isinstance(error, Invalid) else CONFLICT


def _typed() -> Mapping[str, Any]:
    return {key: views_showing.typed(key) for key in views_showing.TYPED}
