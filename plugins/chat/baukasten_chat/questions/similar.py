"""Questions that say much the same as one that somebody types, so that people vote instead of asking twice."""

from dataclasses import dataclass

from sqlalchemy import func, select

from baukasten.plugin import ModuleRef, Visibility
from baukasten.sdk import SafeHtml, Scope, normalise
from baukasten_chat import rooms
from baukasten_chat.keys import QuestionState
from baukasten_chat.models import Question
from baukasten_chat.questions import rows

LEAST, MOST = 0.3, 3
"""Share of three-letter pieces of words from which two questions are alike; how many are shown."""
READ, SHORTEST = 400, 12
"""Characters of a draft that are looked at."""


@dataclass(frozen=True, slots=True)
class Similar:
    """A question that may ask the same."""

    number: int
    html: SafeHtml
    votes: int
    state: str


def similar(session: Scope, module: ModuleRef, body: str) -> list[Similar]:
    """Give at most three questions of the room that may say the same, the nearest first; none that is folded."""
    text = " ".join(normalise(body[: 2 * READ]).split())[:READ]
    if len(text) < SHORTEST:
        return []
    room = rooms.of_module(session, module)
    alike = func.similarity(Question.body, text)
    places = (*rows.UNDONE, QuestionState.ANSWERED)
    query = (
        select(Question.number, Question.body_html, Question.votes, Question.state)
        .where(
            Question.room_id == room.id,
            Question.visibility == Visibility.PUBLISHED,
            Question.state.in_(places),
            alike >= LEAST,
        )
        .order_by(alike.desc(), Question.votes.desc(), Question.id)
        .limit(MOST)
    )
    return [
        Similar(row.number, SafeHtml(row.body_html), row.votes, row.state)
        for row in session.execute(query)
        if row.number is not None
    ]
