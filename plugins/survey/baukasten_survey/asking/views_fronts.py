"""The state in which somebody finds a survey: being written, not open yet, closed, full, or ready to be answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask import Response, request
from sqlalchemy import exists, select

from baukasten.plugin import MemberRef, ModuleRef, Standing, lazy
from baukasten.sdk import (
    Closed,
    Scope,
    clock,
    end_text,
    here,
    may,
    module_url,
    moment_text,
    refusal,
    sign_in_url,
    sign_out_url,
)
from baukasten_survey.access import admission, blind, issuing, rights
from baukasten_survey.asking import drafts, entering, promises, shelf, timing, tongues
from baukasten_survey.asking import views_sitting as sitting
from baukasten_survey.asking.drafts import Work
from baukasten_survey.asking.fields import field_id
from baukasten_survey.asking.sayings import Sayings
from baukasten_survey.asking.shelf import Compiled, Facts
from baukasten_survey.keys import ANSWER, BUILD, SEALED, Access, Anonymity, Kind, SurveyState
from baukasten_survey.models import Quota
from baukasten_survey.routes import routes

_ = lazy("survey")
EVERYBODY = ("true", "")
"""Expressions of a quota that counts everybody."""


class State(StrEnum):
    """What can be done with a survey at this moment."""

    UNWRITTEN = "unwritten"
    """Its authors have not opened it yet."""
    TRIAL = "trial"
    """The same, seen by its authors."""
    EMPTY = "empty"
    EARLY = "early"
    OPEN = "open"
    FULL = "full"
    PHASE = "phase"
    """The project's phase does not let anybody answer."""
    BARRED = "barred"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Found:
    """The state and, where it needs words of its own, why."""

    state: State
    reason: str = ""

    @property
    def ready(self) -> bool:
        """Tell whether somebody may begin."""
        return self.state in {State.OPEN, State.TRIAL}


@dataclass(frozen=True, slots=True)
class Entrance:
    """What somebody needs in order to begin."""

    wants_code: bool = False
    may_use_code: bool = False
    sign_in: str = ""
    """Address of the sign-in page, for guests who need it."""
    spent: bool = False
    """Whether this member answered already."""
    changes: bool = False
    leave: str = ""
    """Address that signs out, where nobody may know who answers and this request tells it."""
    fetches: bool = False
    """Whether a member has a token signed first."""


def page(module: ModuleRef, *, errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """Show the first page."""
    place = here()
    session = place.session
    facts = shelf.facts_of(session, module)
    found = state_of(module, facts)
    number = facts.number
    if found.state is State.UNWRITTEN:
        return _unwritten(module, status)
    made = shelf.compiled(session, facts, number)
    definition = made.asked.definition
    language = tongues.chosen(
        definition.languages, request.values.get(tongues.PARAMETER, "") or request.form.get("_language", "")
    )
    path = made.flow.follow({}, clock.now().date())
    if found.ready and not path.pages:
        found = Found(State.EMPTY)
    sayings = Sayings(path, language)
    known = sitting.secret_keys(module, facts)
    apart = sitting.tells_account(facts)
    draft = drafts.find(session, facts.id, known[1]) if known and found.ready and not apart else None
    with tongues.speaks(language):
        promise, who = promises.promise(facts.anonymity), promises.WHO[facts.access]
    return tongues.show(
        "survey/front.html",
        language,
        sayings.line(definition.title) or module.title,
        status=status,
        indexed=True,
        survey_title=sayings.line(definition.title) or module.title,
        intro=sayings.prose(definition.intro),
        state=found.state,
        ready=found.ready,
        reason=found.reason,
        minutes=timing.minutes(made.seconds, path.pages),
        closes=_closes(facts),
        opens=moment_text(facts.opens_at) if facts.opens_at else "",
        promise=promise,
        who=who,
        urls=_urls(module, facts),
        entrance=_entrance(session, module, facts, place.member) if found.ready else Entrance(),
        register=_register(session, module, facts) if found.ready else None,
        languages=tongues.switch(definition.languages, language),
        errors=_errors(errors or {}),
        goes_on=_goes_on(module, draft),
        given=_given(made, sealed=facts.anonymity in SEALED),
        done=request.args.get("erledigt", "") == "verworfen",
        code=request.form.get(entering.CODE_FIELD, "")[:100],
        resume=request.form.get("resume", "")[:100],
    )


def state_of(module: ModuleRef, facts: Facts) -> Found:
    """Tell what can be done with a survey by whoever asks."""
    place = here()
    session, now = place.session, clock.now()
    if facts.drafted:
        tries = may(session, place.member, BUILD, module)
        return Found(State.TRIAL if tries else State.UNWRITTEN)
    if facts.opens_later(now):
        return Found(State.EARLY)
    if not facts.is_running(now):
        return Found(State.CLOSED)
    return _running(session, module, facts, place.member)


def _running(session: Scope, module: ModuleRef, facts: Facts, member: MemberRef | None) -> Found:
    """Tell what can be done with a survey whose time it is."""
    refused = refusal(session, member, ANSWER, module)
    if refused is not None:
        return Found(State.PHASE if isinstance(refused, Closed) else State.BARRED, refused.message)
    if _is_full(session, facts):
        return Found(State.FULL)
    barred = member is not None and member.standing_in(module) is not Standing.ACTIVE
    if barred and facts.access in {Access.REGISTERED, Access.RESIDENT}:
        return Found(
            State.BARRED,
            str(
                _("You cannot write here at the moment, so you cannot answer this survey with your account.")
            ),
        )
    return Found(State.OPEN)


def _is_full(session: Scope, facts: Facts) -> bool:
    """Tell whether a quota that counts everybody is used up; sealed levels have none."""
    if facts.anonymity in SEALED:
        return False
    mine = (Quota.survey_id == facts.id) & Quota.expression.in_(EVERYBODY)
    return session.scalar(select(exists().where(mine, Quota.taken >= Quota.wanted))) is True


def _unwritten(module: ModuleRef, status: int) -> Response:
    code = here().language
    return tongues.show(
        "survey/unwritten.html", code, module.title, status=status, survey_title=module.title, languages=[]
    )


def _entrance(session: Scope, module: ModuleRef, facts: Facts, member: MemberRef | None) -> Entrance:
    if facts.drafted or facts.access is Access.OPEN:
        return Entrance()
    if sitting.tells_account(facts):
        fetches = member is not None and facts.access in rights.FOR_MEMBERS
        return Entrance(leave=sign_out_url(), fetches=fetches)
    only_code, with_code = facts.access is Access.CODE, facts.access in rights.WITH_CODE
    if only_code:
        return Entrance(wants_code=True, may_use_code=True)
    if member is None:
        return Entrance(may_use_code=with_code, sign_in=sign_in_url(module_url(module, "front")))
    spent = admission.is_spent(session, facts.id, entering.member_right(session, facts, member))
    return Entrance(
        may_use_code=with_code and not spent,
        spent=spent,
        changes=spent and facts.anonymity is Anonymity.PSEUDONYMOUS,
    )


def _register(session: Scope, module: ModuleRef, facts: Facts) -> dict[str, str] | None:
    """Give what a browser needs to have a token signed; nothing where there are none."""
    if facts.anonymity is not Anonymity.BLIND or facts.drafted:
        return None
    key = issuing.public_key(session, facts.id)
    address = module_url(module, "sign_token")
    return {**blind.web_key(key), "sign": address, "fingerprint": blind.fingerprint(key)}


def _closes(facts: Facts) -> str:
    running = facts.state is SurveyState.OPEN and facts.closes_at is not None
    return end_text(facts.closes_at) if running and facts.closes_at else ""


def _urls(module: ModuleRef, facts: Facts) -> dict[str, str]:
    found = {name: module_url(module, name) for name in ("front", "resume", "discard", "anonymity")}
    found["results"] = module_url(module, "results") if facts.published else ""
    found["paper"] = module_url(module, "questionnaire") if "questionnaire" in routes.routes else ""
    place = here()
    builds = "build" in routes.routes and may(place.session, place.member, BUILD, module)
    return found | {"desk": module_url(module, "build") if builds else ""}


def _goes_on(module: ModuleRef, draft: Work | None) -> str:
    return "" if draft is None else module_url(module, "page", code=draft.at or "-")


def _errors(errors: Mapping[str, str]) -> list[tuple[str, str, str]]:
    return [(name, field_id(name) if name else "", text) for name, text in errors.items()]


def _given(made: Compiled, *, sealed: bool) -> list[tuple[str, str]]:
    """Give what came with the address for hidden questions, to wait in the form until somebody begins."""
    found = []
    for code, question in made.asked.definition.questions.items():
        if question.kind is Kind.HIDDEN:
            sent = request.args.get(question.parameter or code, "") or request.form.get(f"given.{code}", "")
            if words := entering.of_address(question, sent, sealed=sealed):
                found.append((f"given.{code}", words))
    return found
