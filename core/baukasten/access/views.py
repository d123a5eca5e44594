"""Pages about members: one's own name, and the staff's list with roles and measures."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.access import forms, hooks, listing, members, policy
from baukasten.errors import Invalid, SignInNeeded
from baukasten.identity import forms as identity_forms
from baukasten.identity import service as identity
from baukasten.plugin.refs import MemberRef, Role, Standing
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form
from baukasten.web.here import here
from baukasten.web.inputs import clean_line
from baukasten.web.marks import requires, signed_in
from baukasten.web.templating import render

_ = lazy("core")
blueprint = Blueprint("access", __name__)
UNPROCESSABLE = 422


@blueprint.post("/konto/name")
@signed_in
def rename() -> ResponseReturnValue:
    """Change the name that others see in this town, and the one that further towns begin with."""
    place, actor = here(), me()
    form = identity_forms.rename(url_for(".rename"), actor.display_name)
    if form.read(request.form):
        try:
            members.rename(place.session, actor, form.values["display_name"])
        except Invalid as error:
            form.add_invalid(error)
        else:
            if place.identity is not None:
                identity.rename(place.session, place.identity.account_id, form.values["display_name"])
            place.session.commit()
            return redirect(url_for("identity.account", done="saved"), 303)
    lead = str(_("Others see this name beside what you write."))
    return render("identity/change.html", title=_("Change name"), form=form, lead=lead), UNPROCESSABLE


@blueprint.get("/verwaltung/mitglieder/")
@requires(hooks.VIEW)
def member_list() -> ResponseReturnValue:
    """List members by name."""
    query, role = clean_line(request.args.get("q", ""))[:254], _role(request.args.get("role", ""))
    after = request.args.get("after", 0, int)
    found = listing.page(here().session, query=query, role=role, after=after)
    kept: dict[str, Any] = {"q": query or None, "role": role or None}
    older = url_for(".member_list", after=found.after, **kept) if found.after else None
    return render(
        "access/members.html",
        title=_("Members"),
        query=query,
        role=role,
        entries=found.members,
        words=forms.ROLES,
        older=older,
        first=url_for(".member_list", **kept) if after else None,
    )


@blueprint.get("/verwaltung/mitglieder/<int:member_id>/")
@requires(hooks.VIEW)
def member(member_id: int) -> ResponseReturnValue:
    """Show one member, with what the viewer may change."""
    return _member_page(member_id)


@blueprint.post("/verwaltung/mitglieder/<int:member_id>/rollen")
@requires(hooks.MANAGE)
def set_roles(member_id: int) -> ResponseReturnValue:
    """Give a member the ticked roles."""
    place = here()
    form = forms.roles(url_for(".set_roles", member_id=member_id), frozenset())
    if not form.read(request.form):
        return _member_page(member_id, roles=form)
    members.set_roles(place.session, me(), member_id, [Role(one) for one in form.values["roles"]])
    place.session.commit()
    return redirect(url_for(".member", member_id=member_id, done="saved"), 303)


def me() -> MemberRef:
    """Give the member that is signed in; raises SignInNeeded."""
    found = here().member
    if found is None:
        raise SignInNeeded
    return found


def _member_page(member_id: int, *, roles: Form | None = None) -> ResponseReturnValue:
    place, actor = here(), me()
    row = members.get(place.session, member_id)
    shown = members.ref_of(row)
    may_manage = policy.may(place.session, actor, hooks.MANAGE)
    role_form = roles or forms.roles(url_for(".set_roles", member_id=member_id), shown.roles)
    page = render(
        "access/member.html",
        title=shown.display_name or _("Erased account"),
        member=shown,
        joined_at=row.joined_at,
        reason=row.standing_reason if shown.standing is not Standing.ACTIVE else "",
        until=row.standing_until,
        loan_until=row.moderator_until if Role.MODERATOR in shown.roles else None,
        words=forms.ROLES,
        standings=forms.STANDINGS,
        role_form=role_form if may_manage else None,
        may_judge=policy.may(place.session, actor, hooks.JUDGE) and actor.id != member_id,
    )
    return page, UNPROCESSABLE if roles is not None and roles.errors else 200


def _role(asked: str) -> Role | None:
    """Take a role of the closed list from the address."""
    return next((role for role in members.GIVEN if role.value == asked and role is not Role.CITIZEN), None)
