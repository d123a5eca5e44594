"""The life of a poll: added to a contribution, answered, closed, carried along, deleted with it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from baukasten.plugin import Content, ContentRef, Draft, MemberRef, ModuleRef, Visibility, lazy
from baukasten.sdk import (
    Closed,
    Conflict,
    Denied,
    Invalid,
    NotFound,
    Scope,
    SignInNeeded,
    clock,
    content_in_view,
    may,
    module_by_id,
    read_settings,
    record,
    require,
    submit,
)
from baukasten_survey.access import admission
from baukasten_survey.access.admission import Right
from baukasten_survey.asking import editing
from baukasten_survey.building import closing, opening
from baukasten_survey.definition.model import Definition, Group, Option, Page, Question
from baukasten_survey.definition.parsing import dump
from baukasten_survey.keys import (
    POLL,
    POLL_ADD,
    POLL_MANAGE,
    POLL_VOTE,
    Access,
    AdmissionKind,
    Anonymity,
    Kind,
    SurveyKind,
    SurveyState,
)
from baukasten_survey.models import Response, Survey
from baukasten_survey.polls import counting, facts
from baukasten_survey.polls.facts import QUESTION, PollFacts
from baukasten_survey.polls.models import Poll, Results
from baukasten_survey.surveys import lookup
from baukasten_survey.taking.service import Filled, take

_ = lazy("survey")

FEWEST, MOST, MAX_QUESTION, MAX_OPTION = 2, 20, 200, 120
MANY = 5
"""Polls at one contribution."""
SETTINGS = "survey.polls"
UNSYNCED = {"synchronize_session": False}
VOTED = _("You have voted in this poll already.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to ask."""

    question: str
    options: Sequence[str]
    multiple: bool = False
    results: Results = Results.VOTED
    changeable: bool = False
    guests: bool = False
    closes_at: dt.datetime | None = None
    language: str = "de"


def checked(wanted: Wanted) -> Wanted:
    """Give the same with its words on one line each; raises Invalid with what is wrong."""
    question = " ".join(wanted.question.split())
    options = [line for line in (" ".join(one.split()) for one in wanted.options) if line]
    wrong: dict[str, object] = {}
    if not question or len(question) > MAX_QUESTION:
        wrong["question"] = _("Please ask a question of at most 200 characters.")
    if not FEWEST <= len(options) <= MOST:
        wrong["options"] = _("Please give 2 to 20 options, one a line.")
    elif len({one.casefold() for one in options}) < len(options):
        wrong["options"] = _("Two of the options are the same.")
    elif any(len(one) > MAX_OPTION for one in options):
        wrong["options"] = _("Please write options of at most 120 characters.")
    if wanted.closes_at is not None and wanted.closes_at <= clock.now():
        wrong["closes_at"] = _("Please choose a day that is still to come.")
    if wrong:
        raise Invalid(wrong)
    return replace(wanted, question=question, options=options)


def add(session: Scope, actor: MemberRef, host: Content, wanted: Wanted) -> int:
    """Add a poll to a contribution, which ``accompanied`` gave; gives its number.

    Its words are screened like a contribution's. Raises Denied, Invalid, Rejected, and Conflict for too many.
    """
    module = module_by_id(session, host.module_id) if host.module_id is not None else None
    if module is None:
        raise NotFound
    require(session, actor, POLL_ADD, module)
    wanted = checked(wanted)
    if len(facts.of_contents(session, [host.ref])) >= MANY:
        raise Conflict(_("There are five polls here already."))

    def store(visibility: Visibility) -> int:
        survey = _survey(session, module, wanted)
        poll = Poll(
            survey_id=survey.id,
            content_type=host.ref.type,
            content_id=host.ref.id,
            author_id=actor.id,
            visibility=visibility,
            results=wanted.results,
            changeable=wanted.changeable,
        )
        session.add(poll)
        session.flush()
        return poll.id

    return submit(session, _draft(wanted.question, wanted.options, actor, module), store).ref.id


def vote(
    session: Scope, voter: MemberRef | None, poll_id: int, chosen: Sequence[str], visit: str = ""
) -> PollFacts:
    """Take a vote; a member has one, a guest one for each browser, whose mark is ``visit``.

    Voting again changes the vote where the poll says so. Raises NotFound, Denied, SignInNeeded, Closed, Invalid,
    and Conflict for a second vote.
    """
    poll, host = in_view(session, voter, poll_id)
    module = module_by_id(session, host.module_id) if host.module_id is not None else None
    require(session, voter, POLL_VOTE, module)
    if voter is None and not may_vote(session, voter, poll, host):
        raise SignInNeeded
    # Held until the end, so that neither the options change nor the poll closes under a vote.
    query = select(Survey).where(Survey.id == poll.survey_id).with_for_update(read=True)
    survey = session.scalars(query.execution_options(populate_existing=True)).one()
    if survey.version is None or not lookup.is_running(survey):
        raise Closed(_("This poll is over."))
    asked = lookup.asked(session, survey.id, survey.version)
    said = _said(asked.definition.questions[QUESTION], chosen)
    right = right_of(session, poll, voter, visit)
    known = editing.digest_of(session, survey, right) if poll.changeable else None
    taken = take(session, survey, asked, right, Filled({QUESTION: said}, edit_digest=known))
    if taken.again and (known is None or not _change(session, survey.id, known, said)):
        raise Conflict(VOTED)
    return poll


def lets_guests(session: Scope) -> bool:
    """Tell whether the town wants polls in which people vote without an account; one statement."""
    return bool(read_settings(session, SETTINGS)["guests"])


def right_of(session: Scope, poll: PollFacts, voter: MemberRef | None, visit: str) -> Right:
    """Give the right to the one vote that somebody has; raises Denied for guests where they have none."""
    if voter is not None:
        secret, kind = str(voter.id), AdmissionKind.MEMBER
    elif poll.guests and visit:
        secret, kind = visit, AdmissionKind.VISIT
    else:
        raise Denied
    return Right(kind, admission.digest(session, poll.survey_id, kind, secret))


def close(session: Scope, actor: MemberRef, poll_id: int) -> PollFacts:
    """End a poll, as its author or as staff. Raises NotFound, Denied, and Conflict where it is over."""
    poll, host = in_view(session, actor, poll_id)
    if not may_close(session, actor, poll, host):
        raise Denied
    if not may_manage(session, actor, host):
        # Whoever may not write at the moment does not end what others vote in either.
        module = module_by_id(session, host.module_id) if host.module_id is not None else None
        require(session, actor, POLL_ADD, module)
    survey = counting.locked(session, poll.survey_id)
    if survey.state != SurveyState.OPEN:
        raise Conflict(_("This poll is over."))
    closing.shut(session, actor, survey)
    session.flush()
    counting.count(session, facts.of_number(session, poll.id), survey)
    return poll


def may_vote(session: Scope, voter: MemberRef | None, poll: PollFacts, host: Content) -> bool:
    """Tell whether somebody may vote, as far as roles and the town's wish go."""
    module = module_by_id(session, host.module_id) if host.module_id is not None else None
    welcome = voter is not None or (poll.guests and lets_guests(session))
    return welcome and may(session, voter, POLL_VOTE, module)


def may_close(session: Scope, actor: MemberRef | None, poll: PollFacts, host: Content) -> bool:
    """Tell whether somebody may end a poll."""
    return actor is not None and (poll.author_id == actor.id or may_manage(session, actor, host))


def may_manage(session: Scope, actor: MemberRef | None, host: Content) -> bool:
    """Tell whether somebody looks after polls for the town."""
    module = module_by_id(session, host.module_id) if host.module_id is not None else None
    return actor is not None and may(session, actor, POLL_MANAGE, module)


def add_options(session: Scope, actor: MemberRef, poll_id: int, lines: Sequence[str]) -> PollFacts:
    """Add options, as staff and while nobody has voted; they become a new version of what is asked.

    Raises NotFound, Denied, Invalid, Rejected, and Conflict once there is a vote or the poll is over.
    """
    poll, host = in_view(session, actor, poll_id)
    module = module_by_id(session, host.module_id) if host.module_id is not None else None
    require(session, actor, POLL_MANAGE, module)
    survey = counting.locked(session, poll.survey_id)
    if survey.state != SurveyState.OPEN:
        raise Conflict(_("This poll is over."))
    if facts.voters(session, [survey.id])[0][survey.id]:
        raise Conflict(_("Somebody has voted already; the options stay as they are."))
    words = [option.title[poll.language] for option in poll.question.options]
    wanted = checked(Wanted(poll.question.title[poll.language], [*words, *lines], language=poll.language))
    if len(wanted.options) == len(words):
        raise Invalid({"options": _("Please give at least one more option.")})

    def store(visibility: Visibility) -> int:
        opening.publish(session, survey, asked_for(replace(wanted, multiple=poll.multiple)), {})
        if visibility is Visibility.HELD:
            set_visibility(session, poll.id, visibility)
        return poll.id

    draft = _draft(wanted.question, wanted.options, actor, module)
    submit(session, replace(draft, is_edit=True, content_id=poll.id), store)
    record(session, actor, "survey.poll.options", f"{POLL}:{poll.id}", added=len(wanted.options) - len(words))
    return poll


def in_view(session: Scope, reader: MemberRef | None, poll_id: int) -> tuple[PollFacts, Content]:
    """Give a poll and its contribution, both of which the reader can see; raises NotFound for all others."""
    poll = facts.of_number(session, poll_id)
    if poll.visibility is not Visibility.PUBLISHED:
        raise NotFound
    return poll, content_in_view(session, reader, poll.ref)


def forget(session: Session, refs: Sequence[ContentRef]) -> None:
    """Delete the polls of contributions that are gone for good, with all votes."""
    gone = delete(Survey).where(Survey.id.in_(_surveys_of(refs)), Survey.kind == SurveyKind.POLL)
    session.execute(gone, execution_options=UNSYNCED)


def follow(session: Session, refs: Sequence[ContentRef]) -> None:
    """Let polls belong to the module in which their contributions stand now; usually it is the same."""
    scope = cast("Scope", session)
    for poll in facts.of_contents(scope, refs) if refs else ():
        kind = scope.contract.registry.content_types[poll.ref.type].value
        for content in kind.find(session, [poll.ref.id]):
            moved = update(Survey).where(Survey.id == poll.survey_id, Survey.module_id != content.module_id)
            session.execute(moved.values(module_id=content.module_id), execution_options=UNSYNCED)


def set_visibility(session: Session, poll_id: int, visibility: Visibility) -> None:
    """Lead a poll into a state."""
    changed = update(Poll).where(Poll.id == poll_id).values(visibility=visibility)
    session.execute(changed, execution_options=UNSYNCED)


def asked_for(wanted: Wanted) -> Definition:
    """Give what is asked as a survey of one question."""

    def text(words: str) -> dict[str, str]:
        return {wanted.language: words}

    options = tuple(Option(f"a{at}", text(words)) for at, words in enumerate(wanted.options, 1))
    kind = Kind.MULTIPLE if wanted.multiple else Kind.SINGLE
    question = Question(QUESTION, kind, text(wanted.question), required=True, options=options)
    pages = (Page("p1", groups=(Group("g1", questions=(question,)),)),)
    return Definition((wanted.language,), text(wanted.question), pages=pages)


def _survey(session: Scope, module: ModuleRef, wanted: Wanted) -> Survey:
    definition, now = asked_for(wanted), clock.now()
    survey = Survey(
        module_id=module.id,
        kind=SurveyKind.POLL,
        definition=dump(definition),
        access=Access.OPEN if wanted.guests else Access.REGISTERED,
        anonymity=Anonymity.PSEUDONYMOUS,
        opens_at=now,
        closes_at=wanted.closes_at,
        # Made here and not with the first vote: two of those at once would wait for each other.
        edit_key=editing.fresh_key(session) if wanted.changeable else None,
    )
    session.add(survey)
    session.flush()
    opening.publish(session, survey, definition, {})
    survey.state = SurveyState.OPEN
    session.flush()
    closing.plan(session, survey)
    counting.soon(session, survey)
    return survey


def _draft(question: str, options: Sequence[str], actor: MemberRef, module: ModuleRef | None) -> Draft:
    return Draft(POLL, "\n".join([question, *options]), question, actor, module)


def _said(question: Question, chosen: Sequence[str]) -> Any:
    """Read what was chosen; raises Invalid for nothing, too much, and what is no option."""
    codes = [option.code for option in question.options if option.code in set(chosen)]
    if question.kind is Kind.MULTIPLE and codes:
        return codes
    if question.kind is Kind.SINGLE and len(codes) == 1:
        return codes[0]
    raise Invalid({"choice": _("Please choose.")})


def _change(session: Scope, survey_id: int, known: bytes, said: Any) -> bool:
    mine = (Response.survey_id == survey_id) & (Response.edit_digest == known)
    changed = update(Response).where(mine).values(answers={QUESTION: said}, day=clock.now().date())
    return session.scalar(changed.returning(Response.id), execution_options=UNSYNCED) is not None


def _surveys_of(refs: Sequence[ContentRef]) -> Any:
    known = [(ref.type, ref.id) for ref in refs]
    return select(Poll.survey_id).where(tuple_(Poll.content_type, Poll.content_id).in_(known))
