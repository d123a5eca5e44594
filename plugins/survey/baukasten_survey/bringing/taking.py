"""Taking in a survey of another program: its questions as the draft, or all of it as a survey that is over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, update

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Scope, clock, record
from baukasten_survey.bringing.adopting import adopt
from baukasten_survey.building import drafts, opening
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import Anonymity, Flag, SurveyState
from baukasten_survey.models import Response, Survey
from baukasten_survey.transfer.reports import Filled, Imported, Note

_ = lazy("survey")

FIRST = 1
"""Number of the version that taken-in responses answer."""
NOT_EMPTY = _("Responses are only taken into a survey that was never open.")
UNSYNCED = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Place:
    """Who takes in where, seen from which revision."""

    actor: MemberRef
    module: ModuleRef
    revision: int
    zone: str
    """Time zone of the town."""


def take_questions(session: Scope, place: Place, found: Imported) -> Sequence[Note]:
    """Put the questions of a file in the place of what is written, and set the draft as the file says.

    The questions can be taken back. Gives further notes; raises Conflict.
    """
    survey = _stored(session, place, found)
    return adopt(session, place.actor, place.module, survey, found, place.zone)


def _stored(session: Scope, place: Place, found: Imported) -> Survey:
    survey = drafts.writable(session, place.module, place.revision)
    drafts.store(session, survey, parse(found.definition))
    record(session, place.actor, "survey.survey.import", f"survey:{survey.id}", notes=len(found.notes))
    return survey


def ready(session: Scope, place: Place) -> Survey:
    """Give the survey that responses may be taken into, locked. Raises Conflict."""
    survey = drafts.writable(session, place.module, place.revision)
    if survey.state != SurveyState.DRAFT or survey.version is not None:
        raise Conflict(NOT_EMPTY)
    return survey


def keep(session: Scope, survey_id: int, responses: Iterable[Filled]) -> int:
    """Store responses that were sent off, as trials until the last is there; gives how many those were."""
    rows = [_row(session, survey_id, one) for one in responses if one.done]
    if rows:
        session.execute(insert(Response), rows)
    return len(rows)


def _row(session: Scope, survey_id: int, one: Filled) -> Mapping[str, Any]:
    return {
        "tenant_id": session.tenant_id,
        "survey_id": survey_id,
        "version": FIRST,
        "language": one.language,
        "day": one.day or clock.now().date(),
        "answers": one.answers,
        "flags": [Flag.IMPORTED.value],
        "test": True,
    }


def finish(session: Scope, place: Place, found: Imported, count: int) -> None:
    """Make a survey that is over of the file's questions and of the responses that were kept.

    Each stays marked as taken in. Nothing is known of who gave them, so the level says only that there are no names.
    Raises Conflict for a survey that was open once or changed meanwhile.
    """
    ready(session, place)
    survey = _stored(session, place, found)
    mine = (Response.survey_id == survey.id, Response.flags.contains([Flag.IMPORTED.value]))
    session.execute(update(Response).where(*mine).values(test=False), execution_options=UNSYNCED)
    opening.forget_tests(session, survey.id)
    survey.anonymity = Anonymity.PSEUDONYMOUS
    opening.publish(session, survey, parse(found.definition), {})
    survey.state, survey.closed_at = SurveyState.CLOSED, clock.now()
    session.flush()
    record(session, place.actor, "survey.responses.import", f"survey:{survey.id}", responses=count)


def forget(session: Scope, survey_id: int) -> None:
    """Delete what was kept of a file that was not read to its end."""
    half = (Response.survey_id == survey_id, Response.test.is_(True))
    kept = delete(Response).where(*half, Response.flags.contains([Flag.IMPORTED.value]))
    session.execute(kept, execution_options=UNSYNCED)
