"""How many of one sort are wanted: counted in the same transaction as the answer, so that nothing overshoots."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from baukasten.plugin import lazy
from baukasten.sdk import Closed, Scope, clock
from baukasten_survey.answers.values import flat
from baukasten_survey.definition.model import Definition
from baukasten_survey.expressions.evaluation import compile_node
from baukasten_survey.expressions.parsing import parse
from baukasten_survey.models import Quota

_ = lazy("survey")


class Full(Closed):
    """Enough people of this sort have answered already."""

    code = "quota-full"

    def __init__(self, message: Mapping[str, str]) -> None:
        super().__init__(_("Enough people like you have answered already. Thank you for wanting to."))
        self.by_language = dict(message)


def take(session: Scope, survey_id: int, definition: Definition, answers: Mapping[str, Any]) -> None:
    """Count a response in each quota that it belongs to; raises Full, and the caller rolls back.

    Quotas are locked in the order of their numbers, so that two who belong to the same ones never block each other.
    """
    rows = session.execute(
        select(Quota.id, Quota.expression, Quota.message)
        .where(Quota.survey_id == survey_id)
        .order_by(Quota.id)
    ).all()
    if not rows:
        return
    values = flat(definition, answers)
    for number, expression, message in rows:
        if compile_node(parse(expression))(values, clock.now().date()) is not True:
            continue
        counted = update(Quota).where(Quota.id == number, Quota.taken < Quota.wanted)
        changed = counted.values(taken=Quota.taken + 1).returning(Quota.id)
        if session.scalar(changed.execution_options(synchronize_session=False)) is None:
            raise Full(message)
