"""All that one page of a topic shows to one reader alone about following and reactions; one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import Scope
from baukasten_forum.listing import AnyRow

KNOWN = "forum.marks"
"""Key of a session's ``info``: the box beside the posts and the posts' feet ask one after the other."""
FIND = text("""
    SELECT
        (SELECT number FROM forum_position WHERE member_id = :member AND topic_id = :topic) AS number,
        (SELECT jsonb_object_agg(CASE WHEN topic_id IS NOT NULL THEN 'topic'
                WHEN category_id IS NOT NULL THEN 'category' ELSE 'module' END, level)
            FROM forum_follow
            WHERE member_id = :member AND module_id = :module AND (topic_id = :topic OR (topic_id IS NULL
                AND (category_id IS NULL OR category_id = :category)))) AS levels,
        (SELECT array_agg(post_id || kind)
            FROM forum_reaction WHERE member_id = :member AND post_id = ANY (:posts)) AS pressed
""")


@dataclass(frozen=True, slots=True)
class Marks:
    """A reader's own marks in a topic."""

    number: int | None = None
    """The last post that they saw; nothing before they first opened the topic."""
    levels: Mapping[str, str] = field(default_factory=dict)
    """What they chose for ``topic``, ``category`` and ``module``."""
    pressed: frozenset[str] = frozenset()
    """What they support and thank for: the post's number in the table with the kind, such as ``12support``."""


def of(
    session: Scope, module: ModuleRef, topic: AnyRow, member: MemberRef, posts: Sequence[int] = ()
) -> Marks:
    """Give a reader's marks in a topic; asked once a request, with the posts of the page where somebody knows them."""
    known: dict[int, Marks] = session.info.setdefault(KNOWN, {})
    if topic.id not in known:
        values = {"member": member.id, "topic": topic.id, "module": module.id, "posts": list(posts)}
        row = session.execute(FIND, {**values, "category": topic.category_id}).one()
        known[topic.id] = Marks(row.number, row.levels or {}, frozenset(row.pressed or ()))
    return known[topic.id]
