"""What staff may take away from a room: all messages in view, and the questions with their answers."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.plugin import Export, ModuleRef, lazy
from baukasten.sdk import MEMBERS, SafeHtml, plain
from baukasten_chat import rooms
from baukasten_chat.keys import EXPORT, MessageKind, QuestionState
from baukasten_chat.models import SHOWN, Message, Question

_ = lazy("chat")
PORTION = 500
MESSAGES = {
    "number": _("Number"),
    "at": _("Moment"),
    "who": _("Name"),
    "text": _("Text"),
}
QUESTIONS = {
    "number": _("Number"),
    "question": _("Question"),
    "who": _("Name"),
    "votes": _("Votes"),
    "state": _("State"),
    "answer": _("Answer"),
    "by": _("Who answered"),
    "answered_at": _("Answered"),
    "minute": _("Minute"),
}
STATES = {
    QuestionState.OPEN: _("open"),
    QuestionState.LIVE: _("on stage"),
    QuestionState.ANSWERED: _("answered"),
    QuestionState.MERGED: _("joined with another"),
    QuestionState.ARCHIVED: _("put away"),
}


def messages(session: Session, module: ModuleRef) -> Iterator[Sequence[Any]]:
    """Give all messages in view, in order."""
    room_id, last, town = rooms.of_module(session, module).id, 0, str(_("The town"))
    columns = (Message.number, Message.published_at, Message.body_html, Message.kind, MEMBERS.c.display_name)
    query = (
        select(*columns)
        .outerjoin(MEMBERS, MEMBERS.c.id == Message.author_id)
        .where(Message.room_id == room_id, Message.visibility.in_(SHOWN))
        .order_by(Message.number)
        .limit(PORTION)
    )
    while portion := session.execute(query.where(Message.number > last)).all():
        for row in portion:
            who = town if row.kind == MessageKind.TOWN else row.display_name or ""
            yield row.number, row.published_at, who, plain(SafeHtml(row.body_html))
        last = portion[-1].number


def questions(session: Session, module: ModuleRef) -> Iterator[Sequence[Any]]:
    """Give all questions in view, in order; who asked without a name stays unnamed here too."""
    query = (
        select(Question.__table__, MEMBERS.c.display_name.label("who"))
        .outerjoin(MEMBERS, MEMBERS.c.id == Question.author_id)
        .where(
            Question.room_id == rooms.of_module(session, module).id,
            Question.visibility.in_(SHOWN),
        )
        .order_by(Question.number)
    )
    words = {str(state): str(label) for state, label in STATES.items()}
    for row in session.execute(query):
        yield (
            row.number,
            plain(SafeHtml(row.body_html)),
            "" if row.anonymous else row.who or "",
            row.votes,
            words[row.state],
            plain(SafeHtml(row.answer_html)),
            row.answered_by,
            row.answered_at,
            row.minute,
        )


EXPORTS = [
    Export("chat.messages", _("Messages"), list(MESSAGES), EXPORT, messages, titles=list(MESSAGES.values())),
    Export(
        "chat.questions",
        _("Questions and answers"),
        list(QUESTIONS),
        EXPORT,
        questions,
        titles=list(QUESTIONS.values()),
    ),
]
