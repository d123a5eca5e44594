"""Keeping the index true: a document in, a document out, all anew."""

from sqlalchemy import text

from baukasten.db.session import Scope
from baukasten.plugin.declarations import SearchDocument
from baukasten.plugin.validity import is_usable
from baukasten.tenants import plugins

PUT = text("SELECT platform.search_put(:type, :id, :module, :title, :body, :path, :at)")
REMOVE = text("SELECT platform.search_remove(:type, :id)")
CLEAR = text("SELECT platform.search_clear(:type)")


def put(session: Scope, document: SearchDocument) -> None:
    """Store a document, replacing what was there."""
    values = {
        "type": document.content_type,
        "id": document.id,
        "module": document.module_id,
        "title": document.title,
        "body": document.body,
        "path": document.path,
        "at": document.published_at,
    }
    session.execute(PUT, values)


def remove(session: Scope, content_type: str, content_id: int) -> None:
    """Take a document out; one that is not there is no error."""
    session.execute(REMOVE, {"type": content_type, "id": content_id})


def refresh(session: Scope, content_type: str, content_id: int) -> None:
    """Bring the index up to what the public may see now of one contribution, and of those that hang on it."""
    source = session.contract.registry.search.get(content_type)
    if source is None:
        remove(session, content_type, content_id)
        return
    hanging = source.value.dependents(session, content_id) if source.value.dependents else ()
    for number in (content_id, *hanging):
        document = source.value.document(session, number)
        if document is None:
            remove(session, content_type, number)
        else:
            put(session, document)


def active_types(session: Scope) -> list[str]:
    """Name the content types whose plugin works in the session's town."""
    active = plugins.active(session)
    sources = session.contract.registry.search.items()
    return [key for key, source in sources if is_usable(source.plugin, active)]


def rebuild(session: Scope) -> int:
    """Make the town's index anew from all active sources; gives the number of documents."""
    count = 0
    active = active_types(session)
    for content_type, source in session.contract.registry.search.items():
        session.execute(CLEAR, {"type": content_type})
        for document in source.value.stream(session) if content_type in active else ():
            put(session, document)
            count += 1
    return count
