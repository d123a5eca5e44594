"""Whose question comes next: people who ask for the first time before others, then votes, each person once."""

from enum import StrEnum
from typing import Any

from sqlalchemy import and_, func, or_, select

from baukasten_chat.keys import QuestionState
from baukasten_chat.models import SHOWN, Question


class Order(StrEnum):
    """How open questions are listed; the value stands in the address."""

    VOTES = "stimmen"
    OLDEST = "aelteste"
    FIRST = "erste"
    """Those of people who never asked in the town before come first."""


ORDERS: dict[Order, tuple[Any, ...]] = {
    Order.VOTES: (Question.votes.desc(), Question.number),
    Order.OLDEST: (Question.number,),
    Order.FIRST: (Question.first.desc(), Question.votes.desc(), Question.number),
}


def of(written: str | None) -> Order:
    """Read an order from an address; what is none gives the usual one."""
    return Order(written) if written in list(Order) else Order.VOTES


def suggested(room_id: int, most: int) -> Any:
    """Give the query of the ids that the desk suggests as next, with the place of each, in their order.

    Of each person only the question with most votes, and none of somebody whose turn was in this hour already
    while others wait; who asked without an account stands for themselves.
    """
    person = func.coalesce(Question.author_id, -Question.id)
    rank = func.row_number().over(partition_by=person, order_by=(Question.votes.desc(), Question.number))
    had = (
        select(Question.author_id)
        .where(
            Question.room_id == room_id,
            or_(
                Question.state == QuestionState.LIVE,
                and_(Question.state == QuestionState.ANSWERED, Question.live_at.is_not(None)),
            ),
        )
        .correlate(None)
    )
    turns = Question.author_id.in_(had)
    ranked = (
        select(
            Question.id,
            Question.first,
            Question.votes,
            Question.number,
            rank.label("rank"),
            func.coalesce(turns, False).label("had"),
        )
        .where(
            Question.room_id == room_id,
            Question.state == QuestionState.OPEN,
            Question.visibility.in_(SHOWN),
        )
        .subquery()
    )
    fair = (ranked.c.had, ranked.c.first.desc(), ranked.c.votes.desc(), ranked.c.number)
    place = func.row_number().over(order_by=fair).label("place")
    return select(ranked.c.id, place).where(ranked.c.rank == 1).order_by(place).limit(most)
