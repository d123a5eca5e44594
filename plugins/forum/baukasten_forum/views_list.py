"""The list of a placed forum."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef
from baukasten.sdk import NotFound, here, may, module_url, opening, remember, render, requires
from baukasten_forum import listing, pages
from baukasten_forum.keys import CREATE, READ
from baukasten_forum.routes import routes


@routes.get("/")
@requires(READ, cached=True)
def index(module: ModuleRef) -> ResponseReturnValue:
    """List the topics in one of a few orders, a page at a time."""
    place = here()
    sort = listing.SORTS.get(request.args.get("sort", listing.DEFAULT))
    if sort is None:
        raise NotFound
    after, before = request.args.get("nach", ""), request.args.get("vor", "")
    found = listing.page(place.session, module.id, sort, after=after, before=before)
    if (after or before) and not found.rows:
        raise NotFound
    open_now = opening(module, CREATE)
    can_write = open_now.open and (place.member is None or may(place.session, place.member, CREATE, module))
    order = {} if sort.key == listing.DEFAULT else {"sort": sort.key}
    return render(
        "forum/list.html",
        title=module.title,
        module=module,
        intro=module.settings.get("intro", ""),
        crumbs=pages.crumbs(module),
        total=remember(("forum", "total", module.id), lambda: listing.total(place.session, module.id)),
        days_left=pages.days_left(open_now),
        closed=open_now.reason,
        write_url=module_url(module, "write") if can_write else "",
        sorts=_sorts(module, sort.key),
        topics=pages.lines(module, found.rows),
        older_url=module_url(module, "index", **order, nach=found.older) if found.older else "",
        newer_url=module_url(module, "index", **order, vor=found.newer) if found.newer else "",
    )


def _sorts(module: ModuleRef, current: str) -> list[dict[str, Any]]:
    base = module_url(module, "index")
    return [
        {
            "label": sort.label,
            "url": base if sort.key == listing.DEFAULT else f"{base}?sort={sort.key}",
            "current": sort.key == current,
        }
        for sort in listing.SORTS.values()
    ]
