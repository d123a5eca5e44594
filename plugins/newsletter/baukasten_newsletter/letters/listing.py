"""The issues of a list, newest first, each with its state and the one step that comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from baukasten.plugin import LazyText, MemberRef, ModuleRef, lazy
from baukasten.sdk import Scope, may, module_path
from baukasten_newsletter.keys import SEND, IssueKind, IssueState
from baukasten_newsletter.letters import release, service
from baukasten_newsletter.letters.shown import STATES
from baukasten_newsletter.models import Edition, Issue

_ = lazy("newsletter")
PAGE = 30
NAMELESS = _("Issue without a subject")


@dataclass(frozen=True, slots=True)
class Row:
    """One issue in the list."""

    id: int
    subject: str
    languages: Sequence[str]
    state: str
    kind: str
    """Colour of the state."""
    icon: str
    at: Any
    """The moment that tells most: when it was sent, is due, or was begun."""
    number: int | None
    step: str
    """Words of the one obvious next step."""
    path: str
    """Where it leads, without the language of the page."""
    erasable: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of the list, and the id from which the next begins."""

    items: Sequence[Row]
    after: int = 0


def issues(session: Scope, member: MemberRef | None, module: ModuleRef, after: int = 0) -> Rows:
    """Give a page of the list; two statements."""
    query = select(Issue).where(Issue.module_id == module.id, Issue.kind == IssueKind.LETTER)
    if after:
        query = query.where(Issue.id < after)
    found = [*session.scalars(query.order_by(Issue.id.desc()).limit(PAGE + 1))]
    shown = found[:PAGE]
    subjects = subjects_of(session, [issue.id for issue in shown])
    sends = may(session, member, SEND, module)
    items = [_row(session, module, issue, subjects.get(issue.id, {}), member, sends=sends) for issue in shown]
    return Rows(items, shown[-1].id if len(found) > PAGE else 0)


def subjects_of(session: Scope, issues: Sequence[int]) -> dict[int, dict[str, str]]:
    """Give the subjects of issues by language, in the order in which their editions were begun."""
    found: dict[int, dict[str, str]] = {}
    query = select(Edition.issue_id, Edition.language, Edition.subject).where(Edition.issue_id.in_(issues))
    for row in session.execute(query.order_by(Edition.issue_id, Edition.id)) if issues else ():
        found.setdefault(row.issue_id, {})[row.language] = row.subject
    return found


def _row(
    session: Scope,
    module: ModuleRef,
    issue: Issue,
    subjects: dict[str, str],
    member: MemberRef | None,
    *,
    sends: bool,
) -> Row:
    words, colour, icon = STATES[IssueState(issue.state)]
    step, path = _step(session, module, issue, member, sends=sends)
    named = next((subject for subject in subjects.values() if subject), str(NAMELESS))
    return Row(
        issue.id, named, [*subjects], str(words), colour, icon,
        issue.finished_at or issue.started_at or issue.scheduled_at or issue.created_at, issue.number,
        str(step), path, issue.state in service.ERASABLE and issue.number is None,
    )  # fmt: skip


def _step(
    session: Scope, module: ModuleRef, issue: Issue, member: MemberRef | None, *, sends: bool
) -> tuple[LazyText, str]:
    editor = module_path(session.contract, module, "issue", row_id=issue.id)
    sending = f"{module.path}ausgaben/{issue.id}/versand"
    if issue.state == IssueState.SENT and issue.number is not None:
        return _("Read it"), module_path(session.contract, module, "archived", number=issue.number)
    if issue.state == IssueState.AWAITING_RELEASE and release.may_agree(session, member, module, issue):
        return _("Look at it and release it"), editor
    if issue.state == IssueState.DRAFT and issue.released_at is not None and sends:
        return _("Send it"), sending
    if issue.state in (IssueState.DRAFT, IssueState.AWAITING_RELEASE):
        return _("Go on writing") if issue.state == IssueState.DRAFT else _("Look at it"), editor
    return (_("See how sending goes"), sending) if sends else (_("Look at it"), editor)
