"""Asking the index, page by page."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from baukasten.db.session import Scope
from baukasten.search import index

FIND = text(
    "SELECT * FROM platform.search_find(:words, CAST(:types AS text[]), CAST(:module AS bigint), "
    "CAST(:limit AS integer), CAST(:rank AS real), :type, CAST(:id AS bigint))"
)
POSITION = re.compile(r"([01](?:\.\d{1,20})?(?:e-\d\d)?)~([\w.]{1,80})~(\d{1,18})", re.ASCII)
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
    """Find documents of the session's town that everybody may see; a question without words finds nothing.

    What plugins left that are switched off, and what stands in drafts and hidden modules, is not found.
    ``after`` is what an earlier page gave; a broken one begins from the start.
    """
    asked = " ".join(words.replace("\x00", "").split())[:MAX_WORDS]
    if not asked:
        return Hits([])
    types = index.active_types(session)
    values = {"words": asked, "types": types, "module": module_id, "limit": limit + 1, **_position(after)}
    hits = [_hit(row) for row in session.execute(FIND, values)]
    if len(hits) <= limit:
        return Hits(hits)
    last = hits[limit - 1]
    return Hits(hits[:limit], f"{last.rank!r}~{last.content_type}~{last.content_id}")


def _position(after: str) -> dict[str, Any]:
    """Read where a page ended; the address is anybody's to write, so only what a page can have said counts."""
    found = POSITION.fullmatch(after)
    if found is None:
        return {"rank": None, "type": None, "id": None}
    return {"rank": float(found[1]), "type": found[2], "id": int(found[3])}


def _hit(row: Any) -> Hit:
    return Hit(row.content_type, row.content_id, row.title, row.excerpt, row.path, row.published_at, row.rank)
