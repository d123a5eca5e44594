"""Following a member's new name into the texts of others: into quotations and into calls by name."""

import html
import re
from typing import cast

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import Event, MemberRenamed
from baukasten.sdk import Scope, member_names
from baukasten_forum.models import Mention, Post
from baukasten_forum.writing.forgetting import SOURCE, UNSYNCED, Text, store
from baukasten_forum.writing.models import Revision, SavedDraft, Wording


def hear(session: Session, event: Event) -> None:
    """Take over a new name; safe to hear twice, for it is the name of this moment that counts."""
    if isinstance(event, MemberRenamed):
        name = member_names(cast("Scope", session), [event.member_id]).get(event.member_id)
        # Of somebody who has left, no name is to be written down anywhere.
        if name:
            _in_quotations(session, event.member_id, name)
            _in_calls(session, event.member_id, name)


def _in_quotations(session: Session, member_id: int, name: str) -> None:
    """Name the source of every quotation anew; the whole town's quotations are read, which a job may do."""
    query = select(Post.id).where(Post.author_id == member_id, Post.number.is_not(None))
    own = set(session.scalars(query))
    quoting = select(Post.id, Post.body_html).where(Post.body_html.contains("/beitrag/"))
    for post_id, text in session.execute(quoting).all() if own else ():
        named = SOURCE.sub(
            lambda found: (
                f"{found[1]}{html.escape(name, quote=False)}{found[3]}" if int(found[2]) in own else found[0]
            ),
            text,
        )
        if named != text:
            store(session, Post, post_id, body_html=named)


def _in_calls(session: Session, member_id: int, name: str) -> None:
    calls = select(Mention.post_id, Mention.name).where(Mention.member_id == member_id, Mention.name != name)
    for post_id, old in session.execute(calls).all():
        # Who is called "Anna Torf" beside "Anna" keeps the whole of the name.
        names = session.scalars(select(Mention.name).where(Mention.post_id == post_id)).all()
        longest = sorted({shape for one in names for shape in (one, _escaped(one))}, key=len, reverse=True)
        call = re.compile(rf"@({'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE)
        for table, where in (
            (Post, Post.id == post_id),
            (Revision, Revision.post_id == post_id),
            (Wording, Wording.post_id == post_id),
            (SavedDraft, SavedDraft.key == f"edit:{post_id}"),
        ):
            _call_anew(session, table, where, call, old, name)
        renamed = update(Mention).where(Mention.post_id == post_id, Mention.member_id == member_id)
        session.execute(renamed.values(name=name), execution_options=UNSYNCED)


def _call_anew(
    session: Session,
    table: type[Text],
    where: ColumnElement[bool],
    call: re.Pattern[str],
    old: str,
    name: str,
) -> None:
    meant = {old.casefold(), _escaped(old).casefold()}
    shapes = {"body": name, "body_html": _escaped(name)} if table is Post else {"body": name}
    query = select(table.id, *(getattr(table, column) for column in shapes)).where(where)
    for row_id, *texts in session.execute(query).all():
        called = [_renamed(call, text, meant, new) for text, new in zip(texts, shapes.values(), strict=True)]
        if called != texts:
            store(session, table, row_id, **dict(zip(shapes, called, strict=True)))


def _renamed(call: re.Pattern[str], text: str, meant: set[str], name: str) -> str:
    return call.sub(lambda found: f"@{name}" if found[1].casefold() in meant else found[0], text)


def _escaped(name: str) -> str:
    return html.escape(name, quote=False)
