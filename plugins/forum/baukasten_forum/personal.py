"""What the forum stores about people, how they get it and how it is taken from the texts."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.plugin import PersonalDataset, lazy
from baukasten_forum.models import Post, Topic

_ = lazy("forum")
UNSYNCED = {"synchronize_session": False}


def export(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give all that a member wrote, also what nobody else sees."""
    query = (
        select(Topic.title, Post.number, Post.body, Post.visibility, Post.created_at)
        .join(Topic, Topic.id == Post.topic_id)
        .where(Post.author_id == member_id)
        .order_by(Post.id)
    )
    return [dict(row) for row in session.execute(query).mappings()]


def erase(session: Session, member_id: int) -> int:
    """Take the person from their contributions; the discussion stays readable. Gives the rows changed."""
    statements = (
        update(Post).where(Post.author_id == member_id).values(author_id=None, nonce=None).returning(Post.id),
        update(Topic).where(Topic.author_id == member_id).values(author_id=None).returning(Topic.id),
        update(Topic)
        .where(Topic.last_author_id == member_id)
        .values(last_author_id=None)
        .returning(Topic.id),
    )
    return sum(len(session.execute(one, execution_options=UNSYNCED).all()) for one in statements)


DATASETS = [
    PersonalDataset(
        key="forum.posts",
        title=_("Your contributions in the forums"),
        purpose=_("To show who wrote what, so that people can discuss."),
        legal_basis=_("Task in the public interest (GDPR Art. 6 (1) e)"),
        columns=(
            "forum_post.author_id",
            "forum_post.body",
            "forum_post.nonce",
            "forum_topic.author_id",
            "forum_topic.last_author_id",
            "forum_topic.title",
        ),
        retention=_(
            "As long as the project can be read; without your name from the day you close your account"
        ),
        export=export,
        erase=erase,
    )
]
