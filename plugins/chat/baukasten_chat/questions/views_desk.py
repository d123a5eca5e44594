"""The desk of a question hour: what waits beside what is let in, and each step as a form that scripts send too."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from baukasten.plugin import ContentRef, LazyText, MemberRef, ModuleRef, Visibility, lazy
from baukasten.sdk import (
    BaukastenError,
    Conflict,
    Form,
    NotFound,
    SafeHtml,
    here,
    module_url,
    people_in,
    publish_content,
    refuse_content,
    render,
    requires,
    site_url,
)
from baukasten_chat import rooms
from baukasten_chat import views_answers as answers
from baukasten_chat.hours import controls
from baukasten_chat.keys import DESK, MESSAGE_TYPE, QUESTION_TYPE, ROOM, STEER, QuestionState
from baukasten_chat.limits import wishes as limits
from baukasten_chat.models import SHOWN, Message, Room
from baukasten_chat.questions import board, desk_forms, editing, merging, rows, stage, wishes
from baukasten_chat.questions.desk_forms import TITLES, Step
from baukasten_chat.routes import ID, routes

_ = lazy("chat")
FORMS = f"<any({', '.join(Step)}):step>"


@routes.get("/regie")
@requires(STEER)
def desk(module: ModuleRef) -> ResponseReturnValue:
    """Show the desk of a room."""
    return _desk(module)


@routes.post(f"/regie/{ID}/<any(zulassen, buehne, zurueck, archiv):verb>")
@requires(STEER)
def take_step(module: ModuleRef, row_id: int, verb: str) -> ResponseReturnValue:
    """Take a step with a question that needs no words."""
    row = rows.by_id(here().session, module, row_id)
    step, said = VERBS[verb]
    return _do(module, f"q{row_id}", said, lambda: step(module, row))


@routes.get(f"/regie/{ID}/{FORMS}")
@requires(STEER)
def step_form(module: ModuleRef, row_id: int, step: str) -> ResponseReturnValue:
    """Show the form of a step with a question."""
    row = rows.by_id(here().session, module, row_id)
    return _form_page(module, Step(step), row, _form(module, Step(step), row))


@routes.post(f"/regie/{ID}/{FORMS}")
@requires(STEER)
def send_step(module: ModuleRef, row_id: int, step: str) -> ResponseReturnValue:
    """Take a step with a question that needs words, or show its form again with what helps."""
    row, wanted = rows.by_id(here().session, module, row_id), Step(step)
    form = _form(module, wanted, row)
    take, said = FORMED[wanted]

    def run() -> None:
        answers.read(form)
        take(module, row, form.values)

    def again(error: BaukastenError) -> ResponseReturnValue:
        answers.blame(form, error)
        return _form_page(module, wanted, row, form), answers.status_of(error)

    return _do(module, f"q{row_id}", said, run, again)


@routes.post(f"/regie/nachricht/{ID}/zulassen")
@requires(STEER)
def let_message_in(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Let a message into view that waits for it."""
    _held_message(module, row_id)
    ref = ContentRef(MESSAGE_TYPE, row_id)
    return _do(
        module, f"m{row_id}", _("Message let in."), lambda: publish_content(here().session, _me(), ref)
    )


@routes.get(f"/regie/nachricht/{ID}/ablehnen")
@requires(STEER)
def refuse_message_form(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Show the form that refuses a message."""
    row = _held_message(module, row_id)
    return _form_page(module, Step.REFUSE, row, desk_forms.refuse_form(here().session), is_message=True)


@routes.post(f"/regie/nachricht/{ID}/ablehnen")
@requires(STEER)
def refuse_message(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Refuse a message with the reason that its author gets."""
    row, form = _held_message(module, row_id), desk_forms.refuse_form(here().session)

    def run() -> None:
        answers.read(form)
        _refuse(ContentRef(MESSAGE_TYPE, row_id), form.values)

    def again(error: BaukastenError) -> ResponseReturnValue:
        answers.blame(form, error)
        return _form_page(module, Step.REFUSE, row, form, is_message=True), answers.status_of(error)

    return _do(module, f"m{row_id}", _("Message refused."), run, again)


def _let_in(_module: ModuleRef, row: Any) -> None:
    publish_content(here().session, _me(), ContentRef(QUESTION_TYPE, row.id))


def _to_stage(module: ModuleRef, row: Any) -> None:
    stage.to_stage(here().session, _me(), module, _number(row), finish=request.form.get("fertig") == "1")


def _back(module: ModuleRef, row: Any) -> None:
    stage.back(here().session, _me(), module, _number(row))


def _archive(module: ModuleRef, row: Any) -> None:
    stage.archive(here().session, _me(), module, [_number(row)])


def _refuse(ref: ContentRef, sent: Mapping[str, Any]) -> None:
    refuse_content(here().session, _me(), ref, rule_key=sent["rule"], facts=sent["facts"])


def _refuse_question(_module: ModuleRef, row: Any, sent: Mapping[str, Any]) -> None:
    _refuse(ContentRef(QUESTION_TYPE, row.id), sent)


def _merge(module: ModuleRef, row: Any, sent: Mapping[str, Any]) -> None:
    session = here().session
    if row.visibility == Visibility.HELD:
        # Who asked gets a number that leads on, as everybody who asked the same.
        publish_content(session, _me(), ContentRef(QUESTION_TYPE, row.id))
        row = rows.by_id(session, module, row.id)
    merging.merge(session, _me(), module, _number(row), int(sent["into"]))


def _answered(module: ModuleRef, row: Any, sent: Mapping[str, Any]) -> None:
    by, minute, answer = sent["by"] or "", sent["minute"], sent["answer"] or ""
    stage.answered(here().session, _me(), module, _number(row), by=by, minute=minute, answer=answer)


def _reword(module: ModuleRef, row: Any, sent: Mapping[str, Any]) -> None:
    editing.reword(here().session, _me(), module, row.id, sent["body"], seen=sent["seen"] or "")


VERBS: Mapping[str, tuple[Callable[[ModuleRef, Any], None], LazyText]] = {
    "zulassen": (_let_in, _("Question let in.")),
    "buehne": (_to_stage, _("Question put on the stage.")),
    "zurueck": (_back, _("Question put back into the list.")),
    "archiv": (_archive, _("Question put away.")),
}
FORMED: Mapping[Step, tuple[Callable[[ModuleRef, Any, Mapping[str, Any]], None], LazyText]] = {
    Step.REFUSE: (_refuse_question, _("Question refused.")),
    Step.MERGE: (_merge, _("Questions put together.")),
    Step.ANSWER: (_answered, _("Question answered.")),
    Step.REWORD: (_reword, _("Wording saved.")),
}


def _do(
    module: ModuleRef,
    key: str,
    said: LazyText,
    run: Callable[[], None],
    again: Callable[[BaukastenError], ResponseReturnValue] | None = None,
) -> ResponseReturnValue:
    """Take a step; scripts are told what happened, a browser is led back to the desk."""
    place = here()
    try:
        run()
        place.session.commit()
    except answers.REFUSALS as error:
        place.undo()
        if answers.wants_json():
            return answers.refused(error)
        if again is not None:
            return again(error)
        return _desk(module, answers.words(error)), answers.status_of(error)
    if answers.wants_json():
        return answers.done({"said": str(said)})
    return redirect(f"{module_url(module, 'desk')}#{key}", 303)


def _desk(module: ModuleRef, refused: str = "") -> str:
    session = here().session
    room = rooms.of_module(session, module)
    return render(
        "chat/desk.html",
        title=_("Desk"),
        asked=wishes.of(module).taken,
        controls=controls.part(session, module, room),
        speakers_url=module_url(module, "speakers") if limits.of(module).has_speakers else "",
        module=module,
        board=board.load(session, module, room.id),
        refused=refused,
        count=people_in(session, ROOM, room.id),
        room_id=room.id,
        desk_kind=DESK,
        index_url=module_url(module, "index"),
        presenter_url=module_url(module, "presenter"),
        queue_url=site_url("/verwaltung/moderation"),
    )


def _form(module: ModuleRef, step: Step, row: Any) -> Form:
    session = here().session
    _check_fits(step, row)
    if step is Step.REFUSE:
        return desk_forms.refuse_form(session)
    if step is Step.MERGE:
        return desk_forms.merge_form(session, module, row)
    if step is Step.ANSWER:
        return desk_forms.answer_form(row, desk_forms.departments(session, row.room_id))
    return desk_forms.reword_form(row)


def _check_fits(step: Step, row: Any) -> None:
    """Raise Conflict for a step that a question's state does not allow, before anybody types anything."""
    held, shown = row.visibility == Visibility.HELD, row.visibility in SHOWN
    fits = {
        Step.REFUSE: held,
        Step.MERGE: held or (shown and row.state == QuestionState.OPEN),
        Step.ANSWER: shown and row.state in (*rows.UNDONE, QuestionState.ANSWERED),
        Step.REWORD: held or shown,
    }
    if not fits[step]:
        raise Conflict(stage.PLACED)


def _form_page(module: ModuleRef, step: Step, row: Any, form: Form, *, is_message: bool = False) -> str:
    is_refused_message = is_message and step is Step.REFUSE
    title = _("Do not take this message") if is_refused_message else TITLES[step]
    return render(
        "chat/desk_step.html",
        title=title,
        html=SafeHtml(row.body_html),
        form=form,
        options=desk_forms.departments(here().session, row.room_id) if step is Step.ANSWER else [],
        desk_url=module_url(module, "desk"),
        key=f"{'m' if is_message else 'q'}{row.id}",
    )


def _held_message(module: ModuleRef, row_id: int) -> Any:
    """Give a message of the room that waits; raises NotFound."""
    mine = select(Room.id).where(Room.module_id == module.id).scalar_subquery()
    columns = (Message.id, Message.body_html, Message.room_id)
    query = select(*columns).where(
        Message.id == row_id, Message.room_id == mine, Message.visibility == Visibility.HELD
    )
    row = here().session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def _number(row: Any) -> int:
    if row.number is None:
        raise Conflict(stage.PLACED)
    return int(row.number)


def _me() -> MemberRef:
    return answers.member()
