"""The list of a placed forum, and those of its categories."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef
from baukasten.sdk import NotFound, module_url, requires
from baukasten_forum import categories, filters, list_page
from baukasten_forum.keys import READ
from baukasten_forum.routes import routes


@routes.get("/")
@requires(READ, cached=True)
def index(module: ModuleRef) -> ResponseReturnValue:
    """List the topics, narrowed and in order, a page at a time."""
    asked = request.args.get("kategorie", "")
    if asked:
        # The form has one address for all; a category has a page of its own.
        rest = {key: request.args[key] for key in filters.names() if request.args.get(key)}
        return redirect(module_url(module, "category", slug=asked, **rest), 302)
    return list_page.show(module, request.args)


@routes.get("/kategorie/<slug>")
@requires(READ, cached=True)
def category(module: ModuleRef, slug: str) -> ResponseReturnValue:
    """List the topics of one category."""
    for one in categories.kept(module):
        if one.slug == slug:
            return list_page.show(module, request.args, one)
    raise NotFound
