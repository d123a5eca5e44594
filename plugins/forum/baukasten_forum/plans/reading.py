"""Plans and the remarks on them, as pages read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Table, bindparam, func, select

from baukasten.plugin import ModuleRef
from baukasten.sdk import NotFound, Scope, here, remember
from baukasten_forum.listing import CLAUSES, TOPIC, TOPIC_SHOWN, AnyRow
from baukasten_forum.models import Plan

MAX_DOTS = 300
"""Remarks that are drawn and listed on the page of a picture; the others stand on the page of all remarks."""
TEXT, PICTURE = "text", "picture"
PLAN: Table = Plan.metadata.tables["forum_plan"]
OF_MODULE = (
    select(
        PLAN.c.id, PLAN.c.kind, PLAN.c.title, PLAN.c.description, PLAN.c.media_id,
        select(func.count()).select_from(TOPIC)
        .where(TOPIC.c.tenant_id == PLAN.c.tenant_id, TOPIC.c.plan_id == PLAN.c.id, TOPIC_SHOWN)
        .where(TOPIC.c.merged_into.is_(None))
        .scalar_subquery().label("remarks"),
    )
    .where(PLAN.c.module_id == bindparam("module"))
    .order_by(PLAN.c.position, PLAN.c.id)
)  # fmt: skip
REMARKS = (TOPIC.c.plan_id == bindparam("plan"), TOPIC_SHOWN, TOPIC.c.merged_into.is_(None))
BY_PASSAGE = select(TOPIC.c.passage, func.count().label("remarks")).where(*REMARKS).group_by(TOPIC.c.passage)
DOTS = (
    select(
        *(TOPIC.c[name] for name in ("id", "slug", "title", "x", "y", "place", "replies", "outcome"))
    )
    .where(*REMARKS)
    .order_by(TOPIC.c.id)
    .limit(MAX_DOTS)
)  # fmt: skip
CLAUSES["plan"] = (TOPIC.c.plan_id == bindparam("plan")) & TOPIC.c.merged_into.is_(None)
CLAUSES["passage"] = TOPIC.c.passage == bindparam("passage")


@dataclass(frozen=True, slots=True)
class Known:
    """A plan as lists need it."""

    id: int
    kind: str
    title: str
    description: str
    media_id: int | None
    remarks: int


def all_of(session: Scope, module_id: int) -> list[Known]:
    """Give a forum's plans in their order, each with how many remarks on it everybody sees."""
    return [Known(*row) for row in session.execute(OF_MODULE, {"module": module_id})]


def kept(module: ModuleRef) -> Sequence[Known]:
    """Give a forum's plans; asked once a generation. Views only."""
    session = here().session
    return remember(("forum", "plans", module.id), lambda: all_of(session, module.id))


def find(session: Scope, module: ModuleRef, plan_id: int) -> AnyRow:
    """Give a plan with its text and passages. Raises NotFound."""
    query = select(*PLAN.c).where(PLAN.c.id == plan_id, PLAN.c.module_id == module.id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def by_passage(session: Scope, plan_id: int) -> Mapping[int | None, int]:
    """Count the remarks on each passage; those on the whole plan under None."""
    return {row.passage: row.remarks for row in session.execute(BY_PASSAGE, {"plan": plan_id})}


def dots(session: Scope, plan_id: int) -> Sequence[AnyRow]:
    """Give the first remarks on a picture in the order in which they came, so that their numbers stay."""
    return session.execute(DOTS, {"plan": plan_id}).all()
