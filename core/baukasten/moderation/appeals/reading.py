"""What people read of decisions about them: the list, and the statement of reasons."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.moderation import kinds, measures
from baukasten.moderation.appeals import deadlines, words
from baukasten.moderation.house_rules import service as rules
from baukasten.moderation.house_rules.service import RuleText
from baukasten.moderation.models import Appeal, Case, Decision, Measure, Settled, Side
from baukasten.plugin.refs import MemberRef

PAGE = 20
UNTOLD = (Measure.KEEP.value,)
"""That a report was wrong is nobody's news: whoever wrote the contribution never hears of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A decision in the list of whoever it concerns."""

    id: int
    at: dt.datetime
    title: str
    what: str
    rule: str
    appeal: Appeal | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of reasons, whole."""

    decision: Decision
    what: str
    title: str
    text: str
    """What gave rise to it, as it was then; empty when it was erased, and for a person without a contribution."""
    path: str
    """Where the contribution stands, as far as this decision leaves it in view."""
    rule: RuleText | None
    """The rule as it was then; nothing where the moderators wrote one themselves."""
    machine: str
    last_day: dt.date
    appeal: Appeal | None
    may_appeal: bool


def own(session: Scope, member: MemberRef, before: int | None = None) -> tuple[list[Line], int | None]:
    """Give the decisions about a member, newest first, and where the next page begins."""
    query = select(Decision, Appeal).outerjoin(Appeal, _of_author()).where(*_told(member))
    if before is not None:
        query = query.where(Decision.id < before)
    rows: Sequence[Any] = session.execute(query.order_by(Decision.id.desc()).limit(PAGE + 1)).all()
    older = rows[PAGE - 1][0].id if len(rows) > PAGE else None
    return [_line(decision, appeal) for decision, appeal in rows[:PAGE]], older


def statement(session: Scope, member: MemberRef, decision_id: int, zone: str) -> Statement:
    """Give the reasons of a decision about a member; raises NotFound for anybody else's."""
    query = (
        select(Decision, Appeal, Case.cause)
        .outerjoin(Appeal, _of_author())
        .outerjoin(Case, Case.id == Decision.case_id)
        .where(*_told(member), Decision.id == decision_id)
    )
    row: Any = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    decision, appeal, cause = row
    strict = measures.is_strict(Measure(decision.measure))
    return Statement(
        decision=decision,
        what=words.to_author(decision),
        title=str(decision.evidence.get("title", "")),
        text=str(decision.evidence.get("text", "")),
        path=str(decision.evidence.get("path", "")) if _leaves_in_view(decision, appeal) else "",
        rule=rules.rule(session, decision.rule_key, decision.rules_version) if decision.rule_key else None,
        machine=words.part_of_machine(decision, cause),
        last_day=deadlines.last_day(decision.created_at, zone),
        appeal=appeal,
        may_appeal=strict and appeal is None and deadlines.is_open(decision.created_at, zone),
    )


def _leaves_in_view(decision: Decision, appeal: Appeal | None) -> bool:
    granted = appeal is not None and appeal.outcome == Settled.GRANTED
    shown = decision.before in kinds.IN_VIEW and decision.measure in {Measure.NOTE, Measure.FOLD, Measure.ASK}
    return not words.on_person(decision) and (
        granted or shown or not measures.is_strict(Measure(decision.measure))
    )


def _line(decision: Decision, appeal: Appeal | None) -> Line:
    title = str(decision.evidence.get("title", ""))
    return Line(decision.id, decision.created_at, title, words.to_author(decision), decision.rule, appeal)


def _of_author() -> ColumnElement[bool]:
    return (Appeal.decision_id == Decision.id) & (Appeal.side == Side.AUTHOR.value)


def _told(member: MemberRef) -> tuple[ColumnElement[bool], ...]:
    """Give the condition of decisions that concern a member and can no longer be taken back."""
    return (
        Decision.subject_id == member.id,
        Decision.undone_at.is_(None),
        Decision.measure.not_in(UNTOLD),
        Decision.created_at <= deadlines.settled_before(),
    )
