"""What staff do to the state of one topic: pin, lock, slow down, close in time, conclude, archive."""

import datetime as dt
from typing import Any

from sqlalchemy import update

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, Scope, clock, record, require
from baukasten_forum import service
from baukasten_forum.keys import MANAGE, PostKind, TopicState
from baukasten_forum.models import Topic
from baukasten_forum.stages import rules

_ = lazy("forum")
MAX_REASON = 300
LONGEST_WAIT = 7 * 86_400
"""Seconds that a slow topic makes people wait at most."""
UNSYNCED = {"synchronize_session": False}


def pin(session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, *, pinned: bool) -> None:
    """Put a topic on top of the list, or back into its order. Raises NotFound, Denied."""
    _topic(session, actor, module, topic_id)
    _set(session, actor, topic_id, "pin" if pinned else "unpin", pinned_at=clock.now() if pinned else None)


def lock(session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, *, reason: str) -> None:
    """Let nobody write in a topic, with a reason that everybody reads. Raises NotFound, Denied, Invalid."""
    _topic(session, actor, module, topic_id)
    _set_state(session, actor, topic_id, TopicState.LOCKED, "lock", _reason(reason))


def reopen(session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int) -> None:
    """Let people write again in a locked, concluded or archived topic, or in one whose time was over."""
    topic = _topic(session, actor, module, topic_id)
    over = topic.closes_at is not None and topic.closes_at <= clock.now()
    _set(
        session,
        actor,
        topic_id,
        "reopen",
        state=TopicState.OPEN,
        state_reason="",
        state_since=clock.now(),
        closes_at=None if over else topic.closes_at,
    )


def slow(session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, *, seconds: int) -> None:
    """Make people wait so long between two replies in a topic; 0 ends it. Raises NotFound, Denied, Invalid."""
    _topic(session, actor, module, topic_id)
    if not 0 <= seconds <= LONGEST_WAIT:
        raise Invalid({"seconds": _("People can be made to wait for a week at most.")})
    _set(session, actor, topic_id, "slow", {"seconds": seconds}, slow_seconds=seconds)


def close_at(
    session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, *, moment: dt.datetime | None
) -> None:
    """Let writing in a topic end at a moment, the first that is too late; nothing takes it back.

    Raises NotFound, Denied, and Invalid for a moment that is over.
    """
    _topic(session, actor, module, topic_id)
    if moment is not None and moment <= clock.now():
        raise Invalid({"day": _("This moment is over. To close at once, lock the contribution.")})
    facts = {} if moment is None else {"closes_at": moment.isoformat()}
    _set(session, actor, topic_id, "close", facts, closes_at=moment)


def conclude(
    session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, *, body: str
) -> service.Written:
    """End a topic with a last post that says what came of it. Raises NotFound, Denied, Invalid, Conflict."""
    topic = _topic(session, actor, module, topic_id)
    if topic.state == TopicState.CONCLUDED:
        raise Conflict
    with session.begin_nested():
        written = service.add(session, actor, module, topic_id, body, service.Way(kind=PostKind.CONCLUSION))
        if written.number is None:
            raise Invalid({"body": _("A filter holds this text back. Please change it or ask a colleague.")})
        numbered = update(Topic).where(Topic.id == topic_id).values(conclusion_number=written.number)
        session.execute(numbered, execution_options=UNSYNCED)
        _set_state(session, actor, topic_id, TopicState.CONCLUDED, "conclude")
    return written


def archive(session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int) -> None:
    """Keep a topic for reading alone. Raises NotFound, Denied, and Invalid while people still write in it."""
    topic = _topic(session, actor, module, topic_id)
    over = topic.closes_at is not None and topic.closes_at <= clock.now()
    if topic.state == TopicState.OPEN and not over:
        raise Invalid({"": _("Lock or conclude the contribution first; then it can be archived.")})
    _set_state(session, actor, topic_id, TopicState.ARCHIVED, "archive")


def _topic(session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int) -> rules.TopicRow:
    """Give the topic, held until the end, so that no reply slips in beside the change."""
    require(session, actor, MANAGE, module)
    topic = rules.topic_of(session, module, topic_id, locked=True)
    if topic.merged_into is not None:
        raise Conflict(_("This contribution was merged with another one. Go on there."))
    return topic


def _reason(reason: str) -> str:
    line = " ".join(reason.split())
    if not line:
        raise Invalid({"reason": _("Say why; everybody reads it above the contribution.")})
    if len(line) > MAX_REASON:
        raise Invalid({"reason": _("This is too long.")})
    return line


def _set_state(
    session: Scope, actor: MemberRef, topic_id: int, state: TopicState, deed: str, reason: str = ""
) -> None:
    now = clock.now()
    _set(session, actor, topic_id, deed, state=state, state_reason=reason, state_since=now)


def _set(
    session: Scope,
    actor: MemberRef,
    topic_id: int,
    deed: str,
    facts: dict[str, Any] | None = None,
    **values: Any,
) -> None:
    changed = update(Topic).where(Topic.id == topic_id).values(values)
    session.execute(changed, execution_options=UNSYNCED)
    record(session, actor, f"forum.topic.{deed}", f"topic:{topic_id}", **(facts or {}))
