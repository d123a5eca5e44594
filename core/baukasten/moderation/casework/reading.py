"""One case with everything that those who decide need to see."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from baukasten import clock
from baukasten.access.models import Membership
from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.moderation import kinds
from baukasten.moderation.models import NUMBER, Case, CaseCause, CaseNote, Decision, Measure, Report
from baukasten.moderation.reporting import misuse, reasons
from baukasten.moderation.steps import ref_of, steps_for
from baukasten.plugin.declarations import ContentType
from baukasten.plugin.refs import Content, Detail

MEMBER = Membership.__table__
NOTES, DECISIONS = 50, 20
"""How many of each a page shows, the newest ones."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A report, and whether the text is still the one that was reported."""

    report: Report
    reason: str
    reporter: str
    changed: bool
    misused: bool
    """Whether whoever filed it reports without reason again and again."""

    @property
    def number(self) -> str:
        """Give what names the report on the desk; it opens no receipt."""
        return self.report.receipt[:NUMBER]


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision about the contribution of a case."""

    decision: Decision
    measure: Measure
    actor: str
    second: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A case as its page shows it."""

    case: Case
    holder: str
    """Who works on it at this moment; empty while nobody does."""
    proposer: str
    judged: bool
    """False while the contribution's plugin is switched off here."""
    kind: ContentType | None = None
    content: Content | None = None
    """Nothing for what is no longer there."""
    detail: Detail | None = None
    steps: Sequence[Measure] = ()
    """What of the ladder fits it now, mild ones first."""
    reports: Sequence[Filed] = ()
    notes: Sequence[tuple[CaseNote, str]] = ()
    taken: Sequence[Taken] = field(default_factory=tuple)
    """What was decided about the contribution before, newest first."""

    @property
    def is_late(self) -> bool:
        """Tell whether it waits longer than the town wants."""
        case = self.case
        return case.closed_at is None and case.due_at is not None and case.due_at < clock.now()

    @property
    def seen(self) -> str:
        """Give the mark of the text as it stands."""
        return mark_of(self.content, self.detail)


def read(session: Scope, case_id: int) -> Whole:
    """Give a case with its contribution, reports, notes and earlier decisions. Raises NotFound."""
    case, holder, proposer = _case(session, case_id)
    if not is_held(case):
        holder = ""
    if case.cause == CaseCause.APPEAL:
        # An appeal has a page of its own, which reads what it needs.
        return Whole(case, holder, proposer, judged=False)
    try:
        kind = kinds.content_type(session, case.content_type)
    except NotFound:
        return Whole(case, holder, proposer, judged=False, notes=_notes(session, case_id))
    found: Sequence[Content] = kind.find(session, [case.content_id])
    content = found[0] if found else None
    detail = kind.detail(session, case.content_id) if content is not None and kind.detail else None
    return Whole(
        case,
        holder,
        proposer,
        judged=True,
        kind=kind,
        content=content,
        detail=detail,
        steps=steps_for(session, kind, content) if content is not None else (),
        reports=_reports(session, case_id, content, detail),
        notes=_notes(session, case_id),
        taken=_taken(session, case),
    )


def is_held(case: Case) -> bool:
    """Tell whether somebody works on a case at this moment."""
    return case.holder_id is not None and (case.held_until is None or case.held_until > clock.now())


def mark_of(content: Content | None, detail: Detail | None) -> str:
    """Give a mark that changes with the wording of a contribution; empty for none."""
    if content is None:
        return ""
    words = f"{content.title}\0{detail.text if detail else content.excerpt}"
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def mark_now(session: Scope, case: Case) -> str:
    """Give the mark of a case's contribution as it stands now."""
    content = kinds.find_all(session, [ref_of(case)]).get(ref_of(case))
    if content is None:
        return ""
    detail = kinds.content_type(session, case.content_type).detail
    return mark_of(content, detail(session, case.content_id) if detail else None)


def _case(session: Scope, case_id: int) -> tuple[Case, str, str]:
    holder, proposer = MEMBER.alias("holder"), MEMBER.alias("proposer")
    query = (
        select(Case, holder.c.display_name, proposer.c.display_name)
        .outerjoin(holder, (holder.c.tenant_id == Case.tenant_id) & (holder.c.id == Case.holder_id))
        .outerjoin(proposer, (proposer.c.tenant_id == Case.tenant_id) & (proposer.c.id == Case.proposed_by))
        .where(Case.id == case_id)
        .execution_options(populate_existing=True)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1] or "", row[2] or ""


def _named(model: Any, column: Any) -> Any:
    """Give a table's rows with the name of the member that a column points to."""
    same = (MEMBER.c.tenant_id == model.tenant_id) & (MEMBER.c.id == column)
    return select(model, MEMBER.c.display_name).outerjoin(MEMBER, same)


def _reports(session: Scope, case_id: int, content: Content | None, detail: Detail | None) -> Sequence[Filed]:
    query = _named(Report, Report.reporter_id).where(Report.case_id == case_id).order_by(Report.id)
    rows = session.execute(query).all()
    if not rows:
        return ()
    labels = reasons.labels(session, {report.reason for report, _name in rows})
    misused = misuse.is_misused(session, {one.reporter_id for one, _name in rows if one.reporter_id})
    return [
        Filed(
            report,
            labels[report.reason],
            name or "",
            _changed(report, content, detail),
            report.reporter_id in misused,
        )
        for report, name in rows
    ]


def _changed(report: Report, content: Content | None, detail: Detail | None) -> bool:
    at: dt.datetime | None = detail.changed_at if detail else None
    later = at is not None and at > report.created_at
    return later or (content is not None and report.excerpt not in ("", content.excerpt))


def _notes(session: Scope, case_id: int) -> Sequence[tuple[CaseNote, str]]:
    query = _named(CaseNote, CaseNote.author_id).where(CaseNote.case_id == case_id)
    rows = session.execute(query.order_by(CaseNote.id.desc()).limit(NOTES)).all()
    return [(row[0], row[1] or "") for row in reversed(rows)]


def _taken(session: Scope, case: Case) -> Sequence[Taken]:
    actor, second = MEMBER.alias("actor"), MEMBER.alias("second")
    query = (
        select(Decision, actor.c.display_name, second.c.display_name)
        .outerjoin(actor, (actor.c.tenant_id == Decision.tenant_id) & (actor.c.id == Decision.actor_id))
        .outerjoin(second, (second.c.tenant_id == Decision.tenant_id) & (second.c.id == Decision.second_id))
        .where(
            Decision.content_type == case.content_type,
            Decision.content_id == case.content_id,
            Decision.undone_at.is_(None),
        )
        .order_by(Decision.id.desc())
        .limit(DECISIONS)
    )
    return [
        Taken(row[0], Measure(row[0].measure), row[1] or "", row[2] or "") for row in session.execute(query)
    ]
