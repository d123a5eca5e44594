"""Pages of a placed forum: the list, a topic, and the two forms."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    BaukastenError,
    Closed,
    Denied,
    Form,
    Invalid,
    NotFound,
    SafeHtml,
    TooMany,
    here,
    kept_part,
    may,
    module_url,
    opening,
    part,
    remember,
    render,
    render_markdown,
    requires,
    sign_in_url,
    signed_in,
    site_url,
)
from baukasten_forum import forms, listing, pages, service, thread
from baukasten_forum.keys import CREATE, HELD, READ, REPLY
from baukasten_forum.routes import NUMBER, POST, routes

_ = lazy("forum")
KEPT = (Invalid, Closed, Denied, TooMany)
"""Refusals after which the form comes back with everything that was typed."""


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


@routes.get("/neu")
@requires(CREATE)
def write(module: ModuleRef) -> ResponseReturnValue:
    """Show the form of a new topic."""
    return _write_page(module, forms.topic_form(module_url(module, "send")))


# Not @requires: what was typed must come back when the phase ended meanwhile; the service refuses.
@routes.post("/neu")
@signed_in
def send(module: ModuleRef) -> ResponseReturnValue:
    """Publish a new topic, or show its preview, or the form again with what helps."""
    place = here()
    form = forms.topic_form(module_url(module, "send"))
    if not form.read(request.form):
        return _write_page(module, form), 422
    try:
        if "preview" in request.form:
            return _write_page(module, form, render_markdown(form.values["body"]))
        written = service.open_topic(place.session, _member(), module, **form.values)
    except KEPT as error:
        return _write_page(module, form), _explain(form, error)
    place.session.commit()
    return redirect(module_url(module, "topic", topic_id=written.topic_id, slug=written.slug), 303)


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
    may_reply = place.member is not None and may(place.session, place.member, REPLY, module)
    form = forms.reply_form(_here_again()) if may_reply and opening(module, REPLY).open else None
    return _topic_page(module, found, form, sees_held=sees_held)


@routes.post(f"/{NUMBER}-<slug>")
@signed_in
def reply(module: ModuleRef, topic_id: int, slug: str) -> ResponseReturnValue:
    """Publish a reply, or show its preview, or the form again with what helps."""
    place = here()
    sees_held = may(place.session, place.member, HELD, module)
    found = thread.topic(place.session, module.id, topic_id, place.member, sees_held=sees_held)
    form = forms.reply_form(_here_again())
    if not form.read(request.form):
        return _topic_page(module, found, form, sees_held=sees_held), 422
    try:
        if "preview" in request.form:
            preview = render_markdown(form.values["body"])
            return _topic_page(module, found, form, preview, sees_held=sees_held)
        written = service.reply(place.session, _member(), module, topic_id, **form.values)
    except KEPT as error:
        status = _explain(form, error)
        return _topic_page(module, found, form, sees_held=sees_held), status
    place.session.commit()
    return redirect(_post_url(module, written), 303)


@routes.get(POST)
@requires(READ)
def post(module: ModuleRef, topic_id: int, number: int) -> ResponseReturnValue:
    """Lead from a permalink to the page that holds the post."""
    place = here()
    found = thread.topic(place.session, module.id, topic_id, None, sees_held=False)
    if not thread.exists(place.session, topic_id, number):
        raise NotFound
    return redirect(_post_url(module, service.Written(topic_id, found.slug, 0, number)), 302)


@routes.get(f"/{NUMBER}")
@requires(READ)
def by_number(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Lead from the short address to the one that says what it is about."""
    found = thread.topic(here().session, module.id, topic_id, None, sees_held=False)
    return redirect(module_url(module, "topic", topic_id=topic_id, slug=found.slug), 301)


def _member() -> MemberRef:
    member = here().member
    if member is None:
        raise Denied
    return member


def _here_again() -> str:
    """Give the address of this very page, so that a form comes back among the same posts."""
    return request.script_root + request.full_path.rstrip("?")


def _post_url(module: ModuleRef, written: service.Written) -> str:
    number = written.number
    after = thread.page_of(number) if number else 0
    query = {"nach": after} if after else {}
    anchor = f"#post-{number}" if number else f"#held-{written.post_id}"
    return module_url(module, "topic", topic_id=written.topic_id, slug=written.slug, **query) + anchor


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


def _explain(form: Form, error: BaukastenError) -> int:
    """Say in the form what was refused; gives the status of the answer."""
    if isinstance(error, Invalid):
        form.add_invalid(error)
        return 422
    form.add_error("", error.message)
    return 429 if isinstance(error, TooMany) else 403


def _write_page(module: ModuleRef, form: Form, preview: SafeHtml | None = None) -> str:
    return render(
        "forum/write.html",
        title=_("Write an idea"),
        crumbs=pages.crumbs(module, (str(_("Write an idea")), "")),
        form=form,
        preview=preview,
        rules_url=site_url("/regeln"),
    )


def _topic_page(
    module: ModuleRef, found: Any, form: Form | None, preview: SafeHtml | None = None, *, sees_held: bool
) -> str:
    place = here()
    after = _page_asked(found)
    held = thread.waiting(place.session, found.id, place.member, sees_held=sees_held) if place.member else ()
    own, replies = _posts(module, found, after, held, can_reply=form is not None)
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
        newer_url=f"{own_page}?nach={earlier}" if earlier > 0 else own_page if after else "",
        older_url=f"{own_page}?nach={after + thread.PAGE_SIZE}" if last > after + thread.PAGE_SIZE else "",
        form=form,
        preview=preview,
        closed=open_now.reason,
        sign_in_url=sign_in_url(own_page) if place.identity is None and open_now.open else "",
        rules_url=site_url("/regeln"),
    )


def _posts(
    module: ModuleRef, found: Any, after: int, held: Sequence[Any], *, can_reply: bool
) -> tuple[Markup, Markup]:
    """Give the topic's own post and the replies of a page; what everybody sees is filled once and kept."""
    rows: list[Any] = []

    def kept(*, first: bool) -> Markup:
        def load() -> dict[str, Any]:
            rows.extend(() if rows else thread.posts(here().session, found.id, after))
            chosen = [row for row in rows if (row.number == 1) is first]
            return {"posts": pages.shown(module, found, chosen), "can_reply": can_reply, "first": first}

        return kept_part(("forum", module.id, found.id, after, can_reply, first), "forum/posts.html", load)

    own = kept(first=True) if not after and found.next_number > 1 else Markup("")
    replies = kept(first=False)
    if held:
        # Only who wrote them and who decides about them sees these, so they are filled for this person alone.
        is_first = not own and not after
        waiting = part(
            "forum/posts.html", posts=pages.shown(module, found, held), can_reply=can_reply, first=is_first
        )
        own, replies = (waiting, replies) if is_first else (own, replies + waiting)
    return own, replies


def _page_asked(found: Any) -> int:
    """Give the number after which the asked page begins; each page has one address, others raise NotFound."""
    if "nach" not in request.args:
        return 0
    asked = request.args["nach"]
    after = int(asked) if asked.isdecimal() and len(asked) <= 18 else 0
    if asked != str(after) or not after or after % thread.PAGE_SIZE or after >= found.next_number - 1:
        raise NotFound
    return after
