"""The page of a topic: posts that all readers share, what is one reader's own, and what stands around them."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import (
    Form,
    NotFound,
    here,
    kept_part,
    module_by_id,
    module_url,
    part,
    render,
    sign_in_url,
    site_url,
)
from baukasten_forum import categories, kept_forms, page_of_posts, pages, service, thread
from baukasten_forum.keys import REPLY
from baukasten_forum.listing import AnyRow
from baukasten_forum.stages.shown import opening

Shown = Callable[[ModuleRef, AnyRow, MemberRef | None], Markup]
"""Gives a piece of the page, or nothing; kept where it is equal for all."""

BANNERS: list[Shown] = []
"""Above everything: what may be done here, and until when."""
TOP: list[Shown] = []
"""Between the topic's own post and the replies, such as the town's answer."""
ASIDE: list[Shown] = []
"""Beside the posts, under the facts, in this order."""
BELOW: list[Shown] = []
"""Under the posts and their pages, before the writer."""
NOTED: list[Callable[[ModuleRef, AnyRow, MemberRef, int], None]] = []
"""Told that a member saw the page of posts after a number; called once the page is made."""


def show(
    module: ModuleRef,
    found: AnyRow,
    form: Form | None,
    writer: object | None = None,
    *,
    after: int,
    sees_held: bool,
    noted: bool = False,
    pristine: bool = False,
) -> str:
    """Give the page of a topic with the posts after a number, and the form for a reply or the reason for none.

    ``noted`` says that this is a visit, which the readers' places take notice of; ``pristine`` that the form is as
    everybody gets it, but for its mark.
    """
    place = here()
    posts = page_of_posts.load(module, found, after, can_reply=form is not None, sees_held=sees_held)
    open_now = opening(module, REPLY, found)
    own_page = module_url(module, "topic", topic_id=found.id, slug=found.slug)
    page = render(
        "forum/topic.html",
        title=found.title,
        topic=pages.heading(found, module),
        subject=subject(module, found),
        crumbs=pages.crumbs(module, (found.title, "")),
        opening=posts.own,
        replies=posts.replies,
        pages=posts.pages,
        banners=_all(BANNERS, module, found),
        top=_all(TOP, module, found),
        below=_all(BELOW, module, found),
        jump=_jump(module, found),
        aside=_all(ASIDE, module, found),
        form=form,
        panel=_panel(module, found, form, writer, pristine=pristine) if form else "",
        closed=open_now.reason,
        sign_in_url=sign_in_url(own_page) if place.identity is None and open_now.open else "",
        rules_url=site_url("/regeln"),
        feed_url=module_url(module, "topic_feed", topic_id=found.id),
    )
    if place.member is not None and noted:
        for note in NOTED:
            note(module, found, place.member, after)
    return page


def _panel(module: ModuleRef, found: AnyRow, form: Form, writer: object | None, *, pristine: bool) -> Markup:
    """Give the writer; one in which nothing was typed yet is the same for everybody."""
    values = {"form": form, "writer": writer, "rules_url": site_url("/regeln")}
    if not pristine:
        return part("forum/writing/panel.html", **values)
    nonce = form.field("nonce").value
    form.show("nonce", kept_forms.NONCE)
    key = ("forum", "writer", module.id, found.id, form.action)
    return kept_forms.fill(key, "forum/writing/panel.html", lambda: values, nonce)


def post_url(module: ModuleRef, written: service.Written) -> str:
    """Give the address of a post on its page; of one that is being checked, where its author sees it."""
    number = written.number
    after = thread.page_of(number) if number else 0
    query = {"nach": after} if after else {}
    anchor = f"#post-{number}" if number else f"#held-{written.post_id}"
    return module_url(module, "topic", topic_id=written.topic_id, slug=written.slug, **query) + anchor


def place_url(module: ModuleRef, row: AnyRow) -> str:
    """Give the address of a post that ``addresses`` found; another forum is asked itself, who may read there."""
    if row.module_id != module.id:
        return module_url(home_of(module, row.module_id), "post_by_id", post_id=row.id)
    return post_url(module, service.Written(row.topic_id, row.slug, row.id, row.number))


def home_of(module: ModuleRef, module_id: int) -> ModuleRef:
    """Give this forum or another one; raises NotFound for one whose address is not public yet."""
    if module_id == module.id:
        return module
    home = module_by_id(here().session, module_id)
    if home is None or not home.visible or (home.project is not None and not home.project.published):
        raise NotFound
    return home


def subject(module: ModuleRef, found: AnyRow) -> tuple[str, str] | None:
    """Give title and address of the topic's category."""
    for one in categories.kept(module) if found.category_id else ():
        if one.id == found.category_id:
            return one.title, module_url(module, "category", slug=one.slug)
    return None


def _jump(module: ModuleRef, found: AnyRow) -> Markup:
    """Give the form that leads to a number or a day, once a topic has more than one page."""
    last = found.next_number - 1

    def load() -> dict[str, Any]:
        url = module_url(module, "jump", topic_id=found.id) if last > thread.PAGE_SIZE else ""
        return {"url": url, "last": last, "print_url": module_url(module, "print_view", topic_id=found.id)}

    return kept_part(("forum", module.id, found.id, last), "forum/jump.html", load)


def _all(shown: list[Shown], module: ModuleRef, found: AnyRow) -> Markup:
    member = here().member
    return Markup("").join(one(module, found, member) for one in shown)
