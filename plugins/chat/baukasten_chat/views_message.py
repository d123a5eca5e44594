"""What people do with one message: change it, take it back, react to it."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef
from baukasten.sdk import Form, NotFound, guarded, here, module_url, render, requires, signed_in
from baukasten_chat import rooms
from baukasten_chat import views_answers as answers
from baukasten_chat.keys import EDIT, ReactionKind
from baukasten_chat.limits.presses import PRESSES
from baukasten_chat.messages import editing, reactions
from baukasten_chat.page import forms, own, room_page, stretch
from baukasten_chat.routes import ID, NUMBER, routes


@routes.get(f"/nachricht/{ID}/aendern")
@requires(EDIT)
def change(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Show the form that changes a message, to its author and to staff."""
    found = editing.editable(here().session, answers.member(), module, row_id)
    if answers.wants_json():
        return answers.done({"body": found.body})
    return _change_page(module, row_id, forms.edit_form({"body": found.body}), own=found.own)


@routes.post(f"/nachricht/{ID}/aendern")
@guarded
@signed_in
def save_change(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Publish another wording of a message, or show the form again with the text and what helps."""
    session, member = here().session, answers.member()
    found = editing.editable(session, member, module, row_id)
    form = forms.edit_form()
    try:
        answers.read(form)
        editing.edit(session, member, module, row_id, form.values["body"])
        session.commit()
    except answers.REFUSALS as error:
        if answers.wants_json():
            return answers.refused(error)
        answers.blame(form, error)
        return _change_page(module, row_id, form, own=found.own), answers.status_of(error)
    return _back(module, row_id)


@routes.post(f"/nachricht/{ID}/zurueckziehen")
@signed_in
def withdraw(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Take a message back; its place stays."""
    session, member = here().session, answers.member()
    own.body_of(session, member, rooms.of_module(session, module).id, row_id)
    try:
        editing.withdraw(session, member, module, row_id)
        session.commit()
    except answers.REFUSALS as error:
        if answers.wants_json():
            return answers.refused(error)
        raise
    return _back(module, row_id)


@routes.post(f"/nachricht/{NUMBER}/reaktion")
@signed_in
def react(module: ModuleRef, number: int) -> ResponseReturnValue:
    """Press a reaction under a message, or take it back."""
    session, member = here().session, answers.member()
    # The button says what it would do now: pressed ones carry a minus.
    written = request.form.get("kind", "")
    try:
        kind = ReactionKind(written.removeprefix("-"))
    except ValueError:
        raise NotFound from None
    try:
        PRESSES.take(session, member)
        reactions.react(session, member, module, number, kind, not written.startswith("-"))
        session.commit()
    except answers.REFUSALS as error:
        if answers.wants_json():
            return answers.refused(error)
        raise
    if answers.wants_json():
        return answers.done({})
    room = rooms.of_module(session, module)
    return redirect(stretch.address(module, room, number), 303)


def _change_page(module: ModuleRef, row_id: int, form: Form, *, own: bool) -> str:
    index = module_url(module, "index")
    return render(
        "chat/change.html",
        title=forms.CHANGE_TITLE,
        crumbs=[*room_page.crumbs(module, index), (str(forms.CHANGE_TITLE), "")],
        form=form,
        withdraw_url=module_url(module, "withdraw", row_id=row_id) if own else "",
        wordings_url=module_url(module, "wordings", row_id=row_id),
        back_url=f"{index}#ende",
    )


def _back(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    if answers.wants_json():
        return answers.done({})
    session = here().session
    room = rooms.of_module(session, module)
    number = own.number_of(session, room.id, row_id)
    if not number:
        return redirect(module_url(module, "index") + "#ende", 303)
    return redirect(stretch.address(module, room, number), 303)
