"""How a survey is run: who may answer, what is promised, when, and how many of a sort are wanted."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from baukasten.plugin import LazyText, MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, Scope, clock, record
from baukasten_survey.building import closing, drafts
from baukasten_survey.building.findings import Setting
from baukasten_survey.building.linting import quotas_of
from baukasten_survey.definition.parsing import CODE
from baukasten_survey.keys import SEALED, Access, Anonymity, SurveyState
from baukasten_survey.models import Quota, Survey

_ = lazy("survey")

LEAST_CELL, MOST_CELL, MOST_SECONDS, MOST_WANTED = 5, 10, 3600, 1_000_000
MEMBERS = frozenset({Access.REGISTERED, Access.RESIDENT})
FITS: Mapping[Anonymity, frozenset[Access]] = {
    Anonymity.NAMED: MEMBERS,
    Anonymity.PSEUDONYMOUS: frozenset(Access),
    Anonymity.SEPARATED: frozenset(Access),
    Anonymity.BLIND: frozenset(Access) - {Access.OPEN},
}
"""Who can be asked at which level: names are known of members only, and a register signs only whom it knows."""
UNFIT: Mapping[Anonymity, LazyText] = {
    Anonymity.NAMED: _("Names are known of members only: choose members or verified residents."),
    Anonymity.BLIND: _("A token is signed for somebody who is known: an open survey has nobody to sign for."),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One quota as it is set."""

    code: str
    expression: str
    wanted: int
    message: Mapping[str, str]


def change(
    session: Scope, actor: MemberRef, module: ModuleRef, values: Mapping[str, Any], *, may_run: bool
) -> Survey:
    """Store settings; raises Invalid by field, and Conflict for who may not change them any more.

    Once open, what was promised stays: who answers, the level of anonymity, when it opened, whether a sample was
    drawn; the least cell only grows. Whoever may not run surveys changes nothing of an open one.
    """
    survey = drafts.locked(session, module)
    if survey.state == SurveyState.CLOSED or (survey.state == SurveyState.OPEN and not may_run):
        raise Conflict(_("These settings can no longer be changed."))
    _check(survey, values)
    fixed = () if survey.state == SurveyState.DRAFT else ("access", "anonymity", "opens_at", "drawn")
    before = {name: getattr(survey, name) for name in values}
    moved = survey.closes_at != values["closes_at"]
    for name, value in values.items():
        if name not in fixed:
            setattr(survey, name, value)
    changed = {
        name: str(getattr(survey, name)) for name, old in before.items() if old != getattr(survey, name)
    }
    session.flush()
    if moved and survey.state == SurveyState.OPEN:
        closing.plan(session, survey)
    if changed:
        record(session, actor, "survey.settings.change", f"survey:{survey.id}", **changed)
    return survey


def _check(survey: Survey, values: Mapping[str, Any]) -> None:
    errors: dict[str, object] = {}
    drafted = survey.state == SurveyState.DRAFT
    level, access = Anonymity(values["anonymity"]), Access(values["access"])
    if drafted and access not in FITS[level]:
        errors["anonymity"] = UNFIT[level]
    opens: dt.datetime | None = values["opens_at"] if drafted else survey.opens_at
    closes: dt.datetime | None = values["closes_at"]
    if closes is not None and opens is not None and closes <= opens:
        errors["closes_at"] = _("It closes before it opens.")
    elif closes is not None and closes <= clock.now() and closes != survey.closes_at:
        errors["closes_at"] = _("This moment is over.")
    if not LEAST_CELL <= values["minimum_cell"] <= MOST_CELL:
        errors["minimum_cell"] = _("Between 5 and 10.")
    elif not drafted and values["minimum_cell"] < survey.minimum_cell:
        errors["minimum_cell"] = _("Once open, this number only grows.")
    if not 0 <= values["least_seconds"] <= MOST_SECONDS:
        errors["least_seconds"] = _("Between 0 and 3600 seconds.")
    if errors:
        raise Invalid(errors)


def quotas(session: Scope, survey: Survey) -> Sequence[Quota]:
    """Give the quotas in the order in which they were set."""
    return session.scalars(select(Quota).where(Quota.survey_id == survey.id).order_by(Quota.id)).all()


def set_quotas(
    session: Scope, actor: MemberRef, module: ModuleRef, wanted: Sequence[Wanted], *, may_run: bool
) -> None:
    """Set the quotas of a survey that is not sealed; those whose code stays keep their count.

    A full quota ends a survey for some: of an open one, only whoever may run it sets them. Raises Conflict for
    others, at a sealed level and once it is closed, Invalid for ``quotas``.
    """
    survey = drafts.locked(session, module)
    if survey.state == SurveyState.CLOSED or (survey.state == SurveyState.OPEN and not may_run):
        raise Conflict(_("These settings can no longer be changed."))
    if Anonymity(survey.anonymity) in SEALED and wanted:
        message = _("Quotas would be counted beside the answers. At this level of anonymity there are none.")
        raise Conflict(message)
    known = {one.code: one for one in quotas(session, survey)}
    _check_quotas(wanted, known)
    asked = drafts.published(session, survey)
    if asked is not None:
        # Before the opening the check says it; from then on nobody looks again before answers are counted.
        setting = Setting(Anonymity(survey.anonymity), [(one.code, one.expression) for one in wanted])
        for finding in quotas_of(asked, setting):
            raise Invalid({"quotas": finding.text})
    gone = [one.id for code, one in known.items() if code not in {new.code for new in wanted}]
    session.execute(delete(Quota).where(Quota.id.in_(gone)), execution_options={"synchronize_session": False})
    for one in wanted:
        row = known.get(one.code) or Quota(survey_id=survey.id, code=one.code)
        row.expression, row.wanted, row.message = one.expression, one.wanted, dict(one.message)
        session.add(row)
    session.flush()
    record(session, actor, "survey.quotas.change", f"survey:{survey.id}", quotas=len(wanted))


def _check_quotas(wanted: Sequence[Wanted], known: Mapping[str, Quota]) -> None:
    codes = [one.code for one in wanted]
    if len(set(codes)) != len(codes):
        raise Invalid({"quotas": _("Each quota has a code of its own.")})
    for one in wanted:
        if not CODE.fullmatch(one.code):
            raise Invalid(
                {"quotas": _("A code begins with a letter and has up to 32 letters, digits and underscores.")}
            )
        if not one.expression:
            raise Invalid({"quotas": _("Say who belongs to the quota.")})
        taken = known[one.code].taken if one.code in known else 0
        if not max(1, taken) <= one.wanted <= MOST_WANTED:
            raise Invalid({"quotas": _("A quota wants at least one answer, and no fewer than are there.")})
