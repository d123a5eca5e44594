"""The front page of a list: what it brings, how to subscribe, and its latest issues."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    Form,
    Invalid,
    guarded,
    here,
    module_url,
    render,
    requires,
    site_url,
)
from baukasten_newsletter import desks
from baukasten_newsletter.keys import READ, SUBSCRIBE, Purpose, SubscriberState
from baukasten_newsletter.letters import latest
from baukasten_newsletter.models import Subscriber
from baukasten_newsletter.people import addresses, forms, forms_asking, joining, reader, topics, values
from baukasten_newsletter.people.joining import Wish
from baukasten_newsletter.people.mailing import DAYS
from baukasten_newsletter.routes import routes

_ = lazy("newsletter")


@routes.get("/")
@requires(READ)
def front(module: ModuleRef) -> ResponseReturnValue:
    """Show the list."""
    rows = topics.listed(here().session, module.id)
    return _page(module, rows, _form(module, rows))


@routes.post("/")
@requires(SUBSCRIBE)
@guarded
def subscribe(module: ModuleRef) -> ResponseReturnValue:
    """Take a request; the answer is the same whether the address is known or not."""
    session = here().session
    rows = topics.listed(session, module.id)
    form = _form(module, rows)
    wish = _wish(form, rows) if form.read(request.form) and forms_asking.check_person(form) else None
    if wish is None:
        return _page(module, rows, form), 422
    forms_asking.count_network()
    at = forms_asking.circumstances(session, module)
    member = here().member
    if member is not None and wish.address == own_address():
        joining.agree(session, member, wish, at)
        session.commit()
        return _done(module, wish, confirmed=True)
    if forms_asking.may_mail(wish.address):
        joining.ask(session, module, wish, at)
    session.commit()
    return _done(module, wish, confirmed=False)


def own_address() -> str:
    """Give the confirmed address of whoever is signed in, in its one way of writing; empty for guests."""
    identity = here().identity
    if identity is None or not identity.confirmed:
        return ""
    try:
        return addresses.normal(identity.email)
    except Invalid:
        return ""


def _form(module: ModuleRef, rows: Any) -> Form:
    place = here()
    shown = {
        "address": own_address(),
        forms.LANGUAGE_KEY: place.language,
        forms.TOPICS_KEY: [str(row.id) for row in rows[:1]],
    }
    return forms.subscribe(module_url(module, "front"), rows, place.tenant.languages, shown)


def _wish(form: Form, rows: Any) -> Wish | None:
    """Give what was asked for, or say in the form what is missing."""
    chosen = forms.topic_ids(form, rows)
    if not chosen:
        form.add_error(forms.TOPICS_KEY, _("Choose one topic at least."))
    try:
        address = addresses.normal(form.values["address"])
    except Invalid as error:
        form.add_invalid(error)
        return None
    if form.errors:
        return None
    language = form.values.get(forms.LANGUAGE_KEY) or here().language
    name = values.name(form.values["name"])
    return Wish(address, chosen, language, name, form.values[forms.OFTEN_KEY])


def _page(module: ModuleRef, rows: Any, form: Form) -> str:
    desk = desks.tabs(module)
    return render(
        "newsletter/list.html",
        title=module.title,
        module=module,
        intro=module.settings.get("intro") or "",
        topics=rows,
        form=form,
        more=(forms.OFTEN_KEY, forms.LANGUAGE_KEY, forms.NAME_KEY),
        declaration=forms_asking.declaration(module),
        account=own_address(),
        settings_url=_settings_url(),
        privacy_url=site_url("/datenschutz"),
        days=DAYS,
        desk_url=desk[0].url if desk else "",
        **latest.values(module),
    )


def _settings_url() -> str:
    """Give whoever is signed in the page of their settings, if they subscribed with their account's address."""
    address = own_address()
    if not address:
        return ""
    session = here().session
    query = select(Subscriber.id, Subscriber.epoch).where(
        Subscriber.address == address, Subscriber.state == SubscriberState.ACTIVE
    )
    row = session.execute(query).one_or_none()
    return "" if row is None else site_url(reader.path(session, Purpose.PREFERENCES, row.id, row.epoch))


def _done(module: ModuleRef, wish: Wish, *, confirmed: bool) -> str:
    return render(
        "newsletter/asked.html",
        title=_("You have subscribed") if confirmed else _("Look into your mailbox"),
        module=module,
        back_url=module_url(module, "front"),
        address=wish.address,
        confirmed=confirmed,
        settings_url=_settings_url() if confirmed else "",
        days=DAYS,
    )
