"""Whom a new post concerns: one statement a batch, whatever the number of followers."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import text

from baukasten.sdk import Scope

BATCH = 1000


class Reason(IntEnum):
    """Why somebody is told; of several reasons the first of this list counts."""

    ANSWER = 1
    """The town answered what one wrote or supported."""
    MENTION = 2
    REPLY = 3
    """Somebody replied to one's topic or post."""
    POST = 4
    """There is a new post in a topic that one follows."""
    TOPIC = 5
    """There is a new topic in a category or forum that one follows."""


@dataclass(frozen=True, slots=True)
class News:
    """A post that came into view, with all that decides whom it concerns."""

    module_id: int
    category_id: int | None
    topic_id: int
    author_id: int | None
    direct: Mapping[int, Reason]
    """People whom it concerns by name."""
    followed: Reason
    """Why followers are told: of a reply those of the topic, of a topic those of its category or forum."""
    supporters_of: int | None = None
    """The post whose supporters are told too."""


# Of the choices for topic, category and forum the narrowest counts; whoever chose silence there is told nothing.
FIND = text("""
    WITH chosen AS (
        SELECT DISTINCT ON (member_id) member_id, level, topic_id IS NOT NULL AS narrow
        FROM forum_follow
        WHERE topic_id = :topic OR (topic_id IS NULL AND category_id = :category)
            OR (topic_id IS NULL AND category_id IS NULL AND module_id = :module)
        ORDER BY member_id, topic_id NULLS LAST, category_id NULLS LAST
    ), concerned AS (
        SELECT member_id, reason
        FROM unnest(CAST(:people AS bigint[]), CAST(:reasons AS bigint[])) AS one (member_id, reason)
        UNION ALL
        SELECT member_id, 1 FROM forum_reaction WHERE post_id = :supported AND kind = 'support'
        UNION ALL
        SELECT member_id, :followed FROM chosen WHERE level = 'follow' AND narrow = :narrow
    )
    SELECT member_id, min(reason) AS reason
    FROM concerned LEFT JOIN chosen USING (member_id)
    WHERE member_id > :after AND member_id IS DISTINCT FROM :author
        AND coalesce(chosen.level, 'normal') <> 'mute'
    GROUP BY member_id ORDER BY member_id LIMIT :batch
""")


def find(session: Scope, news: News, after: int = 0) -> tuple[dict[Reason, list[int]], int]:
    """Give the next people after a member's number by reason, and the last number, or 0 when these are all."""
    values = {
        "topic": news.topic_id,
        "category": news.category_id,
        "module": news.module_id,
        "people": list(news.direct),
        "reasons": [int(reason) for reason in news.direct.values()],
        "supported": news.supporters_of,
        "followed": int(news.followed),
        "narrow": news.followed is not Reason.TOPIC,
        "after": after,
        "author": news.author_id,
        "batch": BATCH,
    }
    rows = session.execute(FIND, values).all()
    by_reason: dict[Reason, list[int]] = defaultdict(list)
    for row in rows:
        by_reason[Reason(row.reason)].append(row.member_id)
    return by_reason, rows[-1].member_id if len(rows) == BATCH else 0


def named(reasons: Iterable[tuple[Reason, Collection[int | None]]]) -> dict[int, Reason]:
    """Give each person of several lists the strongest reason."""
    found: dict[int, Reason] = {}
    for reason, people in reasons:
        for person in people:
            if person is not None:
                found[person] = min(reason, found.get(person, reason))
    return found
