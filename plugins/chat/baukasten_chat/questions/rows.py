"""Rows of questions: found by number or id, and held while somebody changes them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import Invalid, NotFound
from baukasten_chat import rooms
from baukasten_chat.keys import QuestionState
from baukasten_chat.models import SHOWN, Question, Room

_ = lazy("chat")
UNSYNCED = {"synchronize_session": False}
UNDONE = (QuestionState.OPEN, QuestionState.LIVE)
"""What still waits for its answer."""
BIGGEST = 9_223_372_036_854_775_807


def by_number(session: Session, room_id: int, number: int) -> Any:
    """Give a question that everybody sees; raises NotFound."""
    return _one(
        session, Question.room_id == room_id, Question.number == number, Question.visibility.in_(SHOWN)
    )


def by_id(session: Session, module: ModuleRef, question_id: int, *more: Any) -> Any:
    """Give a question of a module's room, whatever its visibility; raises NotFound."""
    room = select(Room.id).where(Room.module_id == module.id).scalar_subquery()
    return _one(session, Question.id == question_id, Question.room_id == room, *more)


def held(session: Session, question_id: int) -> Any:
    """Give a question, with its room's row held until the end of the transaction; raises NotFound."""
    room_id = session.scalar(select(Question.room_id).where(Question.id == question_id))
    if room_id is None:
        raise NotFound
    rooms.lock(session, room_id)
    return _one(session, Question.id == question_id)


def held_by_numbers(session: Session, module: ModuleRef, *numbers: int) -> tuple[Any, dict[int, Any]]:
    """Give a module's room and questions that everybody sees, all held until the end; raises NotFound.

    Whoever votes holds one question and never the room, whoever changes questions first the room and then
    theirs in one order always: so nobody waits for each other in a circle.
    """
    if any(not 0 < number <= BIGGEST for number in numbers):
        raise NotFound
    room = rooms.lock(session, rooms.of_module(session, module).id)
    wanted = (Question.room_id == room.id, Question.number.in_(numbers), Question.visibility.in_(SHOWN))
    query = select(Question.__table__).where(*wanted).order_by(Question.id).with_for_update(key_share=True)
    found = {row.number: row for row in session.execute(query)}
    if set(numbers) - found.keys():
        raise NotFound
    return room, found


def change(session: Session, ids: Collection[int], **values: Any) -> None:
    """Write values into questions."""
    changed = update(Question).where(Question.id.in_(ids)).values(**values)
    session.execute(changed, execution_options=UNSYNCED)


def clear_stage(session: Session, room_id: int, question_id: int) -> dict[str, Any]:
    """Take a question off the stage if it is there; gives what the room is told. The caller holds the room."""
    mine = update(Room).where(Room.id == room_id, Room.stage_id == question_id).values(stage_id=None)
    cleared = session.execute(mine.returning(Room.id), execution_options=UNSYNCED).scalar()
    return {} if cleared is None else {"stage": None}


def short(text: str, most: int, key: str) -> str:
    """Give what staff typed into a line; raises Invalid for what is too long."""
    line = " ".join(text.split())
    if len(line) > most:
        raise Invalid({key: _("That is too long. Please shorten it.")})
    return line


def _one(session: Session, *where: Any) -> Any:
    row = session.execute(select(Question.__table__).where(*where)).one_or_none()
    if row is None:
        raise NotFound
    return row
