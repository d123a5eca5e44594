"""Pages of transcripts: the list, one of them, what staff does to a draft, and the same for programs."""

import datetime as dt
from typing import Any

from flask import jsonify, redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    BaukastenError,
    Conflict,
    Form,
    Invalid,
    NotFound,
    SignInNeeded,
    absolute_url,
    clock,
    here,
    may,
    media_by_id,
    module_url,
    plain,
    receivers,
    render,
    requires,
    site_url,
)
from baukasten_chat import rooms
from baukasten_chat.afterwards import forms, making, publishing, redacting, telling
from baukasten_chat.crumbs import crumbs
from baukasten_chat.hours import rules
from baukasten_chat.keys import PUBLISH, READ, TranscriptState
from baukasten_chat.routes import LARGEST, routes

_ = lazy("chat")
ONE = f"/protokoll/<int(min=1, max={LARGEST}):transcript_id>"
LINE = f"{ONE}/zeile/<int(min=1, max={LARGEST}):position>"
UNPROCESSABLE, CONFLICT = 422, 409
REFUSED = (Invalid, Conflict)


@routes.get("/protokolle")
@requires(READ)
def transcripts(module: ModuleRef) -> ResponseReturnValue:
    """List the transcripts of a room; staff also sees drafts, and begins one."""
    return _list(module, _draft_form(module) if _may_publish(module) else None)


@routes.post("/protokolle")
@requires(PUBLISH)
def draft_transcript(module: ModuleRef) -> ResponseReturnValue:
    """Draft a transcript."""
    form = _draft_form(module)
    if not form.read(request.form):
        return _list(module, form), UNPROCESSABLE
    session, values = here().session, form.values
    hours = rules.now_in(session, module, rooms.of_module(session, module))
    last = hours.last or hours.window
    try:
        stretch = making.Stretch(values["since"], values["until"], last.id if last is not None else None)
        number = making.draft(session, _me(), module, values["title"], stretch)
    except REFUSED as error:
        return _refused(form, error, lambda: _list(module, form))
    session.commit()
    return redirect(module_url(module, "transcript", transcript_id=number), 303)


@routes.get(ONE)
@requires(READ)
def transcript(module: ModuleRef, transcript_id: int) -> ResponseReturnValue:
    """Show a transcript; a draft to staff alone, with what there is to do."""
    row = redacting.find(here().session, module, transcript_id, drafts=_may_publish(module))
    form = None if row.published_at is not None else _publish_form(module, row)
    return _page(module, row, form)


@routes.get(f"{ONE}.json")
@requires(READ)
def transcript_data(module: ModuleRef, transcript_id: int) -> ResponseReturnValue:
    """Give a published transcript to programs."""
    row = redacting.find(here().session, module, transcript_id, drafts=False)
    return jsonify(telling.as_json(row, telling.lines(here().session, row)))


@routes.get(LINE)
@requires(PUBLISH)
def transcript_line(module: ModuleRef, transcript_id: int, position: int) -> ResponseReturnValue:
    """Show the form that puts other words in place of a line's."""
    row, line = _line(module, transcript_id, position)
    action = module_url(module, "reword_line", transcript_id=transcript_id, position=position)
    return _line_page(module, row, forms.line_form(action, plain(line.html)))


@routes.post(f"{LINE}/worte")
@requires(PUBLISH)
def reword_line(module: ModuleRef, transcript_id: int, position: int) -> ResponseReturnValue:
    """Put other words in place of a line's."""
    row, line = _line(module, transcript_id, position)
    form = forms.line_form("", plain(line.html))
    if not form.read(request.form):
        return _line_page(module, row, form), UNPROCESSABLE
    try:
        redacting.reword(here().session, _me(), module, transcript_id, position, form.values["text"])
    except REFUSED as error:
        return _refused(form, error, lambda: _line_page(module, row, form))
    return _back(module, transcript_id, position)


@routes.post(f"{LINE}/auslassen")
@requires(PUBLISH)
def leave_line_out(module: ModuleRef, transcript_id: int, position: int) -> ResponseReturnValue:
    """Leave a line out, or take it in again."""
    out = request.form.get("out") == "1"
    redacting.leave_out(here().session, _me(), module, transcript_id, position, out=out)
    return _back(module, transcript_id, position)


@routes.post(f"{ONE}/veroeffentlichen")
@requires(PUBLISH)
def publish_transcript(module: ModuleRef, transcript_id: int) -> ResponseReturnValue:
    """Publish a draft for good."""
    session = here().session
    row = redacting.find(session, module, transcript_id, drafts=True)
    form = _publish_form(module, row)
    if not form.read(request.form):
        return _page(module, row, form), UNPROCESSABLE
    url = module_url(module, "transcript", transcript_id=transcript_id)
    try:
        publishing.publish(session, _me(), module, transcript_id, _choice(form), absolute_url(url))
    except REFUSED as error:
        return _refused(form, error, lambda: _page(module, row, form))
    session.commit()
    return redirect(f"{url}?done=saved", 303)


def _choice(form: Form) -> publishing.Choice:
    values = form.values
    forum: str = values.get("forum") or ""
    due: dt.date | None = values.get("due_on") if forum else None
    return publishing.Choice(
        values["names"], int(forum) if forum else None, due, values.get("department") or ""
    )


def _draft_form(module: ModuleRef) -> Form:
    """Offer the last opening of the room; without any, the day until now."""
    session, now = here().session, clock.now()
    hours = rules.now_in(session, module, rooms.of_module(session, module))
    last = hours.last or hours.window
    since, until = now - dt.timedelta(days=1), now
    if last is not None and last.opens_at < now:
        since, until = last.opens_at, min(rules.over_at(last), now)
    title = (last.title if last is not None else "") or module.title
    return forms.draft_form(module_url(module, "draft_transcript"), title, since, until)


def _publish_form(module: ModuleRef, row: Any) -> Form:
    session = here().session
    action = module_url(module, "publish_transcript", transcript_id=row.id)
    waiting = publishing.open_questions(session, row.room_id)
    return forms.publish_form(action, receivers(session, module), len(waiting))


def _list(module: ModuleRef, form: Form | None) -> str:
    session = here().session
    rows = making.transcripts(session, rooms.of_module(session, module).id, drafts=form is not None)
    return render(
        "chat/transcripts.html",
        title=_("Transcripts"),
        crumbs=crumbs(module, (str(_("Transcripts")), "")),
        rows=[(row, module_url(module, "transcript", transcript_id=row.id)) for row in rows],
        form=form,
    )


def _page(module: ModuleRef, row: Any, form: Form | None) -> str:
    session = here().session
    told = telling.lines(session, row)
    paper = media_by_id(session, [row.pdf_id]).get(row.pdf_id) if row.pdf_id is not None else None
    published = row.state == TranscriptState.PUBLISHED
    return render(
        "chat/transcript.html",
        title=row.title,
        crumbs=crumbs(module, (str(_("Transcripts")), module_url(module, "transcripts")), (row.title, "")),
        transcript=row,
        counts=telling.counts(row),
        lines=told,
        answered=telling.answered(told),
        form=form,
        line_url=None if published else _line_urls(module, row.id),
        paper=paper,
        data_url=module_url(module, "transcript_data", transcript_id=row.id) if published else "",
        topic_url=site_url(row.topic_path) if row.topic_path else "",
    )


def _line_urls(module: ModuleRef, transcript_id: int) -> Any:
    """Give a function that names the addresses of a line for the template: its form, and where leaving out goes."""
    base = module_url(module, "transcript", transcript_id=transcript_id)
    return lambda position, rest="": f"{base}/zeile/{position}{rest}"


def _line_page(module: ModuleRef, row: Any, form: Form) -> str:
    back = module_url(module, "transcript", transcript_id=row.id)
    title = str(_("Redact a line"))
    way = crumbs(module, (row.title, back), (title, ""))
    return render("chat/transcript_line.html", title=title, crumbs=way, form=form, back=back)


def _line(module: ModuleRef, transcript_id: int, position: int) -> tuple[Any, telling.Told]:
    row = redacting.find(here().session, module, transcript_id, drafts=True)
    for one in telling.lines(here().session, row):
        if one.position == position and not one.gone:
            return row, one
    raise NotFound


def _back(module: ModuleRef, transcript_id: int, position: int) -> ResponseReturnValue:
    here().session.commit()
    return redirect(f"{module_url(module, 'transcript', transcript_id=transcript_id)}#zeile-{position}", 303)


def _refused(form: Form, error: BaukastenError, page: Any) -> tuple[str, int]:
    """Show a form again with what a service refused."""
    if isinstance(error, Invalid):
        form.add_invalid(error)
    else:
        form.add_error("", error.message)
    return page(), UNPROCESSABLE if isinstance(error, Invalid) else CONFLICT


def _may_publish(module: ModuleRef) -> bool:
    return may(here().session, here().member, PUBLISH, module)


def _me() -> MemberRef:
    """Give who acts; raises SignInNeeded."""
    member = here().member
    if member is None:
        raise SignInNeeded
    return member
