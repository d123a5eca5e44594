"""Cases: opened once for each contribution that waits, counted, kept in their order."""

import datetime as dt
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.postgresql import insert

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.jobs.queue import enqueue
from baukasten.moderation import kinds, measures, settings
from baukasten.moderation.models import Appeal, Case, CaseCause, Decision, Settled
from baukasten.plugin.refs import Content, ContentRef
from baukasten.projects import queries

PER_REPORT = dt.timedelta(hours=6)
"""How much further forward each further report puts a case: as if it had waited so much longer."""
MOST_COUNTED = 999
"""How far those who moderate count; more is "999+", so that a long queue slows no page."""
GUESS_JOB = "moderation.guess"
COUNTED = "baukasten.moderation.open"
"""Key of a session's ``info``: a transaction, and how many cases a page that counts them anyway found open in it."""
UNSYNCED = {"synchronize_session": False}


def open_case(
    session: Scope,
    ref: ContentRef,
    cause: CaseCause,
    *,
    code: str = "",
    note: str = "",
    content: Content | None = None,
    counts: bool = True,
    due_at: dt.datetime | None = None,
) -> int:
    """Open a case, or find the open one of this contribution; gives its id.

    A further report moves it forward in the queue, unless it is one that does not count. Until the end of the
    transaction nobody else reports or decides about the same.
    """
    now = clock.now()
    # Who wrote it and where it stands is asked once, so that lists and filters need no plugin.
    about = content or kinds.find_all(session, [ref]).get(ref)
    module = (
        None if about is None or about.module_id is None else queries.module_by_id(session, about.module_id)
    )
    row = insert(Case).values(
        tenant_id=session.tenant_id,
        cause=cause.value,
        content_type=ref.type,
        content_id=ref.id,
        code=code,
        note=note,
        reports=int(counts and cause is CaseCause.REPORTED),
        created_at=now,
        order_at=now,
        due_at=due_at or now + dt.timedelta(hours=settings.desk(session)["due_hours"]),
        author_id=about.author_id if about else None,
        module_id=module.id if module else None,
        project_id=module.project.id if module and module.project else None,
    )
    forward = PER_REPORT if counts and cause is CaseCause.REPORTED else dt.timedelta()
    again = row.on_conflict_do_update(
        index_elements=["tenant_id", "content_type", "content_id"],
        index_where=(Case.closed_at.is_(None)) & (Case.cause != CaseCause.APPEAL.value),
        set_={"reports": Case.reports + row.excluded.reports, "order_at": Case.order_at - forward},
    )
    case_id = int(session.execute(again.returning(Case.id)).scalar_one())
    enqueue(session, GUESS_JOB, queueing_lock=f"{GUESS_JOB} {session.tenant_id}")
    return case_id


def count_report(session: Scope, case_id: int) -> None:
    """Count a report that its case was opened for without counting; each but the first moves it forward."""
    forward = case((Case.reports > 0, Case.order_at - PER_REPORT), else_=Case.order_at)
    counted = update(Case).where(Case.id == case_id).values(reports=Case.reports + 1, order_at=forward)
    session.execute(counted, execution_options=UNSYNCED)


def close_of(session: Scope, ref: ContentRef) -> int | None:
    """Close the open case of a contribution without a decision, and give its id."""
    mine = (Case.content_type == ref.type, Case.content_id == ref.id, *waiting())
    closed = update(Case).where(*mine, Case.cause != CaseCause.APPEAL.value).values(closed_at=clock.now())
    return session.execute(closed.returning(Case.id), execution_options=UNSYNCED).scalar()


def void_appeals(session: Scope, ref: ContentRef) -> None:
    """End the appeals about a contribution that its author took back; those against limits of a person stay."""
    now = clock.now()
    about_content = select(Appeal.id).join(Decision, Decision.id == Appeal.decision_id)
    about_content = about_content.where(Decision.measure.not_in(measures.ON_PERSON))
    mine = (
        Case.content_type == ref.type,
        Case.content_id == ref.id,
        Case.appeal_id.in_(about_content),
        *waiting(),
    )
    closed = update(Case).where(*mine).values(closed_at=now).returning(Case.appeal_id)
    ids = session.scalars(closed, execution_options=UNSYNCED).all()
    ended = update(Appeal).where(Appeal.id.in_(ids), Appeal.outcome.is_(None))
    session.execute(ended.values(outcome=Settled.VOID.value, decided_at=now), execution_options=UNSYNCED)


def waiting() -> tuple[Any, ...]:
    """Give the condition of cases that are open."""
    return (Case.closed_at.is_(None),)


def count_open(session: Scope) -> int:
    """Count the cases that wait, up to ``MOST_COUNTED`` + 1."""
    known: tuple[object, int] | None = session.info.get(COUNTED)
    if known is not None and known[0] is session.get_transaction():
        return known[1]
    mine = (*waiting(), Case.content_type.in_(kinds.judged_types(session)))
    some = select(Case.id).where(*mine).limit(MOST_COUNTED + 1).subquery()
    return int(session.scalar(select(func.count()).select_from(some)) or 0)


def written(count: int) -> str:
    """Give a count as pages show it: "999+" where nobody counted on."""
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
