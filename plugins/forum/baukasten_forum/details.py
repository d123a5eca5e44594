"""A whole post as those who judge it read it: text, files, what stands around it, the ways to change it."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from markupsafe import Markup
from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from baukasten.plugin import Detail, MediaRef, Neighbour, Original, Visibility
from baukasten.sdk import MEMBERS, SafeHtml, Scope, excerpt, media_of, module_path, modules_by_id
from baukasten_forum.attaching.basket import PICTURE
from baukasten_forum.keys import POST_TYPE, PostKind
from baukasten_forum.models import SHOWN, Post, Topic

AROUND = 2
"""Posts shown before and behind the one that is judged."""


def detail(session: Session, post_id: int) -> Detail | None:
    """Give a post whatever its visibility, with its neighbours in view; four statements, whatever the topic's size."""
    columns = (
        Post.topic_id, Post.number, Post.body, Post.body_html, Post.visibility, Post.edits, Post.edited_at,
        Post.reply_to, Topic.module_id, Topic.visibility.label("topic_visibility"),
    )  # fmt: skip
    query = select(*columns).join(Topic, Topic.id == Post.topic_id).where(Post.id == post_id)
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    scope = cast("Scope", session)
    module = modules_by_id(session, [row.module_id])[row.module_id]
    files = media_of(scope, POST_TYPE, [post_id]).get(post_id, ())
    number = None if row.visibility == Visibility.HELD else row.number
    # Pages of posts that are out of view answer nobody, so that no way leads there.
    in_view = row.visibility in SHOWN and row.topic_visibility in SHOWN
    place = {"topic_id": row.topic_id, "number": number}
    before, after = _around(scope, row, number, module)
    return Detail(
        text="\n\n".join([row.body, *(_named(one) for one in files)]),
        html=str(SafeHtml(row.body_html)) + _files(files),
        label=f"#{number}" if number else "",
        before=before,
        after=after,
        edit_path=module_path(scope.contract, module, "edit_post", **place) if in_view else "",
        history_path=module_path(scope.contract, module, "revisions_of", **place)
        if in_view and row.edits
        else "",
        changed_at=row.edited_at,
    )


def originals(session: Session, ids: Sequence[int]) -> dict[int, Original]:
    """Give what the authors of posts typed, with the names of their files; two statements, however many they are."""
    query = select(Post.id, Post.number, Post.body, Post.visibility).where(Post.id.in_(ids))
    files = media_of(cast("Scope", session), POST_TYPE, ids)
    return {
        row.id: Original(
            text="\n\n".join([row.body, *(_named(one) for one in files.get(row.id, ()))]),
            label=f"#{row.number}" if row.number and row.visibility != Visibility.HELD else "",
        )
        for row in session.execute(query)
    }


def _around(
    session: Scope, row: Any, number: int | None, module: Any
) -> tuple[Sequence[Neighbour], Sequence[Neighbour]]:
    """Give what stands before a post, the one that it answers among it, and what stands behind it."""
    there = (Post.topic_id == row.topic_id, Post.visibility.in_(SHOWN), Post.kind != PostKind.NOTICE.value)
    ids = select(Post.id)
    # Who waits without a place is read behind the newest of the topic.
    earlier = () if number is None else (Post.number < number,)
    parts = [
        ids.where(*there, *earlier).order_by(Post.number.desc()).limit(AROUND),
        ids.where(*there, Post.id == row.reply_to),
    ]
    if number is not None:
        parts.append(ids.where(*there, Post.number > number).order_by(Post.number).limit(AROUND))
    chosen = union_all(*(select(one.subquery().c.id) for one in parts)).subquery()
    columns = (Post.number, Post.body_html, Post.byline, Post.created_at, Post.visibility)
    query = (
        select(*columns, MEMBERS.c.display_name.label("name"))
        .outerjoin(MEMBERS, MEMBERS.c.id == Post.author_id)
        .where(Post.id.in_(select(chosen.c.id)))
        .order_by(Post.number)
    )
    found = session.execute(query).all()
    split = sum(number is None or one.number < number for one in found)
    neighbours = [_neighbour(session, row.topic_id, one, module) for one in found]
    return neighbours[:split], neighbours[split:]


def _neighbour(session: Scope, topic_id: int, row: Any, module: Any) -> Neighbour:
    return Neighbour(
        label=f"#{row.number}",
        author_name=row.name or row.byline,
        excerpt=excerpt(SafeHtml(row.body_html)),
        path=module_path(session.contract, module, "post", topic_id=topic_id, number=row.number),
        created_at=row.created_at,
        visibility=Visibility(row.visibility),
    )


def _named(one: MediaRef) -> str:
    """Name a file in words, for evidence is text."""
    return f"[{one.name}: {one.alt}]" if one.alt else f"[{one.name}]"


def _files(files: Iterable[MediaRef]) -> str:
    """Show pictures and name papers; the core's page knows no template of ours."""
    pictures, papers = Markup(""), Markup("")
    for one in files:
        if one.kind == PICTURE:
            shot = '<figure><a href="{}"><img src="{}" alt="{}" loading="lazy"></a></figure>'
            # A picture without words still needs a name as a link.
            pictures += Markup(shot).format(one.url, one.url_small, one.alt or one.name)  # noqa: S704 - our own words
        else:
            papers += Markup('<li><a href="{}">{}</a></li>').format(one.url, one.name)
    shots = Markup('<div class="shots">{}</div>').format(pictures) if pictures else ""
    listed = Markup('<ul class="papers">{}</ul>').format(papers) if papers else ""
    return f"{shots}{listed}"
