"""All questions of a room, page by page: filters and places as addresses carry them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, cast, or_, select
from sqlalchemy.orm import Session

from baukasten.plugin import ModuleRef, lazy
from baukasten_chat.keys import QuestionState
from baukasten_chat.models import Question
from baukasten_chat.questions import fairness, lines
from baukasten_chat.questions.fairness import Order
from baukasten_chat.questions.lines import Line

_ = lazy("chat")
PAGE = 30
DIGITS = 18
"""Of the largest number that an address may carry."""
PLACE = frozenset("0123456789-")
"""What the place of a page is written with; whatever else somebody sends must not stand in an address of ours."""
ZERO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)


class State(StrEnum):
    """Which questions; the value stands in the address."""

    OPEN = "offen"
    ANSWERED = "beantwortet"
    MERGED = "zusammengefuehrt"
    ARCHIVED = "archiv"


NAMES = {
    State.OPEN: _("Open"),
    State.ANSWERED: _("Answered"),
    State.MERGED: _("Merged"),
    State.ARCHIVED: _("Archive"),
}
STATES: Mapping[State, Sequence[QuestionState]] = {
    State.OPEN: (QuestionState.OPEN, QuestionState.LIVE),
    State.ANSWERED: (QuestionState.ANSWERED,),
    State.MERGED: (QuestionState.MERGED,),
    State.ARCHIVED: (QuestionState.ARCHIVED,),
}
Keys = Sequence[tuple[Any, bool]]
"""Columns that make an order, and whether each goes down; the last one is the number, which nobody shares."""
FIRST = cast(Question.first, Integer)
"""Truth as a number: only those have a before and a behind."""
OPEN_KEYS: Mapping[Order, Keys] = {
    Order.VOTES: ((Question.votes, True), (Question.number, False)),
    Order.OLDEST: ((Question.number, False),),
    Order.FIRST: ((FIRST, True), (Question.votes, True), (Question.number, False)),
}
ANSWERED_KEYS: Keys = ((Question.answered_at, True), (Question.number, True))
OTHER_KEYS: Keys = ((Question.number, True),)


@dataclass(frozen=True, slots=True)
class Filters:
    """One view of the list; unknown values of an address count as not given."""

    state: State = State.OPEN
    order: Order = Order.VOTES
    after: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "Filters":
        """Read an address or a form."""
        state, after = values.get("stand", ""), values.get("nach", "")[: 4 * DIGITS]
        return cls(
            state=State(state) if state in list(State) else State.OPEN,
            order=fairness.of(values.get("folge")),
            after=after if PLACE.issuperset(after) else "",
        )

    def values(self, **other: str) -> dict[str, str]:
        """Give the view as an address carries it, without what is usual."""
        found = {
            "stand": "" if self.state is State.OPEN else self.state.value,
            "folge": "" if self.order is Order.VOTES or self.state is not State.OPEN else self.order.value,
            "nach": self.after,
            **other,
        }
        return {key: value for key, value in found.items() if value}

    @property
    def keys(self) -> Keys:
        """What the view is sorted by."""
        if self.state is State.OPEN:
            return OPEN_KEYS[self.order]
        return ANSWERED_KEYS if self.state is State.ANSWERED else OTHER_KEYS


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a view."""

    lines: Sequence[Line]
    more: str
    """Where the next page begins; empty at the end."""


def load(
    session: Session, module: ModuleRef, room_id: int, view: Filters, *, voted: Any = (), can_vote: bool
) -> Listing:
    """Give a page of a view; two statements where another page follows, else one."""
    keys = view.keys
    there = and_(Question.room_id == room_id, Question.state.in_(STATES[view.state]))
    place = _read(view.after, keys)
    wanted = there if place is None else and_(there, _behind(keys, place))
    order = [column.desc() if down else column for column, down in keys]
    found = lines.load(session, module, wanted, *order, limit=PAGE + 1, voted=voted, can_vote=can_vote)
    if len(found) <= PAGE:
        return Listing(found, "")
    return Listing(found[:PAGE], _write(session, room_id, found[PAGE - 1].number, keys))


def _behind(keys: Keys, place: Sequence[Any]) -> ColumnElement[bool]:
    """Give the condition of what stands behind a place: equal in the first columns, behind in the next one."""
    ways = []
    for at, (column, down) in enumerate(keys):
        equal = [other == value for (other, _down), value in zip(keys[:at], place, strict=False)]
        ways.append(and_(*equal, column < place[at] if down else column > place[at]))
    return or_(*ways)


def _write(session: Session, room_id: int, number: int, keys: Keys) -> str:
    """Give the place of a question as an address carries it."""
    query = select(*(column for column, _down in keys)).where(
        Question.room_id == room_id, Question.number == number
    )
    return "-".join(str(_number(value)) for value in session.execute(query).one())


def _number(value: Any) -> int:
    return (value - ZERO) // MICROSECOND if isinstance(value, dt.datetime) else int(value)


def _read(written: str, keys: Keys) -> list[Any] | None:
    """Give the place that ``_write`` wrote; nothing for anything else."""
    parts = written.split("-")
    if len(parts) != len(keys) or not all(
        one.isascii() and one.isdigit() and len(one) <= DIGITS for one in parts
    ):
        return None
    place: list[Any] = []
    for part, (column, _down) in zip(parts, keys, strict=True):
        value: Any = int(part)
        if column is Question.answered_at:
            try:
                value = ZERO + value * MICROSECOND
            except OverflowError:
                return None
        place.append(value)
    return place
