"""Changing and taking back questions: by whoever asked while they wait, by staff with a mark beside them."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import ContentEdited, ContentRef, Draft, MemberRef, ModuleRef, Visibility, lazy
from baukasten.sdk import (
    Conflict,
    Invalid,
    NotFound,
    Scope,
    clock,
    publish_event,
    record,
    require,
    submit,
    wait_again,
    withdraw_content,
)
from baukasten_chat import rooms, wire
from baukasten_chat.hours import rules
from baukasten_chat.keys import EDIT, QUESTION_TYPE, STEER, QuestionState
from baukasten_chat.models import SHOWN, Question, Vote, Wording
from baukasten_chat.questions import bells, rows, wording

_ = lazy("chat")
MAX_EDITS = 100
CHANGED = _("This question was changed in the meantime. Please reload the page.")


def own(session: Scope, actor: MemberRef, module: ModuleRef, question_id: int) -> Any:
    """Give a question of the actor's own, whatever became of it; raises NotFound, also for another person's."""
    kept = (Question.author_id == actor.id, Question.visibility != Visibility.WITHDRAWN)
    return rows.by_id(session, module, question_id, *kept)


def change(session: Scope, actor: MemberRef, module: ModuleRef, question_id: int, body: str) -> None:
    """Change one's own question while it is being checked, or because moderators asked for it.

    It waits for the moderators either way. Raises NotFound, Denied, Closed, Invalid, Conflict for one that is in
    view, and Rejected where a screening refuses.
    """
    require(session, actor, EDIT, module)
    text = wording.checked(body)
    row = _held(session, actor, module, question_id)
    if row.visibility not in (Visibility.HELD, Visibility.FOLDED):
        raise Conflict(_("This question can no longer be changed. You can withdraw it and ask anew."))
    rules.need(session, actor, module, rooms.by_id(session, row.room_id), EDIT)
    if text == row.body:
        return

    def store(visibility: Visibility) -> int:
        rows.change(session, [row.id], body=text, body_html=wording.as_html(text))
        if row.visibility == Visibility.FOLDED:
            _tell_folded(session, row, visibility)
        return question_id

    draft = Draft(QUESTION_TYPE, text, author=actor, module=module, is_edit=True, content_id=question_id)
    submit(session, draft, store)
    # A text that no screening stops still waits for whoever was to look at it.
    wait_again(session, ContentRef(QUESTION_TYPE, question_id))
    bells.desk(session, row.room_id, question_id)


def reword(
    session: Scope, actor: MemberRef, module: ModuleRef, question_id: int, body: str, *, seen: str = ""
) -> None:
    """Change the wording of a question as staff, marked for all to see; the earlier wording is kept.

    ``seen`` is the wording that staff had before it, empty for whichever it is. Raises NotFound, Denied, Invalid,
    Conflict where somebody changed it since.
    """
    require(session, actor, STEER, module)
    text = wording.checked(body)
    rows.by_id(session, module, question_id)
    row = rows.held(session, question_id)
    if row.visibility not in (Visibility.HELD, *SHOWN):
        raise NotFound
    if text == row.body:
        return
    if seen and seen != row.body:
        raise Conflict(CHANGED)
    if row.edits >= MAX_EDITS:
        raise Invalid({"body": _("This question was changed 100 times.")})
    session.execute(
        insert(Wording).values(
            tenant_id=session.tenant_id,
            question_id=row.id,
            body=row.body,
            body_html=row.body_html,
            edited_by=actor.id,
            by_staff=True,
            created_at=clock.now(),
        )
    )
    values = {"body": text, "body_html": wording.as_html(text), "edits": row.edits + 1, "staff_edited": True}
    shown = row.visibility in SHOWN
    version = rooms.advance(session, row.room_id).version if shown else row.version
    rows.change(session, [row.id], version=version, **values)
    if shown:
        publish_event(session, ContentEdited(session.tenant_id or 0, QUESTION_TYPE, row.id))
        wire.tell_questions(session, row.room_id, version, [row.id])
    record(session, actor, "chat.question.edit", f"{QUESTION_TYPE}:{row.id}")
    bells.desk(session, row.room_id, row.id)
    bells.asker(session, row, row.visibility, row.number)


def earlier(session: Scope, question_id: int) -> list[Any]:
    """Give the earlier wordings of a question, the oldest first, for its asker and for staff; one statement."""
    columns = (Wording.body_html, Wording.created_at, Wording.by_staff)
    return list(
        session.execute(select(*columns).where(Wording.question_id == question_id).order_by(Wording.id)).all()
    )


def withdraw(session: Scope, actor: MemberRef, module: ModuleRef, question_id: int) -> None:
    """Take back one's own question at any time (GDPR Art. 17): its words and votes go for good, its place stays.

    Neither hours nor a measure against the person stands in the way. Raises NotFound.
    """
    row = _held(session, actor, module, question_id)
    values: dict[str, Any] = {
        "body": "",
        "body_html": "",
        "visibility": Visibility.WITHDRAWN,
        "votes": 0,
        "edits": 0,
        "staff_edited": False,
    }
    if row.state == QuestionState.LIVE:
        values |= {"state": QuestionState.OPEN, "live_at": None}
    told = rows.clear_stage(session, row.room_id, row.id)
    public = row.number is not None
    if public:
        values["version"] = rooms.advance(session, row.room_id).version
    rows.change(session, [row.id], **values)
    for table in (Wording, Vote):
        session.execute(delete(table).where(table.question_id == row.id))
    withdraw_content(session, ContentRef(QUESTION_TYPE, row.id))
    if public:
        wire.tell_questions(session, row.room_id, values["version"], [row.id], **told)
    bells.desk(session, row.room_id, row.id)


def _held(session: Scope, actor: MemberRef, module: ModuleRef, question_id: int) -> Any:
    """Give one's own question with the room held; raises NotFound, also for one that is already gone."""
    own(session, actor, module, question_id)
    row = rows.held(session, question_id)
    if row.visibility == Visibility.WITHDRAWN:
        raise NotFound
    return row


def _tell_folded(session: Scope, row: Any, visibility: Visibility) -> None:
    """Let a folded question say something else, or leave view until somebody has looked at it."""
    version = rooms.advance(session, row.room_id).version
    goal = Visibility.HELD if visibility is Visibility.HELD else Visibility.FOLDED
    values: dict[str, Any] = {"version": version, "visibility": goal}
    told: dict[str, Any] = {}
    if goal is Visibility.HELD and row.state == QuestionState.LIVE:
        values |= {"state": QuestionState.OPEN, "live_at": None}
        told = rows.clear_stage(session, row.room_id, row.id)
    rows.change(session, [row.id], **values)
    wire.tell_questions(session, row.room_id, version, [row.id], **told)
