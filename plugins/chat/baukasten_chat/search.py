"""What the search knows of live rooms: messages and questions that everybody sees."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from baukasten.plugin import ModuleRef, SearchDocument, SearchSource, Visibility
from baukasten.sdk import SafeHtml, Scope, modules_by_id, plain
from baukasten_chat.judging import MESSAGES, QUESTIONS, Judged
from baukasten_chat.models import SHOWN, Room

BATCH = 500
AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Searched:
    """One of the two tables."""

    judged: Judged

    def document(self, session: Session, row_id: int) -> SearchDocument | None:
        """Give a document; nothing for what not everybody sees."""
        row = session.execute(self._visible().where(self.judged.rows.id == row_id)).one_or_none()
        if row is None:
            return None
        module = modules_by_id(session, [row.module_id])[row.module_id]
        return self._document(cast("Scope", session), row, module)

    def stream(self, session: Session) -> Iterator[SearchDocument]:
        """Give all documents of the town, a few hundred at a time."""
        rows, last = self.judged.rows, 0
        query = self._visible().order_by(rows.id).limit(BATCH)
        while found := session.execute(query.where(rows.id > last)).all():
            modules = modules_by_id(session, {row.module_id for row in found})
            for row in found:
                yield self._document(cast("Scope", session), row, modules[row.module_id])
            last = found[-1].id

    def _visible(self) -> AnySelect:
        rows = self.judged.rows
        columns = (rows.id, rows.number, rows.body_html, rows.visibility, rows.published_at, Room.module_id)
        return select(*columns).join(Room, Room.id == rows.room_id).where(rows.visibility.in_(SHOWN))

    def _document(self, session: Scope, row: Any, module: ModuleRef) -> SearchDocument:
        return SearchDocument(
            content_type=self.judged.key,
            id=row.id,
            title=f"{module.title} #{row.number}",
            # What is folded is one click away there, and in no list at all.
            body="" if row.visibility == Visibility.FOLDED else plain(SafeHtml(row.body_html)),
            path=self.judged.path(session, row.number, module),
            module_id=row.module_id,
            published_at=row.published_at,
        )


SOURCES = [
    SearchSource(one.judged.key, one.document, one.stream)
    for one in (Searched(MESSAGES), Searched(QUESTIONS))
]
