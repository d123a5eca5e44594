"""Pressing, following, reading: the forms of people, and the feeds of everybody."""

from typing import Any

from flask import Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import NotFound, SignInNeeded, here, module_url, render, require, requires, signed_in
from baukasten_forum import categories, pages, thread
from baukasten_forum.following import feeds, levels, positions, reactions
from baukasten_forum.following.feeds import Feed
from baukasten_forum.following.levels import Matter
from baukasten_forum.following.reactions import Count
from baukasten_forum.keys import READ, Level, ReactionKind
from baukasten_forum.routes import NUMBER, POST, routes
from baukasten_forum.views_topic import reach

_ = lazy("forum")
CATEGORY = "/kategorie/<slug>"


@routes.post(f"{POST}/reaktion")
@signed_in
def react(module: ModuleRef, topic_id: int, number: int) -> ResponseReturnValue:
    """Support or thank, or take it back; the button names what, its value whether."""
    session = here().session
    kind = next((one for one in ReactionKind if request.form.get(one.value) in ("0", "1")), None)
    if kind is None:
        raise NotFound
    pressed = request.form[kind.value] == "1"
    count = reactions.react(session, _reader(module), module, topic_id, number, kind, pressed=pressed)
    session.commit()
    if request.accept_mimetypes.best == "application/json":
        return jsonify(pressed=count.pressed, count=count.count, said=_said(kind, count))
    url = module_url(module, "topic", topic_id=topic_id, slug=count.slug)
    after = thread.page_of(number)
    return redirect(f"{url}?nach={after}#post-{number}" if after else f"{url}#post-{number}", 303)


@routes.post(f"/{NUMBER}/folgen")
@signed_in
def follow_topic(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Choose how closely to follow a topic."""
    matter = levels.topic_matter(here().session, module, topic_id)
    return _choose(module, matter, module_url(module, "by_number", topic_id=topic_id))


@routes.post(f"{CATEGORY}/folgen")
@signed_in
def follow_category(module: ModuleRef, slug: str) -> ResponseReturnValue:
    """Choose how closely to follow a category."""
    matter = levels.category_matter(here().session, module, slug)
    return _choose(module, matter, module_url(module, "category", slug=slug))


@routes.post("/folgen")
@signed_in
def follow(module: ModuleRef) -> ResponseReturnValue:
    """Choose how closely to follow a forum."""
    return _choose(module, Matter(module.id), module_url(module, "index"))


@routes.get("/folgen")
@signed_in
def followed(module: ModuleRef) -> ResponseReturnValue:
    """List what one follows or mutes in this forum."""
    rows = levels.chosen(here().session, _reader(module).id, module.id)
    return render(
        "forum/following/list.html",
        title=_("What I follow"),
        crumbs=pages.crumbs(module, (str(_("What I follow")), "")),
        entries=[_entry(module, row) for row in rows],
        index_url=module_url(module, "index"),
    )


@routes.post("/folgen/<int(min=1, max=9223372036854775807):follow_id>/loeschen")
@signed_in
def unfollow(module: ModuleRef, follow_id: int) -> ResponseReturnValue:
    """Take one choice back."""
    session = here().session
    levels.drop(session, _reader(module), module, follow_id)
    session.commit()
    return redirect(module_url(module, "followed"), 303)


@routes.post("/gelesen")
@signed_in
def read_forum(module: ModuleRef) -> ResponseReturnValue:
    """Let everything in the forum count as read."""
    return _read(module, None, module_url(module, "index"))


@routes.post(f"{CATEGORY}/gelesen")
@signed_in
def read_category(module: ModuleRef, slug: str) -> ResponseReturnValue:
    """Let everything in a category count as read."""
    matter = levels.category_matter(here().session, module, slug)
    return _read(module, matter.category_id, module_url(module, "category", slug=slug))


@routes.get("/feed")
@requires(READ, cached=True)
def feed(module: ModuleRef) -> ResponseReturnValue:
    """Give the newest topics of the forum as an Atom feed."""
    intro = module.settings.get("intro", "")
    said = Feed(module.title, intro, module.path, module_url(module, "index"), module_url(module, "feed"))
    return _feed(module, said, feeds.of_forum(here().session, module))


@routes.get(f"{CATEGORY}/feed")
@requires(READ, cached=True)
def category_feed(module: ModuleRef, slug: str) -> ResponseReturnValue:
    """Give the newest topics of a category as an Atom feed."""
    found = next((one for one in categories.kept(module) if one.slug == slug), None)
    if found is None:
        raise NotFound
    urls = (module_url(module, name, slug=slug) for name in ("category", "category_feed"))
    said = Feed(
        f"{module.title}: {found.title}", found.description, f"{module.path}kategorie/{found.id}", *urls
    )
    return _feed(module, said, feeds.of_category(here().session, module, found.id))


@routes.get(f"/{NUMBER}/feed")
@requires(READ, cached=True)
def topic_feed(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Give the newest posts of a topic as an Atom feed."""
    session = here().session
    found = reach(module, topic_id, page="topic_feed")
    url = module_url(module, "topic", topic_id=topic_id, slug=found.slug)
    own = module_url(module, "topic_feed", topic_id=topic_id)
    said = Feed(found.title, module.title, f"{module.path}{topic_id}", url, own)
    return _feed(module, said, feeds.of_topic(session, module, topic_id))


def _feed(module: ModuleRef, said: Feed, rows: Any) -> Response:
    return Response(feeds.atom(module, said, rows), content_type=feeds.MEDIA_TYPE)


def _choose(module: ModuleRef, matter: Matter, back: str) -> ResponseReturnValue:
    session, asked = here().session, request.form.get("stufe", "")
    back_to_wider = "sonst" in request.form
    if not back_to_wider and asked not in list(Level):
        raise NotFound
    levels.choose(session, _reader(module), matter, None if back_to_wider else Level(asked))
    session.commit()
    return redirect(back, 303)


def _read(module: ModuleRef, category_id: int | None, back: str) -> ResponseReturnValue:
    session = here().session
    positions.read_all(session, _reader(module), module.id, category_id)
    session.commit()
    return redirect(back, 303)


def _reader(module: ModuleRef) -> MemberRef:
    """Give who asks, if they may read here; following and reading on are no writing, muted members may."""
    member = here().member
    if member is None:
        raise SignInNeeded
    require(here().session, member, READ, module)
    return member


def _entry(module: ModuleRef, row: Any) -> dict[str, object]:
    url = module_url(module, "index")
    if row.topic_id is not None:
        url = module_url(module, "topic", topic_id=row.topic_id, slug=row.slug)
    elif row.category_id is not None:
        url = module_url(module, "category", slug=row.category_slug)
    return {
        "title": row.title or row.category or module.title,
        "url": url,
        "level": row.level,
        "drop_url": module_url(module, "unfollow", follow_id=row.id),
    }


def _said(kind: ReactionKind, count: Count) -> str:
    """Say what a press did, for those who do not see the button change."""
    if kind is ReactionKind.SUPPORT:
        return str(_("You support this.") if count.pressed else _("You no longer support this."))
    return str(_("You said thanks.") if count.pressed else _("You took your thanks back."))
