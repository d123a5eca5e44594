"""Reports: anyone may say that a contribution breaks the rules, and gets a receipt at once."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from baukasten import ids
from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.jobs.outbox import publish
from baukasten.moderation import service
from baukasten.moderation.models import Case, CaseCause, Report
from baukasten.plugin.events import ReportFiled
from baukasten.plugin.refs import Content, ContentRef, MemberRef, Visibility
from baukasten.plugin.text import lazy
from baukasten.projects import queries

_ = lazy("core")
VISIBLE = frozenset({Visibility.PUBLISHED, Visibility.FOLDED})
REASONS: tuple[tuple[str, str], ...] = (
    ("attack", _("It attacks or insults people")),
    ("hate", _("It degrades groups of people")),
    ("illegal", _("It is against the law")),
    ("private", _("It shows private data")),
    ("spam", _("It is advertising or spam")),
    ("topic", _("It does not belong here")),
    ("other", _("Something else")),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case in the list of those who moderate."""

    id: int
    cause: CaseCause
    reports: int
    note: str
    content: Content
    created_at: Any


def reported(session: Scope, key: str) -> Content:
    """Give the visible contribution of a report's address, such as ``forum.post:12``. Raises NotFound."""
    kind, colon, number = key.rpartition(":")
    if not colon or not number.isdecimal() or len(number) > 18:
        raise NotFound
    content = service.find(session, ContentRef(kind, int(number)))
    if content.visibility not in VISIBLE or not _stands_in_public(session, content.module_id):
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
    case_id = service.open_case(session, content.ref, CaseCause.REPORTED)
    report = Report(
        case_id=case_id,
        reporter_id=reporter.id if reporter else None,
        reason=reason,
        explanation=explanation,
        excerpt=content.excerpt,
        receipt=f"M-{ids.token(6)}",
    )
    session.add(report)
    session.flush()
    publish(session, ReportFiled(session.tenant_id or 0, report.id))
    return report.receipt


def waiting(session: Scope, *, after: int = 0, limit: int = 30) -> list[Waiting]:
    """Give the open cases, oldest first, in as many statements as there are types of contribution, plus one."""
    # Cases of plugins that are switched off wait as well, but must not fill the page with nothing.
    mine = (Case.closed_at.is_(None), Case.content_type.in_(service.judged_types(session)), Case.id > after)
    cases = session.scalars(select(Case).where(*mine).order_by(Case.id).limit(limit)).all()
    found = _contents(session, cases)
    return [
        Waiting(case.id, CaseCause(case.cause), case.reports, case.note, content, case.created_at)
        for case in cases
        if (content := found.get((case.content_type, case.content_id))) is not None
    ]


def case_by_id(session: Scope, case_id: int) -> tuple[Case, Content, list[Report]]:
    """Give a case with its contribution and reports. Raises NotFound."""
    case = session.scalar(select(Case).where(Case.id == case_id))
    if case is None:
        raise NotFound
    content = service.find(session, ContentRef(case.content_type, case.content_id))
    reports = session.scalars(select(Report).where(Report.case_id == case_id).order_by(Report.id)).all()
    return case, content, list(reports)


def _stands_in_public(session: Scope, module_id: int | None) -> bool:
    """Tell whether a module's page is there for everybody; else counting through numbers would read drafts."""
    module = None if module_id is None else queries.module_by_id(session, module_id)
    return module_id is None or (
        module is not None and module.visible and (module.project is None or module.project.published)
    )


def _contents(session: Scope, cases: Any) -> dict[tuple[str, int], Content]:
    by_type: dict[str, list[int]] = {}
    for case in cases:
        by_type.setdefault(case.content_type, []).append(case.content_id)
    found: dict[tuple[str, int], Content] = {}
    for key, numbers in by_type.items():
        try:
            contents = service.content_type(session, key).find(session, numbers)
        except NotFound:
            continue  # the town switched the plugin off; its cases wait until it is on again
        found |= {(content.ref.type, content.ref.id): content for content in contents}
    return found
