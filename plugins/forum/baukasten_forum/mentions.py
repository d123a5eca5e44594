"""Calling people by name: only those who take part in the topic, and the town's staff."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from baukasten.plugin import Role
from baukasten.sdk import MEMBERS, Scope, member_names, members_with_roles
from baukasten_forum.models import SHOWN, Mention, Post

SUGGESTED = 200
"""Names that are offered while one types; all can be written."""


def people(session: Scope, topic_id: int | None) -> dict[str, int]:
    """Give whom a text in a topic may call, by name; of two namesakes whoever takes part, else the older member.

    Nobody else is told apart from a name that does not exist, so that the town's members cannot be guessed.
    """
    staff = member_names(session, members_with_roles(session, Role.MODERATOR, Role.ADMIN))
    found = {name: number for number, name in sorted(staff.items(), reverse=True) if name}
    if topic_id is not None:
        wrote = select(Post.author_id).where(Post.topic_id == topic_id, Post.visibility.in_(SHOWN))
        query = select(MEMBERS.c.id, MEMBERS.c.display_name).where(
            MEMBERS.c.id.in_(wrote), MEMBERS.c.display_name != ""
        )
        found |= {name: number for number, name in session.execute(query.order_by(MEMBERS.c.id.desc()))}
    return found


def suggestions(session: Scope, topic_id: int) -> list[str]:
    """Give the names of those who wrote last in a topic, for a list to choose from."""
    latest = (
        select(Post.author_id)
        .where(Post.topic_id == topic_id, Post.visibility.in_(SHOWN), Post.number.is_not(None))
        .order_by(Post.number.desc())
        .limit(SUGGESTED)
    )
    query = select(MEMBERS.c.display_name).where(
        MEMBERS.c.id.in_(latest.scalar_subquery()), MEMBERS.c.display_name != ""
    )
    return sorted(set(session.scalars(query)), key=str.casefold)


def remember(session: Scope, post_id: int, called: Mapping[str, int]) -> None:
    """Store whom a new post calls."""
    if called:
        rows = [{"post_id": post_id, "member_id": member, "name": name} for name, member in called.items()]
        session.execute(insert(Mention), [{"tenant_id": session.tenant_id, **row} for row in rows])


def forget(session: Scope, post_id: int) -> None:
    """Take away whom a post called, before it says something else."""
    session.execute(delete(Mention).where(Mention.post_id == post_id))


def mentioned(session: Scope, post_id: int) -> list[int]:
    """Give the ids of the members whom a post calls, for notices."""
    query = select(Mention.member_id).where(Mention.post_id == post_id)
    return list(session.scalars(query.order_by(Mention.member_id)))
