"""The list of what waits, for those who moderate."""

from flask import request

from baukasten.moderation import cases
from baukasten.moderation.blueprint import DECIDE, blueprint
from baukasten.moderation.queue import listing
from baukasten.plugin.text import lazy
from baukasten.web.here import here
from baukasten.web.marks import requires
from baukasten.web.templating import render

_ = lazy("core")
PAGE = 30


@blueprint.get("/verwaltung/moderation/")
@requires(DECIDE)
def queue() -> str:
    """List what waits, oldest first."""
    after = request.args.get("after", 0, int)
    found = listing.waiting(here().session, after=after, limit=PAGE)
    more = found[-1].id if len(found) == PAGE else None
    total = cases.count_open(here().session)
    return render("moderation/queue.html", title=_("Moderation"), cases=found, more=more, total=total)
