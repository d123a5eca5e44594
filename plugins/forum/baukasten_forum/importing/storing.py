"""Storing a sorted dump, a batch a transaction; safe to stop, to run again, to run twice."""

import datetime as dt
import io
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import ContentRef, ModuleRef, Visibility
from baukasten.sdk import SANITISER_VERSION, Invalid, Scope, add_media, clock, record, shorten, slug
from baukasten_forum import recount
from baukasten_forum.importing import rendering, subjects, texts
from baukasten_forum.importing.contributions import index_later
from baukasten_forum.importing.staging import Staging
from baukasten_forum.keys import POST_TYPE, TopicState, Via
from baukasten_forum.models import Permalink, Post, Topic
from baukasten_forum.service import MAX_TITLE, SLUG_FALLBACK

BATCH = 100
MAX_FILES = 20
"""Files of one post; further ones are named in its text."""
UNSYNCED = {"synchronize_session": False}
EARLIEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)


@dataclass(slots=True)
class Progress:
    """How far an import is; what it counts is committed."""

    total: int
    new: int = 0
    present: int = 0
    files: int = 0

    @property
    def done(self) -> int:
        """How many posts are dealt with."""
        return self.new + self.present


@dataclass(slots=True)
class Batch:
    """What one transaction works with; ``origin`` knows the texts and addresses of the system before."""

    session: Scope
    module: ModuleRef
    staging: Staging
    origin: ModuleType
    name: str
    now: dt.datetime
    categories: Mapping[int, int]
    ids: dict[int, int] = field(default_factory=dict)
    """New posts by their old ids."""


def present(session: Scope, module: ModuleRef, staging: Staging, origin: ModuleType) -> int:
    """Count the posts of a sorted dump that are there already; writes nothing."""
    return sum(
        len(_known(session, module, [origin.post_path(row) for row in rows]))
        for rows in _batches(staging, BATCH)
    )


def take_over(
    session: Scope, module: ModuleRef, staging: Staging, origin: ModuleType, name: str, *, batch: int = BATCH
) -> Iterator[Progress]:
    """Store what is not there yet, giving the progress after each committed batch.

    Posts are told apart by their old addresses, so that one that staff moved since is still the same; what an
    earlier run stored is neither changed nor doubled. ``name`` begins the names that posts keep of their origin.
    """
    progress = Progress(staging.count("SELECT count(*) FROM post"))
    categories: Mapping[int, int] | None = None
    for rows in _batches(staging, batch):
        # One import at a time in a forum: the second one finds what the first one stored.
        lock = func.pg_advisory_xact_lock(func.hashtextextended(f"forum import {module.id}", 0))
        session.execute(select(lock))
        known = _known(session, module, [origin.post_path(row) for row in rows])
        wanted = [row for row in rows if origin.post_path(row) not in known]
        if wanted:
            if categories is None:
                categories = subjects.made(session, module, staging)
            work = Batch(session, module, staging, origin, name, clock.now(), categories)
            progress.files += _store(work, wanted)
            index_later(session)
        session.commit()
        progress.new += len(wanted)
        progress.present += len(known)
        yield progress
    _more_paths(session, module, staging, origin)
    counts = {"new": progress.new, "present": progress.present, "files": progress.files}
    record(session, None, "forum.import", f"module:{module.id}", source=name, **counts)
    session.commit()


def _batches(staging: Staging, size: int) -> Iterator[list[sqlite3.Row]]:
    rows = staging.db.execute("SELECT * FROM post ORDER BY place, number, id")
    while batch := rows.fetchmany(size):
        yield batch


def _known(session: Scope, module: ModuleRef, paths: Sequence[str]) -> dict[str, int]:
    query = select(Permalink.path, Permalink.post_id).where(
        Permalink.module_id == module.id, Permalink.path.in_(paths)
    )
    return {row.path: row.post_id for row in session.execute(query)}


def _store(work: Batch, rows: Sequence[sqlite3.Row]) -> int:
    """Store posts that are new, with their topics, addresses and files; gives how many files."""
    topics = _topics(work, {row["topic"] for row in rows})
    parents = {row["reply_to"] for row in rows if row["reply_to"]}
    earlier = _by_old_id(work, parents - {row["id"] for row in rows})
    values = [_post(work, row, topics[row["topic"]], earlier) for row in rows]
    stored = work.session.scalars(plain_insert(Post).returning(Post.id, sort_by_parameter_order=True), values)
    work.ids = dict(zip((row["id"] for row in rows), stored.all(), strict=True))
    _link_parents(work, rows)
    _permalinks(work, rows)
    failed = {row["id"]: _files(work, row["id"]) for row in rows if not row["gone"]}
    _write(work, rows, {post: names for post, (_count, names) in failed.items()})
    ids = sorted(set(topics.values()))
    numbers = select(func.max(Post.number) + 1).where(Post.topic_id == Topic.id).scalar_subquery()
    next_number = func.greatest(Topic.next_number, numbers)
    counted = update(Topic).where(Topic.id.in_(ids)).values(next_number=next_number)
    work.session.execute(counted, execution_options=UNSYNCED)
    recount.topics(work.session, ids)
    return sum(count for count, _names in failed.values())


def _post(work: Batch, row: sqlite3.Row, topic_id: int, earlier: Mapping[int, int]) -> dict[str, Any]:
    return {
        "tenant_id": work.session.tenant_id,
        "topic_id": topic_id,
        "number": row["number"],
        "byline": "" if row["gone"] else _name(row["author"]),
        "via": Via.IMPORT.value,
        "reply_to": earlier.get(row["reply_to"]),
        "body": "",
        "body_html": "",
        "sanitiser_version": SANITISER_VERSION,
        "visibility": (Visibility.WITHDRAWN if row["gone"] else Visibility.PUBLISHED).value,
        "created_at": _moment(row["created"], work.now),
        "external_id": f"{work.name}:post:{row['id']}",
    }


def _topics(work: Batch, old: set[int]) -> dict[int, int]:
    """Give our ids of topics by their old ones, made where they are missing; they are locked until the commit."""
    names = {f"{work.name}:topic:{number}": number for number in sorted(old)}
    marks = ", ".join("?" * len(old))
    rows = work.staging.db.execute(f"SELECT * FROM topic WHERE id IN ({marks})", sorted(old)).fetchall()
    made = insert(Topic).values([_topic(work, row) for row in rows])
    work.session.execute(
        made.on_conflict_do_nothing(index_elements=["tenant_id", "module_id", "external_id"])
    )
    query = select(Topic.id, Topic.external_id).where(
        Topic.module_id == work.module.id, Topic.external_id.in_(names)
    )
    locked = work.session.execute(query.order_by(Topic.id).with_for_update())
    return {names[row.external_id]: row.id for row in locked}


def _topic(work: Batch, row: sqlite3.Row) -> dict[str, Any]:
    first = "SELECT author, created FROM post WHERE topic = ? AND number = 1 AND NOT gone"
    opening = work.staging.db.execute(first, (row["id"],)).fetchone()
    title = (
        shorten(" ".join((row["title"] or "").replace("\x00", "").split()), MAX_TITLE) or f"Thema {row['id']}"
    )
    created = _moment(row["created"], work.now)
    is_open = row["state"] == TopicState.OPEN
    return {
        "tenant_id": work.session.tenant_id,
        "module_id": work.module.id,
        "category_id": work.categories.get(row["category"]),
        "title": title,
        "slug": slug(title, fallback=SLUG_FALLBACK),
        "byline": _name(opening["author"]) if opening else "",
        "state": row["state"],
        "state_since": None if is_open else work.now,
        "pinned_at": _moment(row["pinned"], work.now) if row["pinned"] else None,
        "created_at": created,
        "last_post_at": created,
        "external_id": f"{work.name}:topic:{row['id']}",
    }


def _link_parents(work: Batch, rows: Sequence[sqlite3.Row]) -> None:
    """Say what posts of this batch reply to where that is in the same batch."""
    for row in rows:
        if row["reply_to"] in work.ids and row["reply_to"] != row["id"]:
            reply = (
                update(Post).where(Post.id == work.ids[row["id"]]).values(reply_to=work.ids[row["reply_to"]])
            )
            work.session.execute(reply, execution_options=UNSYNCED)


def _permalinks(work: Batch, rows: Sequence[sqlite3.Row]) -> None:
    values = [
        {
            "tenant_id": work.session.tenant_id,
            "module_id": work.module.id,
            "path": path,
            "post_id": work.ids[row["id"]],
        }
        for row in rows
        for path in (work.origin.post_path(row), *work.origin.more_paths(row))
    ]
    made = insert(Permalink).on_conflict_do_nothing(index_elements=["tenant_id", "module_id", "path"])
    work.session.execute(made, values)


def _files(work: Batch, old_id: int) -> tuple[int, list[str]]:
    """Store the files of a post; gives how many, and the names of those that cannot be taken."""
    query = "SELECT * FROM file WHERE post = ? ORDER BY position"
    taken, failed = 0, []
    for row in work.staging.db.execute(query, (old_id,)).fetchall():
        name = row["name"] or "Datei"
        reason = "there are more than 20 files" if taken >= MAX_FILES else ""
        if not row["stored"]:
            reason = "the file is not in the backup"
        if not reason:
            reason = _file(work, work.ids[old_id], row, name)
        if reason:
            failed.append(name)
            work.staging.report.note(f"{work.name}:post:{old_id}", f"{name}: {reason}")
        taken += not reason
    return taken, failed


def _file(work: Batch, post_id: int, row: sqlite3.Row, name: str) -> str:
    """Store a file; gives why it cannot be."""
    content = ContentRef(POST_TYPE, post_id)
    try:
        data = Path(row["stored"]).read_bytes()
        add_media(work.session, content, name, io.BytesIO(data), alt=row["note"] or name)
    except Invalid as error:
        return "; ".join(str(message) for message in error.errors.values()) or str(error)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _write(work: Batch, rows: Sequence[sqlite3.Row], failed: Mapping[int, Sequence[str]]) -> None:
    """Write the texts, now that the posts they quote have their numbers."""
    bodies = {
        row["id"]: work.origin.text(row) + texts.not_taken(failed.get(row["id"], ()))
        for row in rows
        if not row["gone"]
    }
    quoted = rendering.sources(
        work.session, work.module, [path for body in bodies.values() for path in texts.marked(body)]
    )
    values = []
    for old_id, body in bodies.items():
        text = texts.resolved(body, quoted.line).strip() or "…"
        html = rendering.safe(text, quoted.pointing)
        values.append(
            {"id": work.ids[old_id], "tenant_id": work.session.tenant_id, "body": text, "body_html": html}
        )
    if values:
        work.session.execute(update(Post), values)


def _by_old_id(work: Batch, old: set[int]) -> dict[int, int]:
    paths = {work.origin.post_path({"id": number}): number for number in old}
    return {paths[path]: post for path, post in _known(work.session, work.module, list(paths)).items()}


def _more_paths(session: Scope, module: ModuleRef, staging: Staging, origin: ModuleType) -> None:
    """Store the addresses that a town gave its posts by itself in the system before."""
    rows = staging.db.execute("SELECT path, post FROM old_path WHERE post IN (SELECT id FROM post)")
    while batch := rows.fetchmany(BATCH):
        posts = _known(session, module, [origin.post_path({"id": row["post"]}) for row in batch])
        for row in batch:
            post_id = posts.get(origin.post_path({"id": row["post"]}))
            if post_id is not None and row["path"] not in {"", "/"}:
                values = {
                    "tenant_id": session.tenant_id,
                    "module_id": module.id,
                    "path": row["path"],
                    "post_id": post_id,
                }
                made = insert(Permalink).values(values)
                session.execute(
                    made.on_conflict_do_nothing(index_elements=["tenant_id", "module_id", "path"])
                )
        session.commit()


def _moment(seconds: object, now: dt.datetime) -> dt.datetime:
    """Give a moment of the system before; one that cannot be is put where it could be."""
    if not isinstance(seconds, int) or abs(seconds) > now.timestamp():
        return now
    return max(EARLIEST, dt.datetime.fromtimestamp(seconds, dt.UTC))


def _name(author: str) -> str:
    return shorten(" ".join(author.split()), 60)
