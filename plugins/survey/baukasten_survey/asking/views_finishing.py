"""Sending an answer: everything is checked once more, then it is taken, and only then the draft is thrown away."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from flask import Response, make_response, redirect, request

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    BaukastenError,
    Closed,
    Denied,
    Invalid,
    Scope,
    SignInNeeded,
    here,
    keyring,
    module_url,
)
from baukasten_survey.access import admission
from baukasten_survey.access.admission import Right
from baukasten_survey.answers.checking import Fault, check_all
from baukasten_survey.answers.flow import Path
from baukasten_survey.asking import (
    drafts,
    editing,
    entering,
    sheet,
    shelf,
    tongues,
)
from baukasten_survey.asking import (
    views_cookies as cookies,
)
from baukasten_survey.asking import (
    views_files as files,
)
from baukasten_survey.asking import (
    views_fronts as fronts,
)
from baukasten_survey.asking import (
    views_sitting as sitting,
)
from baukasten_survey.asking import (
    views_suspicion as suspicion,
)
from baukasten_survey.asking.sayings import Sayings
from baukasten_survey.asking.shelf import Facts
from baukasten_survey.asking.views_sitting import Sitting
from baukasten_survey.definition.model import said
from baukasten_survey.keys import AdmissionKind, Anonymity, Kind
from baukasten_survey.surveys import lookup
from baukasten_survey.taking import quotas, service
from baukasten_survey.taking.service import Filled

_ = lazy("survey")
FORM, EARLIER = "_form", "vorher"


def right_of(at: Sitting) -> Right:
    """Give what a draft will be spent on."""
    return Right(AdmissionKind(at.work.kind), bytes.fromhex(at.work.right))


def form_token(at: Sitting) -> str:
    """Give what a form carries, so that a second press after the first was taken finds its receipt."""
    locked = keyring(here().session).lock(_purpose(here().session, at.facts), bytes.fromhex(at.work.right))
    return urlsafe_b64encode(locked).decode()


def again(module: ModuleRef) -> Response | None:
    """Answer a form whose draft is gone because it was sent already: with the same receipt; else nothing."""
    session = here().session
    facts = shelf.facts_of(session, module)
    if sitting.tells_account(facts):
        return None
    try:
        locked = urlsafe_b64decode(request.form.get(FORM, "")[:400].encode())
        digest = keyring(session).unlock(_purpose(session, facts), locked)
    except ValueError:
        return None
    right = Right(AdmissionKind.VISIT, digest)
    if not admission.is_spent(session, facts.id, right):
        return None
    return thanked(module, facts, admission.receipt(session, digest))


def finish(at: Sitting) -> Response:
    """Take the answer and lead to the receipt; where something is wrong, to the overview that says it."""
    session, path, work = here().session, at.path, at.work
    if check_all(path, work.answers, work.language):
        return _back(at)
    survey = lookup.held(session, at.facts.id)
    right = right_of(at)
    try:
        entering.check_still(session, survey, at.module, here().member, right)
    except Denied as refusal:
        asked = isinstance(refusal, SignInNeeded)
        return _back(at, str(_("Please sign in first.")) if asked else refusal.message)
    marked = [] if at.facts.drafted else suspicion.flags(at.facts, work, path.answers)
    filled = Filled(
        answers=path.answers,
        language=work.language,
        flags=marked,
        member_id=_member_id(at),
        edit_digest=editing.digest_of(session, survey, right),
    )
    if work.edits:
        return _changed(at, right, path)
    try:
        taken = service.take(session, survey, at.compiled.asked, right, filled)
        if taken.response_id is not None:
            files.attach_all(at, taken.response_id, path.answers)
    except (Closed, Denied, Invalid) as refusal:
        session.rollback()
        return _refused(at, refusal)
    # The second press of one form is nobody's second answer.
    earlier = taken.again and right.kind is not AdmissionKind.VISIT
    return _done(at, taken.receipt, earlier=earlier)


def _refused(at: Sitting, refusal: BaukastenError) -> Response:
    """Keep what came in the draft and say why it was not taken."""
    if isinstance(refusal, quotas.Full):
        _keep(at)
        return _full(at, refusal)
    if isinstance(refusal, Invalid):
        _keep(at)
        return overview(at, refused=refusal.message)
    return fronts.page(at.module, status=403)


def _changed(at: Sitting, right: Right, path: Path) -> Response:
    session = here().session
    number = None
    if at.facts.is_running():
        number = editing.change(session, at.facts, right, at.work.language, path.answers)
    if number is None:
        session.rollback()
        return fronts.page(at.module, status=403)
    files.attach_all(at, number, path.answers)
    return _done(at, admission.receipt(session, right.digest))


def _done(at: Sitting, receipt: str, *, earlier: bool = False) -> Response:
    session = here().session
    drafts.drop(session, at.facts.id, at.keys)
    session.commit()
    return thanked(at.module, at.facts, receipt, earlier=earlier)


def thanked(module: ModuleRef, facts: Facts, receipt: str, *, earlier: bool = False) -> Response:
    """Lead to the page with the receipt, which the browser keeps until it is closed.

    ``earlier`` says that another answer had been given with the same right, which is the one that counts.
    """
    told = {EARLIER: "1"} if earlier else {}
    answer = make_response(redirect(module_url(module, "thanks", **told), 303))
    life = cookies.SHORT if facts.anonymity is Anonymity.BLIND else None
    cookies.keep(answer, module, cookies.RECEIPT, receipt, life=life)
    cookies.forget(answer, module, cookies.DRAFT)
    return answer


def overview(at: Sitting, *, refused: str = "") -> Response:
    """Show all answers in words, with the way back to each question."""
    path, work = at.path, at.work
    sayings, numbers = Sayings(path, work.language), sheet.numbers(path)
    with tongues.speaks(work.language):
        faults = check_all(path, work.answers, work.language)
        pages = [
            (
                sayings.line(page.page.title),
                at.url("page", code=page.page.code),
                [
                    (
                        numbers[one.question.code],
                        sayings.line(one.question.title),
                        sayings.speaker.answer(one.question, path.answers),
                        sheet.field_id(sheet.first_field(one)),
                    )
                    for one in page.questions
                    if one.question.kind is not Kind.INFO
                ],
            )
            for page in path.pages
        ]
        title = sayings.line(at.compiled.asked.definition.title)
        head = " · ".join((str(_("Your answers")), title))
    last = path.pages[-1].page.code if path.pages else "-"
    return tongues.show(
        "survey/overview.html",
        work.language,
        head,
        status=422 if faults or refused else 200,
        survey_title=title,
        pages=pages,
        wrong=_linked(at, path, faults),
        refused=refused,
        edits=work.edits,
        trial=at.facts.drafted,
        promise=sheet.promise(at.facts),
        formed=form_token(at),
        languages=tongues.switch(at.languages, work.language),
        urls={
            "back": at.url("page", code=last),
            "submit": at.url("submit"),
            "later": at.url("later"),
            "here": at.url("overview"),
            "anonymity": at.url("anonymity"),
        },
    )


def _linked(at: Sitting, path: Path, faults: Sequence[Fault]) -> list[tuple[int, str, str]]:
    """Give what is wrong with a link to the page on which it is mended."""
    numbers = sheet.numbers(path)
    pages = {one.question.code: page.page.code for page in path.pages for one in page.questions}
    return [
        (
            numbers.get(fault.code, 0),
            f"{at.url('page', code=pages[fault.code])}#{sheet.field_id(fault.field)}",
            fault.text,
        )
        for fault in faults
    ]


def _back(at: Sitting, refused: str = "") -> Response:
    """Keep what came and show the overview, where what is wrong stands with its links."""
    _keep(at)
    return overview(at, refused=refused)


def _keep(at: Sitting) -> None:
    session = here().session
    drafts.save(session, at.facts.id, at.keys, at.work)
    session.commit()


def _member_id(at: Sitting) -> int | None:
    member = here().member
    named = at.facts.anonymity is Anonymity.NAMED
    return member.id if named and member is not None else None


def _full(at: Sitting, refusal: quotas.Full) -> Response:
    """Say that enough of this sort are there; the draft stays, in case that another answer was meant."""
    origin = at.languages[0]
    words = said(refusal.by_language, at.work.language, origin) or refusal.message
    return tongues.show(
        "survey/full.html",
        at.work.language,
        at.sayings().line(at.compiled.asked.definition.title),
        status=403,
        survey_title=at.sayings().line(at.compiled.asked.definition.title),
        words=words,
        languages=[],
        urls={"front": at.url("front"), "overview": at.url("overview")},
    )


def _purpose(session: Scope, facts: Facts) -> str:
    return f"survey.form {session.tenant_id} {facts.id}"
