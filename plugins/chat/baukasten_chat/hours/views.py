"""The page of a room's openings, its calendar, and the forms with which the town plans them."""

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    Conflict,
    Form,
    Invalid,
    Scope,
    absolute_url,
    clock,
    dgettext,
    here,
    may,
    module_url,
    part,
    render,
    requires,
    translator,
    valid_until,
)
from baukasten_chat import rooms
from baukasten_chat import views_answers as answers
from baukasten_chat.crumbs import crumbs
from baukasten_chat.hours import forms, ics, rules, service, shown, wording
from baukasten_chat.keys import READ, SETUP
from baukasten_chat.routes import ID, routes

_ = lazy("chat")
BASE = "/termine"
TITLE = _("Openings")


@dataclass(frozen=True, slots=True)
class Row:
    """An opening in the list."""

    when: str
    title: str
    now: bool
    cancelled: bool
    change_url: str
    """Empty for who plans nothing."""
    cancel_url: str
    remove_url: str


@routes.get(BASE)
@requires(READ)
def dates(module: ModuleRef) -> ResponseReturnValue:
    """Show the openings that come; who plans them gets the form that adds some."""
    return _page(module)


@routes.get(f"{BASE}.ics")
@requires(READ)
def calendar(module: ModuleRef) -> Response:
    """Give the openings of the last weeks and those that come to calendars, those that were called off among them."""
    place = here()
    room = rooms.of_module(place.session, module)
    host = place.tenant.host.partition(":")[0]
    url = absolute_url(module.path)
    entries = [_entry(module, one, host, url) for one in service.calendar_of(place.session, room.id)]
    response = Response(ics.calendar(module.title, entries), content_type=ics.MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'inline; filename="{module.slug}.ics"'
    return response


@routes.get("/zeiten")
@requires(READ)
def hours_part(module: ModuleRef) -> ResponseReturnValue:
    """Give the part of the room's page that tells its hours, for scripts when a phase ends."""
    place = here()
    room = rooms.of_module(place.session, module)
    found = shown.part(place.session, module, room, place.member)
    return str(part("chat/hours.html", hours=found))


@routes.post(BASE)
@requires(SETUP)
def plan_dates(module: ModuleRef) -> ResponseReturnValue:
    """Plan an opening or a series, or show the form again with what helps."""
    session = here().session
    form = forms.window_form(module_url(module, "plan_dates"), None, request.form)
    try:
        answers.read(form)
        service.plan(session, answers.member(), module, forms.plan_of(form), translator().formats.zone)
    except Invalid as error:
        answers.blame(form, error)
        return _page(module, form), 422
    session.commit()
    return _back(module)


@routes.get(f"{BASE}/{ID}")
@requires(SETUP)
def date(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Show the form of one opening."""
    window = _window(here().session, module, row_id)
    return _change_page(module, window, forms.window_form(module_url(module, "date", row_id=row_id), window))


@routes.post(f"{BASE}/{ID}")
@requires(SETUP)
def change_date(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Plan an opening otherwise, or show the form again with what helps."""
    session = here().session
    window = _window(session, module, row_id)
    form = forms.window_form(module_url(module, "date", row_id=row_id), window, request.form)
    zone = translator().formats.zone
    try:
        answers.read(form)
        service.change(session, answers.member(), module, row_id, forms.plan_of(form), zone)
    except Invalid as error:
        answers.blame(form, error)
        return _change_page(module, window, form), 422
    session.commit()
    return _back(module)


@routes.post(f"{BASE}/{ID}/absagen")
@requires(SETUP)
def cancel_date(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Call an opening off."""
    service.cancel(here().session, answers.member(), module, row_id)
    here().session.commit()
    return _back(module)


@routes.post(f"{BASE}/{ID}/entfernen")
@requires(SETUP)
def remove_date(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Delete an opening that was called off."""
    service.remove(here().session, answers.member(), module, row_id)
    here().session.commit()
    return _back(module)


def _back(module: ModuleRef) -> ResponseReturnValue:
    return redirect(module_url(module, "dates"), 303)


def _window(session: Scope, module: ModuleRef, window_id: int) -> Any:
    """Give an opening that can be changed; raises NotFound, and Conflict for one that cannot."""
    window = service.load(session, rooms.of_module(session, module).id, window_id)
    if window.cancelled_at is not None or rules.over_at(window) <= clock.now():
        raise Conflict(_("This opening is over or was called off. Plan another one."))
    return window


def _page(module: ModuleRef, form: Form | None = None) -> str:
    place = here()
    room = rooms.of_module(place.session, module)
    windows = service.listed(place.session, room.id)
    plans = place.member is not None and may(place.session, place.member, SETUP, module)
    hours = rules.judge([one for one in windows if one.cancelled_at is None], room.closed_at, clock.now())
    if hours.next_at is not None:
        valid_until(hours.next_at)
    if form is None and plans:
        form = forms.window_form(module_url(module, "plan_dates"))
    return render(
        "chat/dates.html",
        title=TITLE,
        crumbs=crumbs(module, (str(TITLE), "")),
        room_title=module.title,
        rows=[_row(module, one, plans=plans) for one in windows],
        calendar_url=module_url(module, "calendar"),
        transcripts_url=module_url(module, "transcripts"),
        form=form,
        zone=str(translator().formats.zone),
    )


def _change_page(module: ModuleRef, window: Any, form: Form) -> str:
    back = module_url(module, "dates")
    when = wording.stretch(window.opens_at, rules.end_of(window))
    return render(
        "chat/date.html",
        title=_("Change an opening"),
        crumbs=crumbs(module, (str(TITLE), back), (when, "")),
        form=form,
        when=when,
        back_url=back,
    )


def _row(module: ModuleRef, window: Any, *, plans: bool) -> Row:
    now, cancelled = clock.now(), window.cancelled_at is not None

    def url(endpoint: str) -> str:
        return module_url(module, endpoint, row_id=window.id) if plans else ""

    return Row(
        when=wording.stretch(window.opens_at, rules.end_of(window)),
        title=window.title,
        now=not cancelled and window.opens_at <= now < rules.end_of(window),
        cancelled=cancelled,
        change_url="" if cancelled else url("date"),
        cancel_url="" if cancelled else url("cancel_date"),
        remove_url=url("remove_date") if cancelled else "",
    )


def _entry(module: ModuleRef, window: Any, host: str, url: str) -> ics.Entry:
    room = module.title if module.project is None else f"{module.title} · {module.project.title}"
    lobby = dgettext("chat", "Questions are taken from %(day)s on.", day=wording.moment(window.lobby_at))
    asks = module.settings.get("form") == "questions" and window.lobby_at < window.opens_at
    return ics.Entry(
        uid=f"opening-{window.id}@{host}",
        revision=window.revision,
        changed_at=window.changed_at or window.created_at,
        begins_at=window.opens_at,
        ends_at=rules.end_of(window),
        summary=f"{window.title} · {room}" if window.title else room,
        description=f"{lobby}\n{url}" if asks else url,
        url=url,
        cancelled=window.cancelled_at is not None,
    )
