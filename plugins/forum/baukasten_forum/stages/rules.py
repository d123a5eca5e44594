"""What may be done in a forum and in a topic at a moment, and what the refusal says."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from baukasten.plugin import LazyText, MemberRef, ModuleRef, lazy
from baukasten.sdk import Closed, NotFound, Opening, Scope, TooMany, clock, dgettext, dngettext, may
from baukasten_forum.keys import ANSWER, CREATE, EDIT, ENTER, MANAGE, REACT, REPLY, State, TopicState
from baukasten_forum.models import SHOWN, Post, Topic
from baukasten_forum.stages import times
from baukasten_forum.stages.models import Stage

_ = lazy("forum")

PEOPLE = frozenset({CREATE, REPLY, EDIT, REACT})
TOWN = frozenset({ANSWER, ENTER})
"""What the town itself still does where people only read: answer, and enter letters that came in time."""
RULED = PEOPLE | TOWN
"""What a state can take away; reading, reporting and looking after the forum it never does."""
ALLOWED: Mapping[State, frozenset[str]] = {
    State.ANNOUNCED: TOWN,
    State.OPEN: RULED,
    State.REPLIES: RULED - {CREATE},
    State.READ_ONLY: TOWN,
    State.CONCLUDED: TOWN,
    State.ARCHIVED: frozenset(),
}
OF_TOPIC: Mapping[TopicState, frozenset[str]] = {
    TopicState.OPEN: RULED,
    TopicState.LOCKED: TOWN,
    TopicState.CONCLUDED: TOWN,
    TopicState.ARCHIVED: frozenset(),
}
TopicRow = Any
"""A topic's row with ``state``, ``state_reason``, ``state_since``, ``closes_at``, ``slow_seconds``, ``merged_into``."""


@dataclass(frozen=True, slots=True)
class Step:
    """A state that a forum is in from a moment on."""

    id: int
    state: State
    starts_at: dt.datetime
    conclusion_id: int | None = None


Schedule = Sequence[Step]
"""A forum's states in their order; before the first one, and without any, it is open."""


def schedule(session: Scope, module_id: int) -> tuple[Step, ...]:
    """Read a forum's states, past and to come, in one statement."""
    columns = (Stage.id, Stage.state, Stage.starts_at, Stage.conclusion_id)
    query = select(*columns).where(Stage.module_id == module_id).order_by(Stage.starts_at)
    return tuple(
        Step(row.id, State(row.state), row.starts_at, row.conclusion_id) for row in session.execute(query)
    )


def current(steps: Schedule, at: dt.datetime) -> Step | None:
    """Give the newest state that has begun, or nothing where none has: then the forum is open."""
    return next((step for step in reversed(steps) if step.starts_at <= at), None)


def coming(steps: Schedule, at: dt.datetime) -> list[Step]:
    """Give the states that have not begun yet."""
    return [step for step in steps if step.starts_at > at]


def next_change(steps: Schedule, at: dt.datetime, topic: TopicRow | None = None) -> dt.datetime | None:
    """Give the next moment at which a forum's or a topic's state changes."""
    following = [step.starts_at for step in coming(steps, at)]
    if topic is not None and topic.closes_at is not None and topic.closes_at > at:
        following.append(topic.closes_at)
    return min(following, default=None)


def judge(steps: Schedule, permission: str, at: dt.datetime, topic: TopicRow | None = None) -> Opening:
    """Tell whether states let a permission be used at a moment, until when, or why not and what is possible instead."""
    if permission not in RULED:
        return Opening(open=True)
    now = current(steps, at)
    state = State.OPEN if now is None else now.state
    if permission not in ALLOWED[state]:
        opens = next((step for step in coming(steps, at) if permission in ALLOWED[step.state]), None)
        since = None if opens is None else opens.starts_at
        return Opening(open=False, reason=_closed(state, now, opens), since=since)
    if topic is not None:
        reason = _topic_closed(topic, permission, at)
        if reason:
            return Opening(open=False, reason=reason)
    ends = [step.starts_at for step in coming(steps, at) if permission not in ALLOWED[step.state]]
    if topic is not None and topic.closes_at is not None and permission in PEOPLE:
        ends.append(topic.closes_at)
    return Opening(open=True, since=None if now is None else now.starts_at, until=min(ends, default=None))


def need(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    permission: str,
    topic: TopicRow | None = None,
) -> None:
    """Refuse what the states of a forum and of a topic do not allow at this moment; beside ``require``, never instead.

    Raises Closed with a message that says since when and what is possible instead, and TooMany where the topic
    makes people wait between two replies.
    """
    answer = judge(schedule(session, module.id), permission, clock.now(), topic)
    if not answer.open:
        raise Closed(answer.reason)
    if topic is not None and permission == REPLY and topic.slow_seconds:
        _wait(session, actor, module, topic)


def topic_of(session: Scope, module: ModuleRef, topic_id: int, *, locked: bool = False) -> TopicRow:
    """Read a topic that everybody sees; ``locked`` holds its row until the end. Raises NotFound."""
    visible = (Topic.id == topic_id, Topic.module_id == module.id, Topic.visibility.in_(SHOWN))
    query = select(*Topic.__table__.columns).where(*visible)
    row = session.execute(query.with_for_update() if locked else query).one_or_none()
    if row is None:
        raise NotFound
    return row


def _wait(session: Scope, actor: MemberRef, module: ModuleRef, topic: TopicRow) -> None:
    """Let a person reply in a slow topic only so often; staff who look after it need not wait."""
    if may(session, actor, MANAGE, module):
        return
    own = (Post.topic_id == topic.id, Post.author_id == actor.id)
    # The text of the topic itself is no reply; held and hidden replies count, or waiting would be worth avoiding.
    replies = (Post.number.is_(None)) | (Post.number > 1)
    latest = session.scalar(select(func.max(Post.created_at)).where(*own, replies))
    if latest is None:
        return
    left = (latest + dt.timedelta(seconds=topic.slow_seconds) - clock.now()).total_seconds()
    if left > 0:
        raise TooMany(
            int(-(-left // 1)),
            dgettext(
                "forum",
                "People may write here once in %(span)s, so that everybody can follow. You can again in %(left)s.",
                span=span_text(topic.slow_seconds),
                left=span_text(left),
            ),
        )


def span_text(seconds: float) -> str:
    """Write a span in full minutes or hours, rounded up; under a minute in seconds."""
    if seconds < 60:
        return dngettext("forum", "%(num)s second", "%(num)s seconds", max(1, int(-(-seconds // 1))))
    minutes = int(-(-seconds // 60))
    if minutes < 120:
        return dngettext("forum", "%(num)s minute", "%(num)s minutes", minutes)
    return dngettext("forum", "%(num)s hour", "%(num)s hours", -(-minutes // 60))


ENDED: Mapping[State, LazyText] = {
    State.REPLIES: _("Since %(day)s no new contributions are taken. You can still reply and support."),
    State.READ_ONLY: _("Writing ended on %(day)s. You can still read and report everything."),
    State.CONCLUDED: _("This forum was concluded on %(day)s. You can read what came of it."),
    State.ARCHIVED: _("This forum has been in the archive since %(day)s. You can still read everything."),
}


def _closed(state: State, now: Step | None, opens: Step | None) -> str:
    """Say why a forum's state refuses, since when, and when it opens again."""
    again = "" if opens is None else times.since_text(opens.starts_at)
    if state is State.ANNOUNCED:
        opens_on = dgettext("forum", "You can write here from %(day)s on.", day=again)
        return opens_on if again else str(_("You cannot write here yet. The town will say from when on."))
    said = str(ENDED[state]) % {"day": "" if now is None else times.since_text(now.starts_at)}
    again = again and dgettext("forum", "You can write again from %(day)s on.", day=again)
    return f"{said} {again}".rstrip()


def _topic_closed(topic: TopicRow, permission: str, at: dt.datetime) -> str:
    """Say why a topic's own state refuses, or nothing."""
    if topic.merged_into is not None:
        return str(_("This contribution was merged with another one. Please write there."))
    state = TopicState(topic.state)
    if permission not in OF_TOPIC[state]:
        return topic_state_text(topic)
    if permission in PEOPLE and topic.closes_at is not None and topic.closes_at <= at:
        return dgettext(
            "forum",
            "One could write here until %(day)s. You can still read and report everything.",
            day=times.until_text(topic.closes_at),
        )
    return ""


def topic_state_text(topic: TopicRow) -> str:
    """Say that a topic is locked, concluded or archived, since when and why."""
    day = "" if topic.state_since is None else times.since_text(topic.state_since)
    said = str(OF_TOPIC_SAID[TopicState(topic.state)]) % {"day": day}
    if topic.state_reason:
        said += " " + dgettext("forum", "Reason: %(reason)s", reason=topic.state_reason)
    return said


OF_TOPIC_SAID: Mapping[TopicState, LazyText] = {
    TopicState.LOCKED: _("The moderators closed this contribution on %(day)s."),
    TopicState.CONCLUDED: _("This contribution was concluded on %(day)s. You can read what came of it."),
    TopicState.ARCHIVED: _("This contribution has been in the archive since %(day)s."),
}
