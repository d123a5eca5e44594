"""Taking back what one wrote: the text goes for good, its place and the replies stay."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update

from baukasten.plugin import ContentRef, MemberRef, ModuleRef, Visibility, lazy
from baukasten.sdk import Denied, NotFound, Scope, forget_media, withdraw_content
from baukasten_forum import mentions, recount, thread
from baukasten_forum.keys import POST_TYPE, PostKind
from baukasten_forum.models import Post, Topic
from baukasten_forum.writing import drafts, editing, waiting
from baukasten_forum.writing.models import Revision

_ = lazy("forum")
UNSYNCED = {"synchronize_session": False}
NEUTRAL_SLUG = "zurueckgezogen"


@dataclass(frozen=True, slots=True)
class Withdrawable:
    """A post whose author may take it back, and what that leaves."""

    id: int
    topic_id: int
    slug: str
    number: int
    """0 while it is being checked."""
    title: str
    body_html: str
    is_opening: bool
    replies: int
    """Replies in view that stay."""

    @property
    def whole_topic(self) -> bool:
        """Whether nothing is left to see of the topic."""
        return self.is_opening and not self.replies


def withdrawable(
    session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, number: int
) -> Withdrawable:
    """Give a post that the actor may take back; raises NotFound, Denied.

    Neither phase nor state nor a measure against the person stands in the way: their words stay theirs to take
    back (GDPR Art. 17).
    """
    columns = (
        Post.id, Post.topic_id, Topic.slug, Post.number, Topic.title, Post.body_html, Post.author_id, Post.kind,
        Topic.replies,
    )  # fmt: skip
    row = thread.one_in_view(session, module.id, columns, Post.topic_id == topic_id, Post.number == number)
    if row.author_id != actor.id or row.kind != PostKind.POST:
        raise Denied
    return Withdrawable(
        id=row.id,
        topic_id=row.topic_id,
        slug=row.slug,
        number=row.number,
        title=row.title,
        body_html=row.body_html,
        is_opening=row.number == 1,
        replies=row.replies,
    )


def withdraw(session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, number: int) -> Withdrawable:
    """Take back one's own post for good: text, earlier wordings, files and drafts go, number and replies stay.

    A topic that others replied to keeps its title, for the replies speak of it; one without replies leaves view
    and its title goes too. Raises NotFound, Denied.
    """
    session.execute(select(Topic.id).where(Topic.id == topic_id).with_for_update())
    found = withdrawable(session, actor, module, topic_id, number)
    _empty(session, actor, module, found)
    return found


def withdrawable_held(session: Scope, actor: MemberRef, module: ModuleRef, post_id: int) -> Withdrawable:
    """Give one's own post that nobody has looked at yet; raises NotFound. It may be taken back at any time."""
    columns = (
        Post.id, Post.topic_id, Topic.slug, Topic.title, Post.body_html, Topic.next_number, Post.kept_number,
        Topic.replies,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(Topic, Topic.id == Post.topic_id)
        .where(
            Post.id == post_id,
            Post.author_id == actor.id,
            Post.visibility == Visibility.HELD,
            Post.number.is_(None),
            Topic.module_id == module.id,
        )
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    is_opening = row.kept_number == 1 or row.next_number == 1
    return Withdrawable(
        id=row.id,
        topic_id=row.topic_id,
        slug=row.slug,
        number=0,
        title=row.title,
        body_html=row.body_html,
        is_opening=is_opening,
        replies=row.replies if is_opening else 0,
    )


def withdraw_held(session: Scope, actor: MemberRef, module: ModuleRef, post_id: int) -> Withdrawable:
    """Take back one's own post before anybody has looked at it; raises NotFound."""
    topic = select(Post.topic_id).where(Post.id == post_id).scalar_subquery()
    session.execute(select(Topic.id).where(Topic.id == topic).with_for_update())
    found = withdrawable_held(session, actor, module, post_id)
    _empty(session, actor, module, found)
    return found


def _empty(session: Scope, actor: MemberRef, module: ModuleRef, found: Withdrawable) -> None:
    emptied: dict[Any, Any] = {"body": "", "body_html": "", "edits": 0, "edited_at": None}
    # What was in view before it was held again keeps its place like any other.
    emptied |= {"number": func.coalesce(Post.number, Post.kept_number), "kept_number": None}
    gone = update(Post).where(Post.id == found.id)
    session.execute(gone.values(visibility=Visibility.WITHDRAWN, **emptied), execution_options=UNSYNCED)
    session.execute(delete(Revision).where(Revision.post_id == found.id))
    mentions.forget(session, found.id)
    waiting.forget(session, found.id)
    drafts.drop(session, actor, module, drafts.edit_key(found.id))
    _change_topic(session, found)
    recount.topics(session, [found.topic_id])
    ref = ContentRef(POST_TYPE, found.id)
    forget_media(session, ref)
    withdraw_content(session, ref)
    withdraw_content(session, ContentRef(editing.WORDING_TYPE, found.id))
    session.flush()


def _change_topic(session: Scope, found: Withdrawable) -> None:
    topic = update(Topic).where(Topic.id == found.topic_id)
    if found.whole_topic:
        values = {
            "visibility": Visibility.WITHDRAWN,
            "title": str(_("Withdrawn contribution")),
            "slug": NEUTRAL_SLUG,
            "place": "",
        }
        session.execute(topic.values(values), execution_options=UNSYNCED)
    elif found.is_opening:
        # Held again after others replied: they speak in public still.
        shown = topic.where(Topic.visibility == Visibility.HELD).values(visibility=Visibility.PUBLISHED)
        session.execute(shown, execution_options=UNSYNCED)
    # What was joined with another topic is a line in lists still, under the title that its author gave.
    named = update(Topic).where(*recount.joined_by(found.id))
    neutral = {"title": str(_("Withdrawn contribution")), "slug": NEUTRAL_SLUG, "place": ""}
    session.execute(named.values(neutral), execution_options=UNSYNCED)
    accepted = topic.where(Topic.accepted_number == found.number).values(accepted_number=None)
    session.execute(accepted, execution_options=UNSYNCED)
