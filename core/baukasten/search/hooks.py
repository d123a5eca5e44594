"""What the search declares: it listens to contributions and rebuilds on demand."""

from typing import Any

from sqlalchemy.orm import Session

from baukasten.plugin import Event, Job, hookimpl
from baukasten.plugin.events import ContentEdited, ContentHidden, ContentPublished, ContentRestored
from baukasten.search import index

CHANGES = (ContentPublished, ContentEdited, ContentHidden, ContentRestored)


@hookimpl
def on_event(session: Any, event: Event) -> None:
    """Follow what became visible, changed or vanished; safe to hear twice."""
    if isinstance(event, CHANGES):
        index.refresh(session, event.content_type, event.content_id)


@hookimpl
def register_jobs() -> list[Job]:
    """Offer the rebuild of a town's index."""
    return [Job("search.rebuild", _rebuild)]


def _rebuild(session: Session, **_values: Any) -> None:
    index.rebuild(session)  # type: ignore[arg-type]
