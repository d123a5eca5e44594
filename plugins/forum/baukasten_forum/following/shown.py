"""What following, reading and reactions add to the pages: buttons in posts, the box beside them, the foot of lists."""

from collections.abc import Collection, Mapping, Sequence

from markupsafe import Markup, escape

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import here, kept_part, may, module_url, part, sign_in_url, site_url
from baukasten_forum import filters, kept_forms, list_page, listing, mine, thread, topic_page
from baukasten_forum.categories import Known
from baukasten_forum.filters import Asked
from baukasten_forum.following import levels, marks, positions, reactions
from baukasten_forum.following.levels import Matter
from baukasten_forum.keys import REACT, Level, ReactionKind
from baukasten_forum.list_page import Chip
from baukasten_forum.listing import AnyRow
from baukasten_forum.mine import Fact
from baukasten_forum.stages.shown import opening

_ = lazy("forum")
NEW = "neu"
"""The name of the switch in the address of a list."""
ANCHOR = "weiter"
LEVELS = "forum.levels"
"""Key of a session's ``info``: what a member chose for the forum of the list and for its categories."""
CHOICES = (
    (Level.FOLLOW, _("Follow"), _("A notice for everything new here")),
    (Level.NORMAL, _("Normal"), _("A notice when somebody replies to me, mentions me or the town answers")),
    (Level.MUTE, _("Mute"), _("No notices from here")),
)


def feet(
    module: ModuleRef, topic: AnyRow, posts: Sequence[Fact], member: MemberRef | None
) -> Mapping[int, Markup]:
    """Give each post its buttons for support and thanks, or how often both were pressed."""
    can = (
        member is not None
        and opening(module, REACT, topic).open
        and may(here().session, member, REACT, module)
    )
    pressed: frozenset[str] = frozenset()
    if member is not None:
        pressed = marks.of(here().session, module, topic, member, [post.id for post in posts]).pressed
    base, patterns = escape(f"{module_url(module, 'index')}{topic.id}/"), _Patterns()
    offered = _Offers(module, topic)
    found = {}
    for post in posts:
        own = member is not None and post.author_id == member.id
        buttons = [
            _button(post, kind, base, patterns[kind, f"{post.id}{kind}" in pressed, post.number == 1])
            if can and not own
            else _count(post, kind)
            for kind in offered[min(post.number, 2), post.kind]
        ]
        if buttons:
            found[post.id] = Markup("".join(buttons))  # noqa: S704 - Markup with Markup in it
        if member is None and post.number == 1 and buttons and opening(module, REACT, topic).open:
            found[post.id] += _invitation(module, topic)
    return found


def resume(
    module: ModuleRef, topic: AnyRow, posts: Sequence[Fact], member: MemberRef | None
) -> Mapping[int, Markup]:
    """Give the line before the first post that a member has not read, on the page where it stands."""
    numbered = [post for post in posts if post.number]
    if member is None or not numbered:
        return {}
    known = marks.of(here().session, module, topic, member, [post.id for post in posts])
    unread = [post for post in numbered if known.number is not None and post.number > known.number]
    if not unread or known.number is None or known.number < thread.page_of(numbered[0].number):
        return {}
    further = max(0, topic.last_number - numbered[-1].number)
    count = sum(post.author_id != member.id for post in unread) + further
    return {unread[0].id: part("forum/following/resume.html", count=count, anchor=ANCHOR)} if count else {}


def box(module: ModuleRef, topic: AnyRow, member: MemberRef | None) -> Markup:
    """Give what stands beside a topic: where to read on, how closely to follow, the feed."""
    url = module_url(module, "topic", topic_id=topic.id, slug=topic.slug)
    feed = module_url(module, "topic_feed", topic_id=topic.id)
    if member is None:
        return kept_part(("forum", "feed", topic.id), "forum/following/feed.html", lambda: {"feed_url": feed})
    known = marks.of(here().session, module, topic, member)
    next_url, first = "", (known.number or 0) + 1
    if known.number is not None and first <= topic.last_number:
        after = thread.page_of(first)
        next_url = f"{url}?nach={after}#{ANCHOR}" if after else f"{url}#{ANCHOR}"

    def load() -> dict[str, object]:
        action = module_url(module, "follow_topic", topic_id=topic.id)
        choice = _choice(action, known.levels, ("topic",))
        return {"next_url": next_url, "first": first, "feed_url": feed, **choice}

    key = ("forum", "box", topic.id, next_url, first, tuple(sorted(known.levels.items())))
    return kept_forms.fill(key, "forum/following/box.html", load)


def below(module: ModuleRef, category: Known | None, member: MemberRef | None) -> Markup:
    """Give what stands under a list: how closely to follow, what counts as read, the feed."""
    values = {"slug": category.slug} if category else {}
    feed = module_url(module, "category_feed" if category else "feed", **values)
    if member is None:
        key = ("forum", "feed", module.id, category.slug if category else "")
        return kept_part(key, "forum/following/feed.html", lambda: {"feed_url": feed})
    matter = Matter(module.id, category.id if category else None)
    chosen = _levels(matter, member)
    action = module_url(module, "follow_category" if category else "follow", **values)
    own = ("category",) if category else ("module",)
    return part(
        "forum/following/below.html",
        read_url=module_url(module, "read_category" if category else "read_forum", **values),
        all_url=module_url(module, "followed"),
        feed_url=feed,
        **_choice(action, chosen, own),
    )


def _levels(matter: Matter, member: MemberRef) -> Mapping[str, str]:
    """Give what a member chose for a list; an empty one asked for nothing before."""
    session = here().session
    known: Mapping[int, str] | None = session.info.get(LEVELS)
    if known is None:
        return levels.of(session, member.id, matter)
    found = {"module": known.get(0), "category": known.get(matter.category_id or -1)}
    return {name: level for name, level in found.items() if level}


def chips(module: ModuleRef, asked: Asked, _member: MemberRef) -> list[Chip]:
    """Give the choice of what is new to a member."""
    query = {NEW: "1"}
    url = module_url(module, "index", **query)
    return [Chip(str(_("New for me")), url, icon="bell", current=asked.query == query)]


def unread(module: ModuleRef, listed: Sequence[int], member: MemberRef) -> Collection[int]:
    """Give the listed topics in which a member has something to read."""
    session = here().session
    # The foot of the list tells the levels; one question serves both.
    found, session.info[LEVELS] = positions.unread_and_levels(session, member, module.id, listed)
    return found


def note_read(module: ModuleRef, topic: AnyRow, member: MemberRef, after: int) -> None:
    """Remember how far a member has read, once the page is made; in a transaction of its own.

    A later page than the next one tells nothing about the posts between: the place stays where it was.
    """
    last = min(after + thread.PAGE_SIZE, topic.next_number - 1)
    known = marks.of(here().session, module, topic, member).number
    if last and (known is None or after <= known < last):
        session = here().session
        positions.seen(session, member, topic.id, last)
        session.commit()


class _Offers(dict[tuple[int, str], tuple[ReactionKind, ...]]):
    """What may be said about posts of one page: the first, the others, those being checked (0), by kind."""

    def __init__(self, module: ModuleRef, topic: AnyRow) -> None:
        self._module, self._topic_kind = module, topic.kind
        super().__init__()

    def __missing__(self, key: tuple[int, str]) -> tuple[ReactionKind, ...]:
        self[key] = reactions.offered(self._module, self._topic_kind, *key)
        return self[key]


class _Patterns(dict[tuple[ReactionKind, bool, bool], Markup]):
    """Buttons of one page by kind, whether pressed and whether of the first post; filled once for all posts."""

    def __missing__(self, key: tuple[ReactionKind, bool, bool]) -> Markup:
        values = {"kind": key[0].value, "pressed": key[1], "first": key[2]}
        self[key] = kept_part(("forum", "reaction", *key), "forum/following/button.html", lambda: values)
        return self[key]


def _button(post: Fact, kind: ReactionKind, base: Markup, pattern: Markup) -> Markup:
    return _filled(pattern, post, kind, f"{base}{post.number}/reaktion")


def _count(post: Fact, kind: ReactionKind) -> Markup:
    if not getattr(post, _counter(kind)):
        return Markup("")
    key = ("forum", "reactions", kind)
    return _filled(kept_part(key, "forum/following/count.html", lambda: {"kind": kind.value}), post, kind, "")


def _filled(pattern: Markup, post: Fact, kind: ReactionKind, action: str) -> Markup:
    """Fill in an escaped address and numbers, as plain text: ``Markup`` would look for what to escape each time."""
    count = getattr(post, _counter(kind))
    text = str(pattern).replace("@url@", action).replace("@number@", str(post.number))
    return Markup(text.replace("@count@", str(count) if count else ""))  # noqa: S704 - all of it is escaped


def _counter(kind: ReactionKind) -> str:
    return "supports" if kind is ReactionKind.SUPPORT else "thanks"


def _invitation(module: ModuleRef, topic: AnyRow) -> Markup:
    back = module_url(module, "topic", topic_id=topic.id, slug=topic.slug)
    offered = reactions.offered(module, topic.kind, 1, "")
    return part(
        "forum/following/invitation.html",
        sign_in_url=sign_in_url(back),
        support=ReactionKind.SUPPORT in offered,
    )


def _choice(action: str, chosen: Mapping[str, str], own: tuple[str, ...]) -> dict[str, object]:
    """Give what the form of levels needs: its address, the choices, which one counts and whether it was made here."""
    level = levels.effective(chosen)
    words = {one: label for one, label, _help in CHOICES}
    return {
        "action": action,
        "choices": CHOICES,
        "level": level,
        "level_word": words[level],
        "is_own": any(matter in chosen for matter in own),
        "preferences_url": site_url("/konto/hinweise/mails"),
    }


listing.CLAUSES["new"] = positions.NEW
filters.PERSONAL[NEW] = "new"
mine.FEET[mine.Foot.REACT] = feet
mine.BEFORE.append(resume)
topic_page.ASIDE.append(box)
topic_page.NOTED.append(note_read)
list_page.BELOW.append(below)
list_page.CHIPS.append(chips)
list_page.UNREAD.append(unread)
