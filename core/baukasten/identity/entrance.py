"""The pages before somebody is signed in: in, out, registering, confirming, recovering."""

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.errors import Invalid
from baukasten.identity import forms, limits, paths, service, sessions, tokens
from baukasten.identity.limits import Limit, Limiter
from baukasten.identity.tokens import Purpose
from baukasten.plugin.text import lazy
from baukasten.tenants import settings
from baukasten.web import guard
from baukasten.web.forms import Form
from baukasten.web.here import Here, Place, here
from baukasten.web.marks import public
from baukasten.web.platform import platform
from baukasten.web.templating import render
from baukasten.web.visitors import SESSION_COOKIE

_ = lazy("core")
blueprint = Blueprint("identity", __name__)
FORM = ("GET", "POST")
SCREENING = "moderation.screening"
"""The town's settings that say how fast people fill in a form."""
UNPROCESSABLE = 422


@blueprint.route("/konto/anmelden", methods=FORM)
@public
def sign_in() -> ResponseReturnValue:
    """Sign in at this town, or at the operator's host."""
    place, target = here(), paths.local(request.args.get("next"))
    if place.identity is not None and request.method == "GET":
        return redirect(target or home(place), 303)
    form = forms.sign_in(url_for(".sign_in", next=target or None))
    if request.method == "POST" and form.read(request.form):
        email = form.values["email"]
        take(limits.SIGN_IN, email)
        try:
            secret = service.sign_in(
                place.session,
                email=email,
                password=form.values["password"],
                host=request.host,
                user_agent=request.user_agent.string,
            )
        except Invalid as error:
            form.add_invalid(error)
        else:
            return _enter(place, secret, target)
    return show("identity/sign_in.html", _("Sign in"), form, target=target or None)


@blueprint.post("/konto/abmelden")
@public
def sign_out() -> ResponseReturnValue:
    """End this session, and go on where the form says; a session that is over already is no error."""
    place, target = here(), paths.local(request.form.get("next"))
    if place.identity is not None:
        service.sign_out(place.session, place.identity)
        place.session.commit()
    town = place.place is Place.TOWN
    return forget_cookie(redirect(target or (home(place) if town else url_for(".sign_in")), 303))


@blueprint.route("/konto/registrieren", methods=FORM)
@public
def register() -> ResponseReturnValue:
    """Ask for an account; the answer is the same whether the address has one or not."""
    place, target = here(), paths.local(request.args.get("next"))
    town = place.tenant
    form = forms.register(url_for(".register", next=target or None))
    if request.method == "POST" and form.read(request.form) and _is_no_machine(place, form):
        values = form.values
        take(limits.REGISTER, values["email"])
        try:
            service.register(
                place.session,
                email=values["email"],
                password=values["password"],
                display_name=values["display_name"],
                language=place.language,
                target=target,
            )
        except Invalid as error:
            form.add_invalid(error)
        else:
            place.session.commit()
            text = _("We have sent a letter to this address. Follow the link in it within 48 hours.")
            return letter_page(_("Look into your mailbox"), values["email"], text)
    return show("identity/register.html", _("Create an account"), form, town=town, target=target or None)


@blueprint.get("/konto/bestaetigen/<secret>")
@public
def confirm(secret: str) -> ResponseReturnValue:
    """Show the button that completes what a letter's link is about; following the link changes nothing yet."""
    return _confirm_page(here(), secret)


@blueprint.post("/konto/bestaetigen/<secret>")
@public
def confirm_now(secret: str) -> ResponseReturnValue:
    """Complete a registration and sign in, or complete a change of address."""
    place = here()
    waiting = service.waiting(place.session, secret)
    if waiting.purpose == Purpose.CHANGE_EMAIL:
        service.change_address(place.session, secret)
        place.session.commit()
        return done(place, _("Address changed"), _("From now on you sign in with your new address."))
    target = paths.local(str(waiting.data.get("next", "")))
    account_id = service.confirm(place.session, secret)
    entered = sessions.start(
        place.session, account_id, host=request.host, user_agent=request.user_agent.string
    )
    return _enter(place, entered, target)


@blueprint.route("/konto/wiederherstellen", methods=FORM)
@public
def recover() -> ResponseReturnValue:
    """Ask for a link to set a new password; the answer is the same for every address."""
    place = here()
    form = forms.ask_recovery(url_for(".recover"))
    if request.method == "POST" and form.read(request.form):
        email = form.values["email"]
        take(limits.RECOVER, email)
        try:
            service.ask_recovery(place.session, email=email, language=place.language)
        except Invalid as error:
            form.add_invalid(error)
        else:
            place.session.commit()
            text = _(
                "If this address has an account, a letter is on its way. The link in it works for one hour."
            )
            return letter_page(_("Look into your mailbox"), email, text)
    return show("identity/recover.html", _("Forgot your password?"), form)


@blueprint.route("/konto/wiederherstellen/<secret>", methods=FORM)
@public
def set_password(secret: str) -> ResponseReturnValue:
    """Set a new password with the link of a letter; ends all sessions."""
    place = here()
    tokens.peek(place.session, secret, Purpose.RECOVER)
    form = forms.recover(url_for(".set_password", secret=secret))
    if request.method == "POST" and form.read(request.form):
        try:
            service.recover(place.session, secret, form.values["password"])
        except Invalid as error:
            form.add_invalid(error)
        else:
            place.session.commit()
            text = _("All your sessions have been ended. Please sign in with your new password.")
            return forget_cookie(done(place, _("Password set"), text))
    lead = str(_("Choose a new password. All your sessions will be ended."))
    return show("identity/recover.html", _("Set a new password"), form, lead=lead)


def take(limit: Limit, address: str) -> None:
    """Count an attempt of this address from this network; raises TooMany."""
    house = platform()
    limiter = Limiter(house.database, house.config.secret_key)
    limiter.take(limit, address=address.strip().lower(), network=request.remote_addr or "")


def show(template: str, title: str, form: Form, **values: object) -> ResponseReturnValue:
    """Give a page with a form, marked as refused when something in it is not right."""
    status = UNPROCESSABLE if form.errors else 200
    return render(template, title=title, form=form, **values), status


def letter_page(title: str, address: str, text: str) -> str:
    """Give the page that says a letter is on its way, equal for known and unknown addresses."""
    house = platform().config
    port = f":{house.public_port}" if house.public_port else ""
    mailbox = f"{house.scheme}://{house.demo_host}{port}/postfach/" if house.demo_host else None
    return render(
        "identity/check_mail.html", title=title, address=address, text=str(text), mailbox_url=mailbox
    )


def done(place: Here, title: str, text: str) -> str:
    """Give the page after something was completed, with one way on."""
    signed_in = place.identity is not None
    target = url_for("identity.account") if signed_in else url_for("identity.sign_in")
    label = str(_("To my account") if signed_in else _("Sign in"))
    return render("identity/done.html", title=title, text=str(text), target=target, label=label)


def home(place: Here) -> str:
    """Give the path where a signed-in person begins, in the reader's language."""
    return f"{request.script_root}/" if place.place is Place.TOWN else "/betrieb/"


def _is_no_machine(place: Here, form: Form) -> bool:
    """Tell whether the trap stayed empty and the form took its time; the second try of a person passes."""
    told = guard.signals_of(place)
    least = settings.read(place.session, SCREENING)["least_seconds"]
    hasty = told.seconds is not None and told.seconds < least and not told.proven
    if told.trapped or hasty:
        form.add_error(
            "",
            _(
                "That was unusually fast, or your browser filled in more than you see. "
                "Please send the form once more."
            ),
        )
    return not form.errors


def _confirm_page(place: Here, secret: str) -> str:
    waiting = service.waiting(place.session, secret)
    changing = waiting.purpose == Purpose.CHANGE_EMAIL
    return render(
        "identity/confirm.html",
        title=_("Confirm your new address") if changing else _("Confirm your address"),
        address=waiting.email,
        name=str(waiting.data.get("name", "")),
        changing=changing,
        action=url_for(".confirm_now", secret=secret),
    )


def _enter(place: Here, secret: str, target: str) -> Response:
    """Set the cookie of a fresh session; one that the browser had before ends, so nothing is carried over."""
    before = place.identity
    if before is not None:
        sessions.end(place.session, before.account_id, before.session_id)
    place.session.commit()
    response = make_response(redirect(target or home(place), 303))
    life = sessions.CONSOLE_LIFE if place.site is None else sessions.LIFE
    response.set_cookie(
        SESSION_COOKIE, secret, max_age=life, path="/", secure=True, httponly=True, samesite="Lax"
    )
    return response


def forget_cookie(answer: ResponseReturnValue) -> Response:
    """Take the session's cookie out of the browser."""
    response = make_response(answer)
    response.delete_cookie(SESSION_COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
    return response
