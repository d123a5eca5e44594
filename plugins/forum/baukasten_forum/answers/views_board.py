"""The board: how much the town has answered, and what still waits, the oldest first; for everybody."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    NotFound,
    clock,
    days_between,
    here,
    kept_part,
    module_url,
    next_midnight,
    remember,
    render,
    requires,
    translator,
    valid_until,
)
from baukasten_forum import categories, listing, outcomes, pages
from baukasten_forum.categories import Known
from baukasten_forum.keys import READ
from baukasten_forum.listing import AnyRow, Chosen, Counts
from baukasten_forum.routes import routes

_ = lazy("forum")
OLDEST_FIRST = listing.SORTS["unbeantwortet"]


@routes.get("/antworten")
@requires(READ, cached=True)
def board(module: ModuleRef) -> ResponseReturnValue:
    """Show how many contributions are answered and which are not."""
    place, now = here(), clock.now()
    midnight = next_midnight(now, translator().formats.zone)
    # The days of waiting count up at midnight, on kept pages too.
    valid_until(midnight)
    known = categories.kept(module)
    category = _asked(known)
    counts = remember(("forum", "counts", module.id), lambda: listing.counts(place.session, module.id))
    beyond = request.args.get("nach", ""), request.args.get("vor", "")
    key = ("forum", "board", module.id, category and category.id, *beyond, midnight)
    table = kept_part(
        key, "forum/answers/open.html", lambda: _table(module, category, {one.id: one.title for one in known}, *beyond)
    )  # fmt: skip
    return render(
        "forum/answers/board.html",
        title=_("What the town answered"),
        crumbs=pages.crumbs(module, (str(_("Answers of the town")), "")),
        answered=counts.answered,
        total=counts.answerable,
        waiting=_oldest(module, counts),
        outcomes=_outcomes(counts),
        chips=_chips(module, known, category),
        table=table,
    )


def _asked(known: Any) -> Known | None:
    """Read the category that the board is narrowed to; raises NotFound for one that is not there."""
    slug = request.args.get("kategorie", "")
    if not slug:
        return None
    for one in known:
        if one.slug == slug:
            return one  # type: ignore[no-any-return]
    raise NotFound


def _oldest(module: ModuleRef, counts: Counts) -> int | None:
    """Count the days that the oldest open contribution waits; none where none is open."""
    if not counts.unanswered:
        return None
    session = here().session
    key = ("forum", "oldest open", module.id)
    rows = remember(key, lambda: listing.page(session, module.id, OLDEST_FIRST).rows[:1])
    return _days(rows[0]) if rows else None


def _days(row: AnyRow) -> int:
    return days_between(clock.now(), row.created_at, translator().formats.zone)


def _outcomes(counts: Counts) -> list[tuple[str, int]]:
    """Give how many contributions came to which end, without those that are only open."""
    order = [key for key in outcomes.LABELS if key != "open"]
    return [(key, counts.outcomes[key]) for key in order if counts.outcomes.get(key)]


def _chips(module: ModuleRef, known: Any, category: Known | None) -> list[dict[str, Any]]:
    if not known:
        return []
    every = {
        "label": str(_("All subjects")),
        "url": module_url(module, "board"),
        "current": category is None,
    }
    return [every] + [
        {
            "label": one.title,
            "url": module_url(module, "board", kategorie=one.slug),
            "current": category is not None and one.id == category.id,
        }
        for one in known
    ]


def _table(
    module: ModuleRef, category: Known | None, titles: dict[int, str], after: str, before: str
) -> dict[str, Any]:
    """Give one page of what is open; raises NotFound for a key that no page gave."""
    chosen = Chosen(("category",), {"category": category.id}) if category else Chosen()
    page = listing.page(here().session, module.id, OLDEST_FIRST, chosen, after=after, before=before)
    if (after or before) and not page.rows:
        raise NotFound
    narrowed = {"kategorie": category.slug} if category else {}

    def url(**query: str) -> str:
        return module_url(module, "board", **narrowed, **query)

    day = translator().date
    return {
        "rows": [
            {
                "title": row.title,
                "url": module_url(module, "topic", topic_id=row.id, slug=row.slug),
                "subject": titles.get(row.category_id, ""),
                "when": day(row.created_at),
                "days": _days(row),
            }
            for row in page.rows
        ],
        "newer_url": url(vor=page.newer) if page.newer else "",
        "older_url": url(nach=page.older) if page.older else "",
    }
