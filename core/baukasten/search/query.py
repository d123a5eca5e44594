"""Asking the index, page by page."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from baukasten.db.session import Scope

FIND = text("SELECT * FROM platform.search_find(:words, :module, :limit, :rank, :type, :id)")
PAGE_SIZE = 20
MAX_WORDS = 200
"""Characters of a question; more is cut off, for nobody types that."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found."""

    content_type: str
    content_id: int
    title: str
    excerpt: str
    path: str
    published_at: dt.datetime | None
    rank: float


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of hits, best first, and where the next begins."""

    items: list[Hit]
    after: str = ""


def find(
    session: Scope, words: str, *, module_id: int | None = None, after: str = "", limit: int = PAGE_SIZE
) -> Hits:
    """Find documents of the session's town; a question without words finds nothing.

    ``after`` is what an earlier page gave; a broken one begins from the start.
    """
    asked = " ".join(words.replace("\x00", "").split())[:MAX_WORDS]
    if not asked:
        return Hits([])
    values = {"words": asked, "module": module_id, "limit": limit + 1, **_position(after)}
    hits = [_hit(row) for row in session.execute(FIND, values)]
    if len(hits) <= limit:
        return Hits(hits)
    last = hits[limit - 1]
    return Hits(hits[:limit], f"{last.rank!r}~{last.content_type}~{last.content_id}")


def _position(after: str) -> dict[str, Any]:
    parts = after.split("~")
    try:
        rank, content_type, content_id = float(parts[0]), parts[1], int(parts[2])
    except (IndexError, ValueError):
        return {"rank": None, "type": None, "id": None}
    return {"rank": rank, "type": content_type, "id": content_id}


def _hit(row: Any) -> Hit:
    return Hit(row.content_type, row.content_id, row.title, row.excerpt, row.path, row.published_at, row.rank)
