"""The page of a room, its permalinks, and what forms do there without any script."""

from dataclasses import asdict

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ContentRef, ModuleRef
from baukasten.sdk import guarded, here, may, module_url, report_url, requires, signed_in
from baukasten_chat import rooms
from baukasten_chat import views_answers as answers
from baukasten_chat.keys import MESSAGE_TYPE, READ, STEER
from baukasten_chat.messages import service
from baukasten_chat.page import forms, own, room_page, stretch
from baukasten_chat.routes import NUMBER, routes


@routes.get("/")
@requires(READ)
def index(module: ModuleRef) -> ResponseReturnValue:
    """Show what is said and asked in a room."""
    room = rooms.of_module(here().session, module)
    reply_to = forms.number(request.args.get("antwort", ""))
    order = request.args.get("folge", "")
    return room_page.show(module, room, where=stretch.asked(request.args), reply_to=reply_to, order=order)


@routes.get(f"/nachricht/{NUMBER}")
@requires(READ)
def message(module: ModuleRef, number: int) -> ResponseReturnValue:
    """Lead from a permalink to the page on which the message stands."""
    room = rooms.of_module(here().session, module)
    return redirect(stretch.address(module, room, number), 302)


@routes.get(f"/nachricht/{NUMBER}/melden")
@requires(READ)
def report_message(module: ModuleRef, number: int) -> ResponseReturnValue:
    """Lead to the form that reports a message; clients know its number alone."""
    session = here().session
    row_id = own.row_of(session, rooms.of_module(session, module).id, number)
    return redirect(report_url(ContentRef(MESSAGE_TYPE, row_id)), 302)


# Not @requires: what was typed must come back when the hour ended meanwhile; the service refuses.
@routes.post("/nachricht")
@guarded
@signed_in
def say(module: ModuleRef) -> ResponseReturnValue:
    """Say something, or show the page again with the text and what helps."""
    session, member = here().session, answers.member()
    form = forms.say_form(module, for_town=may(session, member, STEER, module))
    try:
        answers.read(form)
        sent = form.values
        said = service.say(
            session,
            member,
            module,
            body=sent["body"],
            nonce=sent["nonce"],
            reply_to=forms.number(sent["reply_to"]) or None,
            town=bool(sent.get("town")),
        )
        session.commit()
    except answers.REFUSALS as error:
        if answers.wants_json():
            return answers.refused(error)
        answers.blame(form, error)
        room = rooms.of_module(session, module)
        reply_to = forms.number(request.form.get("reply_to", ""))
        return room_page.show(module, room, form, reply_to=reply_to), answers.status_of(error)
    if answers.wants_json():
        return answers.done(asdict(said))
    anchor = f"#nachricht-{said.number}" if said.number else f"#wartet-{said.id}"
    return redirect(module_url(module, "index") + anchor, 303)
