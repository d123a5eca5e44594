"""What people do with an issue that goes out: schedule, stop, go on, cancel; and the jobs that begin it."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, select

from baukasten.plugin import Job, MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, Scope, clock, enqueue, module_by_id, record
from baukasten_newsletter.keys import IssueKind, IssueState
from baukasten_newsletter.letters import archive, linting, release, rendering
from baukasten_newsletter.letters import service as letters
from baukasten_newsletter.models import Issue, Rendering
from baukasten_newsletter.people import watching
from baukasten_newsletter.sending import audience, inquiries, slices

_ = lazy("newsletter")

BEGIN, WATCH = "newsletter.begin", "newsletter.watch"
FARTHEST = dt.timedelta(days=366)
HELD = dt.timedelta(minutes=15)
"""How long a digest is held before the mail server is asked again."""
STOPPABLE = (IssueState.SCHEDULED, IssueState.SENDING, IssueState.PAUSED)
TYPED_ABOVE = 1000
"""From so many recipients on, their number has to be typed in."""
NOBODY = _("Nobody gets this issue: choose a topic that somebody has subscribed to.")
CHANGED = _("The state of this issue has changed meanwhile. Look at the page again.")
REMOVED = _("The newsletter of this issue is no longer there.")
OVERDUE = _("The time for this issue passed more than an hour ago while nobody could send it.")


def obstacles(session: Scope, module: ModuleRef, issue: Issue, reached: int) -> list[str]:
    """Say in the reader's language what keeps an issue from being sent; empty where nothing does."""
    found = [finding.text for finding in linting.errors(linting.check(session, issue))]
    found += watching.problems(session)
    if not reached:
        found.append(str(NOBODY))
    if release.is_missing(module, issue, reached):
        found.append(str(_("A second person has to release it.")))
    return found


def schedule(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    issue_id: int,
    at: dt.datetime | None = None,
    typed: int | None = None,
) -> Issue:
    """Let an issue go out at a moment, or at once; ``typed`` is the number of recipients as somebody typed it.

    Raises NotFound, Conflict where something keeps it from being sent, and Invalid for ``at`` and ``typed``.
    """
    issue = letters.find(session, module, issue_id, lock=True)
    if issue.state != IssueState.DRAFT:
        raise Conflict(CHANGED)
    now = clock.now()
    if at is not None and not now <= at <= now + FARTHEST:
        raise Invalid({"at": _("Choose a moment within a year from now.")})
    reached = audience.audience(session, issue.id).reached
    found = obstacles(session, module, issue, reached)
    if found:
        raise Conflict(found[0])
    if reached > TYPED_ABOVE and typed != reached:
        raise Invalid({"typed": _("Type the number of people who get it.")})
    rendering.render(session, issue, issue.version)
    issue.state, issue.scheduled_at = IssueState.SCHEDULED, at or now
    session.flush()
    record(session, actor, "newsletter.issue.schedule", _target(issue), recipients=reached)
    _begin_at(session, issue.id, issue.scheduled_at)
    return issue


def pause(session: Scope, actor: MemberRef, module: ModuleRef, issue_id: int) -> Issue:
    """Stop an issue; nothing more of it goes out than what is on open connections. Raises NotFound and Conflict."""
    issue = _in(session, module, issue_id, IssueState.SENDING)
    issue.state, issue.paused_at, issue.pause_reason = IssueState.PAUSED, clock.now(), ""
    session.flush()
    record(session, actor, "newsletter.issue.pause", _target(issue))
    return issue


def resume(session: Scope, actor: MemberRef, module: ModuleRef, issue_id: int) -> Issue:
    """Go on with a stopped issue; who has it not yet gets the words of now. Raises NotFound and Conflict.

    Where a second person has to agree, nobody lets their own change out.
    """
    issue = _in(session, module, issue_id, IssueState.PAUSED)
    found = [finding.text for finding in linting.errors(linting.check(session, issue))]
    found += watching.problems(session)
    if found:
        raise Conflict(found[0])
    release.agree_by_resuming(actor, module, issue, audience.audience(session, issue.id).reached)
    issue.paused_at, issue.pause_reason, now = None, "", clock.now()
    if issue.started_at is None:
        rendering.render(session, issue, issue.version)
        issue.state, issue.scheduled_at = IssueState.SCHEDULED, now
        _begin_at(session, issue.id, now)
    else:
        _mend(session, issue)
        issue.state, issue.active_at = IssueState.SENDING, now
        slices.start_lanes(session, issue.id)
    session.flush()
    record(session, actor, "newsletter.issue.resume", _target(issue), version=issue.version)
    return issue


def cancel(session: Scope, actor: MemberRef, module: ModuleRef, issue_id: int) -> Issue:
    """Send no more of an issue, for good; before it began it becomes a draft again. Raises NotFound and Conflict."""
    issue = _in(session, module, issue_id, *STOPPABLE)
    begun = issue.started_at is not None
    issue.state = IssueState.CANCELLED if begun else IssueState.DRAFT
    issue.scheduled_at = issue.scheduled_at if begun else None
    issue.finished_at = clock.now() if begun else None
    issue.paused_at, issue.pause_reason = None, ""
    session.flush()
    record(session, actor, "newsletter.issue.cancel", _target(issue), begun=begun)
    return issue


def open_digest(session: Scope, issue: Issue) -> None:
    """Begin to send digests whose deliveries are written already."""
    issue.state, issue.started_at, issue.active_at = IssueState.SENDING, clock.now(), clock.now()
    session.flush()
    slices.start_lanes(session, issue.id)


def begin(session: Scope, *, issue_id: int) -> None:
    """Take the snapshot of who gets an issue and begin; too late it asks instead."""
    query = select(Issue).where(Issue.id == issue_id).with_for_update()
    issue = session.scalar(query.execution_options(populate_existing=True))
    now = clock.now()
    if issue is None or issue.state != IssueState.SCHEDULED or issue.scheduled_at is None:
        return
    if issue.scheduled_at > now:
        _begin_at(session, issue_id, issue.scheduled_at)
        return
    watching.note_secret(session)
    problems: Sequence[object] = watching.problems(session)
    if module_by_id(session, issue.module_id or 0) is None:
        problems = [REMOVED]
    if now - issue.scheduled_at > slices.LATE:
        problems = [OVERDUE]
    if problems:
        issue.state, issue.paused_at, issue.pause_reason = IssueState.PAUSED, now, str(problems[0])
        record(session, None, "newsletter.issue.hold", _target(issue))
        return
    rendering.render(session, issue, issue.version)
    count = audience.snapshot(session, issue)
    inquiries.give_number(session, issue)
    issue.state, issue.started_at, issue.active_at = IssueState.SENDING, now, now
    session.flush()
    archive.announce(session, issue)
    record(session, None, "newsletter.issue.begin", _target(issue), recipients=count)
    slices.start_lanes(session, issue_id)


def watch(session: Scope) -> None:
    """Queue again what should be going on: a worker that died takes its job with it for a while.

    Digests, which nobody resumes by hand, go on once nothing speaks against it any more.
    """
    active = Issue.state.in_((IssueState.SCHEDULED, IssueState.SENDING))
    held = (Issue.kind == IssueKind.DIGEST) & (Issue.state == IssueState.PAUSED)
    for issue in session.scalars(select(Issue).where(active | held).order_by(Issue.id)).all():
        if issue.state == IssueState.PAUSED:
            _try_again(session, issue.id)
        elif issue.state == IssueState.SENDING:
            if inquiries.is_idle(session, issue.id, clock.now()):
                slices.start_lanes(session, issue.id)
        elif issue.scheduled_at is not None and issue.scheduled_at <= clock.now():
            _begin_at(session, issue.id, issue.scheduled_at)


JOBS = [
    Job(BEGIN, begin),
    Job(slices.SEND, slices.send, max_attempts=1000),
    Job(WATCH, watch, every="* * * * *"),
]


def _try_again(session: Scope, issue_id: int) -> None:
    """Let a held digest go on after a while, unless servers refuse us or a problem of the sender is known.

    One that nobody looked after for an hour stays held, as letters do; the next day's digest tells what is left.
    """
    query = select(Issue).where(Issue.id == issue_id).with_for_update()
    issue, now = session.scalar(query.execution_options(populate_existing=True)), clock.now()
    if issue is None or issue.state != IssueState.PAUSED or issue.paused_at is None:
        return
    if now - (issue.active_at or issue.paused_at) > slices.LATE:
        return
    session.execute(slices.ALIVE, {"now": now, "tenant": session.tenant_id, "issue": issue_id})
    if now - issue.paused_at < HELD or slices.is_refused_by_policy(session, issue_id):
        return
    if not watching.problems(session):
        issue.state, issue.paused_at, issue.pause_reason = IssueState.SENDING, None, ""
        slices.start_lanes(session, issue_id)


def _begin_at(session: Scope, issue_id: int, at: dt.datetime) -> None:
    once = f"{BEGIN} {session.tenant_id} {issue_id} {at.isoformat()}"
    enqueue(session, BEGIN, queueing_lock=once, schedule_at=at, issue_id=issue_id)


def _in(session: Scope, module: ModuleRef, issue_id: int, *states: IssueState) -> Issue:
    issue = letters.find(session, module, issue_id, lock=True)
    if issue.state not in states:
        raise Conflict(CHANGED)
    return issue


def _mend(session: Scope, issue: Issue) -> None:
    """Give an issue a new version, if its words changed since it was stopped."""
    if issue.kind != IssueKind.LETTER or module_by_id(session, issue.module_id or 0) is None:
        return
    old = [_said(row) for row in rendering.written(session, issue.id, issue.version)]
    editions = rendering.editions_of(session, issue.id)
    paper = rendering.paper_for(session, issue, editions)
    new = [rendering.compose(edition, paper) for edition in editions]
    if [_said(letter) for letter in new] == old:
        return
    issue.version += 1
    # What a resumption that came to nothing left there was never sent.
    session.execute(
        delete(Rendering).where(Rendering.issue_id == issue.id, Rendering.version == issue.version)
    )
    rendering.render(session, issue, issue.version)
    archive.announce(session, issue)


def _said(letter: Rendering | rendering.Letter) -> tuple[str, str, str, str]:
    return letter.language, letter.subject, letter.html, letter.text


def _target(issue: Issue) -> str:
    return f"newsletter_issue:{issue.id}"
