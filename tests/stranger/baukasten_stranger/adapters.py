"""What the core asks about lines and dates: for moderation, search, privacy, exports and digests."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, cast

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import (
    Content,
    ContentRef,
    DigestItem,
    DigestKind,
    DigestStretch,
    ModuleRef,
    SearchDocument,
    Visibility,
    lazy,
    numbered,
)
from baukasten.sdk import Scope, clock, member_names, modules_by_id
from baukasten_stranger.models import Signup, Slot
from baukasten_stranger.service import SIGNUP, coming

_ = lazy("stranger")
DATES = "stranger.dates"
RETENTION = dt.timedelta(days=90)
BOTH = and_(Signup.tenant_id == Slot.tenant_id, Signup.slot_id == Slot.id)


def find(session: Session, ids: Sequence[int]) -> list[Content]:
    """Give the lines of these ids, whatever their visibility."""
    rows = session.execute(select(Signup, Slot.module_id).join(Slot, BOTH).where(Signup.id.in_(ids))).all()
    modules = modules_by_id(session, {row.module_id for row in rows})
    names = member_names(
        cast("Scope", session), {row.Signup.member_id for row in rows if row.Signup.member_id}
    )
    return [_content(row.Signup, modules[row.module_id], names.get(row.Signup.member_id, "")) for row in rows]


def _content(row: Signup, module: ModuleRef, author: str) -> Content:
    return Content(
        ref=ContentRef(SIGNUP, row.id),
        title=module.title,
        excerpt=row.line,
        path=module.path,
        author_id=row.member_id,
        author_name=author,
        created_at=row.created_at,
        visibility=Visibility(row.visibility),
        module_id=module.id,
    )


def become(visibility: Visibility) -> Callable[[Session, int], None]:
    """Give the function that moves a line to a visibility."""

    def change(session: Session, signup_id: int) -> None:
        session.execute(update(Signup).where(Signup.id == signup_id).values(visibility=visibility))

    return change


def document(session: Session, signup_id: int) -> SearchDocument | None:
    """Give what the search may know of a line; nothing unless it is published."""
    for content in find(session, [signup_id]):
        if content.visibility is Visibility.PUBLISHED:
            return SearchDocument(
                SIGNUP, signup_id, content.title, content.excerpt, content.path, module_id=content.module_id
            )
    return None


def stream(session: Session) -> Iterator[SearchDocument]:
    """Give the documents of all published lines."""
    for signup_id in session.scalars(
        select(Signup.id).where(Signup.visibility == Visibility.PUBLISHED)
    ).all():
        found = document(session, signup_id)
        if found is not None:
            yield found


def hand_out(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give what a person has written here, for their copy."""
    rows = session.execute(
        select(Slot.begins_at, Slot.place, Signup.line).join(Slot, BOTH).where(Signup.member_id == member_id)
    )
    return [{"date": row.begins_at.isoformat(), "place": row.place, "line": row.line} for row in rows]


def erase(session: Session, member_id: int) -> int:
    """Remove a person's lines and take them off the dates they offered; gives the rows changed."""
    lines = session.execute(delete(Signup).where(Signup.member_id == member_id))
    dates = session.execute(update(Slot).where(Slot.host_id == member_id).values(host_id=None))
    return int(lines.rowcount + dates.rowcount)  # type: ignore[attr-defined]


def rows(session: Session, module: ModuleRef) -> Iterable[Sequence[Any]]:
    """Give the table of published lines of a module."""
    shown = (Slot.module_id == module.id, Signup.visibility == Visibility.PUBLISHED)
    query = select(Slot.begins_at, Slot.place, Signup.line).join(Slot, BOTH).where(*shown).order_by(Signup.id)
    return [tuple(row) for row in session.execute(query)]


def signed_up(session: Session) -> list[int]:
    """Give the members who are on a list."""
    return list(session.scalars(select(Signup.member_id).where(Signup.member_id.is_not(None)).distinct()))


def digest(session: Session, stretch: DigestStretch) -> list[DigestItem]:
    """Tell of dates that are coming."""
    return [
        item
        for item in _dates(session, coming(session))
        if item.due is not None and item.due < stretch.until and stretch.wants(item.project)
    ][: stretch.limit]


def find_dates(session: Session, keys: Collection[str]) -> list[DigestItem]:
    """Tell of those of these dates that everybody may still read of."""
    wanted = numbered(keys, f"{DATES}:date")
    return _dates(session, [slot for slot in coming(session) if slot.id in wanted])


def _dates(session: Session, slots: Iterable[Any]) -> list[DigestItem]:
    found = list(slots)
    modules = modules_by_id(session, {slot.module_id for slot in found})
    return [
        DigestItem(
            key=f"{DATES}:date:{slot.id}",
            kind=DigestKind.COMING,
            title=slot.place,
            path=modules[slot.module_id].path,
            at=slot.created_at,
            place=modules[slot.module_id].title,
            project=modules[slot.module_id].project,
            due=slot.begins_at,
        )
        for slot in found
        if modules[slot.module_id].public
    ]


def forget_old(session: Session, **_values: Any) -> None:
    """Delete what is older than the retention; the lines go with their dates."""
    session.execute(delete(Slot).where(Slot.begins_at < clock.now() - RETENTION))
