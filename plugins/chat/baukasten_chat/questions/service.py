"""Asking a question, and what moderation does to questions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from baukasten.plugin import Draft, MemberRef, ModuleRef, Visibility, lazy
from baukasten.sdk import Closed, Conflict, Invalid, Scope, clock, may, require, submit
from baukasten_chat import rooms, wire
from baukasten_chat.hours import rules
from baukasten_chat.keys import ASK, QUESTION_TYPE, STEER, Phase, QuestionState
from baukasten_chat.models import SHOWN, Question
from baukasten_chat.questions import bells, rows, wishes, wording

_ = lazy("chat")
WAITS = (Visibility.HELD, *SHOWN)
"""What a person has open, where it still waits for its answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a question; without a number while it is being checked."""

    id: int
    number: int | None
    version: int | None
    visibility: Visibility
    note: str = ""


class AskedTwiceError(Exception):
    """The same form came a second time while the first was still on its way."""


@dataclass(frozen=True, slots=True)
class _Words:
    text: str
    nonce: str
    anonymous: bool


def ask(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    *,
    body: str,
    nonce: str = "",
    anonymous: bool = False,
) -> Asked:
    """Ask a question, or give the one that the same form asked before.

    Raises Denied, Closed and TooMany by the room's hours and limits, Invalid, Conflict for a second open question,
    and Rejected where a screening refuses; then nothing is stored.
    """
    require(session, actor, ASK, module)
    wish, room = wishes.of(module), rooms.of_module(session, module)
    if not wish.taken:
        raise Closed(_("No questions are collected in this room."))
    said = _Words(wording.checked(body), nonce, anonymous)
    if anonymous and not wish.nameless:
        raise Invalid({"anonymous": _("In this room questions stand there with a name.")})

    def write() -> Asked:
        rules.need(session, actor, module, room, ASK)
        check_one(session, actor, module, room.id)

        def store(visibility: Visibility) -> int:
            return _store(session, actor, module, room.id, said, visibility)

        draft = Draft(QUESTION_TYPE, said.text, author=actor, module=module)
        done = submit(session, draft, store)
        return _asked(session, Question.id == done.ref.id, note=done.note)

    return _once(session, actor, nonce, write)


def check_one(session: Scope, actor: MemberRef, module: ModuleRef, room_id: int) -> None:
    """Raise Conflict for somebody who has an open question in the room already; staff passes on what it hears."""
    if not wishes.of(module).one or may(session, actor, STEER, module):
        return
    mine = (Question.author_id == actor.id, Question.room_id == room_id)
    waits = (Question.visibility.in_(WAITS), Question.state.in_(rows.UNDONE))
    if session.scalar(select(exists().where(*mine, *waits))):
        raise Conflict(
            _(
                "You have an open question here already. You can change it while it is being checked, and ask the next "
                "one when it is answered."
            )
        )


def publish(session: Session, question_id: int) -> None:
    """Let a held question into view, with its number; raises Conflict for one that was withdrawn."""
    _move(session, question_id, Visibility.PUBLISHED)


def restore(session: Session, question_id: int) -> None:
    """Bring a question back to its number; one that never had a number gets its first."""
    _move(session, question_id, Visibility.PUBLISHED)


def fold(session: Session, question_id: int) -> None:
    """Mark a question as one that its author was asked to change; its text is one click away."""
    _move(session, question_id, Visibility.FOLDED)


def hide(session: Session, question_id: int) -> None:
    """Take a question out of view, and off the stage; its place and its number stay."""
    _move(session, question_id, Visibility.HIDDEN)


def remove(session: Session, question_id: int) -> None:
    """Take a question out of view for good; its place and its number stay."""
    _move(session, question_id, Visibility.REMOVED)


def reject(session: Session, question_id: int) -> None:
    """Keep a held question out of view for good."""
    _move(session, question_id, Visibility.REMOVED)


def hold(session: Session, question_id: int) -> None:
    """Let a question wait again as if nobody had let it into view; it keeps its number for when it comes back."""
    _move(session, question_id, Visibility.HELD)


def _move(session: Session, question_id: int, goal: Visibility) -> None:
    """Lead a question into a state. Who asked hears of it, and the room of what it may know."""
    scope, row = cast("Scope", session), rows.held(session, question_id)
    if row.visibility == Visibility.WITHDRAWN:
        raise Conflict
    values: dict[str, Any] = {"visibility": goal}
    told: dict[str, Any] = {}
    if row.state == QuestionState.LIVE and goal not in SHOWN:
        values |= {"state": QuestionState.OPEN, "live_at": None}
        told = rows.clear_stage(session, row.room_id, question_id)
    fresh = row.number is None
    # What never was in view changes nothing there.
    public = goal in SHOWN or not fresh
    taken = rooms.advance(session, row.room_id, questions=int(fresh)) if public else None
    if taken is not None:
        values["version"] = taken.version
        if fresh:
            values |= {"number": taken.question_number, "published_at": clock.now()}
    rows.change(session, [question_id], **values)
    if taken is not None:
        wire.tell_questions(session, row.room_id, taken.version, [question_id], **told)
    bells.desk(scope, row.room_id, question_id)
    bells.asker(scope, row, goal, values.get("number", row.number))


def _store(
    session: Scope, actor: MemberRef, module: ModuleRef, room_id: int, said: _Words, visibility: Visibility
) -> int:
    """Write a question's row; of what is held, nobody but the desk hears."""
    room = rooms.lock(session, room_id)
    # Once more under the lock: for the last second, and for two questions of one person at once.
    rules.need(session, actor, module, room, ASK)
    check_one(session, actor, module, room_id)
    now, shown = clock.now(), visibility is Visibility.PUBLISHED
    taken = rooms.advance(session, room_id, questions=1) if shown else None
    row = insert(Question).values(
        tenant_id=session.tenant_id,
        room_id=room_id,
        number=taken.question_number if taken else None,
        version=taken.version if taken else None,
        author_id=actor.id,
        body=said.text,
        body_html=wording.as_html(said.text),
        visibility=visibility,
        anonymous=said.anonymous,
        first=_is_first(session, actor, module),
        early=rules.now_in(session, module, room).phase is Phase.LOBBY,
        published_at=now if shown else None,
        nonce=said.nonce or None,
        created_at=now,
    )
    again = row.on_conflict_do_nothing(index_elements=["tenant_id", "author_id", "nonce"])
    question_id = session.execute(again.returning(Question.id)).scalar()
    if question_id is None:
        raise AskedTwiceError
    if taken is not None:
        wire.tell_questions(session, room_id, taken.version, [question_id])
    bells.desk(session, room_id, question_id)
    return int(question_id)


def _is_first(session: Scope, actor: MemberRef, module: ModuleRef) -> bool:
    """Tell whether somebody asks for the first time in the town; what staff passes on is nobody's first."""
    asked = session.scalar(select(exists().where(Question.author_id == actor.id)))
    return not asked and not may(session, actor, STEER, module)


def _once(session: Scope, actor: MemberRef, nonce: str, write: Callable[[], Asked]) -> Asked:
    """Write what a form carries, unless it has arrived before; of two at once the second waits for the first."""
    mine = (Question.author_id == actor.id, Question.nonce == nonce)
    if nonce and session.scalar(select(exists().where(*mine))):
        return _asked(session, *mine)
    try:
        with session.begin_nested():
            return write()
    except (AskedTwiceError, Conflict):
        # The second of two that came at once finds the first one's question open.
        if nonce and session.scalar(select(exists().where(*mine))):
            return _asked(session, *mine)
        raise


def _asked(session: Scope, *where: Any, note: str = "") -> Asked:
    columns = (Question.id, Question.number, Question.version, Question.visibility)
    row = session.execute(select(*columns).where(*where)).one()
    return Asked(row.id, row.number, row.version, Visibility(row.visibility), note)
