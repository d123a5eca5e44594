"""What two coders made of the same texts: how far they agree, where they differ, and what was decided there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert

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
    both = _both(first, second)
    query = select(both.c.first, both.c.second, func.count()).group_by(both.c.first, both.c.second)
    return {(row[0], row[1]): row[2] for row in session.execute(query)}


def _both(first: int, second: int) -> Subquery:
    """Give the texts that two sorted, with what each gave; grouped, since joins of so many rows need good guesses."""
    given: Any = func.coalesce(Coding.category_id, NONE)
    return (
        select(
            Coding.response_id,
            func.max(given).filter(Coding.coder_id == first).label("first"),
            func.max(given).filter(Coding.coder_id == second).label("second"),
        )
        .where(Coding.coder_id.in_([first, second]))
        .group_by(Coding.response_id)
        .having(func.count() == 2)
        .subquery()
    )


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
    """Give the texts that two sorted differently, those that wait for a decision or those that have one.

    Two statements.
    """
    both = _both(*two)
    settled = select(Decision.response_id).where(
        Decision.survey_id == survey_id, Decision.question == field.name
    )
    # In a case the list of settled ones is looked up in a table of hashes, whatever its guessed length.
    waits = case((both.c.response_id.in_(settled), False), else_=True)
    page = select(both).where(
        both.c.first != both.c.second, both.c.response_id > after, waits.is_(not decided)
    )
    given = session.execute(page.order_by(both.c.response_id).limit(most)).all()
    query = (
        select(Response.id, said(field), Decision)
        .outerjoin(Decision, _decision_of(field))
        .where(counted(survey_id), Response.id.in_([row.response_id for row in given]))
    )
    texts = {number: (text or "", made) for number, text, made in session.execute(query)} if given else {}
    return [
        Difference(
            row.response_id,
            texts[row.response_id][0],
            row.first,
            row.second,
            (made.category_id or NONE) if (made := texts[row.response_id][1]) is not None else None,
            made.decided_by if made is not None else None,
        )
        for row in given
        if row.response_id in texts
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
    given: Any = func.coalesce(Coding.category_id, NONE)
    nothing = cast(null(), BigInteger)
    made: Any = func.coalesce(Decision.category_id, NONE)
    coders = select(Coder.id).where(Coder.survey_id == survey_id, Coder.question == field.name)
    # Gathered and grouped instead of joined, as above.
    texts = select(
        Response.id.label("response_id"),
        literal(1).label("text"),
        nothing.label("made"),
        nothing.label("given"),
    )
    decisions = select(Decision.response_id, literal(0), made, nothing)
    codings = select(Coding.response_id, literal(0), nothing, given)
    known = union_all(
        texts.where(counted(survey_id), said(field).is_not(None), *among),
        decisions.where(Decision.survey_id == survey_id, Decision.question == field.name),
        codings.where(Coding.coder_id.in_(coders)),
    ).subquery()
    agreed = and_(func.count(known.c.given) > 1, func.min(known.c.given) == func.max(known.c.given))
    result = func.coalesce(func.max(known.c.made), case((agreed, func.min(known.c.given))))
    each = (
        select(result.label("result"))
        .group_by(known.c.response_id)
        .having(func.max(known.c.text) == 1)
        .subquery()
    )
    query = select(each.c.result, func.count()).group_by(each.c.result)
    return {row[0]: row[1] for row in session.execute(query)}


def _decision_of(field: Field) -> ColumnElement[bool]:
    return and_(
        Decision.tenant_id == Response.tenant_id,
        Decision.response_id == Response.id,
        Decision.question == field.name,
    )
