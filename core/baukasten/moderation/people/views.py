"""The page on which a measure is taken against a person, with what was decided about them before."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten import clock
from baukasten.access import members, policy
from baukasten.access.forms import STANDINGS
from baukasten.access.hooks import JUDGE
from baukasten.access.models import Membership
from baukasten.db.session import Scope
from baukasten.errors import Denied, Invalid, NotFound
from baukasten.moderation import deciding, kinds, standings
from baukasten.moderation.blueprint import DECIDE, blueprint
from baukasten.moderation.house_rules import service as house_rules
from baukasten.moderation.models import Measure
from baukasten.moderation.people import forms, history
from baukasten.moderation.people.standing import judge
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef, MemberRef, ModuleRef, Role
from baukasten.plugin.text import lazy
from baukasten.projects import queries
from baukasten.web.forms import Form
from baukasten.web.here import here
from baukasten.web.i18n import dgettext
from baukasten.web.marks import requires
from baukasten.web.templating import render

_ = lazy("core")
UNPROCESSABLE = 422
HIGHEST = 2**62
LONGEST_NUMBER = 18
"""Digits of the longest number that a row can have."""


@blueprint.route("/verwaltung/mitglieder/<int:member_id>/stand", methods=["GET", "POST"])
@requires(JUDGE)
def standing(member_id: int) -> ResponseReturnValue:
    """Warn, mute, suspend or free a member, by a rule and with facts."""
    place, actor = here(), me()
    row = members.get(place.session, member_id)
    shown, module = members.ref_of(row), _inside()
    longest = 0 if Role.ADMIN in actor.roles else members.LONGEST_BY_MODERATOR.days
    limit = standings.limit_of(row, module.id if module else None)
    form = forms.measure_form(
        house_rules.current(place.session),
        limit.standing,
        longest_days=longest,
        inside=module.title if module else "",
    )
    if request.method == "POST" and form.read(request.form):
        try:
            decision = judge(place.session, actor, member_id, _step(form, module), ref=_about(place.session))
        except Invalid as error:
            form.add_invalid(error)
        else:
            place.session.commit()
            inside = module.id if module else None
            where = url_for(".standing", member_id=member_id, entschieden=decision.id, baustein=inside)
            return redirect(where, 303)
    return _page(row, shown, form, module), UNPROCESSABLE if form.errors else 200


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


def _inside() -> ModuleRef | None:
    """Give the module in which alone a measure is to hold, where the address names one; raises NotFound."""
    named = request.args.get("baustein", "")
    if not named:
        return None
    module = queries.module_by_id(here().session, _number(named))
    if module is None:
        raise NotFound
    return module


def _about(session: Scope) -> ContentRef | None:
    """Give the contribution that gave rise to the measure, where the address names one of this town."""
    kind, _colon, number = request.args.get("beitrag", "").partition(":")
    if kind not in session.contract.registry.content_types:
        return None
    ref = ContentRef(kind, _number(number))
    return ref if kinds.find_all(session, [ref]) else None


def _number(written: str) -> int:
    """Read the number of a row from an address; 0, which no row has, for what is none."""
    is_number = written.isascii() and written.isdecimal() and len(written) <= LONGEST_NUMBER
    return int(written) if is_number else 0


def _step(form: Form, module: ModuleRef | None) -> Step:
    rules = house_rules.current(here().session)
    chosen = rules.find(str(form.values["rule"] or ""))
    return Step(
        Measure(form.values["measure"]),
        rule=chosen.title if chosen else "",
        facts=str(form.values["facts"] or ""),
        rule_key=chosen.key if chosen else "",
        rules_version=rules.version if chosen else 0,
        until=form.values["until"],
        module_id=module.id if module else None,
    )


def _page(row: Membership, shown: MemberRef, form: Form, module: ModuleRef | None) -> str:
    session, actor = here().session, me()
    before = min(max(request.args.get("vor", 0, int), 0), HIGHEST)
    found = history.page(session, shown.id, before=before) if policy.may(session, actor, DECIDE) else None
    may_judge = actor.id != shown.id and members.rank_of(shown.roles) <= members.rank_of(actor.roles)
    limit = standings.limit_of(row, module.id if module else None)
    named = queries.modules_by_id(session, [number for number, _standing in shown.limits])
    name = shown.display_name or str(_("Erased account"))
    return render(
        "moderation/standing.html",
        title=dgettext("core", "Measure: %(name)s", name=name),
        member=shown,
        standings=STANDINGS,
        limit=limit,
        module=module,
        elsewhere=[
            (named[number].title, url_for(".standing", member_id=shown.id, baustein=number), STANDINGS[found])
            for number, found in shown.limits
            if number in named and (module is None or number != module.id)
        ],
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
