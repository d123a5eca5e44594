"""Filling a room from a portable description: openings, what was said and asked, and the transcript of it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import ContentRef, ModuleRef, Visibility
from baukasten.sdk import Scope, render_line, render_markdown
from baukasten_chat import rooms
from baukasten_chat.afterwards import making, publishing
from baukasten_chat.keys import MESSAGE_TYPE, QUESTION_TYPE, MessageKind, QuestionState
from baukasten_chat.models import Message, Question, Room, Speaker, Vote, Window

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
UNSYNCED = {"synchronize_session": False}


def load(session: Session, module: ModuleRef, content: Mapping[str, Any]) -> Mapping[str, ContentRef]:
    """Store ``windows``, ``messages``, ``questions``, ``speakers``, ``announcement`` and ``transcript`` (a title).

    A window has ``opens`` (hours from now, below zero in the past) and ``hours``; it may have ``title`` and ``lobby``
    (days before). A message has ``by``, ``text`` and ``minutes`` (ago); it may have ``town`` and ``to`` (its number).
    A question has ``by``, ``text`` and ``minutes``; it may have ``votes`` (how many of the members), ``anonymous``,
    ``early``, ``first``, ``held``, ``live``, and what makes it answered: ``answered`` (minutes ago), ``department``,
    ``answer``, ``minute``. A speaker has ``by`` and ``about``.
    """
    scope = cast("Scope", session)
    room_id, now = rooms.of_module(session, module).id, content["now"]
    for entry in content.get("windows", ()):
        session.add(_window(room_id, entry, now))
    found = _messages(scope, room_id, content)
    found |= _questions(scope, room_id, content)
    for position, entry in enumerate(content.get("speakers", ())):
        about = {"about": entry.get("about", ""), "first": entry.get("first", False), "position": position}
        session.add(Speaker(room_id=room_id, member_id=content["members"][entry["by"]], **about))
    session.flush()
    _announce(session, room_id, content)
    if "transcript" in content:
        _transcribe(scope, module, content)
    return found


def _window(room_id: int, entry: Mapping[str, Any], now: dt.datetime) -> Window:
    # A quarter of an hour is what people agree on.
    opens = (now + entry["opens"] * HOUR).replace(second=0, microsecond=0)
    opens -= opens.minute % 15 * MINUTE
    return Window(
        room_id=room_id,
        title=entry.get("title", ""),
        lobby_at=opens - dt.timedelta(days=entry.get("lobby", 7)),
        opens_at=opens,
        closes_at=opens + entry["hours"] * HOUR,
        grace_minutes=5,
    )


def _messages(session: Scope, room_id: int, content: Mapping[str, Any]) -> dict[str, ContentRef]:
    entries, members = content.get("messages", ()), content["members"]
    stored: list[int] = []
    for number, entry in enumerate(entries, start=1):
        at = content["now"] - entry["minutes"] * MINUTE
        row = {
            **_words(entry, members, room_id, at),
            "number": number,
            "version": rooms.advance(session, room_id, messages=1).version,
            "kind": MessageKind.TOWN if entry.get("town") else MessageKind.TEXT,
            "visibility": Visibility.PUBLISHED,
            "reply_to": stored[entry["to"] - 1] if "to" in entry else None,
            "published_at": at,
            "tenant_id": session.tenant_id,
        }
        stored.append(session.scalars(insert(Message).returning(Message.id), [row]).one())
    return _named(MESSAGE_TYPE, entries, stored)


def _questions(session: Scope, room_id: int, content: Mapping[str, Any]) -> dict[str, ContentRef]:
    entries, members = content.get("questions", ()), content["members"]
    stored: list[int] = []
    for entry in entries:
        at = content["now"] - entry["minutes"] * MINUTE
        row = {
            **_words(entry, members, room_id, at),
            **_state(session, room_id, entry, at, content["now"]),
            **{key: entry.get(key, False) for key in ("anonymous", "first", "early")},
            "tenant_id": session.tenant_id,
        }
        number = session.scalars(insert(Question).returning(Question.id), [row]).one()
        stored.append(number)
        _vote(session, number, list(members.values())[: entry.get("votes", 0)])
        if entry.get("live"):
            staged = update(Room).where(Room.id == room_id).values(stage_id=number)
            session.execute(staged, execution_options=UNSYNCED)
    return _named(QUESTION_TYPE, entries, stored)


def _words(
    entry: Mapping[str, Any], members: Mapping[str, int], room_id: int, at: dt.datetime
) -> dict[str, Any]:
    return {
        "room_id": room_id,
        "author_id": members[entry["by"]],
        "body": entry["text"],
        "body_html": str(render_line(entry["text"])),
        "created_at": at,
    }


def _state(
    session: Scope, room_id: int, entry: Mapping[str, Any], at: dt.datetime, now: dt.datetime
) -> dict[str, Any]:
    if entry.get("held"):
        return {"visibility": Visibility.HELD, "state": QuestionState.OPEN}
    place = rooms.advance(session, room_id, questions=1)
    values: dict[str, Any] = {
        "visibility": Visibility.PUBLISHED,
        "state": QuestionState.LIVE if entry.get("live") else QuestionState.OPEN,
        "number": place.question_number,
        "version": place.version,
        "published_at": at,
        "votes": entry.get("votes", 0),
        "live_at": now - MINUTE if entry.get("live") else None,
    }
    if "answered" in entry:
        answered = now - entry["answered"] * MINUTE
        values |= {
            "state": QuestionState.ANSWERED,
            "live_at": answered - 2 * MINUTE,
            "answered_at": answered,
            "answered_by": entry["department"],
            "answer": entry.get("answer", ""),
            "answer_html": str(render_markdown(entry["answer"])) if "answer" in entry else "",
            "minute": entry.get("minute"),
        }
    return values


def _vote(session: Scope, question_id: int, members: Sequence[int]) -> None:
    rows = [{"tenant_id": session.tenant_id, "question_id": question_id, "member_id": one} for one in members]
    if rows:
        session.execute(insert(Vote), rows)


def _named(kind: str, entries: Sequence[Mapping[str, Any]], stored: Sequence[int]) -> dict[str, ContentRef]:
    pairs: Iterator[tuple[Mapping[str, Any], int]] = zip(entries, stored, strict=True)
    return {entry["key"]: ContentRef(kind, number) for entry, number in pairs if "key" in entry}


def _announce(session: Session, room_id: int, content: Mapping[str, Any]) -> None:
    text = content.get("announcement", "")
    if text:
        values = {
            "announcement": text,
            "announcement_html": str(render_line(text)),
            "announced_at": content["now"],
        }
        session.execute(update(Room).where(Room.id == room_id).values(values), execution_options=UNSYNCED)


def _transcribe(session: Scope, module: ModuleRef, content: Mapping[str, Any]) -> None:
    """Publish a transcript of the opening that was over last."""
    room_id = rooms.of_module(session, module).id
    over = (Window.room_id == room_id, Window.closes_at <= content["now"])
    window = session.scalars(select(Window).where(*over).order_by(Window.closes_at.desc()).limit(1)).one()
    staff, stretch = content["staff"], making.Stretch(window.opens_at, window.closes_at, window.id)
    number = making.draft(session, staff, module, content["transcript"], stretch)
    publishing.publish(session, staff, module, number, publishing.Choice())
