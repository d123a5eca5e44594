"""What a project's page tells about its forums: the door, the latest, the numbers."""

import datetime as dt
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from baukasten.plugin import ActivityItem, Door, LazyText, ModuleRef, ProjectRef, Stat, lazy
from baukasten.sdk import Scope, dngettext, module_path, modules
from baukasten_forum import listing
from baukasten_forum.keys import KIND
from baukasten_forum.listing import TOPIC, AnyRow
from baukasten_forum.models import IS_SHOWN
from baukasten_forum.stages import kinds

_ = lazy("forum")
COUNTED = (IS_SHOWN, TOPIC.c.merged_into.is_(None))
"""What went into another topic is there already."""
COUNTS = func.coalesce(func.sum(TOPIC.c.replies), 0)
ANSWERED = func.count().filter(TOPIC.c.answered_at.is_not(None), listing.ANSWERABLE)
"""As the board has it: contributions, each once, where they are now."""


def door(session: Session, module: ModuleRef) -> Door:
    """Invite into a forum: to write while it is open, else to read what is there."""
    counts = listing.counts(cast("Scope", session), module.id)
    count, answered = counts.contributions, counts.answered
    read = (
        dngettext("forum", "Read %(num)s contribution", "Read %(num)s contributions", count) if count else ""
    )
    line = str(_("Say what you wish for, and reply to others."))
    if answered:
        said = dngettext("forum", "The town answered %(num)s.", "The town answered %(num)s.", answered)
        line = f"{line} {said}"
    return Door(line, read, str(_invitation(module) if count else _("Write the first contribution")))


def _invitation(module: ModuleRef) -> LazyText:
    """Give the words that lead to the first kind of contribution that a forum takes."""
    return kinds.INVITATIONS[kinds.allowed(module)[0]]


def activity(session: Session, project: ProjectRef, since: dt.datetime, limit: int) -> list[ActivityItem]:
    """Give the topics of a project that moved lately, newest first."""
    scope = cast("Scope", session)
    forums = _forums(scope, project)
    query = (
        select(
            TOPIC.c.id, TOPIC.c.slug, TOPIC.c.title, TOPIC.c.module_id, TOPIC.c.last_post_at, TOPIC.c.replies
        )
        .where(TOPIC.c.module_id.in_(forums), *COUNTED, TOPIC.c.last_post_at >= since)
        .order_by(TOPIC.c.last_post_at.desc(), TOPIC.c.id.desc())
        .limit(limit)
    )
    return [_item(scope, forums[row.module_id], row) for row in session.execute(query)] if forums else []


def stats(session: Session, project: ProjectRef) -> list[Stat]:
    """Count the contributions of a project and how many of them are replies."""
    forums = _forums(cast("Scope", session), project)
    if not forums:
        return []
    query = select(func.count(), COUNTS, ANSWERED).where(TOPIC.c.module_id.in_(forums), *COUNTED)
    topics, replies, answered = session.execute(query).one()
    return [
        Stat("forum.contributions", str(_("Contributions")), int(topics + replies)),
        Stat("forum.replies", str(_("Replies")), int(replies)),
        Stat("forum.answered", str(_("Answered by the town")), int(answered)),
    ]


def _forums(session: Scope, project: ProjectRef) -> dict[int, ModuleRef]:
    return {
        module.id: module for module in modules(session, project.id) if module.kind == KIND and module.visible
    }


def _item(session: Scope, module: ModuleRef, row: AnyRow) -> ActivityItem:
    path = module_path(session.contract, module, "topic", topic_id=row.id, slug=row.slug)
    return ActivityItem(row.title, path, row.last_post_at, "reply" if row.replies else "topic")
