"""Votes: one person each, counted on the question's row under its lock, told to the room once a second."""

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, NotFound, Scope, clock, require
from baukasten_chat import rooms
from baukasten_chat.hours import rules
from baukasten_chat.keys import VOTE
from baukasten_chat.models import SHOWN, Question, Vote
from baukasten_chat.questions import pulse, rows

_ = lazy("chat")
UNSYNCED = {"synchronize_session": False}
TRIES = 5


class MovedError(Exception):
    """The question went into another one while somebody waited for it."""


def vote(session: Scope, actor: MemberRef, module: ModuleRef, number: int, *, on: bool) -> int:
    """Give one's vote to a question, or take it back; gives how many it has now.

    A vote for what was merged counts for what it was merged into. Neither a version of the room nor its lock is
    taken, so that a hundred people vote at once. Raises NotFound, Denied, Closed, TooMany, Conflict where it is
    answered.
    """
    require(session, actor, VOTE, module)
    room = rooms.of_module(session, module)
    rules.need(session, actor, module, room, VOTE)
    question_id = rows.by_number(session, room.id, number).id
    for _turn in range(TRIES):
        try:
            # The savepoint lets go of a wrong one: nobody ever waits for a question while holding another.
            with session.begin_nested():
                return _count(session, actor, room.id, _target(session, question_id), on=on)
        except MovedError:
            continue
    raise Conflict


def voted(session: Scope, member: MemberRef, room_id: int) -> set[int]:
    """Give the numbers of the questions that somebody voted for; one statement."""
    query = select(Question.number).join(Vote, Vote.question_id == Question.id)
    mine = query.where(Vote.member_id == member.id, Question.room_id == room_id, Question.number.is_not(None))
    return {number for number in session.scalars(mine) if number is not None}


def _target(session: Scope, question_id: int) -> int:
    """Give the question for which a vote counts."""
    into = session.scalar(select(Question.merged_into).where(Question.id == question_id))
    return question_id if into is None else int(into)


def _count(session: Scope, actor: MemberRef, room_id: int, question_id: int, *, on: bool) -> int:
    columns = (Question.number, Question.state, Question.votes, Question.visibility, Question.merged_into)
    query = select(*columns).where(Question.id == question_id).with_for_update(key_share=True)
    row = session.execute(query).one()
    if row.merged_into is not None:
        raise MovedError
    if row.visibility not in SHOWN:
        raise NotFound
    if row.state not in rows.UNDONE:
        raise Conflict(_("This question is answered already."))
    if not _write(session, actor, question_id, on=on):
        return int(row.votes)
    step = 1 if on else -1
    counted = update(Question).where(Question.id == question_id).values(votes=Question.votes + step)
    votes = session.execute(counted.returning(Question.votes), execution_options=UNSYNCED).scalar_one()
    pulse.beat(session, room_id, row.number)
    return int(votes)


def _write(session: Scope, actor: MemberRef, question_id: int, *, on: bool) -> bool:
    """Write or remove the one vote of a person; tells whether that changed anything."""
    if on:
        row = insert(Vote).values(
            tenant_id=session.tenant_id,
            question_id=question_id,
            member_id=actor.id,
            created_at=clock.now(),
        )
        once = row.on_conflict_do_nothing(index_elements=["tenant_id", "question_id", "member_id"])
        return session.execute(once.returning(Vote.id)).scalar() is not None
    gone = delete(Vote).where(Vote.question_id == question_id, Vote.member_id == actor.id)
    taken = session.execute(gone.returning(Vote.id), execution_options=UNSYNCED).scalar()
    return taken is not None
