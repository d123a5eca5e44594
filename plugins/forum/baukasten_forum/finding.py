"""Searching in one forum: the best posts that the index finds, shown as the topics they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Table, bindparam

from baukasten.sdk import Scope, search
from baukasten_forum.filters import Asked
from baukasten_forum.keys import POST_TYPE
from baukasten_forum.listing import CLAUSES, LINES, TOPIC, AnyRow
from baukasten_forum.models import Post

LIMIT = 60
"""Posts that one search looks at, best first; who needs more adds a word."""
POST: Table = Post.metadata.tables["forum_post"]
IN_POSTS = LINES.add_columns(POST.c.id.label("post_id")).join(
    POST, (POST.c.tenant_id == TOPIC.c.tenant_id) & (POST.c.topic_id == TOPIC.c.id)
)


@dataclass(frozen=True, slots=True)
class Found:
    """Topics in which something was found, best first."""

    rows: list[AnyRow]
    excerpts: Mapping[int, str]
    """What the best post of a topic says, by topic."""
    is_cut: bool
    """Whether there is more than was looked at."""


def topics(session: Scope, module_id: int, asked: Asked) -> Found:
    """Find topics by words in their titles and posts, narrowed like any list, in two statements."""
    hits = search(session, asked.words, module_id=module_id, limit=LIMIT)
    excerpts = {hit.content_id: hit.excerpt for hit in hits.items if hit.content_type == POST_TYPE}
    if not excerpts:
        return Found([], {}, is_cut=False)
    names = (*asked.chosen.clauses, *(asked.sort.clauses if "sort" in asked.query else ()))
    query = IN_POSTS.where(
        POST.c.id.in_(bindparam("posts", expanding=True)), *(CLAUSES[one] for one in names)
    )
    rows = session.execute(query, {"module": module_id, "posts": list(excerpts), **asked.chosen.values})
    by_post = {row.post_id: row for row in rows}
    best: dict[int, AnyRow] = {}
    texts: dict[int, str] = {}
    for post_id, text in excerpts.items():
        row = by_post.get(post_id)
        if row is not None and row.id not in best:
            best[row.id], texts[row.id] = row, text
    found = list(best.values())
    sort = asked.sort
    if "sort" in asked.query:
        found.sort(key=lambda row: (getattr(row, sort.column), row.id), reverse=not sort.ascending)
    return Found(found, texts, is_cut=bool(hits.after))
