"""Preparing the weighing of contributions for those who decide: never seen by others than staff."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, and_, bindparam, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import LazyText, MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, NotFound, Scope, clock, normalise, record, require
from baukasten_forum.answers.models import Weighing
from baukasten_forum.keys import POST_TYPE, WEIGH, PostKind
from baukasten_forum.listing import TOPIC, TOPIC_SHOWN, AnyRow
from baukasten_forum.models import SHOWN, Plan
from baukasten_forum.thread import POST

_ = lazy("forum")
PAGE_SIZE = 50
MAX_SUMMARY, MAX_STATEMENT = 2_000, 10_000
PROPOSALS: Mapping[str, LazyText] = {
    "follow": _("Follow it"),
    "partly": _("Follow it in part"),
    "not": _("Do not follow it"),
    "note": _("Take note of it"),
}
UNSYNCED = {"synchronize_session": False}
WEIGHING: Table = Weighing.metadata.tables["forum_weighing"]
PLAN: Table = Plan.metadata.tables["forum_plan"]
ROWS = (
    select(
        POST.c.id, POST.c.number, POST.c.body_html, POST.c.created_at, TOPIC.c.id.label("topic_id"), TOPIC.c.slug,
        TOPIC.c.title, TOPIC.c.place, TOPIC.c.passage, PLAN.c.title.label("plan"), WEIGHING.c.summary,
        WEIGHING.c.statement, WEIGHING.c.proposal, WEIGHING.c.version,
    )
    .select_from(
        TOPIC.join(POST, and_(POST.c.tenant_id == TOPIC.c.tenant_id, POST.c.topic_id == TOPIC.c.id))
        .outerjoin(WEIGHING, and_(WEIGHING.c.tenant_id == POST.c.tenant_id, WEIGHING.c.post_id == POST.c.id))
        .outerjoin(PLAN, and_(PLAN.c.tenant_id == TOPIC.c.tenant_id, PLAN.c.id == TOPIC.c.plan_id))
    )
    .where(
        TOPIC.c.module_id == bindparam("module"),
        TOPIC_SHOWN,
        TOPIC.c.merged_into.is_(None),
        POST.c.visibility.in_(SHOWN),
        POST.c.kind == PostKind.POST.value,
    )
)  # fmt: skip
# Every contribution, and of the replies those that somebody began to weigh; as the exported table has it.
ON_TABLE = or_(POST.c.number == 1, WEIGHING.c.id.is_not(None))
OPEN = func.coalesce(WEIGHING.c.proposal, "") == ""
ORDER = (TOPIC.c.id, POST.c.number)
COUNTED = ROWS.where(ON_TABLE).with_only_columns(func.count(), func.count().filter(~OPEN))


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is prepared about one contribution."""

    summary: str = ""
    statement: str = ""
    proposal: str = ""
    """A key of ``PROPOSALS``, or empty while nobody proposes anything."""


class WeighingConflict(Conflict):
    """A colleague saved something else since the form was shown; ``now`` is what stands there."""

    def __init__(self, now: AnyRow) -> None:
        super().__init__(_("A colleague changed this in the meantime. Both are shown here."))
        self.now = now


def progress(session: Scope, module: ModuleRef) -> tuple[int, int]:
    """Count what has a proposal, and all that needs one."""
    total, done = session.execute(COUNTED, {"module": module.id}).one()
    return done, total


def page(
    session: Scope, module: ModuleRef, after: tuple[int, int] = (0, 0), *, only_open: bool = False
) -> tuple[Sequence[AnyRow], tuple[int, int] | None]:
    """Give one page of the table behind a topic and number, and where the next page begins, if there is one."""
    query = ROWS.where(ON_TABLE, tuple_(*ORDER) > tuple_(*after)).order_by(*ORDER).limit(PAGE_SIZE + 1)
    rows = session.execute(query.where(OPEN) if only_open else query, {"module": module.id}).all()
    shown = rows[:PAGE_SIZE]
    return shown, (shown[-1].topic_id, shown[-1].number) if len(rows) > PAGE_SIZE else None


def find(session: Scope, module: ModuleRef, post_id: int) -> AnyRow:
    """Give a contribution in view with what is prepared about it. Raises NotFound."""
    row = session.execute(ROWS.where(POST.c.id == post_id), {"module": module.id}).one_or_none()
    if row is None:
        raise NotFound
    return row


def by_number(session: Scope, module: ModuleRef, topic_id: int, number: int) -> int:
    """Give the id of a post by its place. Raises NotFound."""
    query = ROWS.with_only_columns(POST.c.id).where(TOPIC.c.id == topic_id, POST.c.number == number)
    found = session.scalar(query, {"module": module.id})
    if found is None:
        raise NotFound
    return int(found)


def following(session: Scope, module: ModuleRef, row: AnyRow) -> int | None:
    """Give the next contribution without a proposal, behind this one and else from the beginning."""
    query = ROWS.with_only_columns(POST.c.id).where(ON_TABLE, OPEN, POST.c.id != row.id)
    behind = tuple_(*ORDER) > tuple_(row.topic_id, row.number)
    return session.scalar(query.order_by(behind.desc(), *ORDER).limit(1), {"module": module.id})


def save(
    session: Scope, actor: MemberRef, module: ModuleRef, post_id: int, weighed: Weighed, *, version: int
) -> None:
    """Store what is prepared about a contribution over the version that was shown (0: none yet).

    Raises Denied, NotFound, Invalid, and WeighingConflict where a colleague saved something else since.
    """
    require(session, actor, WEIGH, module)
    row = find(session, module, post_id)
    values: dict[str, Any] = {
        "summary": normalise(weighed.summary).strip(),
        "statement": normalise(weighed.statement).strip(),
        "proposal": weighed.proposal,
        "edited_by": actor.id,
        "edited_at": clock.now(),
    }
    _check(values)
    if version:
        known = update(Weighing).where(Weighing.post_id == post_id, Weighing.version == version)
        store = known.values(version=Weighing.version + 1, **values).returning(Weighing.id)
        stored = session.execute(store, execution_options=UNSYNCED).scalar()
    else:
        fresh = insert(Weighing).values(tenant_id=session.tenant_id, post_id=post_id, **values)
        again = fresh.on_conflict_do_nothing(index_elements=["tenant_id", "post_id"])
        stored = session.execute(again.returning(Weighing.id)).scalar()
    if stored is None:
        raise WeighingConflict(find(session, module, post_id))
    if row.proposal != weighed.proposal:
        record(session, actor, "forum.weighing.propose", f"{POST_TYPE}:{post_id}", proposal=weighed.proposal)


def _check(values: Mapping[str, Any]) -> None:
    errors: dict[str, object] = {}
    if values["proposal"] and values["proposal"] not in PROPOSALS:
        errors["proposal"] = _("Choose one of the proposals offered.")
    if len(values["summary"]) > MAX_SUMMARY:
        errors["summary"] = _("Please use at most 2,000 characters.")
    if len(values["statement"]) > MAX_STATEMENT:
        errors["statement"] = _("Please use at most 10,000 characters.")
    if errors:
        raise Invalid(errors)
