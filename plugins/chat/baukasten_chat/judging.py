"""What moderation does to messages and questions, and what it needs to see of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import false, select, union_all
from sqlalchemy.orm import Session

from baukasten.plugin import (
    Content,
    ContentRef,
    ContentType,
    Detail,
    ModuleRef,
    Neighbour,
    Original,
    Visibility,
    lazy,
)
from baukasten.sdk import MEMBERS, SafeHtml, Scope, excerpt, module_path, modules_by_id
from baukasten_chat.keys import MESSAGE_TYPE, QUESTION_TYPE
from baukasten_chat.messages import states
from baukasten_chat.models import SHOWN, Message, Question, Room
from baukasten_chat.questions import service as questions

_ = lazy("chat")
LEFT = (*SHOWN, Visibility.HELD)
"""What can still be changed."""
AROUND = 4
"""Contributions shown before and behind the one that is judged; in a conversation a line says little alone."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One of the two tables, for what moderation asks of both alike."""

    key: str
    rows: type[Message] | type[Question]
    endpoint: str
    """Of its permalink."""
    change: str = ""
    """Endpoint at which staff changes it."""
    earlier: str = ""
    """Endpoint of its earlier wordings."""

    def find(self, session: Session, ids: Sequence[int]) -> list[Content]:
        """Give what exists of these, whatever their visibility; one query, and one for their modules."""
        rows, scope = self.rows, cast("Scope", session)
        columns = (rows.id, rows.number, rows.author_id, rows.body_html, rows.visibility, rows.created_at)
        nameless = Question.anonymous if rows is Question else false()
        query = (
            select(*columns, Room.module_id, MEMBERS.c.display_name, nameless.label("nameless"))
            .join(Room, Room.id == rows.room_id)
            .outerjoin(MEMBERS, MEMBERS.c.id == rows.author_id)
            .where(rows.id.in_(ids))
            .order_by(rows.id)
        )
        found = session.execute(query).all()
        modules = modules_by_id(session, {row.module_id for row in found})
        return [self._content(scope, row, modules[row.module_id]) for row in found]

    def path(self, session: Scope, number: int | None, module: ModuleRef) -> str:
        """Give a path without language: the permalink once there is a number, the room before."""
        if number is None:
            return module_path(session.contract, module, "index")
        return module_path(session.contract, module, self.endpoint, number=number)

    def detail(self, session: Session, row_id: int) -> Detail | None:
        """Give one whatever its visibility, with what was said around it; three statements."""
        rows, scope = self.rows, cast("Scope", session)
        columns = (
            rows.id, rows.number, rows.body, rows.body_html, rows.room_id, rows.created_at, rows.visibility,
            rows.edits, Room.module_id,
        )  # fmt: skip
        query = select(*columns).join(Room, Room.id == rows.room_id).where(rows.id == row_id)
        row = session.execute(query).one_or_none()
        if row is None:
            return None
        module = modules_by_id(scope, [row.module_id])[row.module_id]
        before, after = self._around(scope, row, module)
        return Detail(
            text=row.body,
            html=str(SafeHtml(row.body_html)),
            label=_label(row.number),
            before=before,
            after=after,
            edit_path=self._step(scope, row, module, self.change) if row.visibility in LEFT else "",
            history_path=self._step(scope, row, module, self.earlier) if row.edits else "",
        )

    def originals(self, session: Session, ids: Sequence[int]) -> dict[int, Original]:
        """Give what the authors typed; one statement, however many they are."""
        query = select(self.rows.id, self.rows.number, self.rows.body).where(self.rows.id.in_(ids))
        return {row.id: Original(row.body, _label(row.number)) for row in session.execute(query)}

    def authors(self, session: Session, ids: Sequence[int]) -> list[tuple[int, int]]:
        """Give who of some members wrote what everybody sees under their name, with the room's module; one query."""
        rows = self.rows
        query = select(rows.author_id, Room.module_id).distinct().join(Room, Room.id == rows.room_id)
        query = query.where(rows.author_id.in_(ids), rows.visibility.in_(SHOWN))
        if rows is Question:
            query = query.where(Question.anonymous.is_(False))
        return [(row.author_id, row.module_id) for row in session.execute(query)]

    def _step(self, session: Scope, row: Any, module: ModuleRef, endpoint: str) -> str:
        return module_path(session.contract, module, endpoint, row_id=row.id) if endpoint else ""

    def _content(self, session: Scope, row: Any, module: ModuleRef) -> Content:
        return Content(
            ref=ContentRef(self.key, row.id),
            title=module.title,
            excerpt=excerpt(SafeHtml(row.body_html)),
            path=self.path(session, row.number, module),
            author_id=row.author_id,
            author_name=row.display_name or "",
            created_at=row.created_at,
            visibility=Visibility(row.visibility),
            module_id=row.module_id,
            label=_label(row.number),
            is_nameless=row.nameless,
        )

    def _around(
        self, session: Scope, row: Any, module: ModuleRef
    ) -> tuple[Sequence[Neighbour], Sequence[Neighbour]]:
        """Give what stands in view before and behind a row; one that waits stands behind what was said before it."""
        rows = self.rows
        there = (rows.room_id == row.room_id, rows.visibility.in_(SHOWN))
        earlier = rows.published_at <= row.created_at if row.number is None else rows.number < row.number
        later = rows.published_at > row.created_at if row.number is None else rows.number > row.number
        before = select(rows.id).where(*there, earlier).order_by(rows.number.desc()).limit(AROUND)
        after = select(rows.id).where(*there, later).order_by(rows.number).limit(AROUND)
        chosen = union_all(*(select(one.subquery().c.id) for one in (before, after))).subquery()
        columns = (rows.number, rows.body_html, rows.published_at, rows.created_at, rows.visibility)
        query = (
            select(*columns, MEMBERS.c.display_name, earlier.label("is_before"))
            .outerjoin(MEMBERS, MEMBERS.c.id == rows.author_id)
            .where(rows.id.in_(select(chosen.c.id)))
            .order_by(rows.number)
        )
        found = session.execute(query).all()
        neighbours = [(one.is_before, self._neighbour(session, one, module)) for one in found]
        return [one for first, one in neighbours if first], [one for first, one in neighbours if not first]

    def _neighbour(self, session: Scope, row: Any, module: ModuleRef) -> Neighbour:
        return Neighbour(
            label=_label(row.number),
            author_name=row.display_name or "",
            excerpt=excerpt(SafeHtml(row.body_html)),
            path=self.path(session, row.number, module),
            created_at=row.published_at or row.created_at,
            visibility=Visibility(row.visibility),
        )


def _label(number: int | None) -> str:
    return f"#{number}" if number else ""


def _type(judged: Judged, label: str, verbs: Any) -> ContentType:
    def verb(name: str) -> Callable[[Session, int], None]:
        return cast("Callable[[Session, int], None]", getattr(verbs, name))

    return ContentType(
        judged.key,
        label,
        judged.find,
        verb("publish"),
        verb("hide"),
        verb("restore"),
        verb("reject"),
        fold=verb("fold"),
        remove=verb("remove"),
        hold=verb("hold"),
        detail=judged.detail,
        authors=judged.authors,
        originals=judged.originals,
        talk=True,
    )


MESSAGES = Judged(MESSAGE_TYPE, Message, "message", "change", "wordings")
QUESTIONS = Judged(QUESTION_TYPE, Question, "question")
CONTENT_TYPES = [
    _type(MESSAGES, _("Message in a live room"), states),
    _type(QUESTIONS, _("Question in a live room"), questions),
]
