"""The editor's page, as it is first shown and as it comes back with what somebody typed or what was refused."""

from collections.abc import Collection

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    BaukastenError,
    Conflict,
    Denied,
    Invalid,
    NotFound,
    SignInNeeded,
    TooMany,
    here,
    may,
    module_url,
    render,
    site_url,
    with_frames,
)
from baukasten_newsletter import desks
from baukasten_newsletter.keys import SEND, IssueState
from baukasten_newsletter.letters import release, service, shown
from baukasten_newsletter.letters.blocks import MAX_ALT, MAX_BODY
from baukasten_newsletter.letters.preview import VIEWS
from baukasten_newsletter.models import Issue

_ = lazy("newsletter")
UNPROCESSABLE, CONFLICT, TOO_MANY, FORBIDDEN = 422, 409, 429, 403
DONE = {
    "saved": _("Saved."),
    "copied": _("This is the copy. The original stays as it was."),
    "trial": _("A test is on its way to your address."),
}


def page(
    module: ModuleRef,
    row_id: int,
    language: str,
    *,
    typed: service.Words | None = None,
    topics: Collection[int] | None = None,
    refused: Exception | None = None,
) -> ResponseReturnValue:
    """Show the editor; with ``refused`` it says why something was not done, under the status that fits."""
    session, member = here().session, here().member
    issue = service.find(session, module, row_id)
    found = shown.editor(session, issue, language, typed, topics)
    if found is None:
        raise NotFound
    errors = dict(refused.errors) if isinstance(refused, Invalid) else {}
    said = refused.message if isinstance(refused, BaukastenError) and not errors else ""
    words = typed or service.Words(found.edition.subject, found.edition.preheader, ())
    current = found.edition.language
    urls = {name: module_url(module, f"issue{name and '_'}{name}", row_id=row_id) for name in ENDPOINTS}
    body = render(
        "newsletter/issue.html",
        title=words.subject or _("New issue"),
        module=module,
        editor=found,
        words=words,
        writing=found.may_change or typed is not None,
        errors=errors,
        refused=said or errors.get("blocks", "") or errors.get("files", "") or errors.get("topics", ""),
        said=DONE.get(request.args.get("done", ""), "") if refused is None else "",
        kinds=[(kind, str(label), icon) for kind, (label, icon) in shown.LABELS.items()],
        state=shown.STATES[IssueState(issue.state)],
        urls=urls,
        link=lambda tongue: module_url(module, "issue", row_id=row_id, sprache=tongue),
        drop=lambda tongue: module_url(module, "issue_language_drop", row_id=row_id, language=tongue),
        paper_drop=lambda paper: module_url(module, "issue_paper_drop", row_id=row_id, paper=paper),
        frame_url=module_url(module, "issue_frame", row_id=row_id, view="mail", sprache=current),
        views=[(name, str(label), module_url(module, "issue_preview", row_id=row_id, view=name, sprache=current))
               for name, label in VIEWS.items()],
        sending_url=site_url(f"{module.path}ausgaben/{row_id}/versand"),
        issues_url=module_url(module, "issues"),
        archive_url=module_url(module, "archived", number=issue.number) if issue.number else "",
        may_send=may(session, member, SEND, module),
        may_agree=release.may_agree(session, member, module, issue),
        wants_release=release.FIELD in module.settings and module.settings[release.FIELD] is not None,
        **desks.values(module, desks.ISSUES),
        most={"alt": MAX_ALT, "text": MAX_BODY, "subject": service.MAX_SUBJECT},
    )  # fmt: skip
    return with_frames(make_response(body, _status(refused)))


ENDPOINTS = ("", "copy", "delete_form", "language", "paper", "trial", "ask", "take_back", "agree")


def me() -> MemberRef:
    """Give who acts; raises SignInNeeded."""
    member = here().member
    if member is None:
        raise SignInNeeded
    return member


def to_issue(
    module: ModuleRef, issue: Issue, language: str = "", *, done: str = "", block: int | None = None
) -> ResponseReturnValue:
    """Commit and lead to the editor, to one of its blocks if one is named."""
    here().session.commit()
    more = {key: value for key, value in (("sprache", language), ("done", done)) if value}
    anchor = "" if block is None else f"#block-{block}"
    return redirect(module_url(module, "issue", row_id=issue.id, **more) + anchor, 303)


def _status(refused: Exception | None) -> int:
    known = ((Invalid, UNPROCESSABLE), (Conflict, CONFLICT), (TooMany, TOO_MANY), (Denied, FORBIDDEN))
    return next((status for kind, status in known if isinstance(refused, kind)), 200)
