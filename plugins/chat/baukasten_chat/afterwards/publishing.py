"""Publishing a transcript: for good, with or without names; people go on in a forum, open questions get a date."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from baukasten.plugin import Handover, MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    Invalid,
    SafeHtml,
    Scope,
    clock,
    dgettext,
    enqueue,
    hand_over,
    plain,
    record,
    require,
    translator,
)
from baukasten_chat import rooms, wire
from baukasten_chat.afterwards import leaving, redacting, telling
from baukasten_chat.keys import PUBLISH, QuestionState, TranscriptState
from baukasten_chat.models import SHOWN, Line, Question, Transcript

_ = lazy("chat")
PAPER_JOB = "chat.transcript.paper"
UNSYNCED = {"synchronize_session": False}
LONGEST_TOPIC = 12_000
"""Characters of the answered questions in a forum's topic; the transcript itself has all of them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How staff publishes."""

    names: bool = False
    """Whether people keep the names under which they spoke."""
    forum_id: int | None = None
    """The module in which people go on; nothing for none."""
    due_on: dt.date | None = None
    """When the town answers there what the hour had no time for; nothing leaves those questions where they are."""
    department: str = ""


def publish(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    transcript_id: int,
    choice: Choice,
    address: str = "",
) -> None:
    """Publish a draft, which will have this full address; in one transaction with what it begins elsewhere.

    Raises NotFound, Denied, Conflict for a published one, and Invalid for a date without a department or in the past.
    """
    require(session, actor, PUBLISH, module)
    _check(choice)
    row = redacting.lock(session, module, transcript_id)
    # Held, so that nothing leaves view between the look at it and its publication.
    rooms.lock(session, row.room_id)
    leaving.take_out(session, row)
    leaving.reword(session, row)
    if not choice.names:
        _forget_names(session, transcript_id)
    shown = update(Transcript).where(Transcript.id == transcript_id)
    values: dict[str, Any] = {
        "state": TranscriptState.PUBLISHED,
        "published_at": clock.now(),
        "names": choice.names,
    }
    session.execute(shown.values(values), execution_options=UNSYNCED)
    continued = _hand_over(session, actor, module, row, choice, address) if choice.forum_id else 0
    enqueue(session, PAPER_JOB, transcript_id=transcript_id)
    record(
        session, actor, "chat.transcript.publish", f"chat.transcript:{transcript_id}",
        names=choice.names, questions=continued,
    )  # fmt: skip


def open_questions(session: Scope, room_id: int) -> Sequence[Any]:
    """Give the questions in view that nobody answered and that go on nowhere yet, the most wanted first."""
    waiting = (QuestionState.OPEN.value, QuestionState.LIVE.value)
    query = select(Question.id, Question.number, Question.body, Question.body_html, Question.votes).where(
        Question.room_id == room_id,
        Question.visibility.in_(SHOWN),
        Question.state.in_(waiting),
        Question.continued_path == "",
    )
    return session.execute(query.order_by(Question.votes.desc(), Question.number).limit(200)).all()


def _check(choice: Choice) -> None:
    if choice.due_on is None:
        return
    if choice.forum_id is None:
        raise Invalid({"forum": _("Choose where the open questions are answered.")})
    if choice.due_on < clock.now().date():
        raise Invalid({"due_on": _("Choose a day that is still to come.")})
    if not choice.department.strip():
        raise Invalid({"department": _("Say who answers the open questions.")})


def _forget_names(session: Scope, transcript_id: int) -> None:
    """Keep who is the same person within the transcript, and nothing that says which one."""
    people = (Line.transcript_id == transcript_id, Line.kind.in_(("message", "question")))
    texts = session.execute(select(Line.id, Line.body_html, Line.name, Line.person).where(*people)).all()
    known = {row.name: row.person for row in texts if row.name and row.person}
    for row in texts:
        changed = telling.nameless(row.body_html, known)
        if changed != row.body_html:
            one = update(Line).where(Line.id == row.id).values(body_html=changed)
            session.execute(one, execution_options=UNSYNCED)
    emptied = update(Line).where(*people).values(name="", author_id=None)
    session.execute(emptied, execution_options=UNSYNCED)


def _hand_over(
    session: Scope, actor: MemberRef, module: ModuleRef, row: Any, choice: Choice, address: str
) -> int:
    """Let a forum go on with the evening and with each open question; gives how many those were."""
    forum = choice.forum_id or 0
    day = translator().date(row.since)
    source = dgettext("chat", "%(room)s, %(day)s", room=module.title, day=day)
    told = telling.lines(session, row)
    topic = Handover(row.title, _summary(told, address), source)
    path = hand_over(session, actor, module, forum, topic)
    session.execute(
        update(Transcript).where(Transcript.id == row.id).values(topic_path=path), execution_options=UNSYNCED
    )
    if choice.due_on is None:
        return 0
    waiting = open_questions(session, row.room_id)
    for one in waiting:
        asked = Handover(
            " ".join(one.body.split()), _flat(SafeHtml(one.body_html)), source,
            is_question=True, due_on=choice.due_on, department=choice.department.strip(),
        )  # fmt: skip
        where = hand_over(session, actor, module, forum, asked)
        version = rooms.advance(session, row.room_id).version
        session.execute(
            update(Question).where(Question.id == one.id).values(continued_path=where, version=version),
            execution_options=UNSYNCED,
        )
        wire.tell_questions(session, row.room_id, version, [one.id])
    return len(waiting)


def _summary(told: Sequence[telling.Told], address: str) -> str:
    """Write what was answered, and where all of it stands, as Markdown."""
    where = dgettext("chat", "All that was said is in the transcript: %(address)s", address=address)
    parts = [where]
    for one in telling.answered(told):
        minute = dgettext("chat", ", minute %(minute)s", minute=one.minute) if one.minute is not None else ""
        part = f"**{_flat(one.question)}**\n{one.by}{minute}: {_flat(one.answer)}"
        if sum(map(len, parts)) + len(part) > LONGEST_TOPIC:
            break
        parts.append(part)
    return "\n\n".join(parts)


def _flat(text: SafeHtml) -> str:
    """Give words on one line, with what Markdown would take for marks made harmless."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|~" else sign for sign in " ".join(plain(text).split()))
