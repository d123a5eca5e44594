"""Questions as lists show them: what everybody may know of each, put into words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import SafeHtml, dgettext, module_url
from baukasten_chat import wire
from baukasten_chat.keys import QuestionState
from baukasten_chat.models import SHOWN, Question
from baukasten_chat.questions import rows

_ = lazy("chat")


@dataclass(frozen=True, slots=True)
class Answer:
    """How a question was answered."""

    when: str
    by: str
    minute: str
    """Where in the recording, in words; empty where nobody said."""
    html: SafeHtml


@dataclass(frozen=True, slots=True)
class Line:
    """A question in a list."""

    number: int
    version: int
    html: SafeHtml
    author: str
    state: str
    votes: int
    voted: bool
    can_vote: bool
    first: bool
    early: bool
    folded: bool
    merged: int
    """How many others went into it."""
    edited: str
    """Who changed it, in words; empty for as it was asked."""
    answer: Answer | None
    into: int
    """The question that it went into; 0 for none."""
    when: str
    """Since when it is on the stage."""
    continued: str
    """Where the town answers it later; empty for nowhere."""
    url: str
    vote_url: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many questions a room has."""

    waiting: int = 0
    """For their answer, the one on the stage among them."""
    answered: int = 0

    @property
    def all(self) -> int:
        """All that count: what was merged is counted once."""
        return self.waiting + self.answered


def line(
    module: ModuleRef, told: Mapping[str, Any], voted: Collection[int] = (), *, can_vote: bool = False
) -> Line:
    """Put what clients are told of a question into words."""
    number, state = told["number"], told["state"]
    url = f"{module_url(module, 'ask_page')}/{number}"
    answer = told.get("answer")
    return Line(
        number=number,
        version=told["version"],
        html=SafeHtml(told["html"]),
        author=author(told),
        state=state,
        votes=told["votes"],
        voted=number in voted,
        can_vote=can_vote and state in rows.UNDONE,
        first=told["first"],
        early=told["early"],
        folded=told["folded"],
        merged=told["merged"],
        edited=edited(told),
        answer=None if answer is None else _answer(answer),
        into=told["into"] or 0,
        when=wire.when(told["live_at"]),
        continued=told["continued"],
        url=url,
        vote_url=f"{url}/stimme",
    )


def blank(module: ModuleRef, *, can_vote: bool) -> Line:
    """Give the pattern of a question with all its parts, from which the script makes those that come in."""
    told = {
        "number": 0, "version": 0, "html": "", "state": QuestionState.OPEN, "votes": 0, "first": True, "early": True,
        "folded": False, "merged": 1, "into": None, "live_at": "", "continued": "", "anonymous": False,
        "author": "", "by_staff": True, "edited": True,
    }  # fmt: skip
    return line(module, told, can_vote=can_vote)


def author(told: Mapping[str, Any]) -> str:
    """Give who asks, as everybody reads it."""
    if told["anonymous"]:
        return str(_("without a name"))
    return told["author"] or str(_("Former member"))


def edited(told: Mapping[str, Any]) -> str:
    """Say who changed a question; nothing for one that is as it was asked."""
    if told["by_staff"]:
        return str(_("changed by the moderators"))
    return str(_("changed")) if told["edited"] else ""


def load(
    session: Session, module: ModuleRef, condition: Any, *order: Any, limit: int, **more: Any
) -> list[Line]:
    """Give questions in view; one statement."""
    query = wire.questions(condition).where(Question.visibility.in_(SHOWN)).order_by(*order).limit(limit)
    return [line(module, wire.question(row), **more) for row in session.execute(query)]


def load_counted(
    session: Session, module: ModuleRef, room_id: int, condition: Any, *order: Any, limit: int, **more: Any
) -> tuple[list[Line], Counts]:
    """Give questions in view, and how many the room has; one statement.

    The condition lets something through of whatever is counted, so that nothing found means nothing to count.
    """
    query = wire.questions(condition).where(Question.visibility.in_(SHOWN)).order_by(*order).limit(limit)
    found = session.execute(query.add_columns(*count_columns(room_id))).all()
    told = [line(module, wire.question(row), **more) for row in found]
    return told, counts_of(found)


def count_columns(room_id: int) -> list[Any]:
    """Give what counts a room's questions in view, beside any query of questions."""
    other = aliased(Question)
    there = (other.room_id == room_id, other.visibility.in_(SHOWN))
    some = select(func.count()).select_from(other).where(*there)
    waiting = some.where(other.state.in_(rows.UNDONE)).scalar_subquery()
    answered = some.where(other.state == QuestionState.ANSWERED).scalar_subquery()
    return [waiting.label("all_waiting"), answered.label("all_answered")]


def counts_of(found: Sequence[Any]) -> Counts:
    """Read the counts beside the first of some questions."""
    return Counts(found[0].all_waiting, found[0].all_answered) if found else Counts()


def _answer(told: Mapping[str, Any]) -> Answer:
    minute = told["minute"]
    said = "" if minute is None else dgettext("chat", "minute %(num)s of the recording", num=minute)
    return Answer(wire.when(told["at"]), told["by"], said, SafeHtml(told["html"]))
