"""What becomes of uploads: words for pictures, their place in a contribution, and their way out of it."""

from collections.abc import Collection, Mapping, Sequence
from typing import IO

from sqlalchemy import func, select, update
from sqlalchemy.sql.elements import ColumnElement

from baukasten.access import policy
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import Invalid, NotFound
from baukasten.media import names, storing
from baukasten.media.models import MODULE, Media, MediaKind
from baukasten.plugin.refs import ContentRef, MediaRef, MemberRef
from baukasten.plugin.text import lazy
from baukasten.tenants.files import files_of

_ = lazy("core")

MAX_PICTURES, MAX_PAPERS = 6, 3
"""Of one contribution."""
MAX_ALT = 500
JUDGE = "moderation.case.decide"
UNSYNCED = {"synchronize_session": False}


def own_uploads(session: Scope, actor: MemberRef, ids: Sequence[int]) -> list[MediaRef]:
    """Give those of these uploads that are the actor's own, in the order asked for; one statement."""
    found = {row.id: row for row in session.scalars(select(Media).where(*_own(actor, ids)))}
    return [names.ref(found[media_id]) for media_id in dict.fromkeys(ids) if media_id in found]


def set_alt(session: Scope, actor: MemberRef, media_id: int, alt: str | None) -> None:
    """Say what a picture of one's own shows; "" for mere decoration, None for nothing said yet.

    Raises NotFound, and Invalid for ``alt`` where the words are too long.
    """
    words = None if alt is None else " ".join(alt.split())
    if words is not None and (len(words) > MAX_ALT or "\0" in words):
        raise Invalid({"alt": _("Please describe the picture in 500 characters at most.")})
    changed = update(Media).where(*_own(actor, [media_id])).values(alt=words).returning(Media.content_id)
    row = session.execute(changed, execution_options=UNSYNCED).one_or_none()
    if row is None:
        raise NotFound
    session.written = session.written or row.content_id is not None


def attach(
    session: Scope, actor: MemberRef, media_ids: Sequence[int], content: ContentRef, *, nameless: bool = False
) -> None:
    """Give uploads of one's own to a contribution, in this order; what it has already may be among them.

    A module (``MODULE_MEDIA``) takes any number; ``nameless`` forgets whose they were. Raises NotFound for what is not
    the actor's or belongs elsewhere, and Invalid for ``files`` where there are too many or a picture has no words.
    """
    wanted = list(dict.fromkeys(media_ids))
    if not wanted:
        return
    free = Media.content_id.is_(None) | (
        (Media.content_type == content.type) & (Media.content_id == content.id)
    )
    place = func.array_position(wanted, Media.id)
    left = {"uploader_id": None} if nameless else {}
    taken = (
        update(Media)
        .where(*_own(actor, wanted), free)
        .values(content_type=content.type, content_id=content.id, position=place, **left)
        .returning(Media.id)
    )
    if len(session.execute(taken, execution_options=UNSYNCED).all()) != len(wanted):
        raise NotFound
    session.written = True
    _check_whole(session, content)


def add_media(
    session: Scope, content: ContentRef, file_name: str, stream: IO[bytes], *, alt: str = ""
) -> MediaRef:
    """Store a file that comes with no person, such as one of an import, and give it to a contribution.

    Raises Invalid as ``store_upload`` does; how many a contribution gets is for the caller to bound.
    """
    row = storing.store(session, None, file_name, stream)
    row.content_type, row.content_id = content.type, content.id
    row.alt = " ".join(alt.split())[:MAX_ALT] if row.kind == MediaKind.PICTURE else None
    row.position = _count(session, content) + 1
    session.flush()
    session.written = True
    return names.ref(row)


def media_by_id(session: Scope, ids: Collection[int]) -> Mapping[int, MediaRef]:
    """Give uploads by id, for what points to them itself; whether they may be seen is not looked at here."""
    if not ids:
        return {}
    return {row.id: names.ref(row) for row in session.scalars(select(Media).where(Media.id.in_(ids)))}


def media_of(session: Scope, content_type: str, ids: Sequence[int]) -> Mapping[int, Sequence[MediaRef]]:
    """Give the uploads of contributions by their id, in order; one statement for a whole page.

    Ask for what is in view only: whether a contribution may be seen is not looked at here.
    """
    if not ids:
        return {}
    query = select(Media).where(Media.content_type == content_type, Media.content_id.in_(ids))
    found: dict[int, list[MediaRef]] = {}
    for row in session.scalars(query.order_by(Media.content_id, Media.position, Media.id)):
        found.setdefault(row.content_id or 0, []).append(names.ref(row))
    return found


def detach(session: Scope, actor: MemberRef, media_ids: Sequence[int]) -> None:
    """Take uploads away for good: one's own, or anybody's as a moderator. Raises NotFound for others."""
    wanted = set(media_ids)
    rows = session.scalars(select(Media).where(Media.id.in_(wanted))).all()
    others = [row for row in rows if row.uploader_id != actor.id]
    if len(rows) != len(wanted) or (others and not policy.may(session, actor, JUDGE)):
        raise NotFound
    for row in others:
        record(
            session, actor, "media.file.remove", f"media:{row.id}",
            content=f"{row.content_type}:{row.content_id}",
        )  # fmt: skip
    storing.remove(session, Media.id.in_(wanted))


def forget_media(session: Scope, content: ContentRef) -> None:
    """Take away all that belongs to a contribution, which its author withdrew or which is erased."""
    storing.remove(session, *_belonging(content))


def remove_media(session: Scope, media_id: int) -> None:
    """Take one file away for good that no person brought, such as a paper that is made anew; none is no error."""
    storing.remove(session, Media.id == media_id, Media.uploader_id.is_(None))


def read_media(session: Scope, media_id: int, *, small: bool = False) -> bytes:
    """Give the file itself, for archives and exports; a paper has no small one. Raises NotFound.

    Whether the contribution may be seen is not looked at here.
    """
    row = session.scalar(select(Media).where(Media.id == media_id))
    if row is None:
        raise NotFound
    return files_of(session).read(row.stored_small if small and row.stored_small else row.stored_as)


def _own(actor: MemberRef, ids: Sequence[int]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Media.uploader_id == actor.id, Media.id.in_(list(ids))


def _belonging(content: ContentRef) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Media.content_type == content.type, Media.content_id == content.id


def _count(session: Scope, content: ContentRef) -> int:
    return session.scalar(select(func.count()).select_from(Media).where(*_belonging(content))) or 0


def _check_whole(session: Scope, content: ContentRef) -> None:
    rows = session.execute(select(Media.kind, Media.alt).where(*_belonging(content))).all()
    shown = [row for row in rows if row.kind == MediaKind.PICTURE]
    bounded = content.type != MODULE
    if bounded and len(shown) > MAX_PICTURES:
        raise Invalid({"files": _("A contribution may have six pictures at most.")})
    if bounded and len(rows) - len(shown) > MAX_PAPERS:
        raise Invalid({"files": _("A contribution may have three attachments at most.")})
    if any(row.alt is None for row in shown):
        raise Invalid({
            "files": _("Please say what each picture shows, so that everybody knows, or tick that it is decoration.")
        })  # fmt: skip
