"""Taking a person's name out of the texts of others: out of quotations and out of calls by name."""

import html
import re
from typing import cast

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import ContentEdited
from baukasten.sdk import Scope, publish_event
from baukasten_forum.keys import POST_TYPE
from baukasten_forum.models import Mention, Post
from baukasten_forum.writing.models import Revision, SavedDraft, Wording

Text = Post | Revision | Wording | SavedDraft
UNSYNCED = {"synchronize_session": False}
NOBODY = "…"
SOURCE = re.compile(r'(<a href="[^"]*/beitrag/(\d+)"[^>]*>)[^<]*(</a>)')


def forget(session: Session, member_id: int) -> int:
    """Take a member's name out of what others wrote, before their own posts lose them; gives the rows changed.

    The whole town's quotations are read, which a job may do.
    """
    return _from_quotations(session, member_id) + _from_calls(session, member_id)


def _from_quotations(session: Session, member_id: int) -> int:
    own = {
        row.id: row.number
        for row in session.execute(select(Post.id, Post.number).where(Post.author_id == member_id))
    }
    quoting = select(Post.id, Post.body_html).where(Post.body_html.contains("/beitrag/"))
    changed = 0
    for post_id, text in session.execute(quoting).all() if own else ():
        without = SOURCE.sub(lambda found: _anonymous(found, own), text)
        if without != text:
            store(session, Post, post_id, body_html=without)
            changed += 1
    return changed


def _anonymous(found: re.Match[str], own: dict[int, int | None]) -> str:
    post_id = int(found[2])
    return f"{found[1]}#{own[post_id] or NOBODY}{found[3]}" if post_id in own else found[0]


def _from_calls(session: Session, member_id: int) -> int:
    calls = select(Mention.post_id, Mention.name).where(Mention.member_id == member_id)
    changed = 0
    for post_id, name in session.execute(calls).all():
        shapes = "|".join(re.escape(shape) for shape in {name, html.escape(name)})
        call = re.compile(rf"@(?:{shapes})(?!\w)", re.IGNORECASE)
        changed += _clean(session, Post, Post.id == post_id, call)
        changed += _clean(session, Revision, Revision.post_id == post_id, call)
        changed += _clean(session, Wording, Wording.post_id == post_id, call)
        changed += _clean(session, SavedDraft, SavedDraft.key == f"edit:{post_id}", call)
    gone = delete(Mention).where(Mention.member_id == member_id)
    session.execute(gone, execution_options=UNSYNCED)
    return changed


def _clean(session: Session, table: type[Text], where: ColumnElement[bool], call: re.Pattern[str]) -> int:
    """Replace a call in the texts of some rows; gives the rows changed."""
    names = ["body", "body_html"] if table is Post else ["body"]
    query = select(table.id, *(getattr(table, name) for name in names)).where(where)
    changed = 0
    for row_id, *texts in session.execute(query).all():
        without = [call.sub(f"@{NOBODY}", one) for one in texts]
        if without != texts:
            store(session, table, row_id, **dict(zip(names, without, strict=True)))
            changed += 1
    return changed


def store(session: Session, table: type[Text], row_id: int, **values: str) -> None:
    """Write the text of one row; of a post, the search hears too."""
    changed = update(table).where(table.id == row_id).values(values)
    session.execute(changed, execution_options=UNSYNCED)
    if table is Post:
        # The search knows the texts too.
        scope = cast("Scope", session)
        publish_event(scope, ContentEdited(scope.tenant_id or 0, POST_TYPE, row_id))
