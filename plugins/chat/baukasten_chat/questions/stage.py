"""The stage: one question at a time, then its answer with who gave it and where in the recording it is."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select, update

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, Scope, clock, normalise, record, render_markdown, require
from baukasten_chat import rooms, wire
from baukasten_chat.keys import QUESTION_TYPE, STEER, QuestionState
from baukasten_chat.models import Question, Room
from baukasten_chat.questions import bells, rows

_ = lazy("chat")
UNSYNCED = {"synchronize_session": False}
MAX_BY, MAX_ANSWER, MAX_MINUTE = 120, 2_000, 1_440
MOST_AT_ONCE = 100
PLACED = _("This question is not where you saw it any more. Please reload the page.")


def to_stage(
    session: Scope, actor: MemberRef, module: ModuleRef, number: int, *, finish: bool = False
) -> None:
    """Put an open question on the stage; the one that is there goes back into the list, or counts as answered.

    Raises NotFound, Denied, Conflict for one that is not open.
    """
    require(session, actor, STEER, module)
    room, found = rows.held_by_numbers(session, module, number)
    row = found[number]
    if row.state == QuestionState.LIVE:
        return
    if row.state != QuestionState.OPEN:
        raise Conflict(PLACED)
    version, now = rooms.advance(session, room.id).version, clock.now()
    told = [row.id]
    if room.stage_id is not None:
        former: dict[str, Any] = {"state": QuestionState.OPEN, "live_at": None}
        if finish:
            former = {"state": QuestionState.ANSWERED, "answered_at": now}
        rows.change(session, [room.stage_id], version=version, **former)
        told.append(room.stage_id)
    rows.change(session, [row.id], state=QuestionState.LIVE, live_at=now, version=version)
    _set_stage(session, room.id, row.id)
    record(session, actor, "chat.question.stage", f"{QUESTION_TYPE}:{row.id}")
    wire.tell_questions(session, room.id, version, told, stage=number)
    bells.desk(session, room.id, row.id)


def answered(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    number: int,
    *,
    by: str = "",
    minute: int | None = None,
    answer: str = "",
) -> None:
    """Mark a question as answered, or correct what was written about its answer.

    ``by`` is the department or person as everybody reads it, ``minute`` where in the recording the answer begins,
    ``answer`` is Markdown. Raises NotFound, Denied, Invalid, Conflict for one that was merged or put away.
    """
    require(session, actor, STEER, module)
    by = rows.short(normalise(by), MAX_BY, "by")
    text = normalise(answer).strip()
    if len(text) > MAX_ANSWER:
        raise Invalid({"answer": _("That is too long. Please shorten it.")})
    if minute is not None and not 0 <= minute <= MAX_MINUTE:
        raise Invalid({"minute": _("Please give a minute between 0 and 1440.")})
    html = str(render_markdown(text, field="answer")) if text else ""
    room, found = rows.held_by_numbers(session, module, number)
    row = found[number]
    if row.state not in (*rows.UNDONE, QuestionState.ANSWERED):
        raise Conflict(PLACED)
    version = rooms.advance(session, room.id).version
    rows.change(
        session,
        [row.id],
        state=QuestionState.ANSWERED,
        answered_at=row.answered_at if row.state == QuestionState.ANSWERED else clock.now(),
        answered_by=by,
        minute=minute,
        answer=text,
        answer_html=html,
        version=version,
    )
    told = rows.clear_stage(session, room.id, row.id)
    record(session, actor, "chat.question.answer", f"{QUESTION_TYPE}:{row.id}")
    wire.tell_questions(session, room.id, version, [row.id], **told)
    bells.desk(session, room.id, row.id)
    bells.asker(session, row, row.visibility, row.number)


def back(session: Scope, actor: MemberRef, module: ModuleRef, number: int) -> None:
    """Put a question back into the list: from the stage, or because it is not answered after all.

    Raises NotFound, Denied, Conflict for one that is open or was merged.
    """
    require(session, actor, STEER, module)
    room, found = rows.held_by_numbers(session, module, number)
    row = found[number]
    if row.state in (QuestionState.OPEN, QuestionState.MERGED):
        raise Conflict(PLACED)
    version = rooms.advance(session, room.id).version
    rows.change(session, [row.id], state=QuestionState.OPEN, live_at=None, version=version)
    told = rows.clear_stage(session, room.id, row.id)
    record(session, actor, "chat.question.back", f"{QUESTION_TYPE}:{row.id}", was=row.state)
    wire.tell_questions(session, room.id, version, [row.id], **told)
    bells.desk(session, room.id, row.id)


def archive(session: Scope, actor: MemberRef, module: ModuleRef, numbers: Collection[int]) -> None:
    """Put questions away after an hour, at most a hundred at once, all in one change of the room.

    What was answered keeps its answer, what was open stays unanswered. Raises NotFound, Denied, Invalid, Conflict
    where one was merged or put away before.
    """
    require(session, actor, STEER, module)
    if not 0 < len(numbers) <= MOST_AT_ONCE:
        raise Invalid({"": _("Choose between 1 and 100 questions.")})
    room, found = rows.held_by_numbers(session, module, *numbers)
    if any(row.state not in (*rows.UNDONE, QuestionState.ANSWERED) for row in found.values()):
        raise Conflict(PLACED)
    ids = [row.id for row in found.values()]
    version = rooms.advance(session, room.id).version
    rows.change(session, ids, state=QuestionState.ARCHIVED, live_at=None, version=version)
    told = rows.clear_stage(session, room.id, room.stage_id) if room.stage_id in ids else {}
    record(session, actor, "chat.question.archive", "", questions=ids)
    wire.tell_questions(session, room.id, version, ids, **told)
    bells.desk(session, room.id, ids[0])


def number_of(session: Scope, room: Any) -> int | None:
    """Give the number of the question on the stage; one statement, none for an empty stage."""
    if room.stage_id is None:
        return None
    return session.scalar(select(Question.number).where(Question.id == room.stage_id))


def _set_stage(session: Scope, room_id: int, question_id: int) -> None:
    put = update(Room).where(Room.id == room_id).values(stage_id=question_id)
    session.execute(put, execution_options=UNSYNCED)
