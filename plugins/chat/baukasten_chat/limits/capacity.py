"""How many people fit into a room; whoever comes after that reads along without a live connection."""

from sqlalchemy.orm import Session

from baukasten.sdk import modules_by_id
from baukasten_chat import rooms
from baukasten_chat.limits import wishes


def of(session: Session, room_id: int) -> int:
    """Give how many may listen to a room at the same time, two statements; none to one that is gone."""
    module_id = rooms.by_id(session, room_id).module_id
    module = modules_by_id(session, [module_id]).get(module_id)
    return 0 if module is None else wishes.of(module).capacity
