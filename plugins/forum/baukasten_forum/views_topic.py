"""The page of a topic, and the addresses that lead to it."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef
from baukasten.sdk import NotFound, here, may, module_url, opening, requires, tally
from baukasten_forum import forms, seen, service, thread, topic_page
from baukasten_forum.keys import HELD, READ, REPLY
from baukasten_forum.routes import NUMBER, POST, routes


@routes.get(f"/{NUMBER}-<slug>")
@requires(READ, cached=True)
def topic(module: ModuleRef, topic_id: int, slug: str) -> ResponseReturnValue:
    """Show a topic with one page of its posts."""
    place = here()
    sees_held = place.member is not None and may(place.session, place.member, HELD, module)
    found = thread.topic(place.session, module.id, topic_id, place.member, sees_held=sees_held)
    if slug != found.slug:
        asked = {"nach": request.args["nach"]} if "nach" in request.args else {}
        return redirect(module_url(module, "topic", topic_id=topic_id, slug=found.slug, **asked), 301)
    if found.visibility in thread.VISIBLE:
        tally(seen.KEY, topic_id)
    may_reply = place.member is not None and may(place.session, place.member, REPLY, module)
    form = forms.reply_form(topic_page.here_again()) if may_reply and opening(module, REPLY).open else None
    return topic_page.show(module, found, form, sees_held=sees_held)


@routes.get(POST)
@requires(READ)
def post(module: ModuleRef, topic_id: int, number: int) -> ResponseReturnValue:
    """Lead from a permalink to the page that holds the post."""
    place = here()
    found = thread.topic(place.session, module.id, topic_id, None, sees_held=False)
    if not thread.exists(place.session, topic_id, number):
        raise NotFound
    return redirect(topic_page.post_url(module, service.Written(topic_id, found.slug, 0, number)), 302)


@routes.get(f"/{NUMBER}")
@requires(READ)
def by_number(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Lead from the short address to the one that says what it is about."""
    found = thread.topic(here().session, module.id, topic_id, None, sees_held=False)
    return redirect(module_url(module, "topic", topic_id=topic_id, slug=found.slug), 301)
