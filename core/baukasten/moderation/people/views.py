"""The page on which a measure is taken against a person, with what was decided about them before."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten import clock
from baukasten.access import members, policy
from baukasten.access.forms import STANDINGS
from baukasten.access.hooks import JUDGE
from baukasten.access.models import Membership
from baukasten.errors import Denied, Invalid
from baukasten.moderation import deciding
from baukasten.moderation.blueprint import DECIDE, blueprint
from baukasten.moderation.deciding import Step
from baukasten.moderation.house_rules import service as house_rules
from baukasten.moderation.models import Measure
from baukasten.moderation.people import forms, history
from baukasten.moderation.people.standing import judge
from baukasten.plugin.refs import MemberRef, Role, Standing
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form
from baukasten.web.here import here
from baukasten.web.i18n import dgettext
from baukasten.web.marks import requires
from baukasten.web.templating import render

_ = lazy("core")
UNPROCESSABLE = 422
HIGHEST = 2**62


@blueprint.route("/verwaltung/mitglieder/<int:member_id>/stand", methods=["GET", "POST"])
@requires(JUDGE)
def standing(member_id: int) -> ResponseReturnValue:
    """Warn, mute, suspend or free a member, by a rule and with facts."""
    place, actor = here(), me()
    row = members.get(place.session, member_id)
    shown = members.ref_of(row)
    longest = 0 if Role.ADMIN in actor.roles else members.LONGEST_BY_MODERATOR.days
    form = forms.measure_form(house_rules.current(place.session), shown.standing, longest_days=longest)
    if request.method == "POST" and form.read(request.form):
        try:
            decision = judge(place.session, actor, member_id, _step(form))
        except Invalid as error:
            form.add_invalid(error)
        else:
            place.session.commit()
            return redirect(url_for(".standing", member_id=member_id, entschieden=decision.id), 303)
    return _page(row, shown, form), UNPROCESSABLE if form.errors else 200


@blueprint.post("/verwaltung/mitglieder/<int:member_id>/stand/zurueck")
@requires(JUDGE)
def undo_standing(member_id: int) -> ResponseReturnValue:
    """Take a measure back within the time to think again."""
    number = request.form.get("decision", 0, int)
    deciding.undo(here().session, me(), number if 0 < number < HIGHEST else 0)
    here().session.commit()
    return redirect(url_for(".standing", member_id=member_id, done="saved"), 303)


def me() -> MemberRef:
    """Give the member who decides; raises Denied."""
    found = here().member
    if found is None:
        raise Denied
    return found


def _step(form: Form) -> Step:
    rules = house_rules.current(here().session)
    chosen = rules.find(str(form.values["rule"] or ""))
    return Step(
        Measure(form.values["measure"]),
        rule=chosen.title if chosen else "",
        facts=str(form.values["facts"] or ""),
        rule_key=chosen.key if chosen else "",
        rules_version=rules.version if chosen else 0,
        until=form.values["until"],
    )


def _page(row: Membership, shown: MemberRef, form: Form) -> str:
    session, actor = here().session, me()
    before = min(max(request.args.get("vor", 0, int), 0), HIGHEST)
    found = history.page(session, shown.id, before=before) if policy.may(session, actor, DECIDE) else None
    may_judge = actor.id != shown.id and members.rank_of(shown.roles) <= members.rank_of(actor.roles)
    limited = shown.standing is not Standing.ACTIVE
    name = shown.display_name or str(_("Erased account"))
    return render(
        "moderation/standing.html",
        title=dgettext("core", "Measure: %(name)s", name=name),
        member=shown,
        standings=STANDINGS,
        reason=row.standing_reason if limited else "",
        until=row.standing_until if limited else None,
        form=form if may_judge else None,
        history=found,
        older=url_for(".standing", member_id=shown.id, vor=found.before) if found and found.before else None,
        undoable=_undoable(found),
    )


def _undoable(found: history.Page | None) -> Any:
    """Give the decision that this page just took, while it can be taken back."""
    number = request.args.get("entschieden", 0, int)
    for one in found.entries if found else ():
        if one.id == number and not one.undone and clock.now() - one.at < deciding.UNDO:
            return one
    return None
