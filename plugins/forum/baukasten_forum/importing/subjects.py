"""The categories of the system before, as subjects of a forum; one of the same name is used as it is."""

from collections.abc import Mapping

from sqlalchemy import func, select

from baukasten.plugin import ModuleRef
from baukasten.sdk import Scope, shorten, slug
from baukasten_forum import categories
from baukasten_forum.importing.staging import Staging
from baukasten_forum.models import Category


def made(session: Scope, module: ModuleRef, staging: Staging) -> Mapping[int, int]:
    """Give our categories by the old ids of those that have topics, made where they are missing.

    Beyond the most that a forum may have, topics stay without one, and the report says so.
    """
    lock = func.pg_advisory_xact_lock(func.hashtextextended(f"forum categories {module.id}", 0))
    session.execute(select(lock))
    known = categories.all_of(session, module.id)
    ids = {row.title.casefold(): row.id for row in known}
    taken = {row.slug for row in known}
    position = max((row.position for row in known), default=0)
    found: dict[int, int] = {}
    query = "SELECT * FROM category WHERE id IN (SELECT category FROM topic) ORDER BY position, id"
    for row in staging.db.execute(query).fetchall():
        title = shorten(" ".join((row["title"] or "").split()), categories.MAX_TITLE)
        if title and title.casefold() not in ids:
            if len(ids) >= categories.MAX_CATEGORIES:
                staging.report.note(
                    f"category {row['id']}", f"{title}: a forum has no room for more subjects"
                )
                continue
            position += 1
            category = Category(
                module_id=module.id,
                slug=_free(slug(title, fallback=categories.SLUG_FALLBACK), taken),
                title=title,
                description=shorten(row["description"] or "", categories.MAX_DESCRIPTION),
                position=position,
            )
            session.add(category)
            session.flush()
            taken.add(category.slug)
            ids[title.casefold()] = category.id
        if title:
            found[row["id"]] = ids[title.casefold()]
    return found


def _free(wanted: str, taken: set[str]) -> str:
    number, found = 2, wanted
    while found in taken:
        number, found = number + 1, f"{wanted}-{number}"
    return found
