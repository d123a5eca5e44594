"""Plans as everybody reads them: the list, one plan with its passages or places, all remarks on it."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import MediaRef, ModuleRef, lazy
from baukasten.sdk import (
    NotFound,
    SafeHtml,
    here,
    kept_part,
    media_by_id,
    module_url,
    render,
    requires,
)
from baukasten_forum import list_page, listing, pages, topic_page
from baukasten_forum.keys import CREATE, READ
from baukasten_forum.listing import AnyRow, Chosen
from baukasten_forum.plans import forms, grid, reading, shown
from baukasten_forum.routes import routes
from baukasten_forum.stages.shown import opening

_ = lazy("forum")
PLAN_ID = "<int(max=9223372036854775807):plan_id>"
NEWEST_FIRST = listing.SORTS["neu"]


@routes.get("/plaene/")
@requires(READ, cached=True)
def plans(module: ModuleRef) -> ResponseReturnValue:
    """List the plans of a forum."""
    return render(
        "forum/plans/list.html",
        title=_("Plans"),
        crumbs=pages.crumbs(module, (str(_("Plans")), "")),
        plans=[
            {"plan": one, "url": module_url(module, "plan", plan_id=one.id)} for one in reading.kept(module)
        ],
    )


@routes.get(f"/plaene/{PLAN_ID}")
@requires(READ, cached=True)
def plan(module: ModuleRef, plan_id: int) -> ResponseReturnValue:
    """Show a plan with the way to say something about each of its places."""
    session = here().session
    row = reading.find(session, module, plan_id)
    is_open = opening(module, CREATE).open
    load = text_plan if row.kind == reading.TEXT else picture_plan
    key = ("forum", "plan", module.id, row.id, is_open)
    html = kept_part(
        key, f"forum/plans/{row.kind}.html", lambda: load(module, row, is_open=is_open)
    )  # fmt: skip
    return render(
        "forum/plans/plan.html",
        title=row.title,
        crumbs=pages.crumbs(module, (str(_("Plans")), module_url(module, "plans")), (row.title, "")),
        description=row.description,
        closed=opening(module, CREATE).reason,
        html=html,
        remark_url=module_url(module, "remark", plan_id=row.id) if is_open else "",
        remarks_url=module_url(module, "remarks", plan_id=row.id),
        kind=row.kind,
    )


@routes.get(f"/plaene/{PLAN_ID}/anmerkungen")
@requires(READ, cached=True)
def remarks(module: ModuleRef, plan_id: int) -> ResponseReturnValue:
    """List the remarks on a plan, or on one passage of it, the newest first."""
    session = here().session
    row = reading.find(session, module, plan_id)
    asked = request.args.get("stelle", "")
    passage = forms.checked_number(asked, len(row.passages))
    if asked and passage is None:
        raise NotFound
    chosen = Chosen(("plan", "passage") if passage else ("plan",), {"plan": row.id, "passage": passage})
    beyond = {"after": request.args.get("nach", ""), "before": request.args.get("vor", "")}
    found = listing.page(session, module.id, NEWEST_FIRST, chosen, **beyond)
    if any(beyond.values()) and not found.rows:
        raise NotFound
    narrowed = {"stelle": passage} if passage else {}

    def url(**query: Any) -> str:
        return module_url(module, "remarks", plan_id=row.id, **narrowed, **query)

    home = module_url(module, "plan", plan_id=row.id)
    return render(
        "forum/plans/remarks.html",
        title=_("Remarks"),
        crumbs=pages.crumbs(
            module, (str(_("Plans")), module_url(module, "plans")), (row.title, home), (str(_("Remarks")), "")
        ),
        plan=row,
        plan_url=f"{home}#p-{passage}" if passage else home,
        passage=passage,
        quoted=SafeHtml(row.passages[passage - 1]) if passage else None,
        remarks=pages.lines(module, found.rows, {}),
        newer_url=url(vor=found.newer) if found.newer else "",
        older_url=url(nach=found.older) if found.older else "",
    )


def text_plan(module: ModuleRef, row: AnyRow, *, is_open: bool) -> dict[str, Any]:
    """Give a text's passages with how many remarks there are on each."""
    counts = reading.by_passage(here().session, row.id)
    write = module_url(module, "remark", plan_id=row.id)
    read = module_url(module, "remarks", plan_id=row.id)
    return {
        "passages": [
            {
                "number": number,
                "html": SafeHtml(html),
                "remarks": counts.get(number, 0),
                "url": f"{read}?stelle={number}",
                "write_url": f"{write}?stelle={number}" if is_open else "",
            }
            for number, html in enumerate(row.passages, 1)
        ],
        "whole": counts.get(None, 0),
        "remarks_url": read,
    }


def picture_plan(module: ModuleRef, row: AnyRow, *, is_open: bool) -> dict[str, Any]:
    """Give a picture with its fields, the remarks as numbered places on it and as a list."""
    media = picture_of(row)
    dots = reading.dots(here().session, row.id)
    wide, high = grid.shown_size(media.width or 1, media.height or 1)
    write = module_url(module, "remark", plan_id=row.id)
    return {
        "picture": media,
        "width": wide,
        "height": high,
        "write_url": write if is_open else "",
        "columns": _lines(grid.COLUMNS, wide),
        "rows": _lines([str(one + 1) for one in range(grid.ROWS)], high),
        "remarks": [
            {
                "number": number,
                "title": dot.title,
                "url": module_url(module, "topic", topic_id=dot.id, slug=dot.slug),
                "place": shown.place_text(dot),
                "replies": dot.replies,
                "state": "" if dot.outcome == "open" else dot.outcome,
                "x": None if dot.x is None else round(dot.x * wide / grid.WHOLE),
                "y": None if dot.y is None else round(dot.y * high / grid.WHOLE),
            }
            for number, dot in enumerate(dots, 1)
        ],
        "is_cut": len(dots) == reading.MAX_DOTS,
        "remarks_url": module_url(module, "remarks", plan_id=row.id),
    }


def picture_of(row: AnyRow) -> MediaRef:
    """Give the picture of a plan. Raises NotFound when its file is gone."""
    media = media_by_id(here().session, [row.media_id]).get(row.media_id)
    if media is None:
        raise NotFound
    return media


def _lines(labels: Any, length: int) -> list[dict[str, Any]]:
    """Give where the fields of one direction begin and have their middle, in pixels."""
    size = length / len(labels)
    return [
        {"label": label, "start": round(at * size), "middle": round((at + 0.5) * size)}
        for at, label in enumerate(labels)
    ]


list_page.ABOVE.append(shown.above)
topic_page.BANNERS.append(shown.about)
