"""Tables of a forum's posts: one for people, one for programs."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from sqlalchemy.orm import Session

from baukasten.plugin import LazyText, ModuleRef, Visibility, lazy
from baukasten.sdk import Reason, SafeHtml, Scope, media_of, plain, reasons
from baukasten_forum.exporting import reading
from baukasten_forum.keys import POST_TYPE, PostKind, TopicKind, Via
from baukasten_forum.listing import AnyRow
from baukasten_forum.outcomes import LABELS
from baukasten_forum.places import place_of
from baukasten_forum.stages.kinds import LABELS as KINDS

_ = lazy("forum")

OUTCOMES = LABELS
ROLES: Mapping[str, LazyText] = {
    PostKind.POST: _("Post"),
    PostKind.ANSWER: _("Answer of the town"),
    PostKind.CONCLUSION: _("What came of it"),
    PostKind.NOTICE: _("Notice"),
}
WAYS: Mapping[str, LazyText] = {
    Via.PAGE: _("on the page"),
    Via.MAIL: _("written by mail"),
    Via.LETTER: _("came by letter"),
    Via.HANDOVER: _("handed over by another module"),
    Via.IMPORT: _("taken over from another system"),
}

COLUMNS: Mapping[str, LazyText] = {
    "topic_id": _("Contribution"),
    "number": _("No."),
    "title": _("Title"),
    "subject": _("Subject"),
    "kind": _("Kind"),
    "place": _("Place or passage"),
    "role": _("Role"),
    "author": _("By"),
    "written_at": _("Written"),
    "text": _("Text"),
    "reply_to": _("In reply to no."),
    "supports": _("Supports"),
    "outcome": _("What became of it"),
    "via": _("Came in"),
    "files": _("Files"),
}
DATA_COLUMNS = (
    "topic_id", "topic", "topic_kind", "topic_state", "topic_outcome", "category", "place", "plan", "passage", "x",
    "y", "post_id", "number", "kind", "via", "author", "written_at", "edited_at", "reply_to", "supports", "thanks",
    "department", "outcome", "due_on", "markdown", "text", "files", "external_id", "moderation", "moderators_note",
)  # fmt: skip
FOLDED = "folded"
"""What the column ``moderation`` says of posts whose text stands behind a click."""


def rows(session: Session, module: ModuleRef) -> Iterator[tuple[Any, ...]]:
    """Give a forum's posts in view, in words."""
    for topic, post, files, _reason in _all(cast("Scope", session), module):
        yield (
            topic.id,
            post.number,
            topic.title,
            topic.category,
            KINDS[TopicKind(topic.kind)],
            place_of(topic),
            ROLES[post.kind],
            reading.author_of(post),
            post.created_at,
            text_of(post),
            reading.reply_to(post),
            post.supports,
            _outcome(topic, post),
            WAYS[post.via],
            files,
        )


def _outcome(topic: AnyRow, post: AnyRow) -> LazyText | None:
    """Give the town's word on a whole contribution, or what one of its answers said; replies have none."""
    said = topic.outcome if post.number == 1 else post.outcome
    return OUTCOMES[said] if said else None


def data_rows(session: Session, module: ModuleRef) -> Iterator[tuple[Any, ...]]:
    """Give a forum's posts in view with all that is public about them, and the ids that links are made of."""
    for topic, post, files, reason in _all(cast("Scope", session), module):
        yield data_row(topic, post, files, reason)


def data_row(topic: AnyRow, post: AnyRow, files: list[str], reason: Reason | None) -> tuple[Any, ...]:
    """Give one post in the order of ``DATA_COLUMNS``."""
    return (
        topic.id, topic.title, topic.kind, topic.state, topic.outcome, topic.category, topic.place, topic.plan,
        topic.passage, topic.x, topic.y, post.id, post.number, post.kind, post.via, reading.author_of(post),
        post.created_at, post.edited_at, reading.reply_to(post), post.supports, post.thanks, post.department,
        post.outcome, post.due_on, post.body, text_of(post), files,
        topic.external_id if post.number == 1 else None,
        FOLDED if post.visibility == Visibility.FOLDED else None, reason.note or None if reason else None,
    )  # fmt: skip


def text_of(post: AnyRow) -> str:
    """Give a post's words without marks."""
    return plain(SafeHtml(post.body_html))


def _all(session: Scope, module: ModuleRef) -> Iterator[tuple[AnyRow, AnyRow, list[str], Reason | None]]:
    for topic in reading.topics(session, module.id):
        for portion in reading.portions(session, topic.id):
            shown = [row for row in portion if reading.is_shown(row)]
            ids = [row.id for row in shown]
            media, judged = media_of(session, POST_TYPE, ids), reasons(session, POST_TYPE, ids)
            for row in shown:
                yield topic, row, [one.name for one in media.get(row.id, ())], judged.get(row.id)
