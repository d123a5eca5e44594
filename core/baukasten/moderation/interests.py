"""Whose own matter a case is: nobody decides about what they wrote, reported, or decided wrongly before."""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, and_, exists, or_, select

from baukasten.access import members
from baukasten.db.session import Scope
from baukasten.errors import Denied
from baukasten.moderation.models import Appeal, Case, Report, Settled
from baukasten.plugin.refs import Role
from baukasten.plugin.text import lazy

_ = lazy("core")
OWN = _("This is about what you wrote. Somebody else has to decide.")
PART = _(
    "You had a part in this: you wrote it, reported it, or decided about it. Somebody else has to decide."
)


def condition(people: Collection[int]) -> ColumnElement[bool]:
    """Give the condition of cases in which one of some people had a part; ``Case`` is in the caller's statement."""
    decided = or_(Appeal.decision_actor_id.in_(people), Appeal.decision_second_id.in_(people))
    answered = and_(Appeal.id == Case.appeal_id, or_(decided, Appeal.appellant_id.in_(people)))
    # A report that an appeal brought back was promised to somebody else than before.
    again = and_(
        Report.case_id == Case.id, Appeal.report_id == Report.id, Appeal.outcome == Settled.GRANTED.value
    )
    return or_(
        and_(Case.author_id.is_not(None), Case.author_id.in_(people)),
        exists().where(Report.case_id == Case.id, Report.reporter_id.in_(people)),
        exists().where(answered),
        exists().where(again, decided),
    )


def of(session: Scope, people: Iterable[int], case_ids: Collection[int]) -> frozenset[int]:
    """Give those of some cases in which one of the people had a part; one statement for all.

    Who moderates a town alone may decide about what they reported, for nobody else ever could.
    """
    wanted = set(people)
    query = select(Case.id, Case.author_id).where(Case.id.in_(case_ids), condition(wanted))
    rows = session.execute(query).all()
    if not rows or set(members.with_roles(session, Role.MODERATOR, Role.ADMIN)) - wanted:
        return frozenset(row.id for row in rows)
    appeals = exists().where(Appeal.id == Case.appeal_id)
    reported = select(Case.id).where(Case.id.in_([row.id for row in rows]), ~appeals)
    alone = set(session.scalars(reported))
    return frozenset(row.id for row in rows if row.author_id in wanted or row.id not in alone)


def check(session: Scope, people: Iterable[int], case_id: int) -> None:
    """Raise Denied for a case in which one of some people had a part."""
    if of(session, people, [case_id]):
        raise Denied(PART)
