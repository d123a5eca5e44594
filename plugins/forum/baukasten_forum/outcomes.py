"""What becomes of a contribution: the list that the town chooses from, and which answer decides."""

from collections.abc import Mapping

from sqlalchemy import ScalarSelect, func, or_, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import LazyText, Outcome, lazy
from baukasten_forum.keys import PostKind
from baukasten_forum.models import SHOWN, Post, Topic

_ = lazy("forum")
CHOICES: Mapping[Outcome, LazyText] = {
    Outcome.EXAMINATION: _("In examination: we look into it and say more later"),
    Outcome.ADOPTED: _("Adopted: we do it"),
    Outcome.PARTLY: _("Partly adopted: we do some of it"),
    Outcome.REJECTED: _("Rejected: we do not do it, for the reason in the text"),
    Outcome.DONE: _("Done: it has happened"),
}
"""What an answer may say; open is what has none, merged is what staff joins."""
LABELS: Mapping[str, LazyText] = {
    Outcome.OPEN: _("open"),
    Outcome.EXAMINATION: _("in examination"),
    Outcome.ADOPTED: _("adopted"),
    Outcome.PARTLY: _("partly adopted"),
    Outcome.REJECTED: _("rejected"),
    Outcome.MERGED: _("merged"),
    Outcome.DONE: _("done"),
}
UNSYNCED = {"synchronize_session": False}


def settle(session: Session, topic_id: int) -> None:
    """Let a topic's newest answer in view decide its outcome; without any it is open again.

    Answers to single replies do not speak for the whole topic. One that was merged stays so.
    """
    decided = func.coalesce(_deciding(topic_id), Outcome.OPEN.value)
    settled = update(Topic).where(Topic.id == topic_id, Topic.outcome != Outcome.MERGED.value)
    session.execute(settled.values(outcome=decided), execution_options=UNSYNCED)


def _deciding(topic_id: int) -> ScalarSelect[str | None]:
    opening = select(Post.id).where(Post.topic_id == topic_id, Post.number == 1).scalar_subquery()
    return (
        select(Post.outcome)
        .where(
            Post.topic_id == topic_id,
            Post.kind == PostKind.ANSWER.value,
            Post.visibility.in_(SHOWN),
            Post.outcome.is_not(None),
            or_(Post.reply_to.is_(None), Post.reply_to == opening),
        )
        .order_by(Post.number.desc())
        .limit(1)
        .scalar_subquery()
    )
