"""The page of what a message said before."""

from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import NotFound, here, module_url, render, signed_in, translator
from baukasten_chat.crumbs import crumbs
from baukasten_chat.messages.wordings import history
from baukasten_chat.routes import ID, routes

_ = lazy("chat")


@routes.get(f"/nachricht/{ID}/fassungen")
@signed_in
def wordings(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Show a message's wordings to its author and to those who moderate, the newest first."""
    place = here()
    if place.member is None:
        raise NotFound
    found = history(place.session, place.member, module, row_id)
    when, number = translator().datetime, found.message_number
    title = str(_("Wordings of the message"))
    return render(
        "chat/wordings.html",
        title=title,
        crumbs=crumbs(module, (title, "")),
        versions=[(one, when(one.at)) for one in reversed(found.versions)],
        back_url=module_url(module, "message", number=number) if number else module_url(module, "index"),
    )
