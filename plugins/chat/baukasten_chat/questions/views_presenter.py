"""The view for the hall: the question on the stage, huge, and nothing that waits."""

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select

from baukasten.plugin import ModuleRef, Visibility
from baukasten.sdk import NotFound, Scope, absolute_url, here, module_url, qr_code, render, requires
from baukasten_chat import rooms
from baukasten_chat.keys import READ, ROOM, QuestionState
from baukasten_chat.models import SHOWN, Question
from baukasten_chat.questions import fairness, lines, wishes
from baukasten_chat.questions.lines import Counts, Line
from baukasten_chat.routes import routes

NEXT = 3


@routes.get("/buehne")
@requires(READ)
def presenter(module: ModuleRef) -> ResponseReturnValue:
    """Show what is on the stage, for a wall; with ``naechste=1`` also what may come next."""
    session = here().session
    if not wishes.of(module).taken:
        raise NotFound
    room = rooms.of_module(session, module)
    wants_next = request.args.get("naechste") == "1"
    live, following, counts = _lines(session, module, room.id, NEXT if wants_next else 0)
    index = module_url(module, "index")
    address = module_url(module, "presenter")
    return render(
        "chat/presenter.html",
        title=module.title,
        live=live,
        following=following,
        counts=counts,
        room_id=room.id,
        room_kind=ROOM,
        index_url=index,
        address=absolute_url(index).partition("://")[2].rstrip("/"),
        code=qr_code(absolute_url(index)),
        self_url=f"{address}?naechste=1" if wants_next else address,
        other_url=address if wants_next else f"{address}?naechste=1",
        wants_next=wants_next,
    )


def _lines(
    session: Scope, module: ModuleRef, room_id: int, most: int
) -> tuple[Line | None, list[Line], Counts]:
    """Give the question on the stage, those with most votes, and how many there are; one statement."""
    there = (Question.room_id == room_id, Question.visibility.in_(SHOWN))
    order = fairness.ORDERS[fairness.Order.VOTES]
    first = (
        select(Question.id)
        .where(*there, Question.state == QuestionState.OPEN)
        # What is folded is shown on no wall, but found where nothing else is: the counts stand beside it.
        .order_by(Question.visibility == Visibility.FOLDED, *order)
        .limit(max(1, most))
    )
    wanted = (Question.room_id == room_id) & or_(
        Question.state == QuestionState.LIVE, Question.id.in_(first.scalar_subquery())
    )
    found, counts = lines.load_counted(session, module, room_id, wanted, *order, limit=NEXT + 2)
    live = next((one for one in found if one.state == QuestionState.LIVE), None)
    following = [one for one in found if one.state == QuestionState.OPEN and not one.folded]
    return live, following[:most], counts
