"""The table for those who decide: each contribution with the administration's summary, statement and proposal."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, select
from sqlalchemy.orm import Session

from baukasten.plugin import LazyText, ModuleRef, lazy
from baukasten.sdk import Scope
from baukasten_forum.answers.models import Weighing
from baukasten_forum.answers.weighing import PROPOSALS
from baukasten_forum.exporting import tables
from baukasten_forum.exporting.reading import CATEGORY, IN_VIEW, PLAN
from baukasten_forum.keys import PostKind
from baukasten_forum.listing import TOPIC, TOPIC_SHOWN
from baukasten_forum.places import place_of
from baukasten_forum.thread import POST

_ = lazy("forum")
WEIGHING: Table = Weighing.metadata.tables["forum_weighing"]
COLUMNS: Mapping[str, LazyText] = {
    "number": _("No."),
    "written_at": _("Received"),
    "place": _("Place or passage"),
    "title": _("Title"),
    "text": _("Contribution"),
    "supports": _("Supports"),
    "summary": _("Summary"),
    "statement": _("Statement of the administration"),
    "proposal": _("Proposal for decision"),
}
ROWS = (
    select(
        TOPIC.c.id, TOPIC.c.title, TOPIC.c.place, TOPIC.c.passage, POST.c.number, POST.c.body_html, POST.c.supports,
        POST.c.created_at, PLAN.c.title.label("plan"), WEIGHING.c.summary, WEIGHING.c.statement, WEIGHING.c.proposal,
    )
    .select_from(
        TOPIC.join(POST, and_(POST.c.tenant_id == TOPIC.c.tenant_id, POST.c.topic_id == TOPIC.c.id))
        .outerjoin(WEIGHING, and_(WEIGHING.c.tenant_id == POST.c.tenant_id, WEIGHING.c.post_id == POST.c.id))
        .outerjoin(CATEGORY, and_(CATEGORY.c.tenant_id == TOPIC.c.tenant_id, CATEGORY.c.id == TOPIC.c.category_id))
        .outerjoin(PLAN, and_(PLAN.c.tenant_id == TOPIC.c.tenant_id, PLAN.c.id == TOPIC.c.plan_id))
    )
    .where(
        TOPIC.c.module_id == bindparam("module"),
        TOPIC_SHOWN,
        TOPIC.c.merged_into.is_(None),
        IN_VIEW,
        # Every contribution, and of the replies those that somebody weighed.
        (POST.c.number == 1) | WEIGHING.c.id.is_not(None),
        POST.c.kind == PostKind.POST.value,
    )
    .order_by(CATEGORY.c.position.nulls_last(), CATEGORY.c.id, TOPIC.c.id, POST.c.number)
)  # fmt: skip


def rows(session: Session, module: ModuleRef) -> Iterator[tuple[Any, ...]]:
    """Give what is to be weighed, whether anybody has written something about it yet or not."""
    for row in cast("Scope", session).execute(ROWS, {"module": module.id}):
        yield (
            str(row.id) if row.number == 1 else f"{row.id}/{row.number}",
            row.created_at,
            place_of(row),
            row.title,
            tables.text_of(row),
            row.supports,
            row.summary or "",
            row.statement or "",
            PROPOSALS.get(row.proposal or "", ""),
        )
