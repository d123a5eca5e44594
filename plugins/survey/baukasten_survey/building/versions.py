"""Changing a survey that is open: mended words are logged, anything else becomes a new version."""

from collections.abc import Mapping

from sqlalchemy import Row, func, select

from baukasten.plugin import LazyText, MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, Scope, clock, record
from baukasten_survey.building import drafts, opening
from baukasten_survey.building.comparing import OTHER_KIND, Changes, compare, may_map
from baukasten_survey.building.findings import Setting
from baukasten_survey.definition.model import Definition
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import SEALED, SurveyState
from baukasten_survey.mixing.batches import SMALLEST
from baukasten_survey.models import Batch, Fix, Response, Sealed, Survey, Version
from baukasten_survey.surveys import lookup
from baukasten_survey.surveys.announcing import RESULTS, SURVEY, announce

_ = lazy("survey")
TOO_FEW = _(
    "Fewer than 25 people have answered this version. With a new one, their anonymous answers would stay among "
    "themselves. Mend words only, or wait until more have answered."
)

MOST_FIXES = 200
NOTHING = _("Nothing has changed since it was published.")
STRUCTURAL = _("More than words has changed; publish it as a new version.")
ONLY_WORDS = _("Only words have changed; mend them in the version that is answered now.")
WRONG_PAIRS = _("Only what is gone can become what is new, each once, and only the same kind of question.")


def changes(session: Scope, survey: Survey) -> tuple[Changes, Definition, Definition]:
    """Give what changed since the latest version, that version as it reads now, and what is written.

    Two statements; raises Conflict where nothing was published yet.
    """
    if survey.version is None or survey.state != SurveyState.OPEN:
        raise Conflict(_("This survey is not open."))
    before = lookup.asked(session, survey.id, survey.version).definition
    after = parse(survey.definition)
    return compare(before, after), before, after


def mend(session: Scope, actor: MemberRef, module: ModuleRef, revision: int, setting: Setting) -> int:
    """Let the version that is answered now read as it is written; gives how many texts changed.

    Each stands in the log with what it said before. Raises Conflict where more than words changed.
    """
    survey = drafts.writable(session, module, revision)
    found, _before, after = changes(session, survey)
    if found.structural:
        raise Conflict(STRUCTURAL)
    if found.nothing:
        raise Conflict(NOTHING)
    opening.check(after, setting)
    version = _current(session, survey)
    for one in found.texts:
        values = {"path": one.path, "language": one.language, "before": one.before, "after": one.after}
        session.add(Fix(version_id=version, by=actor.id, at=clock.now(), **values))
        record(session, actor, "survey.text.mend", f"survey:{survey.id}", **values)
    session.flush()
    announce(session, survey.id, SURVEY, RESULTS)
    return len(found.texts)


def publish(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    revision: int,
    setting: Setting,
    mapping: Mapping[str, str],
) -> Version:
    """Publish what is written as the next version; ``mapping`` says what codes that are gone are called now.

    Raises Conflict where nothing but words changed or somebody saved since, Invalid where an old answer would mean
    something else, the mapping does not fit, or the check stops it.
    """
    survey = drafts.writable(session, module, revision)
    found, before, after = changes(session, survey)
    if not found.structural:
        raise Conflict(ONLY_WORDS if found.texts else NOTHING)
    refused = dict(found.refused) | _reborn(session, survey, after)
    if refused:
        raise Invalid(refused)
    if not may_map(found, mapping, before, after):
        raise Invalid({"mapping": WRONG_PAIRS})
    opening.check(after, setting)
    _check_mixed(session, survey)
    made = opening.publish(session, survey, after, dict(mapping))
    announce(session, survey.id, SURVEY, RESULTS)
    record(session, actor, "survey.version.publish", f"survey:{survey.id}", number=made.number)
    return made


def _check_mixed(session: Scope, survey: Survey) -> None:
    """Refuse to leave a version behind with so few sealed answers that they would be mixed among themselves alone.

    Raises Conflict. Two statements, at sealed levels only.
    """
    if survey.anonymity not in SEALED:
        return
    mine = Response.survey_id == survey.id, Response.version == survey.version
    opened = session.scalar(select(func.count()).select_from(Response).where(*mine)) or 0
    waits = (
        select(func.count())
        .select_from(Sealed)
        .join(Batch, (Batch.tenant_id == Sealed.tenant_id) & (Batch.id == Sealed.batch_id))
        .where(Batch.survey_id == survey.id, Batch.version == survey.version)
    )
    answers = opened + (session.scalar(waits) or 0)
    if 0 < answers < SMALLEST:
        raise Conflict(TOO_FEW)


def _reborn(session: Scope, survey: Survey, after: Definition) -> dict[str, LazyText]:
    """Find codes that some earlier version used for another kind of question; one statement."""
    found = {}
    for data in session.scalars(select(Version.definition).where(Version.survey_id == survey.id)):
        for code, question in parse(data).questions.items():
            if code in after.questions and after.questions[code].kind is not question.kind:
                found[code] = OTHER_KIND
    return found


def _current(session: Scope, survey: Survey) -> int:
    query = select(Version.id).where(Version.survey_id == survey.id, Version.number == survey.version)
    return int(session.scalars(query).one())


def history(session: Scope, survey: Survey) -> list[tuple[int, Fix]]:
    """Give the texts that were mended, newest first, each with the number of its version; one statement."""
    joined = (Version.tenant_id == Fix.tenant_id) & (Version.id == Fix.version_id)
    query = select(Version.number, Fix).join(Version, joined).where(Version.survey_id == survey.id)
    found = session.execute(query.order_by(Fix.id.desc()).limit(MOST_FIXES))
    return [(row[0], row[1]) for row in found]


def published(session: Scope, survey: Survey) -> list[Row[tuple[int, object, dict[str, str]]]]:
    """Give the versions, newest first: number, when, mapping; one statement."""
    query = select(Version.number, Version.at, Version.mapping).where(Version.survey_id == survey.id)
    return list(session.execute(query.order_by(Version.number.desc())))
