"""Reports: anyone may say that a contribution breaks the rules, and gets a receipt at once."""

from baukasten import ids
from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.jobs.outbox import publish
from baukasten.moderation import cases, kinds
from baukasten.moderation.models import CaseCause, Report
from baukasten.plugin.events import ReportFiled
from baukasten.plugin.refs import Content, ContentRef, MemberRef
from baukasten.plugin.text import lazy
from baukasten.projects import queries

_ = lazy("core")
REASONS: tuple[tuple[str, str], ...] = (
    ("attack", _("It attacks or insults people")),
    ("hate", _("It degrades groups of people")),
    ("illegal", _("It is against the law")),
    ("private", _("It shows private data")),
    ("spam", _("It is advertising or spam")),
    ("topic", _("It does not belong here")),
    ("other", _("Something else")),
)


def reported(session: Scope, key: str) -> Content:
    """Give the visible contribution of a report's address, such as ``forum.post:12``. Raises NotFound."""
    kind, colon, number = key.rpartition(":")
    if not colon or not number.isdecimal() or len(number) > 18:
        raise NotFound
    content = kinds.find(session, ContentRef(kind, int(number)))
    if content.visibility not in kinds.IN_VIEW or not _stands_in_public(session, content.module_id):
        raise NotFound
    # What hangs on something hidden, such as a reply, says itself that the public may not see it.
    source = session.contract.registry.search.get(kind)
    if source is not None and source.value.document(session, content.ref.id) is None:
        raise NotFound
    return content


def file(
    session: Scope, reporter: MemberRef | None, content: Content, *, reason: str, explanation: str = ""
) -> str:
    """Store a report with what the reporter saw, and give the receipt's number."""
    case_id = cases.open_case(session, content.ref, CaseCause.REPORTED, content=content)
    report = Report(
        case_id=case_id,
        reporter_id=reporter.id if reporter else None,
        reason=reason,
        explanation=explanation,
        excerpt=content.excerpt,
        receipt=f"M-{ids.token(6)}",
        path=content.path,
    )
    session.add(report)
    session.flush()
    publish(session, ReportFiled(session.tenant_id or 0, report.id))
    return report.receipt


def _stands_in_public(session: Scope, module_id: int | None) -> bool:
    """Tell whether a module's page is there for everybody; else counting through numbers would read drafts."""
    module = None if module_id is None else queries.module_by_id(session, module_id)
    return module_id is None or (
        module is not None and module.visible and (module.project is None or module.project.published)
    )
