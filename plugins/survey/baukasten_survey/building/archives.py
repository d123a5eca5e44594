"""Taking in a survey of another program: its questions as the draft, or all of it as a survey that is over."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import insert

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, Scope, clock, record
from baukasten_survey.building import drafts, opening
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import Anonymity, Flag, SurveyState
from baukasten_survey.models import Response, Survey
from baukasten_survey.transfer.reports import Filled, Imported

_ = lazy("survey")

MOST_RESPONSES, AT_ONCE = 20_000, 500
TOO_MANY = _("The archive holds more than %(most)s responses; so many are not taken in at once.")
NOT_EMPTY = _("Responses are only taken into a survey that was never open.")


def take_questions(
    session: Scope, actor: MemberRef, module: ModuleRef, revision: int, found: Imported
) -> Survey:
    """Put the questions of a file in the place of what is written; can be taken back. Raises Conflict."""
    survey = drafts.writable(session, module, revision)
    drafts.store(session, survey, parse(found.definition))
    record(session, actor, "survey.survey.import", f"survey:{survey.id}", notes=len(found.notes))
    return survey


def take_all(session: Scope, actor: MemberRef, module: ModuleRef, revision: int, found: Imported) -> int:
    """Take questions and responses of an archive as a survey that is over; gives how many responses came.

    Each is marked as taken in. Nothing is known of who gave them, so the level says only that there are no names.
    Raises Conflict for a survey that was open once, Invalid for more than fit.
    """
    survey = take_questions(session, actor, module, revision, found)
    if survey.state != SurveyState.DRAFT:
        raise Conflict(NOT_EMPTY)
    opening.forget_tests(session, survey.id)
    survey.anonymity = Anonymity.PSEUDONYMOUS
    version = opening.publish(session, survey, parse(found.definition), {})
    count = _keep(session, survey, version.number, found.responses or ())
    survey.state, survey.closed_at = SurveyState.CLOSED, clock.now()
    session.flush()
    record(session, actor, "survey.responses.import", f"survey:{survey.id}", responses=count)
    return count


def _keep(session: Scope, survey: Survey, number: int, responses: Iterable[Filled]) -> int:
    count = 0
    rows = iter(_rows(session, survey, number, responses))
    while some := list(islice(rows, AT_ONCE)):
        count += len(some)
        if count > MOST_RESPONSES:
            raise Invalid({"file": TOO_MANY % {"most": MOST_RESPONSES}})
        session.execute(insert(Response), some)
    return count


def _rows(
    session: Scope, survey: Survey, number: int, responses: Iterable[Filled]
) -> Iterator[dict[str, Any]]:
    """Give those that were submitted, as rows."""
    for one in responses:
        if one.done:
            yield {
                "tenant_id": session.tenant_id,
                "survey_id": survey.id,
                "version": number,
                "language": one.language,
                "day": one.day or clock.now().date(),
                "answers": one.answers,
                "flags": [Flag.IMPORTED.value],
            }
