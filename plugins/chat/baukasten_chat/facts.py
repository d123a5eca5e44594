"""What a project's page tells about its live rooms: the door with what happens now, the latest answers, the numbers."""

import datetime as dt
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from baukasten.plugin import ActivityItem, Door, ModuleRef, ProjectRef, Stat, lazy
from baukasten.sdk import Scope, clock, dgettext, dngettext, module_path, modules, people_in, shorten
from baukasten_chat import rooms
from baukasten_chat.hours import rules, wording
from baukasten_chat.hours.rules import Hours
from baukasten_chat.keys import KIND, ROOM, Form, Phase, QuestionState
from baukasten_chat.models import SHOWN, Message, Question, Room

_ = lazy("chat")
FRESH = dt.timedelta(minutes=1)
"""How long a door says how many people are there before it counts again."""
NOW = (Phase.RUNNING, Phase.GRACE)
DONE = (
    Question.state.in_((QuestionState.ANSWERED, QuestionState.ARCHIVED)),
    Question.answered_at.is_not(None),
)
"""Of those that were put away after the hour, only what was answered."""


def door(session: Session, module: ModuleRef) -> Door:
    """Invite into a room with what happens there now, or when it opens."""
    scope, at = cast("Scope", session), clock.now()
    room = rooms.of_module(scope, module)
    hours = rules.now_in(scope, module, room, at)
    until = at + FRESH if hours.next_at is None else min(at + FRESH, hours.next_at)
    asks = module.settings.get("form") == Form.QUESTIONS
    line = _line(hours, people_in(scope, ROOM, room.id), asks=asks)
    if hours.phase is Phase.LOBBY and asks:
        return Door(line, str(_("Read the questions")), str(_("Ask a question")), until)
    return Door(line, str(_("Read along")), str(_("Join the conversation")), until)


def _line(hours: Hours, count: int, *, asks: bool) -> str:
    here = dngettext("chat", "%(num)s person here", "%(num)s people here", count)
    if hours.phase in NOW:
        return f"{_('Running now')}, {here}" if count else str(_("Running now"))
    if hours.phase is Phase.ALWAYS:
        return (
            f"{_('Open conversation')}, {here}"
            if count
            else str(_("Talk with each other and with the town."))
        )
    opens = hours.next_at if hours.phase is Phase.CLOSED else hours.opens_at
    if opens is None:
        return str(_("It is over. You can read what was said."))
    line = dgettext("chat", "Opens %(day)s.", day=wording.moment(opens))
    # Not inside the braces of a text: those who collect texts do not look there.
    already = _("You can send in questions already.")
    return f"{line} {already}" if hours.phase is Phase.LOBBY and asks else line


def activity(session: Session, project: ProjectRef, since: dt.datetime, limit: int) -> list[ActivityItem]:
    """Give the questions of a project that were answered lately, newest first."""
    scope = cast("Scope", session)
    placed = _placed(scope, project)
    if not placed:
        return []
    query = (
        select(Question.number, Question.body, Question.answered_at, Room.module_id)
        .join(Room, Room.id == Question.room_id)
        .where(*_answered(placed), Question.answered_at >= since)
        .order_by(Question.answered_at.desc(), Question.id.desc())
        .limit(limit)
    )
    return [_item(scope, placed[row.module_id], row) for row in session.execute(query)]


def stats(session: Session, project: ProjectRef) -> list[Stat]:
    """Count what was said and asked in a project, and what of it the town answered."""
    placed = _placed(cast("Scope", session), project)
    if not placed:
        return []
    mine = Room.module_id.in_(placed)
    said = select(func.count()).select_from(Message).join(Room, Room.id == Message.room_id)
    asked = (
        select(func.count(), func.count().filter(*DONE))
        .select_from(Question)
        .join(Room, Room.id == Question.room_id)
        .where(mine, Question.visibility.in_(SHOWN), Question.state != QuestionState.MERGED)
    )
    questions, answered = session.execute(asked).one()
    messages = session.execute(said.where(mine, Message.visibility.in_(SHOWN))).scalar_one()
    return [
        Stat("chat.messages", str(_("Messages in live rooms")), int(messages)),
        Stat("chat.contributions", str(_("Questions in live rooms")), int(questions)),
        Stat("chat.answered", str(_("Questions answered")), int(answered)),
    ]


def _answered(placed: dict[int, ModuleRef]) -> tuple[Any, ...]:
    return (Room.module_id.in_(placed), Question.visibility.in_(SHOWN), *DONE)


def _placed(session: Scope, project: ProjectRef) -> dict[int, ModuleRef]:
    return {one.id: one for one in modules(session, project.id) if one.kind == KIND and one.visible}


def _item(session: Scope, module: ModuleRef, row: Any) -> ActivityItem:
    path = module_path(session.contract, module, "question", number=row.number)
    return ActivityItem(shorten(" ".join(row.body.split()), 80), path, row.answered_at, "answer")
