"""The one way in for answers: online, from paper, by telephone, each spent on one right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from baukasten.sdk import Closed, Scope, clock
from baukasten_survey.access import admission
from baukasten_survey.access.admission import Right
from baukasten_survey.keys import SEALED, Anonymity, Source, SurveyState
from baukasten_survey.mixing import batches, sealing
from baukasten_survey.models import Response, Survey
from baukasten_survey.surveys.lookup import Asked, is_running
from baukasten_survey.taking import quotas


@dataclass(frozen=True, slots=True)
class Filled:
    """A response whose answers were checked; what is hidden is gone from it already."""

    answers: Mapping[str, Any]
    language: str = ""
    source: Source = Source.ONLINE
    flags: Sequence[str] = ()
    """Only of levels that are not sealed; who was fast stands in a server's log too."""
    member_id: int | None = None
    edit_digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What whoever answered is told."""

    receipt: str
    again: bool = field(default=False)
    """The right was spent before; the answer of then counts and this one does not."""
    response_id: int | None = None
    """Of an answer that is kept openly."""


def take(session: Scope, survey: Survey, asked: Asked, right: Right, filled: Filled) -> Taken:
    """Take one response and give its receipt; the caller commits, and only then tells anybody.

    The survey is one that ``lookup.held`` gave, or it could open or close meanwhile. Whoever comes twice, or 200 times
    at once, gets the same receipt and is counted once. Raises Closed where no answers are taken, ``quotas.Full`` where
    enough of this sort are there, Denied for an unknown code.
    """
    trying = survey.state == SurveyState.DRAFT
    if trying != (asked.number == 0) or not (trying or is_running(survey)):
        # Also what was filled in while it was tried out, and comes when it is open.
        raise Closed
    told = admission.receipt(session, right.digest)
    if not admission.spend(session, survey.id, right):
        return Taken(told, again=True)
    level = Anonymity(survey.anonymity)
    if level in SEALED and not trying:
        _seal(session, asked, filled)
        return Taken(told)
    quotas.take(session, survey.id, asked.definition, filled.answers)
    return Taken(told, response_id=_keep(session, level, asked, filled, trying=trying))


def _seal(session: Scope, asked: Asked, filled: Filled) -> None:
    """Put the answers into the mixing queue; neither language, flags nor the way they came go with them.

    Sheets of paper are few, and their codes are typed in by somebody who knows them: a bundle of their own would tell.
    """
    payload = sealing.encode(filled.answers)
    batches.put(session, asked.survey_id, asked.number, payload, asked.sealed_size)


def _keep(session: Scope, level: Anonymity, asked: Asked, filled: Filled, *, trying: bool) -> int:
    named, loose = level is Anonymity.NAMED, level is Anonymity.PSEUDONYMOUS
    row = Response(
        survey_id=asked.survey_id,
        version=asked.number,
        language=filled.language,
        source=filled.source,
        day=clock.now().date(),
        answers=dict(filled.answers),
        flags=list(filled.flags),
        member_id=filled.member_id if named else None,
        edit_digest=filled.edit_digest if loose else None,
        test=trying,
    )
    session.add(row)
    session.flush()
    return row.id
