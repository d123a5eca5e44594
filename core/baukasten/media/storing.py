"""Bringing files in and taking them away: what the table says and what lies in the store stay together."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from typing import IO, Any

from sqlalchemy import delete, event, func, select
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.sql.elements import ColumnElement

from baukasten import clock
from baukasten.content import apart, papers, pictures
from baukasten.db.session import Scope
from baukasten.errors import TooMany
from baukasten.jobs.queue import enqueue
from baukasten.media import names
from baukasten.media.models import Media, MediaKind
from baukasten.plugin.declarations import Storage
from baukasten.plugin.refs import MediaRef, MemberRef
from baukasten.plugin.text import lazy
from baukasten.tenants.files import files_of, new_name

_ = lazy("core")

MAX_BYTES = max(pictures.MAX_BYTES, papers.MAX_BYTES)
LOOSE_DAYS = 7
MAX_LOOSE, MAX_A_DAY = 40, 200
"""Uploads of one person that no contribution has taken yet, and all of one day."""
DAY = dt.timedelta(days=1)
REMOVE_FILES = "media.remove_files"
UNSURE = "baukasten.media.unsure"


def store_upload(session: Scope, actor: MemberRef, file_name: str, stream: IO[bytes]) -> MediaRef:
    """Store what somebody uploads, made anew; it is theirs alone until ``attach``, and gone after a week without.

    The kind is decided by content. Raises Invalid for ``files`` (kind, size, broken), TooMany, and Unavailable
    where the store does not answer. Whether the actor may write here at all is for the caller to ask.
    """
    _refuse_flood(session, actor)
    row = store(session, actor, file_name, stream)
    session.flush()
    return names.ref(row)


def store(session: Scope, actor: MemberRef | None, file_name: str, stream: IO[bytes]) -> Media:
    """Store a file and give its row, which the caller flushes; raises Invalid and Unavailable as ``store_upload``."""
    data = stream.read(MAX_BYTES + 1)
    row = _picture(session, data) if pictures.is_picture(data[:16]) else _paper(session, data, file_name)
    row.uploader_id = actor.id if actor else None
    row.name = names.clean_name(file_name, row.stored_as.rpartition(".")[2])
    session.add(row)
    return row


def remove(session: Scope, *which: ColumnElement[bool]) -> int:
    """Delete uploads now and their files once that is committed; gives how many. Pages that showed them get stale."""
    columns = (Media.stored_as, Media.stored_small, Media.content_id)
    rows = session.execute(delete(Media).where(*which).returning(*columns)).all()
    gone = [name for row in rows for name in (row.stored_as, row.stored_small) if name]
    if gone:
        enqueue(session, REMOVE_FILES, names=gone)
    session.written = session.written or any(row.content_id is not None for row in rows)
    return len(rows)


def remove_files(session: Scope, *, names: Sequence[str], **_values: Any) -> None:
    """Delete files whose rows are gone; safe to run again."""
    store = files_of(session)
    for name in names:
        store.delete(name)


def remove_loose(session: Scope, **_values: Any) -> None:
    """Delete what nobody attached to a contribution within a week."""
    remove(session, Media.content_id.is_(None), Media.created_at < clock.now() - LOOSE_DAYS * DAY)


def _picture(session: Scope, data: bytes) -> Media:
    made = apart.rework(data)
    large, small = _write(session, [made.large, made.small], pictures.SUFFIX)
    return Media(
        kind=MediaKind.PICTURE,
        media_type=pictures.MEDIA_TYPE,
        bytes=len(made.large),
        width=made.width,
        height=made.height,
        sha256=hashlib.sha256(made.large).hexdigest(),
        stored_as=large,
        stored_small=small,
        created_at=clock.now(),
    )


def _paper(session: Scope, data: bytes, file_name: str) -> Media:
    made = apart.clean(data, is_table=file_name.lower().endswith(".csv"))
    (name,) = _write(session, [made.data], made.suffix)
    return Media(
        kind=MediaKind.PAPER,
        media_type=made.media_type,
        bytes=len(made.data),
        sha256=hashlib.sha256(made.data).hexdigest(),
        stored_as=name,
        created_at=clock.now(),
    )


def _write(session: Scope, parts: Iterable[bytes], suffix: str) -> list[str]:
    """Store files under fresh names; they go again unless the transaction is committed."""
    store, written = files_of(session), []
    unsure: list[tuple[Storage, str]] = session.info.setdefault(UNSURE, [])
    for part in parts:
        name = new_name(suffix)
        unsure.append((store, name))
        store.write(name, part)
        written.append(name)
    return written


def _refuse_flood(session: Scope, actor: MemberRef) -> None:
    lately = Media.created_at > clock.now() - DAY
    query = select(
        func.count().filter(Media.content_id.is_(None)).label("loose"),
        func.count().filter(lately).label("today"),
    ).where(Media.uploader_id == actor.id)
    counted = session.execute(query).one()
    if counted.loose >= MAX_LOOSE or counted.today >= MAX_A_DAY:
        raise TooMany(
            3600, _("You uploaded a great many files. Please send what you have, or wait for a day.")
        )


@event.listens_for(Scope, "after_commit")
def _keep_files(session: Scope) -> None:
    if not session.in_nested_transaction():
        session.info.pop(UNSURE, None)


@event.listens_for(Scope, "after_transaction_end")
def _drop_files(session: Scope, transaction: SessionTransaction) -> None:
    """Delete files whose rows were never committed."""
    if transaction.parent is None:
        for store, name in session.info.pop(UNSURE, ()):
            store.delete(name)
