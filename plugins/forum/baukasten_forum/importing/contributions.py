"""Taking contributions over from elsewhere, a batch a transaction; safe to stop, to run again, to run twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import insert as plain_insert
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import ModuleRef, Visibility
from baukasten.sdk import (
    SANITISER_VERSION,
    Invalid,
    NotFound,
    SafeHtml,
    Scope,
    clock,
    enqueue,
    find_project,
    module_at,
    modules,
    normalise,
    record,
    render_markdown,
    shorten,
    slug,
    title_of,
)
from baukasten_forum.importing.table import Entry, Refused
from baukasten_forum.keys import KIND
from baukasten_forum.models import Post, Topic
from baukasten_forum.posts import is_web_address
from baukasten_forum.service import MAX_TITLE, SLUG_FALLBACK

BATCH = 100
INDEX_LATER = timedelta(minutes=1)
"""The search is made anew once for the whole import, not once a batch."""


@dataclass(slots=True)
class Outcome:
    """What became of the rows so far; what it counts as new is committed."""

    new: int = 0
    present: int = 0
    refused: list[Refused] = field(default_factory=list)
    no_address: list[Entry] = field(default_factory=list)
    """Rows whose source is no web address; taken all the same, and shown as text."""

    @property
    def done(self) -> int:
        """How many rows are dealt with."""
        return self.new + self.present + len(self.refused)


def find_forum(session: Scope, address: str) -> ModuleRef:
    """Give the forum at ``<project>/<module>``, or ``<module>`` for one on the site.

    Raises NotFound with a sentence that names what is there instead.
    """
    project_slug, _slash, module_slug = address.strip("/").rpartition("/")
    project_id = None
    if project_slug:
        project = find_project(session, project_slug)
        if project is None:
            raise NotFound(f"The town has no project {project_slug}.")
        project_id = project.id
    placement = module_at(session, project_slug or None, module_slug)
    if placement is not None and placement.module.kind == KIND:
        return placement.module
    there = [
        f"{project_slug}/{one.slug}".lstrip("/") for one in modules(session, project_id) if one.kind == KIND
    ]
    what = f"{address} is no forum." if placement is not None else f"There is no module {address}."
    raise NotFound(f"{what} Forums there: {', '.join(there) or 'none'}.")


def take_over(
    session: Scope, module: ModuleRef, rows: Sequence[Entry | Refused], *, batch: int = BATCH
) -> Iterator[Outcome]:
    """Store what is not there yet, giving the outcome so far after each committed batch.

    Rows are told apart by ``external_id``; what an earlier run stored is neither changed nor doubled.
    """
    outcome = Outcome()
    for start in range(0, len(rows), batch):
        part = rows[start : start + batch]
        outcome.refused += [row for row in part if isinstance(row, Refused)]
        _store(session, module, [row for row in part if isinstance(row, Entry)], outcome)
        session.commit()
        yield outcome
    counts = {"new": outcome.new, "present": outcome.present, "refused": len(outcome.refused)}
    record(session, None, "forum.import", f"module:{module.id}", **counts)
    session.commit()


def _store(session: Scope, module: ModuleRef, entries: Sequence[Entry], outcome: Outcome) -> None:
    ids = [entry.external_id for entry in entries]
    known = select(Topic.external_id).where(Topic.module_id == module.id, Topic.external_id.in_(ids))
    present = set(session.scalars(known))
    wanted = {}
    for entry in entries:
        if not is_web_address(entry.source_url):
            outcome.no_address.append(entry)
        if entry.external_id in present:
            outcome.present += 1
            continue
        try:
            wanted[entry.external_id] = (entry, render_markdown(normalise(entry.body)))
        except Invalid as error:
            outcome.refused.append(Refused(entry.line, error.message, entry.external_id))
    stored = _insert(session, module, wanted)
    outcome.new += stored
    # Another import of the same file may have been faster; its rows count as present.
    outcome.present += len(wanted) - stored
    if stored:
        index_later(session)


def index_later(session: Scope) -> None:
    """Let the search be made anew once the import is over."""
    enqueue(
        session,
        "search.rebuild",
        queueing_lock=f"search.rebuild {session.tenant_id}",
        schedule_at=clock.now() + INDEX_LATER,
    )


def _insert(session: Scope, module: ModuleRef, wanted: dict[str, tuple[Entry, SafeHtml]]) -> int:
    if not wanted:
        return 0
    now = clock.now()
    topics = insert(Topic).values(
        [_topic(session, module, entry, html, now) for entry, html in wanted.values()]
    )
    topics = topics.on_conflict_do_nothing(index_elements=["tenant_id", "module_id", "external_id"])
    stored = session.execute(topics.returning(Topic.id, Topic.external_id)).all()
    posts = [
        {
            "tenant_id": session.tenant_id,
            "topic_id": row.id,
            "number": 1,
            "body": normalise(wanted[row.external_id][0].body),
            "body_html": str(wanted[row.external_id][1]),
            "sanitiser_version": SANITISER_VERSION,
            "visibility": Visibility.PUBLISHED.value,
            "created_at": now,
        }
        for row in stored
    ]
    if posts:
        session.execute(plain_insert(Post), posts)
    return len(stored)


def _topic(session: Scope, module: ModuleRef, entry: Entry, html: SafeHtml, now: object) -> dict[str, object]:
    title = (
        entry.title
        or title_of(html, max_length=MAX_TITLE)
        or shorten(" ".join(entry.body.split()), MAX_TITLE)
    )
    return {
        "tenant_id": session.tenant_id,
        "module_id": module.id,
        "title": title,
        "slug": slug(title, fallback=SLUG_FALLBACK),
        "next_number": 2,
        "last_number": 1,
        "created_at": now,
        "last_post_at": now,
        "external_id": entry.external_id,
        "source_url": entry.source_url,
    }
