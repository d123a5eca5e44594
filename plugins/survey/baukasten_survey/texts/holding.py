"""Keeps those who sort texts apart from whoever changes the categories or freezes the figures of the same question."""

from sqlalchemy import exists, select, text

from baukasten.plugin import lazy
from baukasten.sdk import Conflict, Scope
from baukasten_survey.texts.models import Coded

_ = lazy("survey")
FROZEN = _("The figures of this question are fixed; nothing is sorted any more.")
ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
TOGETHER = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 0))")


def hold(session: Scope, survey_id: int, name: str, *, alone: bool = False) -> None:
    """Hold a question's sorting until the end of the transaction; raises Conflict once its figures are frozen."""
    key = {"name": f"survey texts {session.tenant_id} {survey_id} {name}"}
    session.execute(ALONE if alone else TOGETHER, key)
    if is_frozen(session, survey_id, name):
        raise Conflict(FROZEN)


def is_frozen(session: Scope, survey_id: int, name: str) -> bool:
    """Tell whether coded figures of a question are fixed; one statement."""
    found = exists().where(Coded.survey_id == survey_id, Coded.question == name)
    return session.scalar(select(found)) is True
