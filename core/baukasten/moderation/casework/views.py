"""One case for those who moderate: seen whole, then decided."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.errors import Conflict, Denied, Invalid
from baukasten.moderation import deciding, kinds
from baukasten.moderation.blueprint import DECIDE, blueprint
from baukasten.moderation.casework import forms, page
from baukasten.moderation.models import Measure
from baukasten.moderation.reporting.service import REASONS
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy
from baukasten.web.here import here
from baukasten.web.i18n import dgettext
from baukasten.web.marks import requires
from baukasten.web.templating import render

_ = lazy("core")


@blueprint.route("/verwaltung/moderation/<int:case_id>", methods=["GET", "POST"])
@requires(DECIDE)
def case(case_id: int) -> ResponseReturnValue:
    """Show one case with its reports, and decide it."""
    place = here()
    case_, content, filed = page.case_by_id(place.session, case_id)
    form = forms.decision_form(kinds.content_type(place.session, content.ref.type), content.visibility)
    if request.method == "POST" and form.read(request.form):
        values = form.values
        step = deciding.Step(Measure(values["measure"]), values["rule"], values["facts"])
        try:
            deciding.decide(place.session, me(), case_id, step)
        except Invalid as error:
            form.add_invalid(error)
        except Conflict as error:
            form.add_error("", error.message)
        else:
            place.session.commit()
            return redirect(url_for("moderation.queue"), 303)
    names = dict(REASONS)
    shown = render(
        "moderation/case.html",
        title=dgettext("core", "Case %(number)s", number=case_.id),
        case=case_,
        content=content,
        reports=[(names.get(one.reason, one.reason), one) for one in filed],
        form=form,
    )
    return shown, 422 if form.errors else 200


def me() -> MemberRef:
    """Give the member who moderates; raises Denied."""
    member = here().member
    if member is None:
        raise Denied
    return member
