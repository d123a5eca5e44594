"""Planning a forum's states: add, change and remove what is to come, conclude with a text."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import delete, select, update

from baukasten.plugin import LazyText, MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, NotFound, Scope, clock, record, require
from baukasten_forum import service
from baukasten_forum.keys import SETUP, PostKind, State, TopicState
from baukasten_forum.models import SHOWN, Post, Topic
from baukasten_forum.stages import rules
from baukasten_forum.stages.models import Stage

_ = lazy("forum")
MOST = 50
"""States that a forum may have to come; nobody plans more."""
ORDER = tuple(State)
BEFORE_ARCHIVE = frozenset({State.READ_ONLY, State.CONCLUDED})
UNSYNCED = {"synchronize_session": False}

LABELS: dict[State, LazyText] = {
    State.ANNOUNCED: _("Announced: nobody writes yet"),
    State.OPEN: _("Open: everybody may write"),
    State.REPLIES: _("Replies only: no new contributions"),
    State.READ_ONLY: _("Read only: nobody writes any more"),
    State.CONCLUDED: _("Concluded: the outcome is published"),
    State.ARCHIVED: _("Archived: only kept for reading"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What staff enter: a state, from when on (at once without a moment), and the text that concludes."""

    state: State
    starts_at: dt.datetime | None = None
    conclusion_id: int | None = None
    sure: bool = False
    """Whether a step back, such as opening again what was read-only, is meant."""


def add(session: Scope, actor: MemberRef, module: ModuleRef, plan: Plan) -> int:
    """Plan a state of a forum and give its id.

    Raises Denied, and Invalid with what is wrong under ``state``, ``day``, ``conclusion`` or ``sure``.
    """
    require(session, actor, SETUP, module)
    at, steps = clock.now(), _locked(session, module)
    starts_at = _moment(plan, at, steps)
    _check_conclusion(session, module, plan)
    _check([*steps, rules.Step(0, plan.state, starts_at)], at, sure=plan.sure)
    stage = Stage(
        module_id=module.id,
        state=plan.state,
        starts_at=starts_at,
        set_by=actor.id,
        conclusion_id=plan.conclusion_id if plan.state is State.CONCLUDED else None,
    )
    session.add(stage)
    session.flush()
    _note(session, actor, module, "add", plan.state, starts_at)
    return stage.id


def change(session: Scope, actor: MemberRef, module: ModuleRef, stage_id: int, plan: Plan) -> None:
    """Plan a state that has not begun otherwise. Raises as ``add``, NotFound, and Conflict once it has begun."""
    require(session, actor, SETUP, module)
    at, steps = clock.now(), _locked(session, module)
    _coming(steps, stage_id, at)
    others = [step for step in steps if step.id != stage_id]
    starts_at = _moment(plan, at, others)
    _check_conclusion(session, module, plan)
    _check([*others, rules.Step(stage_id, plan.state, starts_at)], at, sure=plan.sure)
    values = {
        "state": plan.state,
        "starts_at": starts_at,
        "set_by": actor.id,
        "conclusion_id": plan.conclusion_id if plan.state is State.CONCLUDED else None,
    }
    session.execute(update(Stage).where(Stage.id == stage_id).values(values), execution_options=UNSYNCED)
    _note(session, actor, module, "change", plan.state, starts_at)


def remove(session: Scope, actor: MemberRef, module: ModuleRef, stage_id: int) -> None:
    """Take a state that has not begun from the plan. Raises NotFound, Conflict once it has begun, Invalid."""
    require(session, actor, SETUP, module)
    at, steps = clock.now(), _locked(session, module)
    step = _coming(steps, stage_id, at)
    _check([other for other in steps if other.id != stage_id], at, sure=True)
    session.execute(delete(Stage).where(Stage.id == stage_id), execution_options=UNSYNCED)
    _note(session, actor, module, "remove", step.state, step.starts_at)


def conclude(
    session: Scope, actor: MemberRef, module: ModuleRef, *, title: str, body: str
) -> service.Written:
    """Publish what came of a forum, pinned, and conclude the forum with it at once, in one go.

    Raises Denied, and Invalid; then nothing is stored.
    """
    require(session, actor, SETUP, module)
    with session.begin_nested():
        about = service.About(service.checked_title(title))
        way = service.Way(kind=PostKind.CONCLUSION)
        written = service.begin(session, actor, module, about, body, way)
        if written.number is None:
            raise Invalid({"body": _("A filter holds this text back. Please change it or ask a colleague.")})
        now = clock.now()
        values = {
            "state": TopicState.CONCLUDED,
            "state_since": now,
            "conclusion_number": written.number,
            "pinned_at": now,
        }
        concluded = update(Topic).where(Topic.id == written.topic_id).values(values)
        session.execute(concluded, execution_options=UNSYNCED)
        add(session, actor, module, Plan(State.CONCLUDED, None, written.post_id, sure=True))
    return written


def conclusions(session: Scope, module: ModuleRef) -> list[tuple[int, str]]:
    """Give the texts that a forum can be concluded with: ids of posts and titles, the newest first."""
    query = (
        select(Post.id, Topic.title)
        .join(Topic, Topic.id == Post.topic_id)
        .where(Topic.module_id == module.id, Topic.visibility.in_(SHOWN), Post.visibility.in_(SHOWN))
        .where(Post.kind.in_([PostKind.CONCLUSION, PostKind.ANSWER]))
        .order_by(Post.id.desc())
        .limit(MOST)
    )
    return [(row.id, row.title) for row in session.execute(query)]


def _locked(session: Scope, module: ModuleRef) -> Sequence[rules.Step]:
    """Read the plan, held until the end, so that two colleagues do not plan past each other."""
    session.execute(select(Stage.id).where(Stage.module_id == module.id).with_for_update())
    return rules.schedule(session, module.id)


def _coming(steps: Iterable[rules.Step], stage_id: int, at: dt.datetime) -> rules.Step:
    step = next((step for step in steps if step.id == stage_id), None)
    if step is None:
        raise NotFound
    if step.starts_at <= at:
        raise Conflict(_("This state has begun. What was stays; plan another one."))
    return step


def _moment(plan: Plan, at: dt.datetime, others: Sequence[rules.Step]) -> dt.datetime:
    if plan.starts_at is None:
        return at
    if plan.starts_at <= at:
        raise Invalid({"day": _("This moment is over. Leave the day empty to change the state at once.")})
    if any(step.starts_at == plan.starts_at for step in others):
        raise Invalid({"day": _("At this moment another state begins already.")})
    if len(rules.coming(others, at)) >= MOST:
        raise Invalid({"": _("So many states are planned already. Remove some first.")})
    return plan.starts_at


def _check_conclusion(session: Scope, module: ModuleRef, plan: Plan) -> None:
    if plan.state is not State.CONCLUDED:
        return
    if plan.conclusion_id not in {post_id for post_id, _title in conclusions(session, module)}:
        message = _("Choose the text that says what came of the forum, or write one below.")
        raise Invalid({"conclusion": message})


def _check(steps: Sequence[rules.Step], at: dt.datetime, *, sure: bool) -> None:
    """Refuse an order that makes no sense; steps back must be meant. What has been is not judged."""
    ordered = sorted(steps, key=lambda step: step.starts_at)
    first = ordered[0] if ordered else None
    if first is not None and first.starts_at >= at and first.state is State.OPEN:
        raise Invalid(
            {"state": _("Without any state the forum is open. To open it later, announce it first.")}
        )
    if first is not None and first.starts_at >= at and first.state is State.ARCHIVED:
        raise Invalid({"state": _("A forum can be archived after it was read only or concluded.")})
    for before, after in pairwise(ordered):
        if after.starts_at < at:
            continue
        if after.state is before.state:
            raise Invalid({"state": _("The forum is in this state already at that moment.")})
        if after.state is State.ARCHIVED and before.state not in BEFORE_ARCHIVE:
            raise Invalid({"state": _("A forum can be archived after it was read only or concluded.")})
        if ORDER.index(after.state) < ORDER.index(before.state) and not sure:
            message = _("This goes back to an earlier state. Tick the box if that is what you want.")
            raise Invalid({"sure": message})


def _note(
    session: Scope, actor: MemberRef, module: ModuleRef, deed: str, state: State, moment: dt.datetime
) -> None:
    target = f"module:{module.id}"
    record(session, actor, f"forum.stage.{deed}", target, state=state.value, starts_at=moment.isoformat())
