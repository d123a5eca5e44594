"""Opening a survey: its first version, an empty table of answers, the queue and the register that it needs."""

from sqlalchemy import delete, update

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, Scope, clock, record
from baukasten_survey.access.issuing import open_register
from baukasten_survey.building import closing, drafts
from baukasten_survey.building.findings import Setting
from baukasten_survey.building.linting import lint
from baukasten_survey.definition.model import Definition
from baukasten_survey.definition.parsing import dump, parse
from baukasten_survey.keys import SEALED, AdmissionKind, Anonymity, SurveyState
from baukasten_survey.mixing import batches
from baukasten_survey.mixing.sealing import sealed_size
from baukasten_survey.models import Admission, Quota, Response, Survey, Version
from baukasten_survey.surveys.announcing import SURVEY, announce

_ = lazy("survey")

UNSYNCED = {"synchronize_session": False}
UNREADY = _("The check found something that has to be mended first.")
RUNNING = _("This survey is open already.")
TOO_LATE = _("The survey would be over before it begins. Choose another time to close.")


def open_survey(
    session: Scope, actor: MemberRef | None, module: ModuleRef, revision: int, setting: Setting
) -> Survey:
    """Publish what is written as version 1 and take answers from the chosen time on; test answers vanish.

    Raises Conflict where somebody saved since or it is open already, and Invalid where the check stops it.
    """
    survey = drafts.writable(session, module, revision)
    if survey.state != SurveyState.DRAFT:
        raise Conflict(RUNNING)
    if survey.closes_at is not None and survey.closes_at <= clock.now():
        raise Invalid({"closes_at": TOO_LATE})
    definition = parse(survey.definition)
    check(definition, setting)
    forget_tests(session, survey.id)
    publish(session, survey, definition, {})
    survey.state = SurveyState.OPEN
    if survey.opens_at is None or survey.opens_at < clock.now():
        survey.opens_at = clock.now()
    if survey.anonymity == Anonymity.BLIND:
        open_register(session, survey)
    session.flush()
    closing.plan(session, survey)
    announce(session, survey.id, SURVEY)
    record(session, actor, "survey.survey.open", f"survey:{survey.id}", anonymity=survey.anonymity)
    return survey


def check(definition: Definition, setting: Setting) -> None:
    """Raise Invalid where the check finds what has to be mended."""
    if any(one.stops for one in lint(definition, setting)):
        raise Invalid(message=UNREADY)


def publish(session: Scope, survey: Survey, definition: Definition, mapping: dict[str, str]) -> Version:
    """Make a definition the survey's next version, with a queue of its own where answers are sealed."""
    number = (survey.version or 0) + 1
    made = Version(
        survey_id=survey.id,
        number=number,
        definition=dump(definition),
        mapping=dict(mapping),
        sealed_size=sealed_size(definition),
        at=clock.now(),
    )
    session.add(made)
    survey.version = number
    session.flush()
    if Anonymity(survey.anonymity) in SEALED:
        batches.open_next(session, survey.id, number)
    return made


def forget_tests(session: Scope, survey_id: int) -> None:
    """Delete what was answered while trying out, and give back what was spent on it."""
    mine = Admission.survey_id == survey_id
    for statement in (
        delete(Response).where(Response.survey_id == survey_id, Response.test.is_(True)),
        delete(Admission).where(mine, Admission.kind != AdmissionKind.CODE),
        update(Admission).where(mine, Admission.spent.is_(True)).values(spent=False),
        update(Quota).where(Quota.survey_id == survey_id).values(taken=0),
    ):
        session.execute(statement, execution_options=UNSYNCED)
    closing.forget_drafts(session, survey_id)
