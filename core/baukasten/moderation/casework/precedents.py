"""What was decided under a rule before, so that equal things are judged alike."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal, select

from baukasten.db.session import Scope
from baukasten.moderation.models import Decision, Measure

MOST, EXAMPLES = 99, 5
"""How far earlier decisions are counted ("99+" beyond), and how many are shown."""


@dataclass(frozen=True, slots=True)
class Example:
    """An earlier decision under a rule."""

    id: int
    case_id: int | None
    measure: Measure
    facts: str
    at: dt.datetime


def counts(session: Scope, keys: Sequence[str]) -> Mapping[str, int]:
    """Count the decisions that name each of some rules, up to ``MOST`` + 1, in one statement."""
    if not keys:
        return {}
    columns = []
    for number, key in enumerate(keys):
        some = select(literal(1)).where(Decision.rule_key == key, Decision.undone_at.is_(None))
        counted = select(func.count()).select_from(some.limit(MOST + 1).subquery())
        columns.append(counted.scalar_subquery().label(f"rule_{number}"))
    return dict(zip(keys, session.execute(select(*columns)).one(), strict=True))


def examples(session: Scope, key: str) -> list[Example]:
    """Give the newest decisions under a rule."""
    query = (
        select(Decision)
        .where(Decision.rule_key == key, Decision.undone_at.is_(None))
        .order_by(Decision.id.desc())
        .limit(EXAMPLES)
    )
    return [
        Example(one.id, one.case_id, Measure(one.measure), one.facts, one.created_at)
        for one in session.scalars(query)
    ]
