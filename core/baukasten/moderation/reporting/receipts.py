"""Receipts: a number that cannot be guessed, and what its page tells about the report and the decision."""

import datetime as dt
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.moderation import kinds
from baukasten.moderation.appeals import deadlines, words
from baukasten.moderation.models import Appeal, Case, Decision, Report, Settled
from baukasten.moderation.reporting import profile, reasons
from baukasten.moderation.steps import ref_of
from baukasten.plugin.refs import Content, ContentRef

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letters that look like digits."""
GROUPS, GROUP = 5, 4
MEANT = str.maketrans("OIL", "011")
EARLIER = re.compile(r"M-[\w-]{8}", re.ASCII)
"""Receipts of before had this shape, and still open their page."""
PAGE = 20
REVERSAL = aliased(Decision)


class State(StrEnum):
    """How far a report has come."""

    WAITING = "waiting"
    DECIDED = "decided"
    VOID = "void"
    """The contribution was taken back before anybody decided."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What whoever reported may know."""

    receipt: str
    filed_at: dt.datetime
    reason: str
    explanation: str
    counts: bool
    content: Content | None
    """Nothing for what is not in view at the moment."""
    state: State
    decided_at: dt.datetime | None = None
    done: str = ""
    rule: str = ""
    granted: bool = False
    appeal_until: dt.date | None = None
    """The last day on which whoever reported may object to a refusal, as nobody has yet."""
    appealed: bool = False
    reversed: bool = False
    """Whether the measure was lifted after an appeal against it."""


def fresh() -> str:
    """Give a new receipt of 100 random bits, in groups that can be read aloud."""
    groups = ("".join(secrets.choice(LETTERS) for _letter in range(GROUP)) for _group in range(GROUPS))
    return "-".join(groups)


def normalised(typed: str) -> str:
    """Give a receipt as it is stored from what somebody typed: small letters, missing dashes, O for 0."""
    plain = typed[:100].upper().translate(MEANT)
    letters = "".join(letter for letter in plain if letter in LETTERS)
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def show(session: Scope, receipt: str, zone: str) -> Receipt:
    """Give the report of a receipt, with days in a time zone. Raises NotFound."""
    row = session.execute(_query().where(Report.receipt == normalised(receipt))).one_or_none()
    if row is None and EARLIER.fullmatch(receipt):
        row = session.execute(_query().where(Report.receipt == receipt)).one_or_none()
    if row is None:
        raise NotFound
    return _receipts(session, [row], zone)[0]


def own(
    session: Scope, member_id: int, zone: str, *, before: int | None = None
) -> tuple[list[Receipt], int | None]:
    """Give a page of a member's reports, newest first, and where the next page begins."""
    query = _query().where(Report.reporter_id == member_id).order_by(Report.id.desc()).limit(PAGE + 1)
    rows = session.execute(query if before is None else query.where(Report.id < before)).all()
    shown = rows[:PAGE]
    return _receipts(session, shown, zone), shown[-1].Report.id if len(rows) > PAGE else None


def in_view(session: Scope, refs: Sequence[ContentRef]) -> dict[ContentRef, Content]:
    """Give those of some contributions that everybody sees."""
    found = {
        ref: one
        for ref, one in kinds.find_all(session, set(refs)).items()
        if one.visibility in kinds.IN_VIEW and one.is_reachable
    }
    modules = {one.module_id for one in found.values() if one.module_id is not None}
    public = profile.public_modules(session, modules) if modules else set()
    return {ref: one for ref, one in found.items() if one.module_id is None or one.module_id in public}


def _query() -> Select[Report, Case, Decision, bool, bool]:
    undone = exists().where(REVERSAL.reverses == Decision.id, REVERSAL.undone_at.is_(None))
    appealed = exists().where(Appeal.report_id == Report.id)
    return (
        select(Report, Case, Decision, undone.label("reversed"), appealed.label("appealed"))
        .join(Case, Case.id == Report.case_id)
        .outerjoin(Decision, Decision.id == Report.decision_id)
    )


def _receipts(session: Scope, rows: Sequence[Any], zone: str) -> list[Receipt]:
    names = reasons.labels(session, {row.Report.reason for row in rows})
    seen = in_view(session, [ref_of(row.Case) for row in rows])
    return [_receipt(row, names, seen.get(ref_of(row.Case)), zone) for row in rows]


def _receipt(row: Any, names: Mapping[str, str], content: Content | None, zone: str) -> Receipt:
    report, case, decision = row.Report, row.Case, row.Decision
    state, settled = _state(report, case, decision), {}
    if state is State.DECIDED:
        granted = report.outcome == Settled.GRANTED
        settled = {
            "decided_at": report.settled_at,
            "granted": granted,
            "done": words.to_reporter(decision, granted=granted) if decision else "",
            "rule": decision.rule if decision and granted else "",
            "appealed": row.appealed,
            "reversed": row.reversed,
        }
        if not (granted or row.appealed) and deadlines.is_open(report.settled_at, zone):
            settled["appeal_until"] = deadlines.last_day(report.settled_at, zone)
    return Receipt(
        receipt=report.receipt,
        filed_at=report.created_at,
        reason=names[report.reason],
        explanation=report.explanation,
        counts=report.counts or report.reporter_id is None,
        content=content,
        state=state,
        **settled,
    )


def _state(report: Report, case: Case, decision: Decision | None) -> State:
    """Nobody is told of a decision that its moderator may still take back."""
    if report.outcome in (Settled.GRANTED, Settled.REFUSED) and report.settled_at is not None:
        return State.DECIDED if report.settled_at <= deadlines.settled_before() else State.WAITING
    gone = report.outcome == Settled.VOID or (case.closed_at is not None and decision is None)
    return State.VOID if gone else State.WAITING
