"""Steps of the desk that need words: refusing, merging, answering, rewording."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from baukasten.plugin import Field, FieldKind, ModuleRef, lazy
from baukasten.sdk import Form, Scope, dgettext, house_rules, shorten
from baukasten_chat.keys import QuestionState
from baukasten_chat.models import SHOWN, Question
from baukasten_chat.questions import merging, similar, stage, wording

_ = lazy("chat")
TITLE, MOST = 90, 200
"""Characters of a question in a list to choose from, and how many are offered."""


class Step(StrEnum):
    """A step with a form of its own; the value stands in the address."""

    REFUSE = "ablehnen"
    MERGE = "zusammenfuehren"
    ANSWER = "beantwortet"
    REWORD = "bearbeiten"


TITLES = {
    Step.REFUSE: _("Do not take this question"),
    Step.MERGE: _("Put together with another question"),
    Step.ANSWER: _("Answered"),
    Step.REWORD: _("Change the wording"),
}


def refuse_form(session: Scope, values: dict[str, Any] | None = None) -> Form:
    """Ask for the rule and the reason that the author gets."""
    rules = [
        (
            one.key,
            dgettext("chat", "Rule %(number)s: %(title)s", number=one.number, title=one.title.rstrip(".")),
        )
        for one in house_rules(session).rules
    ]
    fields = [
        Field("rule", _("Rule"), FieldKind.SELECT, required=True, choices=rules),
        Field(
            "facts",
            _("Reason for whoever wrote it"),
            FieldKind.TEXTAREA,
            required=True,
            max_length=1_000,
            rows=3,
            help=_("They get it with the way to object."),
        ),
    ]
    return Form(fields, "", _("Refuse with this reason"), values)


def merge_form(session: Scope, module: ModuleRef, row: Any) -> Form:
    """Ask into which question another one goes; those that are most alike stand first. Two statements."""
    near = [one.number for one in similar.similar(session, module, row.body) if one.number != row.number]
    columns = (Question.number, Question.body, Question.state)
    query = select(*columns).where(
        Question.room_id == row.room_id,
        Question.visibility.in_(SHOWN),
        Question.state.in_(merging.TAKES),
        Question.id != row.id,
    )
    found = session.execute(query.order_by(Question.votes.desc(), Question.number).limit(MOST)).all()
    ranked = sorted(found, key=lambda one: near.index(one.number) if one.number in near else len(near))
    choices = [(str(one.number), _named(one)) for one in ranked]
    fields = [
        Field(
            "into",
            _("Goes into"),
            FieldKind.SELECT,
            required=True,
            choices=choices,
            help=_("All votes count for that one then, each person once. Whoever asked is told."),
        )
    ]
    return Form(fields, "", _("Put together"), {"into": str(near[0])} if near else None)


def answer_form(row: Any, departments: Sequence[str]) -> Form:
    """Ask who answered, where in the recording, and what in short; all of it may stay empty."""
    by = Field(
        "by",
        _("Who answered"),
        max_length=stage.MAX_BY,
        default="",
        help=_("The department or person, as everybody reads it."),
    )
    minute = Field(
        "minute", _("Minute of the recording"), FieldKind.NUMBER, minimum=0, maximum=stage.MAX_MINUTE
    )
    answer = Field(
        "answer", _("Answer in short"), FieldKind.TEXTAREA, default="", max_length=stage.MAX_ANSWER, rows=3
    )
    known = row.answered_by or next(iter(departments), "")
    values = {"by": known, "minute": row.minute, "answer": row.answer}
    return Form([by, minute, answer], "", _("Save as answered"), values)


def reword_form(row: Any) -> Form:
    """Ask for another wording; everybody sees that the moderators changed it."""
    body = Field(
        "body",
        _("Question"),
        FieldKind.TEXTAREA,
        required=True,
        max_length=wording.LONGEST,
        rows=3,
        help=_("Everybody sees that the moderators changed it; whoever asked can read the earlier wording."),
    )
    seen = Field("seen", "", FieldKind.HIDDEN, max_length=wording.LONGEST)
    return Form([body, seen], "", _("Save the wording"), {"body": row.body, "seen": row.body})


def departments(session: Scope, room_id: int) -> list[str]:
    """Give who answered in a room before, the last one first; one statement."""
    used = (Question.room_id == room_id, Question.answered_by != "")
    query = select(Question.answered_by).where(*used).order_by(Question.answered_at.desc()).limit(50)
    return list(dict.fromkeys(session.scalars(query)))


def _named(row: Any) -> str:
    text = shorten(row.body, TITLE)
    if row.state == QuestionState.ANSWERED:
        return dgettext("chat", "#%(number)s %(text)s (answered)", number=row.number, text=text)
    return f"#{row.number} {text}"
