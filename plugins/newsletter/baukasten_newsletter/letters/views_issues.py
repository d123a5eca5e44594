"""The desk of a list: its issues, and what may be done with one of them besides writing."""

from collections.abc import Callable

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    Conflict,
    Denied,
    Invalid,
    TooMany,
    attempt,
    enqueue,
    here,
    module_url,
    render,
    requires,
    site_url,
    takes_files,
)
from baukasten_newsletter import desks
from baukasten_newsletter.keys import SEND, WRITE
from baukasten_newsletter.letters import listing, release, service, trial, views_desk
from baukasten_newsletter.models import Issue
from baukasten_newsletter.routes import ID, LARGEST, routes

_ = lazy("newsletter")
TRIALS, HOUR = 20, 3600
"""Tests of a person to themselves, and in how many seconds."""


@routes.get("/ausgaben/")
@requires(WRITE)
def issues(module: ModuleRef) -> ResponseReturnValue:
    """List the issues that are written, wait, go out and were sent."""
    place = here()
    rows = listing.issues(place.session, place.member, module, _after())
    return render(
        "newsletter/issues.html",
        title=_("Issues"),
        module=module,
        rows=[(row, site_url(row.path)) for row in rows.items],
        older_url=module_url(module, "issues", nach=rows.after) if rows.after else "",
        new_url=module_url(module, "issue_new"),
        address=_urls(module),
        said=_("The issue is deleted.") if request.args.get("done") == "deleted" else "",
        **desks.values(module, desks.ISSUES),
    )


@routes.post("/ausgaben/neu")
@requires(WRITE)
def issue_new(module: ModuleRef) -> ResponseReturnValue:
    """Begin an issue."""
    issue = service.create(here().session, views_desk.me(), module)
    return views_desk.to_issue(module, issue)


@routes.post(f"/ausgaben/{ID}/kopieren")
@requires(WRITE)
def issue_copy(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Begin an issue as a copy of another."""
    return views_desk.to_issue(
        module, service.copy(here().session, views_desk.me(), module, row_id), done="copied"
    )


@routes.get(f"/ausgaben/{ID}/loeschen")
@requires(WRITE)
def issue_delete_form(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Ask whether an issue is to be deleted."""
    issue = service.find(here().session, module, row_id)
    if issue.state not in service.ERASABLE or issue.number is not None:
        raise Conflict(service.SHUT)
    subjects = listing.subjects_of(here().session, [row_id]).get(row_id, {})
    named = next((one for one in subjects.values() if one), str(listing.NAMELESS))
    return render(
        "newsletter/issue_delete.html",
        title=_("Delete issue"),
        module=module,
        subject=named,
        action=module_url(module, "issue_delete", row_id=row_id),
        back_url=module_url(module, "issue", row_id=row_id),
        **desks.values(module, desks.ISSUES),
    )


@routes.post(f"/ausgaben/{ID}/loeschen")
@requires(WRITE)
def issue_delete(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Delete an issue that was not sent."""
    service.remove(here().session, views_desk.me(), module, row_id)
    here().session.commit()
    return redirect(module_url(module, "issues", done="deleted"), 303)


@routes.post(f"/ausgaben/{ID}/sprachen")
@requires(WRITE)
def issue_language(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Begin an edition in another language with the words of one that is there."""
    language, source = request.form.get("language", ""), request.form.get("source", "")
    return _do(
        module,
        row_id,
        lambda: service.add_language(here().session, views_desk.me(), module, row_id, language, source),
        language,
    )


@routes.post(f"/ausgaben/{ID}/sprachen/<string(maxlength=20):language>/entfernen")
@requires(WRITE)
def issue_language_drop(module: ModuleRef, row_id: int, language: str) -> ResponseReturnValue:
    """Delete an edition."""
    return _do(
        module,
        row_id,
        lambda: service.drop_language(here().session, views_desk.me(), module, row_id, language),
    )


@routes.post(f"/ausgaben/{ID}/anhaenge")
@requires(WRITE)
@takes_files
def issue_paper(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Let a paper go with an issue."""
    file = request.files.get("file")

    def add() -> Issue:
        if file is None or not file.filename:
            raise Invalid({"files": _("Choose a file first.")})
        return service.add_paper(here().session, views_desk.me(), module, row_id, file.filename, file.stream)

    return _do(module, row_id, add)


@routes.post(f"/ausgaben/{ID}/anhaenge/<int(min=1, max={LARGEST}):paper>/entfernen")
@requires(WRITE)
def issue_paper_drop(module: ModuleRef, row_id: int, paper: int) -> ResponseReturnValue:
    """Take a paper away."""
    return _do(
        module, row_id, lambda: service.remove_paper(here().session, views_desk.me(), module, row_id, paper)
    )


@routes.post(f"/ausgaben/{ID}/probe")
@requires(WRITE)
def issue_trial(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Send oneself a test."""
    session, language = here().session, request.form.get("language", "")[:20]
    issue = service.find(session, module, row_id)
    try:
        # Whoever tests goes back and forth a few times; hundreds of mails to oneself are a fault or a prank.
        attempt(trial.JOB, HOUR, address=f"{here().tenant.id} {views_desk.me().id}", per_address=TRIALS)
    except TooMany as refused:
        return views_desk.page(module, row_id, language, refused=refused)
    enqueue(session, trial.JOB, issue_id=issue.id, member_id=views_desk.me().id, language=language)
    return views_desk.to_issue(module, issue, language, done="trial")


@routes.post(f"/ausgaben/{ID}/freigabe/erbitten")
@requires(WRITE)
def issue_ask(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Ask for a second person's release."""
    return _do(module, row_id, lambda: release.ask(here().session, views_desk.me(), module, row_id))


@routes.post(f"/ausgaben/{ID}/freigabe/zuruecknehmen")
@requires(WRITE)
def issue_take_back(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Make a draft of it again."""
    return _do(module, row_id, lambda: release.take_back(here().session, views_desk.me(), module, row_id))


@routes.post(f"/ausgaben/{ID}/freigabe/erteilen")
@requires(SEND)
def issue_agree(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Release an issue that somebody else asked for."""
    return _do(module, row_id, lambda: release.agree(here().session, views_desk.me(), module, row_id))


def _do(module: ModuleRef, row_id: int, deed: Callable[[], Issue], language: str = "") -> ResponseReturnValue:
    """Do something with an issue; what keeps it from being done is said on the editor's page."""
    from_page = language or request.form.get("sprache", "")[:20]
    try:
        issue = deed()
    except (Invalid, TooMany, Conflict, Denied) as refused:
        here().session.rollback()
        return views_desk.page(module, row_id, from_page, refused=refused)
    return views_desk.to_issue(module, issue, from_page, done="saved")


def _urls(module: ModuleRef) -> Callable[[str, int], str]:
    return lambda endpoint, row_id: module_url(module, endpoint, row_id=row_id)


def _after() -> int:
    text = request.args.get("nach", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
