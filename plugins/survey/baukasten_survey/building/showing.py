"""What the pages of the editor share: who acts, the languages of a survey, statuses, the check beside the form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import make_response, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    BaukastenError,
    Conflict,
    Denied,
    Invalid,
    NotFound,
    Scope,
    SignInNeeded,
    TooMany,
    here,
    language_named,
    media_by_id,
    module_url,
    render,
)
from baukasten_survey import desks
from baukasten_survey.building.findings import SURVEY, Finding, Setting
from baukasten_survey.building.linting import gathered, lint
from baukasten_survey.building.outline import GROUP, PAGE, QUESTION
from baukasten_survey.definition.model import Definition
from baukasten_survey.keys import Anonymity, SurveyState
from baukasten_survey.models import Quota, Survey

_ = lazy("survey")

UNPROCESSABLE, CONFLICT, TOO_MANY, FORBIDDEN, GONE = 422, 409, 429, 403, 404
STATUS: Sequence[tuple[type[Exception], int]] = (
    (Invalid, UNPROCESSABLE),
    (Conflict, CONFLICT),
    (TooMany, TOO_MANY),
    (Denied, FORBIDDEN),
    (NotFound, GONE),
)
STATES = {
    SurveyState.DRAFT: (_("Draft"), "", "pen"),
    SurveyState.OPEN: (_("Open"), "ok", "done"),
    SurveyState.CLOSED: (_("Closed"), "", "lock"),
}
"""How each state is shown: words, colour, icon."""
EDITORS = {PAGE: "build_page", GROUP: "build_group", QUESTION: "build_question"}


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language of a survey, as forms show it."""

    code: str
    label: str
    lang: str
    dir: str


def me() -> MemberRef:
    """Give who acts; raises SignInNeeded."""
    member = here().member
    if member is None:
        raise SignInNeeded
    return member


def tongues(definition: Definition) -> list[Tongue]:
    """Give the languages of a survey; what the house has no name for is called by its tag."""
    return [tongue(code) for code in definition.languages]


def tongue(code: str) -> Tongue:
    """Give one language by its tag."""
    try:
        known = language_named(code)
    except NotFound:
        return Tongue(code, code, code, "ltr")
    return Tongue(code, known.label, known.lang, known.dir)


def status_of(refused: Exception | None) -> int:
    """Give the status under which a page says why something was not done."""
    return next((status for kind, status in STATUS if isinstance(refused, kind)), 200)


def message_of(refused: Exception | None) -> str:
    """Give the sentence of what was refused; what belongs to a field stands there instead."""
    if isinstance(refused, NotFound):
        return str(_("Somebody else deleted this meanwhile. What you typed is still here."))
    return refused.message if isinstance(refused, BaukastenError) else ""


def page(
    template: str,
    module: ModuleRef,
    *,
    title: object,
    refused: Exception | None = None,
    current: str = desks.QUESTIONS,
    failed: Exception | None = None,
    **values: Any,
) -> ResponseReturnValue:
    """Show a page of the desk; with ``refused`` it says why something was not done, under the status that fits.

    ``failed`` gives the status alone, where the page's form says itself what is wrong.
    """
    values.setdefault("said", "")
    body = render(
        template,
        title=title,
        module=module,
        refused=message_of(refused),
        build_url=module_url(module, "build"),
        **values,
        **desks.values(module, current),
    )
    return make_response(body, status_of(failed or refused))


def back(module: ModuleRef, endpoint: str = "build", anchor: str = "", **values: Any) -> ResponseReturnValue:
    """Commit and lead to a page of the desk."""
    here().session.commit()
    ending = f"#{anchor}" if anchor else ""
    return redirect(module_url(module, endpoint, **values) + ending, 303)


def trying(
    change: Callable[[], ResponseReturnValue], show: Callable[[Exception], ResponseReturnValue]
) -> ResponseReturnValue:
    """Do something; where it is refused, forget what was begun and show the page again with why."""
    try:
        return change()
    except (Invalid, Conflict, TooMany) as refused:
        here().session.rollback()
        return show(refused)


def setting_of(session: Scope, survey: Survey, definition: Definition) -> Setting:
    """Give what decides about the check besides the questions; two statements at most."""
    rows = session.execute(
        select(Quota.code, Quota.expression).where(Quota.survey_id == survey.id).order_by(Quota.id)
    )
    wanted = [
        option.picture
        for question in definition.questions.values()
        for option in question.options
        if option.picture is not None
    ]
    there = frozenset(media_by_id(session, wanted)) if wanted else frozenset()
    quotas = tuple((row.code, row.expression) for row in rows)
    return Setting(Anonymity(survey.anonymity), quotas, there)


def findings_of(session: Scope, survey: Survey, definition: Definition) -> list[Finding]:
    """Give what the check says about what is written."""
    return lint(definition, setting_of(session, survey, definition))


def listed(module: ModuleRef, findings: Sequence[Finding]) -> list[tuple[Finding, str]]:
    """Give what the check says as a list shows it, each with the address where it is mended."""
    return [(one, place_url(module, one)) for one in gathered(findings)]


def place_url(module: ModuleRef, finding: Finding) -> str:
    """Give the address where something is mended, at its field."""
    anchor = f"#f-{finding.field.replace('/', '-')}" if finding.field else ""
    if finding.what in EDITORS:
        return module_url(module, EDITORS[finding.what], code=finding.code) + anchor
    if finding.what == SURVEY and finding.field == "languages":
        return module_url(module, "build_languages")
    if finding.field == "quotas":
        return module_url(module, desks.SETUP) + "#quotas"
    return module_url(module, "build_texts") + anchor
