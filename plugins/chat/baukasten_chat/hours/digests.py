"""What live rooms tell in summaries: hours that are coming, and transcripts of those that were."""

from collections.abc import Collection, Iterable
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session

from baukasten.plugin import DigestItem, DigestKind, DigestSource, DigestStretch, ModuleRef, lazy, numbered
from baukasten.sdk import Scope, clock, dgettext, module_path, modules_by_id
from baukasten_chat.hours import rules, wording
from baukasten_chat.keys import KIND, TranscriptState
from baukasten_chat.models import Room, Transcript, Window

_ = lazy("chat")
KEY = "chat.news"
AnySelect = Select[*tuple[Any, ...]]
SHOWN = (Transcript.state == TranscriptState.PUBLISHED.value, Transcript.published_at.is_not(None))


def items(session: Session, stretch: DigestStretch) -> list[DigestItem]:
    """Give the hours that begin in a stretch, and the transcripts published in it; three statements."""
    coming = _hours(Window.opens_at < stretch.until).order_by(Window.opens_at, Window.id)
    said = _said(Transcript.published_at >= stretch.since).order_by(Transcript.published_at.desc())
    rows = [*session.execute(coming.limit(stretch.limit)), *session.execute(said.limit(stretch.limit))]
    return [item for item in _items(session, rows) if stretch.wants(item.project)]


def find(session: Session, keys: Collection[str]) -> list[DigestItem]:
    """Give those of these items that everybody may read now; at most three statements."""
    hours, transcripts = numbered(keys, f"{KEY}:hour"), numbered(keys, f"{KEY}:transcript")
    rows = [
        *(session.execute(_hours(Window.id.in_(hours))) if hours else ()),
        *(session.execute(_said(Transcript.id.in_(transcripts))) if transcripts else ()),
    ]
    return [item for item in _items(session, rows) if item.key in keys]


def _hours(*conditions: ColumnElement[bool]) -> AnySelect:
    """Give the statement of hours to come; one that was called off is none."""
    closes = rules.ends_at().label("closes_at")
    columns = (Window.id, Window.title, Window.opens_at, Window.created_at, closes)
    query: AnySelect = select(*columns, Room.module_id).join(Room, Room.id == Window.room_id)
    return query.where(Window.opens_at > clock.now(), Window.cancelled_at.is_(None), *conditions)


def _said(*conditions: ColumnElement[bool]) -> AnySelect:
    columns = (Transcript.id, Transcript.title, Transcript.published_at, Room.module_id)
    return select(*columns).join(Room, Room.id == Transcript.room_id).where(*SHOWN, *conditions)


def _items(session: Session, rows: Iterable[Row[Any]]) -> list[DigestItem]:
    found = list(rows)
    modules = modules_by_id(session, {row.module_id for row in found})
    public = {key: one for key, one in modules.items() if one.kind == KIND and one.public}
    scope = cast("Scope", session)
    return [
        _hour(scope, public[row.module_id], row)
        if "opens_at" in row._fields
        else _transcript(scope, public[row.module_id], row)
        for row in found
        if row.module_id in public
    ]


def _hour(session: Scope, room: ModuleRef, row: Row[Any]) -> DigestItem:
    return DigestItem(
        # An hour that was moved is told again.
        key=f"{KEY}:hour:{row.id}:{int(row.opens_at.timestamp())}",
        kind=DigestKind.COMING,
        title=row.title or room.title,
        path=module_path(session.contract, room, "index"),
        at=row.created_at,
        summary=wording.stretch(row.opens_at, row.closes_at),
        place=room.title,
        project=room.project,
        due=row.opens_at,
    )


def _transcript(session: Scope, room: ModuleRef, row: Row[Any]) -> DigestItem:
    return DigestItem(
        key=f"{KEY}:transcript:{row.id}",
        kind=DigestKind.NEW,
        title=row.title,
        path=module_path(session.contract, room, "transcript", transcript_id=row.id),
        at=row.published_at,
        summary=dgettext("chat", "The transcript is there to read."),
        place=room.title,
        project=room.project,
    )


SOURCES = [DigestSource(KEY, _("New in the live rooms"), items, find)]
