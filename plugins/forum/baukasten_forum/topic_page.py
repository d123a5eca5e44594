"""The page of a topic: posts that all readers share, what is one reader's own, and what stands around them."""

from collections.abc import Callable
from typing import Any

from flask import request
from markupsafe import Markup

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import (
    Form,
    NotFound,
    SafeHtml,
    here,
    kept_part,
    module_url,
    opening,
    part,
    render,
    sign_in_url,
    site_url,
)
from baukasten_forum import mine, pages, service, thread
from baukasten_forum.keys import REACT, REPLY
from baukasten_forum.listing import AnyRow

Shown = Callable[[ModuleRef, AnyRow, MemberRef | None], Markup]
"""Gives a piece of the page, or nothing; kept where it is equal for all."""

BANNERS: list[Shown] = []
"""Above everything: what may be done here, and until when."""
TOP: list[Shown] = []
"""Between the title and the posts, such as the town's answer."""
ASIDE: list[Shown] = []
"""Beside the posts, under the facts, in this order."""
BELOW: list[Shown] = []
"""Under the posts and their pages, before the writer."""
CUT = Markup("<!--cut-->")
"""Parts the topic's own post from the replies; the heading of the replies stands between them."""


def show(
    module: ModuleRef, found: AnyRow, form: Form | None, preview: SafeHtml | None = None, *, sees_held: bool
) -> str:
    """Give the page of a topic with one page of its posts, and the form for a reply or the reason for none."""
    place = here()
    after = _page_asked(found)
    own, replies = _posts(module, found, after, can_reply=form is not None, sees_held=sees_held)
    open_now = opening(module, REPLY)
    own_page = module_url(module, "topic", topic_id=found.id, slug=found.slug)
    last = found.next_number - 1
    earlier = after - thread.PAGE_SIZE
    return render(
        "forum/topic.html",
        title=found.title,
        topic=pages.heading(found),
        crumbs=pages.crumbs(module, (found.title, "")),
        opening=own,
        replies=replies,
        banners=_all(BANNERS, module, found),
        top=_all(TOP, module, found),
        below=_all(BELOW, module, found),
        aside=_all(ASIDE, module, found),
        newer_url=f"{own_page}?nach={earlier}" if earlier > 0 else own_page if after else "",
        older_url=f"{own_page}?nach={after + thread.PAGE_SIZE}" if last > after + thread.PAGE_SIZE else "",
        form=form,
        preview=preview,
        closed=open_now.reason,
        sign_in_url=sign_in_url(own_page) if place.identity is None and open_now.open else "",
        rules_url=site_url("/regeln"),
    )


def here_again() -> str:
    """Give the address of this very page, so that a form comes back among the same posts."""
    return request.script_root + request.full_path.rstrip("?")


def post_url(module: ModuleRef, written: service.Written) -> str:
    """Give the address of a post on its page; of one that is being checked, where its author sees it."""
    number = written.number
    after = thread.page_of(number) if number else 0
    query = {"nach": after} if after else {}
    anchor = f"#post-{number}" if number else f"#held-{written.post_id}"
    return module_url(module, "topic", topic_id=written.topic_id, slug=written.slug, **query) + anchor


def _all(shown: list[Shown], module: ModuleRef, found: AnyRow) -> Markup:
    member = here().member
    return Markup("").join(one(module, found, member) for one in shown)


def _posts(
    module: ModuleRef, found: AnyRow, after: int, *, can_reply: bool, sees_held: bool
) -> tuple[Markup, Markup]:
    """Give the topic's own post and the replies of a page, with what is this reader's own."""
    place = here()
    # What was kept before this process heard of the latest posts must not stand on a page that leads past them.
    full = min(found.next_number - 1 - after, thread.PAGE_SIZE)
    key = ("forum", module.id, found.id, after, full, can_reply)

    def load() -> dict[str, Any]:
        rows = thread.posts(place.session, found.id, after)
        return {"posts": pages.shown(module, found, rows), "can_reply": can_reply, "cut": CUT}

    shared = kept_part(key, "forum/posts.html", load)
    if place.member is None:
        # Guests see the same as each other as long as the same may be done.
        own_key = (*key, opening(module, REACT).open, opening(module, REPLY).open)
        shared = kept_part(
            own_key, "forum/whole.html", lambda: {"html": mine.fill(module, found, shared, None)}
        )
        own, _cut, replies = shared.partition(CUT)
        return own, replies
    own, _cut, replies = shared.partition(CUT)
    held = thread.waiting(place.session, found.id, place.member, sees_held=sees_held)
    if held:
        # Only who wrote them and who decides about them sees these, so they are filled for this person alone.
        posts = pages.shown(module, found, held)
        waiting = part("forum/posts.html", posts=posts, can_reply=can_reply, cut="")
        is_first = not own and not after
        own, replies = (waiting, replies) if is_first else (own, replies + waiting)
    own, _cut, replies = mine.fill(module, found, own + CUT + replies, place.member).partition(CUT)
    return own, replies


def _page_asked(found: AnyRow) -> int:
    """Give the number after which the asked page begins; each page has one address, others raise NotFound."""
    if "nach" not in request.args:
        return 0
    asked = request.args["nach"]
    after = int(asked) if asked.isdecimal() and len(asked) <= 18 else 0
    if asked != str(after) or not after or after % thread.PAGE_SIZE or after >= found.next_number - 1:
        raise NotFound
    return after
