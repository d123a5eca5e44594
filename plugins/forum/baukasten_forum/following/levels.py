"""How closely somebody follows what: chosen for a topic, a category or a forum; the narrowest choice counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import NotFound, Scope, clock, member_names
from baukasten_forum.keys import Level
from baukasten_forum.models import SHOWN, Category, Topic
from baukasten_forum.readers import Follow

MOST = 200
"""Choices that one page lists."""
KEY = ["tenant_id", "member_id", "module_id", "category_id", "topic_id"]
UNSYNCED = {"synchronize_session": False}
# Made once: every list that a member opens asks for it.
WIDER = select(Follow.category_id, Follow.level).where(
    Follow.member_id == bindparam("member"),
    Follow.module_id == bindparam("module"),
    Follow.topic_id.is_(None),
    Follow.category_id.is_(None) | (Follow.category_id == bindparam("category")),
)


@dataclass(frozen=True, slots=True)
class Matter:
    """What can be followed: a forum, a category in it, or a topic in it."""

    module_id: int
    category_id: int | None = None
    topic_id: int | None = None


def topic_matter(session: Scope, module: ModuleRef, topic_id: int) -> Matter:
    """Give a topic in view as something to follow. Raises NotFound."""
    query = select(Topic.id).where(
        Topic.id == topic_id, Topic.module_id == module.id, Topic.visibility.in_(SHOWN)
    )
    if session.scalar(query) is None:
        raise NotFound
    return Matter(module.id, None, topic_id)


def category_matter(session: Scope, module: ModuleRef, slug: str) -> Matter:
    """Give a category as something to follow. Raises NotFound."""
    query = select(Category.id).where(Category.module_id == module.id, Category.slug == slug)
    category_id = session.scalar(query)
    if category_id is None:
        raise NotFound
    return Matter(module.id, category_id)


def choose(session: Scope, actor: MemberRef, matter: Matter, level: Level | None) -> None:
    """Choose a level for a matter, or with nothing take the choice back, so that the wider one counts."""
    if level is None:
        session.execute(
            delete(Follow).where(Follow.member_id == actor.id, *_is(matter)), execution_options=UNSYNCED
        )
        return
    row = insert(Follow).values(
        tenant_id=session.tenant_id,
        member_id=actor.id,
        module_id=matter.module_id,
        category_id=matter.category_id,
        topic_id=matter.topic_id,
        level=level.value,
        created_at=clock.now(),
    )
    session.execute(row.on_conflict_do_update(index_elements=KEY, set_={"level": level.value}))


def drop(session: Scope, actor: MemberRef, module: ModuleRef, follow_id: int) -> None:
    """Take one's own choice back by its number. Raises NotFound for another one's or another forum's."""
    own = (Follow.id == follow_id, Follow.member_id == actor.id, Follow.module_id == module.id)
    gone = delete(Follow).where(*own).returning(Follow.id)
    if session.execute(gone, execution_options=UNSYNCED).scalar() is None:
        raise NotFound


def chosen(session: Scope, member_id: int, module_id: int) -> Sequence[Any]:
    """Give a member's choices in a forum with the words of their matters, the widest first."""
    query = (
        select(
            Follow.id, Follow.level, Follow.topic_id, Follow.category_id,
            Topic.title, Topic.slug, Category.title.label("category"), Category.slug.label("category_slug"),
        )
        .outerjoin(Topic, (Topic.id == Follow.topic_id) & Topic.visibility.in_(SHOWN))
        .outerjoin(Category, Category.id == Follow.category_id)
        .where(Follow.member_id == member_id, Follow.module_id == module_id)
        .order_by(Follow.topic_id.is_not(None), Follow.category_id.is_not(None), Follow.id.desc())
        .limit(MOST)
    )  # fmt: skip
    # A topic that left view is not named, and comes back with its choice.
    return [row for row in session.execute(query) if row.topic_id is None or row.title is not None]


def of(session: Scope, member_id: int, matter: Matter) -> dict[str, str]:
    """Give a member's choices that count for a category or a whole forum, by ``category`` and ``module``."""
    values = {"member": member_id, "module": matter.module_id, "category": matter.category_id}
    rows = session.execute(WIDER, values)
    return {"module" if row.category_id is None else "category": row.level for row in rows}


def effective(chosen_for: Mapping[str, str]) -> Level:
    """Give the level that counts among those chosen for ``topic``, ``category`` and ``module``."""
    for matter in ("topic", "category", "module"):
        found = chosen_for.get(matter)
        if found:
            return Level(found)
    return Level.NORMAL


def silence(session: Scope, member_id: int, group: str) -> None:
    """End what the letters of one group told about: nothing more of a topic, no new topics of a forum."""
    what, _colon, number = group.partition(":")
    # A letter outlives its reader's account; an erased person has no choices.
    if not number.isdecimal() or not member_names(session, [member_id]).get(member_id):
        return
    if what == "module":
        wider = (Follow.member_id == member_id, Follow.module_id == int(number), Follow.topic_id.is_(None))
        ended = update(Follow).where(*wider, Follow.level == Level.FOLLOW).values(level=Level.NORMAL)
        session.execute(ended, execution_options=UNSYNCED)
        return
    module_id = session.scalar(select(Topic.module_id).where(Topic.id == int(number)))
    if module_id is not None:
        choose(session, MemberRef(member_id, ""), Matter(module_id, None, int(number)), Level.MUTE)


def _is(matter: Matter) -> tuple[Any, ...]:
    return (
        Follow.module_id == matter.module_id,
        Follow.category_id.is_not_distinct_from(matter.category_id),
        Follow.topic_id.is_not_distinct_from(matter.topic_id),
    )
