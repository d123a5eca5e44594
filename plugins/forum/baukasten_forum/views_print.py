"""A topic on paper: all its posts in sheets of five hundred, with facts and addresses one can type."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef
from baukasten.sdk import NotFound, absolute_url, here, module_url, render, requires
from baukasten_forum import page_of_posts, pages, posts, thread, topic_page
from baukasten_forum.keys import READ
from baukasten_forum.listing import AnyRow
from baukasten_forum.routes import NUMBER, routes
from baukasten_forum.views_topic import reach

SHEET = 500
"""Posts a sheet; a browser prints so many without trouble."""


@routes.get(f"/{NUMBER}/druck")
@requires(READ, cached=True)
def print_view(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Show up to five hundred posts of a topic as one sheet to print."""
    found = reach(module, topic_id)
    after = _sheet_asked(found)
    rows = thread.posts(here().session, found.id, after, SHEET)
    if after and not rows:
        return redirect(module_url(module, "print_view", topic_id=topic_id), 302)
    address = module_url(module, "topic", topic_id=found.id, slug=found.slug)
    return render(
        "forum/print.html",
        title=found.title,
        crumbs=pages.crumbs(module, (found.title, address)),
        topic=pages.heading(found),
        module_title=module.title,
        subject=topic_page.subject(module, found),
        address=absolute_url(address),
        posts=list(posts.shown(module, found, rows, page_of_posts.judgements(rows))),
        sheets=_sheets(module, found, after),
    )


def _sheet_asked(found: AnyRow) -> int:
    """Give the number after which the sheet begins; each sheet has one address, others raise NotFound."""
    if "ab" not in request.args:
        return 0
    written = request.args["ab"]
    after = int(written) if written.isdecimal() and len(written) <= 18 else 0
    if written != str(after) or not after or after % SHEET or after >= found.next_number - 1:
        raise NotFound
    return after


def _sheets(module: ModuleRef, found: AnyRow, current: int) -> list[dict[str, object]]:
    """Give all sheets of a topic, with what they hold and their addresses; nothing where one is enough."""
    last = found.next_number - 1
    if last <= SHEET:
        return []
    return [
        {
            "since": after + 1,
            "until": min(after + SHEET, last),
            "url": module_url(module, "print_view", topic_id=found.id, **({"ab": after} if after else {})),
            "current": after == current,
        }
        for after in range(0, last, SHEET)
    ]
