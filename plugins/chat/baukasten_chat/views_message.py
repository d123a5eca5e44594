"""What people do with one message: change it, take it back, react to it."""

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef
from baukasten.sdk import Form, NotFound, guarded, here, module_url, render, requires, signed_in
from baukasten_chat import rooms
from baukasten_chat import views_answers as answers
from baukasten_chat.crumbs import crumbs
from baukasten_chat.keys import EDIT, ReactionKind
from baukasten_chat.limits.presses import PRESSES
from baukasten_chat.messages import editing, reactions
from baukasten_chat.page import forms, own, stretch
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
    return answers.fill(
        form,
        lambda: editing.edit(session, member, module, row_id, form.values["body"]),
        lambda: _place(module, row_id),
        lambda: _change_page(module, row_id, form, own=found.own),
    )


@routes.post(f"/nachricht/{ID}/zurueckziehen")
@signed_in
def withdraw(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Take a message back; its place stays."""
    session, member = here().session, answers.member()
    own.body_of(session, member, rooms.of_module(session, module).id, row_id)
    return answers.press(
        lambda: editing.withdraw(session, member, module, row_id), lambda: _place(module, row_id)
    )


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

    def do() -> None:
        PRESSES.take(session, member)
        reactions.react(session, member, module, number, kind, not written.startswith("-"))

    return answers.press(do, lambda: stretch.address(module, rooms.of_module(session, module), number))


def _change_page(module: ModuleRef, row_id: int, form: Form, *, own: bool) -> str:
    index = module_url(module, "index")
    return render(
        "chat/change.html",
        title=forms.CHANGE_TITLE,
        crumbs=crumbs(module, (str(forms.CHANGE_TITLE), "")),
        form=form,
        withdraw_url=module_url(module, "withdraw", row_id=row_id) if own else "",
        wordings_url=module_url(module, "wordings", row_id=row_id),
        back_url=f"{index}#ende",
    )


def _place(module: ModuleRef, row_id: int) -> str:
    """Give where a message stands; the end of the room for one that is not in view."""
    session = here().session
    room = rooms.of_module(session, module)
    number = own.number_of(session, room.id, row_id)
    return stretch.address(module, room, number) if number else module_url(module, "index") + "#ende"
