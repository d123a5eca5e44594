"""Drafting a transcript: what was said, asked and answered between two moments, in the order in which it was."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, Scope, reasons, record, require
from baukasten_chat import rooms, wire
from baukasten_chat.keys import MESSAGE_TYPE, PUBLISH, QUESTION_TYPE, MessageKind
from baukasten_chat.models import SHOWN, Line, Message, Question, Transcript

_ = lazy("chat")
MAX_TITLE = 150
LONGEST = dt.timedelta(days=31)
"""Of the stretch that one transcript covers."""
MOST_LINES = 5_000
"""A page that everybody opens, and a paper, hold no more; a longer evening is written down in parts."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a transcript covers: from ``since`` on and before ``until``."""

    since: dt.datetime
    until: dt.datetime
    window_id: int | None = None


def draft(session: Scope, actor: MemberRef, module: ModuleRef, title: str, stretch: Stretch) -> int:
    """Draft a transcript and give its number; raises Denied, Invalid, and Conflict where nothing was said."""
    require(session, actor, PUBLISH, module)
    line = " ".join(title.split())
    if not line or len(line) > MAX_TITLE:
        raise Invalid({"title": _("Please give a title of at most 150 characters.")})
    if not dt.timedelta() < stretch.until - stretch.since <= LONGEST:
        raise Invalid({"until": _("A transcript covers 31 days at most and ends after it begins.")})
    room = rooms.of_module(session, module)
    said = sorted(_said(session, room.id, stretch), key=lambda one: (one["at"], one["kind"], one["number"]))
    if not said:
        raise Conflict(_("Nothing was said in this time."))
    if len(said) > MOST_LINES:
        raise Invalid({"until": _("That is too long for one transcript. Choose a shorter time.")})
    made = Transcript(
        room_id=room.id,
        window_id=stretch.window_id,
        title=line,
        since=stretch.since,
        until=stretch.until,
        counts=hidden_counts(said),
        made_by=actor.id,
    )
    session.add(made)
    session.flush()
    session.execute(insert(Line), list(_placed(made, said)))
    record(session, actor, "chat.transcript.draft", f"chat.transcript:{made.id}", lines=len(said))
    return made.id


def hidden_counts(said: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Count what is out of view by the rule that it broke; what people took back themselves counts as nothing."""
    counted = Counter(one["gone"] for one in said if one["gone"] and one["gone"] not in OWN)
    return dict(sorted(counted.items()))


OWN = frozenset({"withdrawn"})


def _said(session: Scope, room_id: int, stretch: Stretch) -> Iterator[dict[str, Any]]:
    inside = (Message.room_id == room_id, Message.number.is_not(None))
    between = (Message.published_at >= stretch.since, Message.published_at < stretch.until)
    messages = session.execute(wire.messages(inside[0]).where(*inside, *between)).all()
    rules = _rules(session, MESSAGE_TYPE, messages)
    for row in messages:
        yield _message(row, rules)
    asked = wire.questions(Question.room_id == room_id).where(Question.number.is_not(None))
    questions = session.execute(asked).all()
    rules = _rules(session, QUESTION_TYPE, questions)
    for row in questions:
        for line in _question(row, rules):
            if stretch.since <= line["at"] < stretch.until:
                yield line


def _rules(session: Scope, kind: str, rows: Sequence[Any]) -> dict[int, str]:
    """Give the rules that contributions out of view broke, by their ids."""
    gone = [row.id for row in rows if row.visibility not in SHOWN]
    found = reasons(session, kind, gone) if gone else {}
    return {number: one.rule for number, one in found.items()}


def _message(row: Any, rules: Mapping[int, str]) -> dict[str, Any]:
    town = row.kind == MessageKind.TOWN
    return {
        "kind": "town" if town else "message",
        "number": row.number,
        "at": row.published_at,
        "minute": None,
        **_words(row, rules, named=not town),
    }


def _question(row: Any, rules: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    asked = {"kind": "question", "number": row.number, "at": row.live_at or row.published_at, "minute": None}
    yield {**asked, **_words(row, rules, named=not row.anonymous)}
    if row.answered_at is not None and row.visibility in SHOWN:
        yield {
            "kind": "answer",
            "number": row.number,
            "at": max(row.answered_at, asked["at"]),
            "minute": row.minute,
            "author_id": None,
            "name": row.answered_by,
            "body_html": row.answer_html,
            "gone": "",
        }


def _words(row: Any, rules: Mapping[int, str], *, named: bool) -> dict[str, Any]:
    """Give who said what; of what is out of view only why, and of people without a public name nobody."""
    shown = row.visibility in SHOWN
    return {
        "author_id": row.author_id if named and shown else None,
        "name": (row.author or "") if named and shown else "",
        "body_html": row.body_html if shown else "",
        "gone": "" if shown else rules.get(row.id) or wire.gone(row.visibility),
    }


def _placed(made: Transcript, said: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Number the lines, and the people among them in the order in which they first spoke."""
    people: dict[int, int] = {}
    for position, line in enumerate(said, start=1):
        author = line["author_id"]
        person = 0 if author is None else people.setdefault(author, len(people) + 1)
        place = {"tenant_id": made.tenant_id, "transcript_id": made.id, "position": position}
        yield {**place, "person": person, **line}


def transcripts(session: Scope, room_id: int, *, drafts: bool) -> Sequence[Any]:
    """Give the transcripts of a room, newest first; drafts only for whoever may see them."""
    query = select(Transcript.__table__).where(Transcript.room_id == room_id)
    if not drafts:
        query = query.where(Transcript.published_at.is_not(None))
    return session.execute(query.order_by(Transcript.since.desc(), Transcript.id.desc()).limit(200)).all()
