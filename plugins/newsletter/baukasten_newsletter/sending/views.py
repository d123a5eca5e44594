"""The page of an issue that goes out: before, on its way, afterwards; and the buttons on it."""

from collections.abc import Callable
from typing import Any

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    BaukastenError,
    Conflict,
    Form,
    Invalid,
    SignInNeeded,
    here,
    may,
    module_url,
    part,
    render,
    requires,
)
from baukasten_newsletter import desks
from baukasten_newsletter.keys import PEOPLE, SEND, SIZE, WRITE, IssueState
from baukasten_newsletter.letters import listing
from baukasten_newsletter.letters import service as letters
from baukasten_newsletter.letters.shown import STATES
from baukasten_newsletter.models import Issue
from baukasten_newsletter.routes import ID, routes
from baukasten_newsletter.sending import forms, service, shown
from baukasten_newsletter.sending.audience import audience

_ = lazy("newsletter")
BASE = f"/ausgaben/{ID}/versand"
UNPROCESSABLE, CONFLICT = 422, 409
BEFORE = (IssueState.DRAFT, IssueState.AWAITING_RELEASE, IssueState.SCHEDULED)


@routes.get(BASE)
@requires(SIZE)
def sending(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Show who gets an issue, or how far it is."""
    return _page(module, letters.find(here().session, module, row_id))


@routes.get(f"{BASE}/stand")
@requires(SIZE)
def sending_part(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Give the part of the page that changes by itself, for scripts."""
    issue = letters.find(here().session, module, row_id)
    answer = make_response(str(part("newsletter/sending_progress.html", sending=_progress(module, issue))))
    return _fresh(answer)


@routes.post(BASE)
@requires(SEND)
def sending_schedule(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Let an issue go out, or show the form again with what helps."""
    session = here().session
    issue = letters.find(session, module, row_id)
    reached = audience(session, row_id).reached
    form = _form(module, issue, reached)
    try:
        at, typed = forms.read(form, request.form)
        service.schedule(session, _me(), module, row_id, at, typed)
    except Invalid as error:
        form.add_invalid(error)
        session.rollback()
        return _page(module, letters.find(session, module, row_id), form), UNPROCESSABLE
    except Conflict as error:
        return _refused(module, row_id, error)
    session.commit()
    return _back(module, row_id)


@routes.post(f"{BASE}/<any(anhalten, weiter, abbrechen):verb>")
@requires(SEND)
def sending_step(module: ModuleRef, row_id: int, verb: str) -> ResponseReturnValue:
    """Stop an issue, let it go on, or call it off."""
    session = here().session
    try:
        STEPS[verb](session, _me(), module, row_id)
    except Conflict as error:
        return _refused(module, row_id, error)
    session.commit()
    return _back(module, row_id)


STEPS: dict[str, Callable[..., Issue]] = {
    "anhalten": service.pause,
    "weiter": service.resume,
    "abbrechen": service.cancel,
}


def _page(
    module: ModuleRef, issue: Issue, form: Form | None = None, refused: BaukastenError | None = None
) -> Response:
    session, member = here().session, here().member
    before = issue.state in BEFORE
    found = audience(session, issue.id) if before else None
    obstacles = service.obstacles(session, module, issue, found.reached) if found else []
    may_send = may(session, member, SEND, module)
    if found is not None and issue.state == IssueState.DRAFT and may_send and not obstacles:
        form = form or _form(module, issue, found.reached)
    subjects = listing.subjects_of(session, [issue.id]).get(issue.id, {})
    body = render(
        "newsletter/sending.html",
        title=next((one for one in subjects.values() if one), str(listing.NAMELESS)),
        module=module,
        issue=issue,
        state=STATES[IssueState(issue.state)],
        audience=found,
        left_out=[(str(shown.LEFT_OUT[one]), number) for one, number in found.left_out.items()] if found else [],
        obstacles=obstacles,
        form=form if not obstacles else None,
        refused=str(refused.message) if refused else "",
        sending=_progress(module, issue),
        issues_url=module_url(module, "issues") if may(session, member, WRITE, module) else "",
        issue_url=module_url(module, "issue", row_id=issue.id) if may(session, member, WRITE, module) else "",
        **desks.values(module, desks.ISSUES if may(session, member, WRITE, module) else desks.FIGURES),
    )  # fmt: skip
    return _fresh(make_response(body))


def _progress(module: ModuleRef, issue: Issue) -> dict[str, Any]:
    """Give what the live part shows."""
    session, member = here().session, here().member
    named = may(session, member, PEOPLE, module)
    return {
        "issue": issue,
        "progress": shown.progress(session, issue, named=named) if issue.started_at or issue.paused_at else None,
        "may_send": may(session, member, SEND, module),
        "part_url": module_url(module, "sending_part", row_id=issue.id),
        "step_urls": {
            verb: module_url(module, "sending_step", row_id=issue.id, verb=verb) for verb in STEPS
        },
        "archive_url": module_url(module, "archived", number=issue.number) if issue.number else "",
        "figures_url": module_url(module, "issue_figures", row_id=issue.id) if issue.number else "",
        "edit_url": module_url(module, "issue", row_id=issue.id) if may(session, member, WRITE, module) else "",
    }  # fmt: skip


def _form(module: ModuleRef, issue: Issue, reached: int) -> Form:
    action = module_url(module, "sending_schedule", row_id=issue.id)
    return forms.schedule_form(action, reached, typed=reached > service.TYPED_ABOVE)


def _refused(module: ModuleRef, row_id: int, error: BaukastenError) -> ResponseReturnValue:
    here().session.rollback()
    issue = letters.find(here().session, module, row_id)
    return _page(module, issue, refused=error), CONFLICT


def _back(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    return redirect(module_url(module, "sending", row_id=row_id), 303)


def _fresh(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _me() -> MemberRef:
    member = here().member
    if member is None:
        raise SignInNeeded
    return member
