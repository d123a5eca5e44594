"""The page of a topic, and the addresses that lead to it."""

import datetime as dt

from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import RequestRedirect

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import NotFound, here, may, module_url, requires, tally, translator
from baukasten_forum import addresses, page_of_posts, seen, thread, topic_page
from baukasten_forum.forms import here_again
from baukasten_forum.keys import HELD, READ, REPLY
from baukasten_forum.listing import AnyRow
from baukasten_forum.routes import NUMBER, POST, routes
from baukasten_forum.stages.shown import opening
from baukasten_forum.writing.shown import reply_form

LARGEST = 2**31 - 1


class Moved(RequestRedirect):
    """The topic went into another one, for good."""

    code = 301


@routes.get(f"/{NUMBER}-<slug>")
@requires(READ, cached=True)
def topic(module: ModuleRef, topic_id: int, slug: str) -> ResponseReturnValue:
    """Show a topic with one page of its posts."""
    place = here()
    sees_held = place.member is not None and may(place.session, place.member, HELD, module)
    found = reach(module, topic_id, place.member, sees_held=sees_held)
    if slug != found.slug:
        asked = {"nach": request.args["nach"]} if "nach" in request.args else {}
        return redirect(module_url(module, "topic", topic_id=topic_id, slug=found.slug, **asked), 301)
    if found.visibility in thread.VISIBLE:
        tally(seen.KEY, topic_id)
    may_reply = place.member is not None and may(place.session, place.member, REPLY, module)
    form = writer = None
    if place.member is not None and may_reply and opening(module, REPLY, found).open:
        form, writer = reply_form(module, found, place.member, here_again(), request.args)
    after = page_of_posts.asked(found, request.args.get("nach"))
    return topic_page.show(
        module,
        found,
        form,
        writer,
        after=after,
        sees_held=sees_held,
        noted=request.method == "GET",
        # With more in the address the form holds a quotation or a draft.
        pristine=request.args.keys() <= {"nach"},
    )


@routes.get(POST)
@requires(READ)
def post(module: ModuleRef, topic_id: int, number: int) -> ResponseReturnValue:
    """Lead from a permalink to the page that holds the post, also from a number that it had before it moved."""
    row = addresses.by_number(here().session, module, topic_id, number)
    moved = (row.topic_id, row.number) != (topic_id, number)
    return redirect(topic_page.place_url(module, row), 301 if moved else 302)


@routes.get("/beitrag/<int(max=9223372036854775807):post_id>")
@requires(READ)
def post_by_id(module: ModuleRef, post_id: int) -> ResponseReturnValue:
    """Lead to a post wherever it is now."""
    return redirect(topic_page.place_url(module, addresses.by_id(here().session, post_id)), 302)


@routes.get("/von/<path:old>")
@requires(READ)
def old_address(module: ModuleRef, old: str) -> ResponseReturnValue:
    """Lead from the address that an imported post had in the system before."""
    query = request.query_string.decode("utf-8", "replace")
    path = f"/{old}?{query}" if query else f"/{old}"
    return redirect(topic_page.place_url(module, addresses.by_path(here().session, module, path)), 301)


@routes.get(f"/{NUMBER}")
@requires(READ)
def by_number(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Lead from the short address to the one that says what it is about."""
    found = reach(module, topic_id)
    return redirect(module_url(module, "topic", topic_id=topic_id, slug=found.slug), 301)


@routes.get(f"/{NUMBER}/springen")
@requires(READ)
def jump(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Lead to a number, or to the first post of a day; beyond the end to the last one."""
    found = reach(module, topic_id)
    number = _number_asked(found.id)
    near = addresses.neighbours(here().session, found.id, number, number - 1)
    # The post itself counts as the nearest one behind the number before it.
    target = near.behind or near.newest or 1
    return redirect(f"{page_of_posts.address(module, found, target)}#post-{target}", 302)


def reach(
    module: ModuleRef,
    topic_id: int,
    reader: MemberRef | None = None,
    *,
    sees_held: bool = False,
    page: str = "by_number",
) -> AnyRow:
    """Give a topic that the reader may see, or everybody.

    Raises NotFound, and Moved to the same ``page`` of the topic into which everything of this one went.
    """
    session = here().session
    try:
        found = thread.topic(session, module.id, topic_id, reader, sees_held=sees_held)
    except NotFound:
        # What was split off and put back is gone, but its posts stand where they came from.
        _lead(module, addresses.put_back_into(session, module, topic_id), page)
        raise
    _lead(module, found.merged_into, page)
    return found


def _lead(module: ModuleRef, target_id: int | None, page: str) -> None:
    """Raise Moved when there is a topic to go to."""
    if target_id is None:
        return
    target = addresses.topic(here().session, target_id)
    home = topic_page.home_of(module, target.module_id)
    raise Moved(module_url(home, page, topic_id=target.id))


def _number_asked(topic_id: int) -> int:
    """Read where somebody wants to go; what cannot be read leads to the beginning."""
    written = request.args.get("zu", "").strip().removeprefix("#")
    if written.isdecimal():
        return max(1, min(int(written[:18]), LARGEST))
    try:
        day = dt.date.fromisoformat(request.args.get("tag", ""))
        moment = dt.datetime.combine(day, dt.time(), translator().formats.zone).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return 1
    return addresses.since(here().session, topic_id, moment) or LARGEST
