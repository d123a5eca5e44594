"""What became of issues, in numbers: from the ledger, from what came back, and from the log of consents."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy import ColumnElement, ScalarSelect, Select, Table, case, func, literal_column, select
from sqlalchemy.orm import Session

from baukasten.plugin import ModuleRef
from baukasten.sdk import NotFound, Scope, clock
from baukasten_newsletter.keys import UNDONE, DeliveryState, IssueKind
from baukasten_newsletter.models import Delivery, Edition, Issue
from baukasten_newsletter.people.models import Consent, ConsentKind
from baukasten_newsletter.returns import facts
from baukasten_newsletter.returns.classes import Kind

PAGE = 10
WATCHED = dt.timedelta(days=7)
"""So long after an issue those who leave are counted for it, unless the next issue comes first."""
LEAST = 5
"""Fewer people of one domain could be known by it."""
OTHERS = ""
MONTHS = 12
COMPLAINT = "complaint"
"""How the log of consents names those who complained; they are counted as that."""
ISSUE: Table = Issue.metadata.tables["newsletter_issue"]
EDITION: Table = Edition.metadata.tables["newsletter_edition"]


@dataclass(slots=True)
class Counts:
    """Deliveries by what became of them."""

    snapshot: int = 0
    handed_over: int = 0
    """The next server took it; some of these came back later."""
    waiting: int = 0
    deferred: int = 0
    failed: int = 0
    bounced: int = 0
    complained: int = 0
    skipped: int = 0

    def add(self, state: str, number: int, handed_over: int) -> None:
        """Count some deliveries of one state."""
        self.snapshot += number
        self.handed_over += handed_over
        name = "waiting" if state in UNDONE and state != DeliveryState.DEFERRED else state
        if name != DeliveryState.HANDED_OVER:
            setattr(self, name, getattr(self, name) + number)

    def __iadd__(self, other: "Counts") -> Self:
        """Add all numbers of another."""
        for name in Counts.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


@dataclass(slots=True)
class Figures:
    """One issue in numbers."""

    id: int
    number: int | None
    subject: str
    started_at: dt.datetime
    visits: int
    """Of its page in the archive."""
    counts: Counts = field(default_factory=Counts)
    skipped: dict[str, int] = field(default_factory=dict)
    """By reason."""
    returns: Mapping[Kind, int] = field(default_factory=dict)
    left: int = 0
    """Who ended topics of the list within a week."""


@dataclass(frozen=True, slots=True)
class LastDigest:
    """The town's newest digest, which belongs to no list."""

    day: dt.date
    state: str
    reason: str
    """Why it is held; empty else."""
    handed_over: int


@dataclass(frozen=True, slots=True)
class Month:
    """How a list grew."""

    first: dt.date
    confirmed: int
    left: int


def issues(session: Scope, module: ModuleRef, *, before: int = 0, limit: int = PAGE) -> list[Figures]:
    """Give the newest issues of a list that were sent or begun; three statements."""
    query = _issues(module).limit(limit)
    return _counted(session, session.execute(query.where(ISSUE.c.id < before) if before else query).all())


def last_digest(session: Scope) -> LastDigest | None:
    """Give what became of the newest digest, if there ever was one; one statement."""
    over = select(func.count(Delivery.handed_over_at)).where(
        Delivery.tenant_id == ISSUE.c.tenant_id, Delivery.issue_id == ISSUE.c.id
    )
    query = (
        select(ISSUE.c.day, ISSUE.c.state, ISSUE.c.pause_reason, over.correlate(ISSUE).scalar_subquery())
        .where(ISSUE.c.kind == IssueKind.DIGEST, ISSUE.c.day.is_not(None))
        .order_by(ISSUE.c.day.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else LastDigest(*row)


def issue(session: Scope, module: ModuleRef, issue_id: int) -> Figures:
    """Give one issue; three statements. Raises NotFound."""
    found = _counted(session, session.execute(_issues(module).where(ISSUE.c.id == issue_id)).all())
    if not found:
        raise NotFound
    return found[0]


def domains(session: Session, issue_id: int) -> list[tuple[str, Counts]]:
    """Give an issue's numbers by domain, largest first, those with fewer than five people together at the end."""
    query = select(Delivery.domain, Delivery.state, func.count(), func.count(Delivery.handed_over_at)).where(
        Delivery.issue_id == issue_id
    )
    found: dict[str, Counts] = {}
    for domain, state, number, over in session.execute(query.group_by(Delivery.domain, Delivery.state)):
        found.setdefault(domain, Counts()).add(state, number, over)
    return together(found)


def together(found: Mapping[str, Counts]) -> list[tuple[str, Counts]]:
    """Put domains with fewer than five people together; if these are too few still, the smallest other one joins."""
    named = sorted(found.items(), key=lambda pair: (-pair[1].snapshot, pair[0]))
    others = Counts()
    while named and (named[-1][1].snapshot < LEAST or 0 < others.snapshot < LEAST):
        others += named.pop()[1]
    return [*named, (OTHERS, others)] if others.snapshot else named


def growth(session: Session, module: ModuleRef, zone: str) -> list[Month]:
    """Give for each of the last twelve months who confirmed and who left topics of a list; one statement."""
    local = func.timezone(zone, Consent.at)
    month = func.date_trunc(literal_column("'month'"), local)
    kinds = (ConsentKind.CONFIRMED, ConsentKind.IMPORTED, ConsentKind.WITHDRAWN)
    people = func.count(Consent.person.distinct())
    first = clock.now() - dt.timedelta(days=31 * MONTHS)
    query = select(month.label("month"), (Consent.kind == ConsentKind.WITHDRAWN).label("left"), people)
    query = query.where(Consent.kind.in_(kinds), Consent.at >= first, _of_list(module))
    found: dict[dt.date, list[int]] = {}
    for moment, left, number in session.execute(query.group_by("month", "left")):
        found.setdefault(moment.date(), [0, 0])[bool(left)] = number
    return [Month(day, *found[day]) for day in sorted(found, reverse=True)[:MONTHS]]


def _issues(module: ModuleRef) -> Select[Any]:
    """Give a list's issues with their subjects and, of each, who left after it."""
    following = ISSUE.alias("following")
    until = (
        select(func.min(following.c.started_at))
        .where(
            following.c.tenant_id == ISSUE.c.tenant_id,
            following.c.module_id == ISSUE.c.module_id,
            following.c.started_at > ISSUE.c.started_at,
        )
        .correlate(ISSUE)
        .scalar_subquery()
    )
    subject = (
        select(EDITION.c.subject)
        .where(EDITION.c.tenant_id == ISSUE.c.tenant_id, EDITION.c.issue_id == ISSUE.c.id)
        .order_by(EDITION.c.subject == "", EDITION.c.id)
        .limit(1)
        .scalar_subquery()
    )
    columns = (ISSUE.c.id, ISSUE.c.number, ISSUE.c.started_at, ISSUE.c.visits)
    return (
        select(*columns, subject.label("subject"), _left(module, until).label("left"))
        .where(
            ISSUE.c.module_id == module.id,
            ISSUE.c.kind == IssueKind.LETTER,
            ISSUE.c.started_at.is_not(None),
        )
        .order_by(ISSUE.c.id.desc())
    )


def _counted(session: Scope, rows: Sequence[Any]) -> list[Figures]:
    found = {
        row.id: Figures(row.id, row.number, row.subject or "", row.started_at, row.visits, left=row.left)
        for row in rows
    }
    if not found:
        return []
    why = case((Delivery.state == DeliveryState.SKIPPED, Delivery.reason), else_="").label("why")
    query = select(
        Delivery.issue_id, Delivery.state, why, func.count(), func.count(Delivery.handed_over_at)
    ).where(Delivery.issue_id.in_(found))
    for issue_id, state, reason, number, over in session.execute(
        query.group_by(Delivery.issue_id, Delivery.state, "why")
    ):
        found[issue_id].counts.add(state, number, over)
        if reason:
            found[issue_id].skipped[reason] = number
    for issue_id, kinds in facts.by_kind(session, found, later=True).items():
        found[issue_id].returns = kinds
    return [*found.values()]


def _left(module: ModuleRef, until: ScalarSelect[Any]) -> ScalarSelect[Any]:
    """Count who left a list after an issue: within a week, and before the next issue began."""
    return (
        select(func.count(Consent.person.distinct()))
        .where(
            Consent.tenant_id == ISSUE.c.tenant_id,
            Consent.kind == ConsentKind.WITHDRAWN,
            Consent.how != COMPLAINT,
            Consent.at >= ISSUE.c.started_at,
            Consent.at < func.least(ISSUE.c.started_at + WATCHED, until),
            _of_list(module),
        )
        .correlate(ISSUE)
        .scalar_subquery()
    )


def _of_list(module: ModuleRef) -> ColumnElement[bool]:
    """Give the condition that an entry of the log names a topic of a list, each of which stands on its own line."""
    return func.concat("\n", Consent.topics).contains(f"\n{module.title}: ", autoescape=True)
