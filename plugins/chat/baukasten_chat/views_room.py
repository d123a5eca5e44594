"""The page of a room."""

from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef
from baukasten.sdk import render, requires
from baukasten_chat.keys import READ
from baukasten_chat.routes import routes


@routes.get("/")
@requires(READ)
def index(module: ModuleRef) -> ResponseReturnValue:
    """Show what is said and asked in a room."""
    return render("chat/room.html", module=module)
