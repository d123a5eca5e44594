"""Saving what is written of a survey: two who write at once notice each other, and the latest changes can be undone."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, NotFound, Scope, record
from baukasten_survey.building.models import Past
from baukasten_survey.building.outline import Data
from baukasten_survey.definition.model import Definition
from baukasten_survey.definition.parsing import dump, parse
from baukasten_survey.keys import SurveyKind, SurveyState
from baukasten_survey.models import Survey, Version

_ = lazy("survey")

STEPS = 10
"""Changes that can be taken back."""
ELSEWHERE = _(
    "Somebody else saved this survey meanwhile. What you typed is still here; look at both before you save."
)
SHUT = _("This survey is closed; its questions can no longer be changed.")


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a change."""

    survey: Survey
    focus: str
    """Code of the part to look at next; empty for none."""


def locked(session: Scope, module: ModuleRef) -> Survey:
    """Give a module's survey and keep others from changing it until the transaction ends; raises NotFound."""
    query = select(Survey).where(Survey.module_id == module.id, Survey.kind == SurveyKind.SURVEY)
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def save(session: Scope, module: ModuleRef, revision: int, change: Callable[[Data], str]) -> Saved:
    """Change what is written; ``revision`` is that of the page on which somebody pressed.

    ``change`` works on a copy and gives the code to look at next. Raises NotFound, Conflict where somebody saved
    since or the survey is closed, and Malformed, whose places say what cannot be taken.
    """
    survey = writable(session, module, revision)
    data = copy.deepcopy(survey.definition)
    focus = change(data)
    store(session, survey, parse(data))
    return Saved(survey, focus)


def writable(session: Scope, module: ModuleRef, revision: int) -> Survey:
    """Give a survey locked for writing; raises NotFound, and Conflict where it is closed or was saved since."""
    survey = locked(session, module)
    if survey.state == SurveyState.CLOSED:
        raise Conflict(SHUT)
    if survey.revision != revision:
        raise Conflict(ELSEWHERE)
    return survey


def store(session: Scope, survey: Survey, definition: Definition) -> None:
    """Put a definition in the place of what is written, which can then be taken back; nothing where nothing changed."""
    written = dump(definition)
    if written == survey.definition:
        return
    session.add(Past(survey_id=survey.id, revision=survey.revision, definition=survey.definition))
    old = delete(Past).where(Past.survey_id == survey.id, Past.revision <= survey.revision - STEPS)
    session.execute(old, execution_options={"synchronize_session": False})
    survey.definition = written
    survey.revision += 1
    session.flush()


def undo(session: Scope, actor: MemberRef, module: ModuleRef, revision: int) -> Survey:
    """Take the latest change back; done twice, it is there again. Raises NotFound where nothing is known of before."""
    survey = writable(session, module, revision)
    query = select(Past.definition).where(Past.survey_id == survey.id)
    before: dict[str, Any] | None = session.scalar(query.where(Past.revision == revision - 1))
    if before is None:
        raise NotFound
    store(session, survey, parse(before))
    record(session, actor, "survey.survey.undo", f"survey:{survey.id}", revision=revision)
    return survey


def may_undo(session: Scope, survey: Survey) -> bool:
    """Tell whether there is something to take back; one statement."""
    query = select(Past.id).where(Past.survey_id == survey.id, Past.revision == survey.revision - 1)
    return survey.state != SurveyState.CLOSED and session.scalar(query) is not None


def published(session: Scope, survey: Survey) -> Definition | None:
    """Give the version that is answered now as it was published; None before the first; one statement."""
    if survey.version is None:
        return None
    query = select(Version.definition).where(Version.survey_id == survey.id)
    return parse(session.scalars(query.where(Version.number == survey.version)).one())


def ever_asked(session: Scope, survey: Survey) -> dict[str, set[str]]:
    """Give all codes of questions that any version had, each with the codes of its options and rows; one statement.

    Whatever is new takes none of them: what was answered under a code must never mean something else.
    """
    found: dict[str, set[str]] = {}
    if survey.version is None:
        return found
    for data in session.scalars(select(Version.definition).where(Version.survey_id == survey.id)):
        for code, question in parse(data).questions.items():
            known = found.setdefault(code, set())
            known |= {one.code for one in question.options} | {one.code for one in question.rows}
    return found
