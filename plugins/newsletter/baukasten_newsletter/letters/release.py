"""The second pair of eyes: somebody asks, somebody else who may send agrees."""

from baukasten.plugin import Field, FieldKind, MemberRef, ModuleRef, NotificationType, Role, lazy
from baukasten.sdk import Conflict, Denied, Scope, clock, may, members_with_roles, module_path, notify, record
from baukasten_newsletter.keys import SEND, IssueState
from baukasten_newsletter.letters import linting, service
from baukasten_newsletter.models import Issue

_ = lazy("newsletter")

ASKED, AGREED = "newsletter.release_asked", "newsletter.released"
FIELD = "release_above"
SENDER_NAME, REPLY_TO = "sender_name", "reply_to"
SETTING = Field(
    FIELD,
    _("A second person agrees before letters to more people than"),
    FieldKind.NUMBER,
    minimum=0,
    maximum=10_000_000,
    help=_("0 for every letter. Leave it empty if nobody has to agree."),
)
FIELDS = [
    SETTING,
    Field(
        SENDER_NAME,
        _("Name of the sender"),
        max_length=80,
        help=_("Stands in front of the address. Left empty, it is the name of the town."),
    ),
    Field(REPLY_TO, _("Answers go to"), FieldKind.EMAIL, help=_("An address that somebody reads.")),
]
TYPES = [
    NotificationType(
        ASKED,
        _("A letter waits for your release"),
        "newsletter/mail/release_asked",
        _("A letter waits for its release"),
    ),
    NotificationType(
        AGREED, _("Somebody released your letter"), "newsletter/mail/released", _("Your letter is released")
    ),
]
CHANGED = _("Somebody else has to let it go on: you changed it yourself.")
SAME = _("Somebody else has to agree: you asked for it yourself.")


def is_needed(module: ModuleRef, recipients: int) -> bool:
    """Tell whether a letter to so many people needs a second person."""
    above = module.settings.get(FIELD)
    return isinstance(above, int) and (above == 0 or recipients > above)


def is_missing(module: ModuleRef, issue: Issue, recipients: int) -> bool:
    """Tell whether a letter may not be scheduled yet since nobody else agreed to it as it stands now."""
    return is_needed(module, recipients) and issue.released_at is None


def agree_by_resuming(actor: MemberRef, module: ModuleRef, issue: Issue, recipients: int) -> None:
    """Let whoever resumes an issue stand for the second person; raises Conflict for who changed it last."""
    if not is_missing(module, issue, recipients):
        return
    if issue.asked_by == actor.id:
        raise Conflict(CHANGED)
    issue.released_by, issue.released_at = actor.id, clock.now()


def ask(session: Scope, actor: MemberRef, module: ModuleRef, issue_id: int) -> Issue:
    """Ask for a second person's release; raises NotFound, and Conflict where it has no draft or mistakes are left."""
    issue = service.find(session, module, issue_id, lock=True)
    if issue.state != IssueState.DRAFT:
        raise Conflict(service.SHUT)
    if linting.errors(linting.check(session, issue)):
        raise Conflict(_("Please mend what the check found first."))
    issue.state, issue.asked_by = IssueState.AWAITING_RELEASE, actor.id
    issue.released_by = issue.released_at = None
    session.flush()
    record(session, actor, "newsletter.issue.ask", f"newsletter_issue:{issue.id}")
    others = [one for one in members_with_roles(session, Role.ADMIN) if one != actor.id]
    _tell(session, ASKED, others, module, issue)
    return issue


def take_back(session: Scope, actor: MemberRef, module: ModuleRef, issue_id: int) -> Issue:
    """Make a draft again of what waits for its release; raises NotFound and Conflict."""
    issue = _waiting(session, module, issue_id)
    issue.state, issue.asked_by = IssueState.DRAFT, None
    session.flush()
    record(session, actor, "newsletter.issue.take_back", f"newsletter_issue:{issue.id}")
    return issue


def agree(session: Scope, actor: MemberRef, module: ModuleRef, issue_id: int) -> Issue:
    """Release an issue; raises NotFound, Conflict, and Denied for who may not send or asked for it."""
    issue = _waiting(session, module, issue_id)
    if not may_agree(session, actor, module, issue):
        raise Denied(SAME if issue.asked_by == actor.id else _("You may not release letters."))
    asked_by = issue.asked_by
    issue.state, issue.released_by, issue.released_at = IssueState.DRAFT, actor.id, clock.now()
    session.flush()
    record(
        session, actor, "newsletter.issue.release", f"newsletter_issue:{issue.id}", revision=issue.revision
    )
    if asked_by is not None:
        _tell(session, AGREED, [asked_by], module, issue)
    return issue


def may_agree(session: Scope, member: MemberRef | None, module: ModuleRef, issue: Issue) -> bool:
    """Tell whether somebody may release an issue that waits."""
    return member is not None and issue.asked_by != member.id and may(session, member, SEND, module)


def _waiting(session: Scope, module: ModuleRef, issue_id: int) -> Issue:
    issue = service.find(session, module, issue_id, lock=True)
    if issue.state != IssueState.AWAITING_RELEASE:
        raise Conflict(_("This issue waits for no release."))
    return issue


def _tell(session: Scope, kind: str, members: list[int], module: ModuleRef, issue: Issue) -> None:
    path = module_path(session.contract, module, "issue", row_id=issue.id)
    data = {"letters": module.title}
    notify(session, kind, recipients=members, data=data, group=f"issue:{issue.id}", path=path)
