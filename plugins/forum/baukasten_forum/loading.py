"""Filling a forum from a portable description: subjects, topics with replies, dated back, and what became of them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from baukasten.plugin import ContentRef, ModuleRef, Outcome, Visibility
from baukasten.sdk import SANITISER_VERSION, Scope, normalise, render_markdown, slug
from baukasten_forum import loading_marks
from baukasten_forum.keys import POST_TYPE, PostKind, TopicKind, TopicState, Via
from baukasten_forum.models import Category, Post, Topic
from baukasten_forum.plans import loading as plans
from baukasten_forum.service import SLUG_FALLBACK

AWAKE_FROM, AWAKE_HOURS = 6, 14
"""Hours in UTC in which people write."""
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


def load(session: Session, module: ModuleRef, content: Mapping[str, Any]) -> Mapping[str, ContentRef]:
    """Store ``categories`` (``title``, ``description``) and ``topics``; gives back what a ``key`` names.

    A topic has ``by``, ``title``, ``text``, ``days`` (ago), ``until`` (days ago) and ``replies``; it may have
    ``kind``, ``category`` (a title), ``outcome``, ``pinned``, ``conclusion``, ``accepted`` (a number), ``views``
    and what ``loading_marks`` reads. A reply has ``by`` and
    ``text``; it may have ``to`` (a number), ``quote`` (words of that post), ``letter`` (who wrote it),
    ``department``, ``outcome`` and ``due`` (days to come), which make it the town's answer. ``held`` keeps a post out
    of view. ``plans`` have ``title``, ``description`` and ``text``; a topic with ``plan`` (a title) and ``passage``
    (a number) is a remark on one. The replies are spread between ``days`` and ``until``.
    """
    scope, found = cast("Scope", session), {}
    members, now = content["members"], content["now"]
    categories = _categories(scope, module, content.get("categories", ()))
    known_plans = plans.plans(scope, module, content.get("plans", ()))
    loaded = []
    for entry in content["topics"]:
        posts = [entry, *entry.get("replies", ())]
        begin, end = now - entry["days"] * DAY, now - entry.get("until", 0) * DAY
        moments = spread(begin, end, len(posts), now, seed=len(entry["title"]))
        topic = _topic(scope, module, entry, posts, moments, members)
        topic.category_id = categories.get(entry.get("category"))
        plans.place(topic, entry, known_plans)
        rows = _rows(scope, topic, posts, moments, members)
        stored = scope.scalars(insert(Post).returning(Post.id, sort_by_parameter_order=True), rows).all()
        _point_back(scope, posts, rows, stored)
        for post, post_id in zip(posts, stored, strict=True):
            if "key" in post:
                found[post["key"]] = ContentRef(POST_TYPE, post_id)
        loaded.append(loading_marks.Loaded(topic, entry, posts, rows, stored))
    loading_marks.put(scope, module, loaded, content)
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


def _categories(
    session: Scope, module: ModuleRef, entries: Sequence[Mapping[str, Any]]
) -> Mapping[str | None, int]:
    found: dict[str | None, int] = {}
    for position, entry in enumerate(entries, start=1):
        category = Category(
            module_id=module.id,
            slug=slug(entry["title"], fallback=SLUG_FALLBACK),
            title=entry["title"],
            description=entry.get("description", ""),
            position=position,
        )
        session.add(category)
        session.flush()
        found[entry["title"]] = category.id
    return found


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
    concludes = bool(entry.get("conclusion"))
    topic = Topic(
        module_id=module.id,
        kind=TopicKind(entry.get("kind", TopicKind.DISCUSSION)),
        title=entry["title"],
        slug=slug(entry["title"], fallback=SLUG_FALLBACK),
        author_id=_author(entry, members),
        byline=entry.get("letter", ""),
        visibility=Visibility.HELD if entry.get("held") else Visibility.PUBLISHED,
        outcome=Outcome(entry.get("outcome", Outcome.OPEN)),
        state=TopicState.CONCLUDED if concludes else TopicState.OPEN,
        conclusion_number=1 if concludes else None,
        accepted_number=entry.get("accepted"),
        pinned_at=moments[0] if concludes or entry.get("pinned") else None,
        views=entry.get("views", 0),
        replies=max(len(shown) - 1, 0),
        next_number=len(shown) + 1,
        last_number=len(shown),
        created_at=moments[0],
        last_post_at=moments[last],
        last_author_id=_author(posts[last], members),
    )
    session.add(topic)
    session.flush()
    return topic


def _author(post: Mapping[str, Any], members: Mapping[str, int]) -> int | None:
    """Give whose words these are; of a letter, whoever ``by`` names only typed it."""
    return None if "letter" in post else members[post["by"]]


def _rows(
    session: Scope,
    topic: Topic,
    posts: Sequence[Mapping[str, Any]],
    moments: Sequence[dt.datetime],
    members: Mapping[str, int],
) -> list[dict[str, Any]]:
    rows, number = [], 0
    for post, moment in zip(posts, moments, strict=True):
        held, by_letter = bool(post.get("held")), "letter" in post
        number += not held
        text = normalise(post["text"]).strip()
        rows.append(
            {
                "tenant_id": session.tenant_id,
                "topic_id": topic.id,
                "number": None if held else number,
                "kind": _kind(post),
                "author_id": _author(post, members),
                "byline": post.get("letter", ""),
                "entered_by": members[post["by"]] if by_letter else None,
                "via": Via.LETTER if by_letter else Via.PAGE,
                "body": text,
                "body_html": str(render_markdown(text)),
                "sanitiser_version": SANITISER_VERSION,
                "visibility": Visibility.HELD if held else Visibility.PUBLISHED,
                "department": post.get("department", ""),
                "outcome": post.get("outcome") if "department" in post else None,
                "due_on": (moment + post["due"] * DAY).date() if "due" in post else None,
                "created_at": moment,
            }
        )
    return rows


def _kind(post: Mapping[str, Any]) -> PostKind:
    if post.get("conclusion"):
        return PostKind.CONCLUSION
    return PostKind.ANSWER if "department" in post else PostKind.POST


def _point_back(
    session: Scope,
    posts: Sequence[Mapping[str, Any]],
    rows: Sequence[dict[str, Any]],
    stored: Sequence[int],
) -> None:
    """Let posts lead to those that they answer, and put quoted words before their text."""
    by_number = {row["number"]: post_id for row, post_id in zip(rows, stored, strict=True)}
    for post, row, post_id in zip(posts, rows, stored, strict=True):
        if "to" not in post:
            continue
        target = by_number[post["to"]]
        if "quote" in post:
            row["body"] = f"> [#{post['to']}](post:{target})\n> {post['quote']}\n\n{row['body']}"
        session.execute(update(Post).where(Post.id == post_id).values(reply_to=target, body=row["body"]))
