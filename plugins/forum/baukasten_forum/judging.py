"""What moderation does to posts: let in, fold, hide, remove, bring back, refuse; and what it needs to see of them."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import Content, ContentRef, ContentType, Visibility, lazy
from baukasten.sdk import MEMBERS, Conflict, SafeHtml, Scope, excerpt, module_path, modules_by_id
from baukasten_forum import companions, details, outcomes, recount
from baukasten_forum.keys import POST_TYPE, PostKind, TopicKind
from baukasten_forum.models import SHOWN, Post, Topic

_ = lazy("forum")
UNSYNCED = {"synchronize_session": False}


def find(session: Session, ids: Sequence[int]) -> list[Content]:
    """Give what exists of these posts, whatever their visibility; one query, and one for their modules."""
    scope = cast("Scope", session)
    columns = (Post.id, Post.number, Post.author_id, Post.body_html, Post.visibility, Post.created_at)
    query = (
        select(
            *columns,
            Topic.id.label("topic_id"),
            Topic.slug,
            Topic.title,
            Topic.module_id,
            Topic.visibility.label("topic_visibility"),
            MEMBERS.c.display_name,
        )
        .join(Topic, Topic.id == Post.topic_id)
        .outerjoin(MEMBERS, MEMBERS.c.id == Post.author_id)
        .where(Post.id.in_(ids))
        .order_by(Post.id)
    )
    rows = session.execute(query).all()
    modules = modules_by_id(session, {row.module_id for row in rows})
    return [_content(scope, row, modules[row.module_id]) for row in rows]


def path_of(session: Scope, row: Any, module: Any) -> str:
    """Give the path of a post without language: its permalink once it has a number, its topic before."""
    if row.number is not None and row.number > 1:
        return module_path(session.contract, module, "post", topic_id=row.topic_id, number=row.number)
    return module_path(session.contract, module, "topic", topic_id=row.topic_id, slug=row.slug)


def publish(session: Session, post_id: int) -> None:
    """Let a held post into view; raises Conflict when somebody else just did."""
    post = _locked(session, post_id)
    _refuse_withdrawn(post)
    if post.kept_number is not None:
        _move(session, post_id, post, Visibility.PUBLISHED)
        return
    first = Topic.next_number == 1
    numbered = (
        update(Topic)
        .where(Topic.id == post.topic_id)
        .values(
            next_number=Topic.next_number + 1,
            last_number=Topic.next_number,
            replies=Topic.replies + case((first, 0), else_=1),
            visibility=case((first, Visibility.PUBLISHED.value), else_=Topic.visibility),
            last_post_at=recount.newest(post.created_at),
            last_author_id=post.author_id,
            last_byline=post.byline,
        )
        .returning(Topic.next_number - 1)
    )
    number = session.execute(numbered, execution_options=UNSYNCED).scalar_one()
    shown = (
        update(Post)
        .where(Post.id == post_id, Post.number.is_(None))
        .values(number=number, visibility=Visibility.PUBLISHED)
        .returning(Post.id)
    )
    if session.execute(shown, execution_options=UNSYNCED).scalar() is None:
        raise Conflict
    if post.kind == PostKind.ANSWER:
        recount.topics(session, [post.topic_id])
        outcomes.settle(session, post.topic_id)


def hold(session: Session, post_id: int) -> None:
    """Let a post wait again as if nobody had let it into view; it keeps its number for when it comes back."""
    _change(session, post_id, Visibility.HELD)


def hide(session: Session, post_id: int) -> None:
    """Take a post out of view; with the first one its topic goes."""
    _change(session, post_id, Visibility.HIDDEN)


def fold(session: Session, post_id: int) -> None:
    """Fold a post; with the first one its topic stays in lists, and its text is one click away on its page."""
    _change(session, post_id, Visibility.FOLDED)


def remove(session: Session, post_id: int) -> None:
    """Take a post out of view for good, with the first one its topic; its place and its number stay."""
    _change(session, post_id, Visibility.REMOVED)


def restore(session: Session, post_id: int) -> None:
    """Bring a post back to its number; one that never had a number gets its first."""
    if session.scalar(select(Post.number).where(Post.id == post_id)) is None:
        publish(session, post_id)
    else:
        _change(session, post_id, Visibility.PUBLISHED)


def reject(session: Session, post_id: int) -> None:
    """Keep a held post out of view for good."""
    _change(session, post_id, Visibility.REMOVED)


def _change(session: Session, post_id: int, visibility: Visibility) -> None:
    post = _locked(session, post_id)
    _refuse_withdrawn(post)
    _move(session, post_id, post, visibility)


def _move(session: Session, post_id: int, post: Any, visibility: Visibility) -> None:
    """Lead a post into a state, and let its topic follow. The caller holds the topic's row."""
    opening = _is_opening(session, post)
    values: dict[Any, Any] = {"visibility": visibility}
    # What waits has no number that anybody could see; it comes back to the one that it had.
    if visibility is Visibility.HELD and post.number is not None:
        values |= {"number": None, "kept_number": post.number}
    elif visibility in SHOWN and post.number is None:
        values |= {"number": post.kept_number, "kept_number": None}
    changed = update(Post).where(Post.id == post_id).values(values)
    session.execute(changed, execution_options=UNSYNCED)
    if opening:
        whole = update(Topic).where(Topic.id == post.topic_id).values(visibility=visibility)
        session.execute(whole, execution_options=UNSYNCED)
    else:
        # A topic that was joined with another is known by its old title as long as its text is.
        named = update(Topic).where(*recount.joined_by(post_id), Topic.visibility != Visibility.REMOVED)
        known = visibility if visibility in SHOWN else Visibility.HIDDEN
        session.execute(named.values(visibility=known), execution_options=UNSYNCED)
    recount.topics(session, [post.topic_id])
    _mark_answer(session, post_id, post, shown=visibility in SHOWN)
    if post.kind == PostKind.ANSWER:
        outcomes.settle(session, post.topic_id)


def _mark_answer(session: Session, post_id: int, post: Any, *, shown: bool) -> None:
    """Open a question again whose answer left view, and close it when that comes back and no other was chosen."""
    topic = update(Topic).where(Topic.id == post.topic_id)
    if shown and post.was_accepted:
        again = topic.where(Topic.accepted_number.is_(None), Topic.kind == TopicKind.QUESTION.value)
        number = post.number or post.kept_number
        session.execute(again.values(accepted_number=number), execution_options=UNSYNCED)
    elif not shown and post.number is not None:
        solved = topic.where(Topic.accepted_number == post.number).values(accepted_number=None)
        if session.execute(solved.returning(Topic.id), execution_options=UNSYNCED).scalar() is None:
            return
    else:
        return
    marked = update(Post).where(Post.id == post_id).values(was_accepted=not shown)
    session.execute(marked, execution_options=UNSYNCED)


def authors(session: Session, ids: Sequence[int]) -> list[tuple[int, int]]:
    """Give who of some members wrote what everybody sees, with the forum in which; one query."""
    query = select(Post.author_id, Topic.module_id).distinct().join(Topic, Topic.id == Post.topic_id)
    # Answers name the office and not the person.
    seen = (Post.visibility.in_(SHOWN), Topic.visibility.in_(SHOWN), Post.kind == PostKind.POST.value)
    return [
        (row.author_id, row.module_id) for row in session.execute(query.where(Post.author_id.in_(ids), *seen))
    ]


def _refuse_withdrawn(post: Any) -> None:
    """Raise Conflict for what its author took back while somebody decided about it: nothing is left to decide."""
    if post.visibility == Visibility.WITHDRAWN:
        raise Conflict


def _is_opening(session: Session, post: Any) -> bool:
    """Tell whether a post is its topic's text; before anything was in view, there is no other post."""
    number = post.number or post.kept_number
    if number is not None:
        return bool(number == 1)
    return session.scalar(select(Topic.next_number).where(Topic.id == post.topic_id)) == 1


def _locked(session: Session, post_id: int) -> Any:
    """Give a post, with its topic's row held until the end of the transaction, as replying holds it.

    Staff may move it to another topic while we wait for the first.
    """
    columns = (
        Post.topic_id, Post.number, Post.kept_number, Post.was_accepted, Post.kind, Post.author_id, Post.byline,
        Post.created_at, Post.visibility,
    )  # fmt: skip
    where = select(*columns).where(Post.id == post_id)
    post = session.execute(where).one()
    while True:
        session.execute(select(Topic.id).where(Topic.id == post.topic_id).with_for_update())
        held, post = post.topic_id, session.execute(where).one()
        if post.topic_id == held:
            return post


def _content(session: Scope, row: Any, module: Any) -> Content:
    return Content(
        ref=ContentRef(POST_TYPE, row.id),
        title=row.title,
        excerpt=excerpt(SafeHtml(row.body_html)),
        path=path_of(session, row, module),
        author_id=row.author_id,
        author_name=row.display_name or "",
        created_at=row.created_at,
        visibility=Visibility(row.visibility),
        module_id=row.module_id,
        is_reachable=row.topic_visibility in SHOWN,
        label=f"#{row.number}" if row.number else "",
    )


CONTENT_TYPES = [
    ContentType(
        POST_TYPE,
        _("Forum contribution"),
        find,
        publish,
        hide,
        restore,
        reject,
        fold=fold,
        remove=remove,
        hold=hold,
        detail=details.detail,
        authors=authors,
        originals=details.originals,
        accompany=companions.may_add,
    )
]
