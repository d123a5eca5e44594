"""What the forum stores about people, how they get it and how it is taken from the texts."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from baukasten.plugin import PUBLIC_TASK, PersonalDataset, lazy
from baukasten_forum.answers.models import Weighing
from baukasten_forum.models import Post, Topic
from baukasten_forum.readers import Follow, Position, Reaction
from baukasten_forum.staff.models import Note, Operation
from baukasten_forum.stages.models import Stage
from baukasten_forum.writing import forgetting
from baukasten_forum.writing.models import Revision, SavedDraft, Wording

_ = lazy("forum")
UNSYNCED = {"synchronize_session": False}
FORGOTTEN: tuple[InstrumentedAttribute[int | None], ...] = (
    Topic.author_id,
    Topic.last_author_id,
    Post.entered_by,
    Reaction.member_id,
    Revision.edited_by,
    Wording.edited_by,
    Stage.set_by,
    Weighing.edited_by,
    Operation.actor_id,
    Operation.undone_by,
    Note.author_id,
)
"""Where a person is taken from a row that stays."""


def export(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give all that a member wrote, also what nobody else sees."""
    query = (
        select(Topic.title, Topic.place, Post.number, Post.body, Post.visibility, Post.created_at)
        .join(Topic, Topic.id == Post.topic_id)
        .where(Post.author_id == member_id)
        .order_by(Post.id)
    )
    return [dict(row) for row in session.execute(query).mappings()]


def erase(session: Session, member_id: int) -> int:
    """Take the person from their contributions; the discussion stays readable. Gives the rows changed."""
    changed = forgetting.forget(session, member_id)
    own = select(Post.id).where(Post.author_id == member_id)
    changed += _run(session, delete(Wording).where(Wording.post_id.in_(own)).returning(Wording.id))
    changed += _run(session, delete(Revision).where(Revision.post_id.in_(own)).returning(Revision.id))
    written = update(Post).where(Post.author_id == member_id).values(author_id=None, nonce=None)
    changed += _run(session, written.returning(Post.id))
    for column in FORGOTTEN:
        emptied = update(column.class_).where(column == member_id).values({column.key: None})
        changed += _run(session, emptied.returning(column.class_.id))
    for marks in (SavedDraft, Follow, Position):
        changed += _run(session, delete(marks).where(marks.member_id == member_id).returning(marks.id))
    return changed


def export_marks(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give what a member follows, how far they read, what they support and what they have not sent yet."""
    queries = (
        select(Follow.module_id, Follow.category_id, Follow.topic_id, Follow.level, Follow.created_at).where(
            Follow.member_id == member_id
        ),
        select(Position.topic_id, Position.number, Position.read_at).where(Position.member_id == member_id),
        select(Reaction.post_id, Reaction.kind, Reaction.created_at).where(Reaction.member_id == member_id),
        select(SavedDraft.key, SavedDraft.title, SavedDraft.body, SavedDraft.updated_at).where(
            SavedDraft.member_id == member_id
        ),
    )
    return [dict(row) for query in queries for row in session.execute(query).mappings()]


def export_staff(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give what a member did for the town: notes, joins and moves, states, weighings."""
    queries = (
        select(Note.topic_id, Note.body, Note.created_at).where(Note.author_id == member_id),
        select(Operation.kind, Operation.created_at).where(Operation.actor_id == member_id),
        select(Stage.state, Stage.starts_at).where(Stage.set_by == member_id),
        select(Weighing.post_id, Weighing.summary, Weighing.edited_at).where(Weighing.edited_by == member_id),
    )
    return [dict(row) for query in queries for row in session.execute(query).mappings()]


def keep_marks(_session: Session, _member_id: int) -> int:
    """Change nothing: erasing the contributions erases the marks with them."""
    return 0


def _run(session: Session, statement: Any) -> int:
    return len(session.execute(statement, execution_options=UNSYNCED).all())


DATASETS = [
    PersonalDataset(
        key="forum.posts",
        title=_("Your contributions in the forums"),
        purpose=_("To show who wrote what, so that people can discuss."),
        legal_basis=PUBLIC_TASK,
        columns=(
            "forum_mention.member_id",
            "forum_mention.name",
            "forum_post.author_id",
            "forum_post.body",
            "forum_post.byline",
            "forum_post.entered_by",
            "forum_post.nonce",
            "forum_revision.body",
            "forum_revision.edited_by",
            "forum_topic.author_id",
            "forum_topic.byline",
            "forum_topic.last_author_id",
            "forum_topic.last_byline",
            "forum_topic.place",
            "forum_topic.title",
            "forum_wording.body",
            "forum_wording.edited_by",
        ),
        retention=_(
            "As long as the project can be read; without your name from the day you close your account"
        ),
        export=export,
        erase=erase,
    ),
    PersonalDataset(
        key="forum.marks",
        title=_("What you follow, read, support and draft in the forums"),
        purpose=_("To show you what is new, to count supports once, and to keep what you have not sent yet."),
        legal_basis=PUBLIC_TASK,
        columns=(
            "forum_draft.body",
            "forum_draft.member_id",
            "forum_follow.member_id",
            "forum_position.member_id",
            "forum_reaction.member_id",
        ),
        retention=_("Until you change it; supports stay counted, without your name"),
        export=export_marks,
        erase=keep_marks,
    ),
    PersonalDataset(
        key="forum.staff",
        title=_("What you did in the forums for the town"),
        purpose=_("To show colleagues who moved, noted or prepared what."),
        legal_basis=PUBLIC_TASK,
        columns=(
            "forum_note.author_id",
            "forum_operation.actor_id",
            "forum_operation.undone_by",
            "forum_stage.set_by",
            "forum_weighing.edited_by",
        ),
        retention=_(
            "As long as the project can be read; without your name from the day you close your account"
        ),
        export=export_staff,
        erase=keep_marks,
    ),
]
