"""Putting the same question together: who voted for either voted for the one that stays, each person once."""

from typing import Any

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, Scope, record, require
from baukasten_chat import rooms, wire
from baukasten_chat.keys import QUESTION_TYPE, STEER, QuestionState
from baukasten_chat.models import Question, Vote
from baukasten_chat.questions import bells, rows

_ = lazy("chat")
UNSYNCED = {"synchronize_session": False}
TAKES = (QuestionState.OPEN, QuestionState.LIVE, QuestionState.ANSWERED)
"""States of a question into which another may go; of an answered one, its asker reads the answer at once."""


def merge(session: Scope, actor: MemberRef, module: ModuleRef, from_number: int, into_number: int) -> int:
    """Let an open question go into another one; gives the votes of that. Its number leads there from now on.

    Raises NotFound, Denied, Invalid for one and the same, Conflict where one of the two is not in its place.
    """
    require(session, actor, STEER, module)
    if from_number == into_number:
        raise Invalid({"into": _("Please choose another question.")})
    room, found = rows.held_by_numbers(session, module, from_number, into_number)
    source, target = found[from_number], found[into_number]
    if source.state != QuestionState.OPEN:
        raise Conflict(_("Only a question that is open can go into another one."))
    if target.state not in TAKES:
        raise Conflict(_("This question went into another one itself, or is no longer in the list."))
    version = rooms.advance(session, room.id).version
    votes = _move_votes(session, source.id, target.id)
    rows.change(
        session, [source.id], state=QuestionState.MERGED, merged_into=target.id, votes=0, version=version
    )
    rows.change(session, [target.id], votes=votes, version=version)
    # What went into the source before leads to where that went.
    earlier = update(Question).where(Question.merged_into == source.id)
    moved = earlier.values(merged_into=target.id, version=version).returning(Question.id)
    also = session.scalars(moved, execution_options=UNSYNCED).all()
    record(session, actor, "chat.question.merge", f"{QUESTION_TYPE}:{source.id}", into=target.id)
    wire.tell_questions(session, room.id, version, [source.id, target.id, *also])
    bells.desk(session, room.id, source.id)
    bells.asker(session, source, source.visibility, from_number)
    return votes


def _move_votes(session: Scope, source_id: int, target_id: int) -> int:
    """Give the target everybody who voted for either; gives how many those are. Both rows are held."""
    columns: tuple[Any, ...] = (Vote.tenant_id, literal(target_id), Vote.member_id, Vote.created_at)
    names = ["tenant_id", "question_id", "member_id", "created_at"]
    people = select(*columns).where(Vote.question_id == source_id)
    copies = insert(Vote).from_select(names, people)
    session.execute(copies.on_conflict_do_nothing(index_elements=["tenant_id", "question_id", "member_id"]))
    gone = delete(Vote).where(Vote.question_id == source_id)
    session.execute(gone, execution_options=UNSYNCED)
    count = select(func.count()).select_from(Vote).where(Vote.question_id == target_id)
    return int(session.scalar(count) or 0)
