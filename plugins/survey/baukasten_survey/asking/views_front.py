"""The first page of a survey: what it is about, who may answer, what is known of whoever does; and beginning."""

import secrets
from typing import Any

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    Denied,
    Invalid,
    SignInNeeded,
    clock,
    guarded,
    here,
    module_url,
    public,
    render,
    requires,
)
from baukasten_survey.access import admission
from baukasten_survey.access.admission import Right
from baukasten_survey.access.views_token import count_wrong
from baukasten_survey.answers.beginning import beginning
from baukasten_survey.asking import (
    drafts,
    editing,
    entering,
    posting,
    promises,
    shelf,
    tongues,
)
from baukasten_survey.asking import (
    views_cookies as cookies,
)
from baukasten_survey.asking import (
    views_finishing as finishing,
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
from baukasten_survey.asking.drafts import Keys, Work
from baukasten_survey.asking.shelf import Compiled, Facts
from baukasten_survey.keys import ANSWER, SEALED, AdmissionKind, Anonymity, Kind
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")
GIVEN = "given."
"""Before the names of what came with the address and waits in the form until somebody begins."""


@routes.get("/")
@public
def front(module: ModuleRef) -> ResponseReturnValue:
    """Show what the survey is about."""
    return fronts.page(module)


@routes.post("/")
@requires(ANSWER)
@guarded
def begin(module: ModuleRef) -> ResponseReturnValue:
    """Begin: decide what the answer will be spent on, and give the browser the secret of its draft."""
    facts = shelf.facts_of(here().session, module)
    if not sitting.open_to_me(module, facts):
        return fronts.page(module, status=403)
    secret = drafts.new_secret()
    keys = drafts.keys_of(here().session, facts.id, secret)
    try:
        right = _right(module, facts, keys)
    except Invalid as refusal:
        count_wrong()
        return fronts.page(module, errors=refusal.errors, status=422)
    except Denied as refusal:
        words = str(_("Please sign in first.")) if isinstance(refusal, SignInNeeded) else refusal.message
        return fronts.page(module, errors={"": words}, status=403)
    return _begun(module, facts, secret, keys, right)


def _right(module: ModuleRef, facts: Facts, keys: Keys) -> Right:
    """Give what the answer will be spent on; raises as ``entering.right_of``, and TooMany."""
    place = here()
    if facts.drafted:
        return entering.trial_right(place.session, facts, keys)
    survey = lookup.of_module(place.session, module.id)
    right = entering.right_of(place.session, survey, module, place.member, keys, request.form)
    if right.kind is AdmissionKind.VISIT:
        suspicion.count_beginning(facts)
    return right


def _begun(module: ModuleRef, facts: Facts, secret: bytes, keys: Keys, right: Right) -> ResponseReturnValue:
    """Store an empty draft, or the answer that somebody may change, and lead to its first page."""
    session = here().session
    made = shelf.compiled(session, facts, facts.number)
    work = _work(facts, made, right)
    if right.kind is not AdmissionKind.VISIT and admission.is_spent(session, facts.id, right):
        earlier = editing.find(session, facts, right)
        if earlier is None:
            return finishing.thanked(module, facts, admission.receipt(session, right.digest))
        work.answers, work.edits, work.version = earlier.answers, True, earlier.version
        made = shelf.compiled(session, facts, work.version)
    first = next(iter(posting.path_of(made.flow, work, clock.now().date()).pages), None)
    if first is None:
        return fronts.page(module, status=409)
    work.at = first.page.code
    _forget_draft(module, facts)
    drafts.begin(session, facts.id, keys, work)
    session.commit()
    answer = make_response(redirect(module_url(module, "page", code=work.at), 303))
    cookies.keep(answer, module, cookies.DRAFT, drafts.written(secret))
    cookies.forget(answer, module, cookies.RECEIPT)
    return answer


@routes.post("/fortsetzen")
@requires(ANSWER)
def resume(module: ModuleRef) -> ResponseReturnValue:
    """Go on with a draft that was begun elsewhere."""
    session = here().session
    facts = shelf.facts_of(session, module)
    secret = drafts.read_secret(request.form.get("resume", ""))
    work = None
    if secret is not None and sitting.open_to_me(module, facts):
        work = drafts.find(session, facts.id, drafts.keys_of(session, facts.id, secret))
    if secret is None or work is None:
        count_wrong()
        text = _("We find nothing under this code. Perhaps a sign is wrong, or it was sent already.")
        return fronts.page(module, errors={"resume": str(text)}, status=422)
    answer = make_response(redirect(module_url(module, "page", code=work.at or "-"), 303))
    cookies.keep(answer, module, cookies.DRAFT, drafts.written(secret))
    return answer


@routes.post("/verwerfen")
@requires(ANSWER)
def discard(module: ModuleRef) -> ResponseReturnValue:
    """Throw the draft away, here and on this device."""
    facts = shelf.facts_of(here().session, module)
    _forget_draft(module, facts)
    here().session.commit()
    answer = make_response(redirect(module_url(module, "front", erledigt="verworfen"), 303))
    cookies.forget(answer, module, cookies.DRAFT)
    cookies.forget(answer, module, cookies.RECEIPT)
    return answer


@routes.get("/anonym")
@public(cached=True)
def anonymity(module: ModuleRef) -> ResponseReturnValue:
    """Say what "anonymous" means here exactly, and what it does not."""
    facts = shelf.facts_of(here().session, module)
    return render(
        "survey/anonymity.html",
        title=_("What “anonymous” means here exactly"),
        module=module,
        level=facts.anonymity,
        promises=[(level, promises.promise(level)) for level in reversed(Anonymity)],
        front_url=module_url(module, "front"),
    )


def _work(facts: Facts, made: Compiled, right: Right) -> Work:
    language = tongues.chosen(made.asked.definition.languages, request.form.get("_language", ""))
    return Work(
        version=facts.number,
        language=language,
        seed=secrets.token_hex(8),
        begun=clock.now().timestamp(),
        kind=right.kind,
        right=right.digest.hex(),
        answers=_given(made, sealed=facts.anonymity in SEALED),
        room=max(drafts.PAD, made.asked.sealed_size if facts.anonymity in SEALED else 0),
    )


def _given(made: Compiled, *, sealed: bool) -> dict[str, Any]:
    """Begin with what is filled in beforehand, and take what came with the address into hidden answers."""
    found = beginning(made.asked.definition)
    for code, question in made.asked.definition.questions.items():
        if question.kind is Kind.HIDDEN:
            words = entering.of_address(question, request.form.get(GIVEN + code, ""), sealed=sealed)
            if words or question.default is not None:
                found[code] = words or str(question.default)
    return found


def _forget_draft(module: ModuleRef, facts: Facts) -> None:
    """Throw away the draft that this browser had before."""
    known = sitting.secret_keys(module, facts)
    if known is not None:
        drafts.drop(here().session, facts.id, known[1])
