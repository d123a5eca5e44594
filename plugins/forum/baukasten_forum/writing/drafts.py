"""Texts that people have not sent yet: kept on the server, one for each thing that somebody writes."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from baukasten.plugin import Job, MemberRef, ModuleRef, Visibility, lazy
from baukasten.sdk import Conflict, Invalid, NotFound, Scope, clock, normalise
from baukasten_forum.models import SHOWN, Plan, Post, Topic
from baukasten_forum.writing.models import SavedDraft

_ = lazy("forum")
NEW = "new"
_KEY = re.compile(r"(reply|edit|plan):([1-9][0-9]{0,17})")
MAX_DRAFTS = 100
"""Of one person in one forum."""
MAX_TITLE, MAX_BODY = 300, 40_000
"""More than can be published, so that what is too long is not lost before somebody shortens it."""
KEPT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Saved:
    """A stored draft."""

    key: str
    title: str
    body: str
    version: int
    at: dt.datetime


class DraftConflict(Conflict):
    """Another device saved something else since; ``other`` is what is stored there now."""

    def __init__(self, other: Saved) -> None:
        super().__init__(_("This text was changed on another device. Both are shown here."))
        self.other = other


@dataclass(frozen=True, slots=True)
class Line:
    """A draft in the list, with where it goes on; without a topic when that is gone."""

    id: int
    key: str
    title: str
    body: str
    at: dt.datetime
    topic_id: int | None
    slug: str
    number: int | None


def reply_key(topic_id: int) -> str:
    """Give the key of a reply to a topic."""
    return f"reply:{topic_id}"


def plan_key(plan_id: int) -> str:
    """Give the key of a remark on a plan."""
    return f"plan:{plan_id}"


def edit_key(post_id: int) -> str:
    """Give the key of a change of a post."""
    return f"edit:{post_id}"


def save(
    session: Scope, actor: MemberRef, module: ModuleRef, key: str, *, title: str = "", body: str, version: int
) -> Saved:
    """Store a draft over the version that the writer knows (0: none yet); an empty one is not stored.

    Raises DraftConflict with what another device stored meanwhile, NotFound for a key that leads nowhere here,
    Invalid for what is too long and for one draft too many.
    """
    title, body = normalise(title), normalise(body)
    if len(title) > MAX_TITLE or len(body) > MAX_BODY:
        raise Invalid({"body": _("This text is too long to be kept. Please shorten it or split it.")})
    known = load(session, actor, module, key)
    if known is not None and (known.title, known.body) == (title, body):
        return known
    if not (title.strip() or body.strip()):
        return known or Saved(key, "", "", 0, clock.now())
    if known is None:
        _check_place(session, actor, module, key)
        _check_room(session, actor, module)
    stored = _store(session, actor, module, Saved(key, title, body, version, clock.now()))
    if stored is None:
        other = load(session, actor, module, key)
        raise Conflict if other is None else DraftConflict(other)
    return stored


def keep(
    session: Scope, actor: MemberRef, module: ModuleRef, key: str, *, title: str = "", body: str, version: int
) -> Saved | None:
    """Store a text that was refused; gives nothing where something newer stands in its place, or no room is left."""
    try:
        saved = save(session, actor, module, key, title=title, body=body, version=version)
    except (Conflict, Invalid, NotFound):
        return None
    return saved if saved.version else None


def load(session: Scope, actor: MemberRef, module: ModuleRef, key: str) -> Saved | None:
    """Give somebody's own draft."""
    row = session.execute(select(*_COLUMNS).where(*_mine(actor, module), SavedDraft.key == key)).one_or_none()
    return None if row is None else Saved(*row)


def listed(session: Scope, actor: MemberRef, module: ModuleRef) -> list[Line]:
    """Give somebody's drafts in a forum, the newest first; two statements."""
    columns = (SavedDraft.id, SavedDraft.key, SavedDraft.title, SavedDraft.body, SavedDraft.updated_at)
    rows = session.execute(
        select(*columns).where(*_mine(actor, module)).order_by(SavedDraft.updated_at.desc(), SavedDraft.id)
    ).all()
    places = _places(session, actor, module, [row.key for row in rows])
    return [
        Line(row.id, row.key, row.title, row.body, row.updated_at, *places.get(row.key, (None, "", None)))
        for row in rows
    ]


def drop(session: Scope, actor: MemberRef, module: ModuleRef, key: str) -> None:
    """Forget a draft once it is published; none is no error."""
    session.execute(delete(SavedDraft).where(*_mine(actor, module), SavedDraft.key == key))


def delete_one(session: Scope, actor: MemberRef, module: ModuleRef, draft_id: int) -> None:
    """Forget a draft of the list; raises NotFound, also for another person's."""
    gone = delete(SavedDraft).where(*_mine(actor, module), SavedDraft.id == draft_id)
    if session.execute(gone.returning(SavedDraft.id)).scalar() is None:
        raise NotFound


def clean(session: Session, **_values: Any) -> None:
    """Forget the town's drafts that nobody touched for a quarter of a year."""
    oldest = clock.now() - dt.timedelta(days=KEPT_DAYS)
    session.execute(delete(SavedDraft).where(SavedDraft.updated_at < oldest))


_COLUMNS = (SavedDraft.key, SavedDraft.title, SavedDraft.body, SavedDraft.version, SavedDraft.updated_at)


def _mine(actor: MemberRef, module: ModuleRef) -> tuple[Any, Any]:
    return SavedDraft.member_id == actor.id, SavedDraft.module_id == module.id


def _store(session: Scope, actor: MemberRef, module: ModuleRef, draft: Saved) -> Saved | None:
    """Store over the version known, or anew; nothing when another version stands there."""
    changed = {"title": draft.title, "body": draft.body, "updated_at": draft.at}
    if draft.version:
        known = update(SavedDraft).where(
            *_mine(actor, module), SavedDraft.key == draft.key, SavedDraft.version == draft.version
        )
        values = known.values(version=SavedDraft.version + 1, **changed).returning(*_COLUMNS)
        row = session.execute(values, execution_options={"synchronize_session": False}).one_or_none()
        if row is not None:
            return Saved(*row)
    # Nothing stands there any more, or never did: the first of two devices makes it.
    fresh = insert(SavedDraft).values(
        tenant_id=session.tenant_id, member_id=actor.id, module_id=module.id, key=draft.key, **changed
    )
    quietly = fresh.on_conflict_do_nothing(index_elements=["tenant_id", "member_id", "module_id", "key"])
    row = session.execute(quietly.returning(*_COLUMNS)).one_or_none()
    return None if row is None else Saved(*row)


def _check_place(session: Scope, actor: MemberRef, module: ModuleRef, key: str) -> None:
    if key != NEW and key not in _places(session, actor, module, [key]):
        raise NotFound


def _check_room(session: Scope, actor: MemberRef, module: ModuleRef) -> None:
    count = session.scalar(select(func.count()).select_from(SavedDraft).where(*_mine(actor, module)))
    if (count or 0) >= MAX_DRAFTS:
        raise Invalid({"": _("You have 100 drafts here. Delete one of them first.")})


def _places(
    session: Scope, actor: MemberRef, module: ModuleRef, keys: Sequence[str]
) -> dict[str, tuple[int, str, int | None]]:
    """Give topic, slug and number by the keys that lead to something in view here."""
    parts = {key: (found[1], int(found[2])) for key in keys if (found := _KEY.fullmatch(key))}
    if not parts:
        return {}
    topics = [number for kind, number in parts.values() if kind == "reply"]
    posts = [number for kind, number in parts.values() if kind == "edit"]
    known = Post.visibility.in_(SHOWN) | (Post.author_id == actor.id)
    query = (
        select(Topic.id, Topic.slug, Post.id.label("post_id"), Post.number)
        .join(Post, Post.topic_id == Topic.id)
        .where(
            Topic.module_id == module.id,
            Topic.visibility.in_(SHOWN)
            | ((Topic.visibility == Visibility.HELD) & (Topic.author_id == actor.id)),
            # Of what is not in view, whether it exists is nobody's business but its author's.
            (Topic.id.in_(topics) & (Post.number == 1)) | (Post.id.in_(posts) & known),
        )
    )
    rows = session.execute(query).all()
    by_topic = {row.id: (row.id, row.slug, None) for row in rows}
    by_post = {row.post_id: (row.id, row.slug, row.number) for row in rows}
    there = {"reply": by_topic, "edit": by_post, "plan": _plans(session, module, parts.values())}
    places = {key: there[kind].get(at) for key, (kind, at) in parts.items()}
    return {key: cast("tuple[int, str, int | None]", place) for key, place in places.items() if place}


def _plans(
    session: Scope, module: ModuleRef, parts: Iterable[tuple[str, int]]
) -> dict[int, tuple[int, str, int | None]]:
    """Give the plans among what drafts lead to; they stand where others have the topic."""
    asked = [number for kind, number in parts if kind == "plan"]
    if not asked:
        return {}
    query = select(Plan.id).where(Plan.id.in_(asked), Plan.module_id == module.id)
    return {plan_id: (plan_id, "", None) for plan_id in session.scalars(query)}


JOBS = [Job("forum.clean_drafts", clean, every="17 3 * * *")]
