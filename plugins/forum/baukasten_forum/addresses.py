"""Where posts are now: by number, by id, by the number they once had, by the address another system gave them."""

from dataclasses import dataclass

from sqlalchemy import Table, bindparam, func, select

from baukasten.plugin import ModuleRef, Visibility
from baukasten.sdk import NotFound, Scope
from baukasten_forum.importing import old_addresses
from baukasten_forum.listing import TOPIC, AnyRow
from baukasten_forum.models import SHOWN, Address, Permalink, Post

POST: Table = Post.metadata.tables["forum_post"]
ADDRESS: Table = Address.metadata.tables["forum_address"]
PERMALINK: Table = Permalink.metadata.tables["forum_permalink"]
PLACE = select(
    POST.c.id, POST.c.number, POST.c.author_id, POST.c.visibility, TOPIC.c.id.label("topic_id"), TOPIC.c.module_id,
    TOPIC.c.slug, TOPIC.c.visibility.label("topic_visibility"),
).join(TOPIC, (TOPIC.c.tenant_id == POST.c.tenant_id) & (TOPIC.c.id == POST.c.topic_id))  # fmt: skip
BY_ID = PLACE.where(POST.c.id == bindparam("post"))
BY_NUMBER = PLACE.where(POST.c.topic_id == bindparam("topic"), POST.c.number == bindparam("number"))
BY_OLD_NUMBER = PLACE.join(
    ADDRESS, (ADDRESS.c.tenant_id == POST.c.tenant_id) & (ADDRESS.c.post_id == POST.c.id)
).where(ADDRESS.c.topic_id == bindparam("topic"), ADDRESS.c.number == bindparam("number"))
BY_PATH = (
    PLACE.add_columns(PERMALINK.c.path)
    .join(PERMALINK, (PERMALINK.c.tenant_id == POST.c.tenant_id) & (PERMALINK.c.post_id == POST.c.id))
    .where(
        PERMALINK.c.module_id == bindparam("module"), PERMALINK.c.path.in_(bindparam("paths", expanding=True))
    )
)
MODULE_OF = select(TOPIC.c.module_id).where(TOPIC.c.id == bindparam("topic"))
TOPIC_HOME = select(TOPIC.c.id, TOPIC.c.module_id).where(
    TOPIC.c.id == bindparam("topic"), TOPIC.c.visibility.in_(SHOWN)
)
PUT_BACK = select(TOPIC.c.merged_into).where(
    TOPIC.c.id == bindparam("topic"), TOPIC.c.module_id == bindparam("module"),
    TOPIC.c.visibility == Visibility.REMOVED.value, TOPIC.c.merged_into.is_not(None),
)  # fmt: skip
NEIGHBOURS = select(
    select(func.max(POST.c.number)).where(POST.c.topic_id == bindparam("topic"), POST.c.number <= bindparam("after"))
    .scalar_subquery().label("before"),
    select(func.min(POST.c.number)).where(POST.c.topic_id == bindparam("topic"), POST.c.number > bindparam("last"))
    .scalar_subquery().label("behind"),
    select(func.max(POST.c.number)).where(POST.c.topic_id == bindparam("topic")).scalar_subquery().label("newest"),
)  # fmt: skip
SINCE = (
    select(POST.c.number)
    .where(
        POST.c.topic_id == bindparam("topic"),
        POST.c.number.is_not(None),
        POST.c.created_at >= bindparam("since"),
    )
    .order_by(POST.c.number)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Numbers of the nearest posts outside of a page; nothing where there are none."""

    before: int | None
    behind: int | None
    newest: int | None


def by_number(session: Scope, module: ModuleRef, topic_id: int, number: int) -> AnyRow:
    """Give where the post is that has this number in a topic, or once had it. Raises NotFound."""
    values = {"topic": topic_id, "number": number}
    row = session.execute(BY_NUMBER, values).one_or_none()
    if row is None:
        # Only a topic of this very forum may tell where its posts went.
        if session.execute(MODULE_OF, {"topic": topic_id}).scalar() != module.id:
            raise NotFound
        return _open_to_all(session.execute(BY_OLD_NUMBER, values).one_or_none())
    if row.module_id != module.id:
        raise NotFound
    return _open_to_all(row)


def by_id(session: Scope, post_id: int) -> AnyRow:
    """Give where a post is now, in whichever forum. Raises NotFound for one that not everybody may know of."""
    return _open_to_all(session.execute(BY_ID, {"post": post_id}).one_or_none())


def by_path(session: Scope, module: ModuleRef, path: str) -> AnyRow:
    """Give where the post is that another system had at this address, however it is written. Raises NotFound."""
    paths = old_addresses.candidates(path)
    rows = {row.path: row for row in session.execute(BY_PATH, {"module": module.id, "paths": paths})}
    return _open_to_all(next((rows[one] for one in paths if one in rows), None))


def topic(session: Scope, topic_id: int) -> AnyRow:
    """Give where a topic is, if everybody sees it. Raises NotFound."""
    row = session.execute(TOPIC_HOME, {"topic": topic_id}).one_or_none()
    if row is None:
        raise NotFound
    return row


def put_back_into(session: Scope, module: ModuleRef, topic_id: int) -> int | None:
    """Give the topic to which the posts of one that was split off and put back have returned, or nothing."""
    return session.execute(PUT_BACK, {"topic": topic_id, "module": module.id}).scalar()


def neighbours(session: Scope, topic_id: int, after: int, last: int) -> Neighbours:
    """Give the nearest posts before and behind the numbers ``after + 1`` to ``last``, in one statement."""
    row = session.execute(NEIGHBOURS, {"topic": topic_id, "after": after, "last": last}).one()
    return Neighbours(row.before, row.behind, row.newest)


def since(session: Scope, topic_id: int, moment: object) -> int | None:
    """Give the number of a topic's first post from a moment on, or nothing."""
    found = session.execute(SINCE, {"topic": topic_id, "since": moment}).scalar()
    return None if found is None else int(found)


def _open_to_all(row: AnyRow | None) -> AnyRow:
    """Let through what has a place in a topic that everybody sees; a hidden post keeps its place there."""
    if row is None or row.number is None or row.visibility == Visibility.HELD:
        raise NotFound
    if row.topic_visibility not in SHOWN:
        raise NotFound
    return row
