"""What is new in a town's forums, for those who write summaries of it."""

import datetime as dt
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.plugin import DigestItem, DigestSource, ModuleRef, lazy
from baukasten.sdk import Scope, dngettext, module_path, modules_by_id
from baukasten_forum.keys import KIND
from baukasten_forum.listing import TOPIC, TOPIC_SHOWN

_ = lazy("forum")
MOVED = (TOPIC_SHOWN, TOPIC.c.merged_into.is_(None))


def items(session: Session, since: dt.datetime, limit: int) -> list[DigestItem]:
    """Give the topics that came or moved since a moment in forums that everybody can open.

    The newest ones are chosen; those of one forum stand together, the liveliest forum first. Three statements.
    """
    scope = cast("Scope", session)
    lately = (*MOVED, TOPIC.c.last_post_at >= since)
    touched = session.scalars(select(TOPIC.c.module_id).where(*lately).distinct()).all()
    forums = {key: one for key, one in modules_by_id(session, touched).items() if _is_public(one)}
    columns = ("id", "slug", "title", "module_id", "created_at", "last_post_at", "answered_at", "replies")
    query = select(*(TOPIC.c[name] for name in columns)).where(*lately, TOPIC.c.module_id.in_(forums))
    rows = session.execute(query.order_by(TOPIC.c.last_post_at.desc(), TOPIC.c.id.desc()).limit(limit)).all()
    order = list(dict.fromkeys(row.module_id for row in rows))
    by_forum = sorted(rows, key=lambda row: order.index(row.module_id))
    return [_item(scope, forums[row.module_id], row, since) for row in by_forum]


def _item(session: Scope, forum: ModuleRef, row: Any, since: dt.datetime) -> DigestItem:
    path = module_path(session.contract, forum, "topic", topic_id=row.id, slug=row.slug)
    if row.answered_at is not None and row.answered_at >= since:
        what = str(_("The town has answered"))
    elif row.created_at >= since:
        what = str(_("new"))
    else:
        what = dngettext("forum", "%(num)s reply", "%(num)s replies", row.replies)
    return DigestItem(row.title, path, row.last_post_at, f"{forum.title} · {what}")


def _is_public(module: ModuleRef) -> bool:
    published = module.project is None or module.project.published
    return module.kind == KIND and module.visible and published


SOURCES = [DigestSource("forum.news", _("New in the forums"), items)]
