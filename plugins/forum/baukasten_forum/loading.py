"""Filling a forum from a portable description: topics with replies, dated back, some of them held."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import insert
from sqlalchemy.orm import Session

from baukasten.plugin import ContentRef, ModuleRef, Outcome, Visibility
from baukasten.sdk import SANITISER_VERSION, Scope, normalise, render_markdown, slug
from baukasten_forum.keys import POST_TYPE
from baukasten_forum.models import Post, Topic
from baukasten_forum.service import SLUG_FALLBACK

AWAKE_FROM, AWAKE_HOURS = 6, 14
"""Hours in UTC in which people write."""
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


def load(session: Session, module: ModuleRef, content: Mapping[str, Any]) -> Mapping[str, ContentRef]:
    """Store ``topics``, each with ``by``, ``title``, ``text``, ``days`` (ago), ``until`` (days ago) and ``replies``.

    A reply has ``by`` and ``text``; ``held`` keeps a post out of view, ``key`` gives it back under that name.
    The replies are spread between ``days`` and ``until``.
    """
    scope, found = cast("Scope", session), {}
    members, now = content["members"], content["now"]
    for entry in content["topics"]:
        posts = [entry, *entry.get("replies", ())]
        begin, end = now - entry["days"] * DAY, now - entry.get("until", 0) * DAY
        moments = spread(begin, end, len(posts), now, seed=len(entry["title"]))
        topic = _topic(scope, module, entry, posts, moments, members)
        rows = _rows(scope, topic, posts, moments, members)
        stored = scope.scalars(insert(Post).returning(Post.id, sort_by_parameter_order=True), rows).all()
        for post, post_id in zip(posts, stored, strict=True):
            if "key" in post:
                found[post["key"]] = ContentRef(POST_TYPE, post_id)
    return found


def spread(
    begin: dt.datetime, end: dt.datetime, count: int, now: dt.datetime, *, seed: int = 0
) -> list[dt.datetime]:
    """Give so many moments in order between two others, none by night and none to come.

    The same description always gives the same moments, so that a page looks the same wherever it is loaded.
    """
    moments: list[dt.datetime] = []
    for position in range(count):
        part = (position / max(count - 1, 1)) ** 1.2
        day = begin + (end - begin) * part
        # Steps without a common factor with 14 and 60 walk through hours and minutes without a pattern.
        hour, minute = (
            AWAKE_FROM + (position * 5 + count * 3 + seed) % AWAKE_HOURS,
            (position * 37 + count * 11 + seed * 7) % 60,
        )
        moments.append(day.replace(hour=hour, minute=minute, second=0, microsecond=0))
    latest = now - count * MINUTE
    return sorted(min(moment, latest) + position * MINUTE for position, moment in enumerate(sorted(moments)))


def _topic(
    session: Scope,
    module: ModuleRef,
    entry: Mapping[str, Any],
    posts: Sequence[Mapping[str, Any]],
    moments: Sequence[dt.datetime],
    members: Mapping[str, int],
) -> Topic:
    shown = [position for position, post in enumerate(posts) if not post.get("held")]
    last = shown[-1] if shown else 0
    topic = Topic(
        module_id=module.id,
        title=entry["title"],
        slug=slug(entry["title"], fallback=SLUG_FALLBACK),
        author_id=members[entry["by"]],
        visibility=Visibility.HELD if entry.get("held") else Visibility.PUBLISHED,
        outcome=Outcome(entry.get("outcome", Outcome.OPEN)),
        replies=max(len(shown) - 1, 0),
        next_number=len(shown) + 1,
        last_number=len(shown),
        created_at=moments[0],
        last_post_at=moments[last],
        last_author_id=members[posts[last]["by"]],
    )
    session.add(topic)
    session.flush()
    return topic


def _rows(
    session: Scope,
    topic: Topic,
    posts: Sequence[Mapping[str, Any]],
    moments: Sequence[dt.datetime],
    members: Mapping[str, int],
) -> list[dict[str, Any]]:
    rows, number = [], 0
    for post, moment in zip(posts, moments, strict=True):
        held = bool(post.get("held"))
        number += not held
        text = normalise(post["text"]).strip()
        rows.append(
            {
                "tenant_id": session.tenant_id,
                "topic_id": topic.id,
                "number": None if held else number,
                "author_id": members[post["by"]],
                "body": text,
                "body_html": str(render_markdown(text)),
                "sanitiser_version": SANITISER_VERSION,
                "visibility": Visibility.HELD if held else Visibility.PUBLISHED,
                "created_at": moment,
            }
        )
    return rows
