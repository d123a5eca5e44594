"""The row of a room, and its counters: nothing comes into view or changes there without the next version."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from baukasten.plugin import ModuleRef
from baukasten.sdk import NotFound
from baukasten_chat.models import Room

UNSYNCED = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Next:
    """What the next change of a room is called."""

    version: int
    number: int
    question_number: int
    room: Any = field(default=None, repr=False, compare=False)
    """The whole row, as it is while it is held."""


def place(session: Session, module: ModuleRef) -> None:
    """Make the row of a freshly placed room; a second time changes nothing."""
    row = insert(Room).values(tenant_id=session.tenant_id, module_id=module.id)  # type: ignore[attr-defined]
    session.execute(row.on_conflict_do_nothing(index_elements=["tenant_id", "module_id"]))


def of_module(session: Session, module: ModuleRef) -> Any:
    """Give the row of a module's room; raises NotFound."""
    row = session.execute(select(Room.__table__).where(Room.module_id == module.id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def by_id(session: Session, room_id: int) -> Any:
    """Give a room's row; raises NotFound."""
    row = session.execute(select(Room.__table__).where(Room.id == room_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def advance(session: Session, room_id: int, *, messages: int = 0, questions: int = 0) -> Next:
    """Take the room's lock until the end of the transaction and give the numbers of the next change.

    One version for each change; a message or a question that comes into view takes a number besides.
    """
    taken = (
        update(Room)
        .where(Room.id == room_id)
        .values(
            version=Room.version + 1,
            number=Room.number + messages,
            question_number=Room.question_number + questions,
        )
        .returning(*Room.__table__.c)
    )
    row = session.execute(taken, execution_options=UNSYNCED).one_or_none()
    if row is None:
        raise NotFound
    return Next(row.version, row.number, row.question_number, row)


def lock(session: Session, room_id: int) -> Any:
    """Give a room's row, held until the end of the transaction; raises NotFound."""
    query = select(Room.__table__).where(Room.id == room_id).with_for_update()
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row
