"""Taking a sheet: at once, or after a second pair of hands typed the same."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, Scope, record, require
from baukasten_survey.access import admission, rights
from baukasten_survey.access.admission import Right
from baukasten_survey.entry import locking
from baukasten_survey.entry.models import Entry
from baukasten_survey.keys import ENTRY, Access, AdmissionKind, Source
from baukasten_survey.models import Survey
from baukasten_survey.surveys import lookup
from baukasten_survey.surveys.lookup import Asked
from baukasten_survey.taking.service import Filled, Taken, take

_ = lazy("survey")
UNSYNCED = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of paper, or one call."""

    stack: str
    number: int
    source: Source
    code: str
    """As the letter shows it; empty where the survey takes none."""
    answers: Mapping[str, Any]
    """Checked, without what the answers hide."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a sheet."""

    taken: Taken | None = None
    """Nothing where it waits for the second time."""
    different: Mapping[str, Any] = field(default_factory=dict)
    """Questions that were answered otherwise the first time, with those answers."""


def enter(
    session: Scope, actor: MemberRef, module: ModuleRef, survey: Survey, asked: Asked, sheet: Sheet
) -> Outcome:
    """Take a sheet at once. Raises Denied, Invalid for a wrong code, Conflict for a sheet that is there already."""
    require(session, actor, ENTRY, module)
    survey = lookup.held(session, survey.id)
    taken = take(
        session, survey, asked, _right(session, survey, sheet), Filled(sheet.answers, source=sheet.source)
    )
    if taken.again:
        raise Conflict(_ALREADY)
    _drop(session, survey.id, sheet)
    record(session, actor, "survey.sheet.take", f"module:{module.id}", source=sheet.source)
    return Outcome(taken)


def enter_twice(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    survey: Survey,
    asked: Asked,
    sheet: Sheet,
    *,
    insisting: bool = False,
) -> Outcome:
    """Keep a sheet until it is typed in again, and take it when both times agree.

    ``insisting`` takes the second time where they differ. The code counts at the second time only: until then nothing
    ties the answers to it. Raises as ``enter``.
    """
    require(session, actor, ENTRY, module)
    first = session.scalar(select(Entry).where(*_mine(survey.id, sheet)).with_for_update())
    before = _opened(session, first) if first is not None else None
    if before is None:
        # Also what waits without its key, as in a restored backup, is typed in anew.
        _drop(session, survey.id, sheet)
        _check_unspent(session, survey, sheet)
        session.add(_kept(session, asked, survey.id, sheet))
        session.flush()
        return Outcome()
    different = {code: before.get(code) for code in _differing(before, sheet.answers)}
    if different and not insisting:
        return Outcome(different=different)
    return enter(session, actor, module, survey, asked, sheet)


def _differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    return [code for code in {**first, **second} if first.get(code) != second.get(code)]


def _right(session: Scope, survey: Survey, sheet: Sheet) -> Right:
    """Spend the letter's code; where there are none, the sheet itself, which counts once by stack and number."""
    if survey.access in rights.WITH_CODE:
        return rights.of_code(session, survey, sheet.code)
    if survey.access != Access.OPEN:
        raise Invalid({"": _NO_PAPER})
    name = json.dumps(["sheet", sheet.source, sheet.stack, sheet.number])
    return Right(AdmissionKind.VISIT, admission.digest(session, survey.id, AdmissionKind.VISIT, name))


def _check_unspent(session: Scope, survey: Survey, sheet: Sheet) -> None:
    if admission.is_spent(session, survey.id, _right(session, survey, sheet)):
        raise Conflict(_ALREADY)


def _kept(session: Scope, asked: Asked, survey_id: int, sheet: Sheet) -> Entry:
    words = json.dumps(dict(sheet.answers), ensure_ascii=False).encode()
    return Entry(
        survey_id=survey_id,
        version=asked.number,
        stack=sheet.stack,
        number=sheet.number,
        answers=locking.lock(session, words),
    )


def _opened(session: Scope, entry: Entry) -> dict[str, Any] | None:
    words = locking.unlock(session, entry.answers)
    return None if words is None else cast("dict[str, Any]", json.loads(words))


def _mine(survey_id: int, sheet: Sheet) -> tuple[Any, ...]:
    return Entry.survey_id == survey_id, Entry.stack == sheet.stack, Entry.number == sheet.number


def _drop(session: Scope, survey_id: int, sheet: Sheet) -> None:
    gone = delete(Entry).where(*_mine(survey_id, sheet)).returning(Entry.answers)
    for blob in session.scalars(gone, execution_options=UNSYNCED).all():
        locking.forget(session, blob)


def waiting(session: Session, survey_id: int) -> list[tuple[str, list[int]]]:
    """Give the stacks with the numbers of sheets that wait for the second time; one statement."""
    numbers = func.array_agg(Entry.number)
    query = select(Entry.stack, numbers).where(Entry.survey_id == survey_id).group_by(Entry.stack)
    return [(row[0], sorted(row[1])) for row in session.execute(query.order_by(Entry.stack))]


_NO_PAPER = _(
    "Here each member answers once, and paper has no account. Surveys that take paper too are open by code, or to all."
)
_ALREADY = _("This sheet, or this code, was entered already. Nothing was counted twice.")
