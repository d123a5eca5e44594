"""The front page of a list: what it brings, how to subscribe, and its latest issues."""

from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef
from baukasten.sdk import render, requires
from baukasten_newsletter.keys import READ
from baukasten_newsletter.routes import routes


@routes.get("/")
@requires(READ)
def front(module: ModuleRef) -> ResponseReturnValue:
    """Show the list."""
    return render("newsletter/list.html", module=module)
