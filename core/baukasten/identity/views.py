"""The pages of one's own account: overview, address, password, sessions."""

from dataclasses import dataclass, field
from datetime import datetime

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.errors import Invalid, SignInNeeded
from baukasten.identity import devices, forms, limits, service, sessions
from baukasten.identity.entrance import FORM, blueprint, done, letter_page, show, take
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form
from baukasten.web.here import Here, Identity, Place, here
from baukasten.web.marks import signed_in
from baukasten.web.templating import render

_ = lazy("core")
__all__ = ["blueprint"]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the account's overview: a form, or links, with what they are about."""

    key: str
    title: str
    text: str = ""
    form: Form | None = None
    links: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Entry:
    """One open session as its owner sees it."""

    device: str
    since: datetime
    seen: datetime
    current: bool
    end_url: str


@blueprint.get("/konto/")
@signed_in
def account() -> ResponseReturnValue:
    """Show everything about the account, with the way to change it."""
    place = here()
    person = who(place)
    sign_out = url_for(".sign_out")
    return render(
        "identity/account.html", title=_("My account"), sections=_parts(place, person), sign_out_url=sign_out
    )


@blueprint.route("/konto/adresse", methods=FORM)
@signed_in
def change_address() -> ResponseReturnValue:
    """Ask for another address; its letter goes to the new one."""
    place = here()
    person = who(place)
    form = forms.change_address(url_for(".change_address"))
    if request.method == "POST" and form.read(request.form):
        take(limits.CHANGE, person.email)
        values = form.values
        try:
            service.ask_new_address(
                place.session,
                person,
                current=values["current"],
                email=values["email"],
                language=place.language,
            )
        except Invalid as error:
            form.add_invalid(error)
        else:
            place.session.commit()
            text = _("We have sent a letter to your new address. Follow the link in it within 24 hours.")
            return letter_page(_("Look into your mailbox"), values["email"], text)
    return show("identity/change.html", _("Change address"), form, lead=person.email)


@blueprint.route("/konto/passwort", methods=FORM)
@signed_in
def change_password() -> ResponseReturnValue:
    """Change the password; ends all other sessions."""
    place = here()
    person = who(place)
    form = forms.change_password(url_for(".change_password"))
    if request.method == "POST" and form.read(request.form):
        take(limits.CHANGE, person.email)
        values = form.values
        try:
            service.change_password(
                place.session, person, current=values["current"], new=values["new"], language=place.language
            )
        except Invalid as error:
            form.add_invalid(error)
        else:
            place.session.commit()
            return done(place, _("Password changed"), _("All your other sessions have been ended."))
    lead = str(_("All your other sessions will be ended."))
    return show("identity/change.html", _("Change password"), form, lead=lead)


@blueprint.get("/konto/sitzungen")
@signed_in
def session_list() -> ResponseReturnValue:
    """Show where the account is signed in."""
    place = here()
    person = who(place)
    entries = [
        Entry(
            device=", ".join(filter(None, (devices.describe(one.user_agent), one.host))),
            since=one.created_at,
            seen=one.last_seen_at,
            current=one.id == person.session_id,
            end_url=url_for(".end_session", session_id=one.id),
        )
        for one in sessions.list_own(place.session, person.account_id)
    ]
    return render(
        "identity/sessions.html", title=_("My sessions"), sessions=entries, end_all_url=url_for(".end_others")
    )


@blueprint.post("/konto/sitzungen/<int:session_id>/beenden")
@signed_in
def end_session(session_id: int) -> ResponseReturnValue:
    """End one session; somebody else's answers as one that never was."""
    place = here()
    sessions.end(place.session, who(place).account_id, session_id)
    place.session.commit()
    return redirect(url_for(".session_list"), 303)


@blueprint.post("/konto/sitzungen/beenden")
@signed_in
def end_others() -> ResponseReturnValue:
    """End all sessions but this one."""
    place = here()
    person = who(place)
    sessions.end_all(place.session, person.account_id, keep=person.session_id)
    place.session.commit()
    return redirect(url_for(".session_list"), 303)


def who(place: Here) -> Identity:
    """Give the person that is signed in; raises SignInNeeded."""
    if place.identity is None:
        raise SignInNeeded
    return place.identity


def _parts(place: Here, person: Identity) -> list[Part]:
    parts = [
        Part(
            "address",
            str(_("E-mail address")),
            person.email,
            links=[(str(_("Change address")), url_for(".change_address"))],
        ),
        Part(
            "password",
            str(_("Password")),
            links=[(str(_("Change password")), url_for(".change_password"))],
        ),
        Part(
            "sessions",
            str(_("Sessions")),
            str(_("See where you are signed in, and end what you do not recognise.")),
            links=[(str(_("My sessions")), url_for(".session_list"))],
        ),
    ]
    if place.place is Place.TOWN and place.member is not None:
        name = forms.rename(url_for("access.rename"), place.member.display_name)
        parts.insert(0, Part("name", str(_("Name")), form=name))
    return parts
