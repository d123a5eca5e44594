"""What people and staff did with the topics of a description, once they stand: reactions, wordings, joining."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import insert, update

from baukasten.plugin import ModuleRef
from baukasten.sdk import Scope
from baukasten_forum import recount
from baukasten_forum.cooking import cook
from baukasten_forum.keys import Level, ReactionKind, State
from baukasten_forum.models import Post, Topic
from baukasten_forum.readers import Follow, Position, Reaction
from baukasten_forum.staff import joining
from baukasten_forum.staff.models import Note
from baukasten_forum.stages.models import Stage
from baukasten_forum.writing.models import Revision

SOON = dt.timedelta(minutes=50)
"""How long after writing people notice what they meant."""


class Loaded(NamedTuple):
    """A topic as it was described and stored; posts, rows and ids in the same order."""

    topic: Topic
    entry: Mapping[str, Any]
    posts: Sequence[Mapping[str, Any]]
    rows: Sequence[Mapping[str, Any]]
    ids: Sequence[int]


def put(session: Scope, module: ModuleRef, loaded: Sequence[Loaded], content: Mapping[str, Any]) -> None:
    """Store what else the topics say.

    Of a post: ``supports`` and ``thanks`` (so many people, or their names), ``before`` (an earlier text) with
    ``reason``; of a topic also ``follows`` and ``notes`` (``by``, ``text``), ``read`` (numbers by names),
    ``merged`` (the title of the topic that it goes into).
    """
    members = content["members"]
    reactions = [row for one in loaded for row in _reactions(session, one, members)]
    if reactions:
        session.execute(insert(Reaction), reactions)
    for one in loaded:
        _quotations(session, module, one)
        _wordings(session, one)
        _readers(session, one, members)
        if one.entry.get("conclusion"):
            begun = {"state": State.CONCLUDED, "starts_at": one.topic.created_at}
            session.add(Stage(module_id=module.id, conclusion_id=one.ids[0], **begun))
    session.flush()
    topics = [one.topic.id for one in loaded]
    recount.reactions(session, topics)
    recount.topics(session, topics)
    titles = {one.entry["title"]: one.topic.id for one in loaded}
    for one in loaded:
        if "merged" in one.entry:
            joining.merge(session, content["staff"], module, one.topic.id, titles[one.entry["merged"]])
    session.expire_all()


def _people(
    wanted: int | Sequence[str], author: int | None, members: Mapping[str, int], seed: int
) -> list[int]:
    """Give the members who pressed; of a mere number, others for each post, and never its author."""
    if not isinstance(wanted, int):
        return [members[name] for name in wanted]
    others = [member for member in members.values() if member != author]
    start = seed % len(others)
    return [*others[start:], *others[:start]][:wanted]


def _reactions(session: Scope, one: Loaded, members: Mapping[str, int]) -> list[dict[str, Any]]:
    kinds = (("supports", ReactionKind.SUPPORT), ("thanks", ReactionKind.THANKS))
    return [
        {
            "tenant_id": session.tenant_id,
            "post_id": post_id,
            "member_id": member,
            "kind": kind,
            "created_at": row["created_at"] + SOON,
        }
        for post, row, post_id in zip(one.posts, one.rows, one.ids, strict=True)
        for word, kind in kinds
        for member in _people(post.get(word, 0), row["author_id"], members, post_id)
    ]


def _quotations(session: Scope, module: ModuleRef, one: Loaded) -> None:
    """Cook the texts that quote others again, now that those stand there."""
    for post, row, post_id in zip(one.posts, one.rows, one.ids, strict=True):
        if "quote" in post:
            html = str(cook(session, module, row["body"], one.topic.id).html)
            session.execute(update(Post).where(Post.id == post_id).values(body_html=html))


def _wordings(session: Scope, one: Loaded) -> None:
    for post, row, post_id in zip(one.posts, one.rows, one.ids, strict=True):
        if "before" not in post:
            continue
        changed = {"edits": 1, "edited_at": row["created_at"] + SOON}
        session.execute(update(Post).where(Post.id == post_id).values(changed))
        session.add(
            Revision(
                post_id=post_id,
                number=1,
                body=post["before"],
                written_at=row["created_at"],
                edited_by=row["author_id"],
                reason=post.get("reason", ""),
            )
        )


def _readers(session: Scope, one: Loaded, members: Mapping[str, int]) -> None:
    topic = one.topic
    for name in one.entry.get("follows", ()):
        follow = {"member_id": members[name], "topic_id": topic.id, "level": Level.FOLLOW}
        session.add(Follow(module_id=topic.module_id, created_at=topic.created_at, **follow))
    for name, number in one.entry.get("read", {}).items():
        at = one.rows[-1]["created_at"]
        session.add(Position(member_id=members[name], topic_id=topic.id, number=number, read_at=at))
    for note in one.entry.get("notes", ()):
        session.add(Note(topic_id=topic.id, author_id=members[note["by"]], body=note["text"]))
