"""What one person has in a room: the questions they voted for, and their own that wait or were decided about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Interval, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from baukasten.plugin import MemberRef, ModuleRef, Visibility
from baukasten.sdk import SafeHtml, Scope, module_url, site_url, told
from baukasten_chat.keys import QUESTION_TYPE
from baukasten_chat.models import SHOWN, Question, Vote
from baukasten_chat.questions import rows

MOST, SAMPLE = 5, 20
"""Own questions that are shown beside the list; questions from which the usual time is told."""
ASK = "ask"
"""The measure that waits for the author."""


@dataclass(frozen=True, slots=True)
class Mine:
    """One's own question that not everybody sees, or that one is asked to change."""

    id: int
    html: SafeHtml
    waits: bool
    asked: bool
    """Whether the moderators asked for a change."""
    note: str
    """Why it waits, what to change, or why it was refused."""
    rule: str
    change_url: str
    withdraw_url: str
    reasons_url: str
    """Where the decision and the way to object stand; empty before there is one."""


@dataclass(frozen=True, slots=True)
class Own:
    """One person's part."""

    voted: frozenset[int] = frozenset()
    questions: Sequence[Mine] = ()
    has_open: bool = False
    """Whether a question of theirs still waits for its answer."""
    minutes: int = 0
    """Within how many minutes questions were let in lately; 0 where nobody knows or nothing waits."""


NOTHING = Own()


def of(session: Scope, module: ModuleRef, room_id: int, member: MemberRef | None) -> Own:
    """Give what a member has in a room; one statement, and two more while something of theirs is not in view."""
    if member is None:
        return NOTHING
    voted = and_(Vote.question_id == Question.id, Vote.member_id == member.id)
    columns = (
        Question.id, Question.number, Question.body_html, Question.visibility, Question.state, Question.author_id,
        Vote.id.label("vote"),
    )  # fmt: skip
    mine = or_(Vote.id.is_not(None), Question.author_id == member.id)
    query = select(*columns).outerjoin(Vote, voted).where(Question.room_id == room_id, mine)
    found = session.execute(query.order_by(Question.id.desc())).all()
    own = [row for row in found if row.author_id == member.id and row.visibility != Visibility.WITHDRAWN]
    apart = [row for row in own if row.visibility != Visibility.PUBLISHED][:MOST]
    waits = any(row.visibility == Visibility.HELD for row in apart)
    alive = (Visibility.HELD, *SHOWN)
    return Own(
        voted=frozenset(row.number for row in found if row.vote is not None and row.number is not None),
        questions=_mine(session, module, member, apart) if apart else (),
        has_open=any(row.visibility in alive and row.state in rows.UNDONE for row in own),
        minutes=usual_minutes(session, room_id) if waits else 0,
    )


def usual_minutes(session: Session, room_id: int) -> int:
    """Give within how many minutes three of four of the last questions were let in; 0 where nobody knows."""
    taken = Question.published_at - Question.created_at
    let_in = (Question.room_id == room_id, Question.published_at > Question.created_at)
    last = select(taken.label("taken")).where(*let_in).order_by(Question.id.desc()).limit(SAMPLE).subquery()
    share = func.percentile_disc(0.75).within_group(last.c.taken)
    span = session.scalar(select(cast(share, Interval)))
    return 0 if span is None else max(1, -(-int(span.total_seconds()) // 60))


def _mine(session: Scope, module: ModuleRef, member: MemberRef, found: Sequence[Any]) -> list[Mine]:
    decided = told(session, member, QUESTION_TYPE, [row.id for row in found])
    lines = []
    for row in found:
        said = decided.get(row.id)
        waits = row.visibility == Visibility.HELD
        asked = row.visibility == Visibility.FOLDED and said is not None and not said.waits
        place = {"row_id": row.id}
        lines.append(
            Mine(
                id=row.id,
                html=SafeHtml(row.body_html),
                waits=waits,
                asked=asked,
                note=said.facts if said else "",
                rule=said.rule if said else "",
                change_url=module_url(module, "change_question", **place) if waits or asked else "",
                withdraw_url=module_url(module, "withdraw_question", **place) if waits or asked else "",
                reasons_url=site_url(f"/konto/entscheidungen/{said.decision_id}")
                if said and said.decision_id
                else "",
            )
        )
    return lines
