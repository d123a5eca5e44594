"""What a file says about running its survey, taken over as far as there is a setting for it; the rest is named."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import BaukastenError, Invalid, Scope, clock
from baukasten_survey.building import running
from baukasten_survey.building.running import Wanted
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import SEALED, Access, Anonymity, Kind, SurveyState
from baukasten_survey.models import Survey
from baukasten_survey.transfer.reports import Imported, Note, Report

_ = lazy("survey")

KEPT = ("access", "anonymity", "opens_at", "closes_at", "minimum_cell", "drawn", "least_seconds")


def adopt(
    session: Scope, actor: MemberRef, module: ModuleRef, survey: Survey, found: Imported, zone: str
) -> Sequence[Note]:
    """Set a draft as its file says; gives what of that was not possible. Nothing of it opens the survey."""
    report = Report()
    if survey.state != SurveyState.DRAFT or survey.version is not None:
        report.info("", _("The settings of the file were not taken: this survey was open before."))
        return report.notes
    values = {name: getattr(survey, name) for name in KEPT}
    values["anonymity"] = _level(survey, found, report)
    if found.settings.codes:
        values["access"] = Access.CODE
        report.info(
            "", _("Only invited people could answer; here that is whoever has a code. Print new codes.")
        )
    _times(values, found, ZoneInfo(zone), report)
    try:
        running.change(session, actor, module, values, may_run=False)
    except Invalid as refused:
        why = next(iter(refused.errors.values()), refused.message)
        report.lost("", _("The settings of the file were not taken: %(why)s"), why=why)
    _quotas(session, actor, module, survey, found, report)
    return report.notes


def _level(survey: Survey, found: Imported, report: Report) -> Anonymity:
    """Anonymous responses are kept apart from who took part; what needs more is only there where they were not."""
    settings = found.settings
    kinds = {question.kind for question in parse(found.definition).questions.values()}
    if settings.anonymous:
        if Kind.FILE in kinds:
            text = _(
                "Responses were anonymous. At that level no files can be sent here; look at it before you open."
            )
            report.changed("", text)
        return Anonymity.SEPARATED
    if settings.anonymous is False and (found.quotas or settings.editable or Kind.FILE in kinds):
        text = _(
            "Responses were not anonymous, and quotas, files or later changes need that: here they get pseudonyms."
        )
        report.info("", text)
        return Anonymity.PSEUDONYMOUS
    if settings.anonymous is False:
        report.info(
            "",
            _(
                "Responses were not anonymous; here they stay apart from who took part, unless you choose otherwise."
            ),
        )
    return Anonymity(survey.anonymity)


def _times(values: dict[str, object], found: Imported, zone: ZoneInfo, report: Report) -> None:
    """Moments of a file have no zone: they are meant where the town is. What is over is no plan."""
    for name, moment in (("opens_at", found.settings.opens), ("closes_at", found.settings.closes)):
        if moment is None:
            continue
        there = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)
        if there > clock.now():
            values[name] = there
        elif name == "closes_at":
            report.info(
                "", _("The survey was over on %(day)s; when it closes here is not set."), day=moment.date()
            )


def _quotas(
    session: Scope, actor: MemberRef, module: ModuleRef, survey: Survey, found: Imported, report: Report
) -> None:
    """Quotas are counted beside answers, which sealed answers do not allow."""
    if not found.quotas:
        return
    if Anonymity(survey.anonymity) in SEALED:
        for one in found.quotas:
            text = _("The quota “%(name)s” was not taken: at this level of anonymity there are none.")
            report.lost("", text, name=one.title)
        return
    wanted = [Wanted(one.code, one.expression, max(one.wanted, 1), one.message) for one in found.quotas]
    for one in found.quotas:
        if one.wanted == 0:
            report.changed("", _("The quota “%(name)s” wanted nobody; here it wants one."), name=one.title)
    try:
        running.set_quotas(session, actor, module, wanted, may_run=False)
    except BaukastenError as refused:
        report.lost("", _("The quotas of the file were not taken: %(why)s"), why=_said(refused))


def _said(refused: BaukastenError) -> object:
    return (
        next(iter(refused.errors.values()))
        if isinstance(refused, Invalid) and refused.errors
        else refused.message
    )
