"""What a post said before: its wordings, the newest first, each with what became of the one before it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import MEMBERS, NotFound, Scope, may
from baukasten_forum import thread
from baukasten_forum.keys import MANAGE
from baukasten_forum.listing import AnyRow
from baukasten_forum.models import Post, Topic
from baukasten_forum.writing.differences import Stretch, between
from baukasten_forum.writing.models import Revision

PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class Version:
    """A wording, and how it differs from the one before."""

    number: int
    """1 for the first one."""
    since: dt.datetime
    editor: str
    """Who made it of the one before; empty for the first one and for somebody who is gone."""
    by_staff: bool
    reason: str
    text: Sequence[Stretch]
    title: Sequence[Stretch]
    is_closed: bool
    """Whether the public no longer reads it: the town replaced it or a later one."""


@dataclass(frozen=True, slots=True)
class History:
    """One page of a post's wordings."""

    topic_id: int
    slug: str
    title: str
    number: int
    versions: Sequence[Version]
    older: int | None
    """The number of the wording that the next page begins with."""


def history(
    session: Scope,
    reader: MemberRef | None,
    module: ModuleRef,
    topic_id: int,
    number: int,
    *,
    newest: int | None = None,
) -> History:
    """Give the wordings of a post in view from ``newest`` down; two statements.

    What staff replaced, or asked to replace, is read by staff and its author alone, and so is what came before
    it, for it may say the same.
    Raises NotFound, also for a post that nobody ever changed.
    """
    post = _post(session, module, topic_id, number)
    top = post.edits + 1 if newest is None else newest
    if not post.edits or not 1 <= top <= post.edits + 1:
        raise NotFound
    query = (
        select(Revision, MEMBERS.c.display_name)
        .outerjoin(MEMBERS, MEMBERS.c.id == Revision.edited_by)
        .where(Revision.post_id == post.id)
        .order_by(Revision.number)
    )
    rows = session.execute(query).all()
    closed = max((row.number for row, _name in rows if row.closed), default=0)
    own = reader is not None and post.author_id == reader.id
    if closed and (own or may(session, reader, MANAGE, module)):
        closed = 0
    texts = [_Text(row.title, row.body, row.written_at) for row, _name in rows]
    texts.append(_Text(post.title if number == 1 else "", post.body, post.edited_at or post.created_at))
    bottom = max(0, top - PAGE_SIZE)
    versions = [_version(at, texts, rows, closed) for at in range(min(top, len(texts)), bottom, -1)]
    return History(topic_id, post.slug, post.title, number, versions, bottom or None)


class _Text(NamedTuple):
    title: str
    body: str
    since: dt.datetime


def _version(at: int, texts: Sequence[_Text], rows: Sequence[AnyRow], closed: int) -> Version:
    """Give the wording with a number, told from the one before; what replaced that one stands in its row."""
    this = texts[at - 1]
    # The first one differs from nothing, and nothing may be told of one that the public no longer reads.
    before = this if at == 1 or at - 1 <= closed else texts[at - 2]
    maker, name = rows[at - 2] if at > 1 else (None, "")
    is_closed = at <= closed
    return Version(
        number=at,
        since=this.since,
        editor=name or "",
        by_staff=maker is not None and maker.by_staff,
        reason=maker.reason if maker is not None else "",
        text=() if is_closed else between(before.body, this.body),
        title=() if is_closed else between(before.title, this.title),
        is_closed=is_closed,
    )


def _post(session: Scope, module: ModuleRef, topic_id: int, number: int) -> AnyRow:
    columns = (
        Post.id, Post.author_id, Post.body, Post.edits, Post.edited_at, Post.created_at, Topic.title, Topic.slug,
    )  # fmt: skip
    return thread.one_in_view(session, module.id, columns, Post.topic_id == topic_id, Post.number == number)
