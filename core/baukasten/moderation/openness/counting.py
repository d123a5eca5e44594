"""Numbers about moderation, counted from the decisions themselves, so that nothing can be told otherwise."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from baukasten.db.session import Scope
from baukasten.moderation.house_rules import service as house_rules
from baukasten.moderation.models import GENTLE, Appeal, Case, CaseCause, Decision, Measure, Report, Settled
from baukasten.moderation.openness.periods import Period


@dataclass(frozen=True, slots=True)
class Appeals:
    """Appeals that came in, and what became of them."""

    filed: int
    granted: int
    refused: int
    open: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """What happened in a period; each count belongs to the period in which the thing itself happened."""

    reports: int
    reasons: Mapping[str, int]
    """Reports by reason, as keys of rules."""
    held: int
    """Contributions that were looked at before they came into view."""
    measures: Mapping[Measure, int]
    """Decisions by step, without those taken back within seconds."""
    rules: Sequence[tuple[str, int]]
    """Measures against somebody by rule as it is called today, most frequent first."""
    automated: int
    reversals: int
    """Decisions that restored what an earlier one took away."""
    appeals: Appeals
    cases: int
    """Cases that a decision ended."""
    median_hours: float | None
    """Between the opening of a case and its decision; None where none was decided."""

    @property
    def against(self) -> int:
        """Measures against somebody."""
        return sum(count for measure, count in self.measures.items() if measure.value not in GENTLE)


def first_moment(session: Scope) -> dt.datetime | None:
    """Tell when the town's first case was opened or decision taken."""
    moments = session.execute(
        select(
            select(func.min(Case.created_at)).scalar_subquery(),
            select(func.min(Decision.created_at)).scalar_subquery(),
        )
    ).one()
    return min((moment for moment in moments if moment is not None), default=None)


def numbers(session: Scope, period: Period) -> Numbers:
    """Count what happened in a period; six statements beside the rules, however much it was."""
    reasons = _grouped(session, Report.reason, within(Report.created_at, period))
    taken = and_(within(Decision.created_at, period), Decision.undone_at.is_(None))
    measures = _grouped(session, Decision.measure, taken)
    rules = _rules(session, and_(taken, Decision.measure.not_in(GENTLE)))
    decided = select(
        func.count().filter(Decision.automated),
        func.count().filter(Decision.reverses.is_not(None)),
        func.count(Decision.case_id.distinct()),
        func.percentile_cont(0.5).within_group(
            func.extract("epoch", Decision.created_at - Case.created_at) / 3600
        ),
    ).outerjoin(Case, Case.id == Decision.case_id)
    automated, reversals, cases, median = session.execute(decided.where(taken)).one()
    held = select(func.count()).where(Case.cause == CaseCause.HELD.value, within(Case.created_at, period))
    return Numbers(
        reports=sum(reasons.values()),
        reasons=reasons,
        held=session.scalar(held) or 0,
        measures={one: measures[one.value] for one in Measure if one.value in measures},
        rules=sorted(rules.items(), key=lambda pair: (-pair[1], pair[0])),
        automated=automated,
        reversals=reversals,
        appeals=_appeals(session, period),
        cases=cases,
        median_hours=None if median is None else float(median),
    )


def within(moment: ColumnElement[Any] | InstrumentedAttribute[Any], period: Period) -> ColumnElement[bool]:
    """Give the condition that a moment lies in a period; its end belongs to the next one."""
    return and_(moment >= period.begins, moment < period.ends)


def _grouped(
    session: Scope, column: InstrumentedAttribute[str], where: ColumnElement[bool]
) -> dict[str, int]:
    query = select(column, func.count()).where(where).group_by(column).order_by(column)
    return {row[0]: row[1] for row in session.execute(query)}


def _rules(session: Scope, where: ColumnElement[bool]) -> Counter[str]:
    """Count by rule; one that stayed through versions and languages counts as one, one that is gone by its old name."""
    today = {one.key: one.title for one in house_rules.current(session).rules}
    columns = (Decision.rule_key, Decision.rule)
    found: Counter[str] = Counter()
    for key, name, count in session.execute(select(*columns, func.count()).where(where).group_by(*columns)):
        found[today.get(key, name)] += count
    return found


def _appeals(session: Scope, period: Period) -> Appeals:
    outcomes = {
        outcome: func.sum(case((Appeal.outcome == outcome.value, 1), else_=0))
        for outcome in (Settled.GRANTED, Settled.REFUSED)
    }
    still = func.sum(case((Appeal.outcome.is_(None), 1), else_=0))
    query = select(func.count(), *outcomes.values(), still).where(within(Appeal.created_at, period))
    filed, granted, refused, waiting = session.execute(query).one()
    return Appeals(filed, int(granted or 0), int(refused or 0), int(waiting or 0))
