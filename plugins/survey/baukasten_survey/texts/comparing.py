"""What two coders made of the same texts: how far they agree, where they differ, and what was decided there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from baukasten.plugin import MemberRef, lazy
from baukasten.sdk import NotFound, Scope, clock
from baukasten_survey.models import Response
from baukasten_survey.statistics.agreement import Agreement, cohens_kappa
from baukasten_survey.texts import categories
from baukasten_survey.texts.fields import Field, counted, said, text_of
from baukasten_survey.texts.holding import hold
from baukasten_survey.texts.models import Coder, Coding, Decision

_ = lazy("survey")
NONE = 0
"""Stands for "fits no category" where a number is needed."""
WORDS = (
    (0.0, _("worse than chance")),
    (0.2, _("slight")),
    (0.4, _("fair")),
    (0.6, _("moderate")),
    (0.8, _("substantial")),
    (1.0, _("almost perfect")),
)
"""How Landis and Koch (1977) call a kappa up to each of these; they say themselves that the lines are arbitrary."""
Pairs = Mapping[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Difference:
    """A text that two sorted differently."""

    response_id: int
    text: str
    first: int
    second: int
    decided: int | None
    """What was decided; nothing where nobody has yet."""
    decided_by: int | None


def strength(kappa: float) -> str:
    """Say a kappa in one word, as Landis and Koch (1977) do."""
    if kappa < 0:
        return str(WORDS[0][1])
    return str(next(word for most, word in WORDS[1:] if kappa <= most or most == 1))


def pairs(session: Scope, first: int, second: int) -> dict[tuple[int, int], int]:
    """Count the texts that two coders both sorted, by what each gave them; one statement."""
    one, other = aliased(Coding), aliased(Coding)
    query = (
        select(func.coalesce(one.category_id, NONE), func.coalesce(other.category_id, NONE), func.count())
        .join(other, (other.tenant_id == one.tenant_id) & (other.response_id == one.response_id))
        .where(one.coder_id == first, other.coder_id == second)
        .group_by(one.category_id, other.category_id)
    )
    return {(row[0], row[1]): row[2] for row in session.execute(query)}


def agreement(counts: Pairs) -> Agreement | None:
    """Give how far two agree; nothing where they share no text."""
    ones = [str(a) for (a, _b), number in counts.items() for _time in range(number)]
    others = [str(b) for (_a, b), number in counts.items() for _time in range(number)]
    return cohens_kappa(ones, others)


def differences(
    session: Scope,
    survey_id: int,
    field: Field,
    two: tuple[int, int],
    *,
    after: int = 0,
    decided: bool = False,
    most: int,
) -> list[Difference]:
    """Give the texts that two sorted differently, those that wait for a decision or those that have one."""
    one, other = aliased(Coding), aliased(Coding)
    query = (
        select(Response.id, said(field), one.category_id, other.category_id, Decision)
        .join(one, (one.tenant_id == Response.tenant_id) & (one.response_id == Response.id))
        .join(other, (other.tenant_id == Response.tenant_id) & (other.response_id == Response.id))
        .outerjoin(Decision, _decision_of(field))
        .where(
            counted(survey_id),
            one.coder_id == two[0],
            other.coder_id == two[1],
            one.category_id.is_distinct_from(other.category_id),
            Decision.id.is_not(None) if decided else Decision.id.is_(None),
            Response.id > after,
        )
    )
    return [
        Difference(
            number,
            text or "",
            a or NONE,
            b or NONE,
            (made.category_id or NONE) if made is not None else None,
            made.decided_by if made is not None else None,
        )
        for number, text, a, b, made in session.execute(query.order_by(Response.id).limit(most))
    ]


def decide(
    session: Scope, actor: MemberRef, survey_id: int, field: Field, response_id: int, category_id: int | None
) -> None:
    """Say where a text belongs that two sorted differently; the later decision counts.

    Raises NotFound for a text on which nobody differs, Conflict once figures are frozen.
    """
    hold(session, survey_id, field.name)
    text_of(session, survey_id, field, response_id)
    chosen = categories.checked(session, survey_id, field.name, category_id)
    given = (
        select(func.count(func.distinct(func.coalesce(Coding.category_id, NONE))))
        .join(Coder, (Coder.tenant_id == Coding.tenant_id) & (Coder.id == Coding.coder_id))
        .where(Coding.response_id == response_id, Coder.survey_id == survey_id, Coder.question == field.name)
    )
    if (session.scalar(given) or 0) < 2:
        raise NotFound
    values = {"category_id": chosen, "decided_by": actor.id, "at": clock.now()}
    adding = insert(Decision).values(
        tenant_id=session.tenant_id,
        survey_id=survey_id,
        question=field.name,
        response_id=response_id,
        **values,
    )
    known = [Decision.tenant_id, Decision.response_id, Decision.question]
    session.execute(adding.on_conflict_do_update(index_elements=known, set_=values))


def results(
    session: Scope, survey_id: int, field: Field, among: Sequence[ColumnElement[bool]] = ()
) -> dict[int | None, int]:
    """Count texts by their result: what was decided, else what all of two or more coders gave them; one statement.

    ``NONE`` counts those that fit no category, nothing those without a result.
    """
    agreed = _agreed(survey_id, field)
    decided = Decision.id.is_not(None)
    result = case((decided, func.coalesce(Decision.category_id, NONE)), else_=agreed.c.category)
    query = (
        select(result, func.count())
        .select_from(Response)
        .outerjoin(agreed, agreed.c.response_id == Response.id)
        .outerjoin(Decision, _decision_of(field))
        .where(counted(survey_id), said(field).is_not(None), *among)
        .group_by(result)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _agreed(survey_id: int, field: Field) -> Subquery:
    """Give the texts that two or more coders sorted alike."""
    category: Any = func.coalesce(Coding.category_id, NONE)
    return (
        select(Coding.response_id, func.min(category).label("category"))
        .join(Coder, (Coder.tenant_id == Coding.tenant_id) & (Coder.id == Coding.coder_id))
        .where(Coder.survey_id == survey_id, Coder.question == field.name)
        .group_by(Coding.response_id)
        .having(and_(func.count() > 1, func.min(category) == func.max(category)))
        .subquery()
    )


def _decision_of(field: Field) -> ColumnElement[bool]:
    return and_(
        Decision.tenant_id == Response.tenant_id,
        Decision.response_id == Response.id,
        Decision.question == field.name,
    )
