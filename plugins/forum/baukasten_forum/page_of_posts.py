"""One page of a topic's posts: kept for all readers, with marks that become what is one reader's own."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from werkzeug.routing import RequestRedirect

from baukasten.plugin import ModuleRef
from baukasten.sdk import NotFound, here, kept_part, module_url, part, reasons
from baukasten_forum import addresses, gaps, mine, posts, thread
from baukasten_forum.keys import POST_TYPE, REACT, REPLY
from baukasten_forum.listing import AnyRow
from baukasten_forum.stages.shown import opening

CUT = Markup("<!--cut-->")
"""Parts the topic's own post from the replies; the heading of the replies stands between them."""


class Elsewhere(RequestRedirect):
    """What was asked for stands at another address, perhaps only today."""

    code = 302


@dataclass(frozen=True, slots=True)
class PageOfPosts:
    """The filled parts of a page."""

    own: Markup
    """The topic's own post; empty on later pages."""
    replies: Markup
    pages: Markup
    """The way to the other pages, where there are any."""


def load(module: ModuleRef, found: AnyRow, after: int, *, can_reply: bool, sees_held: bool) -> PageOfPosts:
    """Give the posts that stand behind a number, for the reader of this request.

    Raises Elsewhere where none are left there, since they moved to another topic.
    """
    place = here()
    # What was kept before this process heard of the latest posts must not stand on a page that leads past them.
    full = min(found.next_number - 1 - after, thread.PAGE_SIZE)
    key = ("forum", module.id, found.id, after, full, can_reply)
    shared = kept_part(key, "forum/posts.html", lambda: _shared(module, found, after, can_reply=can_reply))
    if after and not shared.strip():
        raise Elsewhere(_nearest(module, found, after))
    pages = _pages(module, found, after)
    if place.member is None:
        # Guests see the same as each other as long as the same may be done.
        own_key = (*key, opening(module, REACT, found).open, opening(module, REPLY, found).open)
        whole = kept_part(
            own_key, "forum/whole.html", lambda: {"html": mine.fill(module, found, shared, None)}
        )
        return PageOfPosts(*_parted(whole), pages)
    own, replies = _parted(shared)
    held = thread.waiting(place.session, found.id, place.member, sees_held=sees_held) if found.waits else ()
    if held:
        # Only who wrote them and who decides about them sees these, so they are filled for this person alone.
        rows = posts.shown(module, found, held)
        waiting = part("forum/posts.html", posts=rows, can_reply=can_reply, cut="", moved={})
        is_first = not own and not after
        own, replies = (waiting, replies) if is_first else (own, replies + waiting)
    return PageOfPosts(*_parted(mine.fill(module, found, own + CUT + replies, place.member)), pages)


def asked(found: AnyRow, written: str | None) -> int:
    """Give the number after which the asked page begins; each page has one address, others raise NotFound."""
    if written is None:
        return 0
    after = int(written) if written.isdecimal() and len(written) <= 18 else 0
    if written != str(after) or not after or after % thread.PAGE_SIZE or after >= found.next_number - 1:
        raise NotFound
    return after


def address(module: ModuleRef, found: AnyRow, number: int) -> str:
    """Give the address of the page on which a number stands."""
    after = thread.page_of(number)
    query = {"nach": after} if after else {}
    return module_url(module, "topic", topic_id=found.id, slug=found.slug, **query)


def judgements(rows: Any) -> Any:
    """Give what decisions say about some posts by id; a note may stand beside any of them."""
    ids = [row.id for row in rows]
    return reasons(here().session, POST_TYPE, ids) if ids else {}


def _parted(html: Markup) -> tuple[Markup, Markup]:
    own, cut, replies = html.partition(CUT)
    return (own, replies) if cut else (Markup(""), own)


def _shared(module: ModuleRef, found: AnyRow, after: int, *, can_reply: bool) -> dict[str, Any]:
    rows = thread.posts(here().session, found.id, after)
    shown = posts.shown(module, found, rows, judgements(rows))
    numbers = [row.number for row in rows]
    moved = gaps.of(here().session, module, found, after, after + thread.PAGE_SIZE, numbers)
    return {"posts": shown, "can_reply": can_reply, "cut": CUT, "moved": moved}


def _nearest(module: ModuleRef, found: AnyRow, after: int) -> str:
    near = addresses.neighbours(here().session, found.id, after, after + thread.PAGE_SIZE)
    return address(module, found, near.before or near.behind or 1)


def _pages(module: ModuleRef, found: AnyRow, after: int) -> Markup:
    """Give the way to other pages; ranges whose posts all moved away are not on it."""
    if found.next_number - 1 <= thread.PAGE_SIZE:
        return Markup("")

    def load() -> dict[str, Any]:
        near = addresses.neighbours(here().session, found.id, after, after + thread.PAGE_SIZE)
        numbers = {
            after + 1,
            1,
            *(thread.page_of(one) + 1 for one in (near.before, near.behind, near.newest) if one),
        }
        newest = f"{address(module, found, near.newest or 1)}#post-{near.newest}"
        return {
            "pages": _entries(module, found, sorted(numbers), after + 1),
            "newer_url": address(module, found, near.before) if after and near.before else "",
            "older_url": address(module, found, near.behind) if near.behind else "",
            "newest_url": newest if near.behind else "",
        }

    return kept_part(("forum", module.id, found.id, after, found.next_number), "forum/pages.html", load)


def _entries(module: ModuleRef, found: AnyRow, numbers: list[int], current: int) -> list[dict[str, Any]]:
    """Give the pages by the numbers they begin with; between those that are no neighbours stands a gap."""
    entries, last = [], 0
    for number in numbers:
        page = thread.page_of(number) // thread.PAGE_SIZE + 1
        url = address(module, found, number)
        entries.append({"page": page, "url": url, "current": number == current, "gap": page > last + 1})
        last = page
    return entries
