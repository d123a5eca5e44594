"""What pages show of states and kinds: until when one may write, why not, what became of an idea, what answers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, select

from baukasten.plugin import LazyText, MemberRef, ModuleRef, Outcome, Visibility, lazy
from baukasten.sdk import (
    MEMBERS,
    Opening,
    SafeHtml,
    clock,
    excerpt,
    here,
    kept_part,
    may,
    module_url,
    part,
    remember,
    translator,
    valid_until,
)
from baukasten.sdk import opening as phase_opening
from baukasten_forum.keys import CREATE, EDIT, MANAGE, REPLY, State, TopicKind, TopicState
from baukasten_forum.mine import Fact
from baukasten_forum.models import SHOWN, Post, Topic
from baukasten_forum.stages import accepting, rules, times

_ = lazy("forum")
FOLDED = _("Folded by the moderators. You can read it on its page.")
AFTERWARDS: Mapping[State, LazyText] = {
    State.REPLIES: _("After that you can still reply to what is there."),
    State.READ_ONLY: _("After that everything can still be read."),
    State.CONCLUDED: _("Then the town publishes what came of it."),
}
ANSWERED = frozenset({Outcome.ADOPTED, Outcome.PARTLY, Outcome.REJECTED, Outcome.DONE})


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands above a list or a topic: shut with the reason, or open with the end in words."""

    shut: bool
    text: str
    after: str = ""
    url: str = ""
    """Where to read what came of it."""
    slow: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One step of an idea's way."""

    title: object
    text: str
    state: str


def steps(module: ModuleRef) -> rules.Schedule:
    """Give a forum's states, asked once a generation; views only."""
    return remember(("forum", "stages", module.id), lambda: rules.schedule(here().session, module.id))


def opening(module: ModuleRef, permission: str, topic: rules.TopicRow | None = None) -> Opening:
    """Tell a view whether phase, forum and topic let a permission be used; kept pages end in time.

    ``until`` is the first moment at which one of the three takes it away.
    """
    phase, at, plan = phase_opening(module, permission), clock.now(), steps(module)
    changes = rules.next_change(plan, at, topic)
    if changes is not None:
        valid_until(changes)
    own = rules.judge(plan, permission, at, topic)
    if not own.open or not phase.open:
        return phase if own.open else own
    ends = [moment for moment in (phase.until, own.until) if moment is not None]
    return Opening(open=True, since=phase.since or own.since, until=min(ends, default=None))


def list_banner(module: ModuleRef, _member: MemberRef | None) -> Markup:
    """Give what stands above the list; equal for all."""
    return _banner(module, CREATE, None)


def topic_banner(module: ModuleRef, topic: rules.TopicRow, _member: MemberRef | None) -> Markup:
    """Give what stands above a topic; equal for all."""
    return _banner(module, REPLY, topic)


def _banner(module: ModuleRef, permission: str, topic: rules.TopicRow | None) -> Markup:
    now = opening(module, permission, topic)
    slow = 0 if topic is None or not now.open else topic.slow_seconds
    if now.open and now.until is None and not slow:
        return Markup("")
    key = ("forum", "banner", module.id, topic and topic.id, now.open, now.since, now.until, now.reason)
    return kept_part(key, "forum/stages/banner.html", lambda: {"banner": _words(module, now, topic, slow)})


def _words(module: ModuleRef, now: Opening, topic: rules.TopicRow | None, slow: int) -> Banner:
    url = _conclusion_url(module, topic)
    if not now.open:
        return Banner(shut=True, text=now.reason, url=url)
    pause = str(_("Here one may write once in %(span)s.")) % {"span": rules.span_text(slow)} if slow else ""
    if now.until is None:
        return Banner(shut=False, text="", slow=pause)
    text = str(_("You can write until %(day)s.")) % {"day": times.until_text(now.until)}
    return Banner(shut=False, text=text, after=_after(module, now.until), slow=pause)


def _after(module: ModuleRef, until: dt.datetime) -> str:
    """Say what comes once writing is over: what the plan says, else reading."""
    following = next((step for step in steps(module) if step.starts_at == until), None)
    return str(AFTERWARDS.get(following.state if following else State.READ_ONLY, ""))


def _conclusion_url(module: ModuleRef, topic: rules.TopicRow | None) -> str:
    """Give where the outcome stands, of the topic or else of its forum; empty while there is none in force."""
    closed = (TopicState.CONCLUDED, TopicState.ARCHIVED)
    if topic is not None and topic.conclusion_number and topic.state in closed:
        return _post_url(module, Topic.id == topic.id, Post.number == topic.conclusion_number)
    at = clock.now()
    begun = [step for step in steps(module) if step.starts_at <= at and step.conclusion_id]
    now = rules.current(steps(module), at)
    if not begun or now is None or now.state not in (State.CONCLUDED, State.ARCHIVED):
        return ""
    return _post_url(module, Post.id == begun[-1].conclusion_id)


def _post_url(module: ModuleRef, *which: ColumnElement[bool]) -> str:
    """Give the address of a post in view; empty for one that left it, alone or with its topic."""
    where = select(Post.topic_id, Post.number).join(Topic, Topic.id == Post.topic_id).where(*which)
    shown = where.where(Post.visibility.in_(SHOWN), Topic.visibility.in_(SHOWN))
    row = here().session.execute(shown).one_or_none()
    return module_url(module, "post", topic_id=row.topic_id, number=row.number) if row else ""


def track(module: ModuleRef, topic: rules.TopicRow, _member: MemberRef | None) -> Markup:
    """Give the way of an idea, from coming in to what the town made of it; equal for all."""
    if topic.kind != TopicKind.IDEA:
        return Markup("")
    key = ("forum", "track", module.id, topic.id)
    return kept_part(key, "forum/stages/track.html", lambda: {"marks": marks(topic)})


OUTCOMES: Mapping[Outcome, LazyText] = {
    Outcome.ADOPTED: _("Adopted"),
    Outcome.PARTLY: _("Partly adopted"),
    Outcome.REJECTED: _("Rejected"),
    Outcome.MERGED: _("Merged"),
    Outcome.DONE: _("Adopted"),
}


def marks(topic: rules.TopicRow) -> list[Mark]:
    """Give the steps of an idea: received, examined, decided, done."""
    day, outcome = translator().date, Outcome(topic.outcome)
    answered = day(topic.answered_at) if topic.answered_at is not None else ""
    found = [Mark(_("Received"), day(topic.created_at), "now" if outcome is Outcome.OPEN else "past")]
    if outcome is Outcome.MERGED:
        return [*found, Mark(OUTCOMES[outcome], "", "now")]
    checked = "next" if outcome is Outcome.OPEN else "now" if outcome is Outcome.EXAMINATION else "past"
    found.append(Mark(_("Examined by the town"), answered if checked == "now" else "", checked))
    if outcome not in ANSWERED:
        return [*found, Mark(_("Answer of the town"), "", "next")]
    is_done = outcome is Outcome.DONE
    found.append(Mark(OUTCOMES[outcome], answered, "past" if is_done else "now"))
    if outcome is not Outcome.REJECTED:
        found.append(Mark(_("Done"), "", "now" if is_done else "next"))
    return found


def accepted(module: ModuleRef, topic: rules.TopicRow, _member: MemberRef | None) -> Markup:
    """Give the reply that answers a question, in short and with the way there; equal for all."""
    if topic.kind != TopicKind.QUESTION or not topic.accepted_number:
        return Markup("")
    key = ("forum", "accepted", module.id, topic.id)
    return kept_part(key, "forum/stages/accepted.html", lambda: _answer(module, topic))


def _answer(module: ModuleRef, topic: rules.TopicRow) -> dict[str, Any]:
    """Read the reply; nothing of one that left view."""
    named = (MEMBERS.c.tenant_id == Post.tenant_id) & (MEMBERS.c.id == Post.author_id)
    query = (
        select(Post.number, Post.body_html, Post.visibility, Post.byline, MEMBERS.c.display_name)
        .outerjoin(MEMBERS, named)
        .where(Post.topic_id == topic.id, Post.number == topic.accepted_number, Post.visibility.in_(SHOWN))
    )
    row = here().session.execute(query).one_or_none()
    if row is None:
        return {"answer": None}
    url = module_url(module, "post", topic_id=topic.id, number=row.number)
    author = row.display_name or row.byline or str(_("Former member"))
    return {
        "answer": {
            "url": url,
            "number": row.number,
            "author": author,
            "text": str(FOLDED) if row.visibility == Visibility.FOLDED else excerpt(SafeHtml(row.body_html)),
        }
    }


def feet(
    module: ModuleRef, topic: rules.TopicRow, facts: Sequence[Fact], member: MemberRef | None
) -> Mapping[int, Markup]:
    """Give the feet of a question's replies: the mark of the one that answers it, and for the asker the button."""
    if topic.kind != TopicKind.QUESTION:
        return {}
    can = member is not None and _can_accept(module, topic, member)
    shown: dict[int, Markup] = {}
    for fact in facts:
        is_answer = fact.number == topic.accepted_number
        if fact.number > 1 and (can or is_answer):
            values = {"topic_id": topic.id, "number": fact.number}
            url = module_url(module, "accept_answer", **values) if can else ""
            shown[fact.id] = part("forum/stages/accept.html", url=url, answers=is_answer, number=fact.number)
    return shown


def _can_accept(module: ModuleRef, topic: rules.TopicRow, member: MemberRef) -> bool:
    session = here().session
    if not accepting.may_accept(session, member, module, topic):
        return False
    return opening(module, EDIT, topic).open or may(session, member, MANAGE, module)
