"""Changing what stands in view: who may, what stays readable of it, and new wordings that are looked at first."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal, select, update
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import (
    ContentEdited,
    ContentRef,
    Draft,
    Field,
    FieldKind,
    MemberRef,
    ModuleRef,
    Visibility,
    lazy,
)
from baukasten.sdk import (
    SANITISER_VERSION,
    Conflict,
    Denied,
    Invalid,
    NotFound,
    Scope,
    clock,
    may,
    publish_event,
    reasons,
    record,
    require,
    slug,
    submit,
    wait_again,
)
from baukasten_forum import judging, mentions, thread
from baukasten_forum.cooking import Cooked, cook
from baukasten_forum.keys import ANSWER, EDIT, MANAGE, POST_TYPE, PostKind
from baukasten_forum.models import Post, Topic
from baukasten_forum.service import SLUG_FALLBACK, checked_title
from baukasten_forum.stages import rules
from baukasten_forum.told import ASK
from baukasten_forum.writing import telling
from baukasten_forum.writing.models import Revision, Wording

_ = lazy("forum")
WORDING_TYPE = "forum.wording"
"""A new wording that waits; its number is the post's."""
QUIET = dt.timedelta(minutes=3)
"""A slip of the pen leaves no trace as long as nobody can have replied to it."""
MINUTES = Field(
    "edit_minutes",
    _("Minutes in which people change what they wrote without giving a reason"),
    FieldKind.NUMBER,
    required=True,
    default=60,
    minimum=0,
    maximum=1440,
    help=_("After that they say what they change and why. Earlier wordings always stay readable."),
)
MAX_EDITS = 100
MAX_REASON = 300
UNSYNCED = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Editable:
    """A post as the form for changing it needs it."""

    id: int
    topic_id: int
    topic_slug: str
    topic_title: str
    number: int
    title: str
    """The topic's, of the post that carries one; else empty."""
    body: str
    version: str
    """Tells whether somebody changed it since."""
    own: bool
    needs_reason: bool
    needs_rule: bool
    """Whether it is what somebody else wrote, so that staff names the rule that it broke."""
    permission: str
    """What changing it needs: the town's answers stay the town's, whoever of its staff wrote them."""


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants a post to say."""

    body: str
    title: str = ""
    reason: str = ""
    version: str = ""
    rule: str = ""
    """Which one it broke, of what staff changes in another person's text."""


class EditConflict(Conflict):
    """Somebody changed the post since the form was shown; ``now`` is what it says now."""

    def __init__(self, now: Editable) -> None:
        super().__init__(_("This contribution was changed in the meantime. Both wordings are shown here."))
        self.now = now


def editable(session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, number: int) -> Editable:
    """Give a post that the actor may change now. Raises NotFound, Denied, Closed."""
    found = described(session, actor, module, topic_id, number)
    _check(session, actor, module, found)
    return found


def described(session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, number: int) -> Editable:
    """Give a post of one's own, or any to staff, whether or not it may be changed now. Raises NotFound, Denied."""
    return _described(session, actor, module, _row(session, module, *_at(topic_id, number)))


def edit(
    session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, number: int, change: Change
) -> bool:
    """Change a post, one's own or as the town's staff; tells whether the new wording is in view at once.

    A screening may hold it; then the old wording stays in view until somebody has looked at the new one.
    Raises NotFound, Denied, Closed, Invalid, EditConflict, and Rejected where a screening refuses.
    """
    row = _row(session, module, *_at(topic_id, number), lock=True)
    now = _described(session, actor, module, row)
    _check(session, actor, module, now)
    title = checked_title(change.title) if now.title else ""
    cooked = cook(session, module, change.body, topic_id)
    # What it says already is no conflict either: a double click sends the same change twice.
    if (cooked.text, title) == (now.body, now.title):
        return True
    if change.version != now.version:
        raise EditConflict(now)
    reason = _reason(now, change)
    if row.edits >= MAX_EDITS:
        raise Invalid({"": _("This contribution was changed 100 times. Please write a new one.")})
    by = _By(actor.id, now.needs_rule, reason, _is_asked(session, row))

    def store(visibility: Visibility) -> int:
        if visibility is Visibility.PUBLISHED:
            _replace(session, module, row, title, cooked, by)
        else:
            _wait(session, row, title, cooked.text, by)
        return int(row.id)

    draft = Draft(WORDING_TYPE, cooked.text, title, actor, module, is_edit=True, content_id=row.id)
    seen = submit(session, draft, store).visibility is Visibility.PUBLISHED
    if seen and by.is_asked and now.own:
        wait_again(session, ContentRef(POST_TYPE, row.id))
    if not now.own:
        record(session, actor, "forum.post.edit", f"{POST_TYPE}:{row.id}", waits=not seen)
    return seen


def own_waiting(session: Scope, actor: MemberRef, post_id: int) -> Wording | None:
    """Give the new wording of the actor's own that waits for a post."""
    query = select(Wording).where(
        Wording.post_id == post_id,
        Wording.edited_by == actor.id,
        Wording.visibility == Visibility.HELD.value,
    )
    return session.scalar(query)


def apply_waiting(session: Scope, module: ModuleRef, post_id: int) -> None:
    """Let a wording that waited replace the one in view. Raises NotFound when there is none any more."""
    row = _row(session, module, Post.id == post_id, lock=True)
    waiting = session.scalar(select(Wording).where(Wording.post_id == post_id))
    if waiting is None:
        raise NotFound
    cooked = cook(session, module, waiting.body, row.topic_id)
    by = _By(waiting.edited_by, waiting.by_staff, waiting.reason, _is_asked(session, row))
    _replace(session, module, row, waiting.title, cooked, by)
    if by.is_asked and by.member_id == row.author_id:
        # Who lets the change into view that was asked for has seen that it is the right one.
        judging.restore(session, post_id)
    session.delete(waiting)
    session.flush()


@dataclass(frozen=True, slots=True)
class _By:
    member_id: int | None
    is_staff: bool
    reason: str
    is_asked: bool
    """Whether moderators asked for the change; then what it said before is read by them alone."""


def _row(session: Scope, module: ModuleRef, *where: Any, lock: bool = False) -> Any:
    """Give a post in view with its topic, the topic's row held as replying holds it if asked."""
    columns = (
        Post.id, Post.topic_id, Post.number, Post.kind, Post.author_id, Post.body, Post.edits, Post.edited_at,
        Post.created_at, Post.visibility, Topic.title, Topic.slug, Topic.last_number,
    )  # fmt: skip
    row = thread.one_in_view(session, module.id, columns, *where)
    if lock:
        session.execute(select(Topic.id).where(Topic.id == row.topic_id).with_for_update())
        # Read again: it may have changed while this waited.
        row = thread.one_in_view(session, module.id, columns, *where)
    return row


def _described(session: Scope, actor: MemberRef, module: ModuleRef, row: Any) -> Editable:
    own = row.author_id == actor.id
    permission = ANSWER if row.kind == PostKind.ANSWER else EDIT if own else MANAGE
    if row.kind == PostKind.NOTICE or (permission != EDIT and not may(session, actor, permission, module)):
        raise Denied
    minutes = int(module.settings.get(MINUTES.key, MINUTES.default))
    late = clock.now() - row.created_at > dt.timedelta(minutes=minutes)
    return Editable(
        id=row.id,
        topic_id=row.topic_id,
        topic_slug=row.slug,
        topic_title=row.title,
        number=row.number,
        title=row.title if row.number == 1 else "",
        body=row.body,
        version=version(row.edited_at),
        own=own,
        needs_reason=late or not own,
        needs_rule=not own and row.kind == PostKind.POST,
        permission=permission,
    )


def _reason(post: Editable, change: Change) -> str:
    """Give what everybody reads about a change; raises Invalid for one that lacks what it needs."""
    said, rule = " ".join(change.reason.split()), " ".join(change.rule.split())
    missing: dict[str, object] = {}
    if post.needs_reason and not said:
        missing["reason"] = _("Please say in a few words what you change and why. Everybody can read it.")
    if post.needs_rule and not rule:
        missing["rule"] = _("Please name the rule.")
    if missing:
        raise Invalid(missing)
    return (f"{rule}: {said}" if post.needs_rule else said)[:MAX_REASON]


def _is_asked(session: Scope, row: Any) -> bool:
    """Tell whether a post is folded until its author changes it."""
    if row.visibility != Visibility.FOLDED:
        return False
    reason = reasons(session, POST_TYPE, [row.id]).get(row.id)
    return reason is not None and reason.measure == ASK


def _check(session: Scope, actor: MemberRef, module: ModuleRef, post: Editable) -> None:
    require(session, actor, post.permission, module)
    if post.permission != MANAGE:
        rules.need(session, actor, module, post.permission, rules.topic_of(session, module, post.topic_id))


def _at(topic_id: int, number: int) -> tuple[Any, Any]:
    return Post.topic_id == topic_id, Post.number == number


def version(edited_at: dt.datetime | None) -> str:
    """Give what a form remembers of the wording that it was shown with."""
    return "" if edited_at is None else edited_at.isoformat()


def _replace(session: Scope, module: ModuleRef, row: Any, title: str, cooked: Cooked, by: _By) -> None:
    """Put a new wording in place; the old one stays readable but for a slip that nobody can have replied to."""
    now = clock.now()
    slip = now - row.created_at <= QUIET and row.number == row.last_number and not row.edits
    quiet = slip and by.member_id == row.author_id and not by.reason
    if not quiet:
        session.add(
            Revision(
                post_id=row.id,
                number=row.edits + 1,
                title=row.title if title else "",
                body=row.body,
                written_at=row.edited_at or row.created_at,
                edited_by=by.member_id,
                by_staff=by.is_staff,
                closed=by.is_staff or by.is_asked,
                reason=by.reason,
            )
        )
    changed = update(Post).where(Post.id == row.id)
    values = changed.values(
        body=cooked.text,
        body_html=str(cooked.html),
        sanitiser_version=SANITISER_VERSION,
        edits=Post.edits if quiet else Post.edits + 1,
        edited_at=now,
        staff_edited=Post.staff_edited | literal(by.is_staff),
    )
    session.execute(values, execution_options=UNSYNCED)
    if title and title != row.title:
        named = update(Topic).where(Topic.id == row.topic_id)
        values = named.values(title=title, slug=slug(title, fallback=SLUG_FALLBACK))
        session.execute(values, execution_options=UNSYNCED)
    mentions.forget(session, row.id)
    mentions.remember(session, row.id, cooked.called)
    session.flush()
    if by.is_staff and row.author_id is not None and row.author_id != by.member_id:
        topic = (row.topic_id, title or row.title)
        at = (row.id, row.number)
        telling.tell(session, module, at, author_id=row.author_id, topic=topic, reason=by.reason)
    publish_event(session, ContentEdited(session.tenant_id or 0, POST_TYPE, row.id))


def _wait(session: Scope, row: Any, title: str, body: str, by: _By) -> None:
    """Store a wording to be looked at, in place of one that waits already."""
    values = {
        "title": title,
        "body": body,
        "edited_by": by.member_id,
        "by_staff": by.is_staff,
        "reason": by.reason,
        "visibility": Visibility.HELD.value,
        "created_at": clock.now(),
    }
    fresh = insert(Wording).values(tenant_id=session.tenant_id, post_id=row.id, **values)
    again = fresh.on_conflict_do_update(index_elements=["tenant_id", "post_id"], set_=values)
    session.execute(again)
