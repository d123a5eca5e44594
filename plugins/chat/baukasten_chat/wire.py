"""What a client gets to know: rows as plain values, the same over sockets, as JSON and in the first page."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import RowMapping, Select, func, select
from sqlalchemy.orm import Session, aliased

from baukasten.plugin import Visibility
from baukasten.sdk import MEMBERS, Scope, clock, ring, translator
from baukasten_chat.keys import ROOM, QuestionState
from baukasten_chat.models import SHOWN, Message, Question

AnySelect = Select[*tuple[Any, ...]]
QUOTED = 80
"""Characters of a message that stand above a reply to it."""
_answered = aliased(Message)
_writer = MEMBERS.alias("writer")


def messages(condition: Any) -> AnySelect:
    """Give the query of messages as ``message`` reads them; one statement with names and what they reply to."""
    return _messages().where(condition)


@cache
def _messages() -> AnySelect:
    columns = (
        Message.id, Message.number, Message.version, Message.kind, Message.body_html, Message.visibility,
        Message.edits, Message.staff_edited, Message.reactions, Message.published_at, Message.created_at,
        Message.author_id, Message.nonce,
    )  # fmt: skip
    return (
        select(
            *columns,
            MEMBERS.c.display_name.label("author"),
            _answered.number.label("answered_number"),
            _answered.body.label("answered_body"),
            _answered.visibility.label("answered_visibility"),
            _writer.c.display_name.label("answered_author"),
        )
        .outerjoin(MEMBERS, MEMBERS.c.id == Message.author_id)
        .outerjoin(_answered, _answered.id == Message.reply_to)
        .outerjoin(_writer, _writer.c.id == _answered.author_id)
    )


def questions(condition: Any) -> AnySelect:
    """Give the query of questions as ``question`` reads them; one statement with names."""
    target, source = aliased(Question), aliased(Question)
    merged = select(func.count()).select_from(source).where(source.merged_into == Question.id)
    columns = (
        Question.id, Question.number, Question.version, Question.body_html, Question.visibility, Question.state,
        Question.anonymous, Question.first, Question.early, Question.votes, Question.answered_at,
        Question.answered_by, Question.minute, Question.answer_html, Question.edits, Question.staff_edited,
        Question.published_at, Question.created_at, Question.author_id, Question.nonce, Question.live_at,
        Question.continued_path,
    )  # fmt: skip
    return (
        select(
            *columns,
            MEMBERS.c.display_name.label("author"),
            target.number.label("into"),
            merged.correlate(Question).scalar_subquery().label("merged"),
        )
        .outerjoin(MEMBERS, MEMBERS.c.id == Question.author_id)
        .outerjoin(target, target.id == Question.merged_into)
        .where(condition)
    )


def message(row: RowMapping | Any, rule: str = "") -> dict[str, Any]:
    """Give a message as everybody may know it; of what is out of view only its place and the rule it broke."""
    shown = row.visibility in SHOWN
    told: dict[str, Any] = {"number": row.number, "version": row.version, "at": moment(row.published_at)}
    if not shown:
        return {**told, "gone": gone(row.visibility), "rule": rule}
    told |= {
        "kind": row.kind,
        "author": row.author or "",
        "html": row.body_html,
        "folded": row.visibility == Visibility.FOLDED,
        "edited": bool(row.edits),
        "by_staff": row.staff_edited,
        "reactions": row.reactions,
        "nonce": row.nonce or "",
    }
    # What is folded is one click away there, and in no quote.
    if row.answered_number is not None and row.answered_visibility == Visibility.PUBLISHED:
        body = " ".join(row.answered_body.split())
        told["reply"] = {
            "number": row.answered_number,
            "author": row.answered_author or "",
            "text": body if len(body) <= QUOTED else body[: QUOTED - 1] + "…",
        }
    return told


def question(row: RowMapping | Any, rule: str = "") -> dict[str, Any]:
    """Give a question as everybody may know it; who asked without a name stays unnamed."""
    told: dict[str, Any] = {"number": row.number, "version": row.version, "at": moment(row.published_at)}
    if row.visibility not in SHOWN:
        return {**told, "gone": gone(row.visibility), "rule": rule}
    told |= {
        "state": row.state,
        "author": "" if row.anonymous else row.author or "",
        "anonymous": row.anonymous,
        "html": row.body_html,
        "first": row.first,
        "early": row.early,
        "votes": row.votes,
        "edited": bool(row.edits),
        "by_staff": row.staff_edited,
        "into": row.into,
        "merged": row.merged,
        "folded": row.visibility == Visibility.FOLDED,
        "live_at": moment(row.live_at),
        "continued": row.continued_path,
    }
    if row.state in (QuestionState.ANSWERED, QuestionState.ARCHIVED) and row.answered_at is not None:
        told["answer"] = {
            "at": moment(row.answered_at),
            "by": row.answered_by,
            "minute": row.minute,
            "html": row.answer_html,
        }
    return told


def gone(visibility: str) -> str:
    """Say why only the place of something is left: ``withdrawn``, ``removed``, ``checked`` or ``hidden``."""
    words = {Visibility.WITHDRAWN: "withdrawn", Visibility.REMOVED: "removed", Visibility.HELD: "checked"}
    return words.get(Visibility(visibility), "hidden")


def moment(at: dt.datetime | None) -> str:
    """Write a moment as browsers read it, in UTC; empty for none."""
    return "" if at is None else at.astimezone(dt.UTC).isoformat(timespec="milliseconds")


def when(written: str) -> str:
    """Put what ``moment`` wrote into words: the time of a moment of today, else its day as well."""
    if not written:
        return ""
    speaker, at = translator(), dt.datetime.fromisoformat(written)
    local = speaker.formats.local
    same_day = local(at).date() == local(clock.now()).date()
    return speaker.time(at) if same_day else speaker.datetime(at)


def tell(
    session: Scope,
    room_id: int,
    version: int,
    *,
    messages: Sequence[Mapping[str, Any]] = (),
    questions: Sequence[Mapping[str, Any]] = (),
    **more: Any,
) -> None:
    """Ring what changed to everybody in a room, after the transaction; ``more`` are facts of the room itself."""
    told: dict[str, Any] = {"version": version, **more}
    if messages:
        told["messages"] = list(messages)
    if questions:
        told["questions"] = list(questions)
    ring(session, ROOM, room_id, told)


def tell_messages(session: Scope, room_id: int, version: int, ids: Iterable[int], rule: str = "") -> None:
    """Ring messages as they are now; one statement."""
    rows = session.execute(messages(Message.id.in_(list(ids))).order_by(Message.number)).all()
    tell(session, room_id, version, messages=[message(row, rule) for row in rows if row.number is not None])


def tell_questions(session: Session, room_id: int, version: int, ids: Iterable[int], **more: Any) -> None:
    """Ring questions as they are now; one statement."""
    rows = session.execute(questions(Question.id.in_(list(ids))).order_by(Question.number)).all()
    told = [question(row) for row in rows if row.number is not None]
    tell(session, room_id, version, questions=told, **more)  # type: ignore[arg-type]
