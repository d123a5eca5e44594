"""What a town's forums tell in summaries: new contributions and the town's answers, and replies to a member."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, cast

from sqlalchemy import Row, Select, select, text
from sqlalchemy.orm import Session

from baukasten.plugin import (
    DigestItem,
    DigestKind,
    DigestSource,
    DigestStretch,
    ModuleRef,
    Visibility,
    lazy,
    numbered,
)
from baukasten.sdk import SafeHtml, Scope, excerpt, module_path, modules_by_id
from baukasten_forum.following.feeds import POST
from baukasten_forum.keys import KIND, PostKind
from baukasten_forum.listing import TOPIC, TOPIC_SHOWN
from baukasten_forum.models import SHOWN

_ = lazy("forum")
KEY = "forum.news"
MOST_REPLIES = 50
"""Replies that one member is told of at a time, the newest ones."""
TOWN_SPEAKS = (PostKind.ANSWER.value, PostKind.CONCLUSION.value)
COLUMNS = (
    POST.c.id, POST.c.number, POST.c.kind, POST.c.body_html, POST.c.visibility, POST.c.department, POST.c.created_at,
    TOPIC.c.id.label("topic_id"), TOPIC.c.slug, TOPIC.c.title, TOPIC.c.module_id,
)  # fmt: skip
# The title of a contribution that was joined with another one tells nothing new.
SEEN: Select[Any] = (
    select(*COLUMNS)
    .select_from(POST.join(TOPIC, (TOPIC.c.tenant_id == POST.c.tenant_id) & (TOPIC.c.id == POST.c.topic_id)))
    .where(POST.c.visibility.in_(SHOWN), TOPIC_SHOWN, TOPIC.c.merged_into.is_(None))
)
OPENING = POST.c.number == 1
OF_TOWN = (POST.c.kind.in_(TOWN_SPEAKS), POST.c.number > 1)
NEWEST = (POST.c.created_at.desc(), POST.c.id.desc())
# The narrowest choice counts, as in notices; what somebody has read on the page is no news to them.
REPLIES = text("""
    WITH mine AS (
        SELECT member_id, topic_id FROM forum_follow
        WHERE member_id = ANY(:members) AND topic_id IS NOT NULL AND level = 'follow'
        UNION
        SELECT author_id, id FROM forum_topic WHERE author_id = ANY(:members)
    ), replies AS (
        SELECT mine.member_id, post.id FROM mine
        JOIN forum_topic topic ON topic.id = mine.topic_id AND topic.last_post_at >= :since
        JOIN forum_post post ON post.topic_id = topic.id AND post.created_at >= :since
        UNION
        SELECT parent.author_id, post.id FROM forum_post parent
        JOIN forum_post post ON post.reply_to = parent.id AND post.created_at >= :since
        WHERE parent.author_id = ANY(:members)
    ), told AS (
        SELECT replies.member_id, post.id,
            row_number() OVER (PARTITION BY replies.member_id ORDER BY post.created_at DESC, post.id DESC) AS place
        FROM replies
        JOIN forum_post post ON post.id = replies.id
        JOIN forum_topic topic ON topic.id = post.topic_id
        LEFT JOIN forum_position seen ON seen.member_id = replies.member_id AND seen.topic_id = topic.id
        WHERE post.kind = 'post' AND post.number > 1 AND post.number > coalesce(seen.number, 0)
            AND post.visibility IN ('published', 'folded') AND topic.visibility IN ('published', 'folded')
            AND post.author_id IS DISTINCT FROM replies.member_id
            AND post.entered_by IS DISTINCT FROM replies.member_id
            AND coalesce((
                SELECT level FROM forum_follow chosen
                WHERE chosen.member_id = replies.member_id AND chosen.module_id = topic.module_id
                    AND (chosen.topic_id = topic.id OR (chosen.topic_id IS NULL
                        AND (chosen.category_id IS NULL OR chosen.category_id = topic.category_id)))
                ORDER BY chosen.topic_id NULLS LAST, chosen.category_id NULLS LAST LIMIT 1
            ), 'normal') <> 'mute'
    )
    SELECT member_id, id FROM told WHERE place <= :most
""")


def items(session: Session, stretch: DigestStretch) -> list[DigestItem]:
    """Give new contributions and the town's answers of forums that everybody can open; three statements."""
    forums = _forums(session, stretch)
    if not forums:
        return []
    lately = SEEN.where(TOPIC.c.module_id.in_(forums), POST.c.created_at >= stretch.since).order_by(*NEWEST)
    # A topic is in view since its text is; a moment of the topic keeps the look at texts short.
    opened = lately.where(OPENING, TOPIC.c.created_at >= stretch.since).limit(stretch.limit)
    answered = lately.where(*OF_TOWN).limit(stretch.limit)
    rows = [*session.execute(opened), *session.execute(answered)]
    return _items(session, forums, rows)


def find(session: Session, keys: Collection[str]) -> list[DigestItem]:
    """Give those of these items that everybody may read now; two statements."""
    topics = numbered(keys, f"{KEY}:topic")
    posts = numbered(keys, f"{KEY}:answer") | numbered(keys, f"{KEY}:reply")
    wanted = (POST.c.topic_id.in_(topics) & OPENING) | POST.c.id.in_(posts)
    rows = session.execute(SEEN.where(wanted)).all() if topics or posts else []
    forums = modules_by_id(session, {row.module_id for row in rows})
    return [item for item in _items(session, _public(forums.values()), rows) if item.key in keys]


def for_members(
    session: Session, member_ids: Collection[int], since: dt.datetime
) -> dict[int, list[DigestItem]]:
    """Give members the replies to what they wrote or follow, but for those that they have read; three statements."""
    values = {"members": list(member_ids), "since": since, "most": MOST_REPLIES}
    told = session.execute(REPLIES, values).all()
    known = {item.key: item for item in find(session, {f"{KEY}:reply:{row.id}" for row in told})}
    found: dict[int, list[DigestItem]] = defaultdict(list)
    for row in told:
        item = known.get(f"{KEY}:reply:{row.id}")
        if item is not None:
            found[row.member_id].append(item)
    return dict(found)


def _forums(session: Session, stretch: DigestStretch) -> dict[int, ModuleRef]:
    """Give the forums in which something happened, of those whose news are wanted."""
    lately = select(TOPIC.c.module_id).where(TOPIC_SHOWN, TOPIC.c.last_post_at >= stretch.since).distinct()
    found = _public(modules_by_id(session, session.scalars(lately).all()).values())
    return {key: forum for key, forum in found.items() if stretch.wants(forum.project)}


def _public(modules: Iterable[ModuleRef]) -> dict[int, ModuleRef]:
    return {one.id: one for one in modules if one.kind == KIND and one.public}


def _items(session: Session, forums: dict[int, ModuleRef], rows: Iterable[Row[Any]]) -> list[DigestItem]:
    scope = cast("Scope", session)
    return [_item(scope, forums[row.module_id], row) for row in rows if row.module_id in forums]


def _item(session: Scope, forum: ModuleRef, row: Row[Any]) -> DigestItem:
    # What is folded is one click away on its page, and a mail knows no click that unfolds.
    words = "" if row.visibility == Visibility.FOLDED else excerpt(SafeHtml(row.body_html), max_length=160)
    kind, name, about = DigestKind.REPLY, f"reply:{row.id}", f"topic:{row.topic_id}"
    if row.number == 1:
        kind, name, about = DigestKind.NEW, f"topic:{row.topic_id}", ""
        path = module_path(session.contract, forum, "topic", topic_id=row.topic_id, slug=row.slug)
    else:
        path = module_path(session.contract, forum, "post", topic_id=row.topic_id, number=row.number)
    if kind is DigestKind.REPLY and row.kind in TOWN_SPEAKS:
        kind, name, about = DigestKind.ANSWER, f"answer:{row.id}", ""
        words = f"{row.department}: {words}" if row.department and words else words
    return DigestItem(
        key=f"{KEY}:{name}",
        kind=kind,
        title=row.title,
        path=path,
        at=row.created_at,
        summary=words,
        place=forum.title,
        project=forum.project,
        about=about,
    )


SOURCES = [DigestSource(KEY, _("New in the forums"), items, find, for_members)]
