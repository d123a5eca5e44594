"""What moderators press while a room is open: longer, shut, open again, pace, announcement."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import BaukastenError, Form, dgettext, here, module_url, render, requires, translator
from baukasten_chat import rooms
from baukasten_chat import views_answers as answers
from baukasten_chat.crumbs import crumbs
from baukasten_chat.hours import announcing, controls, forms, pacing, service
from baukasten_chat.keys import STEER
from baukasten_chat.limits import wishes
from baukasten_chat.routes import routes

_ = lazy("chat")
BASE = "/regler"
TITLE = _("Controls of the room")


@routes.get(BASE)
@requires(STEER)
def room_controls(module: ModuleRef) -> ResponseReturnValue:
    """Show the controls on a page of their own, for small screens and for who works without the desk."""
    return _page(module)


@routes.post(f"{BASE}/verlaengern")
@requires(STEER)
def extend(module: ModuleRef) -> ResponseReturnValue:
    """Let the opening go on for a quarter of an hour; with ``tell``, everybody reads it on top."""
    session, actor = here().session, answers.member()

    def do() -> Any:
        end = service.extend(session, actor, module)
        if request.form.get("tell"):
            text = dgettext("chat", "We go on until %(time)s.", time=translator().time(end))
            announcing.announce(session, actor, module, text)
        return {}

    return _done(module, do)


@routes.post(f"{BASE}/schliessen")
@requires(STEER)
def close_room(module: ModuleRef) -> ResponseReturnValue:
    """Shut the room at once."""
    return _done(module, lambda: service.close(here().session, answers.member(), module))


@routes.post(f"{BASE}/oeffnen")
@requires(STEER)
def reopen_room(module: ModuleRef) -> ResponseReturnValue:
    """Let the hours count again."""
    return _done(module, lambda: service.reopen(here().session, answers.member(), module))


@routes.post(f"{BASE}/tempo")
@requires(STEER)
def set_pause(module: ModuleRef) -> ResponseReturnValue:
    """Set the pause between two messages of one person."""
    session = here().session
    room = rooms.of_module(session, module)
    setting = wishes.of(module).slow_seconds
    form = forms.slow_form(module_url(module, "set_pause"), room.slow_seconds, setting)

    def do() -> Any:
        answers.read(form)
        chosen = form.values["seconds"]
        pacing.set_pause(session, answers.member(), module, int(chosen) if chosen else None)

    return _done(module, do, slow=form)


@routes.post(f"{BASE}/ansage")
@requires(STEER)
def announce(module: ModuleRef) -> ResponseReturnValue:
    """Put an announcement over the room."""
    form = forms.announce_form(module_url(module, "announce"))

    def do() -> Any:
        answers.read(form)
        announcing.announce(here().session, answers.member(), module, form.values["text"])

    return _done(module, do, announce=form)


@routes.post(f"{BASE}/ansage/zuruecknehmen")
@requires(STEER)
def unannounce(module: ModuleRef) -> ResponseReturnValue:
    """Take the announcement away."""
    return _done(module, lambda: announcing.take_back(here().session, answers.member(), module))


def _done(module: ModuleRef, do: Callable[[], Any], **shown: Form) -> ResponseReturnValue:
    """Do it and lead back to where it was pressed, or show what helps."""

    def again(error: BaukastenError) -> str:
        return _page(module, "" if shown else answers.words(error), **shown)

    return answers.steer(module, do, "room_controls", again, *shown.values())


def _page(module: ModuleRef, refused: str = "", **shown: Form) -> str:
    session = here().session
    room = rooms.of_module(session, module)
    return render(
        "chat/controls.html",
        title=TITLE,
        crumbs=crumbs(module, (str(TITLE), "")),
        refused=refused,
        controls=controls.part(session, module, room, **shown, back=""),
    )
