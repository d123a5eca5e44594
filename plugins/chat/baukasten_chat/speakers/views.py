"""The page of the list of speakers, and what people and those who lead the room do there."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    BaukastenError,
    Form,
    Invalid,
    NotFound,
    here,
    module_url,
    part,
    render,
    requires,
    signed_in,
)
from baukasten_chat import rooms
from baukasten_chat import views_answers as answers
from baukasten_chat.crumbs import crumbs
from baukasten_chat.keys import READ, STEER
from baukasten_chat.limits.presses import PRESSES
from baukasten_chat.routes import ID, routes
from baukasten_chat.speakers import forms, service, shown

_ = lazy("chat")
BASE = "/wortmeldungen"
TITLE = _("Speakers")


@routes.get(BASE)
@requires(READ)
def speakers(module: ModuleRef) -> ResponseReturnValue:
    """Show who speaks and who comes next; raises NotFound for a room without a list."""
    return _page(module)


@routes.get(f"{BASE}/teil")
@requires(READ)
def speakers_part(module: ModuleRef) -> ResponseReturnValue:
    """Give the list alone, for scripts when it has changed."""
    return str(part("chat/speakers.html", speakers=_part(module)))


# Not @requires: a page that says why is worth more than a bare refusal; the service asks for the permission.
@routes.post("/wortmeldung")
@signed_in
def ask_floor(module: ModuleRef) -> ResponseReturnValue:
    """Ask for the floor."""
    form = forms.join_form(module_url(module, "ask_floor"))

    def do() -> Any:
        answers.read(form)
        PRESSES.take(here().session, answers.member())
        found = service.join(here().session, answers.member(), module, form.values["about"])
        return {"id": found}

    return _done(module, do, join=form)


@routes.post("/wortmeldung/zurueckziehen")
@signed_in
def leave_floor(module: ModuleRef) -> ResponseReturnValue:
    """Step back from the list, or give the floor back."""
    return _done(module, lambda: service.leave(here().session, answers.member(), module))


@routes.post(BASE)
@requires(STEER)
def lead_speakers(module: ModuleRef) -> ResponseReturnValue:
    """Lead the list: ``do`` says how."""
    session, actor = here().session, answers.member()
    deeds: dict[str, Callable[[], Any]] = {
        "next": lambda: service.call(session, actor, module),
        "pause": lambda: service.pause(session, actor, module),
        "resume": lambda: service.resume(session, actor, module),
        "finish": lambda: service.finish(session, actor, module),
        "close": lambda: service.close(session, actor, module, closed=True),
        "open": lambda: service.close(session, actor, module, closed=False),
    }
    return _done(module, _chosen(deeds))


@routes.post(f"{BASE}/{ID}")
@requires(STEER)
def lead_speaker(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Act on one person on the list: ``do`` says how."""
    session, actor = here().session, answers.member()
    deeds: dict[str, Callable[[], Any]] = {
        "call": lambda: service.call(session, actor, module, row_id),
        "up": lambda: service.move(session, actor, module, row_id, up=True),
        "down": lambda: service.move(session, actor, module, row_id, up=False),
        "strike": lambda: service.strike(session, actor, module, row_id),
    }
    return _done(module, _chosen(deeds))


@routes.post(f"{BASE}/saal")
@requires(STEER)
def add_speaker(module: ModuleRef) -> ResponseReturnValue:
    """Put somebody in the hall on the list."""
    form = forms.hall_form(module_url(module, "add_speaker"))

    def do() -> Any:
        answers.read(form)
        found = service.add(here().session, answers.member(), module, form.values["name"])
        return {"id": found}

    return _done(module, do, hall=form)


def _chosen(deeds: dict[str, Callable[[], Any]]) -> Callable[[], Any]:
    found = deeds.get(request.form.get("do", ""))
    if found is None:
        raise NotFound
    return found


def _done(module: ModuleRef, do: Callable[[], Any], **sent: Form) -> ResponseReturnValue:
    """Do it and lead back to where it was pressed, or show what helps."""

    def again(error: BaukastenError) -> str:
        # What is wrong with a field stands beside it.
        return _page(module, "" if sent and isinstance(error, Invalid) else answers.words(error), **sent)

    return answers.steer(module, do, "speakers", again, *sent.values())


def _part(module: ModuleRef, join: Form | None = None, hall: Form | None = None) -> shown.SpeakersPart:
    place = here()
    room = rooms.of_module(place.session, module)
    found = shown.part(place.session, module, room, place.member, join=join, hall=hall)
    if found is None:
        raise NotFound
    return found


def _page(module: ModuleRef, refused: str = "", **sent: Form) -> str:
    return render(
        "chat/speakers_page.html",
        title=TITLE,
        crumbs=crumbs(module, (str(TITLE), "")),
        refused=refused,
        speakers=_part(module, **sent),
    )
