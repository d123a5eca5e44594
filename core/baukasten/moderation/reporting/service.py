"""Reports: anyone may say that a contribution or a name breaks the rules, and gets a receipt at once."""

from sqlalchemy import select

from baukasten.db.session import Scope
from baukasten.errors import Invalid, NotFound
from baukasten.jobs.outbox import publish
from baukasten.moderation import cases, kinds
from baukasten.moderation.models import CaseCause, Report
from baukasten.moderation.reporting import misuse, profile, reasons, receipts
from baukasten.plugin.events import ReportFiled
from baukasten.plugin.refs import Content, ContentRef, MemberRef
from baukasten.plugin.text import lazy

_ = lazy("core")
MAX_WORDS = 4_000
"""Of one report, with what was added later."""


def reported(session: Scope, key: str) -> Content:
    """Give the visible contribution of a report's address, such as ``forum.post:12``. Raises NotFound."""
    kind, colon, number = key.rpartition(":")
    if not colon or not number.isdecimal() or len(number) > 18:
        raise NotFound
    content = kinds.find(session, ContentRef(kind, int(number)))
    in_view = content.visibility in kinds.IN_VIEW and content.is_reachable
    if not in_view or not profile.stands_in_public(session, content.module_id):
        raise NotFound
    if kind == profile.KEY and not profile.in_public(session, content.ref.id):
        raise NotFound
    return content


def file(
    session: Scope,
    reporter: MemberRef | None,
    content: Content,
    *,
    reason: str,
    explanation: str = "",
    origin: str = "",
    counts: bool = True,
) -> str:
    """Store a report with what the reporter saw, and give its receipt.

    Who reports the same open case again adds to the first report. Guests of one ``origin`` (see ``origins``) get
    a receipt each and count once; ``counts`` is for the caller to deny, as for what a machine may have sent.
    Raises Invalid where words are needed and none were given.
    """
    words = explanation.strip()
    if reason in reasons.NEEDS_WORDS and not words:
        raise Invalid({"explanation": _("Please say in a sentence what is wrong.")})
    # The case's row is held from here on, so that whoever reports at the same time waits and then sees this one.
    case_id = cases.open_case(session, content.ref, CaseCause.REPORTED, content=content, counts=False)
    source = f"m:{reporter.id}" if reporter else origin
    first = _earlier(session, case_id, source) if source else None
    if first is not None and reporter is not None:
        return _add_words(session, first, reason, words)
    trusted = reporter is None or not misuse.is_misused(session, [reporter.id])
    report = Report(
        case_id=case_id,
        reporter_id=reporter.id if reporter else None,
        reason=reason,
        explanation=words,
        excerpt=content.excerpt,
        receipt=receipts.fresh(),
        path=content.path,
        counts=counts and trusted and first is None,
        origin="" if first or not (counts or reporter) else source,
    )
    session.add(report)
    session.flush()
    if report.counts:
        cases.count_report(session, case_id)
    publish(session, ReportFiled(session.tenant_id or 0, report.id))
    return report.receipt


def _earlier(session: Scope, case_id: int, source: str) -> Report | None:
    return session.scalar(select(Report).where(Report.case_id == case_id, Report.origin == source))


def _add_words(session: Scope, report: Report, reason: str, words: str) -> str:
    report.reason = reason
    if words and words not in report.explanation:
        report.explanation = f"{report.explanation}\n\n{words}".strip()[-MAX_WORDS:]
    session.flush()
    return report.receipt
